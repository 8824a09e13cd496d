//! The roles of AWS services: they launch what somebody in their own account granted them.

use super::super::NewKey;
use super::*;
use crate::backend::NewGrant;
use crate::id::{IamPrincipalArn, KeyArn};
use crate::policy::KeyPolicy;

const SERVICE: &str = "autoscaling.amazonaws.com";
/// What AWS's guide to Auto Scaling grants
const OPERATIONS: [&str; 8] = [
    "CreateGrant",
    "Decrypt",
    "DescribeKey",
    "Encrypt",
    "GenerateDataKey",
    "GenerateDataKeyWithoutPlaintext",
    "ReEncryptFrom",
    "ReEncryptTo",
];

/// An encrypted image that is shared with the recipient, whose key leaves all else to the recipient's
/// account
async fn shared() -> (Scene, KeyArn) {
    let world = World::new();
    let region = region();
    let text = format!(
        r#"{{"Version": "2012-10-17", "Statement": [{{"Effect": "Allow", "Action": "kms:*",
            "Principal": {{"AWS": ["{}", "{}"]}}, "Resource": "*"}}]}}"#,
        owner(),
        recipient()
    );
    let key = NewKey::new().policy(KeyPolicy::parse(&text).unwrap());
    let key = world.create_key(&region, owner(), key);
    let image = ImageSpec::named("golden").encrypted_with(&key);
    let image = world.register_image(&region, owner(), image);
    let backend = world.backend(owner());
    let scene = Scene {
        world,
        region,
        image,
        backend,
    };
    scene.add(&accounts(2..3)).await.unwrap();
    (scene, key)
}

async fn grant(
    scene: &Scene,
    by: AccountId,
    to: &IamPrincipalArn,
    key: &KeyArn,
) -> Result<(), ApiError> {
    let operations = OPERATIONS.map(str::to_owned).into();
    let grant = NewGrant {
        name: "launch",
        grantee: to.as_str(),
        operations: &operations,
    };
    let backend = scene.world.backend(by);
    let made = backend.create_grant(&scene.region, key, &grant).await;
    made.map(|_| ())
}

fn launches(scene: &Scene, role: &IamPrincipalArn) -> Result<(), String> {
    let judged = scene.world.can_launch_as(&scene.region, role, &scene.image);
    match judged.allowed {
        true => Ok(()),
        false => Err(judged.reason),
    }
}

fn of(account: AccountId) -> IamPrincipalArn {
    format!("arn:aws:iam::{account}:role/aws-service-role/{SERVICE}/AWSServiceRoleForAutoScaling")
        .parse()
        .unwrap()
}

#[tokio::test]
async fn auto_scaling_launches_an_image_under_a_foreign_key_by_a_grant_of_its_own_account_alone() {
    let (scene, key) = shared().await;
    assert!(scene.launches(recipient()));
    let role = of(recipient());
    assert_eq!(
        launches(&scene, &role),
        Err(format!("there is no `{role}`"))
    );
    let made = scene.world.create_service_linked_role(recipient(), SERVICE);
    assert_eq!(made.unwrap(), role);
    let reason = launches(&scene, &role).unwrap_err();
    assert!(reason.contains("kms:"), "{reason}");
    grant(&scene, recipient(), &role, &key).await.unwrap();
    assert_eq!(launches(&scene, &role), Ok(()));
    let other = scene.world.create_service_linked_role(stranger(), SERVICE);
    let reason = launches(&scene, &other.unwrap()).unwrap_err();
    assert!(reason.contains("no launch permission"), "{reason}");
}

#[tokio::test]
async fn a_grant_to_a_role_that_is_not_there_is_refused() {
    let (scene, key) = shared().await;
    let refusal = grant(&scene, recipient(), &of(recipient()), &key).await;
    assert_eq!(code(refusal), "InvalidArnException");
    let trust = format!(
        r#"{{"Version": "2012-10-17", "Statement": [{{"Effect": "Allow",
            "Principal": {{"AWS": "{}"}}, "Action": "sts:AssumeRole"}}]}}"#,
        owner()
    );
    let role = scene.world.create_role(recipient(), "Recipient", &trust);
    grant(&scene, recipient(), &role.unwrap(), &key)
        .await
        .unwrap();
    let nobody = format!("arn:aws:iam::{}:role/Nobody", recipient());
    let refusal = grant(&scene, recipient(), &nobody.parse().unwrap(), &key).await;
    assert_eq!(code(refusal), "InvalidArnException");
}

#[tokio::test]
async fn in_its_own_account_a_key_policy_that_names_the_role_is_enough() {
    let (scene, key) = shared().await;
    let role = scene
        .world
        .create_service_linked_role(owner(), SERVICE)
        .unwrap();
    // That the policy leaves the key to the account is not enough: the role has no policies for it.
    assert!(launches(&scene, &role).is_err());
    let text = scene
        .world
        .key_policy(&key)
        .unwrap()
        .as_str()
        .replace(&format!(r#""{}""#, recipient()), &format!(r#""{role}""#));
    let named = KeyPolicy::parse(&text).unwrap();
    scene.world.put_key_policy(&key, &named).unwrap();
    assert_eq!(launches(&scene, &role), Ok(()));
}

#[test]
fn each_service_has_its_role_once() {
    let world = World::new();
    for (service, name) in [
        (SERVICE, "AWSServiceRoleForAutoScaling"),
        ("ec2fleet.amazonaws.com", "AWSServiceRoleForEC2Fleet"),
        ("spot.amazonaws.com", "AWSServiceRoleForEC2Spot"),
        ("spotfleet.amazonaws.com", "AWSServiceRoleForEC2SpotFleet"),
    ] {
        let role = world.create_service_linked_role(owner(), service).unwrap();
        assert!(
            role.as_str().ends_with(&format!("{service}/{name}")),
            "{role}"
        );
        let again = world.create_service_linked_role(owner(), service);
        assert_eq!(code(again), "InvalidInput");
        let image = world.register_image(&region(), owner(), ImageSpec::named("plain"));
        let judged = world.can_launch_as(&region(), &role, &image);
        assert!(judged.allowed, "{judged:?}");
    }
    let other = world.create_service_linked_role(owner(), "s3.amazonaws.com");
    assert_eq!(code(other), "InvalidInput");
}
