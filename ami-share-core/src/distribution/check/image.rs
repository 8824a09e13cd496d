use super::Checker;
use crate::document::At;
use crate::resource::{TagProblem, Tags};

use super::super::image::{DraftImage, ImageRef, ImageSource, SourceImage};

impl Checker<'_> {
    pub(super) fn image(&mut self) {
        const EXPECTED: &str = "give `region` and exactly one of `id`, `parameter` and `newest`";
        let at = At::TOP.field("image");
        let Some(image) = &self.draft.image else {
            if !self.is_lost(&at) {
                self.wrong(
                    &At::TOP,
                    "the image is missing",
                    format!("`image`: {EXPECTED}"),
                );
            }
            return;
        };
        let given: Vec<&str> = [
            ("id", image.id.is_some()),
            ("parameter", image.parameter.is_some()),
            ("newest", image.newest.is_some()),
        ]
        .into_iter()
        .filter_map(|(name, is_given)| is_given.then_some(name))
        .collect();
        if given.len() > 1 {
            let names = given.join("` and `");
            self.wrong(&at, format!("`{names}` are given together"), EXPECTED);
        } else if given.is_empty() && !self.is_lost(&at) {
            self.wrong(&at, "it is not said which image", EXPECTED);
        }
        if let Some(filter) = &image.newest {
            let at = at.field("newest");
            if filter.is_empty() && !self.is_lost(&at) {
                self.wrong(&at, "it takes any image", "give `name`, `tags`, or both");
            }
            self.name_pattern(&at.field("name"), filter.name.as_deref());
            self.tag_set(&at.field("tags"), &filter.tags);
        }
        self.image = source(image);
    }

    pub(super) fn regions(&mut self) {
        let home = self.draft.image.as_ref().map(|image| &image.region);
        let at = At::TOP.field("regions");
        for (index, region) in self.draft.regions.iter().enumerate() {
            let at = at.item(index);
            if !self.regions.insert(region.clone()) {
                self.wrong(
                    &at,
                    format!("`{region}` is there twice"),
                    "name each Region once",
                );
            }
            if let Some(home) = home
                && home.partition() != region.partition()
            {
                let problem = format!(
                    "`{region}` is in the partition `{}`, and the image in `{}`",
                    region.partition(),
                    home.partition()
                );
                self.wrong(
                    &at,
                    problem,
                    "images are not copied from one partition to another",
                );
            }
        }
        if self.draft.regions.is_empty() {
            self.regions.extend(home.cloned());
        }
    }

    pub(super) fn name_pattern(&mut self, at: &At<'_>, pattern: Option<&str>) {
        if pattern.is_some_and(str::is_empty) {
            self.wrong(
                at,
                "the pattern is empty, and no image has such a name",
                "give a pattern such as `golden-*`",
            );
        }
    }

    /// What EC2 would not take as tags
    pub(super) fn tag_set(&mut self, at: &At<'_>, tags: &Tags) {
        for problem in TagProblem::find_in(tags) {
            let key = match &problem {
                TagProblem::ReservedKey { key }
                | TagProblem::LongKey { key, .. }
                | TagProblem::LongValue { key, .. } => Some(key.as_str()),
                TagProblem::EmptyKey => Some(""),
                TagProblem::TooMany { .. } => None,
            };
            let text = problem.to_string();
            let (problem, expected) = text.split_once(": ").unwrap_or((&text, "change it"));
            match key {
                Some(key) => self.wrong(&at.field(key), problem, expected),
                None => self.wrong(at, problem, expected),
            }
        }
    }
}

/// If it is said in exactly one way
fn source(image: &DraftImage) -> Option<SourceImage> {
    let by = match (&image.id, &image.parameter, &image.newest) {
        (Some(ImageRef::Id(id)), None, None) => ImageSource::Id(id.clone()),
        (Some(ImageRef::Parameter(name)), None, None) | (None, Some(name), None) => {
            ImageSource::Parameter(name.clone())
        }
        (None, None, Some(filter)) => ImageSource::Newest(filter.clone()),
        _ => return None,
    };
    Some(SourceImage {
        region: image.region.clone(),
        by,
    })
}
