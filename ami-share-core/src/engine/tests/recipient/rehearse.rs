use super::super::keys::{Locked, policy_of};
use super::*;
use crate::access::{Answer, Finding};
use crate::backend::simulator::{AllowedImages, AllowedImagesState, ImageCriterion, NewKey};
use crate::outcome::{ImageRehearsal, Rehearsal, RehearsedCall};
use crate::plan::{RecipientRefusal, Refusal};
use crate::request::{RehearsalRequest, RehearsalRequestBuilder};

fn rehearsal(scene: &Scene) -> RehearsalRequestBuilder {
    RehearsalRequest::builder()
        .region(&scene.region)
        .images(&scene.images)
}

async fn rehearse(scene: &Scene, request: RehearsalRequestBuilder) -> Rehearsal {
    let request = request.build().unwrap();
    scene.reaching_sharer().rehearse(&request).await.unwrap()
}

fn call(image: &ImageRehearsal, call: RehearsedCall) -> &Finding {
    let mut calls = image.calls.iter();
    &calls.find(|found| found.call == call).unwrap().finding
}

#[tokio::test]
async fn a_recipient_rehearses_its_launch_and_writes_nothing() {
    let scene = Scene::new(1).with_roles(2);
    scene.share_with([account(1)]).await;
    scene.world.clear_calls();
    let rehearsal = rehearse(&scene, rehearsal(&scene).accounts(accounts(2))).await;
    let answers: Vec<Answer> = rehearsal.images().iter().map(|i| i.launch.answer).collect();
    assert_eq!(answers, [Answer::Yes, Answer::No]);
    assert_eq!(rehearsal.answer(), Answer::No);
    assert_eq!(scene.writes_done(), 0);
    for (number, image) in rehearsal.images().iter().enumerate() {
        let judged = scene.can_launch(account(number as u64 + 1), 0);
        assert_eq!(judged, image.launch.answer == Answer::Yes, "{image:?}");
    }
    let text = rehearsal.to_string();
    assert!(
        text.contains("1 of 2 launches rehearsed would pass"),
        "{text}"
    );
    assert!(text.contains("it is not shared with the account"), "{text}");
    assert!(text.contains("does not look at keys"), "{text}");
    let json = serde_json::to_string(&rehearsal).unwrap();
    assert_eq!(serde_json::from_str::<Rehearsal>(&json).unwrap(), rehearsal);
}

