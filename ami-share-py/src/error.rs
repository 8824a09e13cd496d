//! Errors become exceptions of `ami_share.exceptions`, with their fields.

use ami_share_core::id::KeyArn;
use ami_share_core::outcome::RecipientReport;
use ami_share_core::plan::{Change, CopyRefusals, Refusals};
use ami_share_core::policy::{EditedStatements, ParseKeyPolicyError, ParsePolicyError, PatchError};
use ami_share_core::{ApiError, Error, Report};
use pyo3::IntoPyObjectExt;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;

use crate::copy::CopyReport;
use crate::distribution::{DistributionProblem, DistributionReport};
use crate::reason::{CopyRefusal, Problem, Refusal, WorldChange, WrittenProblem};
use crate::value::word;
use crate::verification::Verification;
use crate::{recipient, report};

/// Why a verb did not succeed
pub(crate) fn raised(py: Python<'_>, error: &Error) -> PyErr {
    match error {
        Error::Api(error) => api(py, error),
        Error::Incomplete(report) => incomplete(py, error, report),
        Error::KeyWithoutAlias {
            key,
            alias,
            error: refused,
        } => key_without_alias(py, error, key, alias, refused),
        Error::InvalidRequest(error) => {
            invalid_request(error.problems().iter().map(WrittenProblem::from).collect())
        }
        Error::Refused(refusals) => refused(py, refusals),
        Error::CopyRefused(refusals) => copy_refused(py, refusals),
        Error::CopyIncomplete(report) => {
            let report = CopyReport((**report).clone());
            exception(py, "CopyIncompleteError", (error.to_string(), report))
        }
        Error::WorldChanged(changes) => world_changed(py, error, changes),
        Error::DistributionIncomplete(report) => {
            let report = DistributionReport((**report).clone());
            let arguments = (error.to_string(), report);
            exception(py, "DistributionIncompleteError", arguments)
        }
        Error::ImageNotResolved { region, because } => {
            let arguments = (error.to_string(), region.as_str(), because.as_str());
            exception(py, "ImageNotResolvedError", arguments)
        }
        Error::RecipientsIncomplete(report) => recipients_incomplete(py, error, report),
        Error::NotVerified(verification) => {
            let verification = Verification((**verification).clone());
            exception(py, "NotVerifiedError", (error.to_string(), verification))
        }
        // The error enum may grow; a new kind is told by its text until it has a class.
        Error::Configuration(_) | _ => exception(py, "ConfigurationError", (error.to_string(),)),
    }
}

/// The same for what a world of the simulator answered
pub(crate) fn raised_api(error: ApiError) -> PyErr {
    Python::attach(|py| api(py, &error))
}

pub(crate) fn configuration(py: Python<'_>, message: &str) -> PyErr {
    exception(py, "ConfigurationError", (message,))
}

pub(crate) fn forked(py: Python<'_>) -> PyErr {
    let message = "this process was forked from one that had used `ami_share` already: start \
                   processes with `spawn` or `forkserver`, or use it in the child only";
    exception(py, "ForkedProcessError", (message,))
}

/// A request that is wrong in itself
pub(crate) fn invalid_request(problems: Vec<WrittenProblem>) -> PyErr {
    let texts: Vec<&str> = problems.iter().map(|p| p.message.as_str()).collect();
    let message = format!("the request cannot be carried out: {}", texts.join("; "));
    invalid(&message, problems)
}

/// Another argument that is wrong in itself
pub(crate) fn invalid_argument(problem: WrittenProblem) -> PyErr {
    invalid(&problem.message.clone(), vec![problem])
}

fn invalid(message: &str, problems: Vec<WrittenProblem>) -> PyErr {
    let problems: Vec<Problem> = problems.into_iter().map(Problem).collect();
    Python::attach(|py| exception(py, "InvalidRequestError", (message, problems)))
}

/// A distribution that is wrong in itself
pub(crate) fn distribution(
    message: String,
    file: Option<String>,
    problems: Vec<DistributionProblem>,
) -> PyErr {
    Python::attach(|py| exception(py, "DistributionError", (message, file, problems)))
}

pub(crate) fn unreadable_json(error: &serde_json::Error) -> PyErr {
    let message = format!("the JSON text cannot be read: {error}");
    invalid_argument(WrittenProblem::new("json", message))
}

/// Text that is not a key policy
pub(crate) fn invalid_key_policy(wrong: &ParseKeyPolicyError) -> PyErr {
    let place = (Some(wrong.line()), Some(wrong.column()), wrong.path());
    not_a_policy(
        "text",
        wrong.to_string(),
        place,
        wrong.problem().to_string(),
    )
}

/// Another policy that cannot be read
pub(crate) fn invalid_policy(field: &str, wrong: &ParsePolicyError) -> PyErr {
    let message = format!("`{field}` cannot be read: {wrong}");
    let path = if wrong.path() == "policy" {
        ""
    } else {
        wrong.path()
    };
    let place = (None, None, path);
    not_a_policy(field, message, place, wrong.problem().to_owned())
}

