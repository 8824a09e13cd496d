//! What all values share: they are frozen, and their JSON text is their identity.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use ami_share_core::resource::Timestamp;
use pyo3::prelude::*;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::error;

pub(crate) fn to_json<T: Serialize>(value: &T) -> PyResult<String> {
    serde_json::to_string(value).map_err(|error| error::unreadable_json(&error))
}

pub(crate) fn from_json<T: DeserializeOwned>(text: &str) -> PyResult<T> {
    serde_json::from_str(text).map_err(|error| error::unreadable_json(&error))
}

/// The value as dicts and lists of Python's own
pub(crate) fn to_python<'py, T: Serialize>(
    py: Python<'py>,
    value: &T,
) -> PyResult<Bound<'py, PyAny>> {
    py.import("json")?.call_method1("loads", (to_json(value)?,))
}

pub(crate) fn hash<T: Serialize>(value: &T) -> PyResult<u64> {
    let mut hasher = DefaultHasher::new();
    to_json(value)?.hash(&mut hasher);
    Ok(hasher.finish())
}

/// A field of the JSON form, where it is there and is text
pub(crate) fn text_field<T: Serialize>(value: &T, field: &str) -> Option<String> {
    match serde_json::to_value(value).ok()?.get(field)? {
        Value::String(text) => Some(text.clone()),
        _ => None,
    }
}

/// A field of the JSON form, where it is there and is a list of texts
pub(crate) fn text_list_field<T: Serialize>(value: &T, field: &str) -> Vec<String> {
    let value = serde_json::to_value(value).ok();
    let items = value
        .as_ref()
        .and_then(|value| value.get(field)?.as_array());
    let items = items.into_iter().flatten();
    items
        .filter_map(|item| item.as_str().map(str::to_owned))
        .collect()
}

/// The word that stands for a value without fields
pub(crate) fn word<T: Serialize>(value: &T) -> String {
    match serde_json::to_value(value) {
        Ok(Value::String(word)) => word,
        Ok(other) => other.to_string(),
        Err(_) => String::new(),
    }
}

/// The same with hyphens, as arguments have it
pub(crate) fn dashed_word<T: Serialize>(value: &T) -> String {
    word(value).replace('_', "-")
}

/// The value that a word stands for; none if there is no such word
pub(crate) fn of_word<T: DeserializeOwned>(word: &str) -> Option<T> {
    serde_json::from_value(Value::String(word.to_owned())).ok()
}

/// A moment as Python has it, a `datetime` in UTC
pub(crate) fn time(at: Timestamp) -> SystemTime {
    let seconds = at.unix_seconds();
    let distance = Duration::from_secs(seconds.unsigned_abs());
    let time = if seconds < 0 {
        UNIX_EPOCH.checked_sub(distance)
    } else {
        UNIX_EPOCH.checked_add(distance)
    };
    // INVARIANT: a timestamp has a year of four digits, which the system's clock can show.
    time.unwrap_or(UNIX_EPOCH)
}

/// The texts of ids
pub(crate) fn texts<T: ToString>(ids: impl IntoIterator<Item = T>) -> Vec<String> {
    ids.into_iter().map(|id| id.to_string()).collect()
}

/// Text as Python writes it in a repr
pub(crate) fn quoted(text: &str) -> String {
    let escaped = text.replace('\\', "\\\\").replace('\'', "\\'");
    format!("'{}'", escaped.replace('\n', "\\n"))
}

/// A truth value as Python writes it
pub(crate) fn truth(is_so: bool) -> &'static str {
    if is_so { "True" } else { "False" }
}

/// A list as Python writes it, cut to its first items
pub(crate) fn short_list<T: ToString>(items: impl ExactSizeIterator<Item = T>) -> String {
    const SHOWN: usize = 4;
    let count = items.len();
    let mut shown: Vec<String> = items
        .take(SHOWN)
        .map(|item| quoted(&item.to_string()))
        .collect();
    if count > SHOWN {
        shown.push(format!("… {} more", count - SHOWN));
    }
    format!("[{}]", shown.join(", "))
}

/// The methods of a class that wraps a serde value; equality comes with `#[pyclass(eq)]`
macro_rules! value_methods {
    ($class:ident) => {
        #[pyo3::pymethods]
        impl $class {
            fn to_json(&self) -> pyo3::PyResult<String> {
                $crate::value::to_json(&self.0)
            }

            #[classmethod]
            fn from_json(
                _class: &pyo3::Bound<'_, pyo3::types::PyType>,
                text: &str,
            ) -> pyo3::PyResult<Self> {
                $crate::value::from_json(text).map(Self)
            }

            fn to_dict<'py>(
                &self,
                py: pyo3::Python<'py>,
            ) -> pyo3::PyResult<pyo3::Bound<'py, pyo3::PyAny>> {
                $crate::value::to_python(py, &self.0)
            }

            fn __hash__(&self) -> pyo3::PyResult<u64> {
                $crate::value::hash(&self.0)
            }

            fn __reduce__<'py>(
                slf: &pyo3::Bound<'py, Self>,
            ) -> pyo3::PyResult<(pyo3::Bound<'py, pyo3::PyAny>, (String,))> {
                use pyo3::types::PyAnyMethods;
                let make = slf.get_type().getattr("from_json")?;
                Ok((make, (slf.get().to_json()?,)))
            }
        }
    };
}

pub(crate) use value_methods;

/// The ids of a value as attributes: of which account, where, of which image
macro_rules! id_getters {
    ($class:ident, $($id:ident),+) => {
        #[pyo3::pymethods]
        impl $class {
            $(
                #[getter]
                fn $id(&self) -> String {
                    self.0.$id.to_string()
                }
            )+
        }
    };
}

pub(crate) use id_getters;

/// How a report of writes ended
macro_rules! ended_getters {
    ($class:ident) => {
        #[pyo3::pymethods]
        impl $class {
            #[getter]
            fn is_complete(&self) -> bool {
                self.0.is_complete()
            }

            #[getter]
            fn is_empty(&self) -> bool {
                self.0.is_empty()
            }
        }
    };
}

pub(crate) use ended_getters;

/// How a class that wraps a value of the core is shown: its text, and what a notebook shows
macro_rules! printed_methods {
    ($class:ident, $html:path) => {
        #[pyo3::pymethods]
        impl $class {
            fn __str__(&self) -> String {
                self.0.to_string().trim_end().to_owned()
            }

            fn _repr_html_(&self) -> String {
                $html(&self.0)
            }
        }
    };
}

pub(crate) use printed_methods;
