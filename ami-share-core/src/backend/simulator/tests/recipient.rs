use std::collections::BTreeSet;
use std::time::Duration;

use super::super::ec2::UsageKind;
use super::super::{AllowedImages, AllowedImagesState, Faults, NewKey};
use super::*;
use crate::backend::{NewCopy, NewGrant, RecipientBackend};
use crate::id::IamPrincipalArn;
use crate::resource::{AllowedImagesSettings, ImageUsage, Tags, UsageReportState};

const TYPE: &str = "t3.micro";

impl Scene {
    async fn rehearses(&self, account: AccountId) -> Result<(), ApiError> {
        let backend = self.world.backend(account);
        backend
            .rehearse_launch(&self.region, &self.image, TYPE, None)
            .await
    }

    /// A role of the owner that may do these things
    fn role(&self, name: &str, actions: &str) -> IamPrincipalArn {
        let trust = r#"{"Version": "2012-10-17", "Statement": [{"Effect": "Allow",
            "Principal": {"AWS": "000000000001"}, "Action": "sts:AssumeRole"}]}"#;
        let role = self.world.create_role(owner(), name, trust).unwrap();
        let policy = format!(
            r#"{{"Statement": [{{"Effect": "Allow", "Action": {actions}, "Resource": "*"}}]}}"#
        );
        self.world.put_role_policy(&role, "Own", &policy).unwrap();
        role
    }
}

#[tokio::test]
async fn a_launch_is_rehearsed_with_permissions_and_the_image_but_not_with_keys() {
    let scene = Scene::with(ImageSpec::named("locked").encrypted_snapshot());
    assert_eq!(
        refused(scene.rehearses(recipient()).await),
        ("RunInstances".into(), "InvalidAMIID.NotFound".into())
    );
    scene.add(&accounts(2..3)).await.unwrap();
    scene.rehearses(recipient()).await.unwrap();
    assert!(!scene.launches(recipient()));
    assert!(scene.world.state().instances.is_empty());
    let bad_type = scene
        .backend
        .rehearse_launch(&scene.region, &scene.image, "micro", None)
        .await;
    assert_eq!(code(bad_type), "InvalidParameterValue");

    let none = AllowedImages::new(AllowedImagesState::Enabled, Vec::new());
    scene
        .world
        .set_allowed_images(recipient(), &scene.region, none);
    assert_eq!(
        code(scene.rehearses(recipient()).await),
        "InvalidAMIID.NotFound"
    );
    scene.world.deny(recipient(), "RunInstances");
    assert_eq!(
        code(scene.rehearses(recipient()).await),
        "UnauthorizedOperation"
    );
    scene
        .world
        .disable_image(&scene.region, &scene.image)
        .unwrap();
    assert_eq!(
        code(scene.rehearses(owner()).await),
        "InvalidAMIID.Unavailable"
    );
}

#[tokio::test]
async fn a_launch_is_rehearsed_with_the_policies_of_a_role() {
    let scene = Scene::new();
    let may = scene.role("Launcher", r#""ec2:RunInstances""#);
    let may_not = scene.role("Reader", r#""ec2:Describe*""#);
    let rehearse = |role| {
        let backend = scene.world.backend_as(role);
        let (region, image) = (&scene.region, &scene.image);
        async move { backend.rehearse_launch(region, image, TYPE, None).await }
    };
    rehearse(&may).await.unwrap();
    assert_eq!(code(rehearse(&may_not).await), "UnauthorizedOperation");
}

#[tokio::test]
async fn a_launch_without_a_default_vpc_has_to_name_a_subnet_that_the_policies_allow() {
    let scene = Scene::new();
    scene.world.delete_default_vpc(owner(), &scene.region);
    assert_eq!(code(scene.rehearses(owner()).await), "VPCIdNotSpecified");
    let subnet = "subnet-0123456789abcdef0".parse().unwrap();
    let rehearse = |backend: SimulatedBackend| {
        let (region, image, subnet) = (&scene.region, &scene.image, Some(&subnet));
        async move { backend.rehearse_launch(region, image, TYPE, subnet).await }
    };
    rehearse(scene.backend.clone()).await.unwrap();
    let elsewhere = scene.role("Elsewhere", r#""ec2:RunInstances""#);
    let others = r#"{"Statement": [{"Effect": "Deny", "Action": "ec2:RunInstances",
        "Resource": "arn:aws:ec2:*:*:subnet/*"}]}"#;
    scene
        .world
        .put_role_policy(&elsewhere, "Others", others)
        .unwrap();
    let refusal = rehearse(scene.world.backend_as(&elsewhere)).await;
    assert_eq!(code(refusal), "UnauthorizedOperation");
}