#[tokio::test]
async fn promise_4_an_account_without_a_role_is_refused_before_anything_else_is_called() {
    let scene = Scene::new(1).with_roles(1);
    let owner = scene.owner;
    let roles = Roles::builder().role(account(1), "arn:aws:iam::000000000001:role/AmiShare");
    let sharer = scene.sharer().with_roles(roles.build().unwrap());
    let request = rehearsal(&scene)
        .accounts([account(1), account(2), owner])
        .build()
        .unwrap();
    let refusals = match sharer.rehearse(&request).await {
        Err(Error::Refused(refusals)) => refusals,
        other => panic!("{other:?}"),
    };
    let no_role = RecipientRefusal::NoRole {
        account: account(2),
    };
    assert_eq!(refusals.as_slice(), [Refusal::from(no_role)]);
    assert!(
        refusals.to_string().contains("`000000000002`"),
        "{refusals}"
    );
    assert_eq!(scene.operations(), ["GetCallerIdentity"]);
    let json = serde_json::to_string(&refusals).unwrap();
    assert_eq!(json, r#"[{"refusal":"no_role","account":"000000000002"}]"#);
    assert_eq!(
        serde_json::from_str::<crate::plan::Refusals>(&json).unwrap(),
        refusals
    );
}

#[tokio::test]
async fn promise_6_a_role_that_cannot_be_assumed_is_unknown_and_stops_nobody_else() {
    let scene = Scene::new(1).with_roles(1);
    scene.share_with(accounts(2)).await;
    let rehearsal = rehearse(&scene, rehearsal(&scene).accounts(accounts(2))).await;
    let [one, two] = rehearsal.images() else {
        panic!("{rehearsal}")
    };
    assert_eq!(one.launch.answer, Answer::Yes);
    assert_eq!(two.launch.answer, Answer::Unknown);
    assert_eq!(two.calls.len(), 1);
    let role = call(two, RehearsedCall::AssumeRole);
    assert!(role.reason.contains("AssumeRole failed"), "{role:?}");
    assert!(
        role.mend.as_ref().unwrap().contains("trust policy"),
        "{role:?}"
    );
    assert_eq!(rehearsal.answer(), Answer::Unknown);
}

#[tokio::test]
async fn promise_6_a_rehearsal_that_is_throttled_is_unknown_and_says_what_to_do() {
    for (operation, asked) in [
        ("DescribeImages", RehearsedCall::DescribeImages),
        ("DryRun RunInstances", RehearsedCall::RunInstances),
        ("DryRun CopyImage", RehearsedCall::CopyImage),
    ] {
        let scene = Scene::new(1).with_roles(1);
        scene.share_with([account(1)]).await;
        // The first look for images is the owner's.
        let passes = usize::from(operation == "DescribeImages");
        let fault = Fault::Code("RequestLimitExceeded");
        let backend = scene.faulty().fail(operation, passes, fault);
        let request = rehearsal(&scene).account(account(1)).copy(true);
        let request = request.build().unwrap();
        let found = scene.reaching(backend).rehearse(&request).await.unwrap();
        let finding = call(&found.images()[0], asked);
        let mend = finding.mend.as_deref().unwrap_or_default();
        let is_seen = operation == "DescribeImages" && finding.answer == Answer::Yes;
        assert!(is_seen || mend.contains("again later"), "{finding:?}");
    }
}

#[tokio::test]
async fn an_image_that_is_not_seen_names_the_allowed_amis_where_they_are_enabled() {
    let scene = Scene::new(1).with_roles(2);
    scene.share_with(accounts(2)).await;
    for (account, state) in [
        (account(1), AllowedImagesState::Enabled),
        (account(2), AllowedImagesState::AuditMode),
    ] {
        let others = ImageCriterion::of_providers(["amazon"]);
        let allowed = AllowedImages::new(state, vec![others]);
        scene
            .world
            .set_allowed_images(account, &scene.region, allowed);
    }
    scene.world.clear_calls();
    let rehearsal = rehearse(&scene, rehearsal(&scene).accounts(accounts(2))).await;
    let [one, two] = rehearsal.images() else {
        panic!("{rehearsal}")
    };
    assert_eq!(one.launch.answer, Answer::No);
    assert!(
        one.launch.reason.contains("Allowed AMIs are enabled"),
        "{one:?}"
    );
    let mend = one.launch.mend.as_ref().unwrap();
    assert!(
        mend.contains("ReplaceImageCriteriaInAllowedImagesSettings"),
        "{mend}"
    );
    assert!(mend.contains("`999999999999`"), "{mend}");
    assert_eq!(two.launch.answer, Answer::Yes);
    let asked = scene.operations();
    let asked = asked.iter().filter(|o| **o == "GetAllowedImagesSettings");
    assert_eq!(
        asked.count(),
        1,
        "settings are asked for only where an image is missing"
    );
}

#[tokio::test]
async fn an_image_that_nobody_sees_names_the_region_too() {
    let scene = Scene::new(0).with_roles(1);
    let request = rehearsal(&scene)
        .image("ami-0123456789abcdef0")
        .account(account(1));
    let found = rehearse(&scene, request).await;
    let launch = &found.images()[0].launch;
    assert_eq!(launch.answer, Answer::No);
    assert!(launch.reason.contains("not shared"), "{launch:?}");
    assert!(launch.reason.contains("another Region"), "{launch:?}");
}

#[tokio::test]
async fn a_role_without_permission_is_a_no_with_the_permission_that_it_lacks() {
    let scene = Scene::new(1);
    scene.role(
        account(1),
        r#"{"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Action": "ec2:Describe*", "Resource": "*"}]}"#,
    );
    scene.share_with([account(1)]).await;
    let found = rehearse(&scene, rehearsal(&scene).account(account(1))).await;
    let image = &found.images()[0];
    assert_eq!(image.launch.answer, Answer::No);
    let launch = call(image, RehearsedCall::RunInstances);
    assert!(
        launch.mend.as_ref().unwrap().contains("ec2:RunInstances"),
        "{launch:?}"
    );
    assert_eq!(
        call(image, RehearsedCall::DescribeImages).answer,
        Answer::Yes
    );
}

#[tokio::test]
async fn a_launch_that_passes_shows_that_an_image_is_seen_which_may_not_be_looked_for() {
    let scene = Scene::new(1);
    scene.role(
        account(1),
        r#"{"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Action": "ec2:RunInstances", "Resource": "*"}]}"#,
    );
    scene.share_with([account(1)]).await;
    let found = rehearse(&scene, rehearsal(&scene).account(account(1))).await;
    let image = &found.images()[0];
    assert_eq!(image.launch.answer, Answer::Yes, "{found}");
    let visible = image.visible();
    assert_eq!(visible.answer, Answer::Yes, "{visible:?}");
    assert!(
        visible.reason.contains("EC2 found it for the launch"),
        "{visible:?}"
    );
    assert_eq!(call(image, RehearsedCall::DescribeImages), &visible);
}

#[tokio::test(start_paused = true)]
async fn a_key_that_is_open_to_aws_services_alone_leaves_its_grants_unknown() {
    let locked = Locked::new(1, &[&[0], &[0]]);
    let scene = &locked.scene;
    scene.role(account(1), ALL);
    scene.share_with([account(1)]).await;
    scene.world.clear_calls();
    let found = rehearse(scene, rehearsal(scene).account(account(1))).await;
    for image in found.images() {
        assert_eq!(call(image, RehearsedCall::DescribeKey).answer, Answer::Yes);
        let grant = call(image, RehearsedCall::CreateGrant);
        assert_eq!(grant.answer, Answer::Unknown);
        assert!(
            grant.reason.contains("kms:GrantIsForAWSResource"),
            "{grant:?}"
        );
        assert_eq!(image.launch.answer, Answer::Unknown);
    }
    assert!(
        scene.can_launch(account(1), 0),
        "a no would have been wrong"
    );
    let operations = scene.operations();
    let keys = operations.iter().filter(|o| **o == "DescribeKey").count();
    assert_eq!(
        keys, 1,
        "promise 7: a key of two images is asked about once"
    );
}

#[tokio::test(start_paused = true)]
async fn a_key_that_is_open_is_a_yes_and_one_that_is_shut_or_disabled_is_a_no() {
    let scene = Scene::with(Vec::new());
    let open = format!(
        r#"{{"Effect": "Allow", "Principal": {{"AWS": "arn:aws:iam::{}:root"}}, "Action": "kms:*",
            "Resource": "*"}}"#,
        account(1)
    );
    let world = &scene.world;
    let policies = [
        policy_of(scene.owner, std::slice::from_ref(&open)),
        policy_of(scene.owner, &[]),
        policy_of(scene.owner, &[open]),
    ];
    let keys = policies
        .map(|policy| world.create_key(&scene.region, scene.owner, NewKey::new().policy(policy)));
    let images: Vec<ImageId> = keys
        .iter()
        .map(|key| {
            let spec = ImageSpec::named("locked").encrypted_with(key);
            world.register_image(&scene.region, scene.owner, spec)
        })
        .collect();
    let scene = Scene { images, ..scene }.with_roles(1);
    let request = scene.request().account(account(1));
    let request = request
        .key_access(crate::request::KeyAccess::Leave)
        .build()
        .unwrap();
    scene.sharer().share(&request).await.unwrap();
    let disabled = crate::policy::evaluate::KeyState::Disabled;
    scene.world.set_key_state(&keys[2], disabled).unwrap();
    for (number, expected) in [Answer::Yes, Answer::No, Answer::No]
        .into_iter()
        .enumerate()
    {
        let request = RehearsalRequest::builder().region(&scene.region);
        let request = request.image(&scene.images[number]).account(account(1));
        let found = rehearse(&scene, request).await;
        assert_eq!(found.answer(), expected, "{found}");
        assert_eq!(
            scene.can_launch(account(1), number),
            expected == Answer::Yes
        );
    }
}

