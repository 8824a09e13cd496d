//! Whether a key can be opened, and by what.

use super::key::KeyVisit;
use super::make::Planner;
use super::{Notice, Refusal};
use crate::access::{Answer, KeyJudge};
use crate::policy::{KeyPolicy, KeyStatements};
use crate::principal::Principal;
use crate::request::KeyAccess;
use crate::resource::{Key, KeyManager, Reading};

/// By what a key is opened and closed
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Means<'a> {
    Grants,
    Policy(&'a KeyPolicy),
}

impl Planner<'_> {
    /// What is wrong with the key itself
    pub(super) fn check_key(&mut self, visit: &KeyVisit<'_>, is_left: bool) -> bool {
        let key = match &visit.found.key {
            Reading::Known(key) => key,
            Reading::Unknown { because } if is_left => {
                let (key, because) = (visit.arn.clone(), because.clone());
                self.notices.push(Notice::KeyUnknown { key, because });
                return true;
            }
            Reading::Unknown { because } => {
                self.refusals.push(Refusal::KeyUnreadable {
                    key: visit.arn.clone(),
                    images: visit.images(),
                    because: because.clone(),
                });
                return false;
            }
        };
        let refusal = self.unusable(visit, key);
        let is_usable = refusal.is_none();
        self.refusals.extend(refusal);
        is_usable
    }

    fn unusable(&self, visit: &KeyVisit<'_>, found: &Key) -> Option<Refusal> {
        let key = visit.arn.clone();
        let images = visit.images();
        if found.manager == KeyManager::Aws {
            return Some(Refusal::KeyAwsManaged { key, images });
        }
        if key.region() != *visit.region {
            let region = visit.region.clone();
            return Some(Refusal::KeyOfOtherRegion {
                key,
                images,
                region,
            });
        }
        if !found.can_encrypt_volumes() {
            return Some(Refusal::KeyUnsuitable {
                key,
                images,
                spec: found.spec.clone(),
                usage: found.usage.clone(),
            });
        }
        let finding = KeyJudge::new(visit.arn, visit.found).state();
        (finding.answer == Answer::No).then(|| Refusal::KeyNotEnabled {
            key,
            images,
            state: found.state,
            mend: finding.mend.unwrap_or_default(),
        })
    }

    /// By policy or by grants, or why neither works
    pub(super) fn means<'k>(&mut self, visit: &KeyVisit<'k>) -> Option<Means<'k>> {
        let groups: Vec<Principal> = self
            .request
            .principals()
            .iter()
            .filter(|principal| !matches!(principal, Principal::Account(_)))
            .cloned()
            .collect();
        let because = match &visit.found.policy {
            _ if visit.is_foreign() => {
                format!("it belongs to account `{}`", visit.arn.account())
            }
            Some(Reading::Known(policy)) => {
                if self.request.key_access() != KeyAccess::Grant {
                    return Some(Means::Policy(policy));
                }
                String::new()
            }
            Some(Reading::Unknown { because }) => because.clone(),
            None => "it was not read".to_owned(),
        };
        match self.request.key_access() {
            KeyAccess::Grant | KeyAccess::Auto
                if groups.is_empty() && self.request.service_roles().is_empty() =>
            {
                Some(Means::Grants)
            }
            KeyAccess::Grant => {
                self.refusals.push(Refusal::GrantsTakeAccountsOnly {
                    key: visit.arn.clone(),
                    principals: groups,
                });
                None
            }
            _ => {
                self.refusals.push(Refusal::KeyPolicyNotChangeable {
                    key: visit.arn.clone(),
                    images: visit.images(),
                    because,
                });
                None
            }
        }
    }

    /// What our statements in the policy stand for
    pub(super) fn ours(
        &mut self,
        visit: &KeyVisit<'_>,
        policy: &KeyPolicy,
    ) -> Option<KeyStatements> {
        match KeyStatements::found_in(policy) {
            Ok(ours) => Some(ours),
            Err(edited) => {
                self.refusals.push(Refusal::KeyStatementsEdited {
                    key: visit.arn.clone(),
                    sids: edited.sids().to_vec(),
                });
                None
            }
        }
    }
}
