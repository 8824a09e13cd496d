//! The organization itself, its root, and who is whose parent.

use serde::Deserialize;
use serde_json::{Value, json};

use super::super::super::call::Caller;
use super::super::super::organizations::FeatureSet;
use super::super::super::refusal::Refusal;
use super::super::super::state::State;
use super::super::service::JsonAction;
use super::{
    Paging, account_arn, account_of, action, invalid, is_unit, listed, parent_of, parent_told,
    shaped,
};
use crate::id::OrganizationArn;

pub(super) const ACTIONS: &[JsonAction] = &[
    action("CreateOrganization", create_organization),
    action("DescribeOrganization", describe_organization),
    action("ListRoots", list_roots),
    action("ListParents", list_parents),
    action("ListChildren", list_children),
];

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct CreateOrganization {
    feature_set: Option<String>,
}

fn create_organization(
    state: &mut State,
    caller: Caller<'_>,
    input: Value,
) -> Result<Value, Refusal> {
    let input: CreateOrganization = shaped(input)?;
    let feature_set = match input.feature_set.as_deref() {
        None | Some("ALL") => FeatureSet::All,
        Some("CONSOLIDATED_BILLING") => FeatureSet::ConsolidatedBilling,
        Some(_) => return Err(invalid("FeatureSet has to be ALL or CONSOLIDATED_BILLING.")),
    };
    let arn = state.create_organization(caller.account, feature_set)?;
    Ok(json!({"Organization": organization_told(state, &arn)}))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Nothing {}

/// Any account of the organization may ask
fn describe_organization(
    state: &mut State,
    caller: Caller<'_>,
    input: Value,
) -> Result<Value, Refusal> {
    let Nothing {} = shaped(input)?;
    let own = state.own_organization(caller)?;
    Ok(json!({"Organization": organization_told(state, own)}))
}

fn organization_told(state: &State, arn: &OrganizationArn) -> Value {
    let Some(facts) = state.organizations.facts_of(arn) else {
        // INVARIANT: the organization was found by its ARN.
        return Value::Null;
    };
    let management = facts.management;
    let member = state.organizations.member(management);
    let (feature_set, policies) = match facts.feature_set {
        FeatureSet::All => (
            "ALL",
            json!([{"Type": "SERVICE_CONTROL_POLICY", "Status": "ENABLED"}]),
        ),
        FeatureSet::ConsolidatedBilling => ("CONSOLIDATED_BILLING", json!([])),
    };
    json!({
        "Id": arn.organization_id(),
        "Arn": arn,
        "FeatureSet": feature_set,
        "MasterAccountArn": account_arn(state, arn, management),
        "MasterAccountId": management,
        "MasterAccountEmail": member.map(|member| member.email.as_str()),
        "AvailablePolicyTypes": policies,
    })
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct ListRoots {
    next_token: Option<String>,
    max_results: Option<usize>,
}

fn list_roots(state: &mut State, caller: Caller<'_>, input: Value) -> Result<Value, Refusal> {
    let input: ListRoots = shaped(input)?;
    let own = state.readable_organization(caller)?;
    let root = state.organizations.facts_of(own).map(|facts| {
        let id = facts.root_id();
        let arn = format!(
            "arn:{}:organizations::{}:root/{}/{id}",
            own.partition(),
            facts.management,
            own.organization_id()
        );
        let root = json!({"Id": id, "Arn": arn, "Name": "Root", "PolicyTypes": []});
        (id, root)
    });
    let paging = Paging {
        next_token: input.next_token,
        max_results: input.max_results,
    };
    listed(state, ("ListRoots", own), "Roots", &paging, root)
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct ListParents {
    child_id: String,
    next_token: Option<String>,
    max_results: Option<usize>,
}

fn list_parents(state: &mut State, caller: Caller<'_>, input: Value) -> Result<Value, Refusal> {
    let input: ListParents = shaped(input)?;
    let own = state.readable_organization(caller)?;
    let tree = &state.organizations;
    let parent = if is_unit(&input.child_id) {
        let unit = tree.unit_of_id(own, &input.child_id);
        unit.and_then(|unit| tree.parent_of_unit(unit))
    } else {
        let account = account_of(&input.child_id)?;
        let is_own = tree.organization_of(account) == Some(own);
        tree.parent_of_account(account).filter(|_| is_own)
    };
    let parent = parent.ok_or_else(|| {
        Refusal::new(
            "ChildNotFoundException",
            "We can't find an organizational unit (OU) or AWS account with the ChildId that you \
             specified.",
        )
    })?;
    let paging = Paging {
        next_token: input.next_token,
        max_results: input.max_results,
    };
    let parents = [(String::new(), parent_told(state, parent))];
    let query = ("ListParents", own, &input.child_id);
    listed(state, query, "Parents", &paging, parents)
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct ListChildren {
    parent_id: String,
    child_type: String,
    next_token: Option<String>,
    max_results: Option<usize>,
}

fn list_children(state: &mut State, caller: Caller<'_>, input: Value) -> Result<Value, Refusal> {
    let input: ListChildren = shaped(input)?;
    let own = state.readable_organization(caller)?;
    let parent = parent_of(state, own, &input.parent_id)?;
    let ids: Vec<String> = match input.child_type.as_str() {
        "ACCOUNT" => {
            let accounts = state.organizations.accounts_in(&parent);
            accounts.iter().map(ToString::to_string).collect()
        }
        "ORGANIZATIONAL_UNIT" => {
            let units = state.organizations.units_in(&parent);
            units.iter().map(|unit| unit.unit_id().to_owned()).collect()
        }
        _ => {
            return Err(invalid(
                "ChildType has to be ACCOUNT or ORGANIZATIONAL_UNIT.",
            ));
        }
    };
    let children = ids.into_iter().map(|id| {
        let child = json!({"Id": id, "Type": input.child_type});
        (id, child)
    });
    let paging = Paging {
        next_token: input.next_token,
        max_results: input.max_results,
    };
    let query = ("ListChildren", own, &input.parent_id, &input.child_type);
    listed(state, query, "Children", &paging, children)
}
