use std::fmt;

use crate::policy::StatementName;

/// Something suspicious in a statement
///
/// Its text says where and what; [`mend`](Self::mend) says what to do about it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct LintFinding {
    statement: StatementName,
    problem: LintProblem,
}

impl LintFinding {
    pub(super) fn new(statement: StatementName, problem: LintProblem) -> Self {
        Self { statement, problem }
    }

    /// The statement
    pub fn statement(&self) -> &StatementName {
        &self.statement
    }

    /// What is suspicious in it
    pub fn problem(&self) -> &LintProblem {
        &self.problem
    }

    /// What to do about it
    pub fn mend(&self) -> &'static str {
        match self.problem {
            LintProblem::DeadPrincipal { .. } => {
                "take the id out, or put the ARN of a living role or user in its place; KMS refuses \
                 to store it again"
            }
            LintProblem::NoEffect { .. } => {
                "give the element (`\"Resource\": \"*\"` is the key itself), or take the statement out"
            }
            LintProblem::OldVariable { .. } => {
                "set `Version` to `2012-10-17` if a variable is meant"
            }
            LintProblem::OpenToTheWorld { .. } => {
                "name accounts as principals, or add `StringEquals` on `aws:PrincipalOrgID`"
            }
            LintProblem::RepeatedKey { .. } => {
                "write the key once, with all its values; the case of its letters does not count"
            }
            LintProblem::RepeatedSid { .. } => "give each statement a Sid of its own",
            LintProblem::UnknownKey { .. } => {
                "check the spelling: a key that no request has never matches, or always does under \
                 a negated operator"
            }
            LintProblem::UnknownOperator { .. } => {
                "check the spelling; AWS's operators are such as `StringEquals` and `ArnLike`"
            }
            LintProblem::Untrusted { .. } => {
                "take the principal out, or add it to the trusted parties if it belongs there"
            }
        }
    }
}

impl fmt::Display for LintFinding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.statement, self.problem)
    }
}

/// What is suspicious in a statement
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum LintProblem {
    /// A role or user that was deleted
    #[error("`{principal}` is the id of a role or user that was deleted")]
    DeadPrincipal {
        /// The id that was put in the place of its ARN
        principal: String,
    },
    /// KMS takes the statement and gives it
    /// [no effect](https://docs.aws.amazon.com/kms/latest/APIReference/API_PutKeyPolicy.html)
    #[error("it has no effect, since it has no `{missing}`")]
    NoEffect {
        /// `Action` or `Resource`
        missing: &'static str,
    },
    /// A policy variable in a policy of version 2008-10-17, where it is taken literally
    #[error("`{value}` is no variable in a policy of version 2008-10-17")]
    OldVariable {
        /// The value with the variable in it
        value: String,
    },
    /// Every AWS account is allowed something
    #[error("it is open to every AWS account: {because}")]
    OpenToTheWorld {
        /// Why nothing bounds it
        because: String,
    },
    /// A condition key is given twice in different letters; nobody says which counts
    #[error("the condition key `{key}` is given twice")]
    RepeatedKey {
        /// The key
        key: String,
    },
    /// An earlier statement has the same Sid
    #[error("the Sid `{sid}` is used twice")]
    RepeatedSid {
        /// The Sid
        sid: String,
    },
    /// A condition key that neither AWS nor KMS has
    #[error("the condition key `{key}` is not known")]
    UnknownKey {
        /// The key
        key: String,
    },
    /// A condition operator that AWS does not have
    #[error("the condition operator `{operator}` is not known")]
    UnknownOperator {
        /// The operator
        operator: String,
    },
    /// Somebody who is not one of the trusted parties is allowed something
    #[error("`{principal}` is allowed something and not trusted")]
    Untrusted {
        /// The principal, or what stands for it in a condition
        principal: String,
    },
}
