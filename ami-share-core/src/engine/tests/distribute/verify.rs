//! What a distribution is compared with beside shares and copies.

use super::extras::recipients_of;
use super::*;
use crate::access::Answer;
use crate::backend::Backend;
use crate::distribution::CopyCheck;
use crate::outcome::RecipientReport;
use crate::resource::Tags;

impl Distributing {
    /// Undoes what the operation did last for a recipient
    async fn take_away(
        &self,
        operation: &str,
        report: &DistributionReport,
        policy: &crate::policy::KeyPolicy,
    ) {
        let (world, region) = (self.world(), &self.scene.region);
        let last = recipients_of(report).pop().unwrap();
        let backend = world.backend(last.shard.account);
        match operation {
            "CreateTags" => {
                let image = last.image.clone().unwrap().into();
                let tags = Tags::from([("origin".to_owned(), "golden".to_owned())]);
                backend.delete_tags(region, &[image], &tags).await.unwrap();
            }
            "CreateGrant" => {
                let made = last.written.iter().find_map(|written| match written {
                    RecipientReport::ServiceLinkedRoles(report) => report.grants().first(),
                    _ => None,
                });
                let made = made.unwrap();
                let owner = world.backend(made.key.account());
                let grants = owner.list_grants(region, &made.key, None).await.unwrap();
                let is_it = |grant: &&crate::resource::KeyGrant| grant.grantee == made.grantee;
                let grant = grants.iter().find(is_it).unwrap();
                owner
                    .revoke_grant(region, &made.key, &grant.id)
                    .await
                    .unwrap();
            }
            _ => world.put_key_policy(&self.source_key, policy).unwrap(),
        }
    }
}

/// Each part is taken away after it was verified: what is told then is what is missing
#[tokio::test(start_paused = true)]
async fn promise_6_verify_misses_what_recipients_were_to_be_looked_after_with() {
    let services = json!({"service_linked_roles": ["autoscaling"]});
    let copies = json!({"recipients_get": "copy", "service_linked_roles": ["autoscaling"]});
    let parts = [
        (services.clone(), "CreateGrant"),
        (services, "PutKeyPolicy"),
        (copies, "CreateGrant"),
        (
            json!({"tags": {"recipients": {"origin": "golden"}}}),
            "CreateTags",
        ),
    ];
    for (more, operation) in parts {
        let scene = Distributing::of(&["us-east-1"]).with_service_roles();
        let distribution = scene.distribution(more.clone());
        let policy = scene.world().key_policy(&scene.source_key).unwrap();
        let report = scene.run(&distribution).await;
        let verified = scene.verify(&distribution).await;
        assert!(verified.is_ok(), "{more}: {verified}");
        scene.take_away(operation, &report, &policy).await;
        let verified = scene.verify(&distribution).await;
        assert_eq!(verified.answer(), Answer::No, "{more}: {verified}");
        let missing = &verified.missing;
        let told = missing.iter().any(|missing| missing.starts_with(operation));
        assert!(told || operation == "PutKeyPolicy", "{more}: {verified}");
    }
}

#[tokio::test(start_paused = true)]
async fn promise_6_what_verify_cannot_look_at_is_unknown_and_listed() {
    let owner = Distributing::of(&["us-east-1"]).scene.owner;
    let parts = [
        (
            json!({"service_linked_roles": ["autoscaling"]}),
            (owner, "ListGrants"),
            "grants for service-linked roles",
        ),
        (
            json!({"tags": {"recipients": {"origin": "golden"}}}),
            (account(2), "DescribeImages"),
            "tags of recipients",
        ),
        (
            json!({"parameters": {"recipients": ["/golden/web"]}}),
            (account(2), "GetParameter"),
            "PutParameter `/golden/web`",
        ),
    ];
    for (more, (account, operation), told) in parts {
        let scene = Distributing::of(&["us-east-1"]).with_service_roles();
        let distribution = scene.distribution(more.clone());
        scene.run(&distribution).await;
        scene.world().deny(account, operation);
        let verified = scene.verify(&distribution).await;
        assert_eq!(verified.answer(), Answer::Unknown, "{more}: {verified}");
        let [unknown] = &verified.unknown[..] else {
            panic!("{verified}");
        };
        assert!(unknown.starts_with(told), "{unknown}");
        assert!(verified.to_string().contains(unknown));
    }
}

/// The role of a recipient loses what a launch takes
#[tokio::test(start_paused = true)]
async fn promise_6_verify_rehearses_the_launch_of_copies() {
    let scene = Distributing::of(&["us-east-1"]);
    let distribution = scene.copying(json!({"rehearse": true}));
    scene.run(&distribution).await;
    let verified = scene.verify(&distribution).await;
    assert_eq!(verified.rehearsal.as_ref().unwrap().images().len(), 3);
    assert!(verified.is_ok(), "{verified}");
    let recipient = scene.recipients[0];
    let role = format!("arn:aws:iam::{recipient}:role/AmiShare");
    let no_launch = r#"{"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Action": "*", "Resource": "*"},
        {"Effect": "Deny", "Action": "ec2:RunInstances", "Resource": "*"}]}"#;
    let world = scene.world();
    world
        .put_role_policy(&role.parse().unwrap(), "all", no_launch)
        .unwrap();
    let verified = scene.verify(&distribution).await;
    assert_eq!(verified.answer(), Answer::No, "{verified}");
}

