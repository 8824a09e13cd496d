//! Whether a request is allowed: every layer of policies, as AWS evaluates them.
//!
//! ```
//! use ami_share_core::policy::Policy;
//! use ami_share_core::policy::evaluate::{Caller, Layers, Request, Verdict, evaluate};
//!
//! let key_policy = Policy::parse(
//!     r#"{"Version": "2012-10-17", "Statement": [{
//!         "Sid": "Use by 444455556666", "Effect": "Allow",
//!         "Principal": {"AWS": "arn:aws:iam::444455556666:root"},
//!         "Action": ["kms:DescribeKey", "kms:Decrypt"], "Resource": "*"}]}"#,
//! )?;
//! let key = "arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab";
//! let caller = Caller::role("arn:aws:iam::444455556666:role/Builder")?;
//! let request = Request::new(caller, "kms:Decrypt", key, "111122223333".parse()?);
//!
//! // Across accounts, the role's own policies have to allow it too, and these nobody told.
//! let decision = evaluate(&request, &Layers::unknown().resource(&key_policy));
//! assert_eq!(decision.verdict, Verdict::Unknown);
//!
//! let decision = evaluate(&request, &Layers::none().resource(&key_policy));
//! assert_eq!(decision.to_string(), "denied\n  identity policies: nothing allows it");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! A decision is three-valued. It is unknown when it hangs on a key, a value or a layer that was not
//! told, and where AWS does not say what it does; an [`Unclear`] names which. An unknown operator never
//! allows.

mod caller;
mod combine;
mod condition;
mod decision;
mod found;
mod grant;
mod key_state;
mod layers;
mod matching;
mod principal;
mod reason;
mod request;
mod statement;
mod truth;
mod value;

pub use caller::{Caller, CallerKind, ParseCallerError};
pub use combine::{access_by, evaluate};
pub use decision::{Access, Decision, Verdict};
pub use grant::{Grant, GrantConstraint};
pub use key_state::{KeyState, ParseKeyStateError};
pub use layers::{Layers, Told};
pub use reason::{Finding, Layer, Reason};
pub use request::{KeyValue, Request};
pub use truth::Unclear;

#[cfg(test)]
#[allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used
)]
mod tests;
