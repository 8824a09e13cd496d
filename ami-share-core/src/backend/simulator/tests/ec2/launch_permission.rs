use super::super::*;
use crate::resource::ImageState;

#[tokio::test]
async fn adds_and_removes_in_one_call() {
    let scene = Scene::new();
    scene.add(&accounts(2..4)).await.unwrap();
    scene
        .modify(&accounts(4..6), &accounts(2..3))
        .await
        .unwrap();
    assert_eq!(scene.stored(), set(&accounts(3..6)));
    let read = scene
        .backend
        .describe_launch_permissions(&scene.region, &scene.image)
        .await;
    assert_eq!(read.unwrap(), scene.stored());
}

#[tokio::test]
async fn adding_what_is_there_and_removing_what_is_not_is_no_error() {
    let scene = Scene::new();
    scene.add(&accounts(2..3)).await.unwrap();
    scene
        .modify(&accounts(2..3), &accounts(7..9))
        .await
        .unwrap();
    assert_eq!(scene.stored(), set(&accounts(2..3)));
}

#[tokio::test]
async fn a_refused_change_stores_nothing_of_it() {
    let scene = Scene::new();
    scene.add(&accounts(2..3)).await.unwrap();
    let add = [account(4).into(), Principal::Public];
    let result = scene.modify(&add, &accounts(2..3)).await;
    assert_eq!(code(result), "OperationNotPermitted");
    assert_eq!(scene.stored(), set(&accounts(2..3)));
}

#[tokio::test]
async fn a_request_that_is_wrong_by_itself_is_refused() {
    let scene = Scene::new();
    assert_eq!(
        refused(scene.modify(&[], &[]).await),
        ("ModifyImageAttribute".into(), "MissingParameter".into())
    );
    scene.world.set_entity_quota(owner(), 20_000);
    scene.modify(&accounts(2..10_002), &[]).await.unwrap();
    let one_too_many = scene.modify(&[], &accounts(2..10_003)).await;
    assert_eq!(code(one_too_many), "InvalidParameterValue");
    let both = scene.modify(&accounts(2..5), &accounts(4..6)).await;
    assert_eq!(code(both), "InvalidParameterCombination");
}

#[tokio::test]
async fn an_organization_of_another_partition_is_no_principal() {
    let scene = Scene::new();
    let arn = "arn:aws-cn:organizations::000000000001:organization/o-aaaaaaaaaa";
    let error = scene.add(&[arn.parse().unwrap()]).await.unwrap_err();
    assert_eq!(error.code(), Some("InvalidAMIAttributeItemValue"));
    assert_eq!(
        error.message(),
        format!("Invalid attribute item value \"{arn}\" for OrganizationArn item type.")
    );
}

#[tokio::test]
async fn only_the_owner_reads_and_changes() {
    let scene = Scene::new();
    scene.add(&accounts(2..3)).await.unwrap();
    for (caller, expected) in [
        (recipient(), "AuthFailure"),
        (stranger(), "InvalidAMIID.NotFound"),
    ] {
        let backend = scene.world.backend(caller);
        let read = backend
            .describe_launch_permissions(&scene.region, &scene.image)
            .await;
        assert_eq!(
            refused(read),
            ("DescribeImageAttribute".into(), expected.into())
        );
        let change = backend
            .modify_launch_permissions(&scene.region, &scene.image, &accounts(9..10), &[])
            .await;
        assert_eq!(code(change), expected);
    }
    assert_eq!(scene.stored(), set(&accounts(2..3)));
}

#[tokio::test]
async fn only_an_available_image_is_shared() {
    for state in [
        ImageState::Pending,
        ImageState::Failed,
        ImageState::Disabled,
        ImageState::Deregistered,
    ] {
        let scene = Scene::with(ImageSpec::named("golden").state(state));
        let result = scene.add(&accounts(2..3)).await;
        assert_eq!(code(result), "InvalidAMIID.Unavailable");
    }
}

#[tokio::test]
async fn accounts_organizations_and_ous_count_against_the_quota_and_the_public_does_not() {
    let scene = Scene::new();
    let organization: Principal = scene.world.create_organization(account(90)).unwrap().into();
    let unit = scene
        .world
        .create_organizational_unit(&organization)
        .unwrap();
    scene.world.set_image_block_public_access(
        owner(),
        &scene.region,
        crate::resource::BlockPublicAccess::Unblocked,
    );
    scene.world.set_entity_quota(owner(), 3);
    let full = [
        account(2).into(),
        organization,
        unit.into(),
        Principal::Public,
    ];
    scene.add(&full).await.unwrap();
    let over = scene.add(&accounts(3..4)).await;
    assert_eq!(code(over), "ResourceLimitExceeded");
    // What counts is the set after the change.
    scene
        .modify(&accounts(3..4), &accounts(2..3))
        .await
        .unwrap();
}

#[tokio::test]
async fn the_quota_is_1000_and_an_image_over_a_lowered_one_can_shrink() {
    let scene = Scene::new();
    scene.add(&accounts(2..1_002)).await.unwrap();
    assert_eq!(
        code(scene.add(&accounts(1_002..1_003)).await),
        "ResourceLimitExceeded"
    );
    scene.world.set_entity_quota(owner(), 10);
    scene.modify(&[], &accounts(2..3)).await.unwrap();
    assert_eq!(scene.stored().len(), 999);
}

#[tokio::test]
async fn a_recipient_gives_up_its_own_entry() {
    let scene = Scene::new();
    scene.add(&accounts(2..4)).await.unwrap();
    let backend = scene.world.backend(recipient());
    let cancel = || backend.cancel_image_launch_permission(&scene.region, &scene.image);
    assert!(cancel().await.unwrap().is_some());
    assert_eq!(scene.stored(), set(&accounts(3..4)));
    assert_eq!(
        refused(cancel().await),
        (
            "CancelImageLaunchPermission".into(),
            "InvalidAMIID.NotFound".into()
        )
    );
}

#[tokio::test]
async fn access_through_an_organization_cannot_be_given_up() {
    let scene = Scene::new();
    let organization = scene.world.create_organization(recipient()).unwrap();
    scene.add(&[organization.into()]).await.unwrap();
    let backend = scene.world.backend(recipient());
    let result = backend
        .cancel_image_launch_permission(&scene.region, &scene.image)
        .await;
    assert_eq!(code(result), "OperationNotPermitted");
    assert!(scene.launches(recipient()));
}

#[tokio::test]
async fn a_thousand_images_with_a_thousand_accounts_are_no_matter() {
    let scene = Scene::new();
    let principals = accounts(2..1_002);
    for _ in 0..1_000 {
        let image =
            scene
                .world
                .register_image(&scene.region, owner(), ImageSpec::named("one of many"));
        scene
            .backend
            .modify_launch_permissions(&scene.region, &image, &principals, &[])
            .await
            .unwrap();
    }
    let backend = scene.world.backend(account(1_001));
    let page = backend.describe_shared_images(&scene.region, None).await;
    assert_eq!(page.unwrap().items.len(), 1_000);
}
