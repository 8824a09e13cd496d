//! Distributes a golden image as a file says: to two OUs and a partner, in three Regions, with progress in
//! the terminal. A second run finds nothing to do.
//!
//! Runs on the simulator:
//! `cargo run -p ami-share --features distribution,simulator-server --example distribute`.

use std::time::Duration;

use ami_share_core::backend::simulator::{Faults, World};
use ami_share_core::distribution::{Distribution, Stage};
use ami_share_core::outcome::{Event, Events, events};
use ami_share_core::{ApplyOptions, Distributor, SimulatedSharer};
use indicatif::{MultiProgress, ProgressBar, ProgressStyle};

const WORLD: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/examples/worlds/golden-image.yaml"
);
const FILE: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/examples/distributions/golden-image.yaml"
);

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let world = World::load_file(WORLD)?;
    let second = Duration::from_secs(1);
    world.set_faults(Faults::none().copies_take(second, 2 * second));
    let sharer = SimulatedSharer::new(world.backend("111122223333".parse()?));

    let distribution = Distribution::load(FILE)?;
    let plan = sharer.plan_distribution(&distribution).await?;
    println!("{plan}");

    let (sink, happening) = events();
    let options = ApplyOptions::just_planned().with_events(sink);
    let showing = tokio::spawn(show(happening));
    let report = sharer.apply_distribution(&plan, &options).await?;
    drop(options);
    showing.await?;
    println!("{report}");

    for owner in report
        .shards()
        .iter()
        .filter(|shard| shard.shard.stage == Stage::Owner)
    {
        let region = &owner.shard.region;
        let Some(image) = &owner.image else { continue };
        for account in ["222222222222", "444455556666", "999988887777"] {
            let judged = world.can_launch(region, account.parse()?, image);
            println!(
                "{account} can launch {image} in {region}: {}",
                judged.allowed
            );
        }
    }
    println!("\n{}", sharer.verify_distribution(&distribution).await?);
    println!("{}", sharer.plan_distribution(&distribution).await?);
    let rows = report.manifest().rows.len();
    println!("The manifest has {rows} rows for other tools: report.manifest().to_json()");
    Ok(())
}

/// A bar for each copy that is under way
async fn show(mut happening: Events) {
    let bars = MultiProgress::new();
    let style = ProgressStyle::with_template("{prefix:34} {bar:30} {pos:>3}% {msg}");
    let style = style.unwrap_or_else(|_| ProgressStyle::default_bar());
    let mut copies = std::collections::BTreeMap::new();
    while let Some(event) = happening.recv().await {
        match event {
            Event::CopyStarted {
                destination,
                account,
                ..
            } => {
                let bar = bars.add(ProgressBar::new(100).with_style(style.clone()));
                bar.set_prefix(format!("{account} {}", destination.region));
                copies.insert((account, destination.region), bar);
            }
            Event::CopyProgress {
                destination,
                account,
                percent,
                ..
            } => {
                if let Some(bar) = copies.get(&(account, destination.region)) {
                    bar.set_position(percent.into());
                }
            }
            Event::CopyFinished {
                destination,
                account,
                outcome,
                ..
            } => {
                if let Some(bar) = copies.get(&(account, destination.region)) {
                    let is_there = outcome.is_available();
                    bar.set_position(if is_there { 100 } else { bar.position() });
                    bar.finish_with_message(if is_there { "available" } else { "not made" });
                }
            }
            _ => {}
        }
    }
}
