//! The pages of KMS's listings.

use std::hash::Hash;

use super::super::page::{BadToken, page};
use super::super::refusal::Refusal;
use super::super::state::State;
use crate::backend::Page;

/// Which part of a listing is asked for
#[derive(Clone, Debug, Default)]
pub(crate) struct Paging {
    pub(crate) limit: Option<i64>,
    pub(crate) marker: Option<String>,
}

/// How many items a page of an operation has when nobody says, and at most
#[derive(Clone, Copy, Debug)]
pub(super) struct Limit {
    pub(super) default: usize,
    pub(super) most: usize,
}

impl State {
    /// The page of a listing whose items come in the order of their positions
    ///
    /// A marker belongs to its query: another query refuses it.
    pub(super) fn page<T>(
        &self,
        query: &impl Hash,
        paging: &Paging,
        limit: Limit,
        items: impl IntoIterator<Item = (String, T)>,
    ) -> Result<Page<T>, Refusal> {
        let size = limit.of(paging)?.min(self.page_size);
        let marker = paging.marker.as_deref();
        page(items, query, marker, size)
            .map_err(|BadToken| Refusal::new("InvalidMarkerException", "The marker is not valid."))
    }
}

impl Limit {
    fn of(self, paging: &Paging) -> Result<usize, Refusal> {
        let Some(asked) = paging.limit else {
            return Ok(self.default);
        };
        let bound = match usize::try_from(asked) {
            Ok(asked) if (1..=self.most).contains(&asked) => return Ok(asked),
            _ if asked < 1 => "greater than or equal to 1".to_owned(),
            _ => format!("less than or equal to {}", self.most),
        };
        Err(Refusal::new(
            "ValidationException",
            format!(
                "1 validation error detected: Value '{asked}' at 'limit' failed to satisfy \
                 constraint: Member must have value {bound}"
            ),
        ))
    }
}