fn not_a_policy(
    field: &str,
    message: String,
    (line, column, path): (Option<usize>, Option<usize>, &str),
    problem: String,
) -> PyErr {
    let problems = vec![Problem(WrittenProblem::new(field, message.as_str()))];
    let arguments = (message, problems, line, column, path, problem);
    Python::attach(|py| exception(py, "InvalidPolicyError", arguments))
}

/// A key policy that is not to be written
pub(crate) fn patch_refused(refused: &PatchError) -> PyErr {
    let kind = match refused {
        PatchError::DeadPrincipal { .. } => "dead_principal",
        PatchError::Lockout => "lockout",
        PatchError::NoVariables => "no_variables",
        PatchError::OpenToTheWorld { .. } => "open_to_the_world",
        PatchError::Partitions { .. } => "partitions",
        PatchError::TooLarge { .. } => "too_large",
        // The error enum may grow; a new kind is told by its text until it has a word.
        _ => "other",
    };
    not_patched(refused.to_string(), kind, &refused.mend())
}

/// Statements of ours that somebody else has edited
pub(crate) fn edited(edited: &EditedStatements) -> PyErr {
    let mend = "look at what they say, then write all that is wanted by `patched`";
    not_patched(edited.to_string(), "edited_statements", mend)
}

fn not_patched(message: String, kind: &str, mend: &str) -> PyErr {
    Python::attach(|py| exception(py, "PatchRefusedError", (message, kind, mend)))
}

/// The exception object that stands for AWS's answer; it may be raised or only be looked at
pub(crate) fn api_object<'py>(py: Python<'py>, error: &ApiError) -> PyResult<Bound<'py, PyAny>> {
    class(py, "AwsApiError")?.call1((
        error.to_string(),
        word(&error.kind()),
        error.operation(),
        error.code(),
        error.message(),
        error.request_id(),
        error.is_retryable(),
    ))
}

fn api(py: Python<'_>, error: &ApiError) -> PyErr {
    api_object(py, error).map_or_else(|failed| failed, PyErr::from_value)
}

fn incomplete(py: Python<'_>, error: &Error, report: &Report) -> PyErr {
    let report = report::Report(report.clone());
    exception(py, "IncompleteError", (error.to_string(), report))
}

fn recipients_incomplete(py: Python<'_>, error: &Error, report: &RecipientReport) -> PyErr {
    match recipient::report(py, report) {
        Ok(report) => {
            let arguments = (error.to_string(), report);
            exception(py, "RecipientsIncompleteError", arguments)
        }
        Err(failed) => failed,
    }
}

fn refused(py: Python<'_>, refusals: &Refusals) -> PyErr {
    let each: Vec<Refusal> = refusals.into_iter().cloned().map(Refusal).collect();
    exception(py, "RefusedError", (refusals.to_string(), each))
}

/// In the words of the Python arguments, where the core's differ
fn copy_refused(py: Python<'_>, refusals: &CopyRefusals) -> PyErr {
    let each = refusals.as_slice().iter().cloned().map(CopyRefusal);
    let each: Vec<CopyRefusal> = each.collect();
    let texts: Vec<String> = each.iter().map(CopyRefusal::__str__).collect();
    let message = format!("refused before anything was written: {}", texts.join("; "));
    exception(py, "CopyRefusedError", (message, each))
}

fn key_without_alias(
    py: Python<'_>,
    error: &Error,
    key: &KeyArn,
    alias: &str,
    refused: &ApiError,
) -> PyErr {
    match api_object(py, refused) {
        Ok(refused) => {
            let arguments = (error.to_string(), key.as_str(), alias, refused);
            exception(py, "KeyWithoutAliasError", arguments)
        }
        Err(failed) => failed,
    }
}

fn world_changed(py: Python<'_>, error: &Error, changes: &[Change]) -> PyErr {
    let changes: Vec<WorldChange> = changes.iter().cloned().map(WorldChange).collect();
    exception(py, "WorldChangedError", (error.to_string(), changes))
}

/// An exception of the Python module; whatever goes wrong on the way is raised instead
fn exception<'py, A>(py: Python<'py>, name: &str, arguments: A) -> PyErr
where
    A: pyo3::call::PyCallArgs<'py>,
{
    class(py, name)
        .and_then(|class| class.call1(arguments))
        .map_or_else(|failed| failed, PyErr::from_value)
}

/// The classes are Python's own: below 3.12 a stable-ABI module cannot extend `Exception`
fn class<'py>(py: Python<'py>, name: &str) -> PyResult<Bound<'py, PyAny>> {
    static MODULE: PyOnceLock<Py<PyAny>> = PyOnceLock::new();
    let module =
        MODULE.get_or_try_init(py, || py.import("ami_share.exceptions")?.into_py_any(py))?;
    module.bind(py).getattr(name)
}
