use super::super::after::DeregistrationProtection;
use super::super::document::Distribution;
use super::super::error::DistributionError;
use super::super::image::{DraftImage, ImageFilter};
use super::field::Field;
use super::take::Take;
use super::{Imported, packer_hcl, packer_json, refuse};
use crate::id::{AccountId, KeyRef, OrganizationArn, OrganizationalUnitArn, Region};
use crate::request::SnapshotSharing;

/// A source of Packer
#[derive(Debug)]
pub(super) struct Source {
    /// The way to it in the file
    pub(super) at: String,
    /// Its type; `build` for what a build adds to a source
    pub(super) kind: String,
    pub(super) fields: Field,
}

impl Distribution {
    /// What a Packer template says about sharing the image that it builds
    ///
    /// The template is in HCL or JSON, and its first source of type
    /// [`amazon-ebs`](https://developer.hashicorp.com/packer/integrations/hashicorp/amazon/latest/components/builder/ebs)
    /// is read. Variables are taken by their literal defaults. The image is the newest one in the source's
    /// Region with the name that the template gives, with `*` where Packer puts something in.
    ///
    /// # Errors
    ///
    /// If the text is neither, or has no such source. What cannot be taken over is no error; it is listed.
    pub fn from_packer(text: &str) -> Result<Imported, DistributionError> {
        let is_json = text.trim_start().starts_with('{');
        let sources = if is_json {
            packer_json::sources(text)?
        } else {
            packer_hcl::sources(text)?
        };
        let first = sources
            .iter()
            .position(|source| source.kind == "amazon-ebs");
        let Some((index, source)) = first.and_then(|first| Some((first, sources.get(first)?)))
        else {
            let expected = "give a template with a source of type `amazon-ebs`";
            return Err(refuse(None, "no image is built with EBS here", expected));
        };
        let mut import = Import {
            take: Take::new(),
            at: source.at.clone(),
            fields: &source.fields,
        };
        import.everything();
        for (other, source) in sources.iter().enumerate() {
            let why = match source.kind.as_str() {
                _ if other == index => continue,
                "build" if source.fields.entries().is_empty() => continue,
                "build" => "what a build adds to its source is not read: write it into the source",
                _ => "a distribution has one image: write another one for it",
            };
            import.take.leave(source.at.as_str(), why);
        }
        Ok(import.take.done())
    }
}

struct Import<'s> {
    take: Take,
    at: String,
    fields: &'s Field,
}

/// Fields that say something about sharing, and why nothing stands for them in a distribution
const WITHOUT_COUNTERPART: [(&str, &str); 14] = [
    ("ami_groups", "a distribution never makes an image public"),
    (
        "snapshot_groups",
        "a distribution never makes a snapshot public",
    ),
    (
        "kms_key_id",
        "it is the key of the image itself, which is encrypted when it is built",
    ),
    ("run_tags", "they are for the instance of the build"),
    ("run_tag", "it is for the instance of the build"),
    ("run_volume_tags", "they are for the volumes of the build"),
    ("run_volume_tag", "it is for the volumes of the build"),
    (
        "deprecate_at",
        "a distribution counts days: set `protection.deprecate_after_days`",
    ),
    ("ami_product_codes", "a distribution sets no product codes"),
    ("imds_support", "it is set when the image is built"),
    ("fast_launch", "a distribution does not set fast launch up"),
    (
        "skip_save_build_region",
        "a distribution starts from an image in the Region of the build",
    ),
    (
        "skip_create_ami",
        "without an image there is nothing to share",
    ),
    (
        "force_deregister",
        "a distribution replaces no image: older ones are deprecated by `predecessors`",
    ),
];

impl<'s> Import<'s> {
    fn everything(&mut self) {
        self.image();
        self.regions();
        self.recipients();
        self.snapshots();
        self.keys();
        self.tags();
        self.options();
        for (field, why) in WITHOUT_COUNTERPART {
            if let Some((at, value)) = self.given(field)
                && !matches!(value, Field::Nothing | Field::Bool(false))
            {
                self.take.leave(at, why);
            }
        }
    }

    /// A field with the way to it
    fn given(&self, field: &str) -> Option<(String, &'s Field)> {
        self.all_given(field).next()
    }

