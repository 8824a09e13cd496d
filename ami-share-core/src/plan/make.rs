use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::diff::{ChunkOrder, Diff};
use super::key::{KeysInUse, note_keys};
use super::tags::TagDiff;
use super::{Action, Notice, PermissionChange, Refusal, Refusals, Step};
use crate::id::{ImageId, Region, SnapshotId};
use crate::principal::{Principal, PrincipalSet};
use crate::request::{Direction, Limits, ShareRequest, SnapshotSharing};
use crate::resource::{ImageState, Observed, ObservedImage, Reading};

/// What is to be done, why, and for which world
///
/// Steps are in order: when sharing, keys open first, then the snapshots of an image, then its launch
/// permission; when revoking, the launch permission closes first and keys close last. Tags come at the
/// end. A plan is plain data: print it, save it as JSON, read it back, apply it.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Plan {
    /// The version of the JSON form
    version: PlanVersion,
    request: ShareRequest,
    steps: Vec<Step>,
    notices: Vec<Notice>,
    seen: Observed,
}

/// The versions of the JSON form that this release reads
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
enum PlanVersion {
    #[default]
    #[serde(rename = "ami-share/plan/1")]
    One,
}

impl Plan {
    /// A plan of steps that were thought out elsewhere
    pub(crate) fn of_steps(request: ShareRequest, steps: Vec<Step>, seen: Observed) -> Self {
        Self {
            version: PlanVersion::default(),
            request,
            steps,
            notices: Vec::new(),
            seen,
        }
    }

    /// The plan with each step as `keep` leaves it, and without those that it leaves out
    pub(crate) fn filter_steps(self, keep: impl FnMut(&Step) -> Option<Step>) -> Self {
        let steps = self.steps.iter().filter_map(keep).collect();
        Self { steps, ..self }
    }

    /// What was asked for
    pub fn request(&self) -> &ShareRequest {
        &self.request
    }

    /// The calls, in order; none if the world already is as asked for
    pub fn steps(&self) -> &[Step] {
        &self.steps
    }

    /// What the reader should know
    pub fn notices(&self) -> &[Notice] {
        &self.notices
    }

    /// The world that the plan was made for
    pub fn seen(&self) -> &Observed {
        &self.seen
    }

    /// Whether there is nothing to do
    pub fn is_empty(&self) -> bool {
        self.steps.is_empty()
    }
}

/// Makes the plan that takes the observed world to what the request asks for
///
/// # Errors
///
/// Every reason to refuse that can be known now, over all images at once.
pub fn plan(request: &ShareRequest, observed: Observed) -> Result<Plan, Refusals> {
    let mut planner = Planner::new(request, &observed);
    for (region, images) in request.images() {
        planner.visit_region(region, images);
    }
    let Planner {
        steps,
        notices,
        refusals,
        ..
    } = planner;
    if refusals.is_empty() {
        Ok(Plan {
            version: PlanVersion::default(),
            request: request.clone(),
            steps,
            notices,
            seen: observed,
        })
    } else {
        Err(Refusals::new(refusals))
    }
}

/// A plan in the making
pub(super) struct Planner<'a> {
    pub(super) request: &'a ShareRequest,
    pub(super) observed: &'a Observed,
    /// The principals that a snapshot can be shared with
    snapshot_principals: PrincipalSet,
    steps: Vec<Step>,
    pub(super) notices: Vec<Notice>,
    pub(super) refusals: Vec<Refusal>,
}

impl<'a> Planner<'a> {
    fn new(request: &'a ShareRequest, observed: &'a Observed) -> Self {
        let mut planner = Self {
            request,
            observed,
            snapshot_principals: request
                .principals()
                .iter()
                .filter(|principal| principal.can_hold_snapshot_permission())
                .cloned()
                .collect(),
            steps: Vec::new(),
            notices: Vec::new(),
            refusals: Vec::new(),
        };
        planner.visit_request();
        planner
    }

    pub(super) fn shares_snapshots(&self) -> bool {
        self.request.snapshots() == SnapshotSharing::ForCopy
    }

