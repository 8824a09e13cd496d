//! What our copies are known by.

use serde::Serialize;
use sha2::{Digest, Sha256};

use crate::id::{AccountId, Destination, ImageId, KeyArn, Region};
use crate::resource::Tags;

/// The tag that tells the source of a copy, as `us-east-1/ami-…`
pub const SOURCE_TAG: &str = "ami-share:source";
/// The tag that tells what was asked for: copies with the same one are the same
pub const COPY_TAG: &str = "ami-share:copy";

/// The hex digits of a digest that are kept; 128 bits tell any two copies apart
const DIGITS: usize = 32;

/// Tells a copy by its source, and by what makes it another one: its owner, destination, key and name
///
/// The destination names no account where it is the caller's own.
pub(super) fn digest_of(
    source_region: &Region,
    source: &ImageId,
    shape: &(AccountId, &Destination, Option<&KeyArn>, &str),
) -> String {
    digest(&(source_region, source, shape))
}

/// The tags that our copies are found by
pub(crate) fn provenance(source_region: &Region, source: &ImageId, digest: Option<&str>) -> Tags {
    let mut tags = Tags::from([(SOURCE_TAG.to_owned(), format!("{source_region}/{source}"))]);
    tags.extend(digest.map(|digest| (COPY_TAG.to_owned(), digest.to_owned())));
    tags
}

/// A digest of a value, the same on every machine
pub(crate) fn digest(value: &impl Serialize) -> String {
    // INVARIANT: texts, numbers and maps with texts as keys are always written.
    let json = serde_json::to_vec(value).unwrap_or_default();
    let hash = Sha256::digest(json);
    let hex: String = hash.iter().map(|byte| format!("{byte:02x}")).collect();
    hex.chars().take(DIGITS).collect()
}
