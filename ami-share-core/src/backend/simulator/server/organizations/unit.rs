//! Organizational units.

use serde::Deserialize;
use serde_json::{Value, json};

use super::super::super::call::Caller;
use super::super::super::organizations::unit_not_found;
use super::super::super::refusal::Refusal;
use super::super::super::state::State;
use super::super::service::JsonAction;
use super::{Paging, action, invalid, is_unit, listed, parent_of, shaped, unit_told};
use crate::id::{OrganizationArn, OrganizationalUnitArn};

pub(super) const ACTIONS: &[JsonAction] = &[
    action("CreateOrganizationalUnit", create_organizational_unit),
    action("DescribeOrganizationalUnit", describe_organizational_unit),
    action("UpdateOrganizationalUnit", update_organizational_unit),
    action("DeleteOrganizationalUnit", delete_organizational_unit),
    action(
        "ListOrganizationalUnitsForParent",
        list_organizational_units_for_parent,
    ),
];

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct CreateOrganizationalUnit {
    parent_id: String,
    name: String,
}

fn create_organizational_unit(
    state: &mut State,
    caller: Caller<'_>,
    input: Value,
) -> Result<Value, Refusal> {
    let input: CreateOrganizationalUnit = shaped(input)?;
    let own = state.managed_organization(caller)?;
    let parent = parent_of(state, own, &input.parent_id)?;
    check_name(&input.name)?;
    let unit = state
        .organizations
        .create_unit(&parent, Some(&input.name))?;
    Ok(json!({"OrganizationalUnit": unit_told(state, &unit)}))
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct OneUnit {
    organizational_unit_id: String,
}

fn describe_organizational_unit(
    state: &mut State,
    caller: Caller<'_>,
    input: Value,
) -> Result<Value, Refusal> {
    let input: OneUnit = shaped(input)?;
    let own = state.readable_organization(caller)?;
    let unit = unit_of(state, own, &input.organizational_unit_id)?;
    Ok(json!({"OrganizationalUnit": unit_told(state, &unit)}))
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct UpdateOrganizationalUnit {
    organizational_unit_id: String,
    name: Option<String>,
}

fn update_organizational_unit(
    state: &mut State,
    caller: Caller<'_>,
    input: Value,
) -> Result<Value, Refusal> {
    let input: UpdateOrganizationalUnit = shaped(input)?;
    let own = state.managed_organization(caller)?;
    let unit = unit_of(state, own, &input.organizational_unit_id)?;
    if let Some(name) = &input.name {
        check_name(name)?;
        state.organizations.rename_unit(&unit, name)?;
    }
    Ok(json!({"OrganizationalUnit": unit_told(state, &unit)}))
}

fn delete_organizational_unit(
    state: &mut State,
    caller: Caller<'_>,
    input: Value,
) -> Result<Value, Refusal> {
    let input: OneUnit = shaped(input)?;
    let own = state.managed_organization(caller)?;
    let unit = unit_of(state, own, &input.organizational_unit_id)?;
    state.organizations.delete_unit(&unit)?;
    Ok(json!({}))
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct ListForParent {
    parent_id: String,
    next_token: Option<String>,
    max_results: Option<usize>,
}

fn list_organizational_units_for_parent(
    state: &mut State,
    caller: Caller<'_>,
    input: Value,
) -> Result<Value, Refusal> {
    let input: ListForParent = shaped(input)?;
    let own = state.readable_organization(caller)?;
    let parent = parent_of(state, own, &input.parent_id)?;
    let units = state.organizations.units_in(&parent);
    let units = units
        .iter()
        .map(|unit| (unit.unit_id().to_owned(), unit_told(state, unit)));
    let paging = Paging {
        next_token: input.next_token,
        max_results: input.max_results,
    };
    let query = ("ListOrganizationalUnitsForParent", own, &input.parent_id);
    listed(state, query, "OrganizationalUnits", &paging, units)
}

fn unit_of(
    state: &State,
    organization: &OrganizationArn,
    id: &str,
) -> Result<OrganizationalUnitArn, Refusal> {
    if !is_unit(id) {
        return Err(invalid(
            "You provided a value that does not match the required pattern.",
        ));
    }
    let unit = state.organizations.unit_of_id(organization, id);
    unit.cloned().ok_or_else(unit_not_found)
}

fn check_name(name: &str) -> Result<(), Refusal> {
    if (1..=128).contains(&name.chars().count()) {
        Ok(())
    } else {
        Err(invalid("The name of an OU has 1 to 128 characters."))
    }
}
