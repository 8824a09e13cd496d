//! Our statements in a key policy: added, changed and removed by Sid, and nothing else touched.

mod check;
mod error;
mod splice;

use std::fmt;

use super::{KeyPolicy, KeyStatements, PolicyDiff};
use crate::id::Partition;
pub use error::{PatchError, StatementName};

/// A key policy with the wanted statements in it, and what that changed
#[derive(Clone, Debug)]
pub struct Patched {
    before: KeyPolicy,
    policy: KeyPolicy,
    added: Vec<String>,
    changed: Vec<String>,
    removed: Vec<String>,
    administration: Administration,
}

impl KeyPolicy {
    /// The policy with exactly these statements of ours in it
    ///
    /// Ours are those whose [`Sid`](super::StatementText::is_ours) says so. All others are copied byte
    /// for byte, and so is what stands around them. A statement that means to KMS what is wanted
    /// stays as it is; if all do, the result is the very same text, whatever its faults. New ones are
    /// put last, laid out like the statement before them. Patching with no statements takes ours out
    /// again and gives back the text from before they were put in.
    ///
    /// # Errors
    ///
    /// KMS would refuse the policy: it is too large, it names a deleted role or user, or nobody could
    /// change it again. Or it would do harm: it would open the key to the world.
    pub fn patched(&self, wanted: &KeyStatements) -> Result<Patched, PatchError> {
        let mut partitions = wanted.partitions().clone();
        partitions.extend(self.partition());
        let partition = partitions.first().cloned();
        let partition = partition.unwrap_or_else(Partition::aws);
        let spliced = splice::splice(self, &wanted.statements(&partition), &partition);
        let Some(text) = spliced.text else {
            return Ok(Patched::unchanged(self));
        };
        if partitions.len() > 1 {
            let partitions = partitions.into_iter().collect();
            return Err(PatchError::Partitions { partitions });
        }
        if wanted.has_variables() && self.version() != super::Version::V2012 {
            return Err(PatchError::NoVariables);
        }
        let policy = Self::from_text(text.into())?;
        Ok(Patched {
            administration: check::check(&policy, wanted.key())?,
            before: self.clone(),
            policy,
            added: spliced.added,
            changed: spliced.changed,
            removed: spliced.removed,
        })
    }
}

impl Patched {
    fn unchanged(policy: &KeyPolicy) -> Self {
        Self {
            before: policy.clone(),
            policy: policy.clone(),
            added: Vec::new(),
            changed: Vec::new(),
            removed: Vec::new(),
            administration: Administration::Untouched,
        }
    }

    /// The policy to write
    pub fn policy(&self) -> &KeyPolicy {
        &self.policy
    }

    /// The policy to write, without the rest
    pub fn into_policy(self) -> KeyPolicy {
        self.policy
    }

    /// The policy as it was found
    pub fn before(&self) -> &KeyPolicy {
        &self.before
    }

    /// The Sids of the statements that are new
    pub fn added(&self) -> &[String] {
        &self.added
    }

    /// The Sids of the statements that are other ones now
    pub fn changed(&self) -> &[String] {
        &self.changed
    }

    /// The Sids of the statements that are gone
    pub fn removed(&self) -> &[String] {
        &self.removed
    }

    /// Whether there is nothing to write
    pub fn is_unchanged(&self) -> bool {
        self.before == self.policy
    }

    /// Whether the policy can still be changed afterwards
    pub fn administration(&self) -> &Administration {
        &self.administration
    }

    /// What changed, for people
    pub fn diff(&self) -> PolicyDiff {
        self.before.diff(&self.policy)
    }
}

/// Whether a policy, once written, still lets the account of the key write it
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Administration {
    /// A statement, none of ours, allows it without a condition
    Kept {
        /// The statement
        statement: StatementName,
    },
    /// It hangs on what the policy does not tell; KMS checks it when the policy is put
    Unknown {
        /// Which statements leave it open
        because: String,
    },
    /// Nothing is to be written
    Untouched,
}

impl fmt::Display for Administration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Kept { statement } => {
                write!(
                    f,
                    "{statement} keeps the policy in the hands of its account"
                )
            }
            Self::Unknown { because } => {
                write!(
                    f,
                    "whether the policy can be changed again is unknown: {because}"
                )
            }
            Self::Untouched => f.write_str("nothing is to be written"),
        }
    }
}

#[cfg(test)]
#[allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used
)]
mod tests;
