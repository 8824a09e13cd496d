//! What the requests here have in common: images by Region, accounts, and all problems at once.

use std::collections::{BTreeMap, BTreeSet};

use ami_share_core::id::{AccountId, ImageId, Region};
use ami_share_core::request::{RequestError, RequestProblem};
use pyo3::prelude::*;
use pyo3::types::PyMapping;

use crate::argument::Texts;
use crate::error;
use crate::reason::WrittenProblem;
use crate::value::texts;

/// Images as they were named
#[derive(Debug)]
pub(crate) enum NamedImages {
    /// In one Region, if that was named
    InOne(Option<String>, Vec<String>),
    /// Each with its Region
    ByRegion(Vec<(String, String)>),
}

/// A list of images in one Region, or lists by Region
pub(crate) fn named_images(
    region: Option<String>,
    images: &Bound<'_, PyAny>,
    problems: &mut Vec<WrittenProblem>,
) -> PyResult<NamedImages> {
    let Ok(by_region) = images.cast::<PyMapping>() else {
        return Ok(NamedImages::InOne(region, images.extract::<Texts>()?.0));
    };
    if region.is_some() {
        let message = "leave `region` out where `images` is by Region";
        problems.push(WrittenProblem::new("region", message));
    }
    let mut named = Vec::new();
    for item in by_region.items()?.iter() {
        let (region, images): (String, Texts) = item.extract()?;
        named.extend(images.0.into_iter().map(|image| (region.clone(), image)));
    }
    Ok(NamedImages::ByRegion(named))
}

/// Tells a builder of the core its images
macro_rules! with_images {
    ($builder:expr, $named:expr) => {
        match $named {
            $crate::recipient::NamedImages::InOne(region, images) => {
                let builder = $builder.images(images);
                match region {
                    Some(region) => builder.region(region),
                    None => builder,
                }
            }
            $crate::recipient::NamedImages::ByRegion(images) => images
                .into_iter()
                .fold($builder, |builder, (region, image)| {
                    builder.image_in(region, image)
                }),
        }
    };
}

pub(crate) use with_images;

/// The request, or all that is wrong with it
pub(crate) fn finished<T>(
    built: Result<T, RequestError>,
    problems: Vec<WrittenProblem>,
) -> PyResult<T> {
    finished_in_words(built, problems, |problem| problem.into())
}

/// The same with words of its own for what the core says
pub(crate) fn finished_in_words<T>(
    built: Result<T, RequestError>,
    mut problems: Vec<WrittenProblem>,
    words: impl Fn(&RequestProblem) -> WrittenProblem,
) -> PyResult<T> {
    match built {
        Ok(request) if problems.is_empty() => Ok(request),
        built => {
            let told: BTreeSet<String> = problems.iter().map(|told| told.field.clone()).collect();
            let wrong = built.err();
            let found = wrong.iter().flat_map(RequestError::problems);
            // What could not be read must not look as if nothing had been given.
            problems.extend(found.filter_map(|problem| {
                let written = words(problem);
                (!is_of_nothing(problem) || !told.contains(&written.field)).then_some(written)
            }));
            Err(error::invalid_request(problems))
        }
    }
}

/// Whether a problem is that something was not given at all
fn is_of_nothing(problem: &RequestProblem) -> bool {
    matches!(
        problem,
        RequestProblem::NoAccounts
            | RequestProblem::NoDestinations
            | RequestProblem::NoImages
            | RequestProblem::NoRegion
            | RequestProblem::NoServiceRoles
            | RequestProblem::NoSource
            | RequestProblem::NoTags
    )
}

/// The attributes of a request that names images and accounts
macro_rules! named_getters {
    ($class:ident) => {
        #[pyo3::pymethods]
        impl $class {
            #[getter]
            fn images(&self) -> std::collections::BTreeMap<String, Vec<String>> {
                $crate::recipient::by_region(self.0.images())
            }

            #[getter]
            fn accounts(&self) -> Vec<String> {
                $crate::value::texts(self.0.accounts())
            }
        }
    };
}

pub(crate) use named_getters;

/// Images by Region as Python has them
pub(crate) fn by_region(
    images: &BTreeMap<Region, BTreeSet<ImageId>>,
) -> BTreeMap<String, Vec<String>> {
    let images = images.iter();
    images
        .map(|(region, images)| (region.to_string(), texts(images)))
        .collect()
}

/// All images, for a repr
pub(crate) fn all(images: &BTreeMap<Region, BTreeSet<ImageId>>) -> std::vec::IntoIter<&ImageId> {
    images.values().flatten().collect::<Vec<_>>().into_iter()
}

/// Accounts as they were given
pub(crate) fn accounts(
    given: Option<Texts>,
    problems: &mut Vec<WrittenProblem>,
) -> BTreeSet<AccountId> {
    crate::argument::ids("accounts", given.unwrap_or_default(), problems)
}
