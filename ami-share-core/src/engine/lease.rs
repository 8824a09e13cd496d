//! What an image is opened by for copies alone is written down in tags of it: before it is opened, and
//! until it is closed.

use super::Engine;
use super::close::{Closed, Closing};
use crate::api_error::ApiError;
use crate::backend::CopyBackend;
use crate::id::{ImageId, Region, ResourceId};
use crate::plan::{LEASE_TAG, Lease, Opened};
use crate::resource::Tags;

/// An image, and the accounts that it is opened for as long as they copy it
#[derive(Clone, Copy, Debug)]
pub(super) struct Leased<'a> {
    pub(super) lease: &'a Lease,
    pub(super) region: &'a Region,
    pub(super) image: &'a ImageId,
    /// Its tags, as they were seen
    pub(super) tags: &'a Tags,
}

impl<B: CopyBackend> Engine<B> {
    /// Writes down what is about to be opened, beside what an earlier run left open; the ids of the
    /// requests
    pub(super) async fn record(
        &self,
        of: Leased<'_>,
        opened: &Opened,
    ) -> Result<Vec<String>, ApiError> {
        let (region, lease) = (of.region, of.lease);
        let wanted = of.wanted(opened);
        let mut there = lease.recorded(of.tags);
        if wanted.is_empty() || wanted == there {
            return Ok(Vec::new());
        }
        let image = [of.resource()];
        let written = match self.backend.create_tags(region, &image, &wanted).await {
            Ok(request_id) => request_id,
            Err(error) if error.is_ambiguous() => {
                let ids = [of.image.clone()];
                let found = self.backend.describe_image_details(region, &ids).await?;
                let tags = found.first().map(|found| lease.recorded(&found.image.tags));
                let is_there = |tags: Tags| {
                    wanted
                        .iter()
                        .all(|(key, value)| tags.get(key) == Some(value))
                };
                if !tags.is_some_and(is_there) {
                    return Err(error);
                }
                None
            }
            Err(error) => return Err(error),
        };
        there.retain(|key, _| !wanted.contains_key(key));
        let untagged = match there.is_empty() {
            true => None,
            false => self.backend.delete_tags(region, &image, &there).await?,
        };
        Ok(written.into_iter().chain(untagged).collect())
    }

    /// Closes what is told to be open, and what the tags record, and nothing that was open before; where
    /// all is closed, the record goes
    pub(super) async fn close_leased(&self, of: Leased<'_>, opened: &Opened) -> Closed {
        let recorded = of.lease.recorded(of.tags);
        let added = of.and_recorded(opened);
        if added.is_empty() && recorded.is_empty() {
            return Closed::default();
        }
        let closing = Closing {
            region: of.region,
            image: of.image,
            key_access: of.lease.key_access(),
            opened: &added,
        };
        let mut closed = self.close_opened(closing).await;
        let image = of.image;
        if added.is_empty() {
            closed.left_open.push(format!(
                "the tags `{}` of `{image}` are no whole record of what a run opened: revoke it from who should not have it, then delete them",
                recorded.keys().cloned().collect::<Vec<_>>().join("`, `")
            ));
        }
        if closed.is_complete() && !recorded.is_empty() {
            let resource = [of.resource()];
            let untagged = self.backend.delete_tags(of.region, &resource, &recorded);
            match untagged.await {
                Ok(request_id) => closed.untagged = request_id,
                Err(error) => closed.left_open.push(format!(
                    "`{image}` is closed, and its tags `{LEASE_TAG}:…` could not be removed: {error}"
                )),
            }
        }
        closed
    }
}

impl Leased<'_> {
    /// The tags that record what is opened beside what is recorded already
    pub(super) fn wanted(&self, opened: &Opened) -> Tags {
        self.lease.tags(&self.and_recorded(opened))
    }

    /// What is opened, and what is recorded as left open
    fn and_recorded(&self, opened: &Opened) -> Opened {
        let mut all = self.lease.opened(self.tags);
        all.extend(opened.clone());
        all
    }

    fn resource(&self) -> ResourceId {
        self.image.clone().into()
    }
}
