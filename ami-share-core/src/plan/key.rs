//! What is to be done at the keys of encrypted images: opened before all else, closed after it.

use std::collections::{BTreeMap, BTreeSet};

use super::grant::superfluous_grants;
use super::key_check::Means;
use super::make::Planner;
use super::{Action, KeyRecipients, Notice, Refusal, Step};
use crate::access::{Answer, KeyJudge, Subject};
use crate::id::{
    AccountId, IamPrincipalArn, ImageId, KeyArn, OrganizationalUnitArn, OrganizationalUnitPath,
    Region,
};
use crate::policy::{Administration, KeyPolicy, KeyStatements};
use crate::principal::{Principal, PrincipalSet};
use crate::request::{Direction, KeyAccess, KeyCleanup};
use crate::resource::{KeyManager, ObservedImage, ObservedKey, ObservedRegion, Reading};

/// The keys of a Region, each with the images that it encrypts
pub(super) type KeysInUse<'a> = BTreeMap<KeyArn, KeyInUse<'a>>;

/// A key and what of the request stands behind it
#[derive(Debug)]
pub(super) struct KeyInUse<'a> {
    owner: AccountId,
    images: Vec<&'a ImageId>,
    /// Who loses the launch permission of one of the images
    leaving: PrincipalSet,
}

/// The steps at the keys of a Region
#[derive(Debug, Default)]
pub(super) struct KeySteps {
    pub(super) open: Vec<Step>,
    pub(super) close: Vec<Step>,
}

/// Takes an image in that is shared or revoked
pub(super) fn note_keys<'a>(
    keys: &mut KeysInUse<'a>,
    image: &'a ObservedImage,
    leaving: &[Principal],
) {
    let of_image: BTreeSet<&KeyArn> = image
        .snapshots
        .values()
        .filter_map(|snapshot| snapshot.key.as_ref())
        .collect();
    for key in of_image {
        let in_use = keys.entry(key.clone()).or_insert_with(|| KeyInUse {
            owner: image.image.owner,
            images: Vec::new(),
            leaving: PrincipalSet::new(),
        });
        in_use.images.push(&image.image.id);
        in_use.leaving.extend(leaving.iter().cloned());
    }
}

impl<'a> Planner<'a> {
    /// The steps at the keys of a Region
    pub(super) fn visit_keys(
        &mut self,
        region: &Region,
        observed: &'a ObservedRegion,
        keys: &KeysInUse<'_>,
    ) -> KeySteps {
        let mut steps = KeySteps::default();
        for (arn, in_use) in keys {
            let Some(found) = observed.keys.get(arn) else {
                continue;
            };
            let visit = KeyVisit {
                region,
                arn,
                found,
                in_use,
            };
            if self.request.direction() == Direction::Revoke {
                self.close_key(&visit, &mut steps);
            } else {
                self.open_key(&visit, &mut steps);
            }
        }
        steps
    }

    fn open_key(&mut self, visit: &KeyVisit<'_>, steps: &mut KeySteps) {
        let is_left = self.request.key_access() == KeyAccess::Leave;
        if !self.check_key(visit, is_left) {
            return;
        }
        if is_left {
            let key = visit.arn.clone();
            self.notices.push(Notice::KeyLeft { key });
            return;
        }
        let Some(recipients) = self.recipients() else {
            return;
        };
        let Some(means) = self.means(visit) else {
            return;
        };
        self.tell_lint(visit);
        let missing = self.without_access(visit, recipients.clone());
        let leaving = self.leaving(visit);
        match means {
            Means::Policy(policy) => {
                let Some(ours) = self.ours(visit, policy) else {
                    return;
                };
                self.check_effect(
                    visit,
                    &visit.with_policy(policy, &ours, &missing),
                    &recipients,
                );
                let gone = KeyRecipients::among(&ours, &leaving);
                self.push_policy_steps(visit, policy, &ours, missing, gone, steps);
            }
            Means::Grants => {
                let grants = self.missing_grants(visit, &missing);
                self.check_effect(visit, &visit.with_grants(&grants), &recipients);
                steps.open.extend(grants);
            }
        }
        steps.close.extend(superfluous_grants(visit, &leaving));
    }