    fn revokes(&self) -> bool {
        self.request.direction() == Direction::Revoke
    }

    /// What follows from the request alone
    fn visit_request(&mut self) {
        if self.revokes() {
            self.notices.push(Notice::RevokeLeavesCopies);
            return;
        }
        self.notices.push(Notice::RegionBound);
        if self
            .request
            .tags()
            .keys()
            .any(|key| !key.starts_with("ec2:SharedTag/"))
        {
            self.notices.push(Notice::TagsNotVisible);
        }
        let groups = self.request.principals().iter();
        for principal in groups.filter(|p| !p.can_hold_snapshot_permission()) {
            if !self.shares_snapshots() {
                self.notices.push(Notice::MembersCannotCopy {
                    principal: principal.clone(),
                });
                continue;
            }
            let accounts = self.observed.members.get(principal).cloned();
            self.refusals.push(Refusal::SnapshotPrincipal {
                principal: principal.clone(),
                accounts: accounts.unwrap_or_else(|| Reading::Unknown {
                    because: "they were not read".into(),
                }),
            });
        }
    }

    fn visit_region(&mut self, region: &Region, images: &BTreeSet<ImageId>) {
        let Some(observed) = self.observed.regions.get(region) else {
            self.refusals
                .extend(images.iter().map(|image| Refusal::ImageNotFound {
                    region: region.clone(),
                    image: image.clone(),
                }));
            return;
        };
        let mut keys = KeysInUse::new();
        let mut visited = Vec::new();
        let mut tags = TagDiff::new(self.request.tags(), self.request.direction());
        let mut made_public = 0;
        let mut snapshots_made_public = false;
        for id in images {
            let Some(image) = observed.images.get(id) else {
                self.refusals.push(Refusal::ImageNotFound {
                    region: region.clone(),
                    image: id.clone(),
                });
                continue;
            };
            let Some(diffs) = self.visit_image(image, &mut tags) else {
                continue;
            };
            made_public += usize::from(diffs.launch.makes_public());
            snapshots_made_public |= diffs.snapshots.values().any(Diff::makes_public);
            note_keys(&mut keys, image, &diffs.launch.remove);
            visited.push((image, diffs));
        }
        let at_keys = self.visit_keys(region, observed, &keys);
        self.steps.extend(at_keys.open);
        for (image, diffs) in visited {
            self.push_steps(region, image, diffs);
        }
        self.steps.extend(at_keys.close);
        if made_public > 0 {
            self.check_image_block_public_access(region, observed);
            self.check_public_quota(region, observed, made_public);
        }
        if snapshots_made_public {
            self.check_snapshot_block_public_access(region, observed);
        }
        let reason = if self.revokes() {
            "take off the tags that document the share"
        } else {
            "document the share"
        };
        self.steps.extend(tags.into_actions().map(|action| Step {
            region: region.clone(),
            image: None,
            action,
            reason: reason.into(),
        }));
    }

    /// Checks one image and finds its differences; `None` where it is refused as a whole
    fn visit_image(&mut self, observed: &ObservedImage, tags: &mut TagDiff<'_>) -> Option<Diffs> {
        let image = &observed.image;
        if image.state != ImageState::Available {
            self.refusals.push(Refusal::NotAvailable {
                image: image.id.clone(),
                state: image.state.clone(),
                reason: image.state_reason.clone(),
            });
            return None;
        }
        let Some(present) = &observed.launch_permissions else {
            self.refusals.push(Refusal::NotOwner {
                image: image.id.clone(),
                owner: image.owner,
            });
            return None;
        };
        if self.request.principals().contains(&image.owner.into()) {
            self.refusals.push(Refusal::OwnerIsRecipient {
                image: image.id.clone(),
                owner: image.owner,
            });
        }
        let direction = self.request.direction();
        let launch = Diff::between(present, self.request.principals(), direction);
        self.check_entity_quota(image.id.clone(), &launch, present);
        self.check_removals(image.id.clone().into(), &launch, present);
        let mut diffs = Diffs {
            launch,
            entities_present: present.len(),
            snapshots: BTreeMap::new(),
        };
        if self.shares_snapshots() {
            diffs.snapshots = self.visit_snapshots(observed);
        }
        if !self.revokes() {
            self.check_storage(observed, &diffs);
        }
        self.visit_tags(observed, tags);
        Some(diffs)
    }

