//! The document of a key policy: its text, kept as it is, and what stands where in it.

mod canonical;
mod error;
mod json;
mod node;
mod print;
mod shape;

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::{ParsePolicyError, Policy, Version};

pub(super) use canonical::{Canonical, Element};
pub use error::{KeyPolicyProblem, ParseKeyPolicyError};
use node::Json;
pub(super) use node::Node;
pub(super) use print::{Style, rank};

/// A key policy as text that is known to be one
///
/// It is printed exactly as it was read, byte for byte, white space too.
/// [`patched`](Self::patched) gives another one in which only our own statements differ.
///
/// ```
/// use ami_share_core::policy::{KeyPolicy, KeyStatements};
///
/// let policy = KeyPolicy::parse(
///     r#"{"Version": "2012-10-17", "Statement": {"Sid": "Enable IAM User Permissions",
///         "Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::111122223333:root"},
///         "Action": "kms:*", "Resource": "*"}}"#,
/// )?;
/// let wanted = KeyStatements::new().account("444455556666".parse()?);
/// let patched = policy.patched(&wanted)?;
/// assert_eq!(patched.added(), ["AmiShareAccountsUse", "AmiShareAccountsCreateGrant"]);
/// println!("{}", patched.diff());
///
/// // Taking ours out again gives the first text back.
/// assert_eq!(patched.policy().patched(&KeyStatements::new())?.policy(), &policy);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// See [key policies](https://docs.aws.amazon.com/kms/latest/developerguide/key-policies.html).
#[derive(Clone)]
pub struct KeyPolicy {
    text: Arc<str>,
    root: Arc<Node>,
}

impl KeyPolicy {
    /// The largest key policy in bytes
    /// ([quota](https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-overview.html))
    pub const MOST_BYTES: usize = 32_768;

    /// Reads a key policy
    ///
    /// `Version` may be missing, which means 2008-10-17, and `Statement` may be one statement without
    /// a list around it. The size is not checked: [`patched`](Self::patched) does it before a write.
    ///
    /// # Errors
    ///
    /// What KMS would refuse by its form alone: text that is not JSON, characters outside its set,
    /// a member given twice at any depth, members that no policy has, values of the wrong type.
    pub fn parse(text: &str) -> Result<Self, ParseKeyPolicyError> {
        Self::from_text(text.into())
    }

    pub(super) fn from_text(text: Arc<str>) -> Result<Self, ParseKeyPolicyError> {
        let root = json::parse(&text)
            .and_then(|root| shape::check(&text, &root).map(|()| root))
            .map_err(|fault| ParseKeyPolicyError::new(&text, fault))?;
        let root = Arc::new(root);
        Ok(Self { text, root })
    }

    /// The text, as it was read
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The size in bytes
    pub fn size(&self) -> usize {
        self.text.len()
    }

    /// The version of the policy language; 2008 where none is given
    pub fn version(&self) -> Version {
        match self.top("Version").as_deref() {
            Some("2012-10-17") => Version::V2012,
            _ => Version::V2008,
        }
    }

    /// The `Id`, if there is one
    pub fn id(&self) -> Option<Cow<'_, str>> {
        self.top("Id")
    }

    /// The statements in their order
    pub fn statements(&self) -> impl ExactSizeIterator<Item = StatementText<'_>> {
        self.list()
            .map_or(&[] as &[Node], Node::items)
            .iter()
            .enumerate()
            .map(|(index, node)| StatementText {
                document: &self.text,
                index,
                node,
            })
    }

    /// The typed model of the policy, for evaluation
    ///
    /// # Errors
    ///
    /// None is known: what can be read as a document can be read as a typed policy, and tests and
    /// fuzzing hold both readers against each other.
    pub fn to_policy(&self) -> Result<Policy, ParsePolicyError> {
        Policy::parse(&self.text)
    }

    /// Whether both mean the same to KMS, though their texts may differ
    ///
    /// KMS stores its own rendering of a policy: 12 digits are the root ARN of the account, a list of
    /// one is a scalar, JSON `true` is `"true"`. The order of statements and lists does not count.
    pub fn is_equivalent_to(&self, other: &Self) -> bool {
        self.text == other.text
            || (self.version(), self.id(), self.canonical())
                == (other.version(), other.id(), other.canonical())
    }

    fn canonical(&self) -> Vec<Canonical> {
        let mut statements: Vec<Canonical> = self
            .statements()
            .map(|statement| statement.canonical())
            .collect();
        statements.sort();
        statements
    }

    /// The value of `Statement`: a list, or one statement
    pub(super) fn list(&self) -> Option<&Node> {
        self.root.member(&self.text, "Statement")
    }

    fn top(&self, name: &str) -> Option<Cow<'_, str>> {
        let value = self.root.member(&self.text, name)?;
        Some(value.text(&self.text))
    }
}

impl FromStr for KeyPolicy {
    type Err = ParseKeyPolicyError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::parse(text)
    }
}

impl fmt::Display for KeyPolicy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// As text
impl Serialize for KeyPolicy {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.text)
    }
}

impl<'de> Deserialize<'de> for KeyPolicy {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = Cow::<'de, str>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

impl fmt::Debug for KeyPolicy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("KeyPolicy").field(&self.text).finish()
    }
}

impl Eq for KeyPolicy {}

/// Equal are policies with the same text; see [`is_equivalent_to`](KeyPolicy::is_equivalent_to)
impl PartialEq for KeyPolicy {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

/// A statement of a [`KeyPolicy`], as it stands there
#[derive(Clone, Copy, Debug)]
pub struct StatementText<'a> {
    document: &'a str,
    index: usize,
    node: &'a Node,
}

impl<'a> StatementText<'a> {
    /// The start of the Sid of each of our statements; a capital letter follows
    pub const OUR_SID_PREFIX: &'static str = "AmiShare";

    /// Where it stands among the statements, from 0
    pub fn index(self) -> usize {
        self.index
    }

    /// Its Sid, if it has one
    pub fn sid(self) -> Option<Cow<'a, str>> {
        Some(self.member("Sid")?.text(self.document))
    }

    /// Its text, from `{` to `}`
    pub fn as_str(self) -> &'a str {
        self.node.raw(self.document)
    }

    /// Whether the statement is ours, by its Sid: `AmiShare`, a capital letter, letters and digits
    pub fn is_ours(self) -> bool {
        self.sid().is_some_and(|sid| is_our_sid(&sid))
    }

    pub(super) fn member(self, name: &str) -> Option<&'a Node> {
        self.node.member(self.document, name)
    }

    pub(super) fn document(self) -> &'a str {
        self.document
    }

    pub(super) fn node(self) -> &'a Node {
        self.node
    }

    pub(super) fn canonical(self) -> Canonical {
        Canonical::read(self.document, self.node)
    }
}

fn is_our_sid(sid: &str) -> bool {
    sid.strip_prefix(StatementText::OUR_SID_PREFIX)
        .is_some_and(|rest| {
            rest.starts_with(|first: char| first.is_ascii_uppercase())
                && rest.bytes().all(|byte| byte.is_ascii_alphanumeric())
        })
}

/// Whether the value is a list, and not one statement alone
pub(super) fn is_list(value: &Node) -> bool {
    matches!(value.value, Json::List(_))
}

#[cfg(test)]
#[allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used
)]
mod tests;
