//! Each test states what a writer of world files can rely on.
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used
)]

use std::time::Duration;

use super::super::{AssumeRole, ImageSpec};
use super::*;
use crate::id::{AccountId, ImageId};

const FULL: &str = include_str!("../../../../../examples/worlds/organization.yaml");

fn error(text: &str) -> String {
    World::load(text).expect_err(text).to_string()
}

fn id<T: std::str::FromStr>(text: &str) -> T
where
    T::Err: std::fmt::Debug,
{
    text.parse().unwrap()
}

#[test]
fn the_example_is_a_world() {
    let world = World::load(FULL).unwrap();
    {
        let state = world.state();
        assert_eq!(state.organizations.members().count(), 4);
        assert_eq!(state.images.len(), 2);
    }
    let region: Region = id("eu-central-1");
    let launches = |image: &str, account: &str| {
        world
            .can_launch(&region, id(account), &id::<ImageId>(image))
            .allowed
    };
    let (plain, encrypted) = ("ami-0a1b2c3d4e5f60001", "ami-0a1b2c3d4e5f60002");
    let (build, production) = ("333344445555", "444455556666");
    assert!(launches(plain, production));
    assert!(launches(encrypted, build), "by the grant");
    assert!(!launches(encrypted, production), "the key is not shared");
}

#[tokio::test(start_paused = true)]
async fn what_is_saved_is_loaded_as_the_same_world() {
    let world = World::load(FULL).unwrap();
    let saved = world.save();
    let again = World::load(&saved).unwrap();
    assert_eq!(again.save(), saved);
}

#[tokio::test(start_paused = true)]
async fn what_was_done_in_a_world_is_saved_too() {
    let world = World::new();
    let (region, owner): (Region, AccountId) = (id("eu-central-1"), id("111122223333"));
    let organization = world.create_organization(owner).unwrap();
    let unit = world
        .create_organizational_unit(&organization.clone().into())
        .unwrap();
    world
        .create_account(&unit.clone().into(), id("444455556666"))
        .unwrap();
    let spec = ImageSpec::named("golden")
        .snapshot()
        .encrypted_snapshot()
        .tag("stage", "prod");
    let image = world.register_image(&region, owner, spec);
    let stored = world.register_image(&region, owner, ImageSpec::named("s3").instance_store());
    world.disable_image(&region, &stored).unwrap();
    world.set_entity_quota(owner, 7);
    world.set_page_size(3);
    world.deny(owner, "CopyImage");
    let service = "autoscaling.amazonaws.com";
    world.create_service_linked_role(owner, service).unwrap();
    let saved = world.save();
    let again = World::load(&saved).unwrap();
    assert_eq!(again.save(), saved);
    assert_eq!(
        again.snapshots_of(&region, &image),
        world.snapshots_of(&region, &image)
    );
    // No id is given out twice.
    let next = |world: &World| world.register_image(&region, owner, ImageSpec::named("next"));
    assert_eq!(next(&again), next(&world));
    let next = |world: &World| {
        let parent = organization.clone().into();
        world.create_organizational_unit(&parent).unwrap()
    };
    let (first, second) = (next(&again), next(&again));
    assert!(first != unit && first != second, "{first} {second}");
}

#[test]
fn an_id_of_a_file_is_not_made_again() {
    let world = World::load(
        "
regions:
  eu-central-1:
    images:
      - {owner: 111122223333, name: first}
      - {id: ami-00000000000000002, owner: 111122223333, name: second}
",
    )
    .unwrap();
    assert_eq!(world.state().images[&id::<Region>("eu-central-1")].len(), 2);
}

