//! World files: how long a big one takes to load and to save, and how much memory that needs.
//!
//! `cargo bench -p ami-share --features simulator-server --bench world_file`. Prints the median of
//! several runs.

use std::error::Error;
use std::fmt::Write as _;
use std::time::{Duration, Instant};

use ami_share_core::backend::simulator::World;

const ACCOUNTS: usize = 1_000;
const JSON_IMAGES: usize = 100_000;
/// YAML is what people write by hand
const YAML_IMAGES: usize = 10_000;
/// With each of how many accounts an image is shared
const RECIPIENTS: usize = 3;
const REGIONS: [&str; 4] = ["eu-central-1", "eu-west-1", "us-east-1", "us-west-2"];
const RUNS: usize = 5;

fn main() -> Result<(), Box<dyn Error>> {
    // `cargo test --benches` passes `--test`: then one small run shows that it works.
    let is_test = std::env::args().any(|argument| argument == "--test");
    let (runs, scale) = if is_test { (1, 100) } else { (RUNS, 1) };
    let (json_images, yaml_images) = (JSON_IMAGES / scale, YAML_IMAGES / scale);
    println!(
        "a world of {ACCOUNTS} accounts in an organization, and images that have a snapshot, two \
         tags and {RECIPIENTS} launch permissions each, in {} Regions; median of {runs} runs",
        REGIONS.len()
    );

    let text = json(json_images)?;
    told(
        &format!("load JSON, {json_images} images"),
        text.len(),
        runs,
        || World::load(&text),
    )?;
    if let Some(peak) = peak_memory() {
        println!("peak memory of the whole process by then, the text included: {peak}");
    }
    let world = World::load(&text)?;
    drop(text);
    let saved = world.save();
    told("save it", saved.len(), runs, || {
        Ok::<_, Box<dyn Error>>(world.save())
    })?;
    drop(world);
    told("load what was saved", saved.len(), runs, || {
        World::load(&saved)
    })?;
    if timeless(&World::load(&saved)?.save()) != timeless(&saved) {
        return Err("what was loaded is not what was saved".into());
    }
    drop(saved);
    if let Some(peak) = peak_memory() {
        println!("peak memory of the whole process by then: {peak}");
    }

    let text = yaml(yaml_images)?;
    told(
        &format!("load YAML, {yaml_images} images"),
        text.len(),
        runs,
        || World::load(&text),
    )?;
    Ok(())
}

fn told<T, E>(
    name: &str,
    bytes: usize,
    runs: usize,
    run: impl Fn() -> Result<T, E>,
) -> Result<(), E> {
    let mut times = Vec::new();
    for _ in 0..runs {
        let start = Instant::now();
        let made = run()?;
        times.push(start.elapsed());
        drop(made);
    }
    times.sort();
    let median: Duration = times.get(runs / 2).copied().unwrap_or_default();
    let megabytes = bytes as f64 / 1e6;
    println!("{name:28} {megabytes:>6.1} MB {median:>10.2?}");
    Ok(())
}

fn account(number: usize) -> String {
    format!("{:012}", 100_000_000_000 + number % ACCOUNTS)
}

fn recipients(image: usize) -> impl Iterator<Item = String> {
    (1..=RECIPIENTS).map(move |step| account(image + step))
}

/// The numbers of the images of one of the Regions
fn images_of(region: usize, images: usize) -> impl Iterator<Item = usize> {
    (region..images).step_by(REGIONS.len())
}

fn json(images: usize) -> Result<String, std::fmt::Error> {
    let mut text = String::from("{\"accounts\": [\n");
    for number in 0..ACCOUNTS {
        let comma = if number == 0 { "" } else { ",\n" };
        let id = account(number);
        write!(
            text,
            "{comma}  {{\"id\": \"{id}\", \"name\": \"account-{number}\"}}"
        )?;
    }
    write!(
        text,
        "],\n\"organizations\": [{{\"management\": \"{}\", \"accounts\": [",
        account(0)
    )?;
    for number in 1..ACCOUNTS {
        let comma = if number == 1 { "" } else { ", " };
        write!(text, "{comma}\"{}\"", account(number))?;
    }
    text.push_str("]}],\n\"regions\": {\n");
    for (index, region) in REGIONS.iter().enumerate() {
        let comma = if index == 0 { "" } else { ",\n" };
        writeln!(text, "{comma}\"{region}\": {{\"images\": [")?;
        for number in images_of(index, images) {
            let comma = if number == index { "" } else { ",\n" };
            let owner = account(number);
            let shared: Vec<String> = recipients(number).map(|id| format!("\"{id}\"")).collect();
            write!(
                text,
                "{comma}  {{\"id\": \"ami-{:017x}\", \"owner\": \"{owner}\", \
                 \"name\": \"golden-{number}\", \"created\": \"2025-06-01T12:00:00Z\", \
                 \"tags\": {{\"Name\": \"golden\", \"build\": \"{number}\"}}, \
                 \"launch_permissions\": [{}]}}",
                id_of(number),
                shared.join(", ")
            )?;
        }
        text.push_str("]}");
    }
    text.push_str("}}\n");
    Ok(text)
}

fn yaml(images: usize) -> Result<String, std::fmt::Error> {
    let mut text = String::from("accounts:\n");
    for number in 0..ACCOUNTS {
        let id = account(number);
        writeln!(text, "  - id: {id}\n    name: account-{number}")?;
    }
    writeln!(
        text,
        "organizations:\n  - management: {}\n    accounts:",
        account(0)
    )?;
    for number in 1..ACCOUNTS {
        writeln!(text, "      - {}", account(number))?;
    }
    text.push_str("regions:\n");
    for (index, region) in REGIONS.iter().enumerate() {
        writeln!(text, "  {region}:\n    images:")?;
        for number in images_of(index, images) {
            writeln!(
                text,
                "      - id: ami-{:017x}\n        owner: {}\n        name: golden-{number}\n        \
                 created: 2025-06-01T12:00:00Z\n        tags:\n          Name: golden\n          \
                 build: \"{number}\"\n        launch_permissions:",
                id_of(number),
                account(number)
            )?;
            for recipient in recipients(number) {
                writeln!(text, "          - {recipient}")?;
            }
        }
    }
    Ok(text)
}

/// None of those that the simulator makes by counting
fn id_of(image: usize) -> u64 {
    0xabc0_0000_0000_0000 + image as u64
}

/// A saved world without its time, which goes on
fn timeless(saved: &str) -> Option<&str> {
    saved.split_once(r#""counter":"#).map(|(_, rest)| rest)
}

/// The high-water mark of resident memory, where the system tells it
fn peak_memory() -> Option<String> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
    Some(line.trim_start_matches("VmHWM:").trim().to_owned())
}
