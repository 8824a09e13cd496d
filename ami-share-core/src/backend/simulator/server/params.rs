use std::collections::BTreeMap;
use std::fmt::Display;
use std::str::FromStr;

use hyper::http::request::Parts;

use super::super::refusal::Refusal;

/// The parameters of a query, as the tree that their dotted names make
///
/// EC2 numbers the items of a list from 1: `LaunchPermission.Add.1.UserId`. The lists of other
/// services have a level `member` in between.
#[derive(Clone, Debug, Default, Eq, Hash, PartialEq)]
pub(crate) struct Params {
    value: Option<String>,
    below: BTreeMap<String, Params>,
}

impl Params {
    /// No parameter of AWS is deeper
    const DEPTH: usize = 12;
    /// More than the longest list takes, which has 10,000 items; AWS documents no bound
    const MOST: usize = 40_000;

    /// From the query of the address and from the body
    ///
    /// AWS documents neither what it makes of a name that is given twice nor of a number that has
    /// no place in a list; here both are refused.
    pub(crate) fn of(head: &Parts, body: &[u8]) -> Result<Self, Refusal> {
        let content_type = head.headers.get("content-type");
        let is_form = content_type.is_none_or(|value| {
            let text = value.to_str().unwrap_or_default();
            let kind = text.split(';').next().unwrap_or_default().trim();
            kind.eq_ignore_ascii_case("application/x-www-form-urlencoded")
        });
        if !is_form && !body.is_empty() {
            return Err(malformed(
                "the content type has to be application/x-www-form-urlencoded",
            ));
        }
        let query = head.uri.query().unwrap_or_default();
        let of_query = pairs(query.as_bytes()).filter(|pair| {
            // The signature of a presigned request.
            !matches!(pair, Ok((name, _)) if name.starts_with("X-Amz-"))
        });
        let mut params = Self::default();
        for (number, pair) in of_query.chain(pairs(body)).enumerate() {
            if number == Self::MOST {
                return Err(malformed(format_args!(
                    "there are more than {} parameters",
                    Self::MOST
                )));
            }
            let (name, value) = pair?;
            params.insert(&name, value)?;
        }
        Ok(params)
    }

    fn insert(&mut self, name: &str, value: String) -> Result<(), Refusal> {
        let mut node = self;
        for (depth, part) in name.split('.').enumerate() {
            if depth == Self::DEPTH || part.is_empty() {
                return Err(unknown(name));
            }
            let is_number = part.bytes().all(|byte| byte.is_ascii_digit());
            if is_number && part.parse::<u32>().is_err() {
                return Err(malformed(format_args!(
                    "no list has an item with the number of {name}"
                )));
            }
            node = node.below.entry(part.to_owned()).or_default();
        }
        match node.value.replace(value) {
            Some(_) => Err(malformed(format_args!(
                "the parameter {name} is there twice"
            ))),
            None => Ok(()),
        }
    }

