//! What a distribution asks of copies and shares, as their requests.

use std::collections::BTreeSet;

use crate::distribution::{Distribution, RecipientsGet, Shard};
use crate::id::{AccountId, Destination, ImageId, Region};
use crate::principal::PrincipalSet;
use crate::request::{
    CopyLimits, CopyRequest, CopyRequestBuilder, DeregistrationProtection, RequestError,
    ShareRequest, ShareRequestBuilder, SnapshotSharing, SourceAccess,
};
use crate::resource::{Tags, Timestamp};

/// The owner's copies in Regions other than the image's own; none where there are none
pub(super) fn owner_copies(
    distribution: &Distribution,
    image: &ImageId,
    regions: &BTreeSet<Region>,
    tags: &Tags,
) -> Result<Option<CopyRequest>, RequestError> {
    let own = &distribution.image().region;
    let elsewhere: Vec<&Region> = regions.iter().filter(|region| *region != own).collect();
    if elsewhere.is_empty() {
        return Ok(None);
    }
    let mut builder = CopyRequest::builder().source(own, image);
    for region in elsewhere {
        builder = builder.to_region(region);
        if let Some(key) = distribution.owner_key(region) {
            builder = builder.key_in(region, key);
        }
    }
    let builder = with_tags(builder, tags, &distribution.tags().snapshots);
    made(builder, distribution).build().map(Some)
}

/// The copies that accounts make of the owner's image in a Region, deprecated when that one is
pub(super) fn recipient_copies(
    distribution: &Distribution,
    (region, image): (&Region, &ImageId),
    accounts: impl IntoIterator<Item = AccountId>,
    deprecation: Option<Timestamp>,
) -> Result<CopyRequest, RequestError> {
    let mut builder = CopyRequest::builder()
        .source(region, image)
        .source_access(SourceAccess::LeaveAsIs);
    for account in accounts {
        builder = builder.to(account, region);
        if let Some(key) = distribution.recipient_key(account, region) {
            builder = builder.account_key_in(account, region, key);
        }
    }
    let tags = distribution.tags();
    let mut image_tags = tags.image.clone();
    image_tags.extend(tags.recipients.clone());
    let mut builder = with_tags(builder, &image_tags, &tags.snapshots);
    if let Some(at) = deprecation {
        builder = builder.deprecate_at(at);
    }
    made(builder, distribution).build()
}

/// The same, asked of the image in its own Region: what can be known before the Region has one
pub(super) fn recipient_check(
    distribution: &Distribution,
    image: &ImageId,
    destinations: &BTreeSet<Destination>,
) -> Result<CopyRequest, RequestError> {
    let own = &distribution.image().region;
    let mut builder = CopyRequest::builder()
        .source(own, image)
        .source_access(SourceAccess::LeaveAsIs);
    for Destination { account, region } in destinations {
        let Some(account) = *account else { continue };
        builder = builder.to(account, region);
        if let Some(key) = distribution.recipient_key(account, region) {
            builder = builder.account_key_in(account, region, key);
        }
    }
    made(builder, distribution).build()
}

fn with_tags(
    mut builder: CopyRequestBuilder,
    image: &Tags,
    snapshots: &Tags,
) -> CopyRequestBuilder {
    for (key, value) in image {
        builder = builder.image_tag(key, value);
    }
    for (key, value) in snapshots {
        builder = builder.snapshot_tag(key, value);
    }
    builder
}

/// How copies are made, whoever makes them
fn made(mut builder: CopyRequestBuilder, distribution: &Distribution) -> CopyRequestBuilder {
    let copies = distribution.copies();
    let mut limits = CopyLimits::default();
    if let Some(minutes) = copies.time_limit_minutes {
        limits.minutes = minutes;
    }
    if let Some(images) = copies.images_in_flight {
        limits.images = images as usize;
    }
    if let Some(snapshots) = copies.snapshots_in_flight {
        limits.snapshots = snapshots as usize;
    }
    if let Some(description) = &copies.description {
        builder = builder.description(description.as_str());
    }
    if let Some(minutes) = copies.completion_minutes {
        // INVARIANT: a distribution has 2,880 at most.
        builder = builder.completion_minutes(u16::try_from(minutes).unwrap_or(u16::MAX));
    }
    if let Some(protection) = protection_of(distribution) {
        builder = builder.protect(protection);
    }
    builder
        .name(copies.name.as_str())
        .on_failure(copies.on_failure)
        .key_access(distribution.key_access())
        .limits(limits)
}

pub(super) fn protection_of(distribution: &Distribution) -> Option<DeregistrationProtection> {
    let protection = distribution.protection().deregistration.as_ref()?;
    Some(if protection.cooldown {
        DeregistrationProtection::WithCooldown
    } else {
        DeregistrationProtection::WithoutCooldown
    })
}

/// How the owner shares its image in a Region
pub(super) fn share(
    distribution: &Distribution,
    region: &Region,
    image: &ImageId,
) -> Result<ShareRequest, RequestError> {
    base(distribution, region, [image])
        .principals(distribution.recipients().iter())
        .snapshots(distribution.snapshots())
        .build()
}

/// How the owner opens its image in a Region to those who are to copy it
pub(super) fn open(
    distribution: &Distribution,
    accounts: &PrincipalSet,
    region: &Region,
    image: &ImageId,
) -> Result<ShareRequest, RequestError> {
    base(distribution, region, [image])
        .principals(accounts.iter())
        .snapshots(SnapshotSharing::ForCopy)
        .build()
}

/// How all that a distribution gave is taken back, with the tags that tell of it
pub(super) fn take_back(
    distribution: &Distribution,
    accounts: &BTreeSet<AccountId>,
    (region, images): (&Region, &[ImageId]),
    tags: &Tags,
) -> Result<ShareRequest, RequestError> {
    let mut builder = base(distribution, region, images);
    builder = match distribution.recipients_get() {
        RecipientsGet::Share => builder.principals(distribution.recipients().iter()),
        RecipientsGet::Copy => builder.accounts(accounts.iter().copied()),
    };
    for (key, value) in tags {
        builder = builder.tag(key, value);
    }
    builder.snapshots(distribution.snapshots()).revoke().build()
}

/// How the owner takes back what was opened for copies
pub(super) fn close(shard: &Shard, image: &ImageId) -> Result<ShareRequest, RequestError> {
    base(&shard.distribution, &shard.region, [image])
        .principals(shard.close.principals.iter())
        .snapshots(SnapshotSharing::ForCopy)
        .revoke()
        .build()
}

fn base<'a>(
    distribution: &Distribution,
    region: &Region,
    images: impl IntoIterator<Item = &'a ImageId>,
) -> ShareRequestBuilder {
    ShareRequest::builder()
        .region(region)
        .images(images)
        .key_access(distribution.key_access())
}
