//! What a distribution asks of copies and shares, as their requests.

use std::collections::{BTreeMap, BTreeSet};

use crate::distribution::{Distribution, LaunchService, RecipientsGet, Template, TemplateValues};
use crate::id::{AccountId, Destination, ImageId, Region, SubnetId};
use crate::policy::ServiceRole;
use crate::principal::{Principal, PrincipalSet};
use crate::request::{
    CopyLimits, CopyRequest, CopyRequestBuilder, DeregistrationProtection, KeyAccess,
    ParameterRequest, RecipientTagRequest, RehearsalRequest, RequestError,
    ServiceLinkedRoleRequest, ShareRequest, ShareRequestBuilder, SnapshotSharing, SourceAccess,
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

/// The owner's image in a Region, and when it is deprecated where copies are to be as well
#[derive(Clone, Copy, Debug)]
pub(super) struct OwnerImage<'a> {
    pub(super) region: &'a Region,
    pub(super) image: &'a ImageId,
    /// The name of the distributed image, which a copy of it may not have
    pub(super) name: Option<&'a str>,
    /// The distributed image
    pub(super) source: &'a ImageId,
    pub(super) deprecation: Option<Timestamp>,
}

/// The copies that accounts make of the owner's image in a Region
pub(super) fn recipient_copies(
    distribution: &Distribution,
    of: OwnerImage<'_>,
    accounts: impl IntoIterator<Item = AccountId>,
) -> Result<CopyRequest, RequestError> {
    let OwnerImage { region, image, .. } = of;
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
    if let Some(at) = of.deprecation {
        builder = builder.deprecate_at(at);
    }
    // What is copied here is itself a copy, of another name: the words stand for the distributed image.
    let of_source = |template: &Template| {
        let text = template.as_str().replace("{source}", of.source.as_str());
        match of.name {
            Some(name) => text.replace("{name}", name),
            None => text,
        }
    };
    let copies = distribution.copies();
    let mut builder = made(builder, distribution).name(of_source(&copies.name));
    if let Some(description) = &copies.description {
        builder = builder.description(of_source(description));
    }
    builder.build()
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
        .copy_tags(copies.copy_tags)
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
    let mut builder = base(distribution, region, [image])
        .principals(distribution.recipients().iter())
        .snapshots(distribution.snapshots());
    if opens_to_services(distribution) && !has_groups(distribution) {
        builder = with_services(builder, distribution);
    }
    builder.build()
}

/// How the keys of the owner's image are opened to grants for services, where groups are among the
/// recipients: key policies name accounts for that
///
/// Only the steps at keys are of use.
pub(super) fn services(
    distribution: &Distribution,
    accounts: &BTreeSet<AccountId>,
    region: &Region,
    image: &ImageId,
) -> Result<Option<ShareRequest>, RequestError> {
    if !opens_to_services(distribution) || !has_groups(distribution) || accounts.is_empty() {
        return Ok(None);
    }
    let builder = base(distribution, region, [image]).accounts(accounts.iter().copied());
    with_services(builder, distribution).build().map(Some)
}

/// Whether recipients of a share are let make grants for services
fn opens_to_services(distribution: &Distribution) -> bool {
    let by_policy = [KeyAccess::Auto, KeyAccess::KeyPolicy];
    distribution.recipients_get() == RecipientsGet::Share
        && !distribution.service_linked_roles().is_empty()
        && by_policy.contains(&distribution.key_access())
}

pub(super) fn has_groups(distribution: &Distribution) -> bool {
    let mut recipients = distribution.recipients().iter();
    recipients.any(|recipient| !matches!(recipient, Principal::Account(_)))
}

fn with_services(builder: ShareRequestBuilder, distribution: &Distribution) -> ShareRequestBuilder {
    let services = distribution.service_linked_roles().into_iter();
    services.fold(builder, |builder, service| {
        builder.service_role(role_of(service))
    })
}

/// The grants that recipients make for services, on the keys of an image; or a look for them
pub(super) fn service_roles(
    distribution: &Distribution,
    (region, image): (&Region, &ImageId),
    accounts: impl IntoIterator<Item = AccountId>,
    diagnose: bool,
) -> Result<ServiceLinkedRoleRequest, RequestError> {
    let services = distribution.service_linked_roles().into_iter();
    ServiceLinkedRoleRequest::builder()
        .region(region)
        .image(image)
        .accounts(accounts)
        .service_roles(services.map(role_of))
        .diagnose(diagnose)
        .build()
}