    fn visit_snapshots(&mut self, observed: &ObservedImage) -> BTreeMap<SnapshotId, Diff> {
        let direction = self.request.direction();
        let mut diffs = BTreeMap::new();
        for (id, snapshot) in &observed.snapshots {
            let Some(present) = &snapshot.create_volume_permissions else {
                continue;
            };
            let diff = Diff::between(present, &self.snapshot_principals, direction);
            self.check_removals(id.clone().into(), &diff, present);
            diffs.insert(id.clone(), diff);
        }
        diffs
    }

    fn visit_tags(&mut self, observed: &ObservedImage, tags: &mut TagDiff<'_>) {
        let image = &observed.image;
        let of_image = (image.id.clone().into(), &image.tags);
        let of_snapshots = observed
            .snapshots
            .iter()
            .filter_map(|(id, snapshot)| Some((id.clone().into(), snapshot.tags.as_ref()?)));
        for (resource, present) in std::iter::once(of_image).chain(of_snapshots) {
            if let Err(refusal) = tags.visit(resource, present) {
                self.refusals.push(refusal);
            }
        }
    }

    /// The steps of one image, in the order that never shows what cannot be used
    fn push_steps(&mut self, region: &Region, observed: &ObservedImage, diffs: Diffs) {
        let limits = self.request.limits();
        let image = &observed.image.id;
        let step = |action: Action, reason: &str| Step {
            region: region.clone(),
            image: Some(image.clone()),
            action,
            reason: reason.to_owned(),
        };
        let order = if diffs.entities_present + diffs.launch.add.len() > limits.entities_per_image {
            ChunkOrder::RemovalsFirst
        } else {
            ChunkOrder::AdditionsFirst
        };
        let mut closing = Vec::new();
        for (snapshot, diff) in diffs.snapshots {
            for add in chunked(&diff.add) {
                let change = PermissionChange::Add(add);
                self.steps.push(step(
                    modify_snapshot(&snapshot, change),
                    "recipients need every snapshot of the image to copy it",
                ));
            }
            for remove in chunked(&diff.remove) {
                let change = PermissionChange::Remove(remove);
                closing.push(step(
                    modify_snapshot(&snapshot, change),
                    "without the launch permission the snapshot stays closed too",
                ));
            }
        }
        for (add, remove) in diffs
            .launch
            .chunks(limits.launch_permissions_per_call, order)
        {
            let reason = match (add.is_empty(), remove.is_empty()) {
                (false, true) => "the principals are named and have no launch permission",
                (true, false) if self.revokes() => {
                    "the principals are to lose the launch permission"
                }
                (true, false) => "the principals are not named and have launch permission",
                _ => "the launch permission is to be held by exactly the named principals",
            };
            self.steps.push(step(
                Action::ModifyImageAttribute {
                    image: image.clone(),
                    add,
                    remove,
                },
                reason,
            ));
        }
        self.steps.append(&mut closing);
    }
}

/// The differences of one image and its snapshots
pub(super) struct Diffs {
    pub(super) launch: Diff,
    entities_present: usize,
    snapshots: BTreeMap<SnapshotId, Diff>,
}

fn chunked(principals: &[Principal]) -> impl Iterator<Item = Vec<Principal>> {
    principals
        .chunks(Limits::SNAPSHOT_PERMISSIONS_PER_CALL)
        .map(<[Principal]>::to_vec)
}

fn modify_snapshot(snapshot: &SnapshotId, change: PermissionChange) -> Action {
    Action::ModifySnapshotAttribute {
        snapshot: snapshot.clone(),
        change,
    }
}
