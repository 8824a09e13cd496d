//! A patch leaves the statements of others as they are; taken out again, ours leave no trace.
//!
//! The first two bytes say what is wanted, the rest is the policy.

#![no_main]

use ami_share_core::policy::{KeyPolicy, KeyStatements, ServiceRole};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: (u8, u8, &str)| {
    let (first, second, text) = input;
    let Ok(policy) = KeyPolicy::parse(text) else {
        return;
    };
    let Ok(clean) = policy.patched(&KeyStatements::new()) else {
        return;
    };
    let clean = clean.into_policy();
    let Ok(once) = clean.patched(&wanted(first)) else {
        return;
    };
    let again = once
        .policy()
        .patched(&wanted(first))
        .expect("nothing to write");
    assert!(again.is_unchanged());
    assert_eq!(others(once.policy()), others(&policy));
    let mut last = once.into_policy();
    if let Ok(twice) = last.patched(&wanted(second)) {
        last = twice.into_policy();
    }
    let back = last
        .patched(&KeyStatements::new())
        .expect("what was there before");
    assert_eq!(back.policy(), &clean);
});

fn others(policy: &KeyPolicy) -> Vec<&str> {
    let others = policy.statements().filter(|statement| !statement.is_ours());
    others.map(|statement| statement.as_str()).collect()
}

fn wanted(bits: u8) -> KeyStatements {
    let has = |bit: u8| bits & (1 << bit) != 0;
    let mut wanted = KeyStatements::new();
    for (bit, account) in [(0, "444455556666"), (1, "000000000012")] {
        if has(bit) {
            wanted = wanted.account(account.parse().unwrap());
        }
    }
    if has(2) {
        let role = "arn:aws:iam::444455556666:role/Builder";
        wanted = wanted.iam_principal(role.parse().unwrap());
    }
    if has(3) {
        let arn = "arn:aws:organizations::111122223333:organization/o-exampleorg1";
        wanted = wanted.organization(&arn.parse().unwrap());
    }
    if has(4) {
        let path = "o-exampleorg1/r-ab12/ou-ab12-11111111/";
        wanted = wanted.organizational_unit(path.parse().unwrap());
    }
    if has(5) {
        wanted = wanted.via_ec2_in("us-east-1".parse().unwrap());
    }
    if has(6) {
        wanted = wanted.service_role(ServiceRole::AutoScaling);
    }
    wanted
}
