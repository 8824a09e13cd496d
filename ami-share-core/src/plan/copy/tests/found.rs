//! What a copy is known by, what is taken of earlier runs, and what that lacks.

use super::*;

#[test]
fn the_same_copy_has_the_same_digest_and_another_one_has_another() {
    let first = planned(to_recipient());
    assert_eq!(digest_in(&first), digest_in(&planned(to_recipient())));
    // What can be mended on a copy that is there makes no other copy.
    let mended = to_recipient()
        .image_tag("a", "b")
        .snapshot_tag("a", "b")
        .description("else")
        .share_with(["444444444444"])
        .completion_minutes(15)
        .protect(DeregistrationProtection::WithCooldown)
        .to_account("333333333333");
    assert_eq!(digest_in(&first), digest_in(&planned(mended)));
    let mut others = vec![
        planned(to_recipient().name("{name} two")),
        planned(
            request()
                .to("222222222222", "eu-west-1")
                .key("alias/golden"),
        ),
        planned(request().to_account("333333333333").key("alias/golden")),
        planned(request().to_account(RECIPIENT)),
        planned(to_recipient().made_by(CopyMaker::Owner)),
        planned(request().to_own_account().key("alias/golden")),
        planned(
            CopyRequest::builder()
                .source("us-east-1", "ami-00000002")
                .to_account(RECIPIENT)
                .key("alias/golden"),
        ),
    ];
    let rotated = planned_in(to_recipient(), |observed| {
        let other = RECIPIENT.replace('2', "5");
        observed.destinations[0].key = Some(Reading::Known(key(&other, "us-east-1")));
    });
    others.push(rotated.unwrap());
    others.push(first);
    let digests: std::collections::BTreeSet<&str> = others.iter().map(digest_in).collect();
    assert_eq!(digests.len(), others.len(), "{digests:?}");
}

/// A digest stands in tags of copies for years: a release that makes another one copies everything again
#[test]
fn promise_8_a_digest_stays_what_it_was() {
    assert_eq!(
        digest_in(&planned(to_recipient())),
        "75593e37a1278160afa40c0b79333f49"
    );
}

/// A request that names the caller's account is no other one
#[test]
fn promise_8_the_caller_s_own_copy_is_one_however_it_is_asked_for() {
    for maker in [CopyMaker::Recipient, CopyMaker::Owner] {
        let own = || request().key("alias/golden").made_by(maker);
        let unnamed = planned(own().to_region("eu-west-1"));
        let named = planned(own().to(OWNER, "eu-west-1"));
        assert_eq!(digest_in(&unnamed), digest_in(&named));
        let both = planned(
            own()
                .to_region("eu-west-1")
                .to_own_account()
                .to(OWNER, "eu-west-1"),
        );
        assert_eq!(both.request().destinations().len(), 2);
        assert_eq!(both.copies().len(), 1, "{both:?}");
        assert_eq!(digest_in(&both), digest_in(&unnamed));
    }
}

fn found_among(builder: CopyRequestBuilder, states: &[(&str, ImageState)]) -> PlannedCopy {
    let plan = planned(builder.clone());
    let copies = states.iter();
    let copies = copies.map(|(id, state)| copy_of(&plan, id, state.clone()));
    let mut copies: Vec<ImageDetails> = copies.collect();
    // Another copy of the same source is no copy of this kind.
    let mut other = copy_of(&plan, "ami-0000ffff", ImageState::Available);
    other.image.tags.insert(COPY_TAG.into(), "another".into());
    copies.insert(0, other);
    let again = planned_in(builder, |observed| {
        observed.destinations[0].copies = Reading::Known(copies);
    });
    again.unwrap().copies()[0].clone()
}

#[test]
fn promise_8_what_is_available_is_taken_before_what_is_pending() {
    let (pending, available) = (
        ("ami-0000000a", ImageState::Pending),
        ("ami-0000000b", ImageState::Available),
    );
    let image = |found: &PlannedCopy| found.found.image().map(ToString::to_string);
    let both = found_among(to_recipient(), &[pending.clone(), available.clone()]);
    assert_eq!(image(&both).as_deref(), Some("ami-0000000b"));
    assert!(matches!(both.found, FoundCopy::Available { .. }));
    let one = found_among(to_recipient(), &[pending]);
    assert!(matches!(one.found, FoundCopy::Pending { .. }), "{one:?}");
    assert_eq!(found_among(to_recipient(), &[]).found, FoundCopy::Nothing);
}

#[test]
fn copies_that_failed_are_counted_and_not_taken() {
    let failed = [
        ("ami-0000000a", ImageState::Failed),
        ("ami-0000000b", ImageState::Other("error".into())),
        ("ami-0000000c", ImageState::Deregistered),
    ];
    let found = found_among(to_recipient(), &failed);
    assert_eq!(found.found, FoundCopy::Nothing);
    assert_eq!(found.failed_before, 3);
}

