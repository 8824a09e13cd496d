//! Reads the keys of encrypted images: each once, whatever the number of images under it.

use std::collections::{BTreeMap, BTreeSet};

use futures_util::{StreamExt, stream};

use super::Engine;
use crate::access::{Answer, KeyJudge, Subject};
use crate::api_error::ApiError;
use crate::backend::Backend;
use crate::id::{AccountId, IamPrincipalArn, ImageId, KeyArn, Region, SnapshotId};
use crate::outcome::path_of;
use crate::plan::KeyRecipients;
use crate::policy::KeyStatements;
use crate::principal::{Principal, PrincipalSet};
use crate::request::{Direction, KeyAccess, KeyCleanup, ShareRequest, SnapshotSharing};
use crate::resource::{
    KeyGrant, KeyManager, Observed, ObservedKey, ObservedRegion, Reading, StillNeeded,
};

/// Grantees that are asked for one by one; for more, all grants of the key are listed
pub(super) const FEW_GRANTEES: usize = 10;

/// What the keys are read for
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum KeyReading {
    Plan,
    Verify,
}

impl<B: Backend> Engine<B> {
    /// Reads under which keys the snapshots of a Region's images are, and their tags where these count
    pub(super) async fn observe_snapshots(
        &self,
        request: &ShareRequest,
        region: &Region,
        found: &mut ObservedRegion,
    ) -> Result<(), ApiError> {
        let tags_count =
            !request.tags().is_empty() && request.snapshots() == SnapshotSharing::ForCopy;
        let owned = found
            .images
            .values()
            .filter(|image| image.launch_permissions.is_some());
        let ids: BTreeSet<SnapshotId> = owned
            .flat_map(|image| &image.image.snapshots)
            .filter(|snapshot| tags_count || snapshot.encrypted == Some(true))
            .map(|snapshot| snapshot.id.clone())
            .collect();
        if ids.is_empty() {
            return Ok(());
        }
        let ids: Vec<SnapshotId> = ids.into_iter().collect();
        let read = self.backend.describe_snapshots(region, &ids).await?;
        let mut read: BTreeMap<SnapshotId, _> = read
            .into_iter()
            .map(|snapshot| (snapshot.id.clone(), snapshot))
            .collect();
        for image in found.images.values_mut() {
            for of_image in &image.image.snapshots {
                // Two images can share a snapshot.
                let Some(snapshot) = read.get_mut(&of_image.id) else {
                    continue;
                };
                let observed = image.snapshots.entry(of_image.id.clone()).or_default();
                observed.key = snapshot.key.clone();
                if tags_count {
                    observed.tags = Some(snapshot.tags.clone());
                }
            }
        }
        Ok(())
    }

    /// Reads the keys of all Regions, and where OUs stand; what cannot be read is an answer too
    pub(super) async fn observe_keys(
        &self,
        request: &ShareRequest,
        observed: &mut Observed,
        reading: KeyReading,
    ) {
        let mut keys = Vec::new();
        for (region, found) in &observed.regions {
            let mut owners: BTreeMap<&KeyArn, AccountId> = BTreeMap::new();
            for image in found.images.values() {
                let of_image = image.snapshots.values();
                for key in of_image.filter_map(|snapshot| snapshot.key.as_ref()) {
                    owners.entry(key).or_insert(image.image.owner);
                }
            }
            let of_region = owners
                .into_iter()
                .map(|(key, owner)| (region.clone(), key.clone(), owner));
            keys.extend(of_region);
        }
        if keys.is_empty() {
            return;
        }
        self.observe_unit_paths(request, observed).await;
        let mut reads = stream::iter(keys)
            .map(|(region, key, owner)| async move {
                let found = self
                    .observe_key(request, &region, &key, owner, reading)
                    .await;
                (region, key, found)
            })
            .buffer_unordered(self.options.concurrency);
        while let Some((region, key, found)) = reads.next().await {
            let of_region = observed.regions.entry(region).or_default();
            of_region.keys.insert(key, found);
        }
        drop(reads);
        match reading {
            KeyReading::Plan => {
                // Who has an image and is not in the policy may have a grant of an earlier share.
                if (request.direction(), request.key_access())
                    == (Direction::Share, KeyAccess::Auto)
                {
                    self.observe_grants_that_decide(request, observed, has_an_image)
                        .await;
                }
                self.observe_needs(request, observed).await;
            }
            KeyReading::Verify => {
                self.observe_grants_that_decide(request, observed, |_, _, _| true)
                    .await;
            }
        }
    }

