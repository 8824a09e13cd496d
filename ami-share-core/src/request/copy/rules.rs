//! What is wrong with a copy request in any world.

use super::{CopyLimits, CopyPermissions, Fields};
use crate::id::{AccountId, Region};
use crate::principal::Principal;
use crate::request::RequestProblem;
use crate::resource::TagProblem;

impl Fields {
    /// All cross-field rules
    pub(super) fn problems(&self) -> Vec<RequestProblem> {
        let mut problems = Vec::new();
        if self.source.is_none() {
            problems.push(RequestProblem::NoSource);
        }
        if self.destinations.is_empty() {
            problems.push(RequestProblem::NoDestinations);
        }
        self.check_regions(&mut problems);
        self.check_keys(&mut problems);
        self.check_places_of_keys(&mut problems);
        self.check_texts(&mut problems);
        self.check_numbers(&mut problems);
        if let CopyPermissions::Principals(principals) = &self.permissions
            && principals.contains(&Principal::Public)
        {
            problems.push(RequestProblem::PublicCopies);
        }
        problems
    }

    fn check_regions(&self, problems: &mut Vec<RequestProblem>) {
        let Some(source) = &self.source else { return };
        let partition = source.region.partition();
        let others = self.destinations.iter().map(|to| &to.region);
        let others = others.filter(|region| region.partition() != partition);
        problems.extend(others.map(|region| RequestProblem::CopyAcrossPartitions {
            region: region.clone(),
            partition: region.partition(),
        }));
    }

    fn check_keys(&self, problems: &mut Vec<RequestProblem>) {
        for destination in &self.destinations {
            let key = self.keys.find(destination.account, &destination.region);
            let Some(key) = key else { continue };
            if key.in_region(&destination.region).is_none() {
                problems.push(RequestProblem::KeyOfOtherRegion {
                    key: key.clone(),
                    region: destination.region.clone(),
                });
            }
        }
    }

    /// A key for an account that no copy goes to may be a slip, after which a copy has another key
    ///
    /// A destination without an account may be that of any: it is not known who calls.
    fn check_places_of_keys(&self, problems: &mut Vec<RequestProblem>) {
        if self.destinations.is_empty() {
            return;
        }
        let goes_to = |account: Option<AccountId>, region: Option<&Region>| {
            self.destinations.iter().any(|to| {
                let in_account = account.is_none() || to.account.is_none() || to.account == account;
                in_account && region.is_none_or(|region| to.region == *region)
            })
        };
        let regions = self.keys.regions.keys();
        let mut given: Vec<_> = regions.map(|region| (None, Some(region))).collect();
        for (account, keys) in &self.keys.accounts {
            given.extend(keys.default.iter().map(|_| (Some(*account), None)));
            let regions = keys.regions.keys();
            given.extend(regions.map(|region| (Some(*account), Some(region))));
        }
        let unused = given
            .into_iter()
            .filter(|(account, region)| !goes_to(*account, *region));
        problems.extend(
            unused.map(|(account, region)| RequestProblem::KeyOfNoDestination {
                account,
                region: region.cloned(),
            }),
        );
    }

    fn check_texts(&self, problems: &mut Vec<RequestProblem>) {
        let over = |text: &Option<String>, most: usize| {
            text.as_ref()
                .map(|text| text.chars().count())
                .filter(|characters| *characters > most)
        };
        if let Some(value) = over(&self.description, 255) {
            problems.push(RequestProblem::LimitOutOfBounds {
                field: "description",
                value,
                least: 0,
                most: 255,
            });
        }
        if let Some(template) = &self.name
            && let Some(placeholder) = unknown_placeholder(template)
        {
            problems.push(RequestProblem::NameTemplate {
                placeholder: placeholder.to_owned(),
            });
        }
        for tags in [&self.image_tags, &self.snapshot_tags] {
            problems.extend(TagProblem::find_in(tags).into_iter().map(Into::into));
        }
    }

    fn check_numbers(&self, problems: &mut Vec<RequestProblem>) {
        if let Some(minutes) = self.completion_minutes
            && (!(15..=2_880).contains(&minutes) || minutes % 15 != 0)
        {
            problems.push(RequestProblem::CompletionMinutes { minutes });
        }
        let limits = [
            ("images", self.limits.images, CopyLimits::MOST_IMAGES),
            ("snapshots", self.limits.snapshots, usize::MAX),
            ("minutes", self.limits.minutes as usize, u32::MAX as usize),
        ];
        let outside = limits
            .into_iter()
            .filter(|(_, value, most)| !(1..=*most).contains(value));
        problems.extend(
            outside.map(|(field, value, most)| RequestProblem::LimitOutOfBounds {
                field,
                value,
                least: 1,
                most,
            }),
        );
    }
}

/// The placeholders that a name may have
pub(crate) const PLACEHOLDERS: [&str; 4] = ["{name}", "{source}", "{account}", "{region}"];

/// What stands in braces and is no placeholder
fn unknown_placeholder(template: &str) -> Option<&str> {
    let mut rest = template;
    while let Some(start) = rest.find(['{', '}']) {
        let from = rest.get(start..).unwrap_or_default();
        let known = PLACEHOLDERS.iter().find(|known| from.starts_with(**known));
        let Some(known) = known else {
            let end = from.find('}').map_or(from.len(), |end| end + 1);
            return from.get(..end);
        };
        rest = from.get(known.len()..).unwrap_or_default();
    }
    None
}
