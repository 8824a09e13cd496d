//! Which calls a plan makes, in which order and how many.

use super::*;

#[test]
fn promise_7_a_thousand_accounts_are_one_call() {
    let plan = made(
        request().accounts(numbered(1..1_001)),
        observed([image(IMAGE, &[])]),
    );
    assert_eq!(operations(&plan), ["ModifyImageAttribute"]);
    assert_eq!(plan.steps()[0].action.added().len(), 1_000);
}

#[test]
fn promise_5_a_world_that_matches_makes_an_empty_plan() {
    let present = ["111111111111", "222222222222"];
    let world = || observed([image(IMAGE, &present)]);
    assert!(made(request().accounts(present), world()).is_empty());
    assert!(
        made(
            request()
                .accounts(present)
                .exactly(RemovalLimit::Principals(0)),
            world()
        )
        .is_empty()
    );
    assert!(made(request().account("333333333333").revoke(), world()).is_empty());
}

#[test]
fn promise_2_others_keep_their_permission() {
    let world = || observed([image(IMAGE, &["111111111111", "222222222222"])]);
    let share = made(request().account("333333333333"), world());
    assert_eq!(share.steps()[0].action.removed(), []);
    let revoke = made(request().account("111111111111").revoke(), world());
    assert_eq!(
        revoke.steps()[0].action.removed(),
        ["111111111111".parse().unwrap()]
    );
    assert_eq!(revoke.steps()[0].action.added(), []);
}

#[test]
fn exact_adds_and_removes_in_one_call() {
    let plan = made(
        request()
            .account("222222222222")
            .exactly(RemovalLimit::Principals(1)),
        observed([image(IMAGE, &["111111111111"])]),
    );
    assert_eq!(operations(&plan), ["ModifyImageAttribute"]);
    let action = &plan.steps()[0].action;
    assert_eq!((action.added().len(), action.removed().len()), (1, 1));
}

#[test]
fn promise_3_sharing_opens_snapshots_first_and_revoking_closes_them_last() {
    let for_copy = || {
        request()
            .account("111111111111")
            .snapshots(SnapshotSharing::ForCopy)
    };
    let share = made(for_copy(), observed([image(IMAGE, &[])]));
    assert_eq!(
        operations(&share),
        ["+snap-00000001", "ModifyImageAttribute"]
    );
    let mut shared = image(IMAGE, &["111111111111"]);
    let snapshot = shared.snapshots.values_mut().next().unwrap();
    snapshot.create_volume_permissions = Some(set(&["111111111111"]));
    let revoke = made(for_copy().revoke(), observed([shared]));
    assert_eq!(
        operations(&revoke),
        ["ModifyImageAttribute", "-snap-00000001"]
    );
}

#[test]
fn snapshot_permissions_go_in_calls_of_500_and_one_way_each() {
    let mut world = image(IMAGE, &[]);
    let snapshot = world.snapshots.values_mut().next().unwrap();
    snapshot.create_volume_permissions = Some(set(&["555555555555"]));
    let plan = made(
        request()
            .accounts(numbered(1..602))
            .snapshots(SnapshotSharing::ForCopy)
            .exactly(RemovalLimit::Principals(1)),
        observed([world]),
    );
    assert_eq!(
        operations(&plan),
        [
            "+snap-00000001",
            "+snap-00000001",
            "ModifyImageAttribute",
            "-snap-00000001"
        ]
    );
    assert_eq!(plan.steps()[0].action.added().len(), 500);
    assert_eq!(plan.steps()[1].action.added().len(), 101);
}

#[test]
fn long_lists_are_chunked_and_nothing_is_lost_or_sent_twice() {
    let accounts = numbered(1..8);
    let limits = Limits {
        launch_permissions_per_call: 3,
        ..Limits::default()
    };
    let plan = made(
        request()
            .accounts(&accounts)
            .limits(limits)
            .exactly(RemovalLimit::Unlimited),
        observed([image(IMAGE, &["888888888888", "777777777777"])]),
    );
    let sizes: Vec<usize> = plan
        .steps()
        .iter()
        .map(|step| step.action.added().len() + step.action.removed().len())
        .collect();
    assert_eq!(sizes, [3, 3, 3]);
    let added: Vec<&Principal> = plan.steps().iter().flat_map(|s| s.action.added()).collect();
    assert_eq!(added.len(), 7);
    assert_eq!(
        added
            .iter()
            .collect::<std::collections::BTreeSet<_>>()
            .len(),
        7
    );
    assert!(
        plan.steps()[0].action.removed().is_empty(),
        "additions come first"
    );
}

#[test]
fn removals_come_first_where_additions_would_pass_the_quota_on_the_way() {
    let limits = Limits {
        launch_permissions_per_call: 2,
        entities_per_image: 3,
        ..Limits::default()
    };
    let mut present: i64 = 3;
    let plan = made(
        request()
            .accounts(numbered(1..4))
            .limits(limits)
            .exactly(RemovalLimit::Unlimited),
        observed([image(
            IMAGE,
            &["777777777777", "888888888888", "666666666666"],
        )]),
    );
    for step in plan.steps() {
        present += step.action.added().len() as i64 - step.action.removed().len() as i64;
        assert!(present <= 3, "{present} entities on the way");
    }
    assert_eq!(present, 3);
}

#[test]
fn tags_go_on_all_resources_in_one_call_and_only_where_they_are_missing() {
    let mut tagged = image("ami-00000002", &["111111111111"]);
    tagged.image.tags.insert("purpose".into(), "golden".into());
    let build = || {
        request()
            .image("ami-00000002")
            .account("111111111111")
            .snapshots(SnapshotSharing::LeaveAsIs)
            .tag("purpose", "golden")
    };
    let plan = made(
        build(),
        observed([image(IMAGE, &["111111111111"]), tagged.clone()]),
    );
    let Action::CreateTags { resources, .. } = &plan.steps()[0].action else {
        panic!("{plan}");
    };
    assert!(resources.iter().any(|resource| resource.as_str() == IMAGE));
    assert!(
        resources
            .iter()
            .all(|resource| resource.as_str() != "ami-00000002")
    );
    let revoke = made(build().revoke(), observed([image(IMAGE, &[]), tagged]));
    let Action::DeleteTags { resources, .. } = &revoke.steps()[1].action else {
        panic!("{revoke}");
    };
    assert_eq!(resources.len(), 1);
}
