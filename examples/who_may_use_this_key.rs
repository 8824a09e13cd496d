//! Says who may use a KMS key by its key policy, and why, and what is suspicious in it.
//!
//! `cargo run -p ami-share --example who_may_use_this_key -- [policy.json] [--key ARN]
//! [--action kms:Decrypt] [--principal ARN …] [--context aws:PrincipalOrgID=o-… …]`
//!
//! Without a policy, one that is built in is looked at. Nothing is asked of AWS: what the principals'
//! own policies say is unknown, and other layers, such as grants, are taken for none.

use ami_share_core::id::KeyArn;
use ami_share_core::policy::KeyPolicy;
use ami_share_core::policy::evaluate::{Caller, Layers, Request, Told, evaluate};

const KEY: &str = "arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab";
const PRINCIPALS: [&str; 5] = [
    "arn:aws:iam::111122223333:root",
    "arn:aws:iam::111122223333:role/Admin",
    "arn:aws:iam::111122223333:role/Intern",
    "arn:aws:iam::444455556666:role/Builder",
    "arn:aws:iam::777788889999:role/Stranger",
];
const SAMPLE: &str = r#"{
  "Version": "2012-10-17",
  "Statement": [
    {
      "Sid": "Enable IAM User Permissions",
      "Effect": "Allow",
      "Principal": {"AWS": "arn:aws:iam::111122223333:root"},
      "Action": "kms:*",
      "Resource": "*"
    },
    {
      "Sid": "Use by the build account",
      "Effect": "Allow",
      "Principal": {"AWS": ["444455556666", "AIDAEXAMPLEID12345678"]},
      "Action": ["kms:Decrypt", "kms:DescribeKey"],
      "Resource": "*"
    },
    {
      "Sid": "Use in our organization",
      "Effect": "Allow",
      "Principal": "*",
      "Action": "kms:Decrypt",
      "Resource": "*",
      "Condition": {"StringEquals": {"aws:PrincipalOrgID": "o-exampleorg1"}}
    },
    {
      "Sid": "Look at it in our OU",
      "Effect": "Allow",
      "Principal": "*",
      "Action": "kms:DescribeKey",
      "Resource": "*",
      "Condition": {"ForAllValues:StringLike": {"aws:PrincipalOrgPaths": "o-exampleorg1/r-ab12/*"}}
    },
    {
      "Sid": "Not for interns",
      "Effect": "Deny",
      "Principal": {"AWS": "arn:aws:iam::111122223333:role/Intern"},
      "Action": "kms:*",
      "Resource": "*"
    }
  ]
}"#;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut text = SAMPLE.to_owned();
    let mut key: KeyArn = KEY.parse()?;
    let mut action = "kms:Decrypt".to_owned();
    let mut principals = Vec::new();
    let mut context = Vec::new();
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        let mut value = || {
            arguments
                .next()
                .ok_or(format!("`{argument}` needs a value"))
        };
        match argument.as_str() {
            "--key" => key = value()?.parse()?,
            "--action" => action = value()?,
            "--principal" => principals.push(value()?),
            "--context" => context.push(value()?),
            path => text = std::fs::read_to_string(path)?,
        }
    }
    if principals.is_empty() {
        principals = PRINCIPALS.map(str::to_owned).to_vec();
    }

    let policy = KeyPolicy::parse(&text)?;
    let count = policy.statements().len();
    println!("{count} statements, {} bytes", policy.size());

    println!("\n--- Who may {action}\n");
    let typed = policy.to_policy()?;
    let mut layers = Layers::none().resource(&typed);
    layers.identity = Told::Unknown;
    for principal in &principals {
        let caller = Caller::parse(principal)?;
        let mut request = Request::new(caller, &action, key.as_str(), key.account());
        for pair in &context {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            request = request.key(name, value);
        }
        let decision = evaluate(&request, &layers);
        println!("{principal}: {decision}");
        println!("  the key policy by itself: {}\n", decision.access);
    }

    println!("--- What is suspicious\n");
    for finding in policy.lint() {
        println!("{finding}\n  mend: {}", finding.mend());
    }
    Ok(())
}
