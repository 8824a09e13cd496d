use std::collections::{BTreeMap, BTreeSet};

use super::key_policy::identity_policy;
use super::recipient::allow;

/// The identity policy that a caller needs for a list of API actions on resources, as JSON
///
/// Each action is allowed on exactly the resources that it is listed with; actions with the same
/// resources share a statement. The same list gives the same text, whatever its order.
///
/// ```
/// use ami_share_core::policy::caller_iam_policy;
///
/// let image = "arn:aws:ec2:us-east-1::image/ami-0123456789abcdef0";
/// let policy = caller_iam_policy([
///     ("ec2:ModifyImageAttribute", image),
///     ("ec2:DescribeImages", "*"),
///     ("ec2:DescribeImageAttribute", image),
/// ])?;
/// assert!(policy.contains(r#""ec2:DescribeImageAttribute","#));
/// # Ok::<(), ami_share_core::policy::ActionError>(())
/// ```
///
/// # Errors
///
/// A text that is not one action, or a resource that is neither `*` nor an ARN.
pub fn caller_iam_policy<A: AsRef<str>, R: AsRef<str>>(
    needs: impl IntoIterator<Item = (A, R)>,
) -> Result<String, ActionError> {
    let mut resources_of: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for (action, resource) in needs {
        let (action, resource) = (action.as_ref(), resource.as_ref());
        if !is_action(action) {
            return Err(ActionError::Action(action.into()));
        }
        if resource != "*" && !is_arn(resource) {
            return Err(ActionError::Resource(resource.into()));
        }
        resources_of
            .entry(action.into())
            .or_default()
            .insert(resource.into());
    }
    let mut actions_on: BTreeMap<Vec<String>, Vec<String>> = BTreeMap::new();
    for (action, resources) in resources_of {
        // `*` has all others in it.
        let resources = match resources.contains("*") {
            true => vec!["*".into()],
            false => resources.into_iter().collect(),
        };
        actions_on.entry(resources).or_default().push(action);
    }
    let mut groups: Vec<_> = actions_on.into_iter().collect();
    groups.sort_by(|(_, one), (_, other)| one.cmp(other));
    let statements: Vec<_> = groups
        .iter()
        .enumerate()
        .map(|(index, (resources, actions))| {
            let actions: Vec<&str> = actions.iter().map(String::as_str).collect();
            allow(&format!("AmiShare{}", index + 1), &actions, resources)
        })
        .collect();
    Ok(identity_policy(&statements))
}

/// A text that cannot stand in an identity policy
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum ActionError {
    /// Not one API action
    #[error("`{0}` is not an action: give `<service>:<operation>`, such as `ec2:DescribeImages`")]
    Action(String),
    /// Not a resource
    #[error("`{0}` is not a resource: give an ARN, or `*` where the action takes no other")]
    Resource(String),
}

fn is_action(text: &str) -> bool {
    let is_word = |word: &str, extra: char| {
        !word.is_empty()
            && word
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || c == extra)
    };
    text.split_once(':')
        .is_some_and(|(service, operation)| is_word(service, '-') && is_word(operation, '_'))
}

/// Whether the text has the six parts of an ARN, and characters that a policy may hold
fn is_arn(text: &str) -> bool {
    text.starts_with("arn:")
        && text.splitn(6, ':').count() == 6
        && text.bytes().all(|byte| byte.is_ascii_graphic())
}
