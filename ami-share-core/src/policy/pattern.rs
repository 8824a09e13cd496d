//! Texts with wildcards and policy variables, made ready for matching when a policy is read.

use std::fmt;
use std::sync::Arc;

use super::Version;

/// How a text of a policy is to be read
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum PatternKind {
    /// Wildcards, in any case of letters, no variables: an action
    Action,
    /// Wildcards and variables: a resource, or a value of `StringLike`, `ArnLike`, `ArnEquals`
    Wildcards,
    /// Variables only: a value of `StringEquals`
    Exact,
    /// Variables only, in any case of letters: a value of `StringEqualsIgnoreCase`
    ExactIgnoringCase,
}

/// A text of a policy with its wildcards and variables
///
/// Variables (`${aws:username}`) and the escapes `${*}`, `${?}` and `${$}` are read in policies of
/// [version 2012-10-17](https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html)
/// only.
#[derive(Clone, PartialEq)]
pub struct Pattern {
    text: Arc<str>,
    pub(super) kind: PatternKind,
    pub(super) tokens: Box<[Token]>,
    pub(super) variables: bool,
}

/// A piece of a pattern
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Token {
    /// These characters, in lower case if the case does not count
    Literal(Box<str>),
    /// `*`: any characters, or none
    Many,
    /// `?`: any one character
    One,
    /// `${key}` or `${key, 'default'}`
    Variable {
        key: Box<str>,
        default: Option<Box<str>>,
    },
    /// A `${` that makes no variable: nobody says what AWS does with it
    Malformed(Box<str>),
}

impl Pattern {
    /// Reads a text as one kind of pattern
    pub fn new(text: &str, kind: PatternKind, version: Version) -> Self {
        let mut reader = Reader {
            kind,
            variables: version == Version::V2012 && kind != PatternKind::Action,
            literal: String::new(),
            tokens: Vec::new(),
        };
        reader.read(text);
        let tokens = reader.tokens.into_boxed_slice();
        Self {
            text: text.into(),
            kind,
            variables: tokens
                .iter()
                .any(|token| matches!(token, Token::Variable { .. } | Token::Malformed(_))),
            tokens,
        }
    }

    /// The text as the policy writes it
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Whether it is `*`, which matches everything
    pub fn is_anything(&self) -> bool {
        matches!(self.tokens.as_ref(), [Token::Many])
    }

    /// Whether it has no variables
    pub(super) fn is_constant(&self) -> bool {
        !self.variables
    }

    /// Whether it names one thing only: no wildcards and no variables
    pub fn is_literal(&self) -> bool {
        matches!(self.tokens.as_ref(), [] | [Token::Literal(_)])
    }
}

impl fmt::Debug for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Pattern({:?})", self.text)
    }
}

impl fmt::Display for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.text)
    }
}

struct Reader {
    kind: PatternKind,
    variables: bool,
    literal: String,
    tokens: Vec<Token>,
}

impl Reader {
    fn read(&mut self, text: &str) {
        let wildcards = matches!(self.kind, PatternKind::Action | PatternKind::Wildcards);
        let mut rest = text;
        while let Some(c) = rest.chars().next() {
            if self.variables
                && let Some(inside) = rest.strip_prefix("${")
            {
                let Some((inside, after)) = inside.split_once('}') else {
                    self.push(Token::Malformed(rest.into()));
                    break;
                };
                self.variable(inside);
                rest = after;
                continue;
            }
            match c {
                '*' if wildcards => self.push(Token::Many),
                '?' if wildcards => self.push(Token::One),
                _ if self.ignores_case() => self.literal.extend(c.to_lowercase()),
                _ => self.literal.push(c),
            }
            rest = rest.get(c.len_utf8()..).unwrap_or_default();
        }
        self.flush();
    }

    /// What stands between `${` and `}`
    fn variable(&mut self, inside: &str) {
        if let "*" | "?" | "$" = inside {
            self.literal.push_str(inside);
            return;
        }
        let (key, default) = match inside.split_once(',') {
            None => (inside, None),
            Some((key, default)) => {
                let quoted = default
                    .strip_prefix(" '")
                    .and_then(|rest| rest.strip_suffix('\''));
                match quoted {
                    Some(default) => (key, Some(self.folded(default))),
                    None => return self.push(Token::Malformed(inside.into())),
                }
            }
        };
        if key.is_empty() || key.contains(['$', '{', '\'', '*', '?', ' ']) {
            return self.push(Token::Malformed(inside.into()));
        }
        self.push(Token::Variable {
            key: key.to_ascii_lowercase().into(),
            default,
        });
    }

    fn push(&mut self, token: Token) {
        self.flush();
        // `**` says no more than `*`, and costs more.
        if token != Token::Many || self.tokens.last() != Some(&Token::Many) {
            self.tokens.push(token);
        }
    }

    fn flush(&mut self) {
        if !self.literal.is_empty() {
            let literal = std::mem::take(&mut self.literal);
            self.tokens.push(Token::Literal(literal.into()));
        }
    }

    fn ignores_case(&self) -> bool {
        matches!(
            self.kind,
            PatternKind::Action | PatternKind::ExactIgnoringCase
        )
    }

    fn folded(&self, text: &str) -> Box<str> {
        if self.ignores_case() {
            text.to_lowercase().into()
        } else {
            text.into()
        }
    }
}
