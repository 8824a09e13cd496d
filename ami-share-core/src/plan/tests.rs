use super::*;
use crate::id::{ImageId, Region};
use crate::principal::Principal;
use crate::request::{
    Direction, Limits, PublicConsent, RemovalLimit, ShareRequest, ShareRequestBuilder,
    SnapshotSharing,
};
use crate::resource::fixture::{self, OWNER, set};
use crate::resource::{
    BlockPublicAccess, ImageState, Observed, ObservedImage, Reading, RootDevice,
    SnapshotBlockPublicAccess, Tags,
};

const IMAGE: &str = "ami-00000001";
const SNAPSHOT: &str = "snap-00000001";
const ORGANIZATION: &str = "arn:aws:organizations::123456789012:organization/o-exampleorg1";

fn region() -> Region {
    "us-east-1".parse().unwrap()
}

fn numbered(accounts: std::ops::Range<u64>) -> Vec<String> {
    accounts.map(|number| format!("{number:012}")).collect()
}

/// An available image that these can launch, with one unencrypted snapshot that nobody can read
fn image(id: &str, present: &[&str]) -> ObservedImage {
    fixture::image(id, present, Some(&[]))
}

fn observed(images: impl IntoIterator<Item = ObservedImage>) -> Observed {
    let mut observed = Observed::default();
    let found = observed.regions.entry(region()).or_default();
    found.images = images
        .into_iter()
        .map(|image| (image.image.id.clone(), image))
        .collect();
    observed
}

fn request() -> ShareRequestBuilder {
    ShareRequest::builder().region("us-east-1").image(IMAGE)
}

fn made(builder: ShareRequestBuilder, observed: Observed) -> Plan {
    plan(&builder.build().unwrap(), observed).unwrap()
}

fn refused(builder: ShareRequestBuilder, observed: Observed) -> Vec<Refusal> {
    let refusals = plan(&builder.build().unwrap(), observed).unwrap_err();
    for refusal in &refusals {
        assert!(!refusal.mend().is_empty(), "{refusal} has no mend");
    }
    refusals.as_slice().to_vec()
}

fn operations(plan: &Plan) -> Vec<String> {
    let name = |step: &Step| match &step.action {
        Action::ModifySnapshotAttribute { snapshot, change } => match change {
            PermissionChange::Add(_) => format!("+{snapshot}"),
            PermissionChange::Remove(_) => format!("-{snapshot}"),
        },
        action => action.operation().to_owned(),
    };
    plan.steps().iter().map(name).collect()
}

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
fn promise_4_every_image_is_judged_before_anything_is_planned() {
    let with_state = |id: &str, state| {
        let mut observed = image(id, &[]);
        observed.image.state = state;
        observed.launch_permissions = None;
        observed
    };
    let mut foreign = image("ami-00000005", &[]);
    foreign.launch_permissions = None;
    let refusals = refused(
        request()
            .images([
                "ami-00000002",
                "ami-00000003",
                "ami-00000004",
                "ami-00000005",
            ])
            .account("111111111111"),
        observed([
            image(IMAGE, &[]),
            with_state("ami-00000003", ImageState::Disabled),
            with_state("ami-00000004", ImageState::Pending),
            foreign,
        ]),
    );
    assert!(
        matches!(
            refusals.as_slice(),
            [
                Refusal::ImageNotFound { .. },
                Refusal::NotAvailable {
                    state: ImageState::Disabled,
                    ..
                },
                Refusal::NotAvailable {
                    state: ImageState::Pending,
                    ..
                },
                Refusal::NotOwner { .. },
            ]
        ),
        "{refusals:?}"
    );
    assert!(refusals[1].mend().contains("EnableImage"));
    assert!(refusals[3].mend().contains(OWNER));
}

#[test]
fn the_owner_is_no_recipient() {
    let refusals = refused(request().account(OWNER), observed([image(IMAGE, &[])]));
    assert!(
        matches!(refusals[..], [Refusal::OwnerIsRecipient { .. }]),
        "{refusals:?}"
    );
}

