mod keys;
mod lease;
mod refusals;
mod steps;
mod values;

use super::*;
use crate::id::{ImageId, Region};
use crate::principal::Principal;
use crate::request::{
    Direction, Limits, PublicConsent, RemovalLimit, ShareRequest, ShareRequestBuilder,
    SnapshotSharing,
};
use crate::resource::fixture::{self, OWNER, set};
use crate::resource::{
    BlockPublicAccess, ImageState, Observed, ObservedImage, Reading, RootDevice,
    SnapshotBlockPublicAccess, Tags,
};

const IMAGE: &str = "ami-00000001";
const SNAPSHOT: &str = "snap-00000001";
const ORGANIZATION: &str = "arn:aws:organizations::123456789012:organization/o-exampleorg1";

fn region() -> Region {
    "us-east-1".parse().unwrap()
}

fn numbered(accounts: std::ops::Range<u64>) -> Vec<String> {
    accounts.map(|number| format!("{number:012}")).collect()
}

/// An available image that these can launch, with one unencrypted snapshot that nobody can read
fn image(id: &str, present: &[&str]) -> ObservedImage {
    fixture::image(id, present, Some(&[]))
}

fn observed(images: impl IntoIterator<Item = ObservedImage>) -> Observed {
    let mut observed = Observed::default();
    let found = observed.regions.entry(region()).or_default();
    found.images = images
        .into_iter()
        .map(|image| (image.image.id.clone(), image))
        .collect();
    observed
}

fn request() -> ShareRequestBuilder {
    ShareRequest::builder().region("us-east-1").image(IMAGE)
}

fn made(builder: ShareRequestBuilder, observed: Observed) -> Plan {
    plan(&builder.build().unwrap(), observed).unwrap()
}

fn refused(builder: ShareRequestBuilder, observed: Observed) -> Vec<Refusal> {
    let refusals = plan(&builder.build().unwrap(), observed).unwrap_err();
    for refusal in &refusals {
        assert!(!refusal.mend().is_empty(), "{refusal} has no mend");
    }
    refusals.as_slice().to_vec()
}

fn operations(plan: &Plan) -> Vec<String> {
    let name = |step: &Step| match &step.action {
        Action::ModifySnapshotAttribute { snapshot, change } => match change {
            PermissionChange::Add(_) => format!("+{snapshot}"),
            PermissionChange::Remove(_) => format!("-{snapshot}"),
        },
        action => action.operation().to_owned(),
    };
    plan.steps().iter().map(name).collect()
}
