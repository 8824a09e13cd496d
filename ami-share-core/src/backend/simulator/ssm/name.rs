//! How parameters are named.

use super::super::call::Caller;
use super::super::refusal::Refusal;

/// The name of a parameter, as it is asked for: plain or as an ARN, with or without a selector
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct ParameterName {
    pub(crate) name: String,
    pub(crate) selector: Option<Selector>,
}

/// Which version is meant, by number or label
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) enum Selector {
    Version(u64),
    Label(String),
}

/// The most levels of a name
const LEVELS: usize = 15;

impl ParameterName {
    /// `None` for the ARN of another account or Region
    pub(crate) fn parse(caller: Caller<'_>, text: &str) -> Option<Self> {
        let own = format!(
            "arn:{}:ssm:{}:{}:parameter",
            caller.region.partition(),
            caller.region,
            caller.account
        );
        let text = match text.strip_prefix(&own) {
            Some(rest) => rest,
            None if text.starts_with("arn:") => return None,
            None => text,
        };
        let (name, selector) = match text.split_once(':') {
            None => (text, None),
            Some((name, selector)) => {
                let selector = match selector.parse() {
                    Ok(version) => Selector::Version(version),
                    Err(_) => Selector::Label(selector.to_owned()),
                };
                (name, Some(selector))
            }
        };
        Some(Self {
            name: name.to_owned(),
            selector,
        })
    }
}

impl Selector {
    /// As it stands behind the name
    pub(crate) fn text(&self) -> String {
        match self {
            Self::Version(version) => format!(":{version}"),
            Self::Label(label) => format!(":{label}"),
        }
    }
}

/// The ARN of a parameter; a name that starts with a slash brings the one of the ARN
pub(crate) fn arn_of(caller: Caller<'_>, name: &str) -> String {
    let slash = if name.starts_with('/') { "" } else { "/" };
    format!(
        "arn:{}:ssm:{}:{}:parameter{slash}{name}",
        caller.region.partition(),
        caller.region,
        caller.account
    )
}

/// Refuses a name that no parameter can have
pub(crate) fn check(name: &str) -> Result<(), Refusal> {
    if name.is_empty() || name.len() > 2_048 {
        return Err(invalid(format!(
            "1 validation error detected: Value '{name}' at 'name' failed to satisfy constraint: \
             Member must have length between 1 and 2048"
        )));
    }
    let levels: Vec<&str> = name.strip_prefix('/').unwrap_or(name).split('/').collect();
    let first = levels.first().copied().unwrap_or_default();
    if starts_with(first, "aws") {
        return Err(Refusal::new(
            "AccessDeniedException",
            format!("No access to reserved parameter name: {name}."),
        ));
    }
    let is_level = |level: &&str| {
        let is_allowed = |c: char| c.is_ascii_alphanumeric() || "_.-".contains(c);
        !level.is_empty() && level.chars().all(is_allowed)
    };
    if starts_with(first, "ssm") || !levels.iter().all(is_level) {
        return Err(invalid(
            "Parameter name: can't be prefixed with \"ssm\" (case-insensitive). If formed as a \
             path, it can consist of sub-paths divided by slash symbol; each sub-path can be \
             formed as a mix of letters, numbers and the following 3 symbols .-_",
        ));
    }
    if levels.len() > 1 && !name.starts_with('/') {
        return Err(invalid("Parameter name must be a fully qualified name."));
    }
    if levels.len() > LEVELS {
        return Err(Refusal::new(
            "HierarchyLevelLimitExceededException",
            "Parameter name can have a maximum of 15 levels in a hierarchy.",
        ));
    }
    Ok(())
}

fn starts_with(text: &str, prefix: &str) -> bool {
    let head = text.get(..prefix.len());
    head.is_some_and(|head| head.eq_ignore_ascii_case(prefix))
}

pub(crate) fn invalid(message: impl Into<String>) -> Refusal {
    Refusal::new("ValidationException", message)
}
