use super::*;
use crate::id::IamPrincipalArn;

const TRUST: &str = r#"{"Version": "2012-10-17", "Statement": [{"Effect": "Allow",
    "Principal": {"AWS": "000000000001"}, "Action": "sts:AssumeRole"}]}"#;

fn role(world: &World, policy: &str) -> IamPrincipalArn {
    let role = world.create_role(owner(), "Sharer", TRUST).unwrap();
    world.put_role_policy(&role, "Share", policy).unwrap();
    role
}

#[tokio::test]
async fn a_role_may_share_what_its_policy_names() {
    let scene = Scene::new();
    let policy = format!(
        r#"{{"Statement": [{{"Effect": "Allow", "Action": "ec2:ModifyImageAttribute",
            "Resource": "arn:aws:ec2:eu-central-1::image/{}"}}]}}"#,
        scene.image
    );
    let role = role(&scene.world, &policy);
    let backend = scene.world.backend_as(&role);
    backend
        .modify_launch_permissions(&scene.region, &scene.image, &accounts(2..3), &[])
        .await
        .unwrap();
    assert!(scene.launches(recipient()));
    let other = scene
        .world
        .register_image(&scene.region, owner(), ImageSpec::named("other"));
    let result = backend
        .modify_launch_permissions(&scene.region, &other, &accounts(2..3), &[])
        .await;
    assert_eq!(code(result), "UnauthorizedOperation");
    let reading = backend
        .describe_launch_permissions(&scene.region, &scene.image)
        .await;
    assert_eq!(code(reading), "UnauthorizedOperation");
}

#[tokio::test]
async fn conditions_on_region_and_organization_are_looked_at() {
    let scene = Scene::new();
    let organization: Principal = scene.world.create_organization(stranger()).unwrap().into();
    let policy = r#"{"Statement": [{"Effect": "Allow", "Action": "ec2:*", "Resource": "*",
        "Condition": {"StringEquals": {"aws:RequestedRegion": "eu-central-1",
            "aws:PrincipalOrgID": "o-0000000001"}}}]}"#;
    let role = role(&scene.world, policy);
    let backend = scene.world.backend_as(&role);
    let ask = |region: &str| {
        let region: Region = region.parse().unwrap();
        let backend = backend.clone();
        async move { backend.get_image_block_public_access_state(&region).await }
    };
    assert_eq!(code(ask("eu-central-1").await), "UnauthorizedOperation");
    scene.world.create_account(&organization, owner()).unwrap();
    assert!(ask("eu-central-1").await.is_ok());
    assert_eq!(code(ask("us-east-1").await), "UnauthorizedOperation");
}

#[tokio::test]
async fn an_explicit_deny_wins_and_is_told() {
    let scene = Scene::new();
    let role = role(
        &scene.world,
        r#"{"Statement": [
            {"Effect": "Allow", "Action": "ec2:*", "Resource": "*"},
            {"Effect": "Deny", "Action": "ec2:ModifyImageAttribute", "Resource": "*"}]}"#,
    );
    let error = scene
        .world
        .backend_as(&role)
        .modify_launch_permissions(&scene.region, &scene.image, &accounts(2..3), &[])
        .await
        .unwrap_err();
    assert_eq!(error.code(), Some("UnauthorizedOperation"));
    let told = "with an explicit deny in an identity-based policy";
    assert!(error.to_string().contains(told), "{error}");
}

#[tokio::test]
async fn a_principal_that_is_not_there_may_nothing() {
    let scene = Scene::new();
    let nobody = "arn:aws:iam::000000000001:user/nobody".parse().unwrap();
    let result = scene
        .world
        .backend_as(&nobody)
        .get_image_block_public_access_state(&scene.region)
        .await;
    assert_eq!(code(result), "UnauthorizedOperation");
}

#[test]
fn a_role_is_made_once_and_from_a_policy_that_is_one() {
    let world = World::new();
    let made = world.create_role(owner(), "Sharer", TRUST).unwrap();
    assert_eq!(made.as_str(), "arn:aws:iam::000000000001:role/Sharer");
    let again = world.create_role(owner(), "sharer", TRUST);
    assert_eq!(
        refused(again),
        ("CreateRole".into(), "EntityAlreadyExists".into())
    );
    let bad = world.create_role(owner(), "Other", "{}");
    assert_eq!(code(bad), "MalformedPolicyDocument");
    let bad = world.create_role(owner(), "a name", TRUST);
    assert_eq!(code(bad), "ValidationError");
    let missing = "arn:aws:iam::000000000001:role/Nobody".parse().unwrap();
    let put = world.put_role_policy(&missing, "P", TRUST.replace("Principal", "X").as_str());
    assert_eq!(code(put), "MalformedPolicyDocument");
}
