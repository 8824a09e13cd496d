//! The attributes of a snapshot: who may create volumes from it, and its product codes.

use super::super::super::call::Caller;
use super::super::super::refusal::Refusal;
use super::super::super::state::State;
use super::super::params::{Params, invalid, missing};
use super::super::service::QueryAction;
use super::super::xml::Element;
use super::done;
use super::id::snapshot_id;
use super::snapshot::snapshot_of;
use crate::backend::SnapshotChange;
use crate::principal::Principal;

pub(crate) const ACTIONS: &[QueryAction] = &[
    QueryAction {
        name: "DescribeSnapshotAttribute",
        takes: &["SnapshotId", "Attribute"],
        on: |caller, params| snapshot_of(caller, params),
        run: describe,
    },
    QueryAction {
        name: "ModifySnapshotAttribute",
        takes: &[
            "SnapshotId",
            "Attribute",
            "CreateVolumePermission",
            "OperationType",
            "UserId",
            "UserGroup",
        ],
        on: |caller, params| snapshot_of(caller, params),
        run: modify,
    },
    QueryAction {
        name: "ResetSnapshotAttribute",
        takes: &["SnapshotId", "Attribute"],
        on: |caller, params| snapshot_of(caller, params),
        run: |state, caller, params| {
            let snapshot = snapshot_id(params, "SnapshotId")?;
            match Attribute::of(params.required("Attribute")?)? {
                Attribute::CreateVolumePermission => {
                    state.reset_create_volume_permissions(caller, &snapshot)?;
                    Ok(done())
                }
                // "Only the attribute for permission to create volumes can be reset."
                Attribute::ProductCodes => Err(invalid("attribute", "productCodes")),
            }
        },
    },
];

enum Attribute {
    CreateVolumePermission,
    ProductCodes,
}

impl Attribute {
    /// Clients write the names in more than one case
    fn of(text: &str) -> Result<Self, Refusal> {
        if text.eq_ignore_ascii_case("createVolumePermission") {
            Ok(Self::CreateVolumePermission)
        } else if text.eq_ignore_ascii_case("productCodes") {
            Ok(Self::ProductCodes)
        } else {
            Err(invalid("attribute", text))
        }
    }
}

fn describe(
    state: &mut State,
    caller: Caller<'_>,
    params: &Params,
) -> Result<Vec<Element>, Refusal> {
    let snapshot = snapshot_id(params, "SnapshotId")?;
    let list = match Attribute::of(params.required("Attribute")?)? {
        Attribute::CreateVolumePermission => {
            let permissions = state.describe_create_volume_permissions(caller, &snapshot)?;
            let items = permissions.iter().map(|principal| {
                Element::item(vec![match principal {
                    Principal::Public => Element::text("group", "all"),
                    other => Element::text("userId", other.to_string()),
                }])
            });
            Element::list("createVolumePermission", items)
        }
        Attribute::ProductCodes => {
            state.own_snapshot(caller, &snapshot)?;
            let codes = state.product_codes_of_snapshot(caller.region, &snapshot);
            let items = codes.into_iter().map(|code| {
                Element::item(vec![
                    Element::text("productCode", code.to_owned()),
                    Element::text("type", "marketplace"),
                ])
            });
            Element::list("productCodes", items)
        }
    };
    Ok(vec![
        Element::text("snapshotId", snapshot.to_string()),
        list,
    ])
}

fn modify(state: &mut State, caller: Caller<'_>, params: &Params) -> Result<Vec<Element>, Refusal> {
    let snapshot = snapshot_id(params, "SnapshotId")?;
    let attribute = params
        .optional("Attribute")
        .map(Attribute::of)
        .transpose()?;
    let (add, remove) = match params.below("CreateVolumePermission") {
        Some(permission) => structured(params, permission)?,
        None => legacy(params, attribute.as_ref())?,
    };
    if let Some(Attribute::ProductCodes) = attribute {
        // Nobody but AWS changes them.
        return Err(invalid("attribute", "productCodes"));
    }
    let change = match (add.as_slice(), remove.as_slice()) {
        (add, []) => SnapshotChange::Add(add),
        ([], remove) => SnapshotChange::Remove(remove),
        // That it is refused is documented; neither code nor text are.
        _ => {
            return Err(Refusal::new(
                "InvalidParameterCombination",
                "Create-volume permissions cannot be added and removed in the same request",
            ));
        }
    };
    state.modify_create_volume_permissions(caller, &snapshot, change)?;
    Ok(done())
}

/// Whom to add and whom to remove
type Change = (Vec<Principal>, Vec<Principal>);

/// `CreateVolumePermission.Add.N` and `.Remove.N`, beside which `OperationType` says nothing new
fn structured(params: &Params, permission: &Params) -> Result<Change, Refusal> {
    permission.only("CreateVolumePermission", &["Add", "Remove"])?;
    if params.below("UserId").is_some() || params.below("UserGroup").is_some() {
        // Not documented.
        return Err(Refusal::new(
            "InvalidParameterCombination",
            "The parameter CreateVolumePermission cannot be used with UserId or UserGroup",
        ));
    }
    let principals = |name: &str| {
        permission
            .items(name)
            .into_iter()
            .map(|item| {
                item.only("CreateVolumePermission", &["UserId", "Group"])?;
                match (item.optional("UserId"), item.optional("Group")) {
                    (Some(user), None) => account(user),
                    (None, Some(group)) => public(group),
                    _ => Err(Refusal::new(
                        "InvalidParameterCombination",
                        "A create-volume permission has either a user id or a group",
                    )),
                }
            })
            .collect::<Result<Vec<_>, _>>()
    };
    Ok((principals("Add")?, principals("Remove")?))
}

/// `Attribute` and `OperationType` with `UserId.N` and `UserGroup.N`
fn legacy(params: &Params, attribute: Option<&Attribute>) -> Result<Change, Refusal> {
    if attribute.is_none() {
        return Err(missing("attribute"));
    }
    let users = params.texts("UserId").into_iter().map(account);
    let groups = params.texts("UserGroup").into_iter().map(public);
    let principals = users.chain(groups).collect::<Result<Vec<_>, _>>()?;
    match params.required("OperationType")? {
        "add" => Ok((principals, Vec::new())),
        "remove" => Ok((Vec::new(), principals)),
        other => Err(invalid("operationType", other)),
    }
}

fn account(text: &str) -> Result<Principal, Refusal> {
    let account = text.parse().map(Principal::Account);
    account.map_err(|_| invalid_item(text, "userId"))
}

fn public(text: &str) -> Result<Principal, Refusal> {
    match text {
        "all" => Ok(Principal::Public),
        other => Err(invalid_item(other, "UserGroup")),
    }
}

/// As it is known of images; for snapshots neither code nor text are documented
fn invalid_item(text: &str, kind: &str) -> Refusal {
    Refusal::new(
        "InvalidParameterValue",
        format!("Invalid attribute item value \"{text}\" for {kind} item type."),
    )
}
