use super::*;

impl Distributing {
    /// Older images, the newest last; the one that is distributed comes after all of them
    fn with_predecessors(mut self, count: usize) -> (Self, Vec<ImageId>) {
        let world = self.scene.world.clone();
        let region = self.scene.region.clone();
        let mut older = Vec::new();
        for number in 0..count {
            world.advance(Duration::from_secs(60));
            let spec = golden(&format!("golden-0{number}"), &self.source_key);
            older.push(world.register_image(&region, self.scene.owner, spec));
        }
        world.advance(Duration::from_secs(60));
        let spec = golden("golden-1", &self.source_key);
        self.scene.images = vec![world.register_image(&region, self.scene.owner, spec)];
        world.clear_calls();
        (self, older)
    }

    async fn are_deprecated(&self, images: &[ImageId]) -> Vec<bool> {
        let mut deprecated = Vec::new();
        for image in images {
            let details = self
                .details(self.scene.owner, &self.scene.region, image)
                .await;
            deprecated.push(details.deprecation.is_some());
        }
        deprecated
    }
}

fn keeping(last: u32, deprecate: bool) -> Value {
    json!({"predecessors": {"name": "golden-0*", "keep_last": last, "deprecate": deprecate}})
}

#[tokio::test(start_paused = true)]
async fn all_but_the_last_predecessors_are_deprecated_after_all_succeeded() {
    let (scene, older) = Distributing::of(&["us-east-1"]).with_predecessors(4);
    let distribution = scene.distribution(keeping(3, true));
    let before = scene.verify(&distribution).await;
    for image in &older[..2] {
        let told = format!("EnableImageDeprecation for `{image}`");
        assert!(
            before
                .missing
                .iter()
                .any(|missing| missing.starts_with(&told)),
            "promise 6: {before}"
        );
    }
    let report = scene.run(&distribution).await;
    assert_eq!(
        scene.are_deprecated(&older).await,
        [true, true, false, false]
    );
    let after = scene.verify(&distribution).await;
    assert!(after.is_ok(), "{after}");
    let mut finished = report.shards().iter();
    let finish = finished
        .find(|report| report.shard.stage == Stage::Finish)
        .unwrap();
    assert_eq!(finish.predecessors.len(), 2);
    // The older ones are told of again, and left alone.
    scene.is_settled(&distribution).await;
}

#[tokio::test(start_paused = true)]
async fn promise_2_the_distributed_image_is_never_deprecated_nor_what_came_after_it() {
    let (mut scene, older) = Distributing::of(&["us-east-1"]).with_predecessors(3);
    let newest = scene.scene.images[0].clone();
    scene.scene.images = vec![older[1].clone()];
    let distribution = scene.distribution(json!({
        "predecessors": {"name": "golden-*", "keep_last": 1},
    }));
    scene.run(&distribution).await;
    assert_eq!(scene.are_deprecated(&older).await, [true, false, false]);
    assert_eq!(scene.are_deprecated(&[newest]).await, [false]);
}

#[tokio::test(start_paused = true)]
async fn predecessors_are_told_of_and_left_where_nothing_else_is_asked_for() {
    let (scene, older) = Distributing::of(&["us-east-1"]).with_predecessors(2);
    let report = scene.run(&scene.distribution(keeping(1, false))).await;
    let mut finished = report.shards().iter();
    let finish = finished
        .find(|report| report.shard.stage == Stage::Finish)
        .unwrap();
    assert_eq!(finish.predecessors.len(), 2);
    assert_eq!(scene.are_deprecated(&older).await, [false, false]);
    assert_eq!(scene.count("EnableImageDeprecation"), 0);
}

#[tokio::test(start_paused = true)]
async fn promise_3_nothing_is_deprecated_where_a_recipient_has_no_copy() {
    let (scene, older) = Distributing::of(&["us-east-1"]).with_predecessors(2);
    let mut more = keeping(1, true);
    more["recipients_get"] = json!("copy");
    let distribution = scene.distribution(more);
    let plan = scene.plan(&distribution).await;
    scene.world().deny(scene.recipients[0], "CopyImage");
    let options = ApplyOptions::just_planned();
    let applied = scene.sharer().apply_distribution(&plan, &options).await;
    let report = distribution_incomplete(applied);
    assert_eq!(scene.are_deprecated(&older).await, [false, false]);
    scene.world().allow(scene.recipients[0], "CopyImage");
    let sharer = scene.sharer();
    let retried = sharer.retry_distribution(&plan, &report, &options);
    retried.await.unwrap();
    assert_eq!(scene.are_deprecated(&older).await, [true, true]);
}

#[tokio::test(start_paused = true)]
async fn promise_2_what_came_after_the_distributed_image_stays_where_the_filter_does_not_take_that()
{
    let (scene, mut images) = Distributing::of(&["us-east-1"]).with_predecessors(3);
    let world = scene.world();
    for name in ["golden-08", "golden-09"] {
        world.advance(Duration::from_secs(60));
        let spec = golden(name, &scene.source_key);
        images.push(world.register_image(&scene.scene.region, scene.scene.owner, spec));
    }
    scene.run(&scene.distribution(keeping(1, true))).await;
    let deprecated = [true, true, true, false, false];
    assert_eq!(scene.are_deprecated(&images).await, deprecated);
}

#[tokio::test(start_paused = true)]
async fn a_deprecation_whose_day_is_gone_when_the_shard_runs_is_soon_and_not_refused() {
    let scene = Distributing::of(&["us-east-1"]);
    let more = json!({"protection": {"deprecate_after_days": 30}});
    let mut plan = scene.plan(&scene.distribution(more)).await;
    for shard in &mut plan.shards {
        shard.date = "2020-01-31".into();
    }
    let (sharer, options) = (scene.sharer(), ApplyOptions::default());
    let report = sharer.run_shard(&plan.shards[0], &options).await;
    assert!(report.is_complete(), "{report}");
    assert_eq!(scene.are_deprecated(&scene.scene.images).await, [true]);
}
