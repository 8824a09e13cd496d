//! How Python's arguments become the core's values.

use std::str::FromStr;
use std::time::Duration;

use ami_share_core::EngineOptions;
use ami_share_core::id::ParseIdError;
use ami_share_core::request::RequestProblem;
use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyString};
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

/// The same where nothing else is checked with it
pub(crate) fn chosen<T: DeserializeOwned>(field: &str, word: &str, words: &str) -> PyResult<T> {
    choice(field, word, words).map_err(error::invalid_argument)
}

/// How a sharer works, whatever the request
pub(crate) fn engine_options(
    py: Python<'_>,
    concurrency: Option<usize>,
    consistency_timeout: Option<f64>,
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
        // More than a century would overflow the clock.
        let timeout = Duration::try_from_secs_f64(seconds)
            .ok()
            .filter(|timeout| timeout.as_secs() < 3_000_000_000);
        let Some(timeout) = timeout else {
            return Err(error::configuration(
                py,
                &format!("`consistency_timeout` is {seconds}: give seconds, 0 or more"),
            ));
        };
        options = options.with_consistency_timeout(timeout);
    }
    Ok(options)
}
