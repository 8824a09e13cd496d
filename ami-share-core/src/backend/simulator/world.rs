use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::backend::SimulatedBackend;
use super::call::Call;
use super::ec2::ImageSpec;
use super::fault::Faults;
use super::iam::Identity;
use super::organizations::FeatureSet;
use super::refusal::Refusal;
use super::state::State;
use crate::api_error::ApiError;
use crate::id::{AccountId, ImageId, OrganizationArn, OrganizationalUnitArn, Region, SnapshotId};
use crate::principal::{Principal, PrincipalSet};
use crate::resource::{BlockPublicAccess, ImageState, SnapshotBlockPublicAccess};

/// A small AWS in memory
///
/// A clone is the same world. Every id is made by counting, so that a test that does the same
/// things in the same order sees the same ids. What is done through the world itself, rather than
/// through a [`backend`](Self::backend), is not logged as a call.
#[derive(Clone, Default)]
pub struct World(Arc<Mutex<State>>);

impl World {
    /// A world without organizations and images, with AWS's default settings and quotas
    pub fn new() -> Self {
        Self::default()
    }

    /// A handle that calls as the account; any account exists
    pub fn backend(&self, account: AccountId) -> SimulatedBackend {
        SimulatedBackend::new(self.clone(), Identity::Root(account))
    }

    #[cfg(feature = "simulator-server")]
    pub(crate) fn of(state: State) -> Self {
        Self(Arc::new(Mutex::new(state)))
    }

    pub(crate) fn state(&self) -> MutexGuard<'_, State> {
        // A panic in a test that holds the state, or a mistake in a rule, ends its own thread or
        // connection alone.
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        state.settle_copies();
        let now = state.now();
        state.keys.reap(now);
        state
    }
}

/// Organizations and their trees
///
/// Where a parent is asked for, it is an OU, or an organization for its root.
impl World {
    /// An organization in the partition `aws`, with the management account at its root
    ///
    /// # Errors
    ///
    /// `AlreadyInOrganizationException` if the account is in an organization.
    pub fn create_organization(&self, management: AccountId) -> Result<OrganizationArn, ApiError> {
        let created = self
            .state()
            .create_organization(management, FeatureSet::All);
        created.map_err(named("CreateOrganization"))
    }

    /// A new OU under a parent
    ///
    /// # Errors
    ///
    /// `ParentNotFoundException` if there is no such parent.
    pub fn create_organizational_unit(
        &self,
        parent: &Principal,
    ) -> Result<OrganizationalUnitArn, ApiError> {
        let created = self.state().organizations.create_unit(parent, None);
        created.map_err(named("CreateOrganizationalUnit"))
    }

    /// Lets an account join an organization under a parent
    ///
    /// # Errors
    ///
    /// `ParentNotFoundException` if there is no such parent; `DuplicateAccountException` if the
    /// account is in an organization.
    pub fn create_account(&self, parent: &Principal, account: AccountId) -> Result<(), ApiError> {
        let created = self.state().join_organization(parent, account);
        created.map_err(named("CreateAccount"))
    }

    /// Moves an account to another parent in its organization
    ///
    /// # Errors
    ///
    /// `AccountNotFoundException` if the account is in no organization;
    /// `DestinationParentNotFoundException` if its organization has no such parent.
    pub fn move_account(&self, account: AccountId, parent: &Principal) -> Result<(), ApiError> {
        let moved = self.state().organizations.move_account(account, parent);
        moved.map_err(named("MoveAccount"))
    }

    /// Takes an account out of its organization
    ///
    /// # Errors
    ///
    /// `AccountNotFoundException` if the account is in no organization;
    /// `MasterCannotLeaveOrganizationException` if it is the management account.
    pub fn remove_account(&self, account: AccountId) -> Result<(), ApiError> {
        let removed = self.state().organizations.remove_account(account);
        removed.map_err(named("RemoveAccountFromOrganization"))
    }
}

/// Images and their life
impl World {
    /// A new image with new snapshots, shared with nobody
    pub fn register_image(&self, region: &Region, owner: AccountId, spec: ImageSpec) -> ImageId {
        self.state().register_image(region, owner, spec)
    }

    /// Disables an available image: all its launch permissions are removed
    ///
    /// # Errors
    ///
    /// `InvalidAMIID.NotFound`, or `InvalidAMIID.Unavailable` if it is in another state.
    pub fn disable_image(&self, region: &Region, image: &ImageId) -> Result<(), ApiError> {
        let disabled = self.state().disable_image(region, image);
        disabled.map_err(named("DisableImage"))
    }

    /// Enables a disabled image; its launch permissions do not come back
    ///
    /// # Errors
    ///
    /// `InvalidAMIID.NotFound`, or `InvalidAMIID.Unavailable` if it is in another state.
    pub fn enable_image(&self, region: &Region, image: &ImageId) -> Result<(), ApiError> {
        let enabled = self.state().enable_image(region, image);
        enabled.map_err(named("EnableImage"))
    }

    /// Deregisters an image, which is then not listed any more; its snapshots stay
    ///
    /// # Errors
    ///
    /// `InvalidAMIID.NotFound`.
    pub fn deregister_image(&self, region: &Region, image: &ImageId) -> Result<(), ApiError> {
        let deregistered = self.state().deregister_image(region, image);
        deregistered.map_err(named("DeregisterImage"))
    }

    /// Puts an image into a state, as AWS does by itself
    ///
    /// `Disabled` removes the launch permissions. `Deregistered` is the short while in which the
    /// owner still sees the image.
    ///
    /// # Errors
    ///
    /// `InvalidAMIID.NotFound`.
    pub fn set_image_state(
        &self,
        region: &Region,
        image: &ImageId,
        state: ImageState,
    ) -> Result<(), ApiError> {
        let set = self.state().set_image_state(region, image, state);
        set.map_err(named("DescribeImages"))
    }

