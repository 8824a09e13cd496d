use super::super::keys::{Locked, policy_of};
use super::*;
use crate::access::Answer;
use crate::backend::simulator::{Faults, NewKey};
use crate::id::KeyArn;
use crate::outcome::{
    RecipientOutcome, RecipientReport, ServiceLinkedRoleReport, ServiceRoleGrant,
};
use crate::plan::{RecipientRefusal, Refusal};
use crate::policy::ServiceRole;
use crate::principal::Principal;
use crate::request::{KeyAccess, ServiceLinkedRoleRequest, ServiceLinkedRoleRequestBuilder};

const AUTO_SCALING: ServiceRole = ServiceRole::AutoScaling;

fn wanted(scene: &Scene) -> ServiceLinkedRoleRequestBuilder {
    ServiceLinkedRoleRequest::builder()
        .region(&scene.region)
        .images(&scene.images)
        .service_role(AUTO_SCALING)
}

fn launches(scene: &Scene, account: AccountId, role: ServiceRole, image: usize) -> bool {
    let arn = role.in_account(account, &scene.region.partition());
    let image = &scene.images[image];
    let judged = scene
        .world
        .can_launch_as(&scene.region, &arn.parse().unwrap(), image);
    judged.allowed
}

async fn share_for_services(scene: &Scene, accounts: impl IntoIterator<Item = AccountId>) {
    let request = scene
        .request()
        .accounts(accounts)
        .service_role(AUTO_SCALING);
    scene
        .sharer()
        .share(&request.build().unwrap())
        .await
        .unwrap();
}

fn not_done(result: Result<ServiceLinkedRoleReport, Error>) -> ServiceLinkedRoleReport {
    match result {
        Err(Error::RecipientsIncomplete(report)) => match *report {
            RecipientReport::ServiceLinkedRoles(report) => report,
            other => panic!("{other:?}"),
        },
        other => panic!("{other:?}"),
    }
}

fn mend(grant: &ServiceRoleGrant) -> &str {
    match &grant.outcome {
        RecipientOutcome::Failed { mend, .. } => mend.as_deref().unwrap(),
        RecipientOutcome::Missing { finding } => finding.mend.as_deref().unwrap(),
        other => panic!("{other:?}"),
    }
}

#[tokio::test(start_paused = true)]
async fn auto_scaling_of_recipients_launches_after_a_share_and_a_grant_and_a_second_run_writes_nothing()
 {
    let locked = Locked::new(2, &[&[0, 1], &[0]]);
    let scene = &locked.scene;
    for account in accounts(2) {
        scene.role(account, ALL);
        let service = AUTO_SCALING.service();
        scene
            .world
            .create_service_linked_role(account, service)
            .unwrap();
    }
    share_for_services(scene, accounts(2)).await;
    assert!(scene.can_launch(account(1), 0));
    assert!(!launches(scene, account(1), AUTO_SCALING, 0));
    let request = wanted(scene).accounts(accounts(2)).build().unwrap();
    scene.world.clear_calls();
    let report = scene
        .reaching_sharer()
        .grant_service_linked_roles(&request)
        .await
        .unwrap();
    assert_eq!(report.grants().len(), 4);
    assert!(report.is_complete() && !report.is_empty());
    assert_eq!(scene.writes_done(), 4);
    for account in accounts(2) {
        for image in 0..2 {
            assert!(launches(scene, account, AUTO_SCALING, image));
        }
        assert!(!launches(scene, account, ServiceRole::Ec2Fleet, 0));
    }
    let grants = scene.world.grants(&locked.keys[0]);
    assert!(
        grants
            .iter()
            .all(|grant| grant.name.as_ref().unwrap().starts_with("ami-share/"))
    );
    scene.world.clear_calls();
    let again = scene
        .reaching_sharer()
        .grant_service_linked_roles(&request)
        .await
        .unwrap();
    assert!(again.is_empty(), "promise 5: {again}");
    assert_eq!(scene.writes(), 0);
    assert!(
        again.to_string().contains("Nothing was done: 4 grants"),
        "{again}"
    );
    let json = serde_json::to_string(&report).unwrap();
    assert_eq!(
        serde_json::from_str::<ServiceLinkedRoleReport>(&json).unwrap(),
        report
    );
}

