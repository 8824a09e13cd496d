//! `CreateImage`.

use super::super::super::call::Caller;
use super::super::super::ec2::{ImageOfInstance, arn};
use super::super::super::refusal::Refusal;
use super::super::super::state::State;
use super::super::params::Params;
use super::super::service::QueryAction;
use super::super::xml::Element;
use super::register_image::may_tag;
use super::tag::tag_specifications;

pub(crate) const ACTIONS: &[QueryAction] = &[QueryAction {
    name: "CreateImage",
    takes: &[
        "Description",
        "InstanceId",
        "Name",
        "NoReboot",
        "TagSpecification",
    ],
    on,
    run: create,
}];

/// The instance, the new image and the new snapshots
fn on(caller: Caller<'_>, params: &Params) -> Vec<String> {
    let instance = params.text("InstanceId").unwrap_or("*");
    let instance = arn(caller.region, Some(caller.account), "instance", instance);
    let new = ["image", "snapshot"].map(|kind| arn(caller.region, None, kind, "*"));
    std::iter::once(instance).chain(new).collect()
}

fn create(state: &mut State, caller: Caller<'_>, params: &Params) -> Result<Vec<Element>, Refusal> {
    // Instances of this world have nothing that a reboot would change.
    params.optional_flag("NoReboot")?;
    let mut tags = tag_specifications(params, &["image", "snapshot"])?;
    for kind in tags.keys() {
        may_tag(state, caller, kind, "CreateImage")?;
    }
    let asked = ImageOfInstance {
        instance: params.required("InstanceId")?.to_owned(),
        name: params.required("Name")?.to_owned(),
        description: params
            .optional("Description")
            .unwrap_or_default()
            .to_owned(),
        image_tags: tags.remove("image").unwrap_or_default(),
        snapshot_tags: tags.remove("snapshot").unwrap_or_default(),
    };
    let id = state.create_image(caller, asked)?;
    Ok(vec![Element::text("imageId", id.to_string())])
}
