use super::*;
use crate::distribution::Manifest;

async fn full() -> (Distributing, DistributionPlan, DistributionReport) {
    let scene = Distributing::of(&REGIONS[..2]);
    let distribution = scene.copying(json!({
        "distributed_tags": true,
        "tags": {"image": {"team": "web"}, "snapshots": {"cost": "42"}},
        "protection": {"deprecate_after_days": 30},
        "predecessors": {"name": "golden-*", "keep_last": 1},
    }));
    let plan = scene.plan(&distribution).await;
    let options = ApplyOptions::just_planned();
    let report = scene.sharer().apply_distribution(&plan, &options).await;
    let report = report.unwrap();
    (scene, plan, report)
}

#[tokio::test(start_paused = true)]
async fn plans_shards_and_reports_come_back_from_json_as_they_were() {
    let (scene, plan, report) = full().await;
    let text = serde_json::to_string(&plan).unwrap();
    assert!(
        text.starts_with(r#"{"version":"ami-share/distribution-plan/1""#),
        "{text:.80}"
    );
    assert_eq!(
        serde_json::from_str::<DistributionPlan>(&text).unwrap(),
        plan
    );
    let text = serde_json::to_string(&report).unwrap();
    let read: DistributionReport = serde_json::from_str(&text).unwrap();
    assert_eq!(read, report);
    let finish = plan.finishing(report.shards());
    for shard in plan.shards().iter().chain(&finish) {
        let text = serde_json::to_string(shard).unwrap();
        assert_eq!(
            serde_json::from_str::<crate::distribution::Shard>(&text).unwrap(),
            *shard
        );
    }
    let text = report.manifest().to_json();
    assert_eq!(
        serde_json::from_str::<Manifest>(&text).unwrap(),
        report.manifest()
    );
    let again = scene.plan(plan.distribution()).await;
    let text = serde_json::to_string(&again).unwrap();
    assert_eq!(
        serde_json::from_str::<DistributionPlan>(&text).unwrap(),
        again
    );
}

#[tokio::test(start_paused = true)]
async fn reports_merge_in_any_order() {
    let (_, _, report) = full().await;
    let mut reports = report.shards().to_vec();
    let mut failed = reports[0].clone();
    failed.problems.push("it failed the first time".into());
    reports.push(failed);
    let merged = DistributionReport::merge(reports.clone());
    assert_eq!(merged, report);
    reports.reverse();
    assert_eq!(DistributionReport::merge(reports.clone()), report);
    reports.rotate_left(3);
    assert_eq!(DistributionReport::merge(reports), report);
}

#[tokio::test(start_paused = true)]
async fn the_manifest_has_a_row_for_each_image_of_each_account_and_region() {
    let (scene, _, report) = full().await;
    let manifest = report.manifest();
    assert_eq!(manifest.rows.len(), 2 * (1 + scene.recipients.len()));
    for row in &manifest.rows {
        assert_eq!(row.state, "complete");
        assert!(row.ended >= row.started);
        let image = row.image.as_ref().unwrap();
        let is_source = *image == scene.scene.images[0];
        if !is_source {
            assert_eq!(
                row.snapshots,
                scene.world().snapshots_of(&row.region, image)
            );
            let key = row.key.as_ref().unwrap();
            assert_eq!(
                (key.account(), key.region()),
                (row.account, row.region.clone())
            );
        }
        assert!(!row.request_ids.is_empty(), "{row:?}");
    }
    let writes = report
        .shards()
        .iter()
        .map(ShardReport::writes)
        .sum::<usize>();
    assert_eq!(writes, scene.writes().len());
}

#[tokio::test(start_paused = true)]
async fn promise_6_the_manifest_says_what_failed() {
    let scene = Distributing::of(&["us-east-1"]);
    let plan = scene.plan(&scene.copying(json!({}))).await;
    scene.world().deny(scene.recipients[0], "CopyImage");
    let options = ApplyOptions::just_planned();
    let applied = scene.sharer().apply_distribution(&plan, &options).await;
    let manifest = distribution_incomplete(applied).manifest();
    let failed: Vec<_> = manifest
        .rows
        .iter()
        .filter(|row| row.state != "complete")
        .collect();
    assert_eq!(failed.len(), 1);
    assert_eq!(
        (failed[0].account, &failed[0].image),
        (scene.recipients[0], &None)
    );
    assert!(failed[0].problems[0].contains("CopyImage"), "{failed:?}");
}

#[tokio::test(start_paused = true)]
async fn promise_9_no_debug_shows_an_external_id_and_no_manifest_has_it() {
    let scene = Distributing::of(&["us-east-1"]);
    let template = "arn:aws:iam::{account}:role/AmiShare";
    let distribution = scene.copying(json!({
        "roles": {"template": template, "external_id": "hidden-away"},
    }));
    let plan = scene.plan(&distribution).await;
    let options = ApplyOptions::just_planned();
    let report = scene.sharer().apply_distribution(&plan, &options).await;
    let report = report.unwrap();
    let shown = [
        format!("{distribution:?}"),
        format!("{:?}", distribution.draft()),
        format!("{plan:?} {plan}"),
        format!("{:?} {}", plan.shards()[0], plan.shards()[0]),
        format!("{report:?} {report}"),
        report.manifest().to_json(),
    ];
    for shown in shown {
        assert!(!shown.contains("hidden-away"), "{shown}");
    }
    // Shards run on their own.
    let text = serde_json::to_string(&plan.shards()[0]).unwrap();
    assert!(text.contains("hidden-away"));
}
