//! What is wanted on the side of recipients, and of images that they use.

mod gather;
mod rehearsal;

pub use rehearsal::{RehearsalRequest, RehearsalRequestBuilder};

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
