//! Shards that run by themselves, as workers run them.

use proptest::prelude::*;

use super::*;
use crate::distribution::Shard;

impl Distributing {
    /// Runs a shard from its JSON alone, by a sharer that knows nothing
    async fn work(&self, shard: &Shard) -> ShardReport {
        let text = serde_json::to_string(shard).unwrap();
        let shard: Shard = serde_json::from_str(&text).unwrap();
        let report = self
            .sharer()
            .run_shard(&shard, &ApplyOptions::default())
            .await;
        let text = serde_json::to_string(&report).unwrap();
        serde_json::from_str(&text).unwrap()
    }

    /// Begins a shard and lets its worker die on the way
    async fn begin(&self, shard: &Shard, after: Duration) {
        let (sharer, options) = (self.sharer(), ApplyOptions::default());
        let run = sharer.run_shard(shard, &options);
        let _ = tokio::time::timeout(after, run).await;
    }

    /// Runs a plan shard by shard: `order` says which comes next of a stage, and for how many seconds its
    /// worker lives before another one takes over; none where it lives
    async fn by_workers(
        &self,
        plan: &DistributionPlan,
        order: &[(usize, Option<u64>)],
    ) -> DistributionReport {
        let mut order = order.iter().cycle();
        let mut reports = Vec::new();
        for stage in [Stage::Owner, Stage::Recipient, Stage::Finish] {
            let of_stage: Vec<Shard> = match stage {
                Stage::Finish => plan.finishing(&reports),
                _ => plan
                    .shards()
                    .iter()
                    .filter(|shard| shard.stage == stage)
                    .cloned()
                    .collect(),
            };
            // Each runs twice.
            let mut waiting = [of_stage.clone(), of_stage].concat();
            while !waiting.is_empty() {
                let (next, dies) = order.next().unwrap();
                let shard = waiting.remove(next % waiting.len());
                if let Some(seconds) = dies {
                    self.begin(&shard, Duration::from_millis(100 * seconds))
                        .await;
                }
                reports.push(self.work(&shard).await);
            }
        }
        reports.reverse();
        DistributionReport::merge(reports)
    }

    fn slow(&self) {
        let second = Duration::from_secs(1);
        let faults = Faults::none().latency(second / 10, second / 20);
        self.world()
            .set_faults(faults.copies_take(30 * second, 30 * second));
    }
}

/// Runs a body to its end on a runtime whose time stands still while something runs
fn paused(body: impl Future<Output = ()>) {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .start_paused(true)
        .build()
        .unwrap();
    runtime.block_on(body);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn promise_8_shards_that_run_twice_in_any_order_or_die_on_the_way_copy_once(
        order in prop::collection::vec((0..100_usize, prop::option::of(0..60_u64)), 8..24)
    ) {
        paused(async {
            let scene = Distributing::of(&REGIONS[..2]);
            let distribution = scene.copying(json!({"distributed_tags": true}));
            let plan = scene.plan(&distribution).await;
            scene.slow();
            let report = scene.by_workers(&plan, &order).await;
            assert!(report.is_complete(), "{report:#?}");
            assert_eq!(scene.images_of(scene.scene.owner), 2);
            for (region, image) in owner_s(&report) {
                assert_eq!(scene.permitted(&region, &image), []);
            }
            scene.world().set_faults(Faults::none());
            scene.is_settled(&distribution).await;
            scene.is_copied(&report);
        });
    }

    #[test]
    fn promise_8_shares_end_the_same_whoever_dies(
        order in prop::collection::vec((0..100_usize, prop::option::of(0..30_u64)), 3..12)
    ) {
        paused(async {
            let scene = Distributing::of(&REGIONS[..2]);
            let distribution = scene.distribution(json!({"distributed_tags": true}));
            let plan = scene.plan(&distribution).await;
            scene.slow();
            let report = scene.by_workers(&plan, &order).await;
            assert!(report.is_complete(), "{report:#?}");
            scene.world().set_faults(Faults::none());
            assert!(scene.verify(&distribution).await.is_ok());
            scene.is_settled(&distribution).await;
        });
    }
}

#[tokio::test(start_paused = true)]
async fn a_recipient_s_shard_without_the_owner_s_says_what_comes_first() {
    let scene = Distributing::new();
    let plan = scene.plan(&scene.copying(json!({}))).await;
    let elsewhere =
        |shard: &&Shard| shard.stage == Stage::Recipient && shard.region != scene.scene.region;
    let shard = plan.shards().iter().find(elsewhere).unwrap();
    let report = scene.work(shard).await;
    assert!(
        report.problems[0].contains("run the shard of the owner first"),
        "{report:?}"
    );
    assert_eq!(scene.writes(), Vec::<&str>::new());
}

#[tokio::test(start_paused = true)]
async fn promise_8_what_a_worker_opened_and_did_not_tell_of_is_closed_all_the_same() {
    let scene = Distributing::of(&["us-east-1"]);
    let plan = scene.plan(&scene.copying(json!({}))).await;
    let owner = plan
        .shards()
        .iter()
        .find(|shard| shard.stage == Stage::Owner)
        .unwrap();
    // Its report is lost.
    scene.work(owner).await;
    assert_eq!(
        scene
            .permitted(&scene.scene.region, &scene.scene.images[0])
            .len(),
        3
    );
    for shard in plan.finishing(&[]) {
        assert!(!shard.deprecates);
        scene.work(&shard).await;
    }
    assert_eq!(
        scene.permitted(&scene.scene.region, &scene.scene.images[0]),
        []
    );
}

#[tokio::test(start_paused = true)]
async fn promise_6_a_report_of_a_plan_without_one_of_its_shards_is_never_complete() {
    let scene = Distributing::of(&REGIONS[..2]);
    let plan = scene.plan(&scene.copying(json!({}))).await;
    let whole = scene.by_workers(&plan, &[(0, None)]).await;
    assert_eq!(plan.report(whole.shards().to_vec()), whole);
    assert!(whole.is_complete(), "{whole}");
    // Two of the owner, one of each recipient in each Region, and two that close
    assert_eq!(whole.shards().len(), 2 + 6 + 2);
    for left_out in 0..whole.shards().len() {
        let mut reports = whole.shards().to_vec();
        let lost = reports.remove(left_out);
        let report = plan.report(reports);
        assert!(!report.is_complete(), "{}", lost.shard);
        let [failed] = &report.failed()[..] else {
            panic!("{report}");
        };
        assert!(failed.is_same_as(&lost.shard), "{failed}");
        // One that comes later takes its place.
        let late = report.shards().iter().cloned().chain([lost]);
        assert_eq!(plan.report(late), whole);
    }
    let nothing = plan.report([]);
    assert_eq!(nothing.failed().len(), plan.shards().len() + 2);
}

#[tokio::test(start_paused = true)]
async fn promise_3_predecessors_are_left_where_the_last_run_of_a_shard_failed() {
    let scene = Distributing::of(&["us-east-1"]);
    let more = json!({"predecessors": {"name": "golden-*", "keep_last": 1}});
    let plan = scene.plan(&scene.distribution(more)).await;
    let done = scene.work(&plan.shards()[0]).await;
    let mut failed = done.clone();
    failed.problems.push("the image is gone".into());
    failed.ended = failed.ended.plus_days(1);
    let reports = [done, failed];
    assert_eq!(plan.finishing(&reports), []);
    let finishing = plan.finishing(&reports[..1]);
    assert!(finishing[0].deprecates);
}
