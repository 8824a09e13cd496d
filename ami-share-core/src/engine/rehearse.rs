//! Lets recipients rehearse launches and copies, by their roles.

use std::collections::{BTreeMap, BTreeSet};

use super::Engine;
use super::rehearsed::{
    allowed_images_answered, answered, copy_answered, described, grant_answered, image_not_seen,
    instance_type_for, key_answered, launch_answered, not_reached, of_snapshots,
    snapshots_answered, without_role,
};
use crate::access::{Answer, Finding, KEY_OPERATIONS};
use crate::api_error::ApiError;
use crate::backend::{CopyBackend, NewCopy, NewGrant, RecipientBackend, RoleBackend};
use crate::error::Error;
use crate::id::{AccountId, ImageId, KeyArn, Region, SnapshotId};
use crate::outcome::{CallFinding, ImageRehearsal, Rehearsal, RehearsedCall};
use crate::plan::provenance;
use crate::request::RehearsalRequest;
use crate::resource::{ImageDetails, KeyGrant, Reading};

/// What the caller knows of a Region's images
type Known = BTreeMap<ImageId, KnownImage>;

/// What the caller knows of an image, who may be its owner
#[derive(Debug)]
struct KnownImage {
    /// As the caller sees it; none where it does not, or may not look
    details: Option<ImageDetails>,
    /// The keys that its snapshots are under
    keys: Reading<BTreeSet<KeyArn>>,
}

impl<B: CopyBackend + RecipientBackend + RoleBackend> Engine<B> {
    pub(crate) async fn rehearse(&self, request: &RehearsalRequest) -> Result<Rehearsal, Error> {
        let (images, accounts) = (request.images(), request.accounts());
        if let Some(region) = images.keys().next() {
            self.refuse_without_role(region, accounts.iter().copied())
                .await?;
        }
        let reads = images.iter().map(|(region, ids)| self.know(region, ids));
        let known = self.side_by_side(reads).await;
        let places = images.keys().zip(&known);
        let rehearsals = places.flat_map(|(region, known)| {
            let rehearse =
                move |account: &AccountId| self.rehearse_in(request, region, known, *account);
            accounts.iter().map(rehearse)
        });
        let rehearsals = self.side_by_side(rehearsals).await;
        Ok(Rehearsal::new(rehearsals.into_iter().flatten().collect()))
    }

    /// Reads the images of a Region as the caller, and their keys where it is their owner
    ///
    /// Nothing of it has to succeed: what is not known is left to the recipients' calls.
    async fn know(&self, region: &Region, ids: &BTreeSet<ImageId>) -> Known {
        let wanted: Vec<ImageId> = ids.iter().cloned().collect();
        let read = self.backend.describe_image_details(region, &wanted).await;
        let caller = self.caller(region).await.ok();
        let (found, because) = match read {
            Ok(found) => (found, "only the owner of the image is told".to_owned()),
            Err(error) => (Vec::new(), error.to_string()),
        };
        let mut found: BTreeMap<ImageId, ImageDetails> = found
            .into_iter()
            .map(|details| (details.image.id.clone(), details))
            .collect();
        let is_own = |details: &&ImageDetails| Some(details.image.owner) == caller;
        let encrypted = found.values().filter(is_own).flat_map(encrypted_snapshots);
        let keys = self.keys_of(region, encrypted.cloned().collect()).await;
        let mut known = Known::new();
        for id in ids {
            let details = found.remove(id);
            let keys = match &details {
                Some(details) if encrypted_snapshots(details).next().is_none() => {
                    Reading::Known(BTreeSet::new())
                }
                Some(details) if is_own(&details) => of_snapshots(details, &keys),
                _ => Reading::Unknown {
                    because: because.clone(),
                },
            };
            known.insert(id.clone(), KnownImage { details, keys });
        }
        known
    }

