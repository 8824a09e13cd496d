mod parameters;
mod recipients;

use super::field::Field;
use super::take::Take;
use super::{Imported, json, refuse};
use crate::distribution::document::Distribution;
use crate::distribution::error::DistributionError;
use crate::distribution::image::{DraftImage, ImageFilter};
use crate::id::{AccountId, KeyRef, Region};

impl Distribution {
    /// What a distribution configuration of EC2 Image Builder says
    ///
    /// It is in JSON, as
    /// [`GetDistributionConfiguration`](https://docs.aws.amazon.com/imagebuilder/latest/APIReference/API_GetDistributionConfiguration.html)
    /// answers and `create-distribution-configuration` takes it, or as CloudFormation's
    /// `AWS::ImageBuilder::DistributionConfiguration`, alone or in a template. What differs between its
    /// Regions is taken over as far as it is the same in all of them, so that nobody gets more.
    ///
    /// # Errors
    ///
    /// If the text is not such a configuration. What cannot be taken over is no error; it is listed.
    pub fn from_image_builder(text: &str) -> Result<Imported, DistributionError> {
        const EXPECTED: &str = "give what `aws imagebuilder get-distribution-configuration` prints, or \
                                CloudFormation's resource in JSON";
        let value = json(text, EXPECTED)?;
        let root = Field::of_json(&value, &|_| None);
        let Some((at, configuration)) = configuration(&root) else {
            return Err(refuse(
                None,
                "there is no one distribution configuration here",
                EXPECTED,
            ));
        };
        let mut import = Import {
            take: Take::new(),
            regions: Vec::new(),
        };
        import.everything(&at, configuration);
        Ok(import.take.done())
    }
}

/// The configuration and the way to it
fn configuration(root: &Field) -> Option<(String, &Field)> {
    if root.find("distributions").is_some() {
        return Some((String::new(), root));
    }
    if let Some((key, inner)) = root
        .find("distributionConfiguration")
        .or(root.find("properties"))
        && inner.find("distributions").is_some()
    {
        return Some((format!("{key}."), inner));
    }
    const TYPE: &str = "AWS::ImageBuilder::DistributionConfiguration";
    let is_one = |resource: &Field| {
        let kind = resource.get("type").map(Field::text);
        kind.is_some_and(|kind| kind.as_deref() == Ok(TYPE))
    };
    let (key, resources) = root.find("resources")?;
    let mut found = resources
        .entries()
        .iter()
        .filter(|(_, resource)| is_one(resource));
    let ((name, resource), None) = (found.next()?, found.next()) else {
        return None;
    };
    let (properties, inner) = resource.find("properties")?;
    Some((format!("{key}.{name}.{properties}."), inner))
}

/// What is done in one Region
struct Regional<'f> {
    region: Region,
    /// The way to the AMI's configuration
    at: String,
    ami: &'f Field,
    parameters: Option<(String, &'f Field)>,
}

struct Import<'f> {
    take: Take,
    regions: Vec<Regional<'f>>,
}

const NOT_IN_ALL: &str = "it is not the same in all Regions, and a distribution does the same in each: write another one for it";

impl<'f> Import<'f> {
    fn everything(&mut self, at: &str, configuration: &'f Field) {
        let owner = self.owner(configuration);
        self.gather(at, configuration);
        self.take.draft.regions = self.regions.iter().map(|one| one.region.clone()).collect();
        self.image(owner.as_ref().map(|(region, _)| region));
        self.recipients();
        self.keys();
        self.tags();
        self.description();
        self.parameters(owner.map(|(_, account)| account));
        if let Some((key, minutes)) = configuration.find("timeoutMinutes") {
            self.take.draft.copies.time_limit_minutes =
                self.take.number(&format!("{at}{key}"), minutes);
        }
    }

    /// The Region and account that the configuration's ARN names
    fn owner(&self, configuration: &Field) -> Option<(Region, AccountId)> {
        let arn = configuration.get("arn")?.text().ok()?;
        let mut parts = arn.split(':').skip(3);
        Some((parts.next()?.parse().ok()?, parts.next()?.parse().ok()?))
    }

    fn gather(&mut self, at: &str, configuration: &'f Field) {
        const WITHOUT_COUNTERPART: [(&str, &str); 5] = [
            (
                "containerDistributionConfiguration",
                "a distribution is of images, not of containers",
            ),
            (
                "licenseConfigurationArns",
                "a distribution attaches no licenses",
            ),
            (
                "launchTemplateConfigurations",
                "a distribution changes no launch templates: let them take \
              the image from a parameter, `resolve:ssm:…`, which `parameters` writes",
            ),
            (
                "s3ExportConfiguration",
                "a distribution exports no disk images",
            ),
            (
                "fastLaunchConfigurations",
                "a distribution does not set fast launch up",
            ),
        ];
        let Some((key, distributions)) = configuration.find("distributions") else {
            return;
        };
        let at = format!("{at}{key}");
        let Field::List(distributions) = distributions else {
            self.take.leave(at, "it is no list");
            return;
        };
        for (index, one) in distributions.iter().enumerate() {
            let at = format!("{at}[{index}]");
            for (field, why) in WITHOUT_COUNTERPART {
                if let Some((key, _)) = one.find(field) {
                    self.take.leave(format!("{at}.{key}"), why);
                }
            }
            let (key, region) = one.find("region").unwrap_or(("region", &Field::Nothing));
            let Some(region) = self.take.parsed::<Region>(&format!("{at}.{key}"), region) else {
                continue;
            };
            let Some((key, ami)) = one.find("amiDistributionConfiguration") else {
                self.take
                    .leave(at, "no image is distributed to this Region");
                continue;
            };
            if self.regions.iter().any(|other| other.region == region) {
                self.take
                    .leave(at, format!("the Region `{region}` is there twice"));
                continue;
            }
            let parameters = one
                .find("ssmParameterConfigurations")
                .map(|(key, field)| (format!("{at}.{key}"), field));
            self.regions.push(Regional {
                region,
                at: format!("{at}.{key}"),
                ami,
                parameters,
            });
        }
    }