    /// A block that may be repeated
    fn all_given(&self, field: &str) -> impl Iterator<Item = (String, &'s Field)> + use<'s> {
        let at = format!("{}.{field}", self.at);
        let field = field.to_owned();
        let entries = self.fields.entries().iter();
        entries
            .filter(move |(key, _)| *key == field)
            .map(move |(_, value)| (at.clone(), value))
    }

    fn region(&mut self) -> Option<Region> {
        let (at, region) = self.given("region")?;
        self.take.parsed(&at, region)
    }

    fn image(&mut self) {
        let region = self.region();
        let name = self
            .given("ami_name")
            .and_then(|(at, name)| match name.pattern() {
                Ok(pattern) => Some(pattern),
                Err(why) => {
                    self.take.leave(at, why);
                    None
                }
            });
        match (region, name) {
            (Some(region), Some(name)) => {
                self.take.draft.image = Some(DraftImage {
                    region,
                    id: None,
                    parameter: None,
                    newest: Some(ImageFilter {
                        name: Some(name),
                        ..ImageFilter::default()
                    }),
                });
            }
            (None, Some(name)) if self.given("region").is_none() => {
                let why = format!(
                    "the Region is not said, so that no image can be: set `image` with the name `{name}`"
                );
                self.take.leave(format!("{}.ami_name", self.at), why);
            }
            _ => {}
        }
    }

    fn regions(&mut self) {
        let Some((at, regions)) = self.given("ami_regions") else {
            return;
        };
        let copies: Vec<Region> = self.take.list(&at, regions);
        let home = self
            .take
            .draft
            .image
            .as_ref()
            .map(|image| image.region.clone());
        let mut regions: Vec<Region> = home.into_iter().collect();
        for region in copies {
            if !regions.contains(&region) {
                regions.push(region);
            }
        }
        self.take.draft.regions = regions;
    }

    fn recipients(&mut self) {
        if let Some((at, field)) = self.given("ami_users") {
            self.take.draft.recipients.accounts = self.take.list::<AccountId>(&at, field);
        }
        if let Some((at, field)) = self.given("ami_org_arns") {
            self.take.draft.recipients.organizations =
                self.take.list::<OrganizationArn>(&at, field);
        }
        if let Some((at, field)) = self.given("ami_ou_arns") {
            self.take.draft.recipients.organizational_units =
                self.take.list::<OrganizationalUnitArn>(&at, field);
        }
    }

    /// Snapshots are shared with all recipients or with none of them
    fn snapshots(&mut self) {
        let Some((at, field)) = self.given("snapshot_users") else {
            return;
        };
        let users: Vec<AccountId> = self.take.list(&at, field);
        let recipients = &self.take.draft.recipients;
        let is_open_to_all = recipients
            .accounts
            .iter()
            .all(|account| users.contains(account));
        let is_accounts_alone =
            recipients.organizations.is_empty() && recipients.organizational_units.is_empty();
        let strangers: Vec<AccountId> = users
            .iter()
            .filter(|account| !recipients.accounts.contains(account))
            .copied()
            .collect();
        if is_open_to_all && is_accounts_alone && !recipients.accounts.is_empty() {
            self.take.draft.snapshots = Some(SnapshotSharing::ForCopy);
        } else if !users.is_empty() {
            let why =
                "snapshots are shared with all recipients or with none, and not all are named here";
            self.take.leave(at.as_str(), why);
        }
        for account in strangers {
            let why = format!("`{account}` may not launch the image, so that it is no recipient");
            self.take.leave(at.as_str(), why);
        }
    }

    fn keys(&mut self) {
        if let Some((at, field)) = self.given("region_kms_key_ids") {
            if let Field::Unknown(why) = field {
                self.take.leave(at.as_str(), why.as_str());
            }
            for (region, key) in field.entries() {
                let at = format!("{at}.{region}");
                let region = match region.parse::<Region>() {
                    Ok(region) => region,
                    Err(error) => {
                        self.take.leave(at, error.to_string());
                        continue;
                    }
                };
                if key.text().is_ok_and(|key| key.is_empty()) {
                    let why = "the Region's default key is meant, and what is under `aws/ebs` cannot be \
                               shared: give a key under `keys`";
                    self.take.leave(at, why);
                } else if let Some(key) = self.take.parsed::<KeyRef>(&at, key) {
                    self.take.draft.keys.regions.insert(region, key);
                }
            }
        }
        if let Some((at, field)) = self.given("encrypt_boot") {
            let why = match self.take.flag(&at, field) {
                Some(true) => "the image is encrypted when it is built; copies are by `keys`",
                Some(false) => "copies in other Regions are encrypted, by `keys`",
                None => return,
            };
            self.take.leave(at, why);
        }
    }

    fn tags(&mut self) {
        for (field, repeated, is_image) in [
            ("tags", "tag", true),
            ("snapshot_tags", "snapshot_tag", false),
        ] {
            let mut tags = Default::default();
            if let Some((at, field)) = self.given(field) {
                tags = self.take.tags(&at, field);
            }
            for (at, block) in self.all_given(repeated) {
                if let Field::Unknown(why) = block {
                    self.take.leave(at, why.as_str());
                    continue;
                }
                let part = |name: &str| block.get(name).unwrap_or(&Field::Nothing);
                let key = self.take.text(&format!("{at}.key"), part("key"));
                let value = self.take.text(&format!("{at}.value"), part("value"));
                tags.extend(key.zip(value));
            }
            if is_image {
                self.take.draft.tags.image = tags;
            } else {
                self.take.draft.tags.snapshots = tags;
            }
        }
    }

    fn options(&mut self) {
        if let Some((at, field)) = self.given("ami_description") {
            self.take.draft.copies.description = self.take.parsed(&at, field);
        }
        if let Some((at, field)) = self.given("snapshot_copy_duration_minutes") {
            self.take.draft.copies.completion_minutes = self.take.number(&at, field);
        }
        if let Some((at, field)) = self.given("deregistration_protection") {
            self.protection(&at, field);
        }
    }

    fn protection(&mut self, at: &str, field: &Field) {
        if let Field::Unknown(why) = field {
            self.take.leave(at, why.as_str());
        }
        let mut flag = |name: &str| match field.get(name) {
            Some(flag) => self.take.flag(&format!("{at}.{name}"), flag),
            None => Some(false),
        };
        let (enabled, cooldown) = (flag("enabled"), flag("with_cooldown"));
        if enabled == Some(true) {
            self.take.draft.protection.deregistration = Some(DeregistrationProtection {
                cooldown: cooldown.unwrap_or_default(),
            });
        }
    }
}
