//! How a parameter is written.

use std::collections::BTreeMap;

use super::super::call::Caller;
use super::super::ec2::AllowedImage;
use super::super::refusal::Refusal;
use super::super::state::State;
use super::name::{arn_of, check, invalid};
use super::parameter::{Parameter, ParameterKind, Tier, Version};
use crate::id::ImageId;
use crate::resource::ImageState;

/// What `PutParameter` is asked for
#[derive(Clone, Debug, Default)]
pub(crate) struct ParameterSpec {
    pub(crate) name: String,
    pub(crate) value: String,
    pub(crate) kind: Option<ParameterKind>,
    pub(crate) overwrite: bool,
    pub(crate) description: Option<String>,
    pub(crate) data_type: Option<String>,
    pub(crate) tier: Option<Tier>,
    pub(crate) tags: BTreeMap<String, String>,
}

const TEXT: &str = "text";
/// The data type of a parameter that names an image
pub(crate) const IMAGE: &str = "aws:ec2:image";
/// The most versions that are kept
const VERSIONS: usize = 100;

impl State {
    /// Writes a parameter and says which version it is
    ///
    /// "If you submit an invalid AMI value, the PutParameter operation will return success, but the
    /// asynchronous validation will fail and the parameter will not be created or updated." Here the
    /// validation is over at once. Which version AWS tells in that case is not documented; it is the
    /// one that would have been.
    pub(crate) fn put_parameter(
        &mut self,
        caller: Caller<'_>,
        spec: ParameterSpec,
    ) -> Result<(u64, Tier), Refusal> {
        check(&spec.name)?;
        let before = self.parameters.get(caller, &spec.name);
        let latest = before.and_then(Parameter::latest);
        if latest.is_some() && !spec.overwrite {
            return Err(Refusal::new(
                "ParameterAlreadyExists",
                "The parameter already exists. To overwrite this value, set the overwrite option in \
                 the request to true.",
            ));
        }
        if spec.overwrite && !spec.tags.is_empty() {
            return Err(invalid(
                "Invalid request: tags and overwrite can't be used together. To create a parameter \
                 with tags, please remove overwrite flag. To update tags for an existing parameter, \
                 please use AddTagsToResource or RemoveTagsFromResource.",
            ));
        }
        let kind = match (spec.kind, latest.map(|latest| latest.kind)) {
            (Some(given), Some(there)) if given != there => {
                return Err(Refusal::new(
                    "HierarchyTypeMismatchException",
                    "Parameter Store doesn't support changing a parameter type in a hierarchy.",
                ));
            }
            (Some(kind), _) | (None, Some(kind)) => kind,
            (None, None) => {
                return Err(invalid(
                    "A parameter type is required when you create a parameter.",
                ));
            }
        };
        let tier = match (spec.tier, latest.map(|latest| latest.tier)) {
            (Some(Tier::Standard), Some(Tier::Advanced)) => {
                return Err(invalid(
                    "This parameter uses the advanced-parameter tier. You can't downgrade a \
                     parameter from the advanced-parameter tier to the standard-parameter tier.",
                ));
            }
            (given, there) => given.max(there).unwrap_or(Tier::Standard),
        };
        check_value(&spec.value, tier)?;
        let data_type = spec.data_type.as_deref();
        let data_type = data_type.or(latest.map(|latest| latest.data_type.as_str()));
        let data_type = data_type.unwrap_or(TEXT).to_owned();
        // AWS has the type `aws:ssm:integration` too; the code for one that it does not have is not
        // documented.
        if data_type != TEXT && data_type != IMAGE {
            return Err(invalid(format!(
                "The following data type is not supported: {data_type} (Data type names are all \
                 lowercase.)"
            )));
        }
        if data_type == IMAGE && kind != ParameterKind::Text {
            return Err(invalid(format!(
                "The data type {IMAGE} is for parameters of the type String alone."
            )));
        }
        let number = latest.map_or(1, |latest| latest.number + 1);
        if data_type == IMAGE && !self.is_image(caller, &spec.value) {
            return Ok((number, tier));
        }
        let is_full = before.is_some_and(|before| before.versions.len() >= VERSIONS);
        let oldest = before.and_then(|before| before.versions.first());
        if is_full && oldest.is_some_and(|oldest| !oldest.labels.is_empty()) {
            return Err(Refusal::new(
                "ParameterMaxVersionLimitExceeded",
                format!(
                    "You attempted to create a new version of {} by calling the PutParameter API \
                     with the overwrite flag. The oldest version can't be deleted because it has a \
                     label associated with it. Move the label to another version of the parameter, \
                     and try again.",
                    spec.name
                ),
            ));
        }
        let description = latest.and_then(|latest| latest.description.clone());
        let version = Version {
            number,
            kind,
            value: spec.value,
            description: spec.description.or(description),
            data_type,
            tier,
            modified: self.now(),
            modified_by: caller.identity.caller().to_string(),
            labels: Vec::new(),
        };
        let name = before.map_or(&spec.name, |before| &before.name).clone();
        let new = || Parameter {
            arn: arn_of(caller, &name),
            name: name.clone(),
            tags: spec.tags,
            versions: Vec::new(),
        };
        let own = self.parameters.own_mut(caller);
        let parameter = own.entry(name.clone()).or_insert_with(new);
        if is_full {
            parameter.versions.remove(0);
        }
        parameter.versions.push(version);
        Ok((number, tier))
    }

    /// Whether it is the id of an image that the caller sees, may use and may look for
    ///
    /// AWS looks whether "the specified AMI is available in your AWS account"; that one which is
    /// pending, disabled or kept out by Allowed AMIs is not, is not documented.
    fn is_image(&self, caller: Caller<'_>, value: &str) -> bool {
        let seen = value.parse::<ImageId>().is_ok_and(|image| {
            self.seen_image(caller, &image).is_some_and(|image| {
                let allowed = self.is_allowed_image(caller.region, caller.account, image);
                image.state == ImageState::Available && allowed != AllowedImage::Hidden
            })
        });
        seen && self
            .authorize(caller, "ec2:DescribeImages", "*", &[])
            .is_ok()
    }
}

fn check_value(value: &str, tier: Tier) -> Result<(), Refusal> {
    if value.is_empty() {
        return Err(invalid(
            "1 validation error detected: Value '' at 'value' failed to satisfy constraint: Member \
             must have length greater than or equal to 1",
        ));
    }
    // AWS counts bytes.
    match tier {
        Tier::Standard if value.len() > 4_096 => Err(invalid(
            "Standard tier parameters support a maximum parameter value of 4096 characters. To \
             create a larger parameter value, upgrade the parameter to use the advanced-parameter \
             tier.",
        )),
        Tier::Advanced if value.len() > 8_192 => Err(invalid(
            "Advanced tier parameters support a maximum parameter value of 8192 characters.",
        )),
        _ => Ok(()),
    }
}
