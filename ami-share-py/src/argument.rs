//! How Python's arguments become the core's values.

use std::str::FromStr;
use std::time::Duration;

use ami_share_core::EngineOptions;
use ami_share_core::id::ParseIdError;
use ami_share_core::request::RequestProblem;
use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDict, PyMapping, PyString};
use serde::de::DeserializeOwned;

use crate::error;
use crate::reason::WrittenProblem;
use crate::value::of_word;

/// Any iterable of `str` that is not itself a `str`
#[derive(Debug, Default)]
pub(crate) struct Texts(pub(crate) Vec<String>);

impl<'a, 'py> FromPyObject<'a, 'py> for Texts {
    type Error = PyErr;

    fn extract(given: Borrowed<'a, 'py, PyAny>) -> Result<Self, PyErr> {
        if given.is_instance_of::<PyString>() || given.is_instance_of::<PyBytes>() {
            return Err(PyTypeError::new_err(
                "give a list of `str`, not one `str`: put it in brackets",
            ));
        }
        let texts = given.try_iter()?.map(|item| {
            let item = item?;
            item.extract::<String>().map_err(|_| {
                let class = item.get_type();
                PyTypeError::new_err(format!(
                    "ids are `str`, not `{}`: leading zeros of account ids count",
                    class
                        .name()
                        .map_or_else(|_| String::new(), |name| name.to_string())
                ))
            })
        });
        texts.collect::<PyResult<_>>().map(Self)
    }
}

/// An id from its text
pub(crate) fn id<T: FromStr<Err = ParseIdError>>(text: &str) -> PyResult<T> {
    text.parse()
        .map_err(|error| error::invalid_argument(WrittenProblem::from(&RequestProblem::Id(error))))
}

/// The same for an argument whose name the kind of id does not tell
pub(crate) fn named_id<T: FromStr<Err = ParseIdError>>(field: &str, text: &str) -> PyResult<T> {
    text.parse().map_err(|wrong: ParseIdError| {
        error::invalid_argument(WrittenProblem::new(field, wrong.to_string()))
    })
}

/// A document as JSON text, or as the dict that it stands for
pub(crate) fn json_text(field: &str, given: &Bound<'_, PyAny>) -> PyResult<String> {
    if given.cast::<PyMapping>().is_ok() {
        let py = given.py();
        let dict = py.get_type::<PyDict>().call1((given,))?;
        return py.import("json")?.call_method1("dumps", (dict,))?.extract();
    }
    given
        .extract()
        .map_err(|_| PyTypeError::new_err(format!("`{field}`: give JSON text, or a dict")))
}

/// Ids from their texts; what cannot be read is told with the argument's name
pub(crate) fn ids<T: FromStr<Err = ParseIdError>, C: FromIterator<T>>(
    field: &str,
    texts: Texts,
    problems: &mut Vec<WrittenProblem>,
) -> C {
    let parsed = texts.0.iter().filter_map(|text| match text.parse() {
        Ok(id) => Some(id),
        Err(error) => {
            problems.push(WrittenProblem::new(field, ParseIdError::to_string(&error)));
            None
        }
    });
    parsed.collect()
}

/// What one of a few words stands for
pub(crate) fn choice<T: DeserializeOwned>(
    field: &str,
    word: &str,
    words: &str,
) -> Result<T, WrittenProblem> {
    of_word(word)
        .ok_or_else(|| WrittenProblem::new(field, format!("`{field}` is `{word}`: give {words}")))
}

/// What a word with hyphens stands for, where the core writes it with underscores
pub(crate) fn dashed_choice<T: DeserializeOwned>(
    field: &str,
    word: &str,
    words: &str,
) -> Result<T, WrittenProblem> {
    let known = (!word.contains('_')).then(|| of_word(&word.replace('-', "_")));
    known
        .flatten()
        .ok_or_else(|| WrittenProblem::new(field, format!("`{field}` is `{word}`: give {words}")))
}

/// The same where nothing else is checked with it
pub(crate) fn chosen<T: DeserializeOwned>(field: &str, word: &str, words: &str) -> PyResult<T> {
    choice(field, word, words).map_err(error::invalid_argument)
}

/// How a sharer works, whatever the request
pub(crate) fn engine_options(
    py: Python<'_>,
    concurrency: Option<usize>,
    consistency_timeout: Option<f64>,
    key_consistency_timeout: Option<f64>,
    key_settle_time: Option<f64>,
) -> PyResult<EngineOptions> {
    let mut options = EngineOptions::default();
    if let Some(concurrency) = concurrency {
        if concurrency == 0 {
            return Err(error::configuration(
                py,
                "`concurrency` is 0: give at least 1",
            ));
        }
        options = options.with_concurrency(concurrency);
    }
    if let Some(seconds) = consistency_timeout {
        let timeout = timeout(py, "consistency_timeout", seconds)?;
        options = options.with_consistency_timeout(timeout);
    }
    if let Some(seconds) = key_consistency_timeout {
        let timeout = timeout(py, "key_consistency_timeout", seconds)?;
        options = options.with_key_consistency_timeout(timeout);
    }
    if let Some(seconds) = key_settle_time {
        options = options.with_key_settle_time(timeout(py, "key_settle_time", seconds)?);
    }
    Ok(options)
}

fn timeout(py: Python<'_>, field: &str, seconds: f64) -> PyResult<Duration> {
    duration(seconds).ok_or_else(|| {
        let message = format!("`{field}` is {seconds}: give seconds, 0 or more");
        error::configuration(py, &message)
    })
}

/// So many seconds; none if that is no time, or more than a century, which would overflow the clock
pub(crate) fn duration(seconds: f64) -> Option<Duration> {
    Duration::try_from_secs_f64(seconds)
        .ok()
        .filter(|duration| duration.as_secs() < 3_000_000_000)
}
