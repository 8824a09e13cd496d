//! The backend at the wire: what it sends, and what it makes of answers that moto never gives.
#![allow(
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "tests fail by panic"
)]

mod building;
mod copies;
mod details;
mod errors;
mod fake;
mod images;
mod organizations;
mod others;
mod recipient;
mod retries;
mod roles;
mod sessions;

use crate::id::{ImageId, KeyArn, Region};

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

fn key() -> KeyArn {
    "arn:aws:kms:eu-central-1:111111111111:key/11111111-2222-3333-4444-555555555555"
        .parse()
        .unwrap()
}
