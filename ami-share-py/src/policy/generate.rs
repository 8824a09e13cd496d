//! Policies made from what they are to allow.

use ami_share_core::policy::{self, KeyStatements, RecipientNeeds};
use pyo3::prelude::*;

use super::key_policy::KeyPolicy;
use super::recipients::Recipients;
use crate::argument::{Texts, id, ids};
use crate::error;
use crate::reason::WrittenProblem;

#[pyfunction]
#[pyo3(signature = (owner, *, accounts=None, iam_principals=None, organizations=None,
    organizational_units=None, service_roles=None, via_ec2_in=None, key=None))]
#[expect(clippy::too_many_arguments, reason = "they are keywords in Python")]
pub(crate) fn key_policy_for_sharing(
    owner: &str,
    accounts: Option<Texts>,
    iam_principals: Option<Texts>,
    organizations: Option<Texts>,
    organizational_units: Option<Texts>,
    service_roles: Option<Texts>,
    via_ec2_in: Option<String>,
    key: Option<String>,
) -> PyResult<KeyPolicy> {
    let wanted = Recipients {
        accounts,
        iam_principals,
        organizations,
        organizational_units,
        service_roles,
        via_ec2_in,
        key,
    };
    let wanted = wanted.added_to(KeyStatements::new())?;
    let made = policy::key_policy_for_sharing(id(owner)?, &wanted);
    let made = made.map_err(|refused| error::patch_refused(&refused))?;
    Ok(made.into())
}

#[pyfunction]
#[pyo3(signature = (*, keys=None, images=None, copy=false))]
pub(crate) fn recipient_iam_policy(
    keys: Option<Texts>,
    images: Option<Texts>,
    copy: bool,
) -> PyResult<String> {
    let mut problems = Vec::new();
    let keys: Vec<_> = ids("keys", keys.unwrap_or_default(), &mut problems);
    let images: Vec<_> = ids("images", images.unwrap_or_default(), &mut problems);
    if !problems.is_empty() {
        return Err(error::invalid_request(problems));
    }
    let needs = keys
        .into_iter()
        .fold(RecipientNeeds::default(), RecipientNeeds::key);
    let needs = images.into_iter().fold(needs, RecipientNeeds::image);
    let needs = if copy { needs.to_copy() } else { needs };
    Ok(policy::recipient_iam_policy(&needs))
}

#[pyfunction]
pub(crate) fn caller_iam_policy(needs: &Bound<'_, PyAny>) -> PyResult<String> {
    let needs: Vec<(String, String)> = needs
        .try_iter()?
        .map(|pair| pair?.extract())
        .collect::<PyResult<_>>()?;
    policy::caller_iam_policy(needs)
        .map_err(|wrong| error::invalid_argument(WrittenProblem::new("needs", wrong.to_string())))
}
