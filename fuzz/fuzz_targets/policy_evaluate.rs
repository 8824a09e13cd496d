//! Evaluation never panics, whatever the policy says and whoever asks; and what is not told never
//! changes an answer that was certain.
//!
//! The first two characters choose the layer and the request, the rest of the first line is a value of
//! the request, the other lines are the policy.

#![no_main]

use ami_share_core::policy::Policy;
use ami_share_core::policy::evaluate::{
    Caller, Decision, Layers, Request, Verdict, access_by, evaluate,
};
use libfuzzer_sys::fuzz_target;

const KEY: &str = "arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab";

fuzz_target!(|input: &str| {
    let Some((line, text)) = input.split_once('\n') else {
        return;
    };
    let [layer, who, ..] = *line.as_bytes() else {
        return;
    };
    let value = line.get(2..).unwrap_or_default();
    let Ok(policy) = Policy::parse(text) else {
        return;
    };
    let open = request(who, value);
    let _ = access_by(&policy, &open);
    let guess = decide(&open, &policy, layer);
    assert!(!guess.to_string().contains('\n') || !guess.reasons.is_empty());
    let closed = open.clone().nothing_else();
    let certain = decide(&closed, &policy, layer);
    if guess.verdict != Verdict::Unknown {
        assert_eq!(guess.verdict, certain.verdict, "{guess}\n{certain}");
    }
});

fn decide(request: &Request, policy: &Policy, layer: u8) -> Decision {
    let policies = std::slice::from_ref(policy);
    let levels = [policies.to_vec()];
    let layers = if layer & 128 == 0 {
        Layers::none()
    } else {
        Layers::unknown()
    };
    let layers = match layer % 6 {
        0 => layers.resource(policy),
        1 => layers.resource(policy).identity(policies),
        2 => layers.resource(policy).identity(policies).boundary(policy),
        3 => layers.resource(policy).session(policies),
        4 => layers.resource(policy).service_control(&levels),
        _ => layers.resource(policy).resource_control(&levels),
    };
    evaluate(request, &layers)
}

fn request(who: u8, value: &str) -> Request {
    let account = if who & 16 == 0 {
        "111122223333"
    } else {
        "444455556666"
    };
    let role = format!("arn:aws:iam::{account}:role/ci/Builder");
    let caller = match who % 6 {
        0 => Caller::root(account.parse().expect("an account")),
        1 => Caller::user(&format!("arn:aws:iam::{account}:user/alice")).expect("a user"),
        2 => Caller::role(&role).expect("a role").session("build-7"),
        3 => Caller::parse(value).unwrap_or_else(|_| Caller::role(&role).expect("a role")),
        4 => Caller::service("ec2.amazonaws.com"),
        _ => Caller::anonymous(),
    };
    let action = if who & 32 == 0 {
        "kms:Decrypt"
    } else {
        "kms:CreateGrant"
    };
    let owner = "111122223333".parse().expect("an account");
    let request = Request::new(caller, action, KEY, owner)
        .key("aws:PrincipalTag/team", value)
        .key("aws:SourceIp", value)
        .key("aws:CurrentTime", value);
    if who & 64 == 0 {
        request
    } else {
        request.key_values("aws:PrincipalOrgPaths", [value, "o-a/r-b/"])
    }
}
