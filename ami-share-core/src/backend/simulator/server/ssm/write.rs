use serde::Deserialize;
use serde_json::{Value, json};

use super::super::super::call::Caller;
use super::super::super::refusal::Refusal;
use super::super::super::ssm::{
    ParameterKind, ParameterName, ParameterSpec, Tier, arn_of, invalid,
};
use super::super::super::state::State;
use super::super::json::shaped;
use super::super::service::JsonAction;
use super::{Tag, action, tags_of};

pub(super) const ACTIONS: &[JsonAction] = &[
    action("PutParameter", put_parameter),
    action("DeleteParameter", delete_parameter),
    action("DeleteParameters", delete_parameters),
    action("LabelParameterVersion", label_parameter_version),
    action("AddTagsToResource", add_tags_to_resource),
    action("RemoveTagsFromResource", remove_tags_from_resource),
    action("ListTagsForResource", list_tags_for_resource),
];

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct PutParameter {
    name: String,
    value: String,
    r#type: Option<String>,
    #[serde(default)]
    overwrite: bool,
    description: Option<String>,
    data_type: Option<String>,
    tier: Option<String>,
    #[serde(default)]
    tags: Vec<Tag>,
}

fn put_parameter(state: &mut State, caller: Caller<'_>, input: Value) -> Result<Value, Refusal> {
    let input: PutParameter = shaped(input)?;
    let name = plain_name(caller, &input.name)?;
    let overwrite = if input.overwrite { "true" } else { "false" };
    let arn = arn_of(caller, &name);
    state.authorize(
        caller,
        "ssm:PutParameter",
        &arn,
        &[("ssm:Overwrite", overwrite)],
    )?;
    let kind = match input.r#type.as_deref() {
        None => None,
        Some("String") => Some(ParameterKind::Text),
        Some("StringList") => Some(ParameterKind::TextList),
        // Secrets are not what images need.
        Some("SecureString") => {
            return Err(Refusal::new(
                "UnsupportedParameterType",
                "The parameter type SecureString isn't supported by the simulator.",
            ));
        }
        Some(other) => {
            return Err(invalid(format!(
                "1 validation error detected: Value '{other}' at 'type' failed to satisfy \
                 constraint: Member must satisfy enum value set: [SecureString, StringList, String]"
            )));
        }
    };
    let tier = match input.tier.as_deref() {
        None => None,
        Some("Standard") => Some(Tier::Standard),
        Some("Advanced") => Some(Tier::Advanced),
        // "Parameter Store […] uses the advanced tier" where the standard one does not do.
        Some("Intelligent-Tiering") if input.value.len() > 4_096 => Some(Tier::Advanced),
        Some("Intelligent-Tiering") => None,
        Some(other) => {
            return Err(invalid(format!(
                "1 validation error detected: Value '{other}' at 'tier' failed to satisfy \
                 constraint: Member must satisfy enum value set: [Standard, Advanced, \
                 Intelligent-Tiering]"
            )));
        }
    };
    let spec = ParameterSpec {
        name,
        value: input.value,
        kind,
        overwrite: input.overwrite,
        description: input.description,
        data_type: input.data_type,
        tier,
        tags: tags_of(input.tags)?,
    };
    let (version, tier) = state.put_parameter(caller, spec)?;
    Ok(json!({"Version": version, "Tier": tier.as_str()}))
}