#[tokio::test(start_paused = true)]
async fn promise_6_verify_does_not_say_yes_where_a_rehearsal_is_unknown() {
    for get in ["share", "copy"] {
        let scene = Distributing::of(&["us-east-1"]);
        let distribution = scene.distribution(json!({"recipients_get": get, "rehearse": true}));
        scene.run(&distribution).await;
        let verified = scene.verify(&distribution).await;
        assert!(verified.is_ok(), "{get}: {verified}");
        let (world, region) = (scene.world(), &scene.scene.region);
        world.delete_default_vpc(scene.recipients[0], region);
        let verified = scene.verify(&distribution).await;
        assert_eq!(verified.answer(), Answer::Unknown, "{get}: {verified}");
        let said = verified.to_string();
        assert!(said.contains("VPCIdNotSpecified"), "{said}");
    }
}

/// Nothing but the rehearsal tells whether a recipient may use the key of its own copy
#[tokio::test(start_paused = true)]
async fn promise_6_verify_does_not_say_yes_where_the_key_of_a_copy_is_unknown() {
    let scene = Distributing::of(&["us-east-1"]);
    let distribution = scene.copying(json!({"rehearse": true}));
    scene.run(&distribution).await;
    let recipient = scene.recipients[0];
    scene.world().deny(recipient, "CreateGrant");
    let verified = scene.verify(&distribution).await;
    assert_eq!(verified.answer(), Answer::Unknown, "{verified}");
    let said = verified.to_string();
    assert!(said.contains("kms:GrantIsForAWSResource"), "{said}");
}

/// The role of one recipient is gone: of the others all is told
#[tokio::test(start_paused = true)]
async fn promise_6_an_account_that_verify_cannot_reach_is_listed_and_hides_no_other() {
    let scene = Distributing::of(&["us-east-1"]);
    let distribution = scene.distribution(json!({
        "rehearse": true,
        "parameters": {"recipients": ["/golden/web", "/{source}"]},
    }));
    scene.run(&distribution).await;
    let gone = scene.recipients[1];
    let role = format!("arn:aws:iam::{gone}:role/AmiShare");
    let role = role.parse().unwrap();
    {
        let mut state = scene.world().state();
        state.delete_inline_policy(&role, "all").unwrap();
        state.delete_role(&role).unwrap();
    }
    let verified = scene.verify(&distribution).await;
    assert_eq!(verified.answer(), Answer::Unknown, "{verified}");
    let unknown = &verified.unknown;
    assert_eq!(unknown.len(), 2, "{verified}");
    let is_of_gone = |told: &String| told.contains(&format!("of `{gone}`"));
    assert!(unknown.iter().all(is_of_gone), "{unknown:?}");
    let rehearsal = verified.rehearsal.as_ref().unwrap();
    for image in rehearsal.images() {
        let seen = image.visible().answer;
        assert_eq!(seen == Answer::Yes, image.account != gone, "{rehearsal}");
    }
    assert_eq!(rehearsal.images().len(), 3);
    let said = verified.to_string();
    assert!(
        said.contains(&format!("{gone} rehearses a launch")),
        "{said}"
    );
}

#[tokio::test(start_paused = true)]
async fn promise_6_verify_rehearses_where_the_owner_has_an_image_and_misses_the_others() {
    let scene = Distributing::of(&REGIONS[..2]);
    let distribution = scene.distribution(json!({"regions": [REGIONS[1]], "rehearse": true}));
    let verified = scene.verify(&distribution).await;
    assert_eq!(verified.answer(), Answer::No, "{verified}");
    assert!(verified.rehearsal.as_ref().unwrap().images().is_empty());
}

#[tokio::test(start_paused = true)]
async fn nobody_rehearses_in_an_ou_without_accounts() {
    let scene = Distributing::of(&["us-east-1"]);
    let root = scene.organization.clone().into();
    let empty = scene.world().create_organizational_unit(&root).unwrap();
    let distribution = scene.distribution(json!({
        "recipients": {"organizational_units": [empty]},
        "rehearse": true,
    }));
    scene.run(&distribution).await;
    let verified = scene.verify(&distribution).await;
    assert!(verified.is_ok(), "{verified}");
}

#[tokio::test(start_paused = true)]
async fn promise_6_a_copy_that_cannot_be_looked_for_hides_no_other() {
    let scene = Distributing::of(&["us-east-1"]);
    let distribution = scene.copying(json!({"parameters": {"recipients": ["/golden"]}}));
    scene.run(&distribution).await;
    scene.world().deny(account(2), "DescribeImages");
    let verified = scene.verify(&distribution).await;
    assert_eq!(verified.answer(), Answer::Unknown, "{verified}");
    let [unknown] = &verified.unknown[..] else {
        panic!("{verified}");
    };
    assert!(unknown.contains(&account(2).to_string()), "{unknown}");
    let seen: Vec<AccountId> = verified.copies.iter().map(|copy| copy.account).collect();
    assert_eq!(seen, [account(1), account(3)]);
    assert!(verified.copies.iter().all(CopyCheck::is_ok));
}
