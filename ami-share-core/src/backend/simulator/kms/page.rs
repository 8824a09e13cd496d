//! The pages of KMS's listings.

use std::hash::{DefaultHasher, Hash, Hasher};

use super::super::refusal::Refusal;
use super::super::state::State;

/// Which part of a listing is asked for
#[derive(Clone, Debug, Default)]
pub(crate) struct Paging {
    pub(crate) limit: Option<i64>,
    pub(crate) marker: Option<String>,
}

/// A part of a listing
#[derive(Clone, Debug)]
pub(crate) struct Page<T> {
    pub(crate) items: Vec<T>,
    /// The marker of the next part, if there is one
    pub(crate) next: Option<String>,
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
        let query = fingerprint(query);
        let after = match &paging.marker {
            Some(marker) => Some(position(marker, query).ok_or_else(invalid_marker)?),
            None => None,
        };
        let mut items = items
            .into_iter()
            .skip_while(|(position, _)| after.as_ref().is_some_and(|after| position <= after))
            .peekable();
        let mut page = Vec::new();
        let mut last = None;
        while page.len() < size
            && let Some((position, item)) = items.next()
        {
            page.push(item);
            last = Some(position);
        }
        let next = match items.peek() {
            Some(_) => last.map(|last| marker(query, &last)),
            None => None,
        };
        Ok(Page { items: page, next })
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

fn fingerprint(query: &impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    query.hash(&mut hasher);
    hasher.finish()
}

fn marker(query: u64, position: &str) -> String {
    use std::fmt::Write;

    let mut marker = format!("{query:016x}");
    for byte in position.bytes() {
        // INVARIANT: writing to a string does not fail.
        let _ = write!(marker, "{byte:02x}");
    }
    marker
}

fn position(marker: &str, query: u64) -> Option<String> {
    let digits = marker.strip_prefix(&format!("{query:016x}"))?;
    let bytes: Option<Vec<u8>> = digits
        .as_bytes()
        .chunks(2)
        .map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok())
        .collect();
    String::from_utf8(bytes?)
        .ok()
        .filter(|text| !text.is_empty())
}

fn invalid_marker() -> Refusal {
    Refusal::new("InvalidMarkerException", "The marker is not valid.")
}
