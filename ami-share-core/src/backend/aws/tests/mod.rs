//! The backend at the wire: what it sends, and what it makes of answers that moto never gives.
#![allow(
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "tests fail by panic"
)]

mod building;
mod errors;
mod fake;
mod images;
mod organizations;
mod others;
mod retries;

use crate::id::{ImageId, Region};

fn home() -> Region {
    "eu-central-1".parse().unwrap()
}

fn image_ids(count: usize) -> Vec<ImageId> {
    (0..count)
        .map(|n| format!("ami-{n:017x}").parse().unwrap())
        .collect()
}

fn image_id() -> ImageId {
    image_ids(1).remove(0)
}
