//! What the foreign judge cannot tell: reading, reasons, what is not known, grants and key states.

mod grant;
mod key_state;
mod reading;
mod rules;
mod unknown;
mod value;

use super::{Caller, Decision, Layers, Request, evaluate};
use crate::policy::Policy;

pub(super) const KEY: &str =
    "arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab";
pub(super) const OWNERS_ROLE: &str = "arn:aws:iam::111122223333:role/Builder";
pub(super) const OTHERS_ROLE: &str = "arn:aws:iam::444455556666:role/ci/Builder";

/// A policy of version 2012-10-17 with these statements
pub(super) fn policy(statements: &str) -> Policy {
    Policy::parse(&format!(
        r#"{{"Version": "2012-10-17", "Statement": [{statements}]}}"#
    ))
    .unwrap()
}

/// A request for the key by a session of a role, with nothing known but what is told
pub(super) fn request(role: &str, action: &str) -> Request {
    let caller = Caller::role(role).unwrap().session("build-7");
    Request::new(caller, action, KEY, "111122223333".parse().unwrap())
}

/// What the key policy alone comes to, with no other layer there
pub(super) fn decide(statements: &str, request: &Request) -> Decision {
    evaluate(request, &Layers::none().resource(&policy(statements)))
}
