use crate::id::Partition;
use crate::policy::{KeyPolicy, ParseKeyPolicyError};

/// Why a key policy is not written
///
/// Its text says what is wrong; [`mend`](Self::mend) says what to do about it.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum PatchError {
    /// A statement of somebody else names a role or user that was deleted
    #[error("{statement} names `{principal}`, the id of a role or user that was deleted")]
    DeadPrincipal {
        /// The statement
        statement: StatementName,
        /// The id that KMS put in the place of the ARN
        principal: String,
    },
    /// No statement would let anybody change the policy again
    #[error("no statement would allow `kms:PutKeyPolicy` to the account of the key")]
    Lockout,
    /// The statements hold policy variables, and the policy is of version 2008-10-17
    #[error(
        "the policy is of version 2008-10-17, which has no policy variables such as `${{aws:PrincipalAccount}}`"
    )]
    NoVariables,
    /// The result is not a key policy
    #[error("the result is not a key policy: {0}")]
    NotAPolicy(#[from] ParseKeyPolicyError),
    /// A statement of ours would open the key to everybody
    #[error("`{sid}` would open the key to all AWS accounts")]
    OpenToTheWorld {
        /// Its Sid
        sid: String,
    },
    /// The key and its recipients are not of one partition
    #[error("nothing is shared between partitions: {}", list(partitions))]
    Partitions {
        /// The partitions of the policy found, the key and the recipients
        partitions: Vec<Partition>,
    },
    /// The policy would be larger than KMS takes
    #[error(
        "the policy would have {bytes} bytes, over the {} that KMS takes",
        KeyPolicy::MOST_BYTES
    )]
    TooLarge {
        /// How many bytes it would have
        bytes: usize,
    },
}

impl PatchError {
    /// What to do about it
    pub fn mend(&self) -> String {
        match self {
            Self::DeadPrincipal { statement, .. } => format!(
                "KMS refuses to store it again: take the id out of {statement}, or put the ARN of a \
                 living role or user in its place"
            ),
            Self::Lockout => "KMS refuses such a policy: add a statement that allows `kms:*` to \
                 the root of the key's account"
                .into(),
            Self::NoVariables => {
                "set `Version` to `2012-10-17` after checking that no `${` in the \
                 policy is meant literally, or leave the service roles out"
                    .into()
            }
            Self::NotAPolicy(_) => "report it: this should not happen".into(),
            Self::OpenToTheWorld { .. } => {
                "name the organization by `StringEquals` on `aws:PrincipalOrgID`".into()
            }
            Self::Partitions { .. } => {
                "copy the image within each partition, and share it there".into()
            }
            Self::TooLarge { .. } => "share with an organization or OU instead of its accounts, \
                 or take out statements that are no longer used"
                .into(),
        }
    }
}

fn list(partitions: &[Partition]) -> String {
    let partitions: Vec<String> = partitions.iter().map(|name| format!("`{name}`")).collect();
    partitions.join(", ")
}

/// A statement by its Sid, or by where it stands, as `Statement[0]`
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub struct StatementName {
    index: usize,
    sid: Option<String>,
}

impl StatementName {
    pub(in crate::policy) fn new(index: usize, sid: Option<String>) -> Self {
        Self { index, sid }
    }

    /// Where it stands among the statements, from 0
    pub fn index(&self) -> usize {
        self.index
    }

    /// Its Sid, if it has one
    pub fn sid(&self) -> Option<&str> {
        self.sid.as_deref()
    }
}

impl std::fmt::Display for StatementName {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match &self.sid {
            Some(sid) => write!(f, "statement `{}`", sid.escape_debug()),
            None => write!(f, "`Statement[{}]`", self.index),
        }
    }
}
