//! Plans copies to many places at once: one that is refused does not stop the others.

use std::collections::{BTreeMap, BTreeSet};

use crate::backend::{CopyBackend, RecipientBackend, RoleBackend};
use crate::engine::Engine;
use crate::error::Error;
use crate::plan::CopyPlan;
use crate::request::{CopyRequest, RequestError};

/// The copies to those places, Regions or accounts, that can have one
#[derive(Debug)]
pub(super) struct Unrefused<P> {
    /// Nothing where all are refused
    pub(super) plan: Option<CopyPlan>,
    pub(super) refused: BTreeMap<P, Error>,
}

impl<P> From<Option<CopyPlan>> for Unrefused<P> {
    fn from(plan: Option<CopyPlan>) -> Self {
        Self {
            plan,
            refused: BTreeMap::new(),
        }
    }
}

impl<B: CopyBackend + RecipientBackend + RoleBackend> Engine<B> {
    /// Plans the copies to places together; where that is refused, finds out which of them are
    pub(super) async fn plan_unrefused<P: Clone + Ord>(
        &self,
        places: BTreeSet<P>,
        request: impl Fn(&BTreeSet<P>) -> Result<Option<CopyRequest>, RequestError>,
    ) -> Result<Unrefused<P>, Error> {
        let request = &request;
        let plan = |places: BTreeSet<P>| async move {
            match request(&places)? {
                Some(request) => self.plan_copies(&request).await.map(Some),
                None => Ok(None),
            }
        };
        let refusal = match plan(places.clone()).await {
            Ok(plan) => return Ok(plan.into()),
            Err(error @ Error::CopyRefused(_)) => error,
            Err(error) => return Err(error),
        };
        let mut planned = Unrefused::from(None);
        if let [place] = Vec::from_iter(&places)[..] {
            planned.refused.insert(place.clone(), refusal);
            return Ok(planned);
        }
        let each = places.into_iter().map(|place| {
            let planned = plan(BTreeSet::from([place.clone()]));
            async move { (place, planned.await) }
        });
        let mut left = BTreeSet::new();
        for (place, tried) in self.side_by_side(each).await {
            match tried {
                Ok(_) => {
                    left.insert(place);
                }
                Err(error) => {
                    planned.refused.insert(place, error);
                }
            }
        }
        if !left.is_empty() {
            planned.plan = plan(left).await?;
        }
        Ok(planned)
    }
}
