//! Makes available copies what they are to be: looks at keys and boot settings, sets what is missing,
//! shares.

use std::collections::BTreeMap;

use futures_util::{StreamExt, stream};

use super::group::Group;
use super::job::UnderWay;
use crate::api_error::ApiError;
use crate::backend::{CopyBackend, RoleBackend};
use crate::engine::ApplyOptions;
use crate::error::Error;
use crate::id::{ImageId, SnapshotId};
use crate::outcome::{CopyDifference, CopyOutcome, CopyResult, Report, Shared};
use crate::plan::{CopySetting, PlannedCopy};
use crate::principal::PrincipalSet;
use crate::request::{CopyRequest, RequestError, ShareRequest};
use crate::resource::{ImageDetails, Snapshot};

impl<'r, B: CopyBackend + RoleBackend> Group<'r, B> {
    pub(super) async fn finish(
        &self,
        available: Vec<(UnderWay<'r>, Box<ImageDetails>)>,
    ) -> Vec<(usize, CopyResult)> {
        if available.is_empty() {
            return Vec::new();
        }
        let snapshots = self.snapshots_of(&available).await;
        let shared = self.share(&available).await;
        let mut ended = Vec::new();
        for (mut copy, details) in available {
            let (planned, was_there) = (copy.job.planned, copy.was_there());
            let result = &mut copy.job.result;
            match &snapshots {
                Ok(snapshots) => {
                    let its = snapshots_of(&details, snapshots);
                    let boot = &self.run.plan.source().boot;
                    result
                        .differences
                        .extend(boot.differences(&details.boot).map(difference));
                    result.differences.extend(of_keys(
                        self.run.plan.source(),
                        planned,
                        &details,
                        &its,
                    ));
                    let request = self.run.plan.request();
                    let missing = CopySetting::missing(request, planned, &details, &its);
                    for setting in missing {
                        let set = self.engine.set_on(&self.region, &copy.image, setting);
                        result.settings.push(self.run.call(set).await);
                    }
                }
                Err(error) => result.differences.push(CopyDifference {
                    field: "KmsKeyId".into(),
                    wanted: key_text(planned),
                    actual: format!("not known: {error}"),
                }),
            }
            result.shared = shared.get(&copy.image).cloned();
            let outcome = match was_there {
                true => CopyOutcome::Found,
                false => CopyOutcome::Copied,
            };
            ended.push(copy.job.end(outcome));
        }
        ended
    }

    /// The snapshots of all copies, by one call
    async fn snapshots_of(
        &self,
        available: &[(UnderWay<'r>, Box<ImageDetails>)],
    ) -> Result<BTreeMap<SnapshotId, Snapshot>, ApiError> {
        let ids: Vec<SnapshotId> = available
            .iter()
            .flat_map(|(_, details)| &details.image.snapshots)
            .map(|snapshot| snapshot.id.clone())
            .collect();
        if ids.is_empty() {
            return Ok(BTreeMap::new());
        }
        let backend = &self.engine.backend;
        let snapshots = backend.describe_snapshots(&self.region, &ids);
        let snapshots = self.run.call(snapshots).await?;
        let by_id = snapshots.into_iter();
        Ok(by_id
            .map(|snapshot| (snapshot.id.clone(), snapshot))
            .collect())
    }

    /// Shares the copies, those for the same principals together
    async fn share(
        &self,
        available: &[(UnderWay<'r>, Box<ImageDetails>)],
    ) -> BTreeMap<ImageId, Shared> {
        let mut by_principals: BTreeMap<Vec<_>, Vec<ImageId>> = BTreeMap::new();
        for (copy, _) in available {
            let principals: Vec<_> = copy.job.planned.share_with.iter().cloned().collect();
            if !principals.is_empty() {
                by_principals
                    .entry(principals)
                    .or_default()
                    .push(copy.image.clone());
            }
        }
        let shares = by_principals
            .into_iter()
            .map(|(principals, images)| async move {
                let principals = principals.into_iter().collect();
                let of = Place {
                    region: &self.region,
                    images: &images,
                };
                let how = match self.share_images(&of, &principals).await {
                    Ok(report) => Shared::By(Box::new(report)),
                    Err(Error::Incomplete(report)) => Shared::By(report),
                    Err(error) => Shared::Not {
                        because: error.to_string(),
                    },
                };
                (images, how)
            });
        let shares: Vec<_> = shares.collect();
        let mut shares = stream::iter(shares).buffered(self.engine.options.concurrency);
        let mut shared = BTreeMap::new();
        while let Some((images, how)) = shares.next().await {
            shared.extend(images.into_iter().map(|image| (image, how.clone())));
        }
        shared
    }

    async fn share_images(
        &self,
        of: &Place<'_>,
        principals: &PrincipalSet,
    ) -> Result<Report, Error> {
        let request = share_request(self.run.plan.request(), of, principals)?;
        let plan = self.engine.plan(&request).await?;
        self.engine
            .apply(&plan, &ApplyOptions::just_planned())
            .await
    }
}

/// Copies in one Region of one account
pub(super) struct Place<'a> {
    pub(super) region: &'a crate::id::Region,
    pub(super) images: &'a [ImageId],
}

/// How copies are shared
pub(super) fn share_request(
    request: &CopyRequest,
    of: &Place<'_>,
    principals: &PrincipalSet,
) -> Result<ShareRequest, RequestError> {
    ShareRequest::builder()
        .region(of.region)
        .images(of.images)
        .principals(principals.iter())
        .key_access(request.key_access())
        .build()
}

fn snapshots_of(
    details: &ImageDetails,
    snapshots: &BTreeMap<SnapshotId, Snapshot>,
) -> Vec<Snapshot> {
    let ids = details.image.snapshots.iter();
    ids.filter_map(|snapshot| snapshots.get(&snapshot.id).cloned())
        .collect()
}

fn difference((field, wanted, actual): (&'static str, &str, &str)) -> CopyDifference {
    CopyDifference {
        field: field.into(),
        wanted: wanted.into(),
        actual: actual.into(),
    }
}

/// Snapshots that are not encrypted as they were to be
fn of_keys(
    source: &ImageDetails,
    planned: &PlannedCopy,
    copy: &ImageDetails,
    snapshots: &[Snapshot],
) -> Vec<CopyDifference> {
    let was_encrypted = |id: &SnapshotId| {
        let mut its = copy.image.snapshots.iter();
        let device = &its.find(|snapshot| snapshot.id == *id)?.device;
        let mut of_source = source.image.snapshots.iter();
        let copied = of_source.find(|snapshot| snapshot.device == *device)?;
        copied.encrypted
    };
    let is_other = |snapshot: &&Snapshot| match (&planned.key, was_encrypted(&snapshot.id)) {
        (Some(key), _) => snapshot.key.as_ref() != Some(key),
        (None, Some(encrypted)) => snapshot.encrypted != encrypted,
        (None, None) => false,
    };
    let others = snapshots.iter().filter(is_other);
    others
        .map(|snapshot| CopyDifference {
            field: format!("KmsKeyId of {}", snapshot.id),
            wanted: key_text(planned),
            actual: match &snapshot.key {
                Some(key) => key.to_string(),
                None if snapshot.encrypted => "encrypted, under a key that is not told".into(),
                None => "not encrypted".into(),
            },
        })
        .collect()
}

fn key_text(planned: &PlannedCopy) -> String {
    match &planned.key {
        Some(key) => key.to_string(),
        None => "as the source".into(),
    }
}
