//! Copies an image that cannot be shared, as it is encrypted under an AWS managed key, to other Regions and
//! into other accounts, each under a key of its own, with progress in the terminal.
//!
//! Runs on the simulator: `cargo run -p ami-share --example copy_image`.

use std::time::Duration;

use ami_share_core::backend::simulator::{Faults, ImageSpec, NewKey, World};
use ami_share_core::id::{AccountId, ImageId, Region};
use ami_share_core::outcome::{Event, Events, events};
use ami_share_core::request::SourceAccess;
use ami_share_core::{ApplyOptions, CopyRequest, Roles, Sharer, SimulatedSharer};
use indicatif::ProgressBar;

const REGIONS: [&str; 2] = ["us-east-1", "eu-central-1"];

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let world = World::new();
    let (region, owner): (Region, AccountId) = ("us-east-1".parse()?, "111111111111".parse()?);
    let recipients: [AccountId; 2] = ["222222222222".parse()?, "333333333333".parse()?];
    for account in recipients.iter().chain([&owner]) {
        prepare(&world, owner, *account)?;
    }
    let second = Duration::from_secs(1);
    world.set_faults(Faults::none().copies_take(second, 2 * second));
    let image = world.register_image(
        &region,
        owner,
        ImageSpec::named("golden").encrypted_by_aws(),
    );
    let roles = Roles::builder()
        .template("arn:aws:iam::{account}:role/AmiShare")
        .build()?;
    let sharer = SimulatedSharer::new(world.backend(owner)).with_roles(roles);

    println!("--- The owner copies it under a key that can be shared");
    let own = CopyRequest::builder()
        .source(&region, &image)
        .to_region(&region)
        .name("{name}-shareable")
        .key("alias/golden")
        .build()?;
    let copies = copy(&sharer, &own).await?;
    let (_, _, shareable) = copies.into_iter().next().ok_or("there is no copy")?;

    println!("\n--- Recipients copy that one under keys of their own");
    let request = CopyRequest::builder()
        .source(&region, &shareable)
        .to_accounts(recipients)
        .to_regions(REGIONS)
        .key("alias/golden")
        .source_access(SourceAccess::Close)
        .build()?;
    for (account, region, image) in copy(&sharer, &request).await? {
        let judged = world.can_launch(&region, account, &image);
        println!(
            "{account} can launch its copy in {region}: {}",
            judged.allowed
        );
    }
    let judged = world.can_launch(&region, recipients[0], &shareable);
    println!("A recipient can launch the owner's: {}", judged.allowed);

    println!("\n--- Again");
    println!("{}", sharer.plan_copies(&request).await?);
    Ok(())
}

/// A key under an alias in each Region, and a role that the owner may assume
fn prepare(
    world: &World,
    owner: AccountId,
    account: AccountId,
) -> Result<(), Box<dyn std::error::Error>> {
    for region in REGIONS {
        let key = world.create_key(&region.parse()?, account, NewKey::new());
        world.create_alias("alias/golden", &key)?;
    }
    let trust = format!(
        r#"{{"Version": "2012-10-17", "Statement": [{{"Effect": "Allow", "Action": "sts:AssumeRole",
        "Principal": {{"AWS": "arn:aws:iam::{owner}:root"}}}}]}}"#
    );
    let role = world.create_role(account, "AmiShare", &trust)?;
    let policy = r#"{"Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Action": ["ec2:*", "kms:*"], "Resource": "*"}]}"#;
    world.put_role_policy(&role, "copy", policy)?;
    Ok(())
}

type Copy = (AccountId, Region, ImageId);

/// Plans, shows the plan, copies with a bar for each copy, and gives the copies
async fn copy(
    sharer: &SimulatedSharer,
    request: &CopyRequest,
) -> Result<Vec<Copy>, Box<dyn std::error::Error>> {
    let plan = sharer.plan_copies(request).await?;
    println!("{plan}");
    let (sink, happening) = events();
    let options = ApplyOptions::just_planned().with_events(sink);
    let showing = tokio::spawn(show(happening));
    let report = sharer.apply_copies(&plan, &options).await?;
    drop(options);
    showing.await?;
    println!("{report}");
    let made = report.copies().iter().filter_map(|copy| {
        Some((
            copy.account,
            copy.destination.region.clone(),
            copy.image.clone()?,
        ))
    });
    Ok(made.collect())
}

/// One bar for all copies
async fn show(mut happening: Events) {
    let bar = ProgressBar::no_length();
    while let Some(event) = happening.recv().await {
        match event {
            Event::CopiesStarted { copies } => bar.set_length(copies as u64),
            Event::CopyProgress { percent, .. } => bar.set_message(format!("{percent}%")),
            Event::CopyFinished { .. } => bar.inc(1),
            _ => {}
        }
    }
    bar.finish();
}
