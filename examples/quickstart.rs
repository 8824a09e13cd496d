//! Shares an image with an account, an OU and the public, sees who gets in, and revokes it again.
//!
//! Runs on the simulator: `cargo run -p ami-share --example quickstart`.

use ami_share_core::backend::simulator::{ImageSpec, World};
use ami_share_core::outcome::{Event, events};
use ami_share_core::request::PublicConsent;
use ami_share_core::resource::BlockPublicAccess;
use ami_share_core::{ApplyOptions, Error, Principal, ShareRequest, Sharer, SimulatedSharer};

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    // A small AWS: an organization with an OU and a member in it, and an owner with an image.
    let owner = "111111111111".parse()?;
    let member = "333333333333".parse()?;
    let stranger = "444444444444".parse()?;
    let region = "us-east-1".parse()?;
    let world = World::new();
    let organization: Principal = world.create_organization("222222222222".parse()?)?.into();
    let unit = world.create_organizational_unit(&organization)?;
    world.create_account(&unit.clone().into(), member)?;
    let image = world.register_image(&region, owner, ImageSpec::named("golden-2026-11"));
    let sharer = SimulatedSharer::new(world.backend(owner));

    println!("--- What would be done\n");
    let request = ShareRequest::builder()
        .region(&region)
        .image(&image)
        .account("555555555555")
        .organizational_unit(&unit)
        .tag("purpose", "golden image")
        .build()?;
    let plan = sharer.plan(&request).await?;
    println!("{plan}");

    println!("--- Doing it\n");
    let (sink, mut progress) = events();
    let options = ApplyOptions::default().with_events(sink);
    let report = sharer.apply(&plan, &options).await?;
    drop(options);
    while let Some(event) = progress.recv().await {
        if let Event::StepStarted {
            step, operation, ..
        } = event
        {
            println!("step {}: {operation}", step + 1);
        }
    }
    println!("\n{report}");

    println!("--- Who can use it\n");
    println!("{}", sharer.verify(&request).await?);
    for account in [member, stranger] {
        let judged = world.can_launch(&region, account, &image);
        println!(
            "{account} can launch: {} ({})",
            judged.allowed, judged.reason
        );
    }

    println!("\n--- A second run finds nothing to do\n");
    println!("{}", sharer.plan(&request).await?);

    println!("--- The public is refused while block public access is on\n");
    let public = ShareRequest::builder()
        .region(&region)
        .image(&image)
        .public(PublicConsent::Given)
        .build()?;
    if let Err(Error::Refused(refusals)) = sharer.share(&public).await {
        for refusal in &refusals {
            println!("refused: {refusal}\n   mend: {}", refusal.mend());
        }
    }
    world.set_image_block_public_access(owner, &region, BlockPublicAccess::Unblocked);
    println!("\n{}", sharer.share(&public).await?);

    println!("--- Revoked\n");
    println!("{}", sharer.revoke(&public).await?);
    println!("{}", sharer.revoke(&request).await?);
    println!("{}", sharer.verify(&request.to_revoke()).await?);
    for account in [member, stranger] {
        let judged = world.can_launch(&region, account, &image);
        println!(
            "{account} can launch: {} ({})",
            judged.allowed, judged.reason
        );
    }
    Ok(())
}
