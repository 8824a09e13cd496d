//! The simulator over HTTP: it speaks AWS's own protocols, so that any AWS client can talk to it.
//!
//! ```
//! use ami_share_core::backend::simulator::World;
//! use ami_share_core::backend::simulator::server::Server;
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let server = Server::start(World::new(), ([127, 0, 0, 1], 0).into()).await?;
//! assert!(server.endpoint().starts_with("http://127.0.0.1:"));
//! server.stop().await;
//! # Ok(())
//! # }
//! ```
//!
//! The access key says who calls: 12 digits are the root user of that account, whatever the secret.
//! Users have the keys that `CreateAccessKey` gave them, sessions those of `AssumeRole` together with
//! their token, until they expire by the clock of the world.
//! Signatures are not checked.

mod access;
mod body;
mod control;
mod ec2;
mod http;
mod iam;
mod json;
mod kms;
mod organizations;
mod params;
mod service;
mod ssm;
mod sts;
#[cfg(test)]
mod tests;
mod xml;

pub use http::Server;
