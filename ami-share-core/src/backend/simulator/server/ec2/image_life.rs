//! How images are disabled, deprecated, protected and deregistered.

use super::super::super::call::Caller;
use super::super::super::clock::Moment;
use super::super::super::ec2::snapshot_arn;
use super::super::super::refusal::Refusal;
use super::super::super::state::State;
use super::super::params::{Params, invalid};
use super::super::service::QueryAction;
use super::super::xml::Element;
use super::done;
use super::id::image_id;
use super::image_attribute::on_image;
use crate::id::ImageId;

pub(crate) const ACTIONS: &[QueryAction] = &[
    QueryAction {
        name: "DeregisterImage",
        takes: &["DeleteAssociatedSnapshots", "ImageId"],
        on: on_image,
        run: deregister,
    },
    QueryAction {
        name: "DisableImage",
        takes: &["ImageId"],
        on: on_image,
        run: |state, caller, params| {
            let image = own(state, caller, params)?;
            state.disable_image(caller.region, &image)?;
            Ok(done())
        },
    },
    QueryAction {
        name: "DisableImageDeprecation",
        takes: &["ImageId"],
        on: on_image,
        run: |state, caller, params| {
            let image = own(state, caller, params)?;
            state.disable_image_deprecation(caller.region, &image)?;
            Ok(done())
        },
    },
    QueryAction {
        name: "DisableImageDeregistrationProtection",
        takes: &["ImageId"],
        on: on_image,
        run: |state, caller, params| {
            let image = own(state, caller, params)?;
            state.disable_deregistration_protection(caller.region, &image)?;
            Ok(done())
        },
    },
    QueryAction {
        name: "EnableImage",
        takes: &["ImageId"],
        on: on_image,
        run: |state, caller, params| {
            let image = own(state, caller, params)?;
            state.enable_image(caller.region, &image)?;
            Ok(done())
        },
    },
    QueryAction {
        name: "EnableImageDeprecation",
        takes: &["DeprecateAt", "ImageId"],
        on: on_image,
        run: enable_deprecation,
    },
    QueryAction {
        name: "EnableImageDeregistrationProtection",
        takes: &["ImageId", "WithCooldown"],
        on: on_image,
        run: |state, caller, params| {
            let image = own(state, caller, params)?;
            let with_cooldown = params.flag("WithCooldown")?;
            state.enable_deregistration_protection(caller.region, &image, with_cooldown)?;
            Ok(done())
        },
    },
];

/// The image of the call, which the caller has to own
fn own(state: &State, caller: Caller<'_>, params: &Params) -> Result<ImageId, Refusal> {
    let image = image_id(params)?;
    state.own_image(caller, &image)?;
    Ok(image)
}

fn deregister(
    state: &mut State,
    caller: Caller<'_>,
    params: &Params,
) -> Result<Vec<Element>, Refusal> {
    let image = own(state, caller, params)?;
    if !params.flag("DeleteAssociatedSnapshots")? {
        state.deregister_image(caller.region, &image)?;
        return Ok(done());
    }
    let results = state.deregister_with_snapshots(caller, &image, |state, snapshot| {
        let arn = snapshot_arn(caller.region, snapshot);
        state
            .authorize(caller, "ec2:DeleteSnapshot", &arn, &[])
            .is_ok()
    })?;
    let results = results.into_iter().map(|(snapshot, code)| {
        Element::item(vec![
            Element::text("snapshotId", snapshot.to_string()),
            Element::text("returnCode", code),
        ])
    });
    let mut answer = done();
    answer.push(Element::list("deleteSnapshotResultSet", results));
    Ok(answer)
}

fn enable_deprecation(
    state: &mut State,
    caller: Caller<'_>,
    params: &Params,
) -> Result<Vec<Element>, Refusal> {
    let image = own(state, caller, params)?;
    let text = params.required("DeprecateAt")?;
    let from = Moment::parse(text).ok_or_else(|| invalid("deprecateAt", text))?;
    state.enable_image_deprecation(caller.region, &image, from)?;
    Ok(done())
}