#[tokio::test(start_paused = true)]
async fn grants_of_all_keys_are_made_before_any_is_waited_for() {
    let locked = Locked::new(3, &[&[0], &[1], &[2]]);
    let scene = &locked.scene;
    for account in accounts(2) {
        scene.role(account, ALL);
        let service = AUTO_SCALING.service();
        scene
            .world
            .create_service_linked_role(account, service)
            .unwrap();
    }
    share_for_services(scene, accounts(2)).await;
    scene.world.clear_calls();
    let backend = scene.faulty();
    let options = EngineOptions::default().with_concurrency(4);
    let sharer = BackendSharer::with_options(backend.clone(), options).with_roles(roles());
    let request = wanted(scene).accounts(accounts(2)).build().unwrap();
    let report = sharer.grant_service_linked_roles(&request).await.unwrap();
    let rows: Vec<_> = report
        .grants()
        .iter()
        .map(|grant| (grant.key.clone(), grant.account))
        .collect();
    assert!(rows.is_sorted() && rows.len() == 6, "{rows:?}");
    let operations = scene.operations();
    let mut made = operations
        .iter()
        .skip_while(|operation| **operation != "CreateGrant")
        .filter(|operation| **operation != "AssumeRole")
        .take(6);
    assert!(made.all(|o| *o == "CreateGrant"), "{operations:?}");
    let most = backend.most_under_way();
    assert!((2..=4).contains(&most), "{most}");
}

