//! Reads what a copy request depends on, at the source and at every destination.

use std::collections::BTreeMap;

use futures_util::{StreamExt, TryStreamExt, stream};

use super::finish::{Place, share_request};
use crate::backend::{Backend, CopyBackend, ImageQuery, RoleBackend};
use crate::engine::Engine;
use crate::error::Error;
use crate::id::{AccountId, Destination, ImageId, KeyRef, Region};
use crate::plan::{CopyPlan, FoundCopy, Plan, plan_copies, provenance};
use crate::request::{
    CopyMaker, CopyPermissions, CopyRequest, ShareRequest, SnapshotSharing, SourceAccess,
};
use crate::resource::{ImageState, ObservedCopies, ObservedDestination, Reading};

impl<B: CopyBackend + RoleBackend> Engine<B> {
    pub(crate) async fn plan_copies(&self, request: &CopyRequest) -> Result<CopyPlan, Error> {
        let observed = self.observe_copies(request).await?;
        let mut plan = plan_copies(request, observed)?;
        let recipients = plan.recipients();
        let is_open = request.source_access() == SourceAccess::LeaveAsIs;
        if !recipients.is_empty() && !is_open {
            let open = ShareRequest::builder()
                .image_in(request.source_region(), request.source_image())
                .principals(recipients)
                .snapshots(SnapshotSharing::ForCopy)
                .key_access(request.key_access())
                .build()?;
            plan = plan.opened_by(self.plan(&open).await?);
        }
        let shares = self.plan_shares(&plan).await?;
        Ok(plan.shared_by(shares))
    }

    async fn observe_copies(&self, request: &CopyRequest) -> Result<ObservedCopies, Error> {
        let region = request.source_region();
        let caller = self.caller(region).await?;
        let ids = [request.source_image().clone()];
        let source = self.backend.describe_image_details(region, &ids).await?;
        let source = source.into_iter().next();
        let permissions = match (request.permissions(), &source) {
            (CopyPermissions::Replicate, Some(_)) => {
                let image = request.source_image();
                let permissions = self
                    .backend
                    .describe_launch_permissions(region, image)
                    .await;
                Some(Reading::from(permissions))
            }
            _ => None,
        };
        let destinations = match &source {
            Some(_) => {
                stream::iter(request.destinations().clone())
                    .map(|destination| self.observe_destination(request, caller, destination))
                    .buffered(self.options.concurrency)
                    .try_collect()
                    .await?
            }
            None => Vec::new(),
        };
        Ok(ObservedCopies {
            caller,
            source,
            permissions,
            destinations,
        })
    }

    async fn observe_destination(
        &self,
        request: &CopyRequest,
        caller: AccountId,
        destination: Destination,
    ) -> Result<ObservedDestination, Error> {
        let account = match (request.made_by(), destination.account) {
            (CopyMaker::Recipient, Some(account)) => account,
            (CopyMaker::Owner, _) | (CopyMaker::Recipient, None) => caller,
        };
        let mut observed = ObservedDestination {
            destination: destination.clone(),
            account,
            has_role: false,
            key: None,
            copies: Reading::Unknown {
                because: "there is no role to read it by".into(),
            },
            snapshots: Vec::new(),
        };
        let engine = self.of(request.source_region(), account).await?;
        let Some(Self { backend, .. }) = engine else {
            return Ok(observed);
        };
        observed.has_role = true;
        let region = &destination.region;
        let query = ImageQuery {
            name: None,
            tags: provenance(request.source_region(), request.source_image(), None),
        };
        observed.copies = backend.find_own_images(region, &query).await.into();
        if observed.copies.known().is_none() {
            return Ok(observed);
        }
        if let Some(key) = request.key_for(&destination) {
            observed.key = Some(find_key(&backend, region, &key).await);
        }
        if !request.snapshot_tags().is_empty() {
            let copies = observed.copies.known().into_iter().flatten();
            let available = copies.filter(|copy| copy.image.state == ImageState::Available);
            let snapshots = available.flat_map(|copy| &copy.image.snapshots);
            let ids: Vec<_> = snapshots.map(|snapshot| snapshot.id.clone()).collect();
            if !ids.is_empty() {
                observed.snapshots = backend.describe_snapshots(region, &ids).await?;
            }
        }
        Ok(observed)
    }

    /// How the copies that are there already are shared
    async fn plan_shares(&self, plan: &CopyPlan) -> Result<Vec<(AccountId, Plan)>, Error> {
        let mut shares: BTreeMap<_, Vec<ImageId>> = BTreeMap::new();
        for copy in plan.copies() {
            if let FoundCopy::Available { image, .. } = &copy.found
                && !copy.share_with.is_empty()
            {
                let principals: Vec<_> = copy.share_with.iter().cloned().collect();
                let region = copy.destination.region.clone();
                let alike = shares
                    .entry((copy.account, region, principals))
                    .or_default();
                alike.push(image.clone());
            }
        }
        stream::iter(shares)
            .map(|((account, region, principals), images)| async move {
                let source_region = plan.request().source_region();
                let Some(engine) = self.of(source_region, account).await? else {
                    return Ok(None);
                };
                let place = Place {
                    region: &region,
                    images: &images,
                };
                let principals = principals.into_iter().collect();
                let request = share_request(plan.request(), &place, &principals)?;
                Ok(Some((account, engine.plan(&request).await?)))
            })
            .buffered(self.options.concurrency)
            .try_filter_map(|share| async move { Ok(share) })
            .try_collect()
            .await
    }
}

async fn find_key<B: Backend + CopyBackend>(
    backend: &B,
    region: &Region,
    key: &KeyRef,
) -> Reading<crate::resource::Key> {
    backend.find_key(region, key).await.into()
}
