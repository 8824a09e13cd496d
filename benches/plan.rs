//! The pure part: how long a plan takes, and how much memory the whole process has used by then.
//!
//! `cargo bench -p ami-share --bench plan`. Prints the median of several runs.

use std::collections::BTreeMap;
use std::hint::black_box;
use std::time::{Duration, Instant};

use ami_share_core::id::{AccountId, ImageId, ParseIdError};
use ami_share_core::request::Limits;
use ami_share_core::resource::{
    Image, ImageSnapshot, ImageState, Observed, ObservedImage, RootDevice, Tags,
};
use ami_share_core::{Principal, PrincipalSet, ShareRequest, plan};

const IMAGES: usize = 1_000;
const PRINCIPALS: u64 = 1_000;
const RUNS: usize = 9;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    // `cargo test --benches` passes `--test`: then one run shows that it works.
    let runs = if std::env::args().any(|argument| argument == "--test") {
        1
    } else {
        RUNS
    };
    println!("plan of {IMAGES} images x {PRINCIPALS} principals, median of {runs} runs");
    for (name, present) in [
        ("nobody has access yet", PrincipalSet::new()),
        ("half have access", accounts(1..PRINCIPALS / 2 + 1)?),
        ("all have access", accounts(1..PRINCIPALS + 1)?),
        (
            "all others have access",
            accounts(PRINCIPALS + 1..2 * PRINCIPALS + 1)?,
        ),
    ] {
        let request = ShareRequest::builder()
            .images(image_ids()?)
            .region("us-east-1")
            .principals(accounts(1..PRINCIPALS + 1)?)
            .limits(Limits {
                entities_per_image: 2_000,
                ..Limits::default()
            })
            .build()?;
        let observed = observed(&present)?;
        let mut times: Vec<Duration> = (0..runs)
            .map(|_| {
                let observed = observed.clone();
                let start = Instant::now();
                let plan = black_box(plan(&request, observed));
                let taken = start.elapsed();
                drop(plan);
                taken
            })
            .collect();
        times.sort();
        let median = times.get(runs / 2).copied().unwrap_or_default();
        println!("{name:24} {median:>12.2?}");
    }
    if let Some(peak) = peak_memory() {
        println!("peak memory of the whole process: {peak}");
    }
    Ok(())
}

fn image_ids() -> Result<Vec<ImageId>, ParseIdError> {
    (0..IMAGES)
        .map(|number| format!("ami-{number:017x}").parse())
        .collect()
}

fn accounts(numbers: std::ops::Range<u64>) -> Result<PrincipalSet, ParseIdError> {
    numbers
        .map(|number| {
            format!("{number:012}")
                .parse::<AccountId>()
                .map(Principal::from)
        })
        .collect()
}

fn observed(present: &PrincipalSet) -> Result<Observed, ParseIdError> {
    let owner: AccountId = "999999999999".parse()?;
    let mut images = BTreeMap::new();
    for id in image_ids()? {
        let snapshot = ImageSnapshot {
            id: id.as_str().replace("ami", "snap").parse()?,
            device: "/dev/xvda".into(),
            encrypted: Some(false),
        };
        let image = Image {
            id: id.clone(),
            owner,
            name: None,
            state: ImageState::Available,
            state_reason: None,
            public: false,
            root_device: RootDevice::Ebs,
            snapshots: vec![snapshot],
            product_codes: Vec::new(),
            tags: Tags::new(),
        };
        images.insert(
            id,
            ObservedImage {
                image,
                launch_permissions: Some(present.clone()),
                snapshots: BTreeMap::new(),
            },
        );
    }
    let mut observed = Observed::default();
    observed
        .regions
        .entry("us-east-1".parse()?)
        .or_default()
        .images = images;
    Ok(observed)
}

/// The high-water mark of resident memory, where the system tells it
fn peak_memory() -> Option<String> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
    Some(line.trim_start_matches("VmHWM:").trim().to_owned())
}