#[tokio::test(start_paused = true)]
async fn the_mend_of_a_key_is_that_of_its_state() {
    use crate::policy::evaluate::KeyState;

    let scene = lacking(Lacks::Nothing).await;
    let key = scene.world.keys().into_iter().find(|key| {
        let policy = scene.world.key_policy(key).unwrap();
        policy.as_str().contains(&account(1).to_string())
    });
    let key = key.unwrap();
    for (state, mend) in [
        (KeyState::Disabled, "let its owner call EnableKey"),
        (KeyState::PendingDeletion, "CancelKeyDeletion"),
        (KeyState::PendingImport, "ImportKeyMaterial"),
        (KeyState::Unavailable, "custom key store"),
    ] {
        scene.world.set_key_state(&key, state).unwrap();
        let found = rehearse(&scene, rehearsal(&scene).account(account(1))).await;
        for asked in [RehearsedCall::DescribeKey, RehearsedCall::CreateGrant] {
            // KMS makes grants of a key whose store is not connected.
            if state == KeyState::Unavailable && asked == RehearsedCall::CreateGrant {
                continue;
            }
            let finding = call(&found.images()[0], asked);
            assert_eq!(finding.answer, Answer::No, "{state} {finding:?}");
            let told = finding.mend.as_ref().unwrap();
            assert!(told.contains(mend), "{state}: {told}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn promise_6_the_keys_of_another_owner_s_image_are_not_known() {
    let locked = Locked::new(1, &[&[0]]);
    let scene = &locked.scene;
    scene.share_with([account(1)]).await;
    let recipient = BackendSharer::new(scene.world.backend(account(1)));
    let request = rehearsal(scene).account(account(1)).build().unwrap();
    let found = recipient.rehearse(&request).await.unwrap();
    let image = &found.images()[0];
    assert_eq!(image.launch.answer, Answer::Unknown);
    let keys = call(image, RehearsedCall::FindKeys);
    assert!(keys.reason.contains("only the owner"), "{keys:?}");
}

#[tokio::test]
async fn a_copy_is_rehearsed_with_its_storage_where_it_is_asked_for() {
    let scene = Scene::new(1).with_roles(2);
    scene.share_with([account(1)]).await;
    let both = scene.request().account(account(2));
    let both = both.snapshots(SnapshotSharing::ForCopy).build().unwrap();
    scene.sharer().share(&both).await.unwrap();
    let found = rehearse(&scene, rehearsal(&scene).accounts(accounts(2)).copy(true)).await;
    let copies: Vec<Answer> = found
        .images()
        .iter()
        .map(|i| i.copy.as_ref().unwrap().answer)
        .collect();
    assert_eq!(copies, [Answer::No, Answer::Yes], "{found}");
    for (number, answer) in copies.into_iter().enumerate() {
        let judged = scene.can_copy(account(number as u64 + 1), 0);
        assert_eq!(judged, answer == Answer::Yes);
    }
    assert_eq!(found.images()[0].launch.answer, Answer::Yes);
}

#[tokio::test]
async fn a_role_that_may_not_tag_cannot_copy_and_is_told_so() {
    let scene = Scene::new(1);
    scene.role(
        account(1),
        r#"{"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Action": "ec2:*", "Resource": "*"},
        {"Effect": "Deny", "Action": "ec2:CreateTags", "Resource": "*"}]}"#,
    );
    let request = scene.request().account(account(1));
    let request = request.snapshots(SnapshotSharing::ForCopy).build().unwrap();
    scene.sharer().share(&request).await.unwrap();
    let request = rehearsal(&scene).account(account(1)).copy(true);
    let found = rehearse(&scene, request).await;
    let image = &found.images()[0];
    assert_eq!(image.launch.answer, Answer::Yes, "{found}");
    let copy = call(image, RehearsedCall::CopyImage);
    assert_eq!(copy.answer, Answer::No, "{copy:?}");
    let mend = copy.mend.as_ref().unwrap();
    assert!(mend.contains("ec2:CreateTags"), "{mend}");
}

#[tokio::test]
async fn no_more_calls_are_under_way_than_the_options_allow() {
    let scene = Scene::new(3).with_roles(12);
    scene.share_with(accounts(12)).await;
    let backend = scene.faulty();
    let options = EngineOptions::default().with_concurrency(4);
    let sharer = BackendSharer::with_options(backend.clone(), options).with_roles(roles());
    let request = rehearsal(&scene).accounts(accounts(12)).build().unwrap();
    let found = sharer.rehearse(&request).await.unwrap();
    assert_eq!(found.images().len(), 36);
    assert_eq!(found.answer(), Answer::Yes, "{found}");
    let most = backend.most_under_way();
    assert!((2..=4).contains(&most), "{most}");
}

/// What one scene lacks, so that a recipient cannot launch and copy
#[derive(Clone, Copy, Debug)]
enum Lacks {
    Nothing,
    LaunchPermission,
    Key,
    Snapshots,
}

/// An image whose key is open to account 1, which lacks one thing alone, or nothing
async fn lacking(lacks: Lacks) -> Scene {
    let scene = Scene::with(Vec::new());
    let open = format!(
        r#"{{"Effect": "Allow", "Principal": {{"AWS": "arn:aws:iam::{}:root"}}, "Action": "kms:*",
            "Resource": "*"}}"#,
        account(1)
    );
    let statements = match lacks {
        Lacks::Key => Vec::new(),
        _ => vec![open],
    };
    let key = NewKey::new().policy(policy_of(scene.owner, &statements));
    let key = scene.world.create_key(&scene.region, scene.owner, key);
    let spec = ImageSpec::named("locked").encrypted_with(&key);
    let images = vec![scene.world.register_image(&scene.region, scene.owner, spec)];
    let scene = Scene { images, ..scene }.with_roles(1);
    let request = scene.request().account(account(1));
    let request = request.key_access(crate::request::KeyAccess::Leave);
    let request = match lacks {
        Lacks::LaunchPermission => return scene,
        Lacks::Nothing | Lacks::Key => request.snapshots(SnapshotSharing::ForCopy),
        Lacks::Snapshots => request,
    };
    let request = request.build().unwrap();
    scene.sharer().share(&request).await.unwrap();
    scene
}

