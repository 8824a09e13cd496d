//! Plans as values: saved, compared, undone, printed.

use super::*;

#[test]
fn a_tag_that_is_replaced_comes_back_when_the_step_is_undone() {
    let mut world = image(IMAGE, &["111111111111"]);
    world.snapshots.clear();
    world.image.tags.insert("date".into(), "old".into());
    let plan = made(
        request()
            .account("111111111111")
            .tag("date", "new")
            .tag("more", "1"),
        observed([world]),
    );
    let undo = plan.steps()[0].action.inverse();
    assert!(matches!(&undo[0], Action::DeleteTags { tags, .. } if tags.len() == 2));
    assert!(matches!(&undo[1], Action::CreateTags { tags, .. } if tags["date"] == "old"));
}

#[test]
fn every_permission_step_is_undone_by_its_inverse() {
    let plan = made(
        request()
            .account("222222222222")
            .snapshots(SnapshotSharing::ForCopy)
            .exactly(RemovalLimit::Principals(1)),
        observed([image(IMAGE, &["111111111111"])]),
    );
    for step in plan.steps() {
        let [undo] = &step.action.inverse()[..] else {
            panic!("one call undoes one call");
        };
        assert_eq!(undo.added(), step.action.removed());
        assert_eq!(undo.removed(), step.action.added());
        assert_eq!(undo.permission_of(), step.action.permission_of());
    }
}

#[test]
fn a_saved_plan_reads_back_equal_and_says_its_version() {
    let plan = made(
        request()
            .account("111111111111")
            .tag("a", "b")
            .snapshots(SnapshotSharing::ForCopy),
        observed([image(IMAGE, &[])]),
    );
    let json = serde_json::to_value(&plan).unwrap();
    assert_eq!(json["version"], "ami-share/plan/1");
    assert_eq!(
        json["steps"][0]["call"]["operation"],
        "ModifySnapshotAttribute"
    );
    assert_eq!(serde_json::from_value::<Plan>(json).unwrap(), plan);
}

#[test]
fn a_change_of_the_world_is_named() {
    let before = observed([image(IMAGE, &["111111111111"])]);
    let mut after = before.clone();
    let found = after.regions.get_mut(&region()).unwrap();
    let id: ImageId = IMAGE.parse().unwrap();
    let seen = found.images.get_mut(&id).unwrap();
    seen.launch_permissions = Some(set(&["222222222222"]));
    seen.image.name = Some("renamed".into());
    seen.image.tags.insert("foreign".into(), "1".into());
    let changes = Change::between(&before, &after, &Tags::new());
    assert!(
        matches!(&changes[..], [Change::Permissions { added, removed, .. }]
            if *added == set(&["222222222222"]) && *removed == set(&["111111111111"])),
        "{changes:?}"
    );
    let tags = Tags::from([("foreign".into(), "2".into())]);
    assert_eq!(Change::between(&before, &after, &tags).len(), 2);
    assert!(matches!(
        Change::between(&before, &observed([]), &tags)[..],
        [Change::ImageVanished { .. }]
    ));
    assert_eq!(Change::between(&before, &before, &tags), []);
}

#[test]
fn the_text_of_a_plan_says_what_why_and_how_much() {
    let plan = made(
        request()
            .accounts(numbered(1..31))
            .organization(ORGANIZATION),
        observed([image(IMAGE, &[])]),
    );
    let text = plan.to_string();
    assert!(
        text.contains("ami-00000001 \"golden\" in us-east-1"),
        "{text}"
    );
    assert!(text.contains("+ 000000000001"), "{text}");
    assert!(text.contains("… and 11 more"), "{text}");
    assert!(
        text.contains("Plan: 31 to add, 0 to remove, in 1 call."),
        "{text}"
    );
    let direction = plan.request().direction();
    assert_eq!(direction, Direction::Share);
}
