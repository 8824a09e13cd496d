//! The typed model of a policy: what each statement says.
//!
//! What evaluation needs often, such as wildcard patterns and lower-cased keys, is made ready when
//! the policy is read. The text of a document is kept elsewhere; nothing here writes one.

use std::fmt;
use std::sync::Arc;

use super::pattern::Pattern;
use super::{Operator, ParsePolicyError};
use crate::id::AccountId;

/// A policy document: a version and statements
///
/// Reads what AWS accepts: one statement or a list, scalars or lists, booleans and numbers among the
/// values of conditions, several kinds of principal in one statement, and, as KMS does, statements
/// without `Action` or `Resource` (which have no effect).
///
/// ```
/// use ami_share_core::policy::{Effect, Policy};
///
/// let policy = Policy::parse(
///     r#"{"Version": "2012-10-17", "Statement": {
///         "Sid": "Use", "Effect": "Allow", "Principal": {"AWS": "111122223333"},
///         "Action": "kms:Decrypt", "Resource": "*"}}"#,
/// )?;
/// assert_eq!(policy.statements[0].sid.as_deref(), Some("Use"));
/// assert_eq!(policy.statements[0].effect, Effect::Allow);
/// # Ok::<(), ami_share_core::policy::ParsePolicyError>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Policy {
    /// The language that the statements are written in
    pub version: Version,
    /// The `Id`, if there is one
    pub id: Option<Arc<str>>,
    /// The statements in their order
    pub statements: Vec<Statement>,
}

impl Policy {
    /// Reads a policy from JSON text
    ///
    /// # Errors
    ///
    /// What AWS would refuse, with its path such as `Statement[2].Condition.Bool`. A member that is
    /// given twice is refused too.
    pub fn parse(text: &str) -> Result<Self, ParsePolicyError> {
        super::parse::text(text)
    }

    /// Reads a policy from parsed JSON
    ///
    /// # Errors
    ///
    /// As [`Policy::parse`], but repeated members were lost before.
    pub fn from_json(value: &serde_json::Value) -> Result<Self, ParsePolicyError> {
        super::parse::policy(value)
    }
}

impl std::str::FromStr for Policy {
    type Err = ParsePolicyError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::parse(text)
    }
}

/// The version of the policy language
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum Version {
    /// `2008-10-17`, and a policy without `Version`: no policy variables
    V2008,
    /// `2012-10-17`
    V2012,
}

/// One statement of a policy
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Statement {
    /// The statement id, if there is one
    pub sid: Option<Arc<str>>,
    /// Whether it allows or denies
    pub effect: Effect,
    /// `Principal` or `NotPrincipal`; identity policies have none
    pub principal: Option<PrincipalList>,
    /// `Action` or `NotAction`; without one the statement has no effect
    pub action: Option<PatternList>,
    /// `Resource` or `NotResource`; without one the statement has no effect
    pub resource: Option<PatternList>,
    /// All of these have to hold
    pub conditions: Vec<Condition>,
}

impl Statement {
    /// Reads one statement from parsed JSON; `path` is where it stands, for errors
    ///
    /// # Errors
    ///
    /// What AWS would refuse, with its path.
    pub fn from_json(
        value: &serde_json::Value,
        version: Version,
        path: &str,
    ) -> Result<Self, ParsePolicyError> {
        super::parse::statement(value, version, path)
    }

    /// Whether it has an action and a resource, without which KMS gives it no effect
    ///
    /// See [`PutKeyPolicy`](https://docs.aws.amazon.com/kms/latest/APIReference/API_PutKeyPolicy.html).
    pub fn has_effect(&self) -> bool {
        self.action.is_some() && self.resource.is_some()
    }
}

/// What a statement does when it applies
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[allow(clippy::exhaustive_enums)]
pub enum Effect {
    /// It allows
    Allow,
    /// It denies, whatever else allows
    Deny,
}

impl fmt::Display for Effect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Allow => "Allow",
            Self::Deny => "Deny",
        })
    }
}

/// A `Principal` or `NotPrincipal` element
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct PrincipalList {
    /// Whether it is `NotPrincipal`
    pub negated: bool,
    /// The principals, in their order
    pub entries: Vec<PrincipalEntry>,
}

/// One principal of a statement
///
/// See [principals](https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html).
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum PrincipalEntry {
    /// `*`, bare or as `AWS`: everybody, the anonymous too
    Anyone,
    /// An account, by its 12 digits or its root ARN
    Account(AccountId),
    /// The ARN of a user, role, role session or federated user; no wildcards
    Arn(Arc<str>),
    /// An `AWS` principal that is neither: an id such as `AIDA…` or `AROA…`, left behind by one that
    /// was deleted
    Dead(Arc<str>),
    /// An AWS service such as `ec2.amazonaws.com`
    Service(Arc<str>),
    /// An identity provider, before a role is assumed
    Federated(Arc<str>),
    /// An S3 canonical user
    CanonicalUser(Arc<str>),
    /// A kind of principal that AWS does not have
    Unknown {
        /// The kind, as the policy writes it
        kind: Arc<str>,
        /// The principal
        text: Arc<str>,
    },
}

impl PrincipalEntry {
    /// Reads a principal of the kind `AWS`
    pub fn aws(text: &str) -> Self {
        super::parse::aws_principal(text)
    }
}

/// An `Action`, `NotAction`, `Resource` or `NotResource` element
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct PatternList {
    /// Whether it is `NotAction` or `NotResource`
    pub negated: bool,
    /// The patterns, in their order
    pub patterns: Vec<Pattern>,
}

/// One operator on one key, with the values it is compared to
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Condition {
    /// The operator
    pub operator: Operator,
    /// The condition key
    pub key: ConditionKey,
    /// The values, one of which has to match (none, under a negated operator)
    pub values: Vec<ConditionValue>,
    /// Whether the same operator has this key again in another case of letters
    pub repeated: bool,
}

/// A condition key such as `kms:ViaService`; the case of its letters does not count
#[derive(Clone, Debug)]
pub struct ConditionKey {
    text: Arc<str>,
    lower: Arc<str>,
}

impl ConditionKey {
    /// Reads a key
    pub fn new(text: &str) -> Self {
        Self {
            text: text.into(),
            lower: text.to_ascii_lowercase().into(),
        }
    }

    /// The key as the policy writes it
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The key in lower case
    pub fn lower(&self) -> &str {
        &self.lower
    }
}

impl Eq for ConditionKey {}

impl PartialEq for ConditionKey {
    fn eq(&self, other: &Self) -> bool {
        self.lower == other.lower
    }
}

impl fmt::Display for ConditionKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.text)
    }
}

/// A value of a condition, as text and made ready for its operator
#[derive(Clone, Debug, PartialEq)]
pub struct ConditionValue {
    pub(super) text: Arc<str>,
    pub(super) form: ValueForm,
}

impl ConditionValue {
    /// The value as text; JSON `true` is `true`, JSON `1` is `1`
    pub fn as_str(&self) -> &str {
        &self.text
    }
}

/// What an operator makes of a value
#[derive(Clone, Debug, PartialEq)]
pub(super) enum ValueForm {
    /// For strings and ARNs
    Pattern(Pattern),
    /// For the operators that read the text themselves
    Plain,
}
