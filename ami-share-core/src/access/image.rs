use std::collections::BTreeMap;

use super::copy::snapshot_permissions;
use super::launch::{by_permission, image_state};
use super::{AccessLayer, Answer, Finding, KeyJudge, LayerFinding, Membership, Subject};
use crate::id::{IamPrincipalArn, KeyArn, OrganizationalUnitPath};
use crate::principal::Principal;
use crate::resource::{ObservedImage, ObservedRegion};

/// The judges of a Region's keys, each made once
#[derive(Debug, Default)]
pub struct KeyJudges<'a>(BTreeMap<&'a KeyArn, KeyJudge<'a>>);

impl<'a> KeyJudges<'a> {
    /// Judges the keys that were read in a Region
    pub fn new(observed: &'a ObservedRegion) -> Self {
        let judges = observed.keys.iter();
        Self(
            judges
                .map(|(arn, key)| (arn, KeyJudge::new(arn, key)))
                .collect(),
        )
    }
}

/// Where a principal stands in its organization, as far as that is known
#[derive(Clone, Copy, Debug, Default)]
pub struct Standing<'a> {
    /// The id of the organization, `o-…`
    pub organization: Option<&'a str>,
    /// The path of an OU, or of one that an account is below
    pub path: Option<&'a OrganizationalUnitPath>,
}

/// Judges one image for many principals, layer by layer
#[derive(Clone, Copy, Debug)]
pub struct ImageJudge<'a> {
    observed: &'a ObservedImage,
    keys: &'a KeyJudges<'a>,
    membership: Membership<'a>,
}

/// Whether a principal can launch and copy an image, with what each layer says
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Judged {
    /// Whether it can launch the image
    pub launch: Finding,
    /// Whether it can copy the image
    pub copy: Finding,
    /// What each layer says
    pub layers: Vec<LayerFinding>,
}

impl<'a> ImageJudge<'a> {
    /// Judges an image by what was read of it and of its keys
    pub fn new(
        observed: &'a ObservedImage,
        keys: &'a KeyJudges<'a>,
        membership: Membership<'a>,
    ) -> Self {
        Self {
            observed,
            keys,
            membership,
        }
    }

    /// Judges a principal; where roles or users of an account are named, each of them
    pub fn judge(
        &self,
        principal: &Principal,
        identities: &[&IamPrincipalArn],
        standing: Standing<'_>,
    ) -> Judged {
        let image = &self.observed.image;
        let mut layers = vec![LayerFinding::new(
            AccessLayer::ImageState,
            image.id.as_str(),
            image_state(self.observed),
        )];
        let is_owner = *principal == Principal::Account(image.owner);
        layers.push(LayerFinding::new(
            AccessLayer::LaunchPermission,
            image.id.as_str(),
            by_permission(self.observed, principal, self.membership),
        ));
        let mut without_keys = layers.clone();
        let mut reads_by_all = true;
        if !is_owner {
            for identity in identities_or_root(identities) {
                let subject = Subject {
                    principal,
                    identity,
                    organization: standing.organization,
                    path: standing.path,
                };
                reads_by_all &= self.judge_keys(subject, &mut layers);
            }
        }
        let launch = all(&layers);
        without_keys.extend(
            layers
                .iter()
                .filter(|l| l.layer == AccessLayer::KeyState)
                .cloned(),
        );
        let storage = snapshot_permissions(self.observed, principal);
        let is_shut_for_launch_alone =
            launch.answer == Answer::No && reads_by_all && all(&without_keys).answer != Answer::No;
        let copy = match (launch.answer, storage.answer) {
            _ if is_owner => launch.clone(),
            (Answer::No, Answer::No | Answer::Unknown) if is_shut_for_launch_alone => {
                storage.clone()
            }
            (Answer::No, Answer::Yes) if is_shut_for_launch_alone => Finding::unknown(format!(
                "AWS does not say whether a copy needs all of the key that a launch does: {}",
                launch.reason
            )),
            (Answer::No, _) | (Answer::Unknown, Answer::Yes) => launch.clone(),
            (Answer::Yes, _) | (Answer::Unknown, _) => storage.clone(),
        };
        if !image.snapshots.is_empty() && !is_owner {
            layers.push(LayerFinding::new(
                AccessLayer::SnapshotPermission,
                image.id.as_str(),
                storage,
            ));
        }
        Judged {
            launch,
            copy,
            layers,
        }
    }

    /// Judges every key, and says whether each can at least be read by
    fn judge_keys(&self, subject: Subject<'_>, layers: &mut Vec<LayerFinding>) -> bool {
        let mut reads_by_all = true;
        let mut judged: Vec<&KeyArn> = Vec::new();
        for snapshot in &self.observed.image.snapshots {
            if snapshot.encrypted != Some(true) {
                continue;
            }
            let read = self.observed.snapshots.get(&snapshot.id);
            let key = read.and_then(|read| read.key.as_ref());
            let Some((arn, judge)) = key.and_then(|key| self.keys.0.get_key_value(key)) else {
                layers.push(LayerFinding::new(
                    AccessLayer::KeyState,
                    snapshot.id.as_str(),
                    Finding::unknown(format!(
                        "`{}` is encrypted, and its key was not read",
                        snapshot.id
                    )),
                ));
                continue;
            };
            if judged.contains(arn) {
                continue;
            }
            judged.push(arn);
            let about = arn.as_str();
            layers.push(LayerFinding::new(
                AccessLayer::KeyState,
                about,
                judge.state(),
            ));
            let access = key_access(about, judge, subject);
            reads_by_all &=
                access.finding.answer != Answer::No || judge.reading(subject).answer != Answer::No;
            layers.push(access);
        }
        reads_by_all
    }
}

/// The policy where it decides alone, or else what policy and grants say together
fn key_access(about: &str, judge: &KeyJudge<'_>, subject: Subject<'_>) -> LayerFinding {
    let by_policy = judge.by_policy(subject);
    if by_policy.answer == Answer::Yes {
        return LayerFinding::new(AccessLayer::KeyPolicy, about, by_policy);
    }
    let together = judge.access(subject);
    let by_grants = judge.by_grants(subject);
    let layer = match (together.answer, by_grants.answer) {
        (Answer::Yes, _) => AccessLayer::Grants,
        _ => AccessLayer::KeyPolicy,
    };
    LayerFinding::new(layer, about, together)
}

fn identities_or_root<'i>(
    identities: &[&'i IamPrincipalArn],
) -> impl Iterator<Item = Option<&'i IamPrincipalArn>> {
    let root = identities.is_empty().then_some(None);
    root.into_iter().chain(identities.iter().copied().map(Some))
}

/// The first no, or else the first unknown, or else by which permission
fn all(layers: &[LayerFinding]) -> Finding {
    let first = |answer| layers.iter().find(|layer| layer.finding.answer == answer);
    let deciding = first(Answer::No).or_else(|| first(Answer::Unknown));
    let permission = layers
        .iter()
        .find(|layer| layer.layer == AccessLayer::LaunchPermission);
    deciding
        .or(permission)
        .map(|layer| layer.finding.clone())
        .unwrap_or_else(|| Finding::unknown("nothing was judged"))
}
