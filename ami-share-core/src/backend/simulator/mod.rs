//! A small AWS in memory that answers as EC2, KMS, IAM, STS, Organizations and SSM do, as far as sharing
//! images goes, and judges access by itself.
//!
//! A [`World`] holds accounts, their users and roles, an organization tree, images, snapshots, keys with
//! their policies and grants in many Regions, and the settings and quotas that decide over sharing. [`World::backend`] gives a handle that calls as
//! one account; after the library says that an image is shared, [`World::can_launch`] and
//! [`World::can_copy`] say who really gets in. The judgement is the simulator's own code: it never
//! asks the library's; policies it has `policy` evaluate, which foreign judges prove.
//!
//! ```
//! use ami_share_core::backend::Backend;
//! use ami_share_core::backend::simulator::{ImageSpec, World};
//! use ami_share_core::id::{AccountId, Region};
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let region: Region = "eu-central-1".parse()?;
//! let owner: AccountId = "111122223333".parse()?;
//! let recipient: AccountId = "444455556666".parse()?;
//!
//! let world = World::new();
//! let image = world.register_image(&region, owner, ImageSpec::named("golden"));
//! world
//!     .backend(owner)
//!     .modify_launch_permissions(&region, &image, &[recipient.into()], &[])
//!     .await?;
//!
//! assert!(world.can_launch(&region, recipient, &image).allowed);
//! // The snapshots behind the image are not shared, so that it cannot be copied.
//! assert!(!world.can_copy(&region, recipient, &image).allowed);
//! # Ok(())
//! # }
//! ```
//!
//! # Who calls
//!
//! [`World::backend`] calls as the root user of an account, [`World::backend_as`] as a user or a role,
//! whose identity policies have to allow each call; that is how `UnauthorizedOperation` and
//! `AccessDeniedException` are had on purpose. [`World::create_role`] makes one with its trust policy,
//! [`RoleBackend::assume_role`](crate::backend::RoleBackend::assume_role) goes through that policy and
//! assumes the role again when its session is over, and [`World::deny`] takes an operation from a whole
//! account. [`World::can_launch_as`] and [`World::can_copy_as`] judge a user or role.
//!
//! # What goes wrong on purpose
//!
//! [`World::set_faults`] takes [`Faults`]: latency, AWS's token buckets or others, calls that fail with
//! a code, that are done while their answer is lost, or that are cut; writes that readers see late;
//! copies that take time and fail. What is random comes from a seed. [`World::calls`] is the log.
//!
//! # Over the wire
//!
//! With the feature `simulator-server`, `server` answers any AWS client, and a world is loaded from a
//! file and saved to one.
//!
//! # What is not modelled
//!
//! - KMS: cryptography. `Encrypt`, `Decrypt` and data keys are not there; who may use a key is. Custom
//!   key stores, imported key material beside its state, and what EC2 does as a service with grants
//!   of its own.
//! - IAM: groups, permissions boundaries, more than one version of a policy, and federation.
//! - Organizations: invitations, service control, resource control and declarative policies. No policy
//!   of an organization limits an account here.
//! - SSM: `SecureString`, and policies of parameters.
//! - EC2: launch templates, Outposts, local zones, fast snapshot restore, the recycle bin, lock and archive tiers,
//!   subscriptions of AWS Marketplace (an image with a product code is launched without one), images
//!   of AWS itself, the quota of images of an account (50,000), and the smaller bucket that
//!   `DescribeSnapshots` has for calls without filters and pages.
//! - Partitions of accounts: every account is taken for one of the Region's partition. The ARN of
//!   an organization or OU of another partition is refused.
//! - Whether an account, organization or OU that is named in a permission exists: any is stored.
//! - Time: block public access takes effect at once, and a volume, an instance and a snapshot of a
//!   volume are ready at once.
//!
//! Where AWS's documentation is silent, a comment at the rule says so. What is proven on the
//! simulator alone is not proven on AWS.

// Without the server, many of the rules have no caller.
#![cfg_attr(not(feature = "simulator-server"), allow(dead_code, unused_imports))]

mod backend;
mod call;
mod clock;
mod ec2;
mod eventual;
mod fault;
#[cfg(feature = "simulator-server")]
mod file;
mod iam;
mod judge;
mod kms;
mod organizations;
mod page;
mod refusal;
#[cfg(feature = "simulator-server")]
pub mod server;
mod ssm;
mod state;
#[cfg(test)]
mod tests;
mod world;

pub use backend::SimulatedBackend;
pub use call::{Call, Outcome, Service};
pub use ec2::{AllowedImages, AllowedImagesState, ImageCriterion, ImageSpec};
pub use fault::{Bucket, Copies, Failure, Fault, Faults, Latency, Reports, Staleness};
#[cfg(feature = "simulator-server")]
pub use file::WorldFileError;
pub use iam::AssumeRole;
pub use judge::Judgement;
pub use kms::{KeyGrant, NewKey};
pub use world::World;
