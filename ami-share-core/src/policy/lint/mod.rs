//! What is suspicious in a key policy, though KMS takes it.

mod bound;
mod finding;
mod keys;

use std::collections::BTreeSet;

use super::{
    Comparison, Effect, KeyPolicy, Policy, PrincipalEntry, Statement, StatementName, Version,
};
use crate::id::{AccountId, OrganizationArn};
pub use finding::{LintFinding, LintProblem};

/// The accounts and organizations that may be in a policy, for [`KeyPolicy::lint_against`]
#[derive(Clone, Debug, Default, Eq, PartialEq)]
#[must_use]
pub struct TrustedParties {
    accounts: BTreeSet<AccountId>,
    organizations: BTreeSet<String>,
}

impl TrustedParties {
    /// Nobody
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds an account
    pub fn account(mut self, account: AccountId) -> Self {
        self.accounts.insert(account);
        self
    }

    /// Adds all accounts of an organization
    pub fn organization(mut self, organization: &OrganizationArn) -> Self {
        self.organizations
            .insert(organization.organization_id().to_owned());
        self
    }

    fn has_account(&self, account: &str) -> bool {
        account
            .parse()
            .is_ok_and(|account: AccountId| self.accounts.contains(&account))
    }
}

impl KeyPolicy {
    /// What is suspicious, statement by statement
    ///
    /// ```
    /// use ami_share_core::policy::{KeyPolicy, LintProblem};
    ///
    /// let policy = KeyPolicy::parse(
    ///     r#"{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Principal": "*",
    ///         "Action": "kms:Decrypt", "Resource": "*", "Condition":
    ///         {"ForAllValues:StringLike": {"aws:PrincipalOrgPaths": "o-exampleorg1/*"}}}}"#,
    /// )?;
    /// let findings = policy.lint();
    /// assert!(matches!(findings[0].problem(), LintProblem::OpenToTheWorld { .. }));
    /// # Ok::<(), ami_share_core::policy::ParseKeyPolicyError>(())
    /// ```
    pub fn lint(&self) -> Vec<LintFinding> {
        self.findings(None)
    }

    /// What is suspicious, and who is allowed something without being one of these
    pub fn lint_against(&self, trusted: &TrustedParties) -> Vec<LintFinding> {
        self.findings(Some(trusted))
    }

    fn findings(&self, trusted: Option<&TrustedParties>) -> Vec<LintFinding> {
        let Ok(policy) = self.to_policy() else {
            // INVARIANT: what was read as a document can be read as a typed policy.
            return Vec::new();
        };
        let mut findings = Vec::new();
        let mut sids = BTreeSet::new();
        for (index, statement) in policy.statements.iter().enumerate() {
            let sid = statement.sid.as_deref().map(str::to_owned);
            let mut problems = Vec::new();
            if let Some(sid) = sid.clone().filter(|sid| !sids.insert(sid.clone())) {
                problems.push(LintProblem::RepeatedSid { sid });
            }
            no_effect(statement, &mut problems);
            principals(statement, trusted, &mut problems);
            conditions(&policy, statement, &mut problems);
            let name = StatementName::new(index, sid);
            findings.extend(
                problems
                    .into_iter()
                    .map(|problem| LintFinding::new(name.clone(), problem)),
            );
        }
        findings
    }
}

fn no_effect(statement: &Statement, problems: &mut Vec<LintProblem>) {
    for (element, list) in [
        ("Action", &statement.action),
        ("Resource", &statement.resource),
    ] {
        if list.as_ref().is_none_or(|list| list.patterns.is_empty()) {
            problems.push(LintProblem::NoEffect { missing: element });
        }
    }
}

fn principals(
    statement: &Statement,
    trusted: Option<&TrustedParties>,
    problems: &mut Vec<LintProblem>,
) {
    let Some(list) = &statement.principal else {
        return;
    };
    for entry in &list.entries {
        if let PrincipalEntry::Dead(principal) = entry {
            let principal = principal.to_string();
            problems.push(LintProblem::DeadPrincipal { principal });
        }
    }
    if statement.effect == Effect::Deny {
        return;
    }
    let is_anyone = |entry: &PrincipalEntry| *entry == PrincipalEntry::Anyone;
    let names_everybody = list.negated || list.entries.iter().any(is_anyone);
    let bounds = bound::bounds(statement);
    if names_everybody && bounds.is_empty() {
        let because = bound::why_none(statement, list.negated);
        problems.push(LintProblem::OpenToTheWorld { because });
        return;
    }
    let Some(trusted) = trusted else {
        return;
    };
    let is_trusted = |bound: &bound::Bound| bound.parties.iter().all(|party| party.is_in(trusted));
    if bounds.iter().any(is_trusted) {
        return;
    }
    if names_everybody {
        let parties = bounds.iter().flat_map(|bound| &bound.parties);
        let outside = parties.filter(|party| !party.is_in(trusted));
        problems.extend(outside.map(|party| LintProblem::Untrusted {
            principal: party.to_string(),
        }));
        return;
    }
    for entry in &list.entries {
        let (principal, account) = match entry {
            PrincipalEntry::Account(account) => (account.to_string(), account.to_string()),
            PrincipalEntry::Arn(arn) | PrincipalEntry::Federated(arn) => {
                let account = arn.split(':').nth(4).unwrap_or_default();
                (arn.to_string(), account.to_owned())
            }
            PrincipalEntry::CanonicalUser(text) => (text.to_string(), String::new()),
            _ => continue,
        };
        if !trusted.has_account(&account) {
            problems.push(LintProblem::Untrusted { principal });
        }
    }
}

fn conditions(policy: &Policy, statement: &Statement, problems: &mut Vec<LintProblem>) {
    for condition in &statement.conditions {
        let key = condition.key.as_str();
        if condition.operator.comparison == Comparison::Unknown {
            let operator = condition.operator.as_str().to_owned();
            problems.push(LintProblem::UnknownOperator { operator });
        }
        if !keys::is_known(condition.key.lower()) {
            problems.push(LintProblem::UnknownKey { key: key.into() });
        }
        if condition.repeated {
            problems.push(LintProblem::RepeatedKey { key: key.into() });
        }
        let variable = condition
            .values
            .iter()
            .find(|value| value.as_str().contains("${"));
        if let (Some(value), Version::V2008) = (variable, policy.version) {
            let value = value.as_str().to_owned();
            problems.push(LintProblem::OldVariable { value });
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