#[tokio::test]
async fn a_copy_is_rehearsed_with_permissions_alone_those_to_tag_among_them() {
    let scene = Scene::new();
    let none = Tags::new();
    let some: Tags = [("a".to_owned(), "1".to_owned())].into();
    let copy = |tags| NewCopy {
        source_region: &scene.region,
        source: &scene.image,
        name: "copy",
        description: None,
        key: None,
        copy_tags: false,
        image_tags: tags,
        snapshot_tags: &none,
        client_token: None,
        completion_minutes: None,
    };
    let copier = scene
        .world
        .backend_as(&scene.role("Copier", r#""ec2:CopyImage""#));
    let rehearse = |tags| {
        let (copier, copy, region) = (copier.clone(), copy(tags), scene.region.clone());
        async move { copier.rehearse_copy(&region, &copy).await }
    };
    rehearse(&none).await.unwrap();
    assert_eq!(
        refused(rehearse(&some).await),
        ("CopyImage".into(), "UnauthorizedOperation".into())
    );
    let reader = scene
        .world
        .backend_as(&scene.role("Reader", r#""ec2:Describe*""#));
    let refusal = reader.rehearse_copy(&scene.region, &copy(&none)).await;
    assert_eq!(code(refusal), "UnauthorizedOperation");
    let stranger = scene.world.backend(stranger());
    stranger
        .rehearse_copy(&scene.region, &copy(&some))
        .await
        .unwrap();
    let own = scene.world.images_owned_by(&scene.region, owner());
    assert_eq!(own, std::slice::from_ref(&scene.image));
}

#[tokio::test]
async fn a_grant_is_rehearsed_by_kms_and_not_made() {
    let scene = Scene::new();
    let key = scene
        .world
        .create_key(&scene.region, owner(), NewKey::new());
    let operations: BTreeSet<String> = ["Decrypt".to_owned()].into();
    let grant = NewGrant {
        grantee: "arn:aws:iam::000000000001:root",
        name: "rehearsal",
        operations: &operations,
    };
    let rehearse = |account| {
        let backend = scene.world.backend(account);
        let (region, key) = (&scene.region, &key);
        async move { backend.rehearse_grant(region, key, &grant).await }
    };
    rehearse(owner()).await.unwrap();
    assert!(scene.world.grants(&key).is_empty());
    assert_eq!(
        refused(rehearse(stranger()).await),
        ("CreateGrant".into(), "AccessDeniedException".into())
    );
}

#[tokio::test]
async fn the_allowed_images_settings_are_told_as_they_are() {
    let scene = Scene::new();
    let told = || scene.backend.get_allowed_images_settings(&scene.region);
    assert_eq!(told().await.unwrap(), AllowedImagesSettings::Disabled);
    for (state, settings) in [
        (
            AllowedImagesState::AuditMode,
            AllowedImagesSettings::AuditMode,
        ),
        (AllowedImagesState::Enabled, AllowedImagesSettings::Enabled),
    ] {
        let allowed = AllowedImages::new(state, Vec::new());
        scene
            .world
            .set_allowed_images(owner(), &scene.region, allowed);
        assert_eq!(told().await.unwrap(), settings);
    }
}

#[tokio::test]
async fn a_parameter_is_written_over_in_versions_and_read_back() {
    let scene = Scene::new();
    let (backend, region) = (&scene.backend, &scene.region);
    let read = || async { backend.get_parameter(region, "/golden").await.unwrap() };
    assert_eq!(read().await, None);
    let next = scene
        .world
        .register_image(region, owner(), ImageSpec::named("next"));
    for (version, image) in [(1, &scene.image), (2, &next)] {
        let put = backend.put_image_parameter(region, "/golden", image).await;
        assert!(put.unwrap().is_some());
        let parameter = read().await.unwrap();
        assert_eq!(parameter.value, image.as_str());
        assert_eq!(parameter.data_type, "aws:ec2:image");
        assert_eq!(parameter.version, version);
    }
    // Parameter Store says that it is done, and keeps what was there.
    let nothing = "ami-0fffffffffffffff0".parse().unwrap();
    backend
        .put_image_parameter(region, "/golden", &nothing)
        .await
        .unwrap();
    assert_eq!(read().await.unwrap().value, next.as_str());

    let reader = scene.role("Reader", r#""ssm:Get*""#);
    let reader = scene.world.backend_as(&reader);
    assert!(
        reader
            .get_parameter(region, "/golden")
            .await
            .unwrap()
            .is_some()
    );
    let put = reader.put_image_parameter(region, "/golden", &next).await;
    assert_eq!(
        refused(put),
        ("PutParameter".into(), "AccessDeniedException".into())
    );
}

#[tokio::test]
async fn who_uses_an_image_is_told_to_its_owner_once_the_report_is_there() {
    let minute = Duration::from_secs(60);
    let scene = Scene::new();
    scene.add(&accounts(2..4)).await.unwrap();
    for account in [recipient(), recipient(), stranger()] {
        scene
            .world
            .run_instance(&scene.region, account, &scene.image)
            .unwrap();
    }
    let faults = Faults::none().reports_take(minute).report_fails(2);
    scene.world.set_faults(faults);
    let (backend, region, image) = (&scene.backend, &scene.region, &scene.image);
    let create = |accounts| backend.create_image_usage_report(region, image, accounts);
    let state = |report| async move {
        let state = backend.describe_image_usage_report(region, report).await;
        state.unwrap()
    };
    let entries = |report| async move {
        let entries = backend.describe_image_usage_report_entries(region, report);
        entries.await.unwrap()
    };
    let used = |usage: &[ImageUsage]| -> Vec<(AccountId, u64)> {
        assert!(usage.iter().all(|of| of.resource_type == "ec2:Instance"));
        assert!(usage.iter().all(|of| of.counted.is_some()));
        usage.iter().map(|of| (of.account, of.count)).collect()
    };

    let report = create(&[]).await.unwrap();
    assert_eq!(state(&report).await, UsageReportState::Pending);
    let pending = || backend.find_pending_image_usage_report(region, image);
    let found = pending().await.unwrap().unwrap();
    assert_eq!(found.id, report);
    assert_eq!(
        found.resource_types,
        UsageKind::ALL.map(str::to_owned).into()
    );
    assert!(found.accounts.is_empty());
    assert!(entries(&report).await.is_empty());
    scene.world.advance(minute);
    assert_eq!(pending().await.unwrap(), None);
    assert_eq!(state(&report).await, UsageReportState::Available);
    let all = [(recipient(), 2), (stranger(), 1)];
    assert_eq!(used(&entries(&report).await), all);

    let failed = create(&[]).await.unwrap();
    scene.world.advance(minute);
    let told = state(&failed).await;
    assert!(matches!(told, UsageReportState::Failed(reason) if !reason.is_empty()));
    let one = create(&[recipient()]).await.unwrap();
    let found = pending().await.unwrap().unwrap();
    assert_eq!(found.accounts, [recipient()].into());
    scene.world.advance(minute);
    assert_eq!(used(&entries(&one).await), [(recipient(), 2)]);

    let others = scene.world.backend(recipient());
    let refusal = others.create_image_usage_report(region, image, &[]).await;
    assert_eq!(
        refused(refusal),
        ("CreateImageUsageReport".into(), "AuthFailure".into())
    );
    let refusal = others.describe_image_usage_report(region, &one).await;
    assert_eq!(code(refusal), "InvalidImageUsageReportId.NotFound");
}
