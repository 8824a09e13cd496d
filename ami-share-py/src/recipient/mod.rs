//! What is done on the side of recipients: parameters, grants for roles of services, tags, usage.

mod named;
mod outcome;
mod parameter;
mod service_role;
mod tag;
mod usage;

pub(crate) use named::{
    NamedImages, accounts, all, by_region, finished, finished_in_words, named_getters,
    named_images, with_images,
};
pub(crate) use parameter::{ParameterReport, ParameterRequest, WrittenParameter};
pub(crate) use service_role::{
    ServiceLinkedRoleReport, ServiceLinkedRoleRequest, ServiceRoleGrant,
};
pub(crate) use tag::{RecipientTagReport, RecipientTagRequest, WrittenTags};
pub(crate) use usage::{Hurt, ImageUsage, ImageUsageReport, UsageRequest, UsedImage};

use ami_share_core::outcome::RecipientReport;
use pyo3::IntoPyObjectExt;
use pyo3::prelude::*;

/// What was written for recipients, as the class of what it was
pub(crate) fn report(py: Python<'_>, report: &RecipientReport) -> PyResult<Py<PyAny>> {
    match report {
        RecipientReport::Parameters(report) => ParameterReport(report.clone()).into_py_any(py),
        RecipientReport::ServiceLinkedRoles(report) => {
            ServiceLinkedRoleReport(report.clone()).into_py_any(py)
        }
        RecipientReport::Tags(report) => RecipientTagReport(report.clone()).into_py_any(py),
        // The enum may grow; a new kind is missing until it has a class.
        _ => Ok(py.None()),
    }
}
