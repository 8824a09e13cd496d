//! Why something was not done: problems of a request, refusals, changes of the world; and notices.

use ami_share_core::id::IdKind;
use ami_share_core::plan;
use ami_share_core::request::RequestProblem;
use pyo3::prelude::*;
use serde::{Deserialize, Serialize};

use crate::value::{quoted, text_field, text_list_field, value_methods};

/// One thing that is wrong with a request
#[pyclass(frozen, eq, module = "ami_share")]
#[derive(Debug, PartialEq)]
pub(crate) struct Problem(pub(crate) WrittenProblem);

/// A problem as it is written down
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub(crate) struct WrittenProblem {
    pub(crate) field: String,
    pub(crate) message: String,
}

impl WrittenProblem {
    pub(crate) fn new(field: &str, message: impl Into<String>) -> Self {
        Self {
            field: field.to_owned(),
            message: message.into(),
        }
    }
}

impl WrittenProblem {
    /// That of a copy request, whose arguments have names of their own
    pub(crate) fn of_copy(problem: &RequestProblem) -> Self {
        let field = match problem {
            RequestProblem::Id(error) => match error.kind() {
                IdKind::Image => "source_image",
                IdKind::KeyRef => "key",
                IdKind::Account => "accounts",
                IdKind::Region => "regions",
                _ => "share_with",
            },
            RequestProblem::NoSource => "source_image",
            RequestProblem::KeyOfOtherRegion { .. } => "key",
            RequestProblem::KeyOfNoDestination { account: None, .. } => "region_keys",
            RequestProblem::KeyOfNoDestination { .. } => "account_keys",
            RequestProblem::PublicCopies => "share_with",
            RequestProblem::Tag(_) => "image_tags",
            RequestProblem::LimitOutOfBounds { field, .. } => limit_of_copies(field),
            other => other.field(),
        };
        let message = match problem {
            RequestProblem::LimitOutOfBounds {
                field,
                value,
                least,
                most,
            } => {
                let field = limit_of_copies(field);
                format!("`{field}` is {value}: give {least} to {most}")
            }
            RequestProblem::NoSource => "no source is named: give `source_image`".into(),
            RequestProblem::NoDestinations => {
                "no destination is named: give `regions`, `accounts` or `destinations`".into()
            }
            other => Self::from(other).message,
        };
        Self::new(field, message)
    }
}

/// The argument's name for a limit of the core's
fn limit_of_copies<'a>(field: &&'a str) -> &'a str {
    match *field {
        "images" => "images_at_once",
        "snapshots" => "snapshots_at_once",
        "minutes" => "time_limit_minutes",
        other => other,
    }
}

/// In the words of the Python arguments, where the core's differ
impl From<&RequestProblem> for WrittenProblem {
    fn from(problem: &RequestProblem) -> Self {
        let field = problem.field();
        let message = match problem {
            RequestProblem::NoImages => "no image is named: give `images`".into(),
            RequestProblem::NoPrincipals => {
                "no principal is named: give `accounts`, `organizations`, `organizational_units`, \
                 `principals` or `public`"
                    .into()
            }
            RequestProblem::NoRegion => {
                "no Region is named: give `region`, or `images` as a dict of lists by Region".into()
            }
            RequestProblem::NotTrusted { principal } => format!(
                "`{principal}` is not among the trusted principals: take it out, or add it to \
                 `trusted_accounts` or `trusted_organizations`"
            ),
            RequestProblem::KeyPrincipalOfNobody { principal } => format!(
                "`{principal}` is named for the keys, and its account is no recipient: add it to \
                 `accounts`"
            ),
            RequestProblem::NoAccounts => "no account is named: give `accounts`".into(),
            RequestProblem::NoServiceRoles => {
                "no role of a service is named: give `service_roles`".into()
            }
            RequestProblem::NoTags => "no tag is given: give `tags`".into(),
            other => other.to_string(),
        };
        Self::new(field, message)
    }
}

#[pymethods]
impl Problem {
    #[getter]
    fn field(&self) -> &str {
        &self.0.field
    }

    #[getter]
    fn message(&self) -> &str {
        &self.0.message
    }

    fn __str__(&self) -> &str {
        &self.0.message
    }

