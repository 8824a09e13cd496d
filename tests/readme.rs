//! The Rust test of the README's "Test your own code against it", as it stands there.
#![allow(clippy::unwrap_used)]

// <README>
use ami_share_core::backend::simulator::World;
use ami_share_core::{Error, ShareRequest, Sharer, SimulatedSharer};

#[tokio::test]
async fn a_new_customer_can_launch_the_golden_image() -> Result<(), Error> {
    let world = World::load_file("examples/worlds/organization.yaml").unwrap();
    let (region, customer) = ("eu-central-1".parse()?, "555566667777".parse()?);
    let image = "ami-0a1b2c3d4e5f60001".parse()?;
    assert!(!world.can_launch(&region, customer, &image).allowed);
    let sharer = SimulatedSharer::new(world.backend("222233334444".parse()?));
    release_to(&sharer, "555566667777").await?; // your code, which takes a `&dyn Sharer`
    assert!(world.can_launch(&region, customer, &image).allowed);
    Ok(())
}
// </README>

async fn release_to(sharer: &dyn Sharer, customer: &str) -> Result<(), Error> {
    let request = ShareRequest::builder()
        .region("eu-central-1")
        .image("ami-0a1b2c3d4e5f60001")
        .account(customer)
        .build()?;
    sharer.share(&request).await.map(drop)
}

#[test]
fn the_readme_shows_this_test() {
    let source = include_str!("readme.rs");
    let shown = source.split("// <README>\n").nth(1).unwrap();
    let shown = shown.split("// </README>\n").next().unwrap();
    assert!(include_str!("../README.md").contains(&format!("\n{shown}```\n")));
}