#[test]
fn the_entity_quota_counts_what_would_be_there_afterwards() {
    let limits = Limits {
        entities_per_image: 2,
        ..Limits::default()
    };
    let world = || observed([image(IMAGE, &["111111111111", "all"])]);
    let build = |accounts: &[&str]| request().accounts(accounts.iter().copied()).limits(limits);
    assert_eq!(
        made(build(&["222222222222"]), world()).steps().len(),
        1,
        "the public is no entity"
    );
    let refusals = refused(build(&["222222222222", "333333333333"]), world());
    assert!(
        matches!(
            refusals[..],
            [Refusal::EntityQuota {
                entities: 3,
                quota: 2,
                ..
            }]
        ),
        "{refusals:?}"
    );
    let over = || {
        observed([image(
            IMAGE,
            &["111111111111", "222222222222", "333333333333"],
        )])
    };
    assert_eq!(
        made(build(&["111111111111"]).revoke(), over())
            .steps()
            .len(),
        1
    );
}

#[test]
fn exact_over_its_limit_is_refused() {
    let world = observed([image(IMAGE, &["111111111111", "222222222222"])]);
    let refusals = refused(
        request()
            .account("333333333333")
            .exactly(RemovalLimit::Principals(1)),
        world,
    );
    assert!(
        matches!(
            refusals[..],
            [Refusal::RemovalLimit {
                removed: 2,
                present: 2,
                ..
            }]
        ),
        "{refusals:?}"
    );
}

fn public_world(bpa: Option<Reading<BlockPublicAccess>>, public: usize) -> Observed {
    let mut world = observed([image(IMAGE, &[])]);
    let found = world.regions.get_mut(&region()).unwrap();
    found.image_block_public_access = bpa;
    found.snapshot_block_public_access = Some(Reading::Known(SnapshotBlockPublicAccess::Unblocked));
    found.public_images = Some(Reading::Known(public));
    world
}

fn unknown<T>() -> Option<Reading<T>> {
    Some(Reading::Unknown {
        because: "not allowed".into(),
    })
}

#[test]
fn public_needs_block_public_access_to_be_off_and_known() {
    let public = || request().public(PublicConsent::Given);
    let off = Some(Reading::Known(BlockPublicAccess::Unblocked));
    let plan = made(public(), public_world(off.clone(), 0));
    assert_eq!(plan.steps()[0].risk(), Risk::MakesPublic);
    let on = Some(Reading::Known(BlockPublicAccess::BlockNewSharing));
    let refusals = refused(public(), public_world(on.clone(), 0));
    assert!(
        matches!(refusals[..], [Refusal::BlockPublicAccess { .. }]),
        "{refusals:?}"
    );
    let refusals = refused(public(), public_world(unknown(), 0));
    assert!(
        matches!(refusals[..], [Refusal::BlockPublicAccessUnknown { .. }]),
        "{refusals:?}"
    );
    let consent = PublicConsent::GivenEvenIfBlockPublicAccessIsUnknown;
    assert_eq!(
        made(request().public(consent), public_world(unknown(), 0))
            .steps()
            .len(),
        1
    );
    let refusals = refused(request().public(consent), public_world(on, 0));
    assert!(
        matches!(refusals[..], [Refusal::BlockPublicAccess { .. }]),
        "known to be on"
    );
}

#[test]
fn public_keeps_to_its_quota_and_what_ec2_allows() {
    let off = || Some(Reading::Known(BlockPublicAccess::Unblocked));
    let public = || request().public(PublicConsent::Given);
    let refusals = refused(public(), public_world(off(), 5));
    assert!(
        matches!(
            refusals[..],
            [Refusal::PublicQuota {
                public_images: 6,
                quota: 5,
                ..
            }]
        ),
        "{refusals:?}"
    );
    let mut world = public_world(off(), 0);
    let found = world.regions.get_mut(&region()).unwrap();
    let image = &mut found.images.values_mut().next().unwrap().image;
    image.product_codes = vec!["abc".into()];
    image.snapshots[0].encrypted = Some(true);
    let refusals = refused(public(), world);
    assert!(
        matches!(
            refusals[..],
            [
                Refusal::PublicEncrypted { .. },
                Refusal::PublicProductCode { .. }
            ]
        ),
        "{refusals:?}"
    );
}

