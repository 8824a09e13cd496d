use std::collections::BTreeMap;

use super::*;
use crate::id::AccountId;
use crate::principal::Principal;
use crate::resource::fixture::{self, OWNER};
use crate::resource::{ImageState, ObservedImage, Reading};

const MEMBER: &str = "111111111111";
const ORGANIZATION: &str = "arn:aws:organizations::123456789012:organization/o-exampleorg1";
const UNIT: &str = "arn:aws:organizations::123456789012:ou/o-exampleorg1/ou-ab12-11111111";
const OTHER_UNIT: &str = "arn:aws:organizations::123456789012:ou/o-exampleorg1/ou-ab12-22222222";
const FOREIGN_UNIT: &str = "arn:aws:organizations::123456789012:ou/o-exampleorg2/ou-cd34-11111111";

type Members = BTreeMap<Principal, Reading<Vec<AccountId>>>;

/// An available image, and who has which permission; `None`: not read
fn image(launch: &[&str], create_volume: Option<&[&str]>) -> ObservedImage {
    fixture::image("ami-00000001", launch, create_volume)
}

fn launch_with(image: &ObservedImage, principal: &str, members: &Members) -> Answer {
    can_launch(image, &principal.parse().unwrap(), Membership::new(members)).answer
}

fn launch(image: &ObservedImage, principal: &str) -> Answer {
    launch_with(image, principal, &Members::new())
}

fn copy(image: &ObservedImage, principal: &str) -> Answer {
    can_copy(
        image,
        &principal.parse().unwrap(),
        Membership::new(&Members::new()),
    )
    .answer
}

#[test]
fn an_account_gets_in_by_its_own_entry_or_as_the_public() {
    assert_eq!(launch(&image(&[MEMBER], None), MEMBER), Answer::Yes);
    assert_eq!(launch(&image(&["all"], None), MEMBER), Answer::Yes);
    assert_eq!(launch(&image(&["222222222222"], None), MEMBER), Answer::No);
    assert_eq!(launch(&image(&[], None), OWNER), Answer::Yes);
}

#[test]
fn promise_6_an_account_behind_a_group_is_unknown_until_the_members_are_read() {
    let image = image(&[UNIT], None);
    let unit: Principal = UNIT.parse().unwrap();
    assert_eq!(launch(&image, MEMBER), Answer::Unknown);
    let read = |accounts: Vec<AccountId>| Members::from([(unit.clone(), Reading::Known(accounts))]);
    let with_member = read(vec![MEMBER.parse().unwrap()]);
    assert_eq!(launch_with(&image, MEMBER, &with_member), Answer::Yes);
    assert_eq!(launch_with(&image, MEMBER, &read(Vec::new())), Answer::No);
}

#[test]
fn an_organization_covers_its_ous_and_no_others() {
    let image = image(&[ORGANIZATION], None);
    assert_eq!(launch(&image, UNIT), Answer::Yes);
    assert_eq!(launch(&image, FOREIGN_UNIT), Answer::No);
}

#[test]
fn an_ou_covers_no_organization_and_perhaps_another_ou() {
    let image = image(&[UNIT], None);
    assert_eq!(launch(&image, ORGANIZATION), Answer::No);
    assert_eq!(launch(&image, OTHER_UNIT), Answer::Unknown);
    assert_eq!(launch(&image, FOREIGN_UNIT), Answer::No);
}

#[test]
fn the_public_is_covered_by_nobody_else() {
    assert_eq!(
        launch(&image(&[ORGANIZATION, UNIT, MEMBER], None), "all"),
        Answer::No
    );
}

#[test]
fn promise_6_the_key_of_an_encrypted_image_is_unknown() {
    let mut image = image(&[MEMBER], Some(&[MEMBER]));
    image.image.snapshots[0].encrypted = Some(true);
    assert_eq!(launch(&image, MEMBER), Answer::Unknown);
    assert_eq!(copy(&image, MEMBER), Answer::Unknown);
}

#[test]
fn only_available_images_are_launched() {
    let mut image = image(&[MEMBER], None);
    image.image.state = ImageState::Disabled;
    assert_eq!(launch(&image, MEMBER), Answer::No);
    assert_eq!(launch(&image, OWNER), Answer::No);
}

#[test]
fn copying_takes_launch_and_every_snapshot() {
    assert_eq!(
        copy(&image(&[MEMBER], Some(&[MEMBER])), MEMBER),
        Answer::Yes
    );
    assert_eq!(copy(&image(&[MEMBER], Some(&["all"])), MEMBER), Answer::Yes);
    assert_eq!(copy(&image(&[MEMBER], Some(&[])), MEMBER), Answer::No);
    assert_eq!(copy(&image(&[], Some(&[MEMBER])), MEMBER), Answer::No);
    assert_eq!(copy(&image(&[MEMBER], None), MEMBER), Answer::Unknown);
    assert_eq!(
        copy(&image(&[ORGANIZATION], Some(&[])), ORGANIZATION),
        Answer::No
    );
    assert_eq!(copy(&image(&[], Some(&[])), OWNER), Answer::Yes);
}

#[test]
fn a_snapshot_can_be_read_without_any_launch_permission() {
    let read =
        |image: &ObservedImage| can_read_any_snapshot(image, &MEMBER.parse().unwrap()).answer;
    assert_eq!(read(&image(&[], Some(&[MEMBER]))), Answer::Yes);
    assert_eq!(read(&image(&[], Some(&["all"]))), Answer::Yes);
    assert_eq!(read(&image(&[MEMBER], Some(&[]))), Answer::No);
    assert_eq!(read(&image(&[], None)), Answer::Unknown);
}

#[test]
fn every_no_says_what_would_mend_it() {
    for image in [image(&[], None), image(&[MEMBER], Some(&[]))] {
        let finding = can_copy(
            &image,
            &MEMBER.parse().unwrap(),
            Membership::new(&Members::new()),
        );
        assert_eq!(finding.answer, Answer::No);
        assert!(finding.mend.is_some(), "{}", finding.reason);
    }
}