    async fn keys_of(
        &self,
        region: &Region,
        snapshots: Vec<SnapshotId>,
    ) -> Result<BTreeMap<SnapshotId, Option<KeyArn>>, ApiError> {
        if snapshots.is_empty() {
            return Ok(BTreeMap::new());
        }
        let found = self.backend.describe_snapshots(region, &snapshots).await?;
        Ok(found.into_iter().map(|read| (read.id, read.key)).collect())
    }

    /// All that one account is asked in one Region
    async fn rehearse_in(
        &self,
        request: &RehearsalRequest,
        region: &Region,
        known: &Known,
        account: AccountId,
    ) -> Vec<ImageRehearsal> {
        let each = |calls: &dyn Fn(&ImageId) -> Vec<CallFinding>| {
            let ids = known.keys();
            ids.map(|id| {
                let (region, id) = (region.clone(), id.clone());
                let calls = calls(&id);
                ImageRehearsal::new(region, id, account, calls, request.copy())
            })
            .collect::<Vec<_>>()
        };
        let engine = match self.of(region, account).await {
            Ok(Some(engine)) => engine,
            Ok(None) => return each(&|_| vec![without_role(account)]),
            Err(error) => return each(&|_| vec![not_reached(account, &error)]),
        };
        let ids: Vec<ImageId> = known.keys().cloned().collect();
        let seen = engine.backend.describe_image_details(region, &ids).await;
        if let Err(error) = &seen
            && error.is_of_role()
        {
            return each(&|_| vec![not_reached(account, error)]);
        }
        let rehearsing = Rehearsing {
            engine: &engine,
            request,
            region,
            account,
        };
        rehearsing.all(known, seen).await
    }
}

/// One account that rehearses in one Region
#[derive(Debug)]
struct Rehearsing<'a, B> {
    engine: &'a Engine<B>,
    request: &'a RehearsalRequest,
    region: &'a Region,
    account: AccountId,
}

