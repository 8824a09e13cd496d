//! The verbs of `SharerHandle` for distributions.

use std::future::Future;

use ami_share_core::{ApplyOptions, Error};
use pyo3::prelude::*;

use crate::cancel::Cancel;
use crate::distribution::{
    Distribution, DistributionPlan, DistributionReport, DistributionVerification, Shard,
};
use crate::long_run::LongRun;
use crate::runtime::{block_on, spawn};
use crate::sharer::{SharerHandle, options};

#[pymethods]
impl SharerHandle {
    fn plan_distribution(
        &self,
        py: Python<'_>,
        distribution: &Distribution,
    ) -> PyResult<DistributionPlan> {
        block_on(py, self.distribution_planned(distribution))
    }

    fn plan_distribution_async<'py>(
        &self,
        py: Python<'py>,
        distribution: &Distribution,
    ) -> PyResult<Bound<'py, PyAny>> {
        spawn(py, self.distribution_planned(distribution))
    }

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

    fn verify_distribution(
        &self,
        py: Python<'_>,
        distribution: &Distribution,
    ) -> PyResult<DistributionVerification> {
        block_on(py, self.distribution_verified(distribution))
    }

    fn verify_distribution_async<'py>(
        &self,
        py: Python<'py>,
        distribution: &Distribution,
    ) -> PyResult<Bound<'py, PyAny>> {
        spawn(py, self.distribution_verified(distribution))
    }

    fn destroy_shares(
        &self,
        py: Python<'_>,
        distribution: &Distribution,
    ) -> PyResult<DistributionReport> {
        block_on(py, self.shares_destroyed(distribution))
    }

    fn destroy_shares_async<'py>(
        &self,
        py: Python<'py>,
        distribution: &Distribution,
    ) -> PyResult<Bound<'py, PyAny>> {
        spawn(py, self.shares_destroyed(distribution))
    }
}

impl SharerHandle {
    fn distribution_planned(
        &self,
        distribution: &Distribution,
    ) -> impl Future<Output = Result<DistributionPlan, Error>> + Send + use<> {
        let (sharer, distribution) = (self.0.clone(), distribution.0.clone());
        async move {
            let planned = sharer.plan_distribution(&distribution).await;
            planned.map(DistributionPlan)
        }
    }

    fn distribution_verified(
        &self,
        distribution: &Distribution,
    ) -> impl Future<Output = Result<DistributionVerification, Error>> + Send + use<> {
        let (sharer, distribution) = (self.0.clone(), distribution.0.clone());
        async move {
            let verified = sharer.verify_distribution(&distribution).await;
            verified.map(DistributionVerification)
        }
    }

    fn shares_destroyed(
        &self,
        distribution: &Distribution,
    ) -> impl Future<Output = Result<DistributionReport, Error>> + Send + use<> {
        let (sharer, distribution) = (self.0.clone(), distribution.0.clone());
        async move {
            let destroyed = sharer.destroy_shares(&distribution).await;
            destroyed.map(DistributionReport)
        }
    }
}
