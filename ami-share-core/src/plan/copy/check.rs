//! What would fail or do harm, known before anything is written.

use super::refusal::CopyRefusal;
use crate::id::{AccountId, KeyArn, KeyRef};
use crate::policy::evaluate::KeyState;
use crate::request::CopyRequest;
use crate::resource::{
    ImageDetails, ImageState, Key, KeyManager, ObservedDestination, Reading, RootDevice,
};

/// The characters of a name beside letters and digits
/// ([`CopyImage`](https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CopyImage.html))
const NAME_CHARACTERS: &str = "()[] ./-'@_";

pub(super) fn check_source(
    request: &CopyRequest,
    source: &ImageDetails,
    caller: AccountId,
    accounts: impl Iterator<Item = AccountId> + Clone,
) -> Vec<CopyRefusal> {
    let image = &source.image;
    let mut refusals = Vec::new();
    if image.state != ImageState::Available {
        refusals.push(CopyRefusal::NotAvailable {
            image: image.id.clone(),
            state: image.state.clone(),
            reason: image.state_reason.clone(),
        });
    }
    let leaves_owner = accounts.clone().any(|account| account != image.owner);
    let others_copy = accounts.clone().any(|account| account != caller);
    if others_copy && image.owner != caller {
        refusals.push(CopyRefusal::NotOwner {
            image: image.id.clone(),
            owner: image.owner,
        });
    }
    if leaves_owner && !image.product_codes.is_empty() {
        refusals.push(CopyRefusal::HasProductCodes {
            image: image.id.clone(),
        });
    }
    let is_keyed = !request.keys().is_empty();
    if image.root_device == RootDevice::InstanceStore && (leaves_owner || is_keyed) {
        refusals.push(CopyRefusal::InstanceStore {
            image: image.id.clone(),
        });
    }
    refusals
}

/// Checks one destination, and finds the key of its copy
pub(super) fn check_destination(
    request: &CopyRequest,
    source: &ImageDetails,
    caller: AccountId,
    found: &ObservedDestination,
) -> Result<Option<KeyArn>, Vec<CopyRefusal>> {
    if !found.has_role {
        let account = found.account;
        return Err(vec![CopyRefusal::NoRole { account }]);
    }
    if let Reading::Unknown { because } = &found.copies {
        return Err(vec![CopyRefusal::DestinationUnreadable {
            account: found.account,
            region: found.destination.region.clone(),
            because: because.clone(),
        }]);
    }
    let moves =
        found.account != source.image.owner || found.destination.region != *request.source_region();
    let region = &found.destination.region;
    match (request.key_for(&found.destination, caller), &found.key) {
        (Some(named), _) if !named.can_stand_in(region) => Err(vec![match named.arn() {
            Some(key) => CopyRefusal::KeyOfOtherRegion {
                named,
                key,
                region: region.clone(),
            },
            None => CopyRefusal::KeyUnreadable {
                destination: found.destination.clone(),
                key: named,
                because: "it is of another Region".into(),
            },
        }]),
        (Some(named), Some(Reading::Known(key))) => check_key(&named, key, found)
            .map_or(Ok(Some(key.arn.clone())), |refusal| Err(vec![refusal])),
        (Some(key), reading) => Err(vec![CopyRefusal::KeyUnreadable {
            destination: found.destination.clone(),
            key,
            because: match reading {
                Some(Reading::Unknown { because }) => because.clone(),
                _ => "it was not read".into(),
            },
        }]),
        (None, _) if moves && source.image.encrypted() == Some(true) => {
            Err(vec![CopyRefusal::KeyMissing(found.destination.clone())])
        }
        (None, _) => Ok(None),
    }
}

fn check_key(named: &KeyRef, key: &Key, found: &ObservedDestination) -> Option<CopyRefusal> {
    let region = &found.destination.region;
    if key.manager == KeyManager::Aws {
        return Some(CopyRefusal::KeyAwsManaged {
            named: named.clone(),
            key: key.arn.clone(),
        });
    }
    if key.arn.region() != *region {
        return Some(CopyRefusal::KeyOfOtherRegion {
            named: named.clone(),
            key: key.arn.clone(),
            region: region.clone(),
        });
    }
    if !key.can_encrypt_volumes() {
        return Some(CopyRefusal::KeyOfOtherKind {
            key: key.arn.clone(),
        });
    }
    (key.state != KeyState::Enabled).then(|| CopyRefusal::KeyState {
        key: key.arn.clone(),
        state: key.state,
    })
}

pub(super) fn is_name(text: &str) -> bool {
    let is_allowed = |c: char| c.is_ascii_alphanumeric() || NAME_CHARACTERS.contains(c);
    (3..=128).contains(&text.chars().count()) && text.chars().all(is_allowed)
}
