//! The settings of an account in a Region: block public access, Allowed AMIs, EBS encryption.
//!
//! Every setting is managed by its account: there are no declarative policies.

use super::super::super::call::Caller;
use super::super::super::ec2::{AllowedImagesState, ImageCriterion};
use super::super::super::refusal::Refusal;
use super::super::super::state::State;
use super::super::params::{Params, invalid};
use super::super::service::{QueryAction, anything};
use super::super::xml::Element;
use super::done;
use crate::id::AccountId;
use crate::resource::{BlockPublicAccess, SnapshotBlockPublicAccess};

pub(crate) const ACTIONS: &[QueryAction] = &[
    QueryAction {
        name: "GetImageBlockPublicAccessState",
        takes: &[],
        on: anything,
        run: |state, caller, _| {
            let setting = state.own_settings(caller).images;
            Ok(vec![
                Element::text("imageBlockPublicAccessState", setting.to_string()),
                managed_by(),
            ])
        },
    },
    QueryAction {
        name: "EnableImageBlockPublicAccess",
        takes: &["ImageBlockPublicAccessState"],
        on: anything,
        run: |state, caller, params| match params.required("ImageBlockPublicAccessState")? {
            "block-new-sharing" => Ok(set_images(
                state,
                caller,
                BlockPublicAccess::BlockNewSharing,
            )),
            other => Err(invalid("ImageBlockPublicAccessState", other)),
        },
    },
    QueryAction {
        name: "DisableImageBlockPublicAccess",
        takes: &[],
        on: anything,
        run: |state, caller, _| Ok(set_images(state, caller, BlockPublicAccess::Unblocked)),
    },
    QueryAction {
        name: "GetSnapshotBlockPublicAccessState",
        takes: &[],
        on: anything,
        run: |state, caller, _| {
            let setting = state.own_settings(caller).snapshots;
            Ok(vec![
                Element::text("state", setting.to_string()),
                managed_by(),
            ])
        },
    },
    QueryAction {
        name: "EnableSnapshotBlockPublicAccess",
        takes: &["State"],
        on: anything,
        run: |state, caller, params| {
            let setting = match params.required("State")? {
                "block-all-sharing" => SnapshotBlockPublicAccess::BlockAllSharing,
                "block-new-sharing" => SnapshotBlockPublicAccess::BlockNewSharing,
                // "unblocked is not a valid value for EnableSnapshotBlockPublicAccess."
                other => return Err(invalid("State", other)),
            };
            Ok(set_snapshots(state, caller, setting))
        },
    },
    QueryAction {
        name: "DisableSnapshotBlockPublicAccess",
        takes: &[],
        on: anything,
        run: |state, caller, _| {
            Ok(set_snapshots(
                state,
                caller,
                SnapshotBlockPublicAccess::Unblocked,
            ))
        },
    },
    QueryAction {
        name: "GetEbsEncryptionByDefault",
        takes: &[],
        on: anything,
        run: |state, caller, _| {
            let on = state.own_settings(caller).encryption_by_default;
            Ok(vec![
                Element::flag("ebsEncryptionByDefault", on),
                Element::text("sseType", if on { "sse-kms" } else { "none" }),
            ])
        },
    },
    QueryAction {
        name: "EnableEbsEncryptionByDefault",
        takes: &[],
        on: anything,
        run: |state, caller, _| Ok(set_encryption(state, caller, true)),
    },
    QueryAction {
        name: "DisableEbsEncryptionByDefault",
        takes: &[],
        on: anything,
        run: |state, caller, _| Ok(set_encryption(state, caller, false)),
    },
    QueryAction {
        name: "GetEbsDefaultKmsKeyId",
        takes: &[],
        on: anything,
        run: |state, caller, _| Ok(tell_default_key(state, caller)),
    },
    QueryAction {
        name: "ModifyEbsDefaultKmsKeyId",
        takes: &["KmsKeyId"],
        on: anything,
        run: |state, caller, params| {
            // AWS says that it looks at the key later; what a key becomes that is not there, it
            // does not say. Here such a key is refused.
            let key = state.find_key(caller, params.required("KmsKeyId")?)?;
            state
                .settings_mut(caller.region, caller.account)
                .default_key = Some(key);
            Ok(tell_default_key(state, caller))
        },
    },
    QueryAction {
        name: "ResetEbsDefaultKmsKeyId",
        takes: &[],
        on: anything,
        run: |state, caller, _| {
            state
                .settings_mut(caller.region, caller.account)
                .default_key = None;
            Ok(tell_default_key(state, caller))
        },
    },
    QueryAction {
        name: "GetAllowedImagesSettings",
        takes: &[],
        on: anything,
        run: |state, caller, _| {
            let allowed = state.own_settings(caller).allowed;
            Ok(vec![
                Element::text("state", allowed.state.as_str()),
                Element::list(
                    "imageCriterionSet",
                    allowed.criteria.iter().map(tell_criterion),
                ),
                managed_by(),
            ])
        },
    },
    QueryAction {
        name: "EnableAllowedImagesSettings",
        takes: &["AllowedImagesSettingsState"],
        on: anything,
        run: |state, caller, params| {
            let setting = match params.required("AllowedImagesSettingsState")? {
                "enabled" => AllowedImagesState::Enabled,
                "audit-mode" => AllowedImagesState::AuditMode,
                other => return Err(invalid("AllowedImagesSettingsState", other)),
            };
            Ok(set_allowed(state, caller, setting))
        },
    },
    QueryAction {
        name: "DisableAllowedImagesSettings",
        takes: &[],
        on: anything,
        run: |state, caller, _| Ok(set_allowed(state, caller, AllowedImagesState::Disabled)),
    },
    QueryAction {
        name: "ReplaceImageCriteriaInAllowedImagesSettings",
        takes: &["ImageCriterion"],
        on: anything,
        run: |state, caller, params| {
            let criteria = criteria(params)?;
            let settings = state.settings_mut(caller.region, caller.account);
            settings.allowed.criteria = criteria;
            Ok(done())
        },
    },
];

