//! `ShardReport`, `DistributionReport` and `Manifest`: what came of a distribution.

use std::time::SystemTime;

use ami_share_core::distribution;
use ami_share_core::report::html;
use pyo3::prelude::*;

use super::shard::Shard;
use crate::copy::{CopyResult, SettingReport};
use crate::recipient;
use crate::rehearsal::Rehearsal;
use crate::report::Report;
use crate::value::{id_getters, printed_methods, quoted, texts, time, truth, value_methods};

/// What became of one shard
#[pyclass(frozen, eq, module = "ami_share")]
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct ShardReport(pub(crate) distribution::ShardReport);

#[pymethods]
impl ShardReport {
    #[getter]
    fn shard(&self) -> Shard {
        Shard(self.0.shard.clone())
    }

    #[getter]
    fn image(&self) -> Option<&str> {
        self.0.image.as_ref().map(|image| image.as_str())
    }

    #[getter]
    fn copy(&self) -> Option<CopyResult> {
        self.0.copy.clone().map(CopyResult)
    }

    #[getter]
    fn settings(&self) -> Vec<SettingReport> {
        let settings = self.0.settings.iter().cloned();
        settings.map(SettingReport).collect()
    }

    #[getter]
    fn shared(&self) -> Vec<Report> {
        self.0.shared.iter().cloned().map(Report).collect()
    }

    #[getter]
    fn written(&self, py: Python<'_>) -> PyResult<Vec<Py<PyAny>>> {
        let written = self.0.written.iter();
        written
            .map(|report| recipient::report(py, report))
            .collect()
    }

    #[getter]
    fn rehearsal(&self) -> Option<Rehearsal> {
        self.0.rehearsal.clone().map(Rehearsal)
    }

    #[getter]
    fn predecessors(&self) -> Vec<String> {
        texts(&self.0.predecessors)
    }

    #[getter]
    fn tagged(&self) -> Vec<String> {
        self.0.tagged.clone()
    }

    #[getter]
    fn problems(&self) -> Vec<String> {
        self.0.problems.clone()
    }

    #[getter]
    fn all_problems(&self) -> Vec<String> {
        self.0.all_problems()
    }

    #[getter]
    fn started(&self) -> SystemTime {
        time(self.0.started)
    }

    #[getter]
    fn ended(&self) -> SystemTime {
        time(self.0.ended)
    }

    #[getter]
    fn is_complete(&self) -> bool {
        self.0.is_complete()
    }

    #[getter]
    fn writes(&self) -> usize {
        self.0.writes()
    }

    fn __repr__(&self) -> String {
        format!(
            "ShardReport(shard={}, is_complete={})",
            quoted(&self.0.shard.to_string()),
            truth(self.is_complete())
        )
    }
}

/// What became of a distribution
#[pyclass(frozen, eq, module = "ami_share")]
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct DistributionReport(pub(crate) distribution::DistributionReport);

#[pymethods]
impl DistributionReport {
    #[staticmethod]
    fn merge(reports: &Bound<'_, PyAny>) -> PyResult<Self> {
        let reports = shard_reports(reports)?;
        Ok(Self(distribution::DistributionReport::merge(reports)))
    }

    #[getter]
    fn shards(&self) -> Vec<ShardReport> {
        self.0.shards().iter().cloned().map(ShardReport).collect()
    }

    #[getter]
    fn is_complete(&self) -> bool {
        self.0.is_complete()
    }

    #[getter]
    fn failed(&self) -> Vec<Shard> {
        self.0.failed().into_iter().map(Shard).collect()
    }

    fn manifest(&self) -> Manifest {
        Manifest(self.0.manifest())
    }

    fn __repr__(&self) -> String {
        let shards = self.0.shards();
        let complete = shards.iter().filter(|shard| shard.is_complete()).count();
        format!(
            "DistributionReport(complete={complete}, shards={})",
            shards.len()
        )
    }
}

/// The results of a distribution as rows
#[pyclass(frozen, eq, module = "ami_share")]
#[derive(Debug, PartialEq)]
pub(crate) struct Manifest(distribution::Manifest);

#[pymethods]
impl Manifest {
    #[getter]
    fn rows(&self) -> Vec<ManifestRow> {
        self.0.rows.iter().cloned().map(ManifestRow).collect()
    }

    fn __str__(&self) -> String {
        self.0.to_json()
    }

    fn __repr__(&self) -> String {
        format!("Manifest(rows={})", self.0.rows.len())
    }
}

/// One image of a distribution
#[pyclass(frozen, eq, module = "ami_share")]
#[derive(Debug, PartialEq)]
pub(crate) struct ManifestRow(distribution::ManifestRow);

#[pymethods]
impl ManifestRow {
    #[getter]
    fn image(&self) -> Option<&str> {
        self.0.image.as_ref().map(|image| image.as_str())
    }

    #[getter]
    fn snapshots(&self) -> Vec<String> {
        texts(&self.0.snapshots)
    }

    #[getter]
    fn key(&self) -> Option<&str> {
        self.0.key.as_ref().map(|key| key.as_str())
    }

    #[getter]
    fn state(&self) -> &str {
        &self.0.state
    }

    #[getter]
    fn shared_with(&self) -> Vec<String> {
        texts(&self.0.shared_with)
    }

    #[getter]
    fn started(&self) -> SystemTime {
        time(self.0.started)
    }

    #[getter]
    fn ended(&self) -> SystemTime {
        time(self.0.ended)
    }

    #[getter]
    fn request_ids(&self) -> Vec<String> {
        self.0.request_ids.clone()
    }

    #[getter]
    fn problems(&self) -> Vec<String> {
        self.0.problems.clone()
    }

    fn __repr__(&self) -> String {
        format!(
            "ManifestRow(account={}, region={}, image={}, state={})",
            quoted(&self.account()),
            quoted(&self.region()),
            self.image().map_or_else(|| "None".into(), quoted),
            quoted(self.state())
        )
    }
}

value_methods!(ShardReport);
printed_methods!(ShardReport, html::shard_report);
value_methods!(DistributionReport);
printed_methods!(DistributionReport, html::distribution_report);
value_methods!(Manifest);
id_getters!(ManifestRow, account, region);
value_methods!(ManifestRow);

/// The reports of any iterable
pub(super) fn shard_reports(
    reports: &Bound<'_, PyAny>,
) -> PyResult<Vec<distribution::ShardReport>> {
    let reports = reports.try_iter()?.map(|report| {
        let report = report?;
        let report = report.cast::<ShardReport>()?;
        Ok(report.get().0.clone())
    });
    reports.collect()
}