    fn close_key(&mut self, visit: &KeyVisit<'_>, steps: &mut KeySteps) {
        let is_aws_managed = matches!(
            &visit.found.key,
            Reading::Known(key) if key.manager == KeyManager::Aws
        );
        if is_aws_managed || self.request.key_access() == KeyAccess::Leave {
            return;
        }
        let leaving = self.leaving(visit);
        if leaving.is_empty() {
            return;
        }
        if visit.is_foreign() {
            self.keep(visit, "its policy is another account's to change");
        } else {
            match &visit.found.policy {
                Some(Reading::Known(policy)) => match KeyStatements::found_in(policy) {
                    Ok(ours) => {
                        let gone = KeyRecipients::among(&ours, &leaving);
                        let nobody = KeyRecipients::default();
                        self.push_policy_steps(visit, policy, &ours, nobody, gone, steps);
                    }
                    Err(edited) => self.keep(visit, &edited.to_string()),
                },
                Some(Reading::Unknown { because }) => self.keep(visit, because),
                None => self.keep(visit, "its policy was not read"),
            }
        }
        match &visit.found.grants {
            Some(Reading::Unknown { because }) => {
                self.keep(visit, &format!("its grants could not be read: {because}"));
            }
            _ => steps.close.extend(superfluous_grants(visit, &leaving)),
        }
        self.tell_what_stays_open(visit, &leaving);
    }

    /// Everybody of the request, as keys know them; none where a path is not known
    fn recipients(&mut self) -> Option<KeyRecipients> {
        let mut recipients = KeyRecipients {
            service_roles: self.request.service_roles().clone(),
            ..KeyRecipients::default()
        };
        let mut is_whole = true;
        for principal in self.request.principals() {
            match principal {
                Principal::Account(account) => {
                    let named = self.named_in(*account);
                    if named.is_empty() {
                        recipients.accounts.insert(*account);
                    }
                    recipients.iam_principals.extend(named);
                }
                Principal::Organization(arn) => {
                    recipients.organizations.insert(arn.clone());
                }
                Principal::OrganizationalUnit(arn) => match self.path_of(arn) {
                    Reading::Known(path) => {
                        recipients.organizational_units.insert(path);
                    }
                    Reading::Unknown { because } => {
                        is_whole = false;
                        let refusal = Refusal::UnitPathUnknown {
                            unit: arn.clone(),
                            because,
                        };
                        if !self.refusals.contains(&refusal) {
                            self.refusals.push(refusal);
                        }
                    }
                },
                Principal::Public => {}
            }
        }
        is_whole.then_some(recipients)
    }

    /// The roles and users that are named for an account
    fn named_in(&self, account: AccountId) -> BTreeSet<IamPrincipalArn> {
        let named = self.request.key_principals().iter();
        named
            .filter(|principal| principal.account() == account)
            .cloned()
            .collect()
    }

    fn path_of(&self, unit: &OrganizationalUnitArn) -> Reading<OrganizationalUnitPath> {
        let given = self.request.unit_path_of(unit);
        match (given, self.observed.unit_paths.get(unit)) {
            (Some(path), _) => Reading::Known(path.clone()),
            (None, Some(read)) => read.clone(),
            (None, None) => Reading::Unknown {
                because: "it was not read".to_owned(),
            },
        }
    }

    /// Who is to lose the key: who loses launch permissions and needs the key for nothing else
    fn leaving(&mut self, visit: &KeyVisit<'_>) -> PrincipalSet {
        let leaving = match self.request.direction() {
            Direction::Share => return PrincipalSet::new(),
            Direction::Revoke => self.request.principals().clone(),
            Direction::Exactly { .. } => visit.in_use.leaving.clone(),
        };
        if leaving.is_empty() {
            return leaving;
        }
        match self.request.key_cleanup() {
            KeyCleanup::Always => leaving,
            KeyCleanup::Never => {
                self.keep(visit, "the request says so");
                PrincipalSet::new()
            }
            KeyCleanup::ByReference => match &visit.found.needed {
                Some(Reading::Known(needed)) => {
                    let mut leaving = leaving;
                    for still in needed {
                        if leaving.remove(&still.principal) {
                            self.notices.push(Notice::KeyStillNeeded {
                                key: visit.arn.clone(),
                                principal: still.principal.clone(),
                                image: still.image.clone(),
                            });
                        }
                    }
                    leaving
                }
                Some(Reading::Unknown { because }) => {
                    self.keep(visit, because);
                    PrincipalSet::new()
                }
                None => {
                    self.keep(visit, "the other images under it were not read");
                    PrincipalSet::new()
                }
            },
        }
    }

