use serde::Deserialize;
use serde_json::{Value, json};

use super::super::super::call::Caller;
use super::super::super::refusal::Refusal;
use super::super::super::ssm::{Found, invalid};
use super::super::super::state::State;
use super::super::json::shaped;
use super::super::service::JsonAction;
use super::{action, described, listed, told};

pub(super) const ACTIONS: &[JsonAction] = &[
    action("GetParameter", get_parameter),
    action("GetParameters", get_parameters),
    action("GetParameterHistory", get_parameter_history),
];

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct GetParameter {
    name: String,
    /// Nothing is encrypted
    #[serde(default, rename = "WithDecryption")]
    _with_decryption: bool,
}

fn get_parameter(state: &mut State, caller: Caller<'_>, input: Value) -> Result<Value, Refusal> {
    let input: GetParameter = shaped(input)?;
    let found = state.find_parameter(caller, "ssm:GetParameter", &input.name)?;
    Ok(json!({"Parameter": found_told(&found)}))
}

fn found_told(found: &Found<'_>) -> Value {
    let mut fields = told(found.parameter, found.version);
    if let Some(selector) = &found.selector {
        fields.insert("Selector".to_owned(), selector.text().into());
    }
    fields.into()
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct GetParameters {
    names: Vec<String>,
    #[serde(default, rename = "WithDecryption")]
    _with_decryption: bool,
}

fn get_parameters(state: &mut State, caller: Caller<'_>, input: Value) -> Result<Value, Refusal> {
    let input: GetParameters = shaped(input)?;
    check_names(&input.names)?;
    let (mut found, mut unknown) = (Vec::new(), Vec::new());
    for name in input.names {
        match state.find_parameter(caller, "ssm:GetParameters", &name) {
            Ok(one) => found.push(found_told(&one)),
            Err(refusal) if refusal.code == "AccessDeniedException" => return Err(refusal),
            Err(_) => unknown.push(name),
        }
    }
    Ok(json!({"Parameters": found, "InvalidParameters": unknown}))
}

pub(super) fn check_names(names: &[String]) -> Result<(), Refusal> {
    if (1..=10).contains(&names.len()) {
        Ok(())
    } else {
        Err(invalid(
            "1 validation error detected: Value at 'names' failed to satisfy constraint: Member \
             must have length between 1 and 10",
        ))
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct GetParameterHistory {
    name: String,
    #[serde(default, rename = "WithDecryption")]
    _with_decryption: bool,
    next_token: Option<String>,
    max_results: Option<usize>,
}

fn get_parameter_history(
    state: &mut State,
    caller: Caller<'_>,
    input: Value,
) -> Result<Value, Refusal> {
    let input: GetParameterHistory = shaped(input)?;
    let found = state.find_parameter(caller, "ssm:GetParameterHistory", &input.name)?;
    let parameter = found.parameter;
    let versions = parameter.history().iter().map(|version| {
        let mut fields = described(parameter, version);
        fields.remove("ARN");
        fields.insert("Value".to_owned(), version.value.clone().into());
        fields.insert("Labels".to_owned(), version.labels.clone().into());
        // Zeros in front put the keys in the order of the numbers.
        (format!("{:020}", version.number), fields.into())
    });
    let query = ("GetParameterHistory", &parameter.arn);
    let token = input.next_token.as_deref();
    listed(state, query, token, input.max_results, 50, versions)
}
