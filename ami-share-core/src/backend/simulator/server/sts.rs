//! AWS Security Token Service: who am I, and who else may I be.

use super::super::call::Caller;
use super::super::refusal::Refusal;
use super::super::state::State;
use super::params::Params;
use super::service::{QueryAction, anything};
use super::xml::Element;

pub(crate) const ACTIONS: &[&[QueryAction]] = &[&[QueryAction {
    name: "GetCallerIdentity",
    takes: &[],
    on: anything,
    run: get_caller_identity,
}]];

fn get_caller_identity(
    _: &mut State,
    caller: Caller<'_>,
    _: &Params,
) -> Result<Vec<Element>, Refusal> {
    Ok(vec![
        Element::text("UserId", caller.account.to_string()),
        Element::text("Account", caller.account.to_string()),
        Element::text("Arn", caller.identity.caller().to_string()),
    ])
}
