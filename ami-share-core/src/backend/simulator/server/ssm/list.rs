use serde::Deserialize;
use serde_json::{Map, Value};

use super::super::super::call::Caller;
use super::super::super::refusal::Refusal;
use super::super::super::ssm::{Parameter, Version, arn_of, invalid};
use super::super::super::state::State;
use super::super::json::shaped;
use super::super::service::JsonAction;
use super::filter::{Filter, passes};
use super::{action, described, listed, told};

pub(super) const ACTIONS: &[JsonAction] = &[
    action("GetParametersByPath", get_parameters_by_path),
    action("DescribeParameters", describe_parameters),
];

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct GetParametersByPath {
    path: String,
    #[serde(default)]
    recursive: bool,
    #[serde(default)]
    parameter_filters: Vec<Filter>,
    #[serde(default, rename = "WithDecryption")]
    _with_decryption: bool,
    next_token: Option<String>,
    max_results: Option<usize>,
}

fn get_parameters_by_path(
    state: &mut State,
    caller: Caller<'_>,
    input: Value,
) -> Result<Value, Refusal> {
    let input: GetParametersByPath = shaped(input)?;
    if !input.path.starts_with('/') {
        return Err(invalid(
            "The parameter doesn't meet the parameter name requirements. The parameter name must \
             begin with a forward slash \"/\".",
        ));
    }
    let path = format!("{}/", input.path.trim_end_matches('/'));
    state.authorize(
        caller,
        "ssm:GetParametersByPath",
        &arn_of(caller, &path),
        &[],
    )?;
    let below = |parameter: &Parameter| {
        let rest = parameter.name.strip_prefix(&path);
        rest.is_some_and(|rest| input.recursive || !rest.contains('/'))
    };
    let found = filtered(state, caller, &input.parameter_filters, told)?;
    let found = found
        .into_iter()
        .filter(|(parameter, _)| below(parameter))
        .map(|(parameter, fields)| (parameter.name.clone(), fields));
    let filters = format!("{:?}", input.parameter_filters);
    let query = (
        "GetParametersByPath",
        caller.account,
        caller.region,
        &path,
        input.recursive,
        filters,
    );
    let token = input.next_token.as_deref();
    listed(state, query, token, input.max_results, 10, found)
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct DescribeParameters {
    #[serde(default)]
    parameter_filters: Vec<Filter>,
    next_token: Option<String>,
    max_results: Option<usize>,
}

fn describe_parameters(
    state: &mut State,
    caller: Caller<'_>,
    input: Value,
) -> Result<Value, Refusal> {
    let input: DescribeParameters = shaped(input)?;
    state.authorize(caller, "ssm:DescribeParameters", "*", &[])?;
    let found = filtered(state, caller, &input.parameter_filters, described)?;
    let found = found
        .into_iter()
        .map(|(parameter, fields)| (parameter.name.clone(), fields));
    let filters = format!("{:?}", input.parameter_filters);
    let query = ("DescribeParameters", caller.account, caller.region, filters);
    let token = input.next_token.as_deref();
    listed(state, query, token, input.max_results, 50, found)
}

/// The latest version of each parameter that passes all filters
fn filtered<'a>(
    state: &'a State,
    caller: Caller<'_>,
    filters: &[Filter],
    tell: fn(&Parameter, &Version) -> Map<String, Value>,
) -> Result<Vec<(&'a Parameter, Value)>, Refusal> {
    let mut found = Vec::new();
    for parameter in state.parameters.of(caller) {
        let Some(version) = parameter.latest() else {
            continue;
        };
        if passes(parameter, version, filters)? {
            found.push((parameter, tell(parameter, version).into()));
        }
    }
    // The filters are checked where there is nothing to filter, too.
    filters.iter().try_for_each(Filter::check)?;
    Ok(found)
}