#[test]
fn public_snapshots_need_their_own_block_public_access_to_be_off() {
    let public = || {
        request()
            .public(PublicConsent::Given)
            .snapshots(SnapshotSharing::ForCopy)
    };
    let off = Some(Reading::Known(BlockPublicAccess::Unblocked));
    for setting in [
        SnapshotBlockPublicAccess::BlockAllSharing,
        SnapshotBlockPublicAccess::BlockNewSharing,
    ] {
        let mut world = public_world(off.clone(), 0);
        let found = world.regions.get_mut(&region()).unwrap();
        found.snapshot_block_public_access = Some(Reading::Known(setting));
        let refusals = refused(public(), world);
        assert!(
            matches!(
                refusals[..],
                [Refusal::BlockPublicAccess {
                    resource: BlockedResource::Snapshot,
                    ..
                }]
            ),
            "{refusals:?}"
        );
    }
    assert_eq!(
        operations(&made(public(), public_world(off, 0))),
        ["+snap-00000001", "ModifyImageAttribute"]
    );
}

#[test]
fn encrypted_images_are_refused_and_can_be_revoked() {
    let encrypted = || {
        let mut world = image(IMAGE, &["111111111111"]);
        world.image.snapshots[0].encrypted = Some(true);
        observed([world])
    };
    for builder in [
        request().account("111111111111"),
        request().account("222222222222"),
    ] {
        let refusals = refused(builder, encrypted());
        assert!(
            matches!(&refusals[..], [Refusal::Encrypted { snapshots, .. }] if snapshots[0].as_str() == SNAPSHOT),
            "{refusals:?}"
        );
    }
    assert_eq!(
        made(request().account("111111111111").revoke(), encrypted())
            .steps()
            .len(),
        1
    );
}

#[test]
fn snapshots_are_not_shared_with_an_organization_and_its_accounts_are_named() {
    let for_copy = || {
        request()
            .organization(ORGANIZATION)
            .snapshots(SnapshotSharing::ForCopy)
    };
    let mut world = observed([image(IMAGE, &[])]);
    world.members.insert(
        ORGANIZATION.parse().unwrap(),
        Reading::Known(vec!["111111111111".parse().unwrap()]),
    );
    let refusals = refused(for_copy(), world);
    assert!(
        refusals[0].mend().contains("`111111111111`"),
        "{}",
        refusals[0].mend()
    );
    let refusals = refused(for_copy(), observed([image(IMAGE, &[])]));
    assert!(
        refusals[0].mend().contains("could not be listed"),
        "{}",
        refusals[0].mend()
    );
    let revoke = made(
        for_copy().revoke(),
        observed([image(IMAGE, &[ORGANIZATION])]),
    );
    assert_eq!(operations(&revoke), ["ModifyImageAttribute"]);
}

#[test]
fn an_image_without_snapshots_cannot_be_shared_for_copying() {
    let store = || {
        let mut world = image(IMAGE, &[]);
        world.image.root_device = RootDevice::InstanceStore;
        world.image.snapshots.clear();
        world.snapshots.clear();
        observed([world])
    };
    let account = || request().account("111111111111");
    let refusals = refused(account().snapshots(SnapshotSharing::ForCopy), store());
    assert!(
        matches!(refusals[..], [Refusal::NoSnapshots { .. }]),
        "{refusals:?}"
    );
    let plan = made(account(), store());
    assert!(
        plan.notices()
            .iter()
            .any(|notice| matches!(notice, Notice::InstanceStore { .. }))
    );
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
fn a_resource_with_too_many_tags_is_refused_and_aws_tags_do_not_count() {
    let with_tags = |count: usize| {
        let mut world = image(IMAGE, &[]);
        world.snapshots.clear();
        world
            .image
            .tags
            .extend((0..count).map(|n| (format!("k{n}"), String::new())));
        world.image.tags.insert("aws:x".into(), String::new());
        observed([world])
    };
    let tag = || {
        request()
            .account("111111111111")
            .tag("k0", "new")
            .tag("one", "1")
    };
    assert_eq!(made(tag(), with_tags(49)).steps().len(), 2);
    let refusals = refused(tag(), with_tags(50));
    assert!(
        matches!(refusals[..], [Refusal::TooManyTags { count: 51, .. }]),
        "{refusals:?}"
    );
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
