//! The verbs of `SharerHandle` for copies.

use std::future::Future;

use ami_share_core::plan::CopyPlan as CorePlan;
use ami_share_core::request::CopyRequest as CoreRequest;
use ami_share_core::{ApplyOptions, CopyReport as CoreReport, Error, Sharer};
use pyo3::prelude::*;

use crate::cancel::Cancel;
use crate::copy::{CopyPlan, CopyRequest};
use crate::long_run::{Given, LongRun};
use crate::sharer::{SharerHandle, options};
use crate::verb::verb;

verb!(plan_copies, plan_copies_async, (request: CopyRequest) -> CopyPlan);

#[pymethods]
impl SharerHandle {
    fn apply_copies(
        &self,
        py: Python<'_>,
        plan: &CopyPlan,
        on_change: &str,
        cancel: Option<&Cancel>,
    ) -> PyResult<Py<PyAny>> {
        self.start_apply_copies(py, plan, on_change, cancel, false)?
            .wait(py)
    }

    fn start_apply_copies(
        &self,
        py: Python<'_>,
        plan: &CopyPlan,
        on_change: &str,
        cancel: Option<&Cancel>,
        with_events: bool,
    ) -> PyResult<LongRun> {
        let (sharer, plan): (_, CorePlan) = (self.0.clone(), plan.0.clone());
        let options = options(on_change)?;
        LongRun::start(py, cancel, with_events, |given| async move {
            given.phase.begin_to_write()?;
            sharer.apply_copies(&plan, &given.put_into(options)).await
        })
    }

    fn copy(
        &self,
        py: Python<'_>,
        request: &CopyRequest,
        cancel: Option<&Cancel>,
    ) -> PyResult<Py<PyAny>> {
        self.start_copy(py, request, cancel)?.wait(py)
    }

    fn start_copy(
        &self,
        py: Python<'_>,
        request: &CopyRequest,
        cancel: Option<&Cancel>,
    ) -> PyResult<LongRun> {
        LongRun::start(py, cancel, false, |given| self.copied(request, given))
    }
}

impl SharerHandle {
    /// Plans, and from then on is not stopped but cancelled
    fn copied(
        &self,
        request: &CopyRequest,
        given: Given,
    ) -> impl Future<Output = Result<CoreReport, Error>> + Send + use<> {
        let (sharer, request): (_, CoreRequest) = (self.0.clone(), request.0.clone());
        async move {
            let plan = sharer.plan_copies(&request).await?;
            given.phase.begin_to_write()?;
            let options = given.put_into(ApplyOptions::just_planned());
            sharer.apply_copies(&plan, &options).await
        }
    }
}