    async fn observe_key(
        &self,
        request: &ShareRequest,
        region: &Region,
        arn: &KeyArn,
        owner: AccountId,
        reading: KeyReading,
    ) -> ObservedKey {
        let key: Reading<_> = self.backend.describe_key(region, arn).await.into();
        let is_aws_managed = key
            .known()
            .is_some_and(|key| key.manager == KeyManager::Aws);
        let is_foreign = arn.account() != owner;
        let mut found = ObservedKey {
            key,
            policy: None,
            grants: None,
            needed: None,
        };
        if is_aws_managed {
            return found;
        }
        if !is_foreign {
            let policy = self.read_key_policy(region, arn).await;
            found.policy = Some(policy.into());
        }
        let policy_is_known = matches!(found.policy, Some(Reading::Known(_)));
        let plans_grants = match (request.direction(), request.key_access()) {
            (_, KeyAccess::Leave) => false,
            (Direction::Share, KeyAccess::Grant) => true,
            (Direction::Share, KeyAccess::KeyPolicy) => false,
            (Direction::Share, KeyAccess::Auto) => !policy_is_known,
            (Direction::Revoke | Direction::Exactly { .. }, _) => true,
        };
        if reading == KeyReading::Plan && plans_grants {
            let grantees = match request.direction() {
                // Roles of services in its accounts may have grants too, whatever this request says, and
                // when nothing in the policy tells of it any more: one list is cheaper than one for each.
                Direction::Revoke if names_accounts(request) => None,
                _ => few_grantees(request, arn),
            };
            let grants = self.grants_of(region, arn, grantees.as_ref()).await;
            found.grants = Some(grants.into());
        }
        found
    }

    /// The grants of these grantees, or all of the key's where none are named
    ///
    /// KMS refuses to list those of a role that does not exist: it has none.
    pub(super) async fn grants_of(
        &self,
        region: &Region,
        key: &KeyArn,
        grantees: Option<&BTreeSet<String>>,
    ) -> Result<Vec<KeyGrant>, ApiError> {
        let Some(grantees) = grantees else {
            return self.backend.list_grants(region, key, None).await;
        };
        let mut grants = Vec::new();
        for grantee in grantees {
            match self.backend.list_grants(region, key, Some(grantee)).await {
                Ok(found) => grants.extend(found),
                Err(error) if error.code() == Some("InvalidArnException") => {}
                Err(error) => return Err(error),
            }
        }
        Ok(grants)
    }

    /// Reads the grants of keys whose policy alone does not let everybody in
    async fn observe_grants_that_decide(
        &self,
        request: &ShareRequest,
        observed: &mut Observed,
        is_concerned: impl Fn(&ObservedRegion, &KeyArn, &Principal) -> bool,
    ) {
        let mut wanted = Vec::new();
        for (region, found) in &observed.regions {
            for (arn, key) in &found.keys {
                let judge = KeyJudge::new(arn, key);
                let is_open = judge.state().answer == Answer::Yes;
                let hangs_on_grants = |principal: &Principal| {
                    let subject = Subject {
                        path: path_of(request, observed, principal),
                        ..Subject::new(principal)
                    };
                    judge.by_policy(subject).answer != Answer::Yes
                };
                let mut accounts = request
                    .principals()
                    .iter()
                    .filter(|principal| matches!(principal, Principal::Account(_)))
                    .filter(|principal| is_concerned(found, arn, principal));
                if is_open && key.grants.is_none() && accounts.any(hangs_on_grants) {
                    wanted.push((region.clone(), arn.clone()));
                }
            }
        }
        for (region, arn) in wanted {
            let grantees = few_grantees(request, &arn);
            let grants = self.grants_of(&region, &arn, grantees.as_ref()).await;
            let of_region = observed.regions.entry(region).or_default();
            if let Some(key) = of_region.keys.get_mut(&arn) {
                key.grants = Some(grants.into());
            }
        }
    }

