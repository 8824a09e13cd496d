//! `DistributionPlan`: what a distribution would do now, and the shards that do it.

use std::collections::BTreeMap;

use ami_share_core::distribution;
use ami_share_core::report::html;
use pyo3::prelude::*;

use super::document::Distribution;
use super::report::{DistributionReport, shard_reports};
use super::shard::Shard;
use crate::copy::{CopyPlan, CopySetting};
use crate::plan::Plan;
use crate::value::{printed_methods, quoted, texts, truth, value_methods};

/// What a distribution would do now, and the shards that do it
#[pyclass(frozen, eq, module = "ami_share")]
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct DistributionPlan(pub(crate) distribution::DistributionPlan);

#[pymethods]
impl DistributionPlan {
    #[getter]
    fn distribution(&self) -> Distribution {
        Distribution(self.0.distribution().clone())
    }

    #[getter]
    fn caller(&self) -> String {
        self.0.caller().to_string()
    }

    #[getter]
    fn image(&self) -> &str {
        self.0.image().as_str()
    }

    #[getter]
    fn accounts(&self) -> Vec<String> {
        texts(self.0.accounts())
    }

    #[getter]
    fn shards(&self) -> Vec<Shard> {
        self.0.shards().iter().cloned().map(Shard).collect()
    }

    #[getter]
    fn owner_copies(&self) -> Option<CopyPlan> {
        self.0.owner_copies().cloned().map(CopyPlan)
    }

    #[getter]
    fn shares(&self) -> BTreeMap<String, Plan> {
        let shares = self.0.shares().iter();
        shares
            .map(|(region, plan)| (region.to_string(), Plan(plan.clone())))
            .collect()
    }

    #[getter]
    fn left_open(&self) -> Vec<String> {
        texts(self.0.left_open())
    }

    #[getter]
    fn services(&self) -> BTreeMap<String, Plan> {
        let services = self.0.services().iter();
        services
            .map(|(region, plan)| (region.to_string(), Plan(plan.clone())))
            .collect()
    }

    #[getter]
    fn recipient_copies(&self) -> BTreeMap<String, CopyPlan> {
        let copies = self.0.recipient_copies().iter();
        copies
            .map(|(region, plan)| (region.to_string(), CopyPlan(plan.clone())))
            .collect()
    }

    #[getter]
    fn settings(&self) -> BTreeMap<String, Vec<CopySetting>> {
        let settings = self.0.settings().iter();
        settings
            .map(|(region, lacking)| {
                let lacking = lacking.iter().cloned().map(CopySetting);
                (region.to_string(), lacking.collect())
            })
            .collect()
    }

    #[getter]
    fn parameters(&self) -> BTreeMap<String, Vec<String>> {
        let parameters = self.0.parameters().iter();
        parameters
            .map(|(region, names)| (region.to_string(), names.clone()))
            .collect()
    }

    #[getter]
    fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    fn finishing(&self, reports: &Bound<'_, PyAny>) -> PyResult<Vec<Shard>> {
        let finishing = self.0.finishing(&shard_reports(reports)?);
        Ok(finishing.into_iter().map(Shard).collect())
    }

    fn report(&self, reports: &Bound<'_, PyAny>) -> PyResult<DistributionReport> {
        let reports = shard_reports(reports)?;
        Ok(DistributionReport(self.0.report(reports)))
    }

    fn __repr__(&self) -> String {
        format!(
            "DistributionPlan(image={}, shards={}, is_empty={})",
            quoted(self.image()),
            self.0.shards().len(),
            truth(self.is_empty())
        )
    }
}

value_methods!(DistributionPlan);
printed_methods!(DistributionPlan, html::distribution_plan);
