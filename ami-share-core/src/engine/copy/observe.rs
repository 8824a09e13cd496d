//! Reads what a copy request depends on, at the source and at every destination.

use std::collections::{BTreeMap, BTreeSet};

use futures_util::{StreamExt, TryStreamExt, stream};

use super::finish::{Place, share_request};
use crate::backend::{CopyBackend, ImageQuery, RoleBackend};
use crate::engine::Engine;
use crate::error::Error;
use crate::id::{AccountId, Destination, ImageId, KeyRef, Region};
use crate::plan::{CopyPlan, FoundCopy, Plan, plan_copies, provenance};
use crate::request::{
    CopyMaker, CopyPermissions, CopyRequest, ShareRequest, SnapshotSharing, SourceAccess,
};
use crate::resource::{
    ImageDetails, ImageState, Key, ObservedCopies, ObservedDestination, Reading, Snapshot,
};

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
            plan = plan.opened_by(self.plan(&open).await?)?;
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
            Some(_) => self.observe_destinations(request, caller).await?,
            None => Vec::new(),
        };
        Ok(ObservedCopies {
            caller,
            source,
            permissions,
            destinations,
        })
    }

    /// Reads each Region of each account once, however many copies go there
    async fn observe_destinations(
        &self,
        request: &CopyRequest,
        caller: AccountId,
    ) -> Result<Vec<ObservedDestination>, Error> {
        let mut keys: BTreeMap<(AccountId, Region), BTreeSet<KeyRef>> = BTreeMap::new();
        for destination in request.destinations() {
            let maker = maker_of(request, caller, destination);
            let named = keys.entry((maker, destination.region.clone())).or_default();
            named.extend(request.key_for(destination, caller));
        }
        let places: BTreeMap<(AccountId, Region), ObservedPlace> = stream::iter(keys)
            .map(|((account, region), keys)| async move {
                let observed = self.observe_place(request, account, &region, keys).await?;
                Ok::<_, Error>(((account, region), observed))
            })
            .buffered(self.options.concurrency)
            .try_collect()
            .await?;
        let destinations = request.destinations().iter();
        let observed = destinations.filter_map(|destination| {
            let account = maker_of(request, caller, destination);
            let place = places.get(&(account, destination.region.clone()))?;
            let key = request.key_for(destination, caller);
            Some(ObservedDestination {
                destination: destination.clone(),
                account,
                has_role: place.has_role,
                key: key.and_then(|key| place.keys.get(&key).cloned()),
                copies: place.copies.clone(),
                snapshots: place.snapshots.clone(),
            })
        });
        Ok(observed.collect())
    }

    async fn observe_place(
        &self,
        request: &CopyRequest,
        account: AccountId,
        region: &Region,
        keys: BTreeSet<KeyRef>,
    ) -> Result<ObservedPlace, Error> {
        let mut observed = ObservedPlace {
            has_role: false,
            keys: BTreeMap::new(),
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
        let query = ImageQuery {
            name: None,
            tags: provenance(request.source_region(), request.source_image(), None),
        };
        observed.copies = backend.find_own_images(region, &query).await.into();
        if observed.copies.known().is_none() {
            return Ok(observed);
        }
        for key in keys {
            let found = backend.find_key(region, &key).await;
            observed.keys.insert(key, found.into());
        }
        if !request.snapshot_tags().is_empty() {
            let copies = observed.copies.known().into_iter().flatten();
            let available = copies.filter(|copy| copy.image.state == ImageState::Available);
            let snapshots = available.flat_map(|copy| &copy.image.snapshots);
            let ids: Vec<_> = snapshots.map(|snapshot| snapshot.id.clone()).collect();
            if !ids.is_empty() {
                match backend.describe_snapshots(region, &ids).await {
                    Ok(snapshots) => observed.snapshots = snapshots,
                    Err(error) => observed.copies = Err(error).into(),
                }
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

/// What was read in a Region of an account
struct ObservedPlace {
    has_role: bool,
    keys: BTreeMap<KeyRef, Reading<Key>>,
    copies: Reading<Vec<ImageDetails>>,
    snapshots: Vec<Snapshot>,
}

/// The account that makes a copy
fn maker_of(request: &CopyRequest, caller: AccountId, destination: &Destination) -> AccountId {
    match (request.made_by(), destination.account) {
        (CopyMaker::Recipient, Some(account)) => account,
        (CopyMaker::Owner, _) | (CopyMaker::Recipient, None) => caller,
    }
}
