//! Shares an encrypted image with an OU and two accounts, opens its key for exactly them, says why
//! somebody else cannot launch it, and closes the key again.
//!
//! Runs on the simulator: `cargo run -p ami-share --example encrypted_image`.

use ami_share_core::backend::simulator::{ImageSpec, NewKey, World};
use ami_share_core::id::{AccountId, ImageId, Region};
use ami_share_core::principal::PrincipalSet;
use ami_share_core::{Error, Principal, ShareRequest, Sharer, SimulatedSharer};

const OWNER: &str = "111111111111";
const MEMBER: &str = "333333333333";
const STRANGER: &str = "222222222222";
const ACCOUNTS: [&str; 2] = ["444444444444", "555555555555"];

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    // A small AWS: an OU with a member, and an owner with an image of two snapshots under one key. The
    // owner may read the organization; if it may not, the request tells the OU's path: `unit_path`.
    let world = World::new();
    let (owner, region) = (OWNER.parse()?, "us-east-1".parse()?);
    let organization: Principal = world.create_organization(owner)?.into();
    let unit = world.create_organizational_unit(&organization)?;
    world.create_account(&unit.clone().into(), MEMBER.parse()?)?;
    let key = world.create_key(&region, owner, NewKey::new().description("golden images"));
    let golden = ImageSpec::named("golden-2026-11").encrypted_with(&key);
    let image = world.register_image(&region, owner, golden.encrypted_with(&key));
    let sharer = SimulatedSharer::new(world.backend(owner));

    println!("--- What would be done, with what changes in the key policy\n");
    let request = ShareRequest::builder()
        .region(&region)
        .image(&image)
        .organizational_unit(&unit)
        .accounts(ACCOUNTS)
        .build()?;
    let plan = sharer.plan(&request).await?;
    println!("{plan}");
    println!("--- Doing it\n");
    println!("{}", sharer.share(&request).await?);
    println!("--- Who can use it\n");
    println!("{}", sharer.verify(&request).await?);
    judge(&world, &region, &image)?;

    println!("\n--- Why can't {STRANGER} launch this?\n");
    let stranger = PrincipalSet::from_iter([Principal::Account(STRANGER.parse()?)]);
    println!("{}", sharer.explain(&region, &image, &stranger).await?);

    println!("--- An image under the AWS managed key cannot be shared\n");
    let by_aws = ImageSpec::named("by-aws").encrypted_by_aws();
    let by_aws = world.register_image(&region, owner, by_aws);
    let refused = ShareRequest::builder()
        .region(&region)
        .image(&by_aws)
        .account(STRANGER)
        .build()?;
    if let Err(Error::Refused(refusals)) = sharer.share(&refused).await {
        for refusal in &refusals {
            println!("refused: {refusal}\n   mend: {}", refusal.mend());
        }
    }

    println!("\n--- Revoked\n");
    println!("{}", sharer.revoke(&request).await?);
    println!("{}", sharer.verify(&request.to_revoke()).await?);
    judge(&world, &region, &image)
}

/// What the world says, which judges by its own rules
fn judge(
    world: &World,
    region: &Region,
    image: &ImageId,
) -> Result<(), Box<dyn std::error::Error>> {
    for account in [MEMBER, ACCOUNTS[0], ACCOUNTS[1], STRANGER] {
        let judged = world.can_launch(region, account.parse::<AccountId>()?, image);
        println!(
            "{account} can launch: {} ({})",
            judged.allowed, judged.reason
        );
    }
    Ok(())
}
