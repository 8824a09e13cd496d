//! The verbs of `SharerHandle` for distributions.

use ami_share_core::{ApplyOptions, Distributor};
use pyo3::prelude::*;

use crate::cancel::Cancel;
use crate::distribution::{
    Distribution, DistributionPlan, DistributionReport, DistributionVerification, Shard,
};
use crate::long_run::LongRun;
use crate::sharer::{SharerHandle, options};
use crate::verb::verb;

verb!(plan_distribution, plan_distribution_async, (distribution: Distribution) -> DistributionPlan);
verb!(
    verify_distribution,
    verify_distribution_async,
    (distribution: Distribution) -> DistributionVerification
);
verb!(destroy_shares, destroy_shares_async, (distribution: Distribution) -> DistributionReport);

#[pymethods]
impl SharerHandle {
    fn apply_distribution(
        &self,
        py: Python<'_>,
        plan: &DistributionPlan,
        on_change: &str,
        cancel: Option<&Cancel>,
    ) -> PyResult<Py<PyAny>> {
        self.start_apply_distribution(py, plan, on_change, cancel, false)?
            .wait(py)
    }

    fn start_apply_distribution(
        &self,
        py: Python<'_>,
        plan: &DistributionPlan,
        on_change: &str,
        cancel: Option<&Cancel>,
        with_events: bool,
    ) -> PyResult<LongRun> {
        let (sharer, plan) = (self.0.clone(), plan.0.clone());
        let options = options(on_change)?;
        LongRun::start(py, cancel, with_events, |given| async move {
            given.phase.begin_to_write()?;
            sharer
                .apply_distribution(&plan, &given.put_into(options))
                .await
        })
    }

    fn run_shard(
        &self,
        py: Python<'_>,
        shard: &Shard,
        cancel: Option<&Cancel>,
    ) -> PyResult<Py<PyAny>> {
        self.start_run_shard(py, shard, cancel, false)?.wait(py)
    }

    fn start_run_shard(
        &self,
        py: Python<'_>,
        shard: &Shard,
        cancel: Option<&Cancel>,
        with_events: bool,
    ) -> PyResult<LongRun> {
        let (sharer, shard) = (self.0.clone(), shard.0.clone());
        LongRun::start(py, cancel, with_events, |given| async move {
            given.phase.begin_to_write()?;
            let options = given.put_into(ApplyOptions::default());
            Ok(sharer.run_shard(&shard, &options).await)
        })
    }

    fn retry_distribution(
        &self,
        py: Python<'_>,
        plan: &DistributionPlan,
        report: &DistributionReport,
        cancel: Option<&Cancel>,
    ) -> PyResult<Py<PyAny>> {
        self.start_retry_distribution(py, plan, report, cancel, false)?
            .wait(py)
    }

    fn start_retry_distribution(
        &self,
        py: Python<'_>,
        plan: &DistributionPlan,
        report: &DistributionReport,
        cancel: Option<&Cancel>,
        with_events: bool,
    ) -> PyResult<LongRun> {
        let (sharer, plan, report) = (self.0.clone(), plan.0.clone(), report.0.clone());
        LongRun::start(py, cancel, with_events, |given| async move {
            given.phase.begin_to_write()?;
            let options = given.put_into(ApplyOptions::default());
            sharer.retry_distribution(&plan, &report, &options).await
        })
    }
}
