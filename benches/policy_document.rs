//! Key policies as documents: how long a policy of nearly 32 KB takes to be read, patched and printed.
//!
//! `cargo bench -p ami-share --bench policy_document`. Prints the median of many runs.

use std::hint::black_box;
use std::time::{Duration, Instant};

use ami_share_core::id::{AccountId, ParseIdError};
use ami_share_core::policy::{KeyPolicy, KeyStatements};

const RUNS: usize = 2_001;
const MOST: Duration = Duration::from_micros(300);

fn main() -> Result<(), Box<dyn std::error::Error>> {
    // `cargo test --benches` passes `--test`: then one run shows that it works.
    let is_test = std::env::args().any(|argument| argument == "--test");
    let runs = if is_test { 1 } else { RUNS };
    let wanted = KeyStatements::new().accounts(accounts(4)?);
    let mut is_slow = false;
    for (name, text) in [
        ("many statements, ours are new", many_statements()),
        ("two long lists, ours are new", long_lists()),
        (
            "many statements, ours are there",
            KeyPolicy::parse(&many_statements())?
                .patched(&wanted)?
                .policy()
                .to_string(),
        ),
        ("ours are long, all change", long_ours()?),
    ] {
        let mut times = Vec::with_capacity(runs);
        for _ in 0..runs {
            let start = Instant::now();
            let policy = KeyPolicy::parse(black_box(&text))?;
            let patched = policy.patched(black_box(&wanted))?;
            let printed = black_box(patched.policy().to_string());
            times.push(start.elapsed());
            drop(printed);
        }
        times.sort();
        let median = times.get(runs / 2).copied().unwrap_or_default();
        println!("{name:32} {:>6} bytes {median:>10.2?}", text.len());
        is_slow |= median > MOST;
    }
    if is_slow && !is_test {
        return Err(format!("slower than {MOST:?}").into());
    }
    Ok(())
}

fn accounts(count: u64) -> Result<Vec<AccountId>, ParseIdError> {
    (0..count)
        .map(|number| format!("{number:012}").parse())
        .collect()
}

const ADMIN: &str = r#"{
    "Sid" : "Enable IAM User Permissions",
    "Effect" : "Allow",
    "Principal" : {
      "AWS" : "arn:aws:iam::111122223333:root"
    },
    "Action" : "kms:*",
    "Resource" : "*"
  }"#;

fn policy(statements: &[String]) -> String {
    format!(
        "{{\n  \"Version\" : \"2012-10-17\",\n  \"Statement\" : [ {ADMIN}, {} ]\n}}",
        statements.join(", ")
    )
}

fn many_statements() -> String {
    let statement = |number: usize| {
        format!(
            r#"{{
    "Sid" : "Team {number} uses the key",
    "Effect" : "Allow",
    "Principal" : {{
      "AWS" : [ "arn:aws:iam::{number:012}:role/Builder", "arn:aws:iam::{number:012}:root" ]
    }},
    "Action" : [ "kms:Decrypt", "kms:DescribeKey", "kms:GenerateDataKey*" ],
    "Resource" : "*",
    "Condition" : {{
      "StringEquals" : {{
        "kms:ViaService" : "ec2.us-east-1.amazonaws.com"
      }}
    }}
  }}"#
        )
    };
    policy(&(0..76).map(statement).collect::<Vec<_>>())
}

fn long_lists() -> String {
    let list = |range: std::ops::Range<usize>| {
        let principals: Vec<String> = range
            .map(|number| format!("\"arn:aws:iam::{number:012}:root\""))
            .collect();
        format!(
            r#"{{
    "Effect" : "Allow",
    "Principal" : {{
      "AWS" : [ {} ]
    }},
    "Action" : "kms:Decrypt",
    "Resource" : "*"
  }}"#,
            principals.join(", ")
        )
    };
    policy(&[list(0..455), list(455..910)])
}

fn long_ours() -> Result<String, Box<dyn std::error::Error>> {
    let wanted = KeyStatements::new().accounts(accounts(440)?);
    let policy = KeyPolicy::parse(&policy(&[ADMIN.to_owned()]))?;
    Ok(policy.patched(&wanted)?.policy().to_string())
}
