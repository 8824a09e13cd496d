//! How copies are waited for: calls by Region, not by copy, and not much longer than they take.

use std::collections::BTreeMap;

use futures_util::StreamExt;
use tokio::time::Instant;

use super::*;
use crate::outcome::{Event, Remains};

const REGIONS: [&str; 3] = ["us-east-1", "eu-west-1", "ap-southeast-2"];

/// What a run cost
struct Cost {
    reads: usize,
    progress: usize,
    took: Duration,
    /// How long the copy took that took longest
    slowest: Duration,
}

async fn cost(accounts: u64) -> Cost {
    let scene = CopyScene::new(accounts, &REGIONS);
    let faults = Faults::none().seed(7);
    let faults = faults.copies_take(minutes(20), minutes(10));
    scene.scene.world.set_faults(faults);
    let request = scene.owner_made().build().unwrap();
    // How each copy is shared is a matter of its own.
    let sharer = scene.sharer();
    let plan = sharer.plan_copies(&request).await.unwrap();
    let reads = |scene: &CopyScene| {
        let calls = scene.scene.world.calls();
        let of = |operation: &str| {
            let calls = calls.iter();
            calls.filter(|call| call.operation == operation).count()
        };
        (of("DescribeImages"), of("DescribeSnapshots"))
    };
    let (planned, _) = reads(&scene);
    assert!(
        planned <= 1 + REGIONS.len(),
        "{planned} reads to plan copies for {accounts} accounts"
    );
    let started = Instant::now();
    let cancel = crate::engine::Cancel::new();
    let options = ApplyOptions::just_planned().with_cancel(cancel.clone());
    let watch = async {
        // Looks at all copies just before the first can have ended.
        tokio::time::sleep(minutes(20) - Duration::from_secs(1)).await;
        reads(&scene)
    };
    let (report, (reads, progress)) = tokio::join!(sharer.apply_copies(&plan, &options), watch);
    let report = report.unwrap();
    let took = started.elapsed();
    assert!(report.is_complete());
    let state = scene.scene.world.state();
    let images = state.images.values().flat_map(|images| images.values());
    let own = images.filter_map(|image| image.copying.as_ref());
    let slowest = own.map(|progress| progress.ends.since(progress.started));
    Cost {
        reads: reads - planned,
        progress,
        took,
        slowest: slowest.max().unwrap(),
    }
}

#[tokio::test(start_paused = true)]
async fn promise_7_looks_grow_with_regions_and_not_with_copies() {
    let few = cost(5).await;
    let many = cost(50).await;
    for (few, many) in [(few.reads, many.reads), (few.progress, many.progress)] {
        assert!(
            few > 0 && many <= few + few / 2 + 6,
            "{few} calls, {many} for ten times as many"
        );
        assert!(many <= 3 * 45, "{many} calls in 20 minutes, in 3 Regions");
    }
    for cost in [few, many] {
        assert!(
            cost.took.as_secs_f64() <= 1.2 * cost.slowest.as_secs_f64(),
            "{:?} for copies of at most {:?}",
            cost.took,
            cost.slowest
        );
    }
}

#[tokio::test(start_paused = true)]
async fn percents_rise_and_every_copy_starts_and_finishes_once() {
    let scene = CopyScene::new(3, &["us-east-1", "eu-west-1"]);
    scene.scene.world.set_faults(copies_take(20));
    let request = scene.for_recipients().build().unwrap();
    let sharer = scene.sharer();
    let plan = sharer.plan_copies(&request).await.unwrap();
    let (sink, seen): (_, Events) = events();
    let options = ApplyOptions::just_planned().with_events(sink);
    sharer.apply_copies(&plan, &options).await.unwrap();
    drop(options);
    let seen: Vec<Event> = seen.collect().await;
    assert_eq!(seen.first(), Some(&Event::CopiesStarted { copies: 6 }));
    let last = Event::CopiesFinished { done: 6, copies: 6 };
    assert_eq!(seen.last(), Some(&last));
    let (mut started, mut finished) = (0, 0);
    let mut percents: BTreeMap<(AccountId, ImageId), Vec<u8>> = BTreeMap::new();
    for event in seen {
        match event {
            Event::CopyStarted { .. } => started += 1,
            Event::CopyFinished { outcome, .. } => {
                assert_eq!(outcome, CopyOutcome::Copied);
                finished += 1;
            }
            Event::CopyProgress {
                account,
                image,
                percent,
                ..
            } => percents.entry((account, image)).or_default().push(percent),
            _ => {}
        }
    }
    assert_eq!((started, finished), (6, 6));
    assert_eq!(percents.len(), 6);
    for percents in percents.values() {
        assert!(percents.len() > 3, "{percents:?}");
        assert!(
            percents.windows(2).all(|pair| pair[0] < pair[1]),
            "{percents:?}"
        );
        assert!(percents.last().unwrap() < &100);
    }
}

/// It is looked at less and less often, and what hid it is told
#[tokio::test(start_paused = true)]
async fn promise_6_a_copy_that_cannot_be_looked_at_tells_why() {
    let scene = CopyScene::new(0, &["eu-west-1"]);
    scene.scene.world.set_faults(copies_take(5));
    let limits = limits(|limits| limits.minutes = 30);
    let request = scene.request().limits(limits).build().unwrap();
    let sharer = scene.sharer();
    let plan = sharer.plan_copies(&request).await.unwrap();
    let Scene { world, owner, .. } = &scene.scene;
    world.deny(*owner, "DescribeImages");
    world.clear_calls();
    let options = ApplyOptions::just_planned();
    let report = copies_incomplete(sharer.apply_copies(&plan, &options).await);
    let copy = &report.copies()[0];
    let CopyOutcome::Unfinished { because, remains } = &copy.outcome else {
        panic!("{report}");
    };
    for told in ["the time limit was reached", "DescribeImages"] {
        assert!(because.contains(told), "{because}");
    }
    let Remains::Left { resources, error } = remains else {
        panic!("{remains:?}");
    };
    assert_eq!(error.operation(), "DescribeImages");
    assert_eq!(*resources, [copy.image.clone().unwrap().into()]);
    let looks = scene.count("DescribeImages");
    assert!(looks <= 30 + 10, "{looks} looks in 30 minutes");
}

#[tokio::test(start_paused = true)]
async fn a_copy_that_is_there_at_once_is_not_waited_for_long() {
    let scene = CopyScene::new(2, &["us-east-1"]);
    let request = scene.for_recipients().build().unwrap();
    let started = Instant::now();
    scene.sharer().copy(&request).await.unwrap();
    assert!(started.elapsed() < Duration::from_secs(10));
}