/// The name without a selector: a version cannot be written or deleted
fn plain_name(caller: Caller<'_>, text: &str) -> Result<String, Refusal> {
    match ParameterName::parse(caller, text) {
        Some(ParameterName {
            name,
            selector: None,
        }) => Ok(name),
        _ => Err(invalid(
            "Parameter name: can't be prefixed with \"ssm\" (case-insensitive). If formed as a \
             path, it can consist of sub-paths divided by slash symbol; each sub-path can be \
             formed as a mix of letters, numbers and the following 3 symbols .-_",
        )),
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct DeleteParameter {
    name: String,
}

fn delete_parameter(state: &mut State, caller: Caller<'_>, input: Value) -> Result<Value, Refusal> {
    let input: DeleteParameter = shaped(input)?;
    let name = plain_name(caller, &input.name)?;
    state.authorize(caller, "ssm:DeleteParameter", &arn_of(caller, &name), &[])?;
    state.delete_parameter(caller, &name)?;
    Ok(json!({}))
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct DeleteParameters {
    names: Vec<String>,
}

fn delete_parameters(
    state: &mut State,
    caller: Caller<'_>,
    input: Value,
) -> Result<Value, Refusal> {
    let input: DeleteParameters = shaped(input)?;
    super::read::check_names(&input.names)?;
    for name in &input.names {
        let name = plain_name(caller, name)?;
        state.authorize(caller, "ssm:DeleteParameters", &arn_of(caller, &name), &[])?;
    }
    let (mut deleted, mut unknown) = (Vec::new(), Vec::new());
    for text in input.names {
        let name = plain_name(caller, &text)?;
        match state.delete_parameter(caller, &name) {
            Ok(()) => deleted.push(text),
            Err(_) => unknown.push(text),
        }
    }
    Ok(json!({"DeletedParameters": deleted, "InvalidParameters": unknown}))
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct LabelParameterVersion {
    name: String,
    parameter_version: Option<u64>,
    labels: Vec<String>,
}

fn label_parameter_version(
    state: &mut State,
    caller: Caller<'_>,
    input: Value,
) -> Result<Value, Refusal> {
    let input: LabelParameterVersion = shaped(input)?;
    let name = plain_name(caller, &input.name)?;
    let arn = arn_of(caller, &name);
    state.authorize(caller, "ssm:LabelParameterVersion", &arn, &[])?;
    let (version, bad) =
        state.label_parameter_version(caller, &name, input.parameter_version, input.labels)?;
    Ok(json!({"ParameterVersion": version, "InvalidLabels": bad}))
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct AddTagsToResource {
    resource_type: String,
    resource_id: String,
    tags: Vec<Tag>,
}

fn add_tags_to_resource(
    state: &mut State,
    caller: Caller<'_>,
    input: Value,
) -> Result<Value, Refusal> {
    let input: AddTagsToResource = shaped(input)?;
    check_type(&input.resource_type)?;
    let arn = arn_of(caller, &input.resource_id);
    state.authorize(caller, "ssm:AddTagsToResource", &arn, &[])?;
    let added = tags_of(input.tags)?;
    let tags = state.parameter_tags(caller, &input.resource_id)?;
    let fresh = added.keys().filter(|key| !tags.contains_key(*key));
    if tags.len() + fresh.count() > 50 {
        return Err(Refusal::new(
            "TooManyTagsError",
            "The Targets parameter includes too many tags. Remove one or more tags and try the \
             command again.",
        ));
    }
    tags.extend(added);
    Ok(json!({}))
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct RemoveTagsFromResource {
    resource_type: String,
    resource_id: String,
    tag_keys: Vec<String>,
}

fn remove_tags_from_resource(
    state: &mut State,
    caller: Caller<'_>,
    input: Value,
) -> Result<Value, Refusal> {
    let input: RemoveTagsFromResource = shaped(input)?;
    check_type(&input.resource_type)?;
    let arn = arn_of(caller, &input.resource_id);
    state.authorize(caller, "ssm:RemoveTagsFromResource", &arn, &[])?;
    let tags = state.parameter_tags(caller, &input.resource_id)?;
    tags.retain(|key, _| !input.tag_keys.contains(key));
    Ok(json!({}))
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct ListTagsForResource {
    resource_type: String,
    resource_id: String,
}

fn list_tags_for_resource(
    state: &mut State,
    caller: Caller<'_>,
    input: Value,
) -> Result<Value, Refusal> {
    let input: ListTagsForResource = shaped(input)?;
    check_type(&input.resource_type)?;
    let arn = arn_of(caller, &input.resource_id);
    state.authorize(caller, "ssm:ListTagsForResource", &arn, &[])?;
    let tags = state.parameter_tags(caller, &input.resource_id)?;
    let list: Vec<Value> = tags
        .iter()
        .map(|(key, value)| json!({"Key": key, "Value": value}))
        .collect();
    Ok(json!({"TagList": list}))
}

fn check_type(resource_type: &str) -> Result<(), Refusal> {
    if resource_type == "Parameter" {
        Ok(())
    } else {
        Err(Refusal::new(
            "InvalidResourceType",
            "The resource type isn't valid. The simulator has parameters alone.",
        ))
    }
}