    /// The first parts of all names
    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        self.below.keys().map(String::as_str)
    }

    /// What stands below a name
    pub(crate) fn below(&self, name: &str) -> Option<&Self> {
        self.below.get(name)
    }

    /// The value itself, of an item of a list
    pub(crate) fn value(&self) -> Option<&str> {
        self.value.as_deref()
    }

    pub(crate) fn text(&self, name: &str) -> Option<&str> {
        self.below(name)?.value()
    }

    pub(crate) fn required(&self, name: &str) -> Result<&str, Refusal> {
        self.optional(name).ok_or_else(|| missing(name))
    }

    /// A parameter in the form of its type
    pub(crate) fn parsed<T: FromStr>(&self, name: &str) -> Result<Option<T>, Refusal> {
        let parse = |text: &str| text.parse().map_err(|_| invalid(name, text));
        self.text(name).map(parse).transpose()
    }

    /// A text that is not empty
    pub(crate) fn optional(&self, name: &str) -> Option<&str> {
        self.text(name).filter(|text| !text.is_empty())
    }

    /// `true` or `false`, which is also what it is where it is not given
    pub(crate) fn flag(&self, name: &str) -> Result<bool, Refusal> {
        Ok(self.optional_flag(name)?.unwrap_or(false))
    }

    /// `true` or `false`, where it is given
    pub(crate) fn optional_flag(&self, name: &str) -> Result<Option<bool>, Refusal> {
        match self.optional(name) {
            Some(text) if text.eq_ignore_ascii_case("true") => Ok(Some(true)),
            Some(text) if text.eq_ignore_ascii_case("false") => Ok(Some(false)),
            Some(text) => Err(invalid(name, text)),
            None => Ok(None),
        }
    }

    /// Refuses what stands here, below `name`, without being looked at
    pub(crate) fn only(&self, name: &str, known: &[&str]) -> Result<(), Refusal> {
        match self.names().find(|below| !known.contains(below)) {
            Some(below) => Err(unknown(&format!("{name}.{below}"))),
            None => Ok(()),
        }
    }

    /// The items of a list in order, whichever of both forms it has; their numbers may have gaps
    ///
    /// What is given where an item should be, but has no number, comes last, so that it is refused
    /// or done rather than passed over.
    pub(crate) fn items(&self, name: &str) -> Vec<&Self> {
        let Some(list) = self.below(name) else {
            return Vec::new();
        };
        let list = list.below("member").unwrap_or(list);
        let mut items: Vec<(u32, &Self)> = list
            .below
            .iter()
            .map(|(number, item)| (number.parse().unwrap_or(u32::MAX), item))
            .collect();
        items.sort_by_key(|(number, _)| *number);
        let itself = list.value.is_some().then_some(list);
        items
            .into_iter()
            .map(|(_, item)| item)
            .chain(itself)
            .collect()
    }

    /// The texts of a list in order
    pub(crate) fn texts(&self, name: &str) -> Vec<&str> {
        self.items(name)
            .into_iter()
            .filter_map(Self::value)
            .collect()
    }
}

pub(crate) fn missing(name: &str) -> Refusal {
    Refusal::new(
        "MissingParameter",
        format!("The request must contain the parameter {name}"),
    )
}

pub(crate) fn invalid(name: &str, value: impl Display) -> Refusal {
    Refusal::new(
        "InvalidParameterValue",
        format!("Value ({value}) for parameter {name} is invalid."),
    )
}

pub(crate) fn unknown(name: &str) -> Refusal {
    Refusal::new(
        "UnknownParameter",
        format!("The parameter {name} is not recognized"),
    )
}

fn malformed(problem: impl Display) -> Refusal {
    Refusal::new(
        "MalformedQueryString",
        format!("The query string contains a syntax error: {problem}"),
    )
}

/// The names and values of a form
fn pairs(form: &[u8]) -> impl Iterator<Item = Result<(String, String), Refusal>> {
    form.split(|&byte| byte == b'&')
        .filter(|pair| !pair.is_empty())
        .map(|pair| {
            let mut halves = pair.splitn(2, |&byte| byte == b'=');
            let name = decoded(halves.next().unwrap_or_default())?;
            let value = decoded(halves.next().unwrap_or_default())?;
            Ok((name, value))
        })
}

/// Unlike the decoding of browsers, it refuses what it cannot read
fn decoded(text: &[u8]) -> Result<String, Refusal> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.iter().copied();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'+' => b' ',
            b'%' => {
                let mut digit = || char::from(rest.next()?).to_digit(16);
                let (high, low) = (digit(), digit());
                let code = high.zip(low).map(|(high, low)| high * 16 + low);
                code.and_then(|code| u8::try_from(code).ok())
                    .ok_or_else(|| {
                        malformed("behind a % there have to be two hexadecimal digits")
                    })?
            }
            other => other,
        });
    }
    let text = String::from_utf8(bytes).map_err(|_| malformed("it is not UTF-8"))?;
    // XML has no way to write them back.
    match text
        .chars()
        .find(|&character| !super::xml::is_allowed(character))
    {
        Some(character) => Err(Refusal::new(
            "InvalidCharacter",
            format!(
                "The character U+{:04X} is not allowed.",
                u32::from(character)
            ),
        )),
        None => Ok(text),
    }
}
