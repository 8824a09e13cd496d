//! Matching texts against patterns with wildcards and variables.

use std::borrow::Cow;

use super::Request;
use super::request::Lookup;
use super::truth::{Truth, Unclear};
use crate::policy::pattern::{Pattern, PatternKind, Token};

/// A pattern's piece with its variables filled in
#[derive(Clone, Copy, Debug)]
enum Piece<'a> {
    Literal(&'a str),
    Many,
    One,
}

/// Whether the text matches; a substituted value is taken literally
pub(super) fn matches(pattern: &Pattern, text: &str, request: &Request) -> Truth {
    // The two commonest patterns, without any work.
    match pattern.tokens.as_ref() {
        [Token::Many] => return Truth::Yes,
        [Token::Literal(literal)] if !pattern.ignores_case() => {
            return (literal.as_ref() == text).into();
        }
        _ => {}
    }
    let text = fold(pattern, text);
    if !pattern.variables {
        return glob(Plain(&pattern.tokens), &text).into();
    }
    match filled(pattern, request) {
        Ok(pieces) => glob(
            Filled(&pieces.iter().map(Part::piece).collect::<Vec<_>>()),
            &text,
        )
        .into(),
        Err(why) => Truth::Unknown(why),
    }
}

/// Whether the ARN of the resource matches
///
/// `*` alone is every resource; any other pattern is matched part by part.
pub(super) fn matches_resource(pattern: &Pattern, resource: &str, request: &Request) -> Truth {
    if pattern.is_anything() {
        return Truth::Yes;
    }
    // "You can't use a variable to replace parts of the ARN before the fifth colon."
    if !pattern.is_constant() && pattern.colons_before_variable() < 5 {
        return Truth::Unknown(Unclear::MalformedVariable);
    }
    match matches_arn(pattern, resource, request) {
        Ok(matched) => matched.into(),
        Err(why) => Truth::Unknown(why),
    }
}

/// Whether an ARN matches part by part: no wildcard reaches over one of the first five colons
///
/// # Errors
///
/// If the pattern has fewer than six parts, or a variable in it has no value.
pub(super) fn matches_arn(
    pattern: &Pattern,
    arn: &str,
    request: &Request,
) -> Result<bool, Unclear> {
    let parts = filled(pattern, request)?;
    let segments = segments(&parts);
    if segments.len() < 6 {
        return Err(Unclear::ShortArn);
    }
    let mut texts = arn.splitn(6, ':');
    Ok(segments
        .iter()
        .all(|segment| texts.next().is_some_and(|text| glob(Filled(segment), text))))
}

/// A token with its variable looked up
#[derive(Debug)]
enum Part<'a> {
    /// Characters, and whether they are the value of a variable
    Text(Cow<'a, str>, bool),
    Many,
    One,
}

impl Part<'_> {
    fn piece(&self) -> Piece<'_> {
        match self {
            Self::Text(text, _) => Piece::Literal(text),
            Self::Many => Piece::Many,
            Self::One => Piece::One,
        }
    }
}

fn filled<'a>(pattern: &'a Pattern, request: &'a Request) -> Result<Vec<Part<'a>>, Unclear> {
    pattern
        .tokens
        .iter()
        .map(|token| match token {
            Token::Literal(text) => Ok(Part::Text(Cow::Borrowed(text.as_ref()), false)),
            Token::Many => Ok(Part::Many),
            Token::One => Ok(Part::One),
            Token::Malformed(_) => Err(Unclear::MalformedVariable),
            Token::Variable { key, default } => match (request.lookup(key), default) {
                (Lookup::Known([value]), _) => Ok(Part::Text(fold(pattern, value), true)),
                (Lookup::Absent, Some(default)) => {
                    Ok(Part::Text(Cow::Borrowed(default.as_ref()), true))
                }
                (Lookup::Known(_) | Lookup::Absent, _) => Err(Unclear::UnresolvedVariable),
                (Lookup::Unknown, _) => Err(Unclear::Variable),
            },
        })
        .collect()
}

fn fold<'a>(pattern: &Pattern, text: &'a str) -> Cow<'a, str> {
    let lower = |c: char| c.is_ascii() && !c.is_ascii_uppercase();
    if pattern.ignores_case() && !text.chars().all(lower) {
        Cow::Owned(text.to_lowercase())
    } else {
        Cow::Borrowed(text)
    }
}

/// The pieces between the first five colons of the pattern itself, and the rest
fn segments<'a>(parts: &'a [Part<'a>]) -> Vec<Vec<Piece<'a>>> {
    let mut done = Vec::with_capacity(6);
    let mut current = Vec::new();
    for part in parts {
        let Part::Text(Cow::Borrowed(mut text), false) = *part else {
            current.push(part.piece());
            continue;
        };
        while done.len() < 5
            && let Some((before, after)) = text.split_once(':')
        {
            current.push(Piece::Literal(before));
            done.push(std::mem::take(&mut current));
            text = after;
        }
        current.push(Piece::Literal(text));
    }
    done.push(current);
    done
}

/// A list of pieces, wherever they come from
trait Pieces {
    fn at(&self, index: usize) -> Option<Piece<'_>>;
}

struct Plain<'a>(&'a [Token]);

impl Pieces for Plain<'_> {
    fn at(&self, index: usize) -> Option<Piece<'_>> {
        Some(match self.0.get(index)? {
            Token::Literal(text) => Piece::Literal(text),
            Token::Many => Piece::Many,
            Token::One => Piece::One,
            Token::Variable { .. } | Token::Malformed(_) => return None,
        })
    }
}

struct Filled<'a>(&'a [Piece<'a>]);

impl Pieces for Filled<'_> {
    fn at(&self, index: usize) -> Option<Piece<'_>> {
        self.0.get(index).copied()
    }
}

/// Wildcard matching that goes back to the last `*` only: never more than pattern times text steps
fn glob(pieces: impl Pieces, text: &str) -> bool {
    let mut index = 0;
    let mut rest = text;
    let mut star: Option<(usize, &str)> = None;
    loop {
        let step = match pieces.at(index) {
            None if rest.is_empty() => return true,
            None => None,
            Some(Piece::Many) => {
                star = Some((index + 1, rest));
                Some(rest)
            }
            Some(Piece::One) => skip_char(rest),
            Some(Piece::Literal(literal)) => rest.strip_prefix(literal),
        };
        if let Some(after) = step {
            rest = after;
            index += 1;
            continue;
        }
        let Some((after_star, from)) = star else {
            return false;
        };
        let Some(from) = skip_char(from) else {
            return false;
        };
        star = Some((after_star, from));
        index = after_star;
        rest = from;
    }
}

fn skip_char(text: &str) -> Option<&str> {
    let mut chars = text.chars();
    chars.next()?;
    Some(chars.as_str())
}

impl Pattern {
    /// How many colons stand before the first variable
    fn colons_before_variable(&self) -> usize {
        self.tokens
            .iter()
            .take_while(|token| !matches!(token, Token::Variable { .. } | Token::Malformed(_)))
            .map(|token| match token {
                Token::Literal(text) => text.matches(':').count(),
                _ => 0,
            })
            .sum()
    }

    fn ignores_case(&self) -> bool {
        matches!(
            self.kind,
            PatternKind::Action | PatternKind::ExactIgnoringCase
        )
    }
}