    /// Reads where the OUs of the request stand, unless it says so itself
    async fn observe_unit_paths(&self, request: &ShareRequest, observed: &mut Observed) {
        let Some(region) = request.images().keys().next() else {
            return;
        };
        let groups: Vec<Principal> = observed.members.keys().cloned().collect();
        for principal in request.principals().iter().chain(&groups) {
            let Principal::OrganizationalUnit(unit) = principal else {
                continue;
            };
            let is_given = request.unit_path_of(unit).is_some();
            if !is_given && request.direction() != Direction::Revoke {
                let path = self.backend.organizational_unit_path(region, unit).await;
                observed.unit_paths.insert(unit.clone(), path.into());
            }
        }
    }

    /// Reads who of those that would lose a key needs it for another image
    async fn observe_needs(&self, request: &ShareRequest, observed: &mut Observed) {
        if request.direction() == Direction::Share
            || request.key_cleanup() != KeyCleanup::ByReference
            || request.key_access() == KeyAccess::Leave
        {
            return;
        }
        for (region, found) in &mut observed.regions {
            let leaving = who_leaves(request, found);
            let closing: BTreeSet<KeyArn> = found
                .keys
                .iter()
                .filter(|(_, key)| has_any_of_ours(key, &leaving))
                .map(|(arn, _)| arn.clone())
                .collect();
            let needs = match closing.is_empty() {
                true => Ok(BTreeMap::new()),
                false => self.read_needs(region, found, &closing, &leaving).await,
            };
            for (arn, key) in &mut found.keys {
                key.needed = Some(match &needs {
                    Ok(needs) => Reading::Known(needs.get(arn).cloned().unwrap_or_default()),
                    Err(error) => Reading::Unknown {
                        because: format!("the other images under it could not be read: {error}"),
                    },
                });
            }
        }
    }

    async fn read_needs(
        &self,
        region: &Region,
        found: &ObservedRegion,
        closing: &BTreeSet<KeyArn>,
        leaving: &PrincipalSet,
    ) -> Result<BTreeMap<KeyArn, Vec<StillNeeded>>, ApiError> {
        // EC2 can pick the images that are shared with accounts by name; for groups it cannot.
        const MOST_ACCOUNTS: usize = 200;
        let accounts: Vec<AccountId> = leaving
            .iter()
            .filter_map(|principal| match principal {
                Principal::Account(account) => Some(*account),
                _ => None,
            })
            .collect();
        let only_accounts = accounts.len() == leaving.len() && accounts.len() <= MOST_ACCOUNTS;
        let shared_with = if only_accounts { accounts } else { Vec::new() };
        let others = self
            .backend
            .describe_encrypted_images(region, &shared_with)
            .await?;
        let mut image_of: BTreeMap<SnapshotId, Vec<ImageId>> = BTreeMap::new();
        for image in others
            .iter()
            .filter(|image| !found.images.contains_key(&image.id))
        {
            for snapshot in image.snapshots.iter().filter(|s| s.encrypted == Some(true)) {
                let images = image_of.entry(snapshot.id.clone()).or_default();
                images.push(image.id.clone());
            }
        }
        if image_of.is_empty() {
            return Ok(BTreeMap::new());
        }
        let ids: Vec<SnapshotId> = image_of.keys().cloned().collect();
        let mut keys_of: BTreeMap<ImageId, BTreeSet<KeyArn>> = BTreeMap::new();
        for snapshot in self.backend.describe_snapshots(region, &ids).await? {
            let Some(key) = snapshot.key.filter(|key| closing.contains(key)) else {
                continue;
            };
            for image in image_of.get(&snapshot.id).into_iter().flatten() {
                keys_of
                    .entry(image.clone())
                    .or_default()
                    .insert(key.clone());
            }
        }
        let mut needs: BTreeMap<KeyArn, Vec<StillNeeded>> = BTreeMap::new();
        let mut reads = stream::iter(keys_of)
            .map(|(image, keys)| async move {
                let read = self
                    .backend
                    .describe_launch_permissions(region, &image)
                    .await;
                read.map(|permissions| (image, keys, permissions))
            })
            .buffered(self.options.concurrency);
        while let Some(read) = reads.next().await {
            let (image, keys, permissions) = read?;
            for principal in &permissions.intersection(leaving) {
                for key in &keys {
                    let needs = needs.entry(key.clone()).or_default();
                    if !needs.iter().any(|need| need.principal == *principal) {
                        needs.push(StillNeeded {
                            principal: principal.clone(),
                            image: image.clone(),
                        });
                    }
                }
            }
        }
        Ok(needs)
    }
}

