//! What can be known to go wrong before the first write.

use super::diff::Diff;
use super::make::{Diffs, Planner};
use super::{BlockedResource, LEASE_TAG, Notice, Refusal};
use crate::id::{ImageId, Region, ResourceId, SnapshotId};
use crate::principal::{Principal, PrincipalSet};
use crate::request::{Direction, KeyAccess, PublicConsent};
use crate::resource::{
    BlockPublicAccess, ObservedImage, ObservedRegion, Reading, RootDevice,
    SnapshotBlockPublicAccess,
};

impl Planner<'_> {
    /// What the image's storage does not allow, or limits
    pub(super) fn check_storage(&mut self, observed: &ObservedImage, diffs: &Diffs) {
        let image = &observed.image;
        let encrypted: Vec<SnapshotId> = image
            .snapshots
            .iter()
            .filter(|snapshot| snapshot.encrypted == Some(true))
            .map(|snapshot| snapshot.id.clone())
            .collect();
        match image.encrypted() {
            Some(true) if self.request.principals().contains(&Principal::Public) => {
                self.refusals.push(Refusal::PublicEncrypted {
                    image: image.id.clone(),
                    snapshots: encrypted,
                });
            }
            Some(true) => self.check_keys_known(observed, &encrypted),
            None => self.notices.push(Notice::EncryptionUnknown {
                image: image.id.clone(),
            }),
            Some(false) => {}
        }
        let is_leased = image.tags.keys().any(|key| key.starts_with(LEASE_TAG));
        if is_leased && self.request.direction() != Direction::Revoke {
            let image = image.id.clone();
            self.notices.push(Notice::Leased { image });
        }
        if diffs.launch.makes_public() && !image.product_codes.is_empty() {
            self.refusals.push(Refusal::PublicProductCode {
                image: image.id.clone(),
                product_codes: image.product_codes.clone(),
            });
        }
        if self.shares_snapshots() && image.snapshots.is_empty() {
            self.refusals.push(Refusal::NoSnapshots {
                image: image.id.clone(),
            });
        } else if image.root_device == RootDevice::InstanceStore {
            self.notices.push(Notice::InstanceStore {
                image: image.id.clone(),
            });
        }
    }

    /// Every key has to be known, unless keys are left alone
    fn check_keys_known(&mut self, observed: &ObservedImage, encrypted: &[SnapshotId]) {
        if self.request.key_access() == KeyAccess::Leave {
            return;
        }
        for snapshot in encrypted {
            let read = observed.snapshots.get(snapshot);
            if read.is_none_or(|read| read.key.is_none()) {
                self.refusals.push(Refusal::EncryptedUnderUnknownKey {
                    image: observed.image.id.clone(),
                    snapshot: snapshot.clone(),
                });
            }
        }
    }

    pub(super) fn check_entity_quota(
        &mut self,
        image: ImageId,
        diff: &Diff,
        present: &PrincipalSet,
    ) {
        let quota = self.request.limits().entities_per_image;
        let entities = diff.entities_after(present);
        if !diff.add.is_empty() && entities > quota {
            self.refusals.push(Refusal::EntityQuota {
                image,
                entities,
                quota,
            });
        }
    }

    pub(super) fn check_removals(
        &mut self,
        resource: ResourceId,
        diff: &Diff,
        present: &PrincipalSet,
    ) {
        let Direction::Exactly { limit } = self.request.direction() else {
            return;
        };
        if !limit.allows(diff.remove.len(), present.len()) {
            self.refusals.push(Refusal::RemovalLimit {
                resource,
                removed: diff.remove.len(),
                present: present.len(),
                limit,
            });
        }
    }

    pub(super) fn check_image_block_public_access(
        &mut self,
        region: &Region,
        observed: &ObservedRegion,
    ) {
        self.check_block_public_access(
            region,
            BlockedResource::Image,
            observed.image_block_public_access.as_ref(),
            |setting| *setting == BlockPublicAccess::Unblocked,
        );
    }

    pub(super) fn check_snapshot_block_public_access(
        &mut self,
        region: &Region,
        observed: &ObservedRegion,
    ) {
        self.check_block_public_access(
            region,
            BlockedResource::Snapshot,
            observed.snapshot_block_public_access.as_ref(),
            |setting| *setting == SnapshotBlockPublicAccess::Unblocked,
        );
    }

    fn check_block_public_access<T>(
        &mut self,
        region: &Region,
        resource: BlockedResource,
        setting: Option<&Reading<T>>,
        is_unblocked: impl Fn(&T) -> bool,
    ) {
        let because = match setting {
            Some(Reading::Known(setting)) if is_unblocked(setting) => return,
            Some(Reading::Known(_)) => {
                self.refusals.push(Refusal::BlockPublicAccess {
                    region: region.clone(),
                    resource,
                });
                return;
            }
            Some(Reading::Unknown { because }) => because.clone(),
            None => "it was not read".into(),
        };
        let consent = self.request.public_consent();
        if consent != PublicConsent::GivenEvenIfBlockPublicAccessIsUnknown {
            self.refusals.push(Refusal::BlockPublicAccessUnknown {
                region: region.clone(),
                resource,
                because,
            });
        }
    }

    pub(super) fn check_public_quota(
        &mut self,
        region: &Region,
        observed: &ObservedRegion,
        added: usize,
    ) {
        let quota = self.request.limits().public_images;
        match &observed.public_images {
            Some(Reading::Known(public)) if public + added > quota => {
                self.refusals.push(Refusal::PublicQuota {
                    region: region.clone(),
                    public_images: public + added,
                    quota,
                });
            }
            Some(Reading::Unknown { because }) => self.notices.push(Notice::PublicQuotaUnknown {
                region: region.clone(),
                because: because.clone(),
            }),
            Some(Reading::Known(_)) | None => {}
        }
    }
}
