//! `CopyImage`.

use super::super::super::call::Caller;
use super::super::super::ec2::{CopyRequest, Encryption, arn, image_arn};
use super::super::super::refusal::Refusal;
use super::super::super::state::State;
use super::super::params::{Params, invalid};
use super::super::service::QueryAction;
use super::super::xml::Element;
use super::id::parse_image_id;
use super::register_image::may_tag;
use super::snapshot::completion;
use super::tag::tag_specifications;
use crate::id::{ImageId, Region};

pub(crate) const ACTIONS: &[QueryAction] = &[QueryAction {
    name: "CopyImage",
    takes: &[
        "ClientToken",
        "CopyImageTags",
        "Description",
        "Encrypted",
        "KmsKeyId",
        "Name",
        "SnapshotCopyCompletionDurationMinutes",
        "SourceImageId",
        "SourceRegion",
        "TagSpecification",
    ],
    on,
    run: copy,
}];

/// The source, the new image and the new snapshots
fn on(caller: Caller<'_>, params: &Params) -> Vec<String> {
    let source: Option<ImageId> = params.text("SourceImageId").and_then(|id| id.parse().ok());
    let region: Option<Region> = params.text("SourceRegion").and_then(|id| id.parse().ok());
    let source = source.map(|id| image_arn(region.as_ref().unwrap_or(caller.region), &id));
    let new = ["image", "snapshot"].map(|kind| arn(caller.region, None, kind, "*"));
    source.into_iter().chain(new).collect()
}

fn copy(state: &mut State, caller: Caller<'_>, params: &Params) -> Result<Vec<Element>, Refusal> {
    let text = |name: &str| params.text(name).filter(|text| !text.is_empty());
    let source = parse_image_id(params.required("SourceImageId")?)?;
    let source_region = params.required("SourceRegion")?;
    let source_region = source_region
        .parse()
        .map_err(|_| invalid("sourceRegion", source_region))?;
    let mut tags = tag_specifications(params, &["image", "snapshot"])?;
    for kind in tags.keys() {
        may_tag(state, caller, kind, "CopyImage")?;
    }
    let copy_tags = params.flag("CopyImageTags")?;
    if copy_tags {
        may_tag(state, caller, "image", "CopyImage")?;
    }
    if params.flag("DryRun")? {
        return Err(Refusal::dry_run());
    }
    let request = CopyRequest {
        source,
        source_region,
        name: params.required("Name")?.to_owned(),
        description: text("Description").unwrap_or_default().to_owned(),
        encryption: Encryption {
            encrypted: params.optional_flag("Encrypted")?,
            key: text("KmsKeyId").map(str::to_owned),
        },
        copy_tags,
        image_tags: tags.remove("image").unwrap_or_default(),
        snapshot_tags: tags.remove("snapshot").unwrap_or_default(),
        completion: completion(params, "SnapshotCopyCompletionDurationMinutes")?,
        token: text("ClientToken").map(str::to_owned),
    };
    let id = state.copy_image(caller, request)?;
    Ok(vec![Element::text("imageId", id.to_string())])
}