#[tokio::test(start_paused = true)]
async fn promise_6_a_call_that_fails_never_makes_a_yes_of_what_is_none() {
    for lacks in [Lacks::LaunchPermission, Lacks::Key, Lacks::Snapshots] {
        for pass in 0.. {
            let scene = lacking(lacks).await;
            let fault = Fault::Code("RequestLimitExceeded");
            let backend = scene.faulty().fail_any(pass, fault);
            let request = rehearsal(&scene).account(account(1)).copy(true);
            let request = request.build().unwrap();
            let result = scene.reaching(backend.clone()).rehearse(&request).await;
            if let Ok(found) = result {
                assert_ne!(found.answer(), Answer::Yes, "{lacks:?} {pass}: {found}");
            }
            if !backend.has_failed() {
                assert!(pass >= 5, "{lacks:?}: {pass} calls");
                break;
            }
        }
    }
}

#[tokio::test]
async fn promise_6_without_a_default_vpc_a_launch_is_unknown_until_a_subnet_is_named() {
    let scene = Scene::new(1).with_roles(1);
    scene.share_with([account(1)]).await;
    scene.world.delete_default_vpc(account(1), &scene.region);
    let request = || rehearsal(&scene).account(account(1));
    let found = rehearse(&scene, request()).await;
    let launch = call(&found.images()[0], RehearsedCall::RunInstances);
    assert_eq!(launch.answer, Answer::Unknown, "{launch:?}");
    assert!(launch.reason.contains("VPCIdNotSpecified"), "{launch:?}");
    let mend = launch.mend.as_ref().unwrap();
    assert!(mend.contains("set `subnet`"), "{mend}");
    let found = rehearse(&scene, request().subnet("subnet-0123456789abcdef0")).await;
    assert_eq!(found.answer(), Answer::Yes, "{found}");

    for code in ["MissingInput", "InvalidSubnetID.NotFound"] {
        let backend = scene
            .faulty()
            .fail("DryRun RunInstances", 0, Fault::Code(code));
        let request = request().build().unwrap();
        let found = scene.reaching(backend).rehearse(&request).await.unwrap();
        let launch = call(&found.images()[0], RehearsedCall::RunInstances);
        assert_eq!(launch.answer, Answer::Unknown, "{launch:?}");
        assert!(launch.mend.as_ref().unwrap().contains("`subnet`"));
    }
}

