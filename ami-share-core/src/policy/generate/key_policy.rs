use super::KeyStatements;
use crate::id::{AccountId, Partition};
use crate::policy::document::{Canonical, Style};
use crate::policy::{KeyPolicy, PatchError};

/// The policy for a new key: its own account administers it, and the recipients may use it
///
/// The first statement is the one that KMS gives to a new key by default
/// ([default key policy](https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html)):
/// the account's root, and through it the account's IAM policies, may do everything with the key.
///
/// # Errors
///
/// As [`KeyPolicy::patched`]: the policy would be larger than KMS takes, or the recipients are of
/// several partitions.
pub fn key_policy_for_sharing(
    owner: AccountId,
    wanted: &KeyStatements,
) -> Result<KeyPolicy, PatchError> {
    let partition = wanted.partitions().first().cloned();
    let partition = partition.unwrap_or_else(Partition::aws);
    let text = format!(
        r#"{{
  "Version": "2012-10-17",
  "Id": "key-default-1",
  "Statement": [
    {{
      "Sid": "Enable IAM User Permissions",
      "Effect": "Allow",
      "Principal": {{
        "AWS": "arn:{partition}:iam::{owner}:root"
      }},
      "Action": "kms:*",
      "Resource": "*"
    }}
  ]
}}
"#
    );
    let policy = KeyPolicy::parse(&text)?;
    Ok(policy.patched(wanted)?.into_policy())
}

/// The text of an identity policy
pub(super) fn identity_policy(statements: &[Canonical]) -> String {
    let style = Style::pretty("    ");
    let statements: Vec<String> = statements
        .iter()
        .map(|statement| format!("    {}", statement.print(&style, None)))
        .collect();
    let statements = statements.join(",\n");
    format!("{{\n  \"Version\": \"2012-10-17\",\n  \"Statement\": [\n{statements}\n  ]\n}}\n")
}
