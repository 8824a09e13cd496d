//! What the checks are written with.

use std::sync::Arc;

use super::ground::{Ground, Spec};
use crate::access::Answer;
use crate::error::Error;
use crate::id::{AccountId, ImageId};
use crate::outcome::Report;
use crate::plan::Refusal;
use crate::principal::{Principal, PrincipalSet};
use crate::request::{ShareRequest, ShareRequestBuilder};
use crate::sharer::Sharer;

/// Why a check failed
pub(super) type Failure = Box<dyn std::error::Error + Send + Sync>;

/// One image of the owner's, and what is done with it
pub(super) struct Scene<'a> {
    pub(super) ground: &'a dyn Ground,
    pub(super) owner: Arc<dyn Sharer>,
    pub(super) image: ImageId,
}

impl<'a> Scene<'a> {
    pub(super) async fn new(ground: &'a dyn Ground) -> Self {
        Self::with(ground, Spec::Plain).await
    }

    pub(super) async fn with(ground: &'a dyn Ground, spec: Spec) -> Self {
        Self {
            ground,
            owner: ground.owner(),
            image: ground.register_image(spec).await,
        }
    }

    pub(super) fn request(&self) -> ShareRequestBuilder {
        ShareRequest::builder()
            .region(self.ground.region())
            .image(&self.image)
    }

    /// Shares, and holds that every step was done
    pub(super) async fn share(&self, request: &ShareRequest) -> Result<Report, Failure> {
        Ok(self.owner.share(request).await?)
    }

    /// Who has the launch permission now
    pub(super) async fn permissions(&self) -> Result<PrincipalSet, Failure> {
        let probe = self.request().account("000000000001").build()?;
        let plan = self.owner.plan(&probe).await?;
        let seen = plan.seen().image(&self.ground.region(), &self.image);
        let permissions = seen.and_then(|seen| seen.launch_permissions.clone());
        permissions.ok_or_else(|| "the permissions were not read".into())
    }

    /// Holds that exactly these have the launch permission
    pub(super) async fn shared_with(
        &self,
        expected: impl IntoIterator<Item = Principal>,
    ) -> Result<(), Failure> {
        same(&self.permissions().await?, &expected.into_iter().collect())
    }

    /// Holds that everything is as the request asks for
    pub(super) async fn verified(&self, request: &ShareRequest) -> Result<(), Failure> {
        let verification = self.owner.verify(request).await?;
        same(&verification.as_desired(), &Answer::Yes)
            .map_err(|failure| format!("{failure}\n{verification}").into())
    }

    /// Holds that a request is refused, and gives the reasons
    pub(super) async fn refused(&self, request: &ShareRequest) -> Result<Vec<Refusal>, Failure> {
        match self.owner.share(request).await {
            Err(Error::Refused(refusals)) => Ok(refusals.as_slice().to_vec()),
            other => Err(format!("not refused: {other:?}").into()),
        }
    }
}

pub(super) fn account(number: u64) -> Result<AccountId, Failure> {
    Ok(format!("{number:012}").parse()?)
}

pub(super) fn accounts(count: u64) -> Result<Vec<AccountId>, Failure> {
    (1..=count).map(account).collect()
}

pub(super) fn same<T: PartialEq + std::fmt::Debug>(
    actual: &T,
    expected: &T,
) -> Result<(), Failure> {
    if actual == expected {
        Ok(())
    } else {
        Err(format!("found {actual:?}, expected {expected:?}").into())
    }
}

pub(super) fn holds(condition: bool, otherwise: &str) -> Result<(), Failure> {
    if condition {
        Ok(())
    } else {
        Err(otherwise.into())
    }
}
