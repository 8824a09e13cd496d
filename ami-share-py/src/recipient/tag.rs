//! `RecipientTagRequest` and its report: tags of images that recipients are to see.

use ami_share_core::outcome;
use ami_share_core::report::html;
use ami_share_core::request;
use ami_share_core::resource::Tags;
use pyo3::prelude::*;

use super::named::{accounts, all, finished, named_getters, named_images, with_images};
use super::outcome::outcome_getters;
use crate::argument::Texts;
use crate::value::{ended_getters, id_getters, printed_methods, quoted, short_list, value_methods};

/// Tags of images that recipients are to see
#[pyclass(frozen, eq, module = "ami_share")]
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct RecipientTagRequest(pub(crate) request::RecipientTagRequest);

#[pymethods]
impl RecipientTagRequest {
    #[new]
    #[pyo3(signature = (*, images, tags, accounts=None, region=None))]
    fn new(
        images: &Bound<'_, PyAny>,
        tags: Tags,
        accounts: Option<Texts>,
        region: Option<String>,
    ) -> PyResult<Self> {
        let mut problems = Vec::new();
        let accounts = self::accounts(accounts, &mut problems);
        let builder = request::RecipientTagRequest::builder().accounts(accounts);
        let builder = with_images!(builder, named_images(region, images, &mut problems)?);
        let builder = tags
            .into_iter()
            .fold(builder, |builder, (key, value)| builder.tag(key, value));
        finished(builder.build(), problems).map(Self)
    }

    #[getter]
    fn tags(&self) -> Tags {
        self.0.tags().clone()
    }

    fn __repr__(&self) -> String {
        format!(
            "RecipientTagRequest(images={}, accounts={}, tags={})",
            short_list(all(self.0.images())),
            short_list(self.0.accounts().iter()),
            short_list(self.0.tags().keys())
        )
    }
}

/// What became of the tags of images, by account
#[pyclass(frozen, eq, module = "ami_share")]
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct RecipientTagReport(pub(crate) outcome::RecipientTagReport);

#[pymethods]
impl RecipientTagReport {
    #[getter]
    fn tags(&self) -> Vec<WrittenTags> {
        self.0.tags().iter().cloned().map(WrittenTags).collect()
    }

    fn __repr__(&self) -> String {
        format!("RecipientTagReport(tags={})", self.0.tags().len())
    }
}

/// What became of the tags that one account gives one image
#[pyclass(frozen, eq, module = "ami_share")]
#[derive(Debug, PartialEq)]
pub(crate) struct WrittenTags(outcome::WrittenTags);

#[pymethods]
impl WrittenTags {
    #[getter]
    fn written(&self) -> Tags {
        self.0.written.clone()
    }

    #[getter]
    fn replaced(&self) -> Tags {
        self.0.replaced.clone()
    }

    fn __repr__(&self) -> String {
        format!(
            "WrittenTags(account={}, image={}, outcome={})",
            quoted(&self.account()),
            quoted(&self.image()),
            quoted(&super::outcome::word(&self.0.outcome).unwrap_or_default())
        )
    }
}

outcome_getters!(WrittenTags);
named_getters!(RecipientTagRequest);
value_methods!(RecipientTagRequest);
ended_getters!(RecipientTagReport);
value_methods!(RecipientTagReport);
printed_methods!(RecipientTagReport, html::recipient_tags);
id_getters!(WrittenTags, region, account, image);
value_methods!(WrittenTags);
