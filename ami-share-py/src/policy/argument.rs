//! How Python's arguments become what is evaluated.

use std::collections::BTreeMap;

use ami_share_core::policy::Policy;
use ami_share_core::policy::evaluate::{Grant, GrantConstraint, Told};
use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyBytes, PyMapping, PyString};

use crate::argument::json_text;
use crate::error;
use crate::reason::WrittenProblem;

/// A layer of permissions as it was given
#[derive(Debug)]
pub(super) enum Given<T> {
    /// It is this
    These(T),
    /// There is none
    Nothing,
    /// It is not known
    Unknown,
}

impl<T> Given<T> {
    /// Reads a layer; `unknown` and `none` are words for it, and `Nothing` or `Unknown` its default
    pub(super) fn read<'py>(
        given: Option<&Bound<'py, PyAny>>,
        default: bool,
        read: impl FnOnce(&Bound<'py, PyAny>) -> PyResult<T>,
    ) -> PyResult<Self> {
        let Some(given) = given else {
            return Ok(if default {
                Self::Nothing
            } else {
                Self::Unknown
            });
        };
        if let Ok(word) = given.cast::<PyString>() {
            match word.to_cow()?.as_ref() {
                "unknown" => return Ok(Self::Unknown),
                "none" => return Ok(Self::Nothing),
                _ => {}
            }
        }
        read(given).map(Self::These)
    }

    /// What it tells the evaluation
    pub(super) fn told<'a, U>(&'a self, nothing: U, these: impl FnOnce(&'a T) -> U) -> Told<U> {
        match self {
            Self::These(given) => Told::Known(these(given)),
            Self::Nothing => Told::Known(nothing),
            Self::Unknown => Told::Unknown,
        }
    }
}

/// A policy as JSON text, or as the dict that it stands for
pub(super) fn document(field: &str, given: &Bound<'_, PyAny>) -> PyResult<Policy> {
    let text = json_text(field, given)?;
    Policy::parse(&text).map_err(|wrong| error::invalid_policy(field, &wrong))
}

/// A list of policies
pub(super) fn documents(field: &str, given: &Bound<'_, PyAny>) -> PyResult<Vec<Policy>> {
    let items = items(field, given)?.into_iter().enumerate();
    items
        .map(|(index, item)| document(&format!("{field}[{index}]"), &item))
        .collect()
}

/// Lists of policies by level
pub(super) fn levels(field: &str, given: &Bound<'_, PyAny>) -> PyResult<Vec<Vec<Policy>>> {
    let items = items(field, given)?.into_iter().enumerate();
    items
        .map(|(index, item)| documents(&format!("{field}[{index}]"), &item))
        .collect()
}

/// Grants as `ListGrants` gives them
pub(super) fn grants(given: &Bound<'_, PyAny>) -> PyResult<Vec<Grant>> {
    let items = items("grants", given)?.into_iter().enumerate();
    items
        .map(|(index, item)| grant(&format!("grants[{index}]"), &item))
        .collect()
}

/// The values of a condition key: none where the request does not have it
pub(super) fn values(key: &str, given: &Bound<'_, PyAny>) -> PyResult<Vec<String>> {
    if given.is_none() {
        return Ok(Vec::new());
    }
    if let Some(value) = value(given)? {
        return Ok(vec![value]);
    }
    let refuse = || {
        let message = format!("`{key}`: give a `str`, a `bool`, a list of these, or `None`");
        PyTypeError::new_err(message)
    };
    let items = given.try_iter().map_err(|_| refuse())?;
    items
        .map(|item| value(&item?)?.ok_or_else(refuse))
        .collect()
}

/// Pairs of texts
pub(super) fn pairs(field: &str, given: &Bound<'_, PyAny>) -> PyResult<BTreeMap<String, String>> {
    let refuse = |_| PyTypeError::new_err(format!("`{field}`: give a dict of `str` to `str`"));
    let mapping = given.cast::<PyMapping>().map_err(|_| refuse(()))?;
    let pairs = mapping.items()?;
    let pair = |pair: Bound<'_, PyAny>| pair.extract().map_err(|_| refuse(()));
    pairs.iter().map(pair).collect()
}

fn value(given: &Bound<'_, PyAny>) -> PyResult<Option<String>> {
    if let Ok(flag) = given.cast::<PyBool>() {
        return Ok(Some(flag.is_true().to_string()));
    }
    match given.cast::<PyString>() {
        Ok(text) => Ok(Some(text.to_cow()?.into_owned())),
        Err(_) => Ok(None),
    }
}

fn items<'py>(field: &str, given: &Bound<'py, PyAny>) -> PyResult<Vec<Bound<'py, PyAny>>> {
    let is_text = given.is_instance_of::<PyString>() || given.is_instance_of::<PyBytes>();
    if is_text || given.cast::<PyMapping>().is_ok() {
        let message = format!("`{field}`: give a list, not one item: put it in brackets");
        return Err(PyTypeError::new_err(message));
    }
    given.try_iter()?.collect()
}

fn grant(field: &str, given: &Bound<'_, PyAny>) -> PyResult<Grant> {
    let wrong = |what: &str| {
        let message = format!("`{field}`: {what}: give grants as `ListGrants` does");
        error::invalid_argument(WrittenProblem::new(field, message))
    };
    let mapping = given
        .cast::<PyMapping>()
        .map_err(|_| PyTypeError::new_err(format!("`{field}`: give a dict")))?;
    let member = |name: &str| -> PyResult<Option<Bound<'_, PyAny>>> {
        match mapping.contains(name)? {
            true => Ok(Some(mapping.get_item(name)?).filter(|value| !value.is_none())),
            false => Ok(None),
        }
    };
    let text = |name: &str| -> PyResult<Option<String>> {
        let text = member(name)?.map(|value| value.extract::<String>());
        text.transpose()
            .map_err(|_| wrong(&format!("`{name}` is not a `str`")))
    };
    let grantee = match text("GranteePrincipal")? {
        Some(grantee) => grantee,
        None => text("GranteeServicePrincipal")?
            .ok_or_else(|| wrong("`GranteePrincipal` is missing"))?,
    };
    let operations = member("Operations")?.ok_or_else(|| wrong("`Operations` is missing"))?;
    let operations: crate::argument::Texts = operations.extract()?;
    let id = match text("GrantId")? {
        Some(id) => id,
        None => text("Name")?.unwrap_or_default(),
    };
    let mut grant = Grant::new(&id, &grantee, operations.0.iter().map(String::as_str));
    let Some(constraints) = member("Constraints")? else {
        return Ok(grant);
    };
    let constraints = constraints
        .cast::<PyMapping>()
        .map_err(|_| wrong("`Constraints` is not a dict"))?;
    for item in constraints.items()?.iter() {
        let (name, value): (String, Bound<'_, PyAny>) = item.extract()?;
        if value.is_none() {
            continue;
        }
        let pairs = || pairs(&format!("{field}.{name}"), &value);
        match (name.as_str(), &grant.constraint) {
            ("EncryptionContextEquals", None) => {
                grant.constraint = Some(GrantConstraint::EncryptionContextEquals(pairs()?));
            }
            ("EncryptionContextSubset", None) => {
                grant.constraint = Some(GrantConstraint::EncryptionContextSubset(pairs()?));
            }
            ("SourceArn", _) => grant.source_arn = Some(value.extract()?),
            _ => return Err(wrong(&format!("the constraint `{name}` is not known here"))),
        }
    }
    Ok(grant)
}