    /// A field of the AMI's configuration in each Region, with the way to it
    fn each(&self, field: &str) -> Vec<(String, Option<&'f Field>)> {
        let find = |one: &Regional<'f>| match one.ami.find(field) {
            Some((key, value)) => (format!("{}.{key}", one.at), Some(value)),
            None => (format!("{}.{field}", one.at), None),
        };
        self.regions.iter().map(find).collect()
    }

    /// The newest image with the name that Image Builder gives, in the Region that builds
    fn image(&mut self, home: Option<&Region>) {
        for (at, name) in self.each("name") {
            let Some(name) = name else { continue };
            let pattern = match name.pattern() {
                Ok(pattern) => pattern,
                Err(why) => {
                    self.take.leave(at, why);
                    continue;
                }
            };
            let Some(home) = home else {
                let why = format!(
                    "where the image is built is not said: set `image` with its Region and the name `{pattern}`"
                );
                self.take.leave(at, why);
                continue;
            };
            let image = self.take.draft.image.get_or_insert_with(|| DraftImage {
                region: home.clone(),
                id: None,
                parameter: None,
                newest: Some(ImageFilter {
                    name: Some(pattern.clone()),
                    ..ImageFilter::default()
                }),
            });
            let taken = image
                .newest
                .as_ref()
                .and_then(|filter| filter.name.as_ref());
            if taken != Some(&pattern) {
                self.take
                    .leave(at, "copies have one pattern of names: set `copies.name`");
            }
        }
    }

    /// What is in the lists of all Regions; what is in some of them alone is told
    fn in_all<T: Clone + PartialEq + ToString>(&mut self, lists: &[(String, Vec<T>)]) -> Vec<T> {
        let is_in_all = |value: &T| lists.iter().all(|(_, list)| list.contains(value));
        for (at, list) in lists {
            for value in list.iter().filter(|value| !is_in_all(value)) {
                self.take.leave(
                    at.as_str(),
                    format!("`{}`: {NOT_IN_ALL}", value.to_string()),
                );
            }
        }
        let first = lists
            .first()
            .map(|(_, list)| list.as_slice())
            .unwrap_or_default();
        first
            .iter()
            .filter(|value| is_in_all(value))
            .cloned()
            .collect()
    }

    fn ids<T>(&mut self, of: Vec<(String, Option<&Field>)>) -> Vec<T>
    where
        T: std::str::FromStr + Clone + PartialEq + ToString,
        T::Err: std::fmt::Display,
    {
        let lists: Vec<(String, Vec<T>)> = of
            .into_iter()
            .map(|(at, field)| {
                let list = field.map(|field| self.take.list(&at, field));
                (at, list.unwrap_or_default())
            })
            .collect();
        self.in_all(&lists)
    }

    fn keys(&mut self) {
        let regions: Vec<Region> = self.regions.iter().map(|one| one.region.clone()).collect();
        for (region, (at, key)) in regions.into_iter().zip(self.each("kmsKeyId")) {
            let key = key.and_then(|key| self.take.parsed::<KeyRef>(&at, key));
            self.take
                .draft
                .keys
                .regions
                .extend(key.map(|key| (region, key)));
        }
    }

    fn tags(&mut self) {
        let lists: Vec<(String, Vec<Tag>)> = self
            .each("amiTags")
            .into_iter()
            .map(|(at, tags)| {
                let tags = tags
                    .map(|tags| self.take.tags(&at, tags))
                    .unwrap_or_default();
                (
                    at,
                    tags.into_iter()
                        .map(|(key, value)| Tag { key, value })
                        .collect(),
                )
            })
            .collect();
        let tags = self.in_all(&lists);
        self.take.draft.tags.image = tags.into_iter().map(|tag| (tag.key, tag.value)).collect();
    }

    fn description(&mut self) {
        let mut descriptions: Vec<(String, Vec<String>)> = Vec::new();
        for (at, description) in self.each("description") {
            let text = description.and_then(|field| self.take.text(&at, field));
            descriptions.push((at, text.into_iter().collect()));
        }
        let common = self.in_all(&descriptions);
        if let (Some(text), Some((at, _))) = (common.first(), descriptions.first()) {
            self.take.draft.copies.description =
                self.take.parsed(at, &Field::literal(text.as_str()));
        }
    }
}

#[derive(Clone, PartialEq)]
struct Tag {
    key: String,
    value: String,
}

impl std::fmt::Display for Tag {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}={}", self.key, self.value)
    }
}