fn role_of(service: LaunchService) -> ServiceRole {
    match service {
        LaunchService::Autoscaling => ServiceRole::AutoScaling,
        LaunchService::Ec2Fleet => ServiceRole::Ec2Fleet,
        LaunchService::Ec2Spot => ServiceRole::Ec2Spot,
        LaunchService::Ec2SpotFleet => ServiceRole::Ec2SpotFleet,
    }
}

/// The rehearsals of a launch by accounts: one for those that launch in their default VPC, and one for
/// each subnet that others launch in
pub(super) fn rehearsals(
    distribution: &Distribution,
    (region, image): (&Region, &ImageId),
    accounts: impl IntoIterator<Item = AccountId>,
) -> Result<Vec<RehearsalRequest>, RequestError> {
    let rehearsal = distribution.rehearsal();
    let mut by_subnet: BTreeMap<_, Vec<AccountId>> = BTreeMap::new();
    for account in accounts {
        let subnet = rehearsal.subnet(account, region);
        by_subnet.entry(subnet).or_default().push(account);
    }
    let request = |(subnet, accounts): (Option<&SubnetId>, Vec<AccountId>)| {
        let mut builder = RehearsalRequest::builder()
            .region(region)
            .image(image)
            .accounts(accounts);
        if let Some(instance_type) = rehearsal.instance_type() {
            builder = builder.instance_type(instance_type);
        }
        if let Some(subnet) = subnet {
            builder = builder.subnet(subnet);
        }
        builder.build()
    };
    by_subnet.into_iter().map(request).collect()
}

/// The tags that an account gives the image that it sees
pub(super) fn recipient_tags(
    distribution: &Distribution,
    (region, image): (&Region, &ImageId),
    account: AccountId,
) -> Result<RecipientTagRequest, RequestError> {
    let builder = RecipientTagRequest::builder()
        .region(region)
        .image(image)
        .account(account);
    let tags = distribution.tags().recipients.iter();
    tags.fold(builder, |builder, (key, value)| builder.tag(key, value))
        .build()
}

/// The parameters that hold an image: of an account by its role, or the caller's own
pub(super) fn parameters(
    names: &[String],
    (region, image): (&Region, &ImageId),
    account: Option<AccountId>,
) -> Result<Vec<ParameterRequest>, RequestError> {
    let request = |name: &String| {
        let builder = ParameterRequest::builder(name).image_in(region, image);
        match account {
            Some(account) => builder.account(account).recipients_only(),
            None => builder,
        }
        .build()
    };
    names.iter().map(request).collect()
}

/// The names of parameters in an account
pub(super) fn parameter_names(
    templates: &[Template],
    region: &Region,
    account: AccountId,
    (source, name): (&ImageId, &str),
) -> Vec<String> {
    let values = TemplateValues {
        name,
        region,
        account,
        source: source.as_str(),
    };
    templates
        .iter()
        .map(|template| template.fill(values))
        .collect()
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

/// How all that a distribution gave is taken back, with the tags that tell of it; none where no principal
/// was given anything to keep
///
/// What was opened for copies alone is closed by its own record, or was never this distribution's to
/// close.
pub(super) fn take_back(
    distribution: &Distribution,
    accounts: &BTreeSet<AccountId>,
    (region, images): (&Region, &[ImageId]),
    tags: &Tags,
) -> Result<Option<ShareRequest>, RequestError> {
    let keeps = distribution.copies().source_access == SourceAccess::Keep;
    let mut builder = base(distribution, region, images);
    builder = match distribution.recipients_get() {
        RecipientsGet::Share => builder.principals(distribution.recipients().iter()),
        RecipientsGet::Copy if keeps && !accounts.is_empty() => {
            builder.accounts(accounts.iter().copied())
        }
        RecipientsGet::Copy => return Ok(None),
    };
    for (key, value) in tags {
        builder = builder.tag(key, value);
    }
    let builder = builder.snapshots(distribution.snapshots());
    builder.revoke().build().map(Some)
}

/// The request behind a plan that takes tags alone off an image
pub(super) fn take_tags(
    distribution: &Distribution,
    region: &Region,
    images: &[ImageId],
) -> Result<ShareRequest, RequestError> {
    base(distribution, region, images)
        .principals(distribution.recipients().iter())
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
