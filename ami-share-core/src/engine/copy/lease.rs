//! Opens the source for the accounts that copy it, and closes what was opened.

use crate::backend::{CopyBackend, RoleBackend};
use crate::engine::close::Closing;
use crate::engine::{ApplyOptions, Engine};
use crate::error::Error;
use crate::outcome::Report;
use crate::plan::{CopyPlan, Opened, Plan};
use crate::request::SourceAccess;

impl<B: CopyBackend + RoleBackend> Engine<B> {
    /// Opens launch permission, snapshots and keys of the source, as far as they are not open
    pub(super) async fn open_source(
        &self,
        plan: &CopyPlan,
        options: &ApplyOptions,
    ) -> Result<Option<Report>, Error> {
        let cancelled = options
            .cancel
            .as_ref()
            .is_some_and(super::Cancel::is_cancelled);
        let Some(open) = plan.open().filter(|open| !open.is_empty() && !cancelled) else {
            return Ok(None);
        };
        match self.apply(open, &ApplyOptions::just_planned()).await {
            Ok(report) => Ok(Some(report)),
            Err(Error::Incomplete(report)) => Ok(Some(*report)),
            Err(error) => Err(error),
        }
    }

    /// Closes what the first plan or the one that was carried out opened, whether the copies succeeded
    /// or not, and nothing that was open before
    pub(super) async fn close_source(
        &self,
        first: &CopyPlan,
        plan: &CopyPlan,
        opened: Option<&Report>,
    ) -> (Vec<Report>, Vec<String>) {
        let opens = first.open().into_iter().chain(plan.open());
        let added = Opened::by(opens.flat_map(Plan::steps));
        let wanted = first.request().source_access() == SourceAccess::Close;
        if !wanted || (opened.is_none() && added.is_empty()) {
            return (Vec::new(), Vec::new());
        }
        let request = first.request();
        let closing = Closing {
            region: request.source_region(),
            image: request.source_image(),
            key_access: request.key_access(),
            opened: &added,
        };
        let closed = self.close_opened(closing).await;
        (closed.reports, closed.left_open)
    }
}
