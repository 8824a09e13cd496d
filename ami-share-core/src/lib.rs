//! Share Amazon Machine Images with other AWS accounts as one thing: plan, apply, verify.
//!
//! An image is usable by another account only if several layers agree: launch permission, for an
//! encrypted image the policy or a grant of each KMS key, and for copying the create-volume permission
//! of every snapshot. This crate changes them together, in the order in which nobody ever sees what it
//! cannot use, says no before it breaks something, and reads back what it wrote.
//! [`explain`](Sharer::explain) says who cannot launch an image, why, and what would mend it.
//!
//! ```
//! use ami_share_core::backend::simulator::{ImageSpec, World};
//! use ami_share_core::{ShareRequest, Sharer, SimulatedSharer};
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! // A small AWS in memory; `AwsSharer` has the same verbs.
//! let (world, owner) = (World::new(), "111111111111".parse()?);
//! let region = "us-east-1".parse()?;
//! let image = world.register_image(&region, owner, ImageSpec::named("golden"));
//! let sharer = SimulatedSharer::new(world.backend(owner));
//!
//! let request = ShareRequest::builder()
//!     .region(&region)
//!     .image(&image)
//!     .account("222222222222")
//!     .build()?;
//! println!("{}", sharer.plan(&request).await?); // what would be done, and why
//! println!("{}", sharer.share(&request).await?); // done, and read back
//! println!("{}", sharer.verify(&request).await?); // desired against actual
//! assert!(world.can_launch(&region, "222222222222".parse()?, &image).allowed);
//! sharer.revoke(&request).await?;
//! # Ok(())
//! # }
//! ```
//!
//! # The way through
//!
//! Data runs one way: typed [ids](id) make a [`ShareRequest`]; what AWS says about it is
//! [observed](resource::Observed) once; [`plan()`] makes a [`Plan`] from the two without any I/O, or
//! refuses with every [reason](plan::Refusal) it finds; applying the plan gives a [`Report`], and
//! comparing request and world a [`Verification`]. All of them are serde values and print themselves
//! for people.
//!
//! # Beyond one account and Region
//!
//! A [`CopyRequest`] makes other images of one: in other Regions, under other keys, owned by the caller or
//! by recipients, which are reached by [`Roles`]. A [`distribution::Distribution`] is shares and copies as a
//! file, and a [`Distributor`] plans and runs it, as a whole or shard by shard. The cookbook in the
//! repository, `examples/cookbook`, has a page for each scenario.
//!
//! # Testing code that shares
//!
//! Code takes a `&dyn` [`Sharer`]. Its tests pass a `MockSharer` (feature `mock`) that checks calls,
//! or a [`SimulatedSharer`] on a [`World`](backend::simulator::World) that judges by AWS's rules who
//! gets in.
//!
//! # Features
//!
//! - `aws` (default): `AwsSharer`, on the AWS SDK for Rust. Without it, the crate builds in seconds.
//! - `sso`, `credentials-process`: credentials of such profiles for `AwsSharer`.
//! - `distribution` (default): [`distribution`], which images go to whom as a file in YAML, JSON or TOML.
//! - `simulator` (default): `SimulatedSharer`, a small judging AWS in memory.
//! - `simulator-server`: world files, and the simulator over HTTP for any AWS client.
//! - `mock`: `MockSharer`, and with `distribution` `MockDistributor`, by mockall.
//! - `conformance`: the checks that every backend passes; not a stable part of the API.
//!
//! # What is proven where
//!
//! Every rule here is tested on the simulator, and through the real AWS backend on
//! [moto](https://docs.getmoto.org), where moto supports the calls, or on the simulator's server. None of
//! them is AWS; nothing here was run against AWS itself by this project's tests.

pub mod access;
pub mod api_error;
pub mod backend;
#[cfg(feature = "conformance")]
pub mod conformance;
#[cfg(feature = "distribution")]
pub mod distribution;
#[cfg(feature = "distribution")]
mod distributor;
#[cfg(any(feature = "distribution", feature = "simulator-server"))]
mod document;
mod engine;
pub mod error;
pub mod id;
pub mod outcome;
pub mod plan;
pub mod policy;
pub mod principal;
pub mod report;
pub mod request;
pub mod resource;
mod sharer;

pub use api_error::{ApiError, ApiErrorKind};
#[cfg(feature = "distribution")]
pub use distributor::Distributor;
#[cfg(all(feature = "distribution", feature = "mock"))]
pub use distributor::MockDistributor;
pub use engine::{ApplyOptions, Cancel, EngineOptions, OnChange, Roles, RolesBuilder};
pub use error::Error;
pub use outcome::{CopyReport, Report, Verification};
pub use plan::{CopyPlan, Plan, plan};
pub use principal::{Principal, PrincipalSet};
pub use request::{CopyRequest, ShareRequest};
#[cfg(feature = "aws")]
pub use sharer::AwsSharer;
#[cfg(feature = "mock")]
pub use sharer::MockSharer;
#[cfg(feature = "simulator")]
pub use sharer::SimulatedSharer;
pub use sharer::{BackendSharer, Sharer};

/// The README's Rust compiles.
#[cfg(all(
    doctest,
    feature = "aws",
    feature = "distribution",
    feature = "simulator-server"
))]
#[doc = include_str!("../../README.md")]
struct Readme;

/// The pages of the cookbook run.
#[cfg(all(doctest, feature = "distribution", feature = "simulator"))]
mod cookbook {
    macro_rules! page {
        ($name:ident, $file:literal) => {
            #[doc = include_str!(concat!("../../examples/cookbook/", $file))]
            struct $name;
        };
    }

    page!(CopyAndReEncrypt, "copy-and-re-encrypt.md");
    page!(DistributeFromAFile, "distribute-from-a-file.md");
    page!(MakePublic, "make-public.md");
    page!(Revoke, "revoke.md");
    page!(ShareAnEncryptedImage, "share-an-encrypted-image.md");
    page!(ShareWithAccounts, "share-with-accounts.md");
    page!(ShareWithAnOrganization, "share-with-an-organization.md");
    page!(UseASharedImage, "use-a-shared-image.md");
    page!(WhyCanItNotLaunch, "why-can-it-not-launch.md");
}
