//! The pages of listings, and the tokens in between.

use std::hash::{DefaultHasher, Hash, Hasher};

/// A token that belongs to another query, or to none
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct BadToken;

/// The items of one page, and the token of the next
///
/// Items come in the order of their keys, each of which is there once. `query` says what is listed:
/// a token is good for the same query alone. It holds the last key of its page, so that what comes and
/// goes in between moves no other item.
pub(crate) fn page<T>(
    items: impl IntoIterator<Item = (String, T)>,
    query: impl Hash,
    token: Option<&str>,
    most: usize,
) -> Result<(Vec<T>, Option<String>), BadToken> {
    let mut hasher = DefaultHasher::new();
    query.hash(&mut hasher);
    let seal = format!("{:016x}", hasher.finish());
    let after = match token {
        None => None,
        Some(token) => {
            let last = token.strip_prefix(&seal).and_then(unhex);
            Some(last.ok_or(BadToken)?)
        }
    };
    let mut rest = items
        .into_iter()
        .filter(|(key, _)| after.as_ref().is_none_or(|after| key > after));
    let mut found = Vec::new();
    let mut last = None;
    for (key, item) in rest.by_ref().take(most.max(1)) {
        found.push(item);
        last = Some(key);
    }
    let next = match (rest.next(), last) {
        (Some(_), Some(last)) => {
            let hex: String = last.bytes().map(|byte| format!("{byte:02x}")).collect();
            Some(format!("{seal}{hex}"))
        }
        _ => None,
    };
    Ok((found, next))
}

fn unhex(text: &str) -> Option<String> {
    let digits: Vec<u8> = text
        .chars()
        .map(|digit| {
            digit
                .to_digit(16)
                .and_then(|digit| u8::try_from(digit).ok())
        })
        .collect::<Option<_>>()?;
    let bytes = digits
        .chunks(2)
        .map(|pair| match pair {
            [high, low] => Some(high * 16 + low),
            _ => None,
        })
        .collect::<Option<_>>()?;
    String::from_utf8(bytes).ok()
}
