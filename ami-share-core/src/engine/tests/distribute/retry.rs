use super::*;

#[tokio::test(start_paused = true)]
async fn promise_8_a_retry_runs_what_failed_and_converges() {
    let scene = Distributing::new();
    let distribution = scene.copying(json!({}));
    let plan = scene.plan(&distribution).await;
    let (failing, region) = (scene.recipients[1], &scene.regions[1]);
    let fault = SimulatedFault::on("CopyImage")
        .by(failing)
        .within(region.clone());
    let fault = fault.refused_with("RequestLimitExceeded");
    scene.world().set_faults(Faults::none().with(fault));
    let options = ApplyOptions::just_planned();
    let applied = scene.sharer().apply_distribution(&plan, &options).await;
    let report = distribution_incomplete(applied);
    let failed = report.failed();
    assert_eq!(failed.len(), 1, "{failed:?}");
    assert_eq!((failed[0].account, &failed[0].region), (failing, region));
    // What was opened is closed, though a copy failed.
    for (region, image) in owner_s(&report) {
        assert_eq!(scene.permitted(&region, &image), []);
    }
    scene.world().set_faults(Faults::none());
    scene.world().clear_calls();
    let sharer = scene.sharer();
    let report = sharer
        .retry_distribution(&plan, &report, &options)
        .await
        .unwrap();
    assert_eq!(scene.count("CopyImage"), 1);
    let regions: Vec<String> = scene
        .world()
        .calls()
        .iter()
        .map(|c| c.region.to_string())
        .collect();
    assert!(
        !regions.contains(&"ap-southeast-2".to_owned()),
        "{regions:?}"
    );
    for (region, image) in owner_s(&report) {
        assert_eq!(scene.permitted(&region, &image), []);
    }
    scene.is_settled(&distribution).await;
    scene.is_copied(&report);
}

#[tokio::test(start_paused = true)]
async fn promise_5_a_retry_of_what_is_complete_calls_nothing() {
    let scene = Distributing::new();
    let distribution = scene.distribution(json!({}));
    let plan = scene.plan(&distribution).await;
    let options = ApplyOptions::just_planned();
    let sharer = scene.sharer();
    let report = sharer.apply_distribution(&plan, &options).await.unwrap();
    scene.world().clear_calls();
    let again = sharer
        .retry_distribution(&plan, &report, &options)
        .await
        .unwrap();
    assert_eq!(scene.scene.operations(), Vec::<&str>::new());
    assert_eq!(again, report);
}

#[tokio::test(start_paused = true)]
async fn promise_8_who_is_refused_when_the_plan_is_run_does_not_stop_the_others() {
    let scene = Distributing::of(&["us-east-1"]);
    let plan = scene.plan(&scene.copying(json!({}))).await;
    let gone = scene.recipients[2];
    for key in scene.world().keys() {
        if key.account() == gone {
            let state = crate::policy::evaluate::KeyState::Disabled;
            scene.world().set_key_state(&key, state).unwrap();
        }
    }
    let options = ApplyOptions::default().with_on_change(OnChange::PlanAgain);
    let applied = scene.sharer().apply_distribution(&plan, &options).await;
    let report = distribution_incomplete(applied);
    let failed: Vec<AccountId> = report.failed().iter().map(|shard| shard.account).collect();
    assert_eq!(failed, [gone]);
    let mut reports = report.shards().iter();
    let its = reports.find(|report| report.shard.account == gone).unwrap();
    assert!(its.problems[0].contains("Disabled"), "{:?}", its.problems);
    let (region, image) = owner_s(&report).remove(0);
    assert_eq!(scene.permitted(&region, &image), []);
}

#[tokio::test(start_paused = true)]
async fn a_plan_of_another_world_is_refused_unless_it_may_be_made_again() {
    let scene = Distributing::of(&["us-east-1"]);
    let distribution = scene.distribution(json!({}));
    let plan = scene.plan(&distribution).await;
    let other = scene
        .scene
        .request()
        .account(scene.stranger)
        .build()
        .unwrap();
    scene.sharer().share(&other).await.unwrap();
    scene.world().clear_calls();
    let sharer = scene.sharer();
    let applied = sharer
        .apply_distribution(&plan, &ApplyOptions::default())
        .await;
    assert!(
        matches!(applied, Err(Error::WorldChanged(_))),
        "{applied:?}"
    );
    assert_eq!(scene.writes(), Vec::<&str>::new());
    let again = ApplyOptions::default().with_on_change(OnChange::PlanAgain);
    sharer.apply_distribution(&plan, &again).await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn promise_8_a_run_that_is_cancelled_writes_nothing_more_and_can_be_retried() {
    let scene = Distributing::of(&["us-east-1"]);
    let distribution = scene.copying(json!({}));
    let plan = scene.plan(&distribution).await;
    let cancel = crate::engine::Cancel::new();
    cancel.cancel();
    let options = ApplyOptions::just_planned().with_cancel(cancel);
    let applied = scene.sharer().apply_distribution(&plan, &options).await;
    let report = distribution_incomplete(applied);
    assert_eq!(scene.writes(), Vec::<&str>::new());
    let options = ApplyOptions::just_planned();
    let sharer = scene.sharer();
    let report = sharer
        .retry_distribution(&plan, &report, &options)
        .await
        .unwrap();
    scene.is_copied(&report);
}

#[tokio::test(start_paused = true)]
async fn promise_8_a_region_that_is_refused_when_the_plan_is_run_does_not_stop_the_others() {
    let scene = Distributing::new();
    let plan = scene.plan(&scene.distribution(json!({}))).await;
    let key = scene.key(scene.scene.owner, "eu-west-1");
    let state = crate::policy::evaluate::KeyState::Disabled;
    scene.world().set_key_state(&key, state).unwrap();
    let options = ApplyOptions::default().with_on_change(OnChange::PlanAgain);
    let applied = scene.sharer().apply_distribution(&plan, &options).await;
    let report = distribution_incomplete(applied);
    let failed = report.failed();
    let failed: Vec<&str> = failed.iter().map(|shard| shard.region.as_str()).collect();
    assert_eq!(failed, ["eu-west-1"]);
    let mut shards = report.shards().iter();
    let its = shards.find(|report| !report.is_complete()).unwrap();
    assert!(its.problems[0].contains("Disabled"), "{:?}", its.problems);
    let done = report.shards().iter().filter(|report| report.is_complete());
    for report in done {
        let (region, image) = (&report.shard.region, report.image.as_ref().unwrap());
        let judged = scene.world().can_launch(region, scene.recipients[0], image);
        assert!(judged.allowed, "{region} {judged:?}");
    }
}