#[test]
fn names_stand_for_ids() {
    let world = World::load(
        "
accounts:
  - {id: 111122223333, name: images}
  - {id: 444455556666, name: build}
organizations:
  - id: o-exampleorg1
    management: images
    units:
      - {name: workloads, accounts: [build]}
regions:
  eu-central-1:
    snapshots:
      - {name: root, owner: images, create_volume_permissions: [build]}
    images:
      - id: ami-0123456789abcdef0
        owner: images
        name: golden
        snapshots: [{snapshot: root}]
        launch_permissions: [workloads]
      - id: ami-0123456789abcdef1
        owner: images
        name: for all
        launch_permissions: [o-exampleorg1]
",
    )
    .unwrap();
    let (region, build): (Region, AccountId) = (id("eu-central-1"), id("444455556666"));
    let golden: ImageId = id("ami-0123456789abcdef0");
    assert!(world.can_copy(&region, build, &golden).allowed);
    let for_all: ImageId = id("ami-0123456789abcdef1");
    assert!(world.can_launch(&region, build, &for_all).allowed);
}

#[test]
fn a_file_has_roles_with_external_ids_copies_that_take_time_and_quotas() {
    let world = World::load(
        "
accounts:
  - {id: 111122223333, name: images}
  - id: 444455556666
    quotas: {image_copies: 7, snapshot_copies: 3}
    roles:
      - name: Recipient
        max_session: 7200
        trust:
          Version: '2012-10-17'
          Statement:
            Effect: Allow
            Principal: {AWS: '111122223333'}
            Action: sts:AssumeRole
            Condition: {StringEquals: {sts:ExternalId: door-3}}
      - {name: AWSServiceRoleForAutoScaling, path: /aws-service-role/autoscaling.amazonaws.com/}
regions:
  eu-central-1:
    images:
      - {id: ami-0123456789abcdef0, owner: 444455556666, name: own}
faults:
  copies: {milliseconds: 60000}
  reports: {milliseconds: 1000}
",
    )
    .unwrap();
    let region: Region = id("eu-central-1");
    let owner = world.backend(id("111122223333"));
    let role = id("arn:aws:iam::444455556666:role/Recipient");
    let asked = AssumeRole::new(role, "share").lasting(Duration::from_secs(7_200));
    assert!(world.assume_role(&owner, &region, &asked).is_err());
    let asked = asked.external_id("door-3");
    let session = world.assume_role(&owner, &region, &asked).unwrap();
    assert_eq!(session.account(), id("444455556666"));
    // A role of a service has what the service needs, without that the file says so.
    let linked = id(
        "arn:aws:iam::444455556666:role/aws-service-role/autoscaling.amazonaws.com/\
         AWSServiceRoleForAutoScaling",
    );
    let judged = world.can_launch_as(&region, &linked, &id("ami-0123456789abcdef0"));
    assert!(judged.allowed, "{judged:?}");
    let state = world.state();
    let quotas = state.quotas(id("444455556666"));
    assert_eq!((quotas.image_copies, quotas.snapshot_copies), (7, 3));
    assert_eq!(state.faults.faults().copies.milliseconds, 60_000);
    assert_eq!(state.faults.faults().reports.milliseconds, 1_000);
}