#[tokio::test(start_paused = true)]
async fn what_is_missing_is_diagnosed_with_its_mend_and_nothing_is_written() {
    // The role is not there, the key is open to AWS services alone, the account's role may not.
    let locked = Locked::new(1, &[&[0]]);
    let scene = &locked.scene;
    scene.role(account(1), ALL);
    scene.role(account(2), ALL);
    scene.role(
        account(3),
        r#"{"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Action": "ec2:*", "Resource": "*"}]}"#,
    );
    for account in [account(2), account(3)] {
        scene
            .world
            .create_service_linked_role(account, AUTO_SCALING.service())
            .unwrap();
    }
    share_for_services(scene, [account(1), account(3)]).await;
    scene.share_with([account(2)]).await;
    for diagnose in [true, false] {
        scene.world.clear_calls();
        let request = wanted(scene)
            .accounts(accounts(3))
            .diagnose(diagnose)
            .build()
            .unwrap();
        let result = scene
            .reaching_sharer()
            .grant_service_linked_roles(&request)
            .await;
        let report = match diagnose {
            true => result.unwrap(),
            false => not_done(result),
        };
        let [none, shut, denied] = report.grants() else {
            panic!("{report}")
        };
        assert!(
            mend(none).contains(
                "create-service-linked-role --aws-service-name autoscaling.amazonaws.com"
            ),
            "{none:?}"
        );
        assert!(none.statement.is_none());
        assert!(mend(shut).contains("kms:GrantIsForAWSResource"), "{shut:?}");
        assert!(shut.statement.is_some(), "{shut:?}");
        assert!(
            mend(denied).starts_with("allow kms:CreateGrant"),
            "{denied:?}"
        );
        assert!(denied.statement.is_none(), "{denied:?}");
        assert_eq!(scene.writes_done(), 0, "{diagnose}");
        assert!(
            report.to_string().contains("statement for arn:aws:kms"),
            "{report}"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn promise_6_a_diagnosis_that_is_throttled_or_not_let_in_is_unknown() {
    let locked = Locked::new(1, &[&[0]]);
    let scene = &locked.scene;
    share_for_services(scene, [account(1)]).await;
    let request = wanted(scene).account(account(1)).diagnose(true);
    let request = request.build().unwrap();
    let finding = async |backend| {
        let sharer = scene.reaching(backend);
        let report = sharer.grant_service_linked_roles(&request).await.unwrap();
        match &report.grants()[0].outcome {
            RecipientOutcome::Missing { finding } => finding.clone(),
            other => panic!("{other:?}"),
        }
    };
    let no_role = finding(scene.faulty()).await;
    assert_eq!(no_role.answer, Answer::Unknown, "{no_role:?}");
    assert!(no_role.mend.unwrap().contains("trust policy"));
    scene.role(account(1), ALL);
    let fault = Fault::Code("ThrottlingException");
    let throttled = finding(scene.faulty().fail("DryRun CreateGrant", 0, fault)).await;
    assert_eq!(throttled.answer, Answer::Unknown, "{throttled:?}");
    assert!(throttled.mend.unwrap().contains("again later"));
}

#[tokio::test(start_paused = true)]
async fn a_role_that_kms_does_not_know_has_no_grants_and_stops_nobody_else() {
    let locked = Locked::new(1, &[&[0]]);
    let scene = &locked.scene;
    for account in accounts(2) {
        scene.role(account, ALL);
    }
    let service = AUTO_SCALING.service();
    scene
        .world
        .create_service_linked_role(account(2), service)
        .unwrap();
    share_for_services(scene, accounts(2)).await;
    let fault = Fault::Code("InvalidArnException");
    let backend = scene.faulty().fail("ListGrants", 0, fault);
    let request = wanted(scene).accounts(accounts(2)).build().unwrap();
    let sharer = scene.reaching(backend.clone());
    let report = not_done(sharer.grant_service_linked_roles(&request).await);
    assert!(backend.has_failed());
    let [none, made] = report.grants() else {
        panic!("{report}")
    };
    assert!(
        mend(none).contains("create-service-linked-role"),
        "{none:?}"
    );
    assert!(made.outcome.is_good(), "{made:?}");
}

#[tokio::test(start_paused = true)]
async fn the_statement_that_is_offered_mends_the_key_and_lets_nobody_else_be_granted() {
    let statement = AUTO_SCALING.statement_for(account(1), &"aws".parse().unwrap());
    let open = format!(
        r#"{{"Effect": "Allow", "Principal": {{"AWS": "arn:aws:iam::{}:root"}},
            "Action": "kms:DescribeKey", "Resource": "*"}}"#,
        account(1)
    );
    let scene = Scene::with(Vec::new()).with_roles(1);
    let key = NewKey::new().policy(policy_of(scene.owner, &[open, statement]));
    let key = scene.world.create_key(&scene.region, scene.owner, key);
    let spec = ImageSpec::named("locked").encrypted_with(&key);
    let images = vec![scene.world.register_image(&scene.region, scene.owner, spec)];
    let scene = Scene { images, ..scene };
    for role in [AUTO_SCALING, ServiceRole::Ec2Spot] {
        scene
            .world
            .create_service_linked_role(account(1), role.service())
            .unwrap();
    }
    let request = wanted(&scene).account(account(1)).build().unwrap();
    scene
        .reaching_sharer()
        .grant_service_linked_roles(&request)
        .await
        .unwrap();
    let share = scene
        .request()
        .account(account(1))
        .key_access(KeyAccess::Leave);
    scene.sharer().share(&share.build().unwrap()).await.unwrap();
    assert!(launches(&scene, account(1), AUTO_SCALING, 0));
    let other = wanted(&scene)
        .account(account(1))
        .service_role(ServiceRole::Ec2Spot)
        .build();
    let report = not_done(
        scene
            .reaching_sharer()
            .grant_service_linked_roles(&other.unwrap())
            .await,
    );
    assert_eq!(report.grants()[0].outcome, RecipientOutcome::AsAsked);
    assert!(report.grants()[1].statement.is_some(), "{report}");
}

#[tokio::test]
async fn promise_4_what_needs_no_grant_or_cannot_have_one_is_refused_before_the_first_write() {
    let scene = Scene::new(1).with_roles(1);
    let request = wanted(&scene).account(account(1)).build().unwrap();
    let refused = |result: Result<ServiceLinkedRoleReport, Error>| match result {
        Err(Error::Refused(refusals)) => refusals.as_slice().to_vec(),
        other => panic!("{other:?}"),
    };
    let result = scene
        .reaching_sharer()
        .grant_service_linked_roles(&request)
        .await;
    let image = scene.images[0].clone();
    assert_eq!(
        refused(result),
        [RecipientRefusal::NotEncrypted { image }.into()]
    );
    let result = scene.sharer().grant_service_linked_roles(&request).await;
    let no_role = RecipientRefusal::NoRole {
        account: account(1),
    };
    assert_eq!(refused(result), [Refusal::from(no_role)]);
    let locked = Locked::new(1, &[&[0]]);
    let key: &KeyArn = &locked.keys[0];
    let disabled = crate::policy::evaluate::KeyState::Disabled;
    locked.scene.world.set_key_state(key, disabled).unwrap();
    locked.scene.role(account(1), ALL);
    let request = wanted(&locked.scene).account(account(1)).build().unwrap();
    let sharer = locked.scene.reaching_sharer();
    let refusals = refused(sharer.grant_service_linked_roles(&request).await);
    assert!(
        matches!(refusals.as_slice(), [Refusal::KeyNotEnabled { .. }]),
        "{refusals:?}"
    );
    assert_eq!(locked.scene.writes(), 0);
}

#[tokio::test(start_paused = true)]
async fn promise_8_a_lost_answer_is_settled_by_reading_back_and_grants_may_show_late() {
    for fault in [Fault::LoseAnswer, Fault::LoseRequest] {
        let locked = Locked::new(1, &[&[0]]);
        let scene = &locked.scene;
        scene.role(account(1), ALL);
        scene
            .world
            .create_service_linked_role(account(1), AUTO_SCALING.service())
            .unwrap();
        share_for_services(scene, [account(1)]).await;
        scene.world.set_faults(Faults::none().stale_reads(2));
        let backend = scene.faulty().fail("CreateGrant", 0, fault.clone());
        let request = wanted(scene).account(account(1)).build().unwrap();
        let result = scene
            .reaching(backend.clone())
            .grant_service_linked_roles(&request)
            .await;
        assert!(backend.has_failed());
        match fault {
            Fault::LoseAnswer => {
                let report = result.unwrap();
                assert_eq!(
                    report.grants()[0].outcome,
                    RecipientOutcome::Done { request_id: None }
                );
                assert!(launches(scene, account(1), AUTO_SCALING, 0));
            }
            _ => {
                let report = not_done(result);
                assert!(
                    matches!(
                        report.grants()[0].outcome,
                        RecipientOutcome::Unconfirmed { .. }
                    ),
                    "{report}"
                );
                assert!(!launches(scene, account(1), AUTO_SCALING, 0));
            }
        }
    }
}

/// Who is shared with, but not for services, cannot grant the key to them
#[tokio::test(start_paused = true)]
async fn promise_1_recipients_of_another_share_may_not_make_grants_and_a_revoke_takes_it_back() {
    let locked = Locked::new(1, &[&[0]]);
    let scene = &locked.scene;
    for account in accounts(2) {
        scene.role(account, ALL);
        scene
            .world
            .create_service_linked_role(account, AUTO_SCALING.service())
            .unwrap();
    }
    scene.share_with([account(2)]).await;
    share_for_services(scene, [account(1)]).await;
    let policy = locked.policy(0);
    assert!(
        !policy.as_str().contains(r#""AWS": "*""#)
            && !policy.as_str().contains(r#""Principal": "*""#),
        "{}",
        policy.as_str()
    );
    let request = wanted(scene).accounts(accounts(2)).build().unwrap();
    let report = not_done(
        scene
            .reaching_sharer()
            .grant_service_linked_roles(&request)
            .await,
    );
    let good: Vec<bool> = report
        .grants()
        .iter()
        .map(|grant| grant.outcome.is_good())
        .collect();
    assert_eq!(good, [true, false], "{report}");
    // A second share writes nothing, and one for the other account adds it alone.
    scene.world.clear_calls();
    share_for_services(scene, [account(1)]).await;
    assert_eq!(scene.writes(), 0);
    share_for_services(scene, [account(2)]).await;
    let report = scene
        .reaching_sharer()
        .grant_service_linked_roles(&request)
        .await
        .unwrap();
    assert!(report.is_complete());
    // A plain revoke closes it for services too.
    let revoke = scene.request().accounts(accounts(2)).revoke();
    scene
        .sharer()
        .share(&revoke.build().unwrap())
        .await
        .unwrap();
    assert!(locked.ours(0).is_empty());
    for account in accounts(2) {
        assert!(!launches(scene, account, AUTO_SCALING, 0));
    }
    assert_eq!(locked.our_grants(0), 0);
}

#[test]
fn promise_1_service_roles_are_opened_to_accounts_alone() {
    let builder = || {
        crate::request::ShareRequest::builder()
            .image_in("us-east-1", "ami-0123456789abcdef0")
            .account(account(1))
            .service_role(AUTO_SCALING)
    };
    assert!(builder().build().is_ok());
    let organization: Principal = "arn:aws:organizations::111122223333:organization/o-exampleorg1"
        .parse()
        .unwrap();
    for refused in [
        builder().principal(organization),
        builder().key_access(KeyAccess::Grant),
        builder().key_principal("arn:aws:iam::000000000001:role/Builder"),
    ] {
        let error = refused.build().unwrap_err();
        assert_eq!(error.problems()[0].field(), "service_roles", "{error}");
    }
}
