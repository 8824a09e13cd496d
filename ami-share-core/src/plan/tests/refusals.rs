//! What is refused before the first write.

use super::*;

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
fn an_image_under_a_key_that_is_not_told_is_refused_and_can_be_revoked() {
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
            matches!(&refusals[..], [Refusal::EncryptedUnderUnknownKey { snapshot, .. }] if snapshot.as_str() == SNAPSHOT),
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
