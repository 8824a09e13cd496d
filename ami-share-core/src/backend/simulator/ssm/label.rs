//! Labels of the versions of a parameter.

use super::super::call::Caller;
use super::super::refusal::Refusal;
use super::super::state::State;
use super::name::Selector;
use super::parameter::{not_found, version_not_found};

/// The most labels of a version
const LABELS: usize = 10;

impl State {
    /// Puts labels on a version, from wherever they were; those that are no labels are told
    pub(crate) fn label_parameter_version(
        &mut self,
        caller: Caller<'_>,
        name: &str,
        number: Option<u64>,
        labels: Vec<String>,
    ) -> Result<(u64, Vec<String>), Refusal> {
        let parameter = self.parameters.get_mut(caller, name);
        let parameter = parameter.ok_or_else(not_found)?;
        let latest = parameter.latest().map(|latest| latest.number);
        let number = number.or(latest).unwrap_or_default();
        let (labels, bad): (Vec<String>, Vec<String>) =
            labels.into_iter().partition(|label| is_label(label));
        let Some(version) = parameter
            .versions
            .iter()
            .find(|version| version.number == number)
        else {
            let selector = Selector::Version(number);
            return Err(version_not_found(parameter, Some(&selector)));
        };
        let fresh = labels
            .iter()
            .filter(|label| !version.labels.contains(label));
        if version.labels.len() + fresh.count() > LABELS {
            return Err(Refusal::new(
                "ParameterVersionLabelLimitExceeded",
                format!("A parameter version can have a maximum of {LABELS} labels."),
            ));
        }
        for version in &mut parameter.versions {
            version.labels.retain(|label| !labels.contains(label));
            if version.number == number {
                version.labels.extend(labels.iter().cloned());
            }
        }
        Ok((number, bad))
    }
}

fn is_label(text: &str) -> bool {
    let is_allowed = |c: char| c.is_ascii_alphanumeric() || "_.-".contains(c);
    let lower = text.to_ascii_lowercase();
    (1..=100).contains(&text.len())
        && text.chars().all(is_allowed)
        && !text.starts_with(|c: char| c.is_ascii_digit())
        && !lower.starts_with("aws")
        && !lower.starts_with("ssm")
}
