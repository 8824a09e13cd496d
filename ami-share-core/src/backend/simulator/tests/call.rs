use super::super::Outcome;
use super::*;

#[tokio::test]
async fn every_call_is_logged_with_its_request_id_and_outcome() {
    let scene = Scene::new();
    let request_id = scene
        .backend
        .modify_launch_permissions(&scene.region, &scene.image, &accounts(2..3), &[])
        .await
        .unwrap();
    let refusal = scene.add(&[Principal::Public]).await.unwrap_err();
    scene
        .backend
        .describe_launch_permissions(&scene.region, &scene.image)
        .await
        .unwrap();
    assert_eq!(request_id.as_deref(), Some("sim-000001"));
    assert_eq!(refusal.request_id(), Some("sim-000002"));

    let calls = scene.world.calls();
    let told: Vec<_> = calls
        .iter()
        .map(|call| (call.operation, call.write, call.outcome.clone()))
        .collect();
    let refused = Outcome::Refused("OperationNotPermitted".into());
    assert_eq!(
        told,
        [
            ("ModifyImageAttribute", true, Outcome::Done),
            ("ModifyImageAttribute", true, refused),
            ("DescribeImageAttribute", false, Outcome::Done),
        ]
    );
    assert!(calls.iter().all(|call| call.account == owner()));
    assert!(calls.iter().all(|call| call.region == scene.region));

    scene.world.clear_calls();
    assert_eq!(scene.world.calls(), []);
}

#[tokio::test]
async fn a_denied_operation_is_refused_for_its_account_alone() {
    let scene = Scene::new();
    let organization: Principal = scene.world.create_organization(owner()).unwrap().into();
    scene.world.deny(owner(), "GetImageBlockPublicAccessState");
    scene.world.deny(owner(), "ListAccounts");
    let setting = || {
        scene
            .backend
            .get_image_block_public_access_state(&scene.region)
    };
    assert_eq!(
        refused(setting().await),
        (
            "GetImageBlockPublicAccessState".into(),
            "UnauthorizedOperation".into()
        )
    );
    let listed = scene
        .backend
        .list_accounts_under(&scene.region, &organization)
        .await;
    assert_eq!(
        refused(listed),
        ("ListAccounts".into(), "AccessDeniedException".into())
    );
    let other = scene.world.backend(stranger());
    assert!(
        other
            .get_image_block_public_access_state(&scene.region)
            .await
            .is_ok()
    );
    scene.world.allow(owner(), "GetImageBlockPublicAccessState");
    assert!(setting().await.is_ok());
}

#[tokio::test]
async fn a_denied_write_changes_nothing() {
    let scene = Scene::new();
    scene.world.deny(owner(), "ModifyImageAttribute");
    let result = scene.add(&accounts(2..3)).await;
    assert_eq!(code(result), "UnauthorizedOperation");
    assert!(scene.stored().is_empty());
}
