//! Reads JSON with the place of every value in its text.
//!
//! `serde_json` neither keeps the place of a value nor sees a member that is given twice, and both are
//! needed: what is not changed is copied from the text, and an error says where it is. Tests hold this
//! reader against it.

use std::borrow::Cow;

use super::error::{Fault, KeyPolicyProblem, Step};
use super::node::{Json, Member, Node};

/// Reads the whole text as one value
pub(super) fn parse(text: &str) -> Result<Node, Fault> {
    let mut reader = Reader {
        text,
        at: 0,
        depth: 0,
    };
    reader.skip_space();
    let node = reader.value()?;
    reader.skip_space();
    match reader.character() {
        None => Ok(node),
        Some(character) if is_strange(character) => {
            Err(reader.fault(KeyPolicyProblem::Character(character)))
        }
        Some(_) => Err(reader.fault(KeyPolicyProblem::TrailingText)),
    }
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
    depth: usize,
}

impl Reader<'_> {
    fn value(&mut self) -> Result<Node, Fault> {
        let start = self.at;
        let value = match self.byte() {
            Some(b'{') => self.deeper(Self::object)?,
            Some(b'[') => self.deeper(Self::list)?,
            Some(b'"') => self.string()?,
            Some(b'-' | b'0'..=b'9') => self.number()?,
            Some(b't') => self.word("true", Json::Bool)?,
            Some(b'f') => self.word("false", Json::Bool)?,
            Some(b'n') => self.word("null", Json::Null)?,
            _ => return Err(self.expected("a value")),
        };
        let range = start..self.at;
        Ok(Node { range, value })
    }

    fn deeper(&mut self, read: fn(&mut Self) -> Result<Json, Fault>) -> Result<Json, Fault> {
        const DEEPEST: usize = 64;
        if self.depth == DEEPEST {
            return Err(self.fault(KeyPolicyProblem::TooDeep));
        }
        self.depth += 1;
        let value = read(self);
        self.depth -= 1;
        value
    }

    fn object(&mut self) -> Result<Json, Fault> {
        let mut members: Vec<Member> = Vec::new();
        self.at += 1;
        self.skip_space();
        if self.take(b'}') {
            return Ok(Json::Object(members));
        }
        loop {
            if self.byte() != Some(b'"') {
                return Err(self.expected("the name of a member in quotes"));
            }
            let start = self.at;
            let value = self.string()?;
            let name = Node {
                range: start..self.at,
                value,
            };
            self.skip_space();
            if !self.take(b':') {
                return Err(self.expected("`:`"));
            }
            self.skip_space();
            let value = self
                .value()
                .map_err(|fault| fault.within(Step::Member(name.text(self.text).into())))?;
            members.push(Member { name, value });
            self.skip_space();
            if self.take(b'}') {
                break;
            }
            if !self.take(b',') {
                return Err(self.expected("`,` or `}`"));
            }
            self.skip_space();
        }
        self.refuse_duplicates(&members)?;
        Ok(Json::Object(members))
    }

    fn list(&mut self) -> Result<Json, Fault> {
        let mut items = Vec::new();
        self.at += 1;
        self.skip_space();
        if self.take(b']') {
            return Ok(Json::List(items));
        }
        loop {
            let item = self
                .value()
                .map_err(|fault| fault.within(Step::Item(items.len())))?;
            items.push(item);
            self.skip_space();
            if self.take(b']') {
                return Ok(Json::List(items));
            }
            if !self.take(b',') {
                return Err(self.expected("`,` or `]`"));
            }
            self.skip_space();
        }
    }

    fn refuse_duplicates(&self, members: &[Member]) -> Result<(), Fault> {
        if let [] | [_] = members {
            return Ok(());
        }
        let mut names: Vec<(Cow<'_, str>, usize)> = members
            .iter()
            .map(|member| (member.name.text(self.text), member.name.range.start))
            .collect();
        names.sort_unstable();
        let second = names
            .windows(2)
            .filter_map(|pair| match pair {
                [(name, _), (next, at)] if name == next => Some((*at, next)),
                _ => None,
            })
            .min();
        match second {
            None => Ok(()),
            Some((at, name)) => {
                let problem = KeyPolicyProblem::DuplicateMember(name.clone().into_owned());
                Err(Fault::new(at, problem).within(Step::Member(name.clone().into_owned())))
            }
        }
    }

    fn string(&mut self) -> Result<Json, Fault> {
        let start = self.at;
        let mut escaped = false;
        self.at += 1;
        loop {
            self.skip(|byte| matches!(byte, b' '..=b'~') && !matches!(byte, b'"' | b'\\'));
            match self.byte() {
                Some(b'"') => break,
                Some(b'\\') => {
                    escaped = true;
                    self.at += 1;
                    // Whatever follows is no end of the string; the escapes are read below.
                    self.at += self.character().map_or(0, char::len_utf8);
                }
                _ => match self.character() {
                    None => return Err(self.expected("`\"` at the end of the string")),
                    Some(character) if is_strange(character) => {
                        return Err(self.fault(KeyPolicyProblem::Character(character)));
                    }
                    Some(character) => self.at += character.len_utf8(),
                },
            }
        }
        self.at += 1;
        let raw = self.text.get(start..self.at).unwrap_or_default();
        if escaped && serde_json::from_str::<String>(raw).is_err() {
            self.at = start;
            let expected = "a string whose escapes are JSON's (`\\\\`, `\\\"`, `\\n`, `\\u00e9`)";
            return Err(self.expected(expected));
        }
        Ok(Json::Text { escaped })
    }

    fn number(&mut self) -> Result<Json, Fault> {
        let start = self.at;
        self.take(b'-');
        if !self.take(b'0') {
            self.digits()?;
        }
        if self.take(b'.') {
            self.digits()?;
        }
        if self.take(b'e') || self.take(b'E') {
            let _ = self.take(b'+') || self.take(b'-');
            self.digits()?;
        }
        let raw = self.text.get(start..self.at).unwrap_or_default();
        if serde_json::from_str::<serde_json::Number>(raw).is_err() {
            let problem = KeyPolicyProblem::NumberTooLarge(raw.to_owned());
            self.at = start;
            return Err(self.fault(problem));
        }
        Ok(Json::Number)
    }

    fn digits(&mut self) -> Result<(), Fault> {
        let start = self.at;
        self.skip(u8::is_ascii_digit);
        if self.at == start {
            return Err(self.expected("a digit"));
        }
        Ok(())
    }

    fn word(&mut self, word: &str, value: Json) -> Result<Json, Fault> {
        let rest = self.text.get(self.at..).unwrap_or_default();
        if !rest.starts_with(word) {
            return Err(self.expected("a value"));
        }
        self.at += word.len();
        Ok(value)
    }

    fn byte(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn character(&self) -> Option<char> {
        self.text.get(self.at..)?.chars().next()
    }

    fn take(&mut self, byte: u8) -> bool {
        let is_there = self.byte() == Some(byte);
        self.at += usize::from(is_there);
        is_there
    }

    fn skip_space(&mut self) {
        self.skip(|byte| matches!(byte, b' ' | b'\t' | b'\n' | b'\r'));
    }

    fn skip(&mut self, is_skipped: impl Fn(&u8) -> bool) {
        let rest = self.text.as_bytes().get(self.at..).unwrap_or_default();
        let skipped = rest.iter().position(|byte| !is_skipped(byte));
        self.at += skipped.unwrap_or(rest.len());
    }

    fn fault(&self, problem: KeyPolicyProblem) -> Fault {
        Fault::new(self.at, problem)
    }

    fn expected(&self, expected: &'static str) -> Fault {
        match self.character() {
            Some(character) if is_strange(character) => {
                self.fault(KeyPolicyProblem::Character(character))
            }
            found => self.fault(KeyPolicyProblem::NotJson { expected, found }),
        }
    }
}

/// Whether KMS takes the character nowhere, or JSON not inside a string
fn is_strange(character: char) -> bool {
    !matches!(character, ' '..='\u{FF}')
}
