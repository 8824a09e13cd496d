//! From a draft to a distribution.

use super::check::{Checker, Fault};
use super::document::Distribution;
use super::draft::{DistributionDraft, Version};
use super::error::DistributionError;
use crate::document::Part;

impl DistributionDraft {
    /// The draft as a file in JSON
    pub fn to_json(&self) -> String {
        // INVARIANT: texts, numbers, lists and maps with texts as keys always go into JSON.
        serde_json::to_string_pretty(self).unwrap_or_else(|error| unreachable!("{error}"))
    }

    /// The distribution, if nothing is wrong with it
    ///
    /// # Errors
    ///
    /// All that is wrong, without file and line.
    pub fn build(self) -> Result<Distribution, DistributionError> {
        self.build_without(&[]).map_err(|faults| DistributionError {
            file: None,
            problems: faults
                .into_iter()
                .map(|fault| fault.on_line(None))
                .collect(),
        })
    }

    /// The same where parts of a file could not be read: nothing is said of what is missing for that
    pub(super) fn build_without(mut self, lost: &[Vec<Part>]) -> Result<Distribution, Vec<Fault>> {
        self.version = Some(Version::One);
        let checked = Checker::check(&self, lost);
        match checked.image {
            Some(image) if checked.faults.is_empty() => Ok(Distribution {
                image,
                regions: checked.regions,
                recipients: checked.recipients,
                draft: self,
            }),
            _ => Err(checked.faults),
        }
    }
}
