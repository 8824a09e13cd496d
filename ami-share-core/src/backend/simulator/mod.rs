//! A small AWS in memory that answers as EC2 and Organizations do, and judges access by itself.
//!
//! A [`World`] holds accounts, an organization tree, images and snapshots in many Regions, and the
//! settings and quotas that decide over sharing. [`World::backend`] gives a handle that calls as
//! one account; after the library says that an image is shared, [`World::can_launch`] and
//! [`World::can_copy`] say who really gets in. The judgement is the simulator's own code: it never
//! asks the library's.
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
//! # What is not modelled
//!
//! - KMS: an encrypted image is judged launchable by its owner alone.
//! - Of IAM: groups, permissions boundaries, more than one version of a policy, and federation.
//!   Service control policies, except for [`World::deny`].
//! - Allowed AMIs, deprecation, deregistration protection.
//! - Partitions of accounts: every account is taken for one of the Region's partition. The ARN of
//!   an organization or OU of another partition is refused.
//! - Whether an account, organization or OU that is named in a permission exists: any is stored.
//! - Time: block public access takes effect at once, and stale reads are counted, not timed.
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
pub use fault::{Bucket, Copies, Failure, Fault, Faults, Latency, Staleness};
#[cfg(feature = "simulator-server")]
pub use file::WorldFileError;
pub use judge::Judgement;
pub use kms::{KeyGrant, NewKey};
pub use world::World;
