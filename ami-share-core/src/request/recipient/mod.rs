//! What is wanted on the side of recipients, and of images that they use.

mod gather;
mod parameter;
mod rehearsal;
mod service_role;
mod tag;
mod usage;

pub use parameter::{ParameterRequest, ParameterRequestBuilder};
pub use rehearsal::{RehearsalRequest, RehearsalRequestBuilder};
pub use service_role::{ServiceLinkedRoleRequest, ServiceLinkedRoleRequestBuilder};
pub use tag::{RecipientTagRequest, RecipientTagRequestBuilder};
pub use usage::{UsageRequest, UsageRequestBuilder};

use std::collections::{BTreeMap, BTreeSet};

use super::RequestProblem;
use crate::id::{AccountId, ImageId, Region};

/// Images by Region
pub(super) type ImagesByRegion = BTreeMap<Region, BTreeSet<ImageId>>;

fn check_images(images: &ImagesByRegion, problems: &mut Vec<RequestProblem>) {
    if images.values().all(BTreeSet::is_empty) {
        problems.push(RequestProblem::NoImages);
    }
}

fn check_accounts(accounts: &BTreeSet<AccountId>, problems: &mut Vec<RequestProblem>) {
    if accounts.is_empty() {
        problems.push(RequestProblem::NoAccounts);
    }
}
