//! A pipeline: a golden image goes to development, then staging, then production, tagged as
//! distributed with the date. Each environment is verified before the next one gets it.
//!
//! Runs on the simulator: `cargo run -p ami-share --example golden_image_pipeline`.

use ami_share_core::access::Answer;
use ami_share_core::backend::simulator::{ImageSpec, World};
use ami_share_core::request::{SnapshotSharing, TrustedPrincipals};
use ami_share_core::{Principal, ShareRequest, Sharer, SimulatedSharer};

struct Environment {
    name: &'static str,
    recipients: Vec<Principal>,
    snapshots: SnapshotSharing,
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let (world, owner) = (World::new(), "111111111111".parse()?);
    let organization = world.create_organization(owner)?;
    let production = world.create_organizational_unit(&organization.clone().into())?;
    let service_account = "555555555555".parse()?;
    world.create_account(&production.clone().into(), service_account)?;
    let region = "us-east-1".parse()?;
    let image = world.register_image(&region, owner, ImageSpec::named("golden-2026-11"));
    let sharer = SimulatedSharer::new(world.backend(owner));

    // Whatever a list in a repository says, nobody else is shared with.
    let trusted = TrustedPrincipals {
        accounts: ["222222222222".parse()?, "333333333333".parse()?].into(),
        organizations: [organization].into(),
    };
    let environments = [
        Environment {
            name: "development",
            recipients: vec!["222222222222".parse()?],
            snapshots: SnapshotSharing::ForCopy,
        },
        Environment {
            name: "staging",
            recipients: vec!["333333333333".parse()?],
            snapshots: SnapshotSharing::LeaveAsIs,
        },
        Environment {
            name: "production",
            recipients: vec![production.into()],
            snapshots: SnapshotSharing::LeaveAsIs,
        },
    ];

    for environment in environments {
        let request = ShareRequest::builder()
            .region(&region)
            .image(&image)
            .principals(&environment.recipients)
            .snapshots(environment.snapshots)
            .trusted(trusted.clone())
            .tag("Distributed", "true")
            .tag("DistributedDate", "2026-11-21")
            .tag("ec2:SharedTag/release", "2026-11")
            .build()?;
        let report = sharer.share(&request).await?;
        let verification = sharer.verify(&request).await?;
        println!("== {}\n{report}{verification}", environment.name);
        if verification.as_desired() != Answer::Yes {
            return Err(format!("{} was not verified", environment.name).into());
        }
    }

    let judged = world.can_launch(&region, service_account, &image);
    println!(
        "{service_account} can launch: {} ({})",
        judged.allowed, judged.reason
    );
    Ok(())
}
