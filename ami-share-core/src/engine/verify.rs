//! Reads what a request asks for, to compare it with what is there.

use super::Engine;
use super::observe_keys::KeyReading;
use crate::backend::Backend;
use crate::error::Error;
use crate::id::{ImageId, Region};
use crate::outcome::{Verification, verification_of};
use crate::principal::{Principal, PrincipalSet};
use crate::request::{KeyAccess, PublicConsent, ShareRequest, SnapshotSharing};
use crate::resource::Observed;

impl<B: Backend> Engine<B> {
    pub(crate) async fn verify(&self, request: &ShareRequest) -> Result<Verification, Error> {
        let mut observed = self.observe_images(request).await?;
        for group in groups_that_may_cover(request, &observed) {
            self.observe_members(request, &group, &mut observed).await;
        }
        self.observe_keys(request, &mut observed, KeyReading::Verify)
            .await;
        Ok(verification_of(request, &observed))
    }
}

impl<B: Backend> Engine<B> {
    pub(crate) async fn explain(
        &self,
        region: &Region,
        image: &ImageId,
        principals: &PrincipalSet,
    ) -> Result<Verification, Error> {
        let request = ShareRequest::builder()
            .region(region)
            .image(image)
            .principals(principals.iter().cloned())
            .public_consent(PublicConsent::Given)
            .snapshots(SnapshotSharing::ForCopy)
            .key_access(KeyAccess::Leave)
            .build()?;
        self.verify(&request).await
    }
}

/// Organizations and OUs with access to an image on which a named account has no entry of its own
fn groups_that_may_cover(request: &ShareRequest, observed: &Observed) -> PrincipalSet {
    let accounts = || {
        let principals = request.principals().iter();
        principals.filter(|principal| matches!(principal, Principal::Account(_)))
    };
    observed
        .regions
        .values()
        .flat_map(|region| region.images.values())
        .filter_map(|image| image.launch_permissions.as_ref())
        .filter(|permissions| !permissions.contains(&Principal::Public))
        .filter(|permissions| accounts().any(|account| !permissions.contains(account)))
        .flat_map(|permissions| permissions.iter())
        .filter(|principal| !principal.can_hold_snapshot_permission())
        .cloned()
        .collect()
}