    /// The images that an account owns in a Region, in whatever state, in the order of their ids
    pub fn images_owned_by(&self, region: &Region, owner: AccountId) -> Vec<ImageId> {
        let state = self.state();
        let images = state
            .images
            .get(region)
            .into_iter()
            .flat_map(BTreeMap::values);
        let own = images.filter(|image| image.owner == owner && !image.gone);
        own.map(|image| image.id.clone()).collect()
    }

    /// The snapshots that an account owns in a Region, in the order of their ids
    pub fn snapshots_owned_by(&self, region: &Region, owner: AccountId) -> Vec<SnapshotId> {
        let state = self.state();
        let own = state.snapshots_in(region);
        let own = own.filter(|snapshot| snapshot.owner == owner);
        own.map(|snapshot| snapshot.id.clone()).collect()
    }

    /// The snapshots behind an image; none if there is no such image
    pub fn snapshots_of(&self, region: &Region, image: &ImageId) -> Vec<SnapshotId> {
        let state = self.state();
        let snapshots = state.image(region, image).map(|image| &image.snapshots);
        let ids = snapshots.into_iter().flatten();
        ids.map(|device| device.id.clone()).collect()
    }

    /// The launch permissions as they are stored, without any delay
    pub fn launch_permissions(&self, region: &Region, image: &ImageId) -> Option<PrincipalSet> {
        let state = self.state();
        let image = state.image(region, image)?;
        Some(image.permissions.current().clone())
    }

    /// The create-volume permissions as they are stored, without any delay
    pub fn create_volume_permissions(
        &self,
        region: &Region,
        snapshot: &SnapshotId,
    ) -> Option<PrincipalSet> {
        let state = self.state();
        let snapshot = state.snapshot(region, snapshot)?;
        Some(snapshot.permissions.current().clone())
    }
}

/// What decides over sharing beside the images
impl World {
    /// Sets block public access for AMIs; `BlockNewSharing` until it is set
    pub fn set_image_block_public_access(
        &self,
        account: AccountId,
        region: &Region,
        setting: BlockPublicAccess,
    ) {
        self.state().settings_mut(region, account).images = setting;
    }

    /// Sets block public access for snapshots; `Unblocked` until it is set
    pub fn set_snapshot_block_public_access(
        &self,
        account: AccountId,
        region: &Region,
        setting: SnapshotBlockPublicAccess,
    ) {
        self.state().settings_mut(region, account).snapshots = setting;
    }

    /// Sets how many accounts, organizations and OUs an image of the account can be shared with,
    /// in every Region; 1,000 until it is set
    pub fn set_entity_quota(&self, account: AccountId, quota: usize) {
        self.state().quotas.entry(account).or_default().entities = quota;
    }

    /// Sets how many public images the account can have, in each Region; 5 until it is set
    pub fn set_public_image_quota(&self, account: AccountId, quota: usize) {
        let mut state = self.state();
        state.quotas.entry(account).or_default().public_images = quota;
    }

    /// Sets how many items a page of a listing has at most, at least 1
    ///
    /// 1,000 until it is set, and 20 for Organizations, whose pages never have more.
    pub fn set_page_size(&self, items: usize) {
        self.state().page_size = items.max(1);
    }

    /// From now on, each write of a permission attribute stays unseen by the next `reads` reads of
    /// that attribute; they get the value from before the write
    ///
    /// The judgement, and who can see an image, go by what is stored.
    pub fn delay_consistency(&self, reads: usize) {
        self.state().staleness.reads = reads;
    }

    /// Lets calls go wrong from now on, instead of what was set before; counts start again
    ///
    /// A handle of this world does not try again: it answers as a client that has given up.
    pub fn set_faults(&self, faults: Faults) {
        self.state().set_faults(faults);
    }

    /// Lets time pass at once
    pub fn advance(&self, duration: Duration) {
        self.state().clock.advance(duration);
    }

    /// Makes an operation, by AWS's name, answer the account that it is not allowed:
    /// `UnauthorizedOperation` from EC2, `AccessDeniedException` from Organizations
    pub fn deny(&self, account: AccountId, operation: &str) {
        let denied = (account, operation.to_owned());
        self.state().denied.insert(denied);
    }

    /// Takes a [`deny`](Self::deny) back
    pub fn allow(&self, account: AccountId, operation: &str) {
        let denied = (account, operation.to_owned());
        self.state().denied.remove(&denied);
    }
}

/// What came of it
impl World {
    /// All calls until now, in order
    pub fn calls(&self) -> Vec<Call> {
        self.state().calls.clone()
    }

    /// Forgets the calls; request ids go on counting
    pub fn clear_calls(&self) {
        self.state().calls.clear();
    }
}

impl fmt::Debug for World {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let state = self.state();
        let images: usize = state.images.values().map(|images| images.len()).sum();
        f.debug_struct("World")
            .field("images", &images)
            .field("calls", &state.calls.len())
            .finish_non_exhaustive()
    }
}

fn named(operation: &'static str) -> impl FnOnce(Refusal) -> ApiError {
    move |refusal| refusal.of(operation)
}

#[cfg(test)]
#[allow(clippy::panic)]
mod tests {
    use super::World;

    #[test]
    fn a_panic_while_somebody_holds_the_world_does_not_close_it_to_others() {
        let world = World::new();
        let held = world.clone();
        let panicked = std::thread::spawn(move || {
            let _state = held.state();
            panic!("on purpose");
        });
        assert!(panicked.join().is_err());
        assert!(world.calls().is_empty());
    }
}
