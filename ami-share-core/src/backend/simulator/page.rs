//! Pages of listings, and the tokens in between.

use std::hash::{DefaultHasher, Hash, Hasher};

use crate::backend::Page;

/// A token that belongs to another query, or to none
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct BadToken;

/// The place in a listing where a page starts
///
/// A token is good for the query that it was given for. It holds the last key of its page, so that
/// what comes and goes in between moves no other item.
#[derive(Debug)]
pub(crate) struct Place {
    seal: String,
    after: Option<String>,
}

impl Place {
    /// `query` says what is listed, and to whom
    pub(crate) fn of(query: &impl Hash, token: Option<&str>) -> Result<Self, BadToken> {
        let mut hasher = DefaultHasher::new();
        query.hash(&mut hasher);
        let seal = format!("{:016x}", hasher.finish());
        let last_key = |token: &str| token.strip_prefix(&seal).and_then(unhex).ok_or(BadToken);
        let after = token.map(last_key).transpose()?;
        Ok(Self { seal, after })
    }

    /// The last key of the page before
    pub(crate) fn after(&self) -> Option<&str> {
        self.after.as_deref()
    }

    /// At most so many items, and at least one if there is one
    ///
    /// Items come in the order of their keys, each of which is there once.
    pub(crate) fn page<T>(
        &self,
        items: impl IntoIterator<Item = (String, T)>,
        most: usize,
    ) -> Page<T> {
        let after = self.after();
        let mut items = items
            .into_iter()
            .skip_while(|(key, _)| after.is_some_and(|after| key.as_str() <= after));
        let mut page = Vec::new();
        let mut last = None;
        for (key, item) in items.by_ref().take(most.max(1)) {
            page.push(item);
            last = Some(key);
        }
        let last = items.next().and(last);
        Page {
            items: page,
            next_token: last.map(|last| format!("{}{}", self.seal, hex(&last))),
        }
    }
}

/// One page of a listing, whose token is checked first
pub(crate) fn page<T>(
    items: impl IntoIterator<Item = (String, T)>,
    query: &impl Hash,
    token: Option<&str>,
    most: usize,
) -> Result<Page<T>, BadToken> {
    Ok(Place::of(query, token)?.page(items, most))
}

fn hex(text: &str) -> String {
    text.bytes().map(|byte| format!("{byte:02x}")).collect()
}

/// Nothing for what [`hex`] did not write
fn unhex(digits: &str) -> Option<String> {
    let byte = |pair: &[u8]| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok();
    let bytes: Option<Vec<u8>> = digits.as_bytes().chunks(2).map(byte).collect();
    let text = String::from_utf8(bytes?).ok()?;
    (!text.is_empty() && hex(&text) == digits).then_some(text)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    const LETTERS: [&str; 4] = ["a", "b", "c", "d"];

    fn two(letters: &[&'static str], query: &str, token: Option<&str>) -> Page<&'static str> {
        let items = letters.iter().map(|letter| ((*letter).to_owned(), *letter));
        page(items, &query, token, 2).unwrap()
    }

    #[test]
    fn pages_go_on_behind_the_last_item_whatever_comes_and_goes() {
        let first = two(&LETTERS, "letters", None);
        assert_eq!(first.items, ["a", "b"]);
        let token = first.next_token.as_deref();
        let last = two(&LETTERS, "letters", token);
        assert_eq!((last.items, last.next_token), (vec!["c", "d"], None));
        assert_eq!(two(&["a", "c", "d"], "letters", token).items, ["c", "d"]);
        assert!(two(&["a"], "letters", token).items.is_empty());
    }

    #[test]
    fn a_token_is_good_for_its_own_query_alone() {
        let token = two(&LETTERS, "letters", None).next_token.unwrap();
        Place::of(&"letters", Some(&token)).unwrap();
        let seal = &token[..16];
        for (query, token) in [
            ("digits", token.as_str()),
            ("letters", ""),
            ("letters", seal),
            ("letters", &format!("{token}0")),
            ("letters", &format!("{seal}+1")),
            ("letters", &format!("{seal}6B")),
            ("letters", &format!("{seal}ff")),
            ("letters", &format!("{seal}é")),
        ] {
            assert_eq!(
                Place::of(&query, Some(token)).unwrap_err(),
                BadToken,
                "{token}"
            );
        }
    }
}