/// It is there and in nobody's way, but it is no copy that could be used
#[test]
fn promise_6_a_disabled_copy_is_not_taken_for_an_available_one() {
    let found = found_among(to_recipient(), &[("ami-0000000a", ImageState::Disabled)]);
    assert_eq!(found.found, FoundCopy::Nothing);
}

#[test]
fn a_plan_is_empty_when_every_copy_is_there_and_lacks_nothing() {
    let plan = planned(to_recipient());
    assert!(!plan.is_empty());
    assert_eq!(plan.recipients(), set(&[RECIPIENT]));
    let mut copy = copy_of(&plan, "ami-0000000a", ImageState::Available);
    let with = |copy: &ImageDetails| {
        let copies = vec![copy.clone()];
        let plan = planned_in(to_recipient(), |observed| {
            observed.destinations[0].copies = Reading::Known(copies);
        });
        plan.unwrap()
    };
    let done = with(&copy);
    assert!(done.is_empty(), "{done:?}");
    assert!(done.recipients().is_empty(), "nobody copies any more");
    copy.image.tags.insert(SOURCE_TAG.into(), "else".into());
    assert!(!with(&copy).is_empty());
}

/// What the copy lacks that is as planned but for a change
fn lacks(
    builder: CopyRequestBuilder,
    change: impl FnOnce(&mut ImageDetails, &mut Vec<Snapshot>),
) -> Vec<&'static str> {
    let plan = planned(builder.clone());
    let mut copy = copy_of(&plan, "ami-0000000a", ImageState::Available);
    copy.deprecation = plan.request().deprecate_at();
    let protection = plan
        .request()
        .protection()
        .map(|protection| match protection {
            DeregistrationProtection::WithCooldown => "enabled-with-cooldown",
            DeregistrationProtection::WithoutCooldown => "enabled-without-cooldown",
        });
    copy.deregistration_protection = Some(protection.unwrap_or("disabled").into());
    let id: SnapshotId = copy.image.snapshots[0].id.clone();
    let mut snapshots = vec![Snapshot {
        id,
        encrypted: false,
        key: None,
        tags: plan.copies()[0].snapshot_tags.clone(),
    }];
    change(&mut copy, &mut snapshots);
    let plan = planned_in(builder, |observed| {
        observed.destinations[0].copies = Reading::Known(vec![copy]);
        observed.destinations[0].snapshots = snapshots;
    });
    match &plan.unwrap().copies()[0].found {
        FoundCopy::Available { settings, .. } => {
            settings.iter().map(CopySetting::operation).collect()
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_found_copy_lacks_what_differs_and_nothing_else() {
    let at: Timestamp = "2026-12-24T12:00:30Z".parse().unwrap();
    let full = || {
        to_recipient()
            .image_tag("a", "b")
            .snapshot_tag("c", "d")
            .description("mine")
            .protect(DeregistrationProtection::WithCooldown)
            .deprecate_at(at)
    };
    let nothing: [&str; 0] = [];
    assert_eq!(lacks(full(), |_, _| {}), nothing);
    // EC2 rounds to the minute.
    let rounded = "2026-12-24T12:01:00Z".parse().unwrap();
    assert_eq!(
        lacks(full(), |copy, _| copy.deprecation = Some(rounded)),
        nothing
    );
    assert_eq!(
        lacks(full(), |copy, _| copy.deprecation = None),
        ["EnableImageDeprecation"]
    );
    for text in [None, Some("disabled"), Some("enabled-without-cooldown")] {
        assert_eq!(
            lacks(full(), |copy, _| {
                copy.deregistration_protection = text.map(str::to_owned);
            }),
            ["EnableImageDeregistrationProtection"]
        );
    }
    assert_eq!(
        lacks(full(), |copy, _| copy.description = None),
        ["ModifyImageAttribute"]
    );
    let wrong = |tags: &mut Tags| *tags = [("a".to_owned(), "other".to_owned())].into();
    assert_eq!(
        lacks(full(), |copy, _| {
            copy.image.tags.insert("a".into(), "other".into());
            copy.image.tags.insert("others".into(), "stay".into());
        }),
        ["CreateTags"]
    );
    assert_eq!(
        lacks(full(), |_, snapshots| wrong(&mut snapshots[0].tags)),
        ["CreateTags"]
    );
    // What is not asked for is nobody's concern.
    assert_eq!(
        lacks(to_recipient(), |copy, _| {
            copy.deprecation = Some(at);
            copy.deregistration_protection = Some("enabled-with-cooldown".into());
            copy.image.tags.insert("others".into(), "stay".into());
        }),
        nothing
    );
}
