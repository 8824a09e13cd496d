//! Who has a key already, and who will have it: recipients and keys, judged.

use std::collections::BTreeSet;

use super::key::KeyVisit;
use super::make::Planner;
use super::{Action, KeyRecipients, Notice, Refusal, Step};
use crate::access::{Answer, KeyJudge, Subject};
use crate::policy::{KeyPolicy, KeyStatements};
use crate::principal::Principal;
use crate::resource::{KeyGrant, ObservedKey, Reading};

impl KeyVisit<'_> {
    /// The key with these statements of ours, and no others of ours
    pub(super) fn with_statements(&self, policy: &KeyPolicy, ours: &KeyStatements) -> ObservedKey {
        let patched = policy.patched(&ours.clone().for_key(self.arn.clone())).ok();
        ObservedKey {
            policy: patched.map(|patched| Reading::Known(patched.into_policy())),
            ..self.found.clone()
        }
    }

    /// The key with these recipients in our statements
    pub(super) fn with_policy(
        &self,
        policy: &KeyPolicy,
        ours: &KeyStatements,
        added: &KeyRecipients,
    ) -> ObservedKey {
        self.with_statements(policy, &added.added_to(ours.clone()))
    }

    /// The key with the grants that these steps make
    pub(super) fn with_grants(&self, steps: &[Step]) -> ObservedKey {
        let made = steps.iter().filter_map(|step| match &step.action {
            Action::CreateGrant {
                grantee,
                name,
                operations,
                ..
            } => Some(KeyGrant {
                id: name.clone(),
                name: Some(name.clone()),
                grantee: grantee.clone(),
                operations: operations.clone(),
                constrained: false,
            }),
            _ => None,
        });
        let known = self.found.grants.as_ref().and_then(Reading::known);
        let present = known.into_iter().flatten().cloned();
        ObservedKey {
            grants: Some(Reading::Known(present.chain(made).collect())),
            ..self.found.clone()
        }
    }

    /// Our statements and grants, as far as they could be read
    fn ours(&self) -> (KeyStatements, Vec<&KeyGrant>) {
        let policy = self.found.policy.as_ref().and_then(Reading::known);
        let statements = policy.and_then(|policy| KeyStatements::found_in(policy).ok());
        let grants = self.found.grants.as_ref().and_then(Reading::known);
        let grants = grants.into_iter().flatten().filter(|grant| grant.is_ours());
        (statements.unwrap_or_default(), grants.collect())
    }

    /// What others wrote, without our statements and grants
    fn of_others(&self) -> ObservedKey {
        let mut others = match &self.found.policy {
            Some(Reading::Known(policy)) => self.with_statements(policy, &KeyStatements::new()),
            _ => self.found.clone(),
        };
        if let Some(Reading::Known(grants)) = &mut others.grants {
            grants.retain(|grant| !grant.is_ours());
        }
        others
    }
}

impl Planner<'_> {
    /// Those of the recipients that are neither in a statement or grant of ours nor let in by others
    ///
    /// A statement of ours for a whole organization does not count for its OUs: it may go before they
    /// do.
    pub(super) fn without_access(&self, visit: &KeyVisit<'_>, all: KeyRecipients) -> KeyRecipients {
        let (ours, grants) = visit.ours();
        let others = visit.of_others();
        let judge = KeyJudge::new(visit.arn, &others);
        let is_out = |subject: Subject<'_>| judge.access(subject).answer != Answer::Yes;
        let partition = visit.arn.partition();
        let has_grant = |grantee: &str| {
            let of_grantee = |grant: &&KeyGrant| grant.grantee == grantee && grant.is_for_volumes();
            grants.iter().copied().any(|grant| of_grantee(&grant))
        };
        let service_roles = all.service_roles;
        let lacks_role = |account| {
            service_roles
                .iter()
                .any(|role| !ours.lets_grant(account, *role))
        };
        let accounts = all.accounts.into_iter().filter(|account| {
            lacks_role(*account)
                || !ours.account_ids().any(|id| id == account)
                    && !has_grant(&format!("arn:{partition}:iam::{account}:root"))
                    && is_out(Subject::new(&Principal::Account(*account)))
        });
        let iam_principals = all.iam_principals.into_iter().filter(|arn| {
            !ours.iam_principals().any(|id| id == arn)
                && !has_grant(arn.as_str())
                && is_out(Subject {
                    identity: Some(arn),
                    ..Subject::new(&Principal::Account(arn.account()))
                })
        });
        let organizations = all.organizations.into_iter().filter(|arn| {
            !ours
                .organization_ids()
                .any(|id| id == arn.organization_id())
                && is_out(Subject::new(&Principal::Organization(arn.clone())))
        });
        let organizational_units = all.organizational_units.into_iter().filter(|path| {
            let principal = self.unit_at(path);
            !ours.organizational_units().any(|unit| unit == path)
                && principal.is_none_or(|principal| {
                    is_out(Subject {
                        path: Some(path),
                        ..Subject::new(principal)
                    })
                })
        });
        KeyRecipients {
            accounts: accounts.collect(),
            iam_principals: iam_principals.collect(),
            organizations: organizations.collect(),
            organizational_units: organizational_units.collect(),
            service_roles: service_roles.clone(),
        }
    }

    /// Refuses recipients whom a statement of others denies the key, and tells of whom it is not known
    pub(super) fn check_effect(
        &mut self,
        visit: &KeyVisit<'_>,
        after: &ObservedKey,
        added: &KeyRecipients,
    ) {
        let judge = KeyJudge::new(visit.arn, after);
        let mut denied: Option<(BTreeSet<Principal>, String)> = None;
        let mut unclear: Option<(BTreeSet<Principal>, String)> = None;
        let whole = added
            .accounts
            .iter()
            .map(|id| (Principal::Account(*id), None, None));
        let named = added.iam_principals.iter();
        let named = named.map(|arn| (Principal::Account(arn.account()), Some(arn), None));
        let organizations = added.organizations.iter();
        let organizations = organizations.map(|arn| (arn.clone().into(), None, None));
        let units = added.organizational_units.iter();
        let units = units.filter_map(|path| Some((self.unit_at(path)?.clone(), None, Some(path))));
        for (principal, identity, path) in whole.chain(named).chain(organizations).chain(units) {
            let subject = Subject {
                principal: &principal,
                identity,
                organization: None,
                path,
            };
            if let Some(because) = judge.denial(subject) {
                let (principals, _) = denied.get_or_insert_with(|| (BTreeSet::new(), because));
                principals.insert(principal);
                continue;
            }
            let finding = judge.access(subject);
            // What a role or user may do hangs on the policies of its own account too.
            if identity.is_none() && finding.answer == Answer::Unknown {
                let (principals, _) =
                    unclear.get_or_insert_with(|| (BTreeSet::new(), finding.reason));
                principals.insert(principal);
            }
        }
        if let Some((principals, because)) = denied {
            self.refusals.push(Refusal::KeyDenied {
                key: visit.arn.clone(),
                principals: principals.into_iter().collect(),
                because,
            });
        }
        if let Some((principals, because)) = unclear {
            self.notices.push(Notice::KeyAccessUnknown {
                key: visit.arn.clone(),
                principals: principals.into_iter().collect(),
                because,
            });
        }
    }

    /// The OU of the request that stands there
    fn unit_at(&self, path: &crate::id::OrganizationalUnitPath) -> Option<&Principal> {
        self.request.principals().iter().find(|principal| {
            matches!(principal, Principal::OrganizationalUnit(arn) if arn.unit_id() == path.unit_id())
        })
    }
}
