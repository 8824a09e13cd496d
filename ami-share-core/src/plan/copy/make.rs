use std::collections::BTreeSet;

use super::check::{check_destination, check_source, is_name};
use super::provenance::{digest_of, provenance};
use super::{
    CopyPlan, CopyPlanVersion, CopyRefusal, CopyRefusals, CopySetting, FoundCopy, PlannedCopy,
    lease_of,
};
use crate::id::{AccountId, Destination, KeyArn};
use crate::plan::LEASE_TAG;
use crate::principal::{Principal, PrincipalSet};
use crate::request::{CopyPermissions, CopyRequest};
use crate::resource::{
    ImageDetails, ImageState, ObservedCopies, ObservedDestination, Reading, TagProblem, Tags,
};

/// The most characters of a description that EC2 takes
/// ([`CopyImage`](https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CopyImage.html))
const LONGEST_DESCRIPTION: usize = 255;

/// Makes the plan that takes the observed world to the copies that are asked for
///
/// What opens the source for recipients, and what shares copies that are there, is planned for itself:
/// this function reads nothing.
///
/// # Errors
///
/// Every reason to refuse that can be known now, over all destinations at once.
pub fn plan_copies(
    request: &CopyRequest,
    observed: ObservedCopies,
) -> Result<CopyPlan, CopyRefusals> {
    let Some(source) = observed.source.clone() else {
        return Err(CopyRefusals::new(vec![CopyRefusal::SourceNotFound {
            region: request.source_region().clone(),
            image: request.source_image().clone(),
        }]));
    };
    let accounts = observed.destinations.iter().map(|found| found.account);
    let mut refusals = check_source(request, &source, observed.caller, accounts.clone());
    let lease = lease_of(request, &source, observed.caller, accounts);
    let left_open = lease.map(|lease| lease.opened(&source.image.tags));
    let left_open = left_open.unwrap_or_default();
    let share_with = match share_with(request, &source, &observed) {
        Ok(principals) => principals,
        Err(refusal) => {
            refusals.push(refusal);
            PrincipalSet::new()
        }
    };
    let mut copies = Vec::new();
    let caller = observed.caller;
    let mut places = BTreeSet::new();
    for found in &observed.destinations {
        let place = place_of(&found.destination, caller);
        if !places.insert(place.clone()) {
            continue;
        }
        let planned = check_destination(request, &source, caller, found).and_then(|key| {
            let to = (found, &place);
            planned_copy(request, &source, to, key, &share_with).map_err(|refusal| vec![refusal])
        });
        match planned {
            Ok(copy) => copies.push(copy),
            Err(found) => {
                let new = found
                    .into_iter()
                    .filter(|refusal| !refusals.contains(refusal));
                let new: Vec<CopyRefusal> = new.collect();
                refusals.extend(new);
            }
        }
    }
    if !refusals.is_empty() {
        if !left_open.is_empty() {
            let image = source.image.id.clone();
            refusals.push(CopyRefusal::SourceLeftOpen { image });
        }
        return Err(CopyRefusals::new(refusals));
    }
    Ok(CopyPlan {
        version: CopyPlanVersion::default(),
        request: request.clone(),
        caller,
        source,
        open: None,
        left_open,
        copies,
        shares: Vec::new(),
    })
}

/// Who copies are shared with, whoever owns them
///
/// The accounts that copies go to may launch the source because it was opened for their copies: what is
/// opened by one run is not replicated by the next one.
fn share_with(
    request: &CopyRequest,
    source: &ImageDetails,
    observed: &ObservedCopies,
) -> Result<PrincipalSet, CopyRefusal> {
    let unreadable = |because: &str| CopyRefusal::PermissionsUnreadable {
        image: source.image.id.clone(),
        because: because.to_owned(),
    };
    let goes_to = |account: AccountId| {
        let mut destinations = observed.destinations.iter();
        destinations.any(|to| to.account == account || to.destination.account == Some(account))
    };
    let is_replicated = |principal: &&Principal| match principal {
        Principal::Account(account) => !goes_to(*account),
        Principal::Public => false,
        Principal::Organization(_) | Principal::OrganizationalUnit(_) => true,
    };
    match (request.permissions(), &observed.permissions) {
        (CopyPermissions::Private, _) => Ok(PrincipalSet::new()),
        (CopyPermissions::Principals(principals), _) => Ok(principals.clone()),
        (CopyPermissions::Replicate, Some(Reading::Known(principals))) => {
            Ok(principals.iter().filter(is_replicated).cloned().collect())
        }
        (CopyPermissions::Replicate, Some(Reading::Unknown { because })) => {
            Err(unreadable(because))
        }
        (CopyPermissions::Replicate, None) => Err(unreadable("it was not read")),
    }
}

/// What a destination is known by: it is the same whether it names the caller's account or none
fn place_of(destination: &Destination, caller: AccountId) -> Destination {
    Destination {
        account: destination.account.filter(|account| *account != caller),
        region: destination.region.clone(),
    }
}