fn managed_by() -> Element {
    Element::text("managedBy", "account")
}

fn set_images(state: &mut State, caller: Caller<'_>, setting: BlockPublicAccess) -> Vec<Element> {
    state.settings_mut(caller.region, caller.account).images = setting;
    vec![Element::text(
        "imageBlockPublicAccessState",
        setting.to_string(),
    )]
}

fn set_snapshots(
    state: &mut State,
    caller: Caller<'_>,
    setting: SnapshotBlockPublicAccess,
) -> Vec<Element> {
    state.settings_mut(caller.region, caller.account).snapshots = setting;
    vec![Element::text("state", setting.to_string())]
}

fn set_encryption(state: &mut State, caller: Caller<'_>, on: bool) -> Vec<Element> {
    let settings = state.settings_mut(caller.region, caller.account);
    settings.encryption_by_default = on;
    vec![Element::flag("ebsEncryptionByDefault", on)]
}

fn set_allowed(state: &mut State, caller: Caller<'_>, setting: AllowedImagesState) -> Vec<Element> {
    let settings = state.settings_mut(caller.region, caller.account);
    settings.allowed.state = setting;
    vec![Element::text(
        "allowedImagesSettingsState",
        setting.as_str(),
    )]
}

/// The default key by its ARN; `aws/ebs` by its alias, as the User Guide shows it
fn tell_default_key(state: &State, caller: Caller<'_>) -> Vec<Element> {
    let key = state.own_settings(caller).default_key;
    let key = key.map_or_else(|| "alias/aws/ebs".to_owned(), |key| key.to_string());
    vec![Element::text("kmsKeyId", key)]
}

/// The parameter `ImageCriterion.N`; none takes all criteria away
///
/// The bounds are documented, the codes are not.
fn criteria(params: &Params) -> Result<Vec<ImageCriterion>, Refusal> {
    const IN_CALL: usize = 10;
    let items = params.items("ImageCriterion");
    at_most("ImageCriterion", items.len(), IN_CALL)?;
    items.into_iter().map(criterion).collect()
}

fn criterion(item: &Params) -> Result<ImageCriterion, Refusal> {
    const PROVIDERS: usize = 200;
    const VALUES: usize = 50;
    const NAMES: [&str; 5] = [
        "ImageProvider",
        "ImageName",
        "MarketplaceProductCode",
        "CreationDateCondition",
        "DeprecationTimeCondition",
    ];
    item.only("ImageCriterion", &NAMES)?;
    let texts = |name: &str, most| {
        let texts = item.texts(name);
        at_most(name, texts.len(), most)?;
        Ok(texts.into_iter().map(str::to_owned).collect::<Vec<_>>())
    };
    let days = |name: &str, field: &str| match item.below(name) {
        Some(condition) => {
            condition.only(name, &[field])?;
            condition.parsed(field)
        }
        None => Ok(None),
    };
    let providers: Vec<String> = texts("ImageProvider", PROVIDERS)?;
    for provider in &providers {
        let is_known = ["amazon", "aws-marketplace", "aws-backup-vault", "none"]
            .contains(&provider.as_str())
            || provider.parse::<AccountId>().is_ok();
        if !is_known || provider == "none" && providers.len() > 1 {
            return Err(invalid("ImageProvider", provider));
        }
    }
    let mut criterion = ImageCriterion::of_providers(providers);
    criterion.names = texts("ImageName", VALUES)?;
    criterion.product_codes = texts("MarketplaceProductCode", VALUES)?;
    criterion.days_since_created = days("CreationDateCondition", "MaximumDaysSinceCreated")?;
    criterion.days_since_deprecated =
        days("DeprecationTimeCondition", "MaximumDaysSinceDeprecated")?;
    if criterion == ImageCriterion::default() {
        return Err(Refusal::new(
            "InvalidParameterValue",
            "An image criterion has to have at least one parameter.",
        ));
    }
    Ok(criterion)
}

fn at_most(name: &str, count: usize, most: usize) -> Result<(), Refusal> {
    if count <= most {
        return Ok(());
    }
    Err(Refusal::new(
        "InvalidParameterValue",
        format!("{count} values for parameter {name}; the most is {most}"),
    ))
}

fn tell_criterion(criterion: &ImageCriterion) -> Element {
    let lists = [
        ("imageProviderSet", &criterion.providers),
        ("imageNameSet", &criterion.names),
        ("marketplaceProductCodeSet", &criterion.product_codes),
    ];
    let mut fields: Vec<Element> = lists
        .into_iter()
        .filter(|(_, values)| !values.is_empty())
        .map(|(name, values)| {
            Element::list(
                name,
                values
                    .iter()
                    .map(|value| Element::text("item", value.clone())),
            )
        })
        .collect();
    let conditions = [
        (
            "creationDateCondition",
            "maximumDaysSinceCreated",
            criterion.days_since_created,
        ),
        (
            "deprecationTimeCondition",
            "maximumDaysSinceDeprecated",
            criterion.days_since_deprecated,
        ),
    ];
    for (name, field, days) in conditions {
        if let Some(days) = days {
            fields.push(Element::new(
                name,
                vec![Element::text(field, days.to_string())],
            ));
        }
    }
    Element::item(fields)
}
