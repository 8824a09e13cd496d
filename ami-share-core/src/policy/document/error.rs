use std::fmt;

/// Text that is not a key policy: where it goes wrong, and what would be right
///
/// ```
/// use ami_share_core::policy::KeyPolicy;
///
/// let error = KeyPolicy::parse("{\"Version\": \"2012–10–17\", \"Statement\": []}").unwrap_err();
/// assert_eq!(
///     error.to_string(),
///     "line 1, column 18, at `Version`: the character `–` (U+2013) is not one that KMS takes: \
///      write `-`"
/// );
/// ```
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[error("line {line}, column {column}{}: {problem}", At(path))]
pub struct ParseKeyPolicyError {
    line: usize,
    column: usize,
    path: String,
    problem: KeyPolicyProblem,
}

impl ParseKeyPolicyError {
    pub(super) fn new(text: &str, fault: Fault) -> Self {
        let before = text.get(..fault.at).unwrap_or(text);
        let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
        let column = before.get(line_start..).unwrap_or_default();
        Self {
            line: before.matches('\n').count() + 1,
            column: column.chars().count() + 1,
            path: path(fault.steps),
            problem: fault.problem,
        }
    }

    /// The line, from 1
    pub fn line(&self) -> usize {
        self.line
    }

    /// The column in characters, from 1
    pub fn column(&self) -> usize {
        self.column
    }

    /// The place in the document, such as `Statement[2].Principal.AWS`; empty for the whole of it
    pub fn path(&self) -> &str {
        &self.path
    }

    /// What is wrong there
    pub fn problem(&self) -> &KeyPolicyProblem {
        &self.problem
    }
}

/// What is wrong with the text of a key policy; printed together with what would be right
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum KeyPolicyProblem {
    /// KMS, or JSON at this place, does not take the character
    Character(char),
    /// A member of an object is given twice
    DuplicateMember(String),
    /// A statement has both an element and its negation, such as `Action` and `NotAction`
    Exclusive(&'static str, &'static str),
    /// A member that has to be there is not
    MissingMember(&'static str),
    /// The text is not JSON from here on
    NotJson {
        /// What should stand here
        expected: &'static str,
        /// What stands here; nothing at the end of the text
        found: Option<char>,
    },
    /// A number beyond those that a program can hold
    NumberTooLarge(String),
    /// Lists or objects lie deeper in one another than any policy has them
    TooDeep,
    /// Text follows the policy
    TrailingText,
    /// A member that no policy has
    UnknownMember {
        /// Its name
        name: String,
        /// The names that are known here
        known: &'static str,
    },
    /// A value of the wrong kind, such as a number for text
    WrongType {
        /// Its kind
        found: &'static str,
        /// What should stand here
        expected: &'static str,
    },
    /// A value that does not exist, such as the effect `allow`
    WrongValue {
        /// The value
        found: String,
        /// What should stand here
        expected: &'static str,
    },
}

impl fmt::Display for KeyPolicyProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Character(character) => write!(
                f,
                "the character `{}` (U+{:04X}) is not one that {}",
                character.escape_debug(),
                u32::from(*character),
                mend_character(*character),
            ),
            Self::DuplicateMember(name) => {
                let name = Shown(name);
                write!(f, "`{name}` is given twice: keep one, with all its values")
            }
            Self::Exclusive(one, other) => {
                write!(f, "`{one}` and `{other}` exclude each other: keep one")
            }
            Self::MissingMember(name) => write!(f, "`{name}` is missing"),
            Self::NotJson { expected, found } => match found {
                Some(found) => write!(f, "expected {expected}, found `{}`", found.escape_debug()),
                None => write!(f, "expected {expected}, found the end of the text"),
            },
            Self::NumberTooLarge(number) => {
                write!(
                    f,
                    "`{}` is too large: give a number within ±1.7e308",
                    Shown(number)
                )
            }
            Self::TooDeep => f.write_str("lists and objects lie too deep in one another"),
            Self::TrailingText => f.write_str("text follows the policy: take it out"),
            Self::UnknownMember { name, known } => {
                write!(f, "`{}` is not known here: give {known}", Shown(name))
            }
            Self::WrongType { found, expected } => write!(f, "found {found}: give {expected}"),
            Self::WrongValue { found, expected } => {
                write!(f, "`{}` is not known here: give {expected}", Shown(found))
            }
        }
    }
}

/// Who does not take the character, and what to write instead
fn mend_character(character: char) -> &'static str {
    match character {
        '\u{2010}'..='\u{2015}' | '\u{2212}' => "KMS takes: write `-`",
        '\u{201C}'..='\u{201F}' | '\u{2033}' => "KMS takes: write a straight `\"`",
        '\u{2018}'..='\u{201B}' | '\u{2032}' => "KMS takes: write a straight `'`",
        '\u{FEFF}' => "KMS takes: save the text without a byte order mark",
        '\u{2000}'..='\u{200B}' | '\u{202F}' | '\u{3000}' => "KMS takes: write a plain space",
        '\t' | '\n' | '\r' => "JSON takes inside quotes: close the quotes, or write an escape",
        _ => "KMS takes: it takes tab, line feed, carriage return and U+0020 to U+00FF only",
    }
}

/// A fault on its way up from where it was found; the steps are gathered innermost first
#[derive(Debug)]
pub(super) struct Fault {
    pub(super) at: usize,
    pub(super) steps: Vec<Step>,
    pub(super) problem: KeyPolicyProblem,
}

impl Fault {
    pub(super) fn new(at: usize, problem: KeyPolicyProblem) -> Self {
        let steps = Vec::new();
        Self { at, steps, problem }
    }

    pub(super) fn within(mut self, step: Step) -> Self {
        self.steps.push(step);
        self
    }
}

/// A step down into a document
#[derive(Debug)]
pub(super) enum Step {
    Item(usize),
    Member(String),
}

fn path(steps: Vec<Step>) -> String {
    let mut path = String::new();
    for step in steps.into_iter().rev() {
        match step {
            Step::Item(index) => path.push_str(&format!("[{index}]")),
            Step::Member(name) => {
                if !path.is_empty() {
                    path.push('.');
                }
                path.push_str(&name);
            }
        }
    }
    path
}

/// A text from outside: on one line, and no longer than a reader can bear
struct Shown<'a>(&'a str);

impl fmt::Display for Shown<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const MOST: usize = 200;
        let mut characters = self.0.chars();
        for character in characters.by_ref().take(MOST) {
            write!(f, "{}", character.escape_debug())?;
        }
        match characters.next() {
            Some(_) => f.write_str("…"),
            None => Ok(()),
        }
    }
}

struct At<'a>(&'a str);

impl fmt::Display for At<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.is_empty() {
            return Ok(());
        }
        write!(f, ", at `{}`", Shown(self.0))
    }
}
