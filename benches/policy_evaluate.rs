//! The pure part of key policies: how fast a parsed policy answers.
//!
//! `cargo bench -p ami-share --bench policy_evaluate`. Prints the median of several runs, on one core.

use std::hint::black_box;
use std::time::{Duration, Instant};

use ami_share_core::policy::Policy;
use ami_share_core::policy::evaluate::{Caller, Layers, Request, Verdict, access_by, evaluate};

const EVALUATIONS: u32 = 200_000;
const PRINCIPALS: u64 = 1_000;
const RUNS: usize = 9;
const KEY: &str = "arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab";

/// The key policy of a key that is shared with one account
const SHARE: &str = r#"{
  "Version": "2012-10-17",
  "Statement": [
    {"Sid": "Enable IAM User Permissions", "Effect": "Allow",
     "Principal": {"AWS": "arn:aws:iam::111122223333:root"}, "Action": "kms:*", "Resource": "*"},
    {"Sid": "AmiShareUse", "Effect": "Allow",
     "Principal": {"AWS": "arn:aws:iam::444455556666:root"},
     "Action": ["kms:DescribeKey", "kms:Decrypt", "kms:ReEncryptFrom", "kms:ReEncryptTo",
                "kms:GenerateDataKeyWithoutPlaintext"],
     "Resource": "*"},
    {"Sid": "AmiShareGrant", "Effect": "Allow",
     "Principal": {"AWS": "arn:aws:iam::444455556666:root"},
     "Action": "kms:CreateGrant", "Resource": "*",
     "Condition": {"Bool": {"kms:GrantIsForAWSResource": "true"}}}
  ]
}"#;

const USE: &str = r#"{"Version": "2012-10-17", "Statement": [
    {"Effect": "Allow", "Action": ["kms:Decrypt", "kms:CreateGrant"], "Resource": "*"}]}"#;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    // `cargo test --benches` passes `--test`: then one run shows that it works.
    let runs = if std::env::args().any(|argument| argument == "--test") {
        1
    } else {
        RUNS
    };
    let key_policy = Policy::parse(SHARE)?;
    let identity = [Policy::parse(USE)?];
    let layers = Layers::none().resource(&key_policy).identity(&identity);
    let owner = "111122223333".parse()?;
    let role = Caller::role("arn:aws:iam::444455556666:role/Builder")?.session("build-7");
    for action in ["kms:Decrypt", "kms:CreateGrant"] {
        let request = Request::new(role.clone(), action, KEY, owner)
            .key("kms:GrantIsForAWSResource", "true")
            .nothing_else();
        assert_eq!(evaluate(&request, &layers).verdict, Verdict::Allowed);
        let alone = median(runs, || {
            for _ in 0..EVALUATIONS {
                black_box(access_by(black_box(&key_policy), black_box(&request)));
            }
        });
        let layered = median(runs, || {
            for _ in 0..EVALUATIONS {
                black_box(evaluate(black_box(&request), black_box(&layers)));
            }
        });
        println!(
            "{action:16} key policy alone  {:>12.0} a second",
            rate(alone)
        );
        println!(
            "{action:16} every layer       {:>12.0} a second",
            rate(layered)
        );
    }
    let accounts: Vec<String> = (0..PRINCIPALS)
        .map(|number| format!("arn:aws:iam::{number:012}:role/Builder"))
        .collect();
    let asked = Request::new(role, "kms:Decrypt", KEY, owner).nothing_else();
    let many = median(runs, || {
        for arn in &accounts {
            let caller = Caller::role(arn).unwrap_or_else(|_| Caller::anonymous());
            black_box(evaluate(&asked.by(caller), &layers));
        }
    });
    println!("{PRINCIPALS} principals against one policy, parsed from ARNs: {many:.2?}");
    Ok(())
}

fn rate(taken: Duration) -> f64 {
    f64::from(EVALUATIONS) / taken.as_secs_f64()
}

fn median(runs: usize, work: impl Fn()) -> Duration {
    let mut times: Vec<Duration> = (0..runs)
        .map(|_| {
            let start = Instant::now();
            work();
            start.elapsed()
        })
        .collect();
    times.sort();
    times.get(runs / 2).copied().unwrap_or_default()
}