/// Whether an image under the key is shared with the principal
fn has_an_image(found: &ObservedRegion, key: &KeyArn, principal: &Principal) -> bool {
    let mut shared = found.images.values().filter(|image| {
        let permissions = image.launch_permissions.as_ref();
        permissions.is_some_and(|permissions| permissions.contains(principal))
    });
    shared.any(|image| {
        let mut keys = image.snapshots.values().filter_map(|s| s.key.as_ref());
        keys.any(|of_image| of_image == key)
    })
}

/// The grantees that a request stands for: the roots of its accounts, and the roles and users it names
fn grantees(request: &ShareRequest, key: &KeyArn) -> BTreeSet<String> {
    let partition = key.partition();
    let named = request.key_principals();
    let roots = request
        .principals()
        .iter()
        .filter_map(|principal| match principal {
            Principal::Account(account) => Some(account.root_arn(&partition)),
            _ => None,
        });
    roots
        .chain(named.iter().map(IamPrincipalArn::to_string))
        .collect()
}

/// The same where they are few enough to be asked for one by one; none where all grants are read
fn few_grantees(request: &ShareRequest, key: &KeyArn) -> Option<BTreeSet<String>> {
    // Who leaves an exact share is not named by it.
    let is_exact = matches!(request.direction(), Direction::Exactly { .. });
    let grantees = grantees(request, key);
    (!is_exact && grantees.len() <= FEW_GRANTEES).then_some(grantees)
}

fn names_accounts(request: &ShareRequest) -> bool {
    let mut principals = request.principals().iter();
    principals.any(|principal| matches!(principal, Principal::Account(_)))
}

/// Who loses the launch permission of any of the images
fn who_leaves(request: &ShareRequest, found: &ObservedRegion) -> PrincipalSet {
    match request.direction() {
        Direction::Share => PrincipalSet::new(),
        Direction::Revoke => request.principals().clone(),
        Direction::Exactly { .. } => found
            .images
            .values()
            .filter_map(|image| image.launch_permissions.as_ref())
            .flat_map(|permissions| permissions.iter())
            .filter(|principal| !request.principals().contains(principal))
            .cloned()
            .collect(),
    }
}

/// Whether a statement or a grant of ours lets any of them in
fn has_any_of_ours(key: &ObservedKey, principals: &PrincipalSet) -> bool {
    let grants = key.grants.as_ref().and_then(Reading::known);
    let in_grants = grants.into_iter().flatten().any(|grant| {
        let account = grant.account().map(Principal::Account);
        grant.is_ours() && account.is_some_and(|account| principals.contains(&account))
    });
    let policy = key.policy.as_ref().and_then(Reading::known);
    let ours = policy.and_then(|policy| KeyStatements::found_in(policy).ok());
    in_grants || ours.is_some_and(|ours| !KeyRecipients::among(&ours, principals).is_empty())
}