#[test]
fn a_subnet_is_of_one_region() {
    let request = |regions: &[&str]| {
        let request = RehearsalRequest::builder().subnet("subnet-0123456789abcdef0");
        let image = "ami-0123456789abcdef0";
        let request = regions
            .iter()
            .fold(request, |request, region| request.image_in(*region, image));
        request.account(account(1)).build()
    };
    let one = request(&["us-east-1"]).unwrap();
    let json = serde_json::to_string(&one).unwrap();
    assert_eq!(
        serde_json::from_str::<RehearsalRequest>(&json).unwrap(),
        one
    );
    let error = request(&["us-east-1", "eu-west-1"]).unwrap_err();
    assert_eq!(error.problems()[0].field(), "subnet");
    assert!(error.to_string().contains("2: make a request"), "{error}");
    let error = RehearsalRequest::builder().subnet("vpc-1").build();
    assert!(error.unwrap_err().to_string().contains("a subnet id"));
}

#[test]
fn what_no_world_could_rehearse_is_refused_with_the_field() {
    let error: RequestError = RehearsalRequest::builder().build().unwrap_err();
    let fields: Vec<&str> = error.problems().iter().map(|p| p.field()).collect();
    assert_eq!(fields, ["images", "accounts"]);
    let error = RehearsalRequest::builder()
        .image("ami-0123456789abcdef0")
        .account("1")
        .build()
        .unwrap_err();
    assert_eq!(error.problems().len(), 1, "{error}");
    let request = RehearsalRequest::builder()
        .image_in("us-east-1", "ami-0123456789abcdef0")
        .account(account(1))
        .build()
        .unwrap();
    let json = serde_json::to_string(&request).unwrap();
    assert_eq!(
        serde_json::from_str::<RehearsalRequest>(&json).unwrap(),
        request
    );
    assert!(serde_json::from_str::<RehearsalRequest>(r#"{"images":{},"accounts":[]}"#).is_err());
}
