use std::fmt::Debug;
use std::sync::Arc;

use async_trait::async_trait;

use crate::backend::simulator::{ImageSpec, World};
use crate::engine::Roles;
use crate::id::{AccountId, ImageId, Region};
use crate::principal::Principal;
use crate::resource::BlockPublicAccess;
use crate::sharer::{Sharer, SimulatedSharer};

/// Something that not every ground can do
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum Capability {
    /// Images can be disabled
    DisabledImages,
    /// Images can have encrypted snapshots
    EncryptedImages,
    /// Listings come in pages
    Paging,
    /// Recipients see what is shared with them, and nothing else
    RecipientView,
    /// The owner can reach other accounts by roles
    Roles,
}

/// What kind of image a check needs
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Spec {
    /// Disabled after it was registered; needs [`Capability::DisabledImages`]
    Disabled,
    /// With two snapshots under one customer managed key; needs [`Capability::EncryptedImages`]
    Encrypted,
    /// With a snapshot under the AWS managed key; needs [`Capability::EncryptedImages`]
    EncryptedByAws,
    /// With one unencrypted snapshot
    Plain,
}

/// A place where checks run: an owner account in a Region, and others around it
///
/// Checks make images of their own; whatever else they change must not matter to one another, or
/// each gets a ground of its own.
#[async_trait]
pub trait Ground: Debug + Send + Sync {
    /// The Region of its images
    fn region(&self) -> Region;

    /// A sharer that calls as the owner
    fn owner(&self) -> Arc<dyn Sharer>;

    /// A sharer that calls as the owner, and reaches these accounts by roles; needs
    /// [`Capability::Roles`]
    async fn owner_with_roles(&self, accounts: &[AccountId]) -> Arc<dyn Sharer>;

    /// A sharer that calls as another account
    async fn recipient(&self, account: AccountId) -> Arc<dyn Sharer>;

    /// Registers a new image of the owner's
    async fn register_image(&self, spec: Spec) -> ImageId;

    /// An organization that the owner manages, an OU in it, and an account below that OU
    async fn organization(&self) -> (Principal, Principal, AccountId);

    /// Allows images to become public, where that is a setting
    async fn unblock_public_access(&self);
}

/// The simulator in process
#[derive(Debug)]
pub struct SimulatedGround {
    world: World,
    owner: AccountId,
    region: Region,
    organization: (Principal, Principal, AccountId),
}

impl SimulatedGround {
    /// A new world with an owner in it
    ///
    /// # Errors
    ///
    /// Never in a new world; what the simulator says otherwise.
    pub fn new() -> Result<Self, crate::Error> {
        let world = World::new();
        let owner: AccountId = "999999999999".parse()?;
        let member: AccountId = "888888888888".parse()?;
        let organization: Principal = world.create_organization(owner)?.into();
        let unit: Principal = world.create_organizational_unit(&organization)?.into();
        let nested: Principal = world.create_organizational_unit(&unit)?.into();
        world.create_account(&nested, member)?;
        world.set_page_size(2);
        Ok(Self {
            world,
            owner,
            region: "us-east-1".parse()?,
            organization: (organization, unit, member),
        })
    }

    /// The world that it stands in
    pub fn world(&self) -> &World {
        &self.world
    }

    /// The account that owns its images
    pub fn owner_account(&self) -> AccountId {
        self.owner
    }

    /// Makes a role in each account that the owner may assume and that may do everything
    ///
    /// # Errors
    ///
    /// What the simulator says of a role that is there already.
    pub fn create_roles(&self, accounts: &[AccountId]) -> Result<Roles, crate::Error> {
        let trust = format!(
            r#"{{"Version": "2012-10-17", "Statement": [{{"Effect": "Allow",
            "Action": "sts:AssumeRole", "Principal": {{"AWS": "arn:aws:iam::{}:root"}}}}]}}"#,
            self.owner
        );
        let all = r#"{"Version": "2012-10-17",
            "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}"#;
        for account in accounts {
            let role = self.world.create_role(*account, "Conformance", &trust)?;
            self.world.put_role_policy(&role, "all", all)?;
        }
        let roles = Roles::builder().template("arn:aws:iam::{account}:role/Conformance");
        Ok(roles.build()?)
    }
}

#[async_trait]
impl Ground for SimulatedGround {
    fn region(&self) -> Region {
        self.region.clone()
    }

    fn owner(&self) -> Arc<dyn Sharer> {
        Arc::new(SimulatedSharer::new(self.world.backend(self.owner)))
    }

    async fn owner_with_roles(&self, accounts: &[AccountId]) -> Arc<dyn Sharer> {
        let owner = SimulatedSharer::new(self.world.backend(self.owner));
        match self.create_roles(accounts) {
            Ok(roles) => Arc::new(owner.with_roles(roles)),
            // What needs them then fails, and says which role there is none of.
            Err(_) => Arc::new(owner),
        }
    }

    async fn recipient(&self, account: AccountId) -> Arc<dyn Sharer> {
        Arc::new(SimulatedSharer::new(self.world.backend(account)))
    }

    async fn register_image(&self, spec: Spec) -> ImageId {
        let image = ImageSpec::named("conformance");
        let image = match spec {
            Spec::Encrypted => image.encrypted_snapshot().encrypted_snapshot(),
            Spec::EncryptedByAws => image.encrypted_by_aws(),
            Spec::Disabled => image.state(crate::resource::ImageState::Disabled),
            Spec::Plain => image,
        };
        self.world.register_image(&self.region, self.owner, image)
    }

    async fn organization(&self) -> (Principal, Principal, AccountId) {
        self.organization.clone()
    }

    async fn unblock_public_access(&self) {
        self.world.set_image_block_public_access(
            self.owner,
            &self.region,
            BlockPublicAccess::Unblocked,
        );
    }
}