impl<B: CopyBackend + RecipientBackend + RoleBackend> Rehearsing<'_, B> {
    async fn all(
        &self,
        known: &Known,
        seen: Result<Vec<ImageDetails>, ApiError>,
    ) -> Vec<ImageRehearsal> {
        let allowed = match &seen {
            Ok(seen) if seen.len() < known.len() => {
                let backend = &self.engine.backend;
                let settings = backend.get_allowed_images_settings(self.region).await;
                Some(allowed_images_answered(self.account, settings))
            }
            _ => None,
        };
        let of_keys = self.rehearse_keys(known).await;
        let mut rehearsals = Vec::new();
        for (id, known) in known {
            let (visible, details) = match &seen {
                Ok(seen) => match seen.iter().find(|details| details.image.id == *id) {
                    Some(details) => (described(&details.image), Some(details)),
                    None => {
                        let owner = known.details.as_ref().map(|known| known.image.owner);
                        (image_not_seen(self.region, owner, allowed.as_ref()), None)
                    }
                },
                Err(error) => (
                    answered(error, "allow ec2:DescribeImages to its role"),
                    None,
                ),
            };
            let not_visible = visible.answer == Answer::No;
            let mut calls = vec![self.call(RehearsedCall::DescribeImages, id, visible)];
            let details = details.or(known.details.as_ref());
            if !not_visible {
                self.rehearse_launch(id, details, &mut calls).await;
            }
            let is_encrypted = details.is_none_or(|d| encrypted_snapshots(d).next().is_some());
            match &known.keys {
                _ if !is_encrypted => {}
                Reading::Known(keys) => {
                    let of_keys = keys.iter().filter_map(|key| of_keys.get(key));
                    calls.extend(of_keys.flatten().cloned());
                }
                Reading::Unknown { because } => {
                    let finding = Finding::unknown(format!("its keys are not known: {because}"))
                        .with_mend("call as the owner of the image");
                    calls.push(self.call(RehearsedCall::FindKeys, id, finding));
                }
            }
            if self.request.copy() && !not_visible {
                self.rehearse_copy(id, details, &mut calls).await;
            }
            let (region, copies) = (self.region.clone(), self.request.copy());
            let account = self.account;
            rehearsals.push(ImageRehearsal::new(
                region,
                id.clone(),
                account,
                calls,
                copies,
            ));
        }
        rehearsals
    }

    async fn rehearse_launch(
        &self,
        id: &ImageId,
        details: Option<&ImageDetails>,
        calls: &mut Vec<CallFinding>,
    ) {
        let named = self.request.instance_type();
        let finding = match named.map_or_else(|| instance_type_for(details), Ok) {
            Ok(instance_type) => {
                let backend = &self.engine.backend;
                let subnet = self.request.subnet();
                let answer = backend.rehearse_launch(self.region, id, instance_type, subnet);
                launch_answered(instance_type, answer.await)
            }
            Err(finding) => finding,
        };
        // Whoever may launch it sees it, though it may not look for it.
        if finding.answer == Answer::Yes {
            for call in calls.iter_mut() {
                if call.finding.answer == Answer::Unknown {
                    call.finding =
                        Finding::yes(format!("`{id}` is seen: EC2 found it for the launch"));
                }
            }
        }
        calls.push(self.call(RehearsedCall::RunInstances, id, finding));
    }

    /// What is answered about each key, which is asked about once
    async fn rehearse_keys(&self, known: &Known) -> BTreeMap<KeyArn, Vec<CallFinding>> {
        let keys: BTreeSet<&KeyArn> = known
            .values()
            .filter_map(|known| known.keys.known())
            .flatten()
            .collect();
        let backend = &self.engine.backend;
        let operations = KEY_OPERATIONS.map(str::to_owned).into();
        let name = format!("{}rehearsal", KeyGrant::NAME_PREFIX);
        let mut answers = BTreeMap::new();
        for key in keys {
            let described = backend.describe_key(self.region, key).await;
            let found = key_answered(self.account, key, &described);
            let grant = NewGrant {
                grantee: &self.account.root_arn(&key.partition()),
                name: &name,
                operations: &operations,
            };
            let granted = backend.rehearse_grant(self.region, key, &grant).await;
            let granted = grant_answered(key, described.as_ref().ok(), granted);
            let of_key = vec![
                self.call(RehearsedCall::DescribeKey, key, found),
                self.call(RehearsedCall::CreateGrant, key, granted),
            ];
            answers.insert(key.clone(), of_key);
        }
        answers
    }

    /// With tags, which every copy is made with
    async fn rehearse_copy(
        &self,
        id: &ImageId,
        details: Option<&ImageDetails>,
        calls: &mut Vec<CallFinding>,
    ) {
        let backend = &self.engine.backend;
        let snapshots: Vec<SnapshotId> = details
            .map(|details| details.image.snapshots.iter())
            .into_iter()
            .flatten()
            .map(|snapshot| snapshot.id.clone())
            .collect();
        let read = match snapshots.is_empty() {
            true => Ok(0),
            false => backend
                .describe_snapshots(self.region, &snapshots)
                .await
                .map(|found| found.len()),
        };
        let read = snapshots_answered(&snapshots, read);
        calls.push(self.call(RehearsedCall::DescribeSnapshots, id, read));
        let tags = provenance(self.region, id, None);
        let copy = NewCopy {
            source_region: self.region,
            source: id,
            name: "ami-share-rehearsal",
            description: None,
            key: None,
            copy_tags: false,
            image_tags: &tags,
            snapshot_tags: &tags,
            client_token: None,
            completion_minutes: None,
        };
        let answer = backend.rehearse_copy(self.region, &copy).await;
        calls.push(self.call(RehearsedCall::CopyImage, id, copy_answered(answer)));
    }

    fn call(
        &self,
        call: RehearsedCall,
        of: impl std::fmt::Display,
        finding: Finding,
    ) -> CallFinding {
        CallFinding {
            call,
            of: of.to_string(),
            finding,
        }
    }
}

fn encrypted_snapshots(details: &ImageDetails) -> impl Iterator<Item = &SnapshotId> {
    let snapshots = details.image.snapshots.iter();
    snapshots
        .filter(|snapshot| snapshot.encrypted != Some(false))
        .map(|snapshot| &snapshot.id)
}