fn planned_copy(
    request: &CopyRequest,
    source: &ImageDetails,
    (found, place): (&ObservedDestination, &Destination),
    key: Option<KeyArn>,
    share_with: &PrincipalSet,
) -> Result<PlannedCopy, CopyRefusal> {
    let name = name_of(request, source, found);
    if !is_name(&name) {
        return Err(CopyRefusal::Name {
            destination: found.destination.clone(),
            name,
        });
    }
    let description = request
        .description()
        .map(|template| filled(template, source, found))
        .or_else(|| source.description.clone())
        .filter(|description| !description.is_empty());
    let characters = description.iter().flat_map(|text| text.chars()).count();
    if characters > LONGEST_DESCRIPTION {
        return Err(CopyRefusal::Description {
            destination: found.destination.clone(),
            characters,
        });
    }
    let account = found.account;
    let (from, image) = (request.source_region(), request.source_image());
    let shape = (account, place, key.as_ref(), name.as_str());
    let digest = digest_of(from, image, &shape);
    let ours = provenance(from, image, Some(&digest));
    let of_source = source.image.tags.iter().filter(|(key, _)| {
        let is_of_the_source = ours.contains_key(*key) || key.starts_with(LEASE_TAG);
        request.copies_tags() && !TagProblem::is_reserved(key) && !is_of_the_source
    });
    let of_source: Tags = of_source
        .map(|(key, value)| (key.clone(), value.clone()))
        .collect();
    let with = |of_source: Tags, asked: &Tags| -> Result<Tags, CopyRefusal> {
        let mut tags = of_source;
        tags.extend(asked.clone());
        tags.extend(ours.clone());
        match TagProblem::find_in(&tags).into_iter().next() {
            Some(problem) => Err(problem.into()),
            None => Ok(tags),
        }
    };
    let mut copy = PlannedCopy {
        image_tags: with(of_source, request.image_tags())?,
        snapshot_tags: with(Tags::new(), request.snapshot_tags())?,
        description,
        share_with: share_with
            .iter()
            .chain(&found.destination.account.map(Principal::Account))
            .filter(|principal| **principal != Principal::Account(account))
            .cloned()
            .collect(),
        destination: found.destination.clone(),
        account,
        name,
        key,
        found: FoundCopy::Nothing,
        failed_before: 0,
    };
    copy.found = what_is_there(request, &copy, found, &digest);
    copy.failed_before = failed_before(found, &digest);
    Ok(copy)
}

/// The best of what earlier runs made: available, or else under way
fn what_is_there(
    request: &CopyRequest,
    planned: &PlannedCopy,
    found: &ObservedDestination,
    digest: &str,
) -> FoundCopy {
    let copies = copies_of(found, digest);
    let in_state = |state: ImageState| {
        let mut copies = copies.clone();
        copies.find(|copy| copy.image.state == state)
    };
    if let Some(copy) = in_state(ImageState::Available) {
        let its = |id| {
            copy.image
                .snapshots
                .iter()
                .any(|snapshot| snapshot.id == id)
        };
        let snapshots: Vec<_> = found
            .snapshots
            .iter()
            .filter(|snapshot| its(snapshot.id.clone()))
            .cloned()
            .collect();
        return FoundCopy::Available {
            image: copy.image.id.clone(),
            settings: CopySetting::missing(request, planned, copy, &snapshots),
        };
    }
    match in_state(ImageState::Pending) {
        Some(copy) => FoundCopy::Pending {
            image: copy.image.id.clone(),
        },
        None => FoundCopy::Nothing,
    }
}

fn copies_of<'a>(
    found: &'a ObservedDestination,
    digest: &'a str,
) -> impl Iterator<Item = &'a ImageDetails> + Clone {
    let is_it = move |copy: &&ImageDetails| {
        copy.image.tags.get(super::COPY_TAG).map(String::as_str) == Some(digest)
    };
    found.copies.known().into_iter().flatten().filter(is_it)
}

/// Each attempt has a client token of its own: EC2 would answer with the copy that failed
fn failed_before(found: &ObservedDestination, digest: &str) -> usize {
    let failed = copies_of(found, digest).filter(|copy| {
        !matches!(
            copy.image.state,
            ImageState::Available | ImageState::Pending
        )
    });
    failed.count()
}

fn name_of(request: &CopyRequest, source: &ImageDetails, found: &ObservedDestination) -> String {
    let template = request.name().unwrap_or(match of_account(found) {
        Some(_) => "{name}-{account}",
        None => "{name}",
    });
    filled(template, source, found)
}

/// The account that a copy is for, where another one owns it
fn of_account(found: &ObservedDestination) -> Option<AccountId> {
    found.destination.account.filter(|of| *of != found.account)
}

fn filled(template: &str, source: &ImageDetails, found: &ObservedDestination) -> String {
    let of_source = source.image.name.as_deref();
    let of_source = of_source.unwrap_or(source.image.id.as_str());
    let account = of_account(found).unwrap_or(found.account);
    template
        .replace("{source}", source.image.id.as_str())
        .replace("{account}", &account.to_string())
        .replace("{region}", found.destination.region.as_str())
        .replace("{name}", of_source)
}
