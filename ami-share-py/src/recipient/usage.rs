//! `UsageRequest` and `ImageUsageReport`: who uses images, and who would be hurt without them.

use std::time::{Duration, SystemTime};

use ami_share_core::outcome::{self, hurt_by};
use ami_share_core::report::html;
use ami_share_core::request;
use ami_share_core::resource::{self, Reading};
use pyo3::prelude::*;

use super::named::{accounts, all, finished, named_getters, named_images, with_images};
use crate::argument::Texts;
use crate::request::ShareRequest;
use crate::value::{
    id_getters, printed_methods, quoted, short_list, texts, time, value_methods, word,
};

/// A question of an owner: which accounts use the images, and how much
#[pyclass(frozen, eq, module = "ami_share")]
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct UsageRequest(pub(crate) request::UsageRequest);

#[pymethods]
impl UsageRequest {
    #[new]
    #[pyo3(signature = (*, images, accounts=None, region=None, time_limit=None))]
    fn new(
        images: &Bound<'_, PyAny>,
        accounts: Option<Texts>,
        region: Option<String>,
        time_limit: Option<Duration>,
    ) -> PyResult<Self> {
        let mut problems = Vec::new();
        let accounts = self::accounts(accounts, &mut problems);
        let mut builder = request::UsageRequest::builder().accounts(accounts);
        if let Some(limit) = time_limit {
            builder = builder.time_limit(limit);
        }
        let builder = with_images!(builder, named_images(region, images, &mut problems)?);
        finished(builder.build(), problems).map(Self)
    }

    #[getter]
    fn time_limit(&self) -> Duration {
        self.0.time_limit()
    }

    fn __repr__(&self) -> String {
        format!(
            "UsageRequest(images={}, accounts={})",
            short_list(all(self.0.images())),
            short_list(self.0.accounts().iter())
        )
    }
}

/// Which accounts use images, and how much
#[pyclass(frozen, eq, module = "ami_share")]
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct ImageUsageReport(pub(crate) outcome::ImageUsageReport);

#[pymethods]
impl ImageUsageReport {
    #[getter]
    fn images(&self) -> Vec<UsedImage> {
        self.0.images().iter().cloned().map(UsedImage).collect()
    }

    #[getter]
    fn is_complete(&self) -> bool {
        self.0.is_complete()
    }

    fn hurt_by(&self, request: &ShareRequest) -> Vec<Hurt> {
        hurt_by(&self.0, &request.0).into_iter().map(Hurt).collect()
    }

    fn __repr__(&self) -> String {
        format!("ImageUsageReport(images={})", self.0.images().len())
    }
}

/// Who uses one image
#[pyclass(frozen, eq, module = "ami_share")]
#[derive(Debug, PartialEq)]
pub(crate) struct UsedImage(outcome::UsedImage);

#[pymethods]
impl UsedImage {
    #[getter]
    fn owner(&self) -> String {
        self.0.owner.to_string()
    }

    #[getter]
    fn last_launched(&self) -> Option<SystemTime> {
        self.0.last_launched.map(time)
    }

    #[getter]
    fn report(&self) -> Option<&str> {
        self.0.report.as_deref()
    }

    #[getter]
    fn asked(&self) -> Vec<String> {
        texts(&self.0.asked)
    }

    #[getter]
    fn usage(&self) -> Option<Vec<ImageUsage>> {
        let usage = self.0.usage.known()?.iter().cloned();
        Some(usage.map(ImageUsage).collect())
    }

    #[getter]
    fn because(&self) -> Option<&str> {
        match &self.0.usage {
            Reading::Known(_) => None,
            Reading::Unknown { because } => Some(because),
        }
    }

    fn __repr__(&self) -> String {
        format!(
            "UsedImage(region={}, image={})",
            quoted(&self.region()),
            quoted(&self.image())
        )
    }
}

/// How much an account uses an image
#[pyclass(frozen, eq, module = "ami_share")]
#[derive(Debug, PartialEq)]
pub(crate) struct ImageUsage(resource::ImageUsage);

#[pymethods]
impl ImageUsage {
    #[getter]
    fn account(&self) -> String {
        self.0.account.to_string()
    }

    #[getter]
    fn resource_type(&self) -> &str {
        &self.0.resource_type
    }

    #[getter]
    fn count(&self) -> u64 {
        self.0.count
    }

    #[getter]
    fn counted(&self) -> Option<SystemTime> {
        self.0.counted.map(time)
    }

    fn __repr__(&self) -> String {
        format!(
            "ImageUsage(account={}, resource_type={}, count={})",
            quoted(&self.account()),
            quoted(self.resource_type()),
            self.count()
        )
    }
}

/// An account that uses an image which it would lose
#[pyclass(frozen, eq, module = "ami_share")]
#[derive(Debug, PartialEq)]
pub(crate) struct Hurt(outcome::Hurt);

#[pymethods]
impl Hurt {
    #[getter]
    fn account(&self) -> Option<String> {
        self.0.account.map(|account| account.to_string())
    }

    #[getter]
    fn usage(&self) -> Vec<ImageUsage> {
        self.0.usage.iter().cloned().map(ImageUsage).collect()
    }

    #[getter]
    fn answer(&self) -> String {
        word(&self.0.answer)
    }

    #[getter]
    fn because(&self) -> &str {
        &self.0.because
    }

    fn __str__(&self) -> String {
        let account = self.account().unwrap_or_else(|| "somebody".into());
        format!(
            "{account} at {}: {}: {}",
            self.0.image, self.0.answer, self.0.because
        )
    }

    fn __repr__(&self) -> String {
        let account = self.account();
        let account = account.map_or_else(|| "None".into(), |account| quoted(&account));
        format!(
            "Hurt(account={account}, image={}, answer={})",
            quoted(&self.image()),
            quoted(&self.answer())
        )
    }
}

named_getters!(UsageRequest);
value_methods!(UsageRequest);
value_methods!(ImageUsageReport);
printed_methods!(ImageUsageReport, html::usage);
id_getters!(UsedImage, region, image);
value_methods!(UsedImage);
value_methods!(ImageUsage);
id_getters!(Hurt, region, image);
value_methods!(Hurt);