    fn keep(&mut self, visit: &KeyVisit<'_>, because: &str) {
        self.notices.push(Notice::KeyKept {
            key: visit.arn.clone(),
            because: because.to_owned(),
        });
    }

    fn tell_lint(&mut self, visit: &KeyVisit<'_>) {
        if let Some(Reading::Known(policy)) = &visit.found.policy {
            for finding in policy.lint() {
                self.notices.push(Notice::KeyPolicySuspicious {
                    key: visit.arn.clone(),
                    finding: finding.to_string(),
                    mend: finding.mend().to_owned(),
                });
            }
        }
    }

    /// Statements and grants of others that still let somebody in
    fn tell_what_stays_open(&mut self, visit: &KeyVisit<'_>, leaving: &PrincipalSet) {
        let Some(Reading::Known(policy)) = &visit.found.policy else {
            return;
        };
        let grants = match &visit.found.grants {
            Some(Reading::Known(grants)) => grants.as_slice(),
            _ => &[],
        };
        let others = grants.iter().filter(|grant| !grant.is_ours()).cloned();
        let without_ours = ObservedKey {
            grants: Some(Reading::Known(others.collect())),
            ..visit.with_statements(policy, &KeyStatements::new())
        };
        let judge = KeyJudge::new(visit.arn, &without_ours);
        for principal in leaving {
            let path = match principal {
                Principal::OrganizationalUnit(unit) => self.path_of(unit).known().cloned(),
                _ => None,
            };
            let finding = judge.access(Subject {
                path: path.as_ref(),
                ..Subject::new(principal)
            });
            if finding.answer == Answer::Yes {
                self.notices.push(Notice::KeyStaysOpen {
                    principal: principal.clone(),
                    because: finding.reason,
                });
            }
        }
    }

    fn push_policy_steps(
        &mut self,
        visit: &KeyVisit<'_>,
        policy: &KeyPolicy,
        ours: &KeyStatements,
        missing: KeyRecipients,
        gone: KeyRecipients,
        steps: &mut KeySteps,
    ) {
        let opened = missing.added_to(ours.clone());
        let nobody = KeyRecipients::default();
        if !missing.is_empty() {
            let reason = "recipients need the key to decrypt the image";
            let step = self.policy_step(visit, policy, &opened, (missing, nobody.clone()), reason);
            steps.open.extend(step);
        }
        if !gone.is_empty() {
            let closed = gone.taken_out_of(opened);
            let reason = "no other image under the key is shared with them";
            let step = self.policy_step(visit, policy, &closed, (nobody, gone), reason);
            steps.close.extend(step);
        }
    }

    fn policy_step(
        &mut self,
        visit: &KeyVisit<'_>,
        policy: &KeyPolicy,
        wanted: &KeyStatements,
        (add, remove): (KeyRecipients, KeyRecipients),
        reason: &str,
    ) -> Option<Step> {
        let patched = match policy.patched(&wanted.clone().for_key(visit.arn.clone())) {
            Ok(patched) => patched,
            Err(error) => {
                self.refusals.push(Refusal::KeyPolicyNotPatchable {
                    key: visit.arn.clone(),
                    because: error.to_string(),
                    mend: error.mend(),
                });
                return None;
            }
        };
        if patched.is_unchanged() {
            return None;
        }
        if let Administration::Unknown { because } = patched.administration() {
            self.notices.push(Notice::KeyAdministrationUnknown {
                key: visit.arn.clone(),
                because: because.clone(),
            });
        }
        let action = Action::PutKeyPolicy {
            key: visit.arn.clone(),
            add,
            remove,
            diff: patched.diff().to_string(),
        };
        Some(visit.step(action, reason))
    }
}

/// A key that is being looked at
#[derive(Clone, Copy, Debug)]
pub(super) struct KeyVisit<'k> {
    pub(super) region: &'k Region,
    pub(super) arn: &'k KeyArn,
    pub(super) found: &'k ObservedKey,
    in_use: &'k KeyInUse<'k>,
}

impl KeyVisit<'_> {
    pub(super) fn images(&self) -> Vec<ImageId> {
        self.in_use.images.iter().copied().cloned().collect()
    }

    /// Whether the key belongs to another account than its images
    pub(super) fn is_foreign(&self) -> bool {
        self.arn.account() != self.in_use.owner
    }

    pub(super) fn step(&self, action: Action, reason: &str) -> Step {
        Step {
            region: self.region.clone(),
            image: None,
            action,
            reason: reason.to_owned(),
        }
    }
}
