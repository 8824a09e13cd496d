//! Plans, reports and verifications for people: text by [`Display`](std::fmt::Display), HTML by
//! [`html`]; for programs they are serde values with a version in them.

mod apply;
mod copies;
#[cfg(feature = "distribution")]
mod distribution;
pub mod html;
mod list;
mod plan;
mod policy_change;
mod recipient;
mod rehearsal;
mod table;
mod verification;

#[cfg(all(test, feature = "simulator"))]
#[allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used
)]
mod tests;