#[test]
fn an_error_tells_line_field_and_what_was_expected() {
    let image = |rest: &str| {
        format!("regions:\n  eu-central-1:\n    images:\n      - owner: 111122223333\n{rest}")
    };
    for (text, expected) in [
        (
            "planets: []",
            "line 1: `planets`: unknown field `planets`, expected one of ",
        ),
        (
            "\n\ntime: soon",
            "line 3: `time`: `soon` is no time such as `2026-01-01T00:00:00Z`",
        ),
        ("page_size: 0", "line 1: `page_size`: it is at least 1"),
        ("page_size: many", "line 1: `page_size`: invalid "),
        (
            "accounts:\n  - name: images",
            "line 2: `accounts[0]`: missing field `id`",
        ),
        (
            "accounts:\n  - id: 1234",
            "line 2: `accounts[0].id`: `1234` is not",
        ),
        (
            "accounts:\n  - id: 111122223333\n  - id: 111122223333",
            "line 3: `accounts[1].id`: the account `111122223333` is there twice",
        ),
        (
            "accounts:\n  - id: 111122223333\n    email: a@example.com",
            "line 3: `accounts[0].email`: the account is in no organization of this file",
        ),
        (
            "accounts:\n  - id: 111122223333\n    regions:\n      the moon: {}",
            "line 4: `accounts[0].regions.the moon`: `the moon` is not",
        ),
        (
            "accounts:\n  - id: 111122223333\n    regions:\n      us-east-1:\n        image_block_public_access: open",
            "line 5: `accounts[0].regions.us-east-1.image_block_public_access`: unknown variant",
        ),
        (
            "organizations:\n  - management: nobody",
            "line 2: `organizations[0].management`: `nobody` is neither an account id",
        ),
        (
            "organizations:\n  - management: 111122223333\n    id: exampleorg",
            "line 3: `organizations[0].id`: ",
        ),
        (
            "organizations:\n  - management: 111122223333\n    accounts:\n      - 444455556666\n      - 444455556666",
            "line 5: `organizations[0].accounts[1]`: ",
        ),
        (
            "organizations:\n  - management: 111122223333\n    units:\n      - name: a\n        id: ou-1",
            "line 5: `organizations[0].units[0].id`: ",
        ),
        (
            &image(""),
            "line 4: `regions.eu-central-1.images[0]`: missing field `name`",
        ),
        (
            &image("        name: golden\n        id: i-12345678"),
            "line 6: `regions.eu-central-1.images[0].id`: ",
        ),
        (
            &image("        name: golden\n        launch_permissions: [all, friends]"),
            "line 6: `regions.eu-central-1.images[0].launch_permissions[1]`: `friends` is no account",
        ),
        (
            &image("        name: golden\n        launch_permissions: [all, all]"),
            "line 6: `regions.eu-central-1.images[0].launch_permissions[1]`: `all` is there twice",
        ),
        (
            &image("        name: golden\n        snapshots:\n          - snapshot: snap-12345678"),
            "line 7: `regions.eu-central-1.images[0].snapshots[0].snapshot`: there is no snapshot",
        ),
        ("accounts: [", "line 1: "),
        ("{\"accounts\": [", "line 1: "),
        (
            "{\"accounts\":\n[{\"id\":\n\"1234\"}]}",
            "line 3: `accounts[0].id`: `1234` is not",
        ),
        ("{} {}", "line 1: trailing characters"),
    ] {
        let error = error(text);
        assert!(error.starts_with(expected), "{text}\n{error}");
        assert!(!error.contains('\n'), "{error}");
    }
}

#[test]
fn an_empty_file_is_a_new_world() {
    for text in ["", "{}", "# nothing yet\n"] {
        let world = World::load(text).unwrap();
        assert_eq!(world.state().images.len(), 0);
    }
}

#[test]
fn a_file_that_is_not_there_is_an_error() {
    let error = World::load_file("/nowhere/world.yaml").unwrap_err();
    assert!(error.to_string().starts_with("the file cannot be read: "));
}

/// `UPDATE_SCHEMA=1` writes it anew
#[test]
fn the_schema_is_that_of_the_types() {
    let path = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../examples/worlds/world.schema.json"
    );
    let schema = schemars::schema_for!(WorldFile);
    let schema = format!("{}\n", serde_json::to_string_pretty(&schema).unwrap());
    if std::env::var_os("UPDATE_SCHEMA").is_some() {
        std::fs::write(path, &schema).unwrap();
    }
    assert_eq!(std::fs::read_to_string(path).unwrap(), schema);
}

#[test]
fn a_file_that_nests_without_end_is_an_error() {
    let role = r#""accounts": [{"id": "111122223333", "roles": [{"name": "a", "trust": "#;
    let unit = r#""organizations": [{"management": "111122223333", "#;
    let deep_role = format!("{role}{}", "[".repeat(100_000));
    let deep_unit = format!("{unit}{}", r#""units": [{"name": "a", "#.repeat(100_000));
    for text in [deep_role, deep_unit] {
        for text in [format!("{{{text}"), text] {
            let error = World::load(&text).unwrap_err().to_string();
            assert!(
                error.contains("limit") || error.contains("depth"),
                "{error}"
            );
        }
    }
}
