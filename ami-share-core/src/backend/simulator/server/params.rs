use std::collections::BTreeMap;
use std::fmt::Display;
use std::str::FromStr;

use hyper::http::request::Parts;

use super::super::refusal::Refusal;

/// The parameters of a query, as the tree that their dotted names make
///
/// EC2 numbers the items of a list from 1: `LaunchPermission.Add.1.UserId`. The lists of other
/// services have a level `member` in between.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub(crate) struct Params {
    value: Option<String>,
    below: BTreeMap<String, Params>,
}

impl Params {
    /// No parameter of AWS is deeper
    const DEPTH: usize = 12;

    /// From the query of the address and from the body
    pub(crate) fn of(head: &Parts, body: &[u8]) -> Result<Self, Refusal> {
        let content_type = head.headers.get("content-type");
        let is_form = content_type
            .and_then(|value| value.to_str().ok())
            .is_none_or(|text| text.starts_with("application/x-www-form-urlencoded"));
        if !is_form && !body.is_empty() {
            return Err(Refusal::new(
                "MalformedQueryString",
                "The content type has to be application/x-www-form-urlencoded.",
            ));
        }
        let mut params = Self::default();
        let query = head.uri.query().unwrap_or_default();
        for (name, value) in form_urlencoded::parse(query.as_bytes()) {
            if !name.starts_with("X-Amz-") {
                params.insert(&name, value.into_owned())?;
            }
        }
        if std::str::from_utf8(body).is_err() {
            return Err(Refusal::new(
                "MalformedQueryString",
                "The query string contains a syntax error: it is not UTF-8.",
            ));
        }
        for (name, value) in form_urlencoded::parse(body) {
            params.insert(&name, value.into_owned())?;
        }
        Ok(params)
    }

    fn insert(&mut self, name: &str, value: String) -> Result<(), Refusal> {
        let mut node = self;
        for (depth, part) in name.split('.').enumerate() {
            if depth == Self::DEPTH {
                return Err(unknown(name));
            }
            node = node.below.entry(part.to_owned()).or_default();
        }
        node.value = Some(value);
        Ok(())
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
        self.text(name)
            .filter(|text| !text.is_empty())
            .ok_or_else(|| missing(name))
    }

    /// A parameter in the form of its type
    pub(crate) fn parsed<T: FromStr>(&self, name: &str) -> Result<Option<T>, Refusal> {
        let parse = |text: &str| text.parse().map_err(|_| invalid(name, text));
        self.text(name).map(parse).transpose()
    }

    /// `true` or `false`, which is also what it is where it is not given
    pub(crate) fn flag(&self, name: &str) -> Result<bool, Refusal> {
        Ok(self.parsed(name)?.unwrap_or(false))
    }

    /// The items of a list in order, whichever of both forms it has
    pub(crate) fn items(&self, name: &str) -> Vec<&Self> {
        let Some(list) = self.below(name) else {
            return Vec::new();
        };
        let list = list.below("member").unwrap_or(list);
        let mut numbered: Vec<(u64, &Self)> = list
            .below
            .iter()
            .filter_map(|(number, item)| Some((number.parse().ok()?, item)))
            .collect();
        numbered.sort_by_key(|(number, _)| *number);
        numbered.into_iter().map(|(_, item)| item).collect()
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

fn unknown(name: &str) -> Refusal {
    Refusal::new(
        "UnknownParameter",
        format!("The parameter {name} is not recognized"),
    )
}