    fn __repr__(&self) -> String {
        let WrittenProblem { field, message } = &self.0;
        format!(
            "Problem(field={}, message={})",
            quoted(field),
            quoted(message)
        )
    }
}

/// One reason why a request is not carried out in the world as it is
#[pyclass(frozen, eq, module = "ami_share")]
#[derive(Debug, PartialEq)]
pub(crate) struct Refusal(pub(crate) plan::Refusal);

#[pymethods]
impl Refusal {
    #[getter]
    fn mend(&self) -> String {
        self.0.mend()
    }

    #[getter]
    fn image(&self) -> Option<String> {
        text_field(&self.0, "image")
    }

    #[getter]
    fn images(&self) -> Vec<String> {
        match self.image() {
            Some(image) => vec![image],
            None => text_list_field(&self.0, "images"),
        }
    }

    #[getter]
    fn region(&self) -> Option<String> {
        text_field(&self.0, "region")
    }

    fn __str__(&self) -> String {
        format!("{} ({})", self.0, self.0.mend())
    }
}

/// One reason why an image is not copied in the world as it is
#[pyclass(frozen, eq, module = "ami_share")]
#[derive(Debug, PartialEq)]
pub(crate) struct CopyRefusal(pub(crate) plan::CopyRefusal);

#[pymethods]
impl CopyRefusal {
    /// In the words of the Python arguments, where the core's differ
    #[getter]
    pub(crate) fn mend(&self) -> String {
        match &self.0 {
            plan::CopyRefusal::KeyMissing(_) => {
                "give one with `key`, `region_keys` or `account_keys`".into()
            }
            plan::CopyRefusal::NoRole { account } => {
                format!("give the sharer `roles` with a template, or with one for `{account}`")
            }
            plan::CopyRefusal::Tags { .. } => {
                "leave the source's tags with `copy_tags=False`".into()
            }
            other => other.mend(),
        }
    }

    #[getter]
    fn account(&self) -> Option<String> {
        match &self.0 {
            plan::CopyRefusal::KeyMissing(to) => to.account.map(|account| account.to_string()),
            other => text_field(other, "account"),
        }
    }

    #[getter]
    fn region(&self) -> Option<String> {
        match &self.0 {
            plan::CopyRefusal::KeyMissing(to) => Some(to.region.to_string()),
            other => text_field(other, "region"),
        }
    }

    #[getter]
    fn image(&self) -> Option<String> {
        text_field(&self.0, "image")
    }

    pub(crate) fn __str__(&self) -> String {
        format!("{} ({})", self.0, self.mend())
    }
}

/// A difference between the world that a plan was made for and the world now
#[pyclass(frozen, eq, module = "ami_share", name = "Change")]
#[derive(Debug, PartialEq)]
pub(crate) struct WorldChange(pub(crate) plan::Change);

#[pymethods]
impl WorldChange {
    fn __str__(&self) -> String {
        self.0.to_string()
    }
}

/// Something that the reader of a plan or report should know
#[pyclass(frozen, eq, module = "ami_share")]
#[derive(Debug, PartialEq)]
pub(crate) struct Notice(pub(crate) plan::Notice);

#[pymethods]
impl Notice {
    fn __str__(&self) -> String {
        self.0.to_string()
    }
}

/// What reasons have in common: their kind is a field of the JSON form
macro_rules! reason_methods {
    ($class:ident, $name:literal, $tag:literal) => {
        #[pymethods]
        impl $class {
            #[getter]
            fn kind(&self) -> Option<String> {
                text_field(&self.0, $tag)
            }

            #[getter]
            fn key(&self) -> Option<String> {
                text_field(&self.0, "key")
            }

            #[getter]
            fn message(&self) -> String {
                self.0.to_string()
            }

            fn __repr__(&self) -> String {
                let kind = self.kind().unwrap_or_default();
                let (kind, message) = (quoted(&kind), quoted(&self.message()));
                format!(concat!($name, "(kind={}, message={})"), kind, message)
            }
        }
    };
}

value_methods!(Problem);
reason_methods!(Refusal, "Refusal", "refusal");
value_methods!(Refusal);
reason_methods!(CopyRefusal, "CopyRefusal", "refusal");
value_methods!(CopyRefusal);
reason_methods!(WorldChange, "Change", "change");
value_methods!(WorldChange);
reason_methods!(Notice, "Notice", "notice");
value_methods!(Notice);
