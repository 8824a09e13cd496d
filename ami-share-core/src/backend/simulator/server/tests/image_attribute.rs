use super::super::super::ImageSpec;
use super::ec2::{OWNER, RECIPIENT, STRANGER, Scene, account, plain, text, texts};
use crate::principal::{Principal, PrincipalSet};

fn stored(scene: &Scene) -> PrincipalSet {
    scene
        .world
        .launch_permissions(&scene.region, &scene.image)
        .unwrap()
}

fn set(principals: &[&str]) -> PrincipalSet {
    principals
        .iter()
        .map(|text| text.parse().unwrap())
        .collect()
}

#[tokio::test]
async fn each_attribute_is_told_and_an_empty_one_as_an_empty_element() {
    let scene = Scene::with(
        ImageSpec::named("golden")
            .description("best")
            .product_code("abc"),
    )
    .await;
    for (attribute, expected) in [
        ("launchPermission", "<launchPermission/>"),
        (
            "description",
            "<description><value>best</value></description>",
        ),
        (
            "productCodes",
            "<productCodes><item><productCode>abc</productCode><type>marketplace</type></item></productCodes>",
        ),
        ("bootMode", "<bootMode/>"),
        ("imdsSupport", "<imdsSupport/>"),
        ("lastLaunchedTime", "<lastLaunchedTime/>"),
        (
            "deregistrationProtection",
            "<deregistrationProtection><value>disabled</value></deregistrationProtection>",
        ),
        ("kernel", "<kernel/>"),
        ("ramdisk", "<ramdisk/>"),
        ("sriovNetSupport", "<sriovNetSupport/>"),
        ("tpmSupport", "<tpmSupport/>"),
        ("uefiData", "<uefiData/>"),
    ] {
        let answer = scene
            .change("DescribeImageAttribute", &[("Attribute", attribute)])
            .await;
        assert!(answer.contains(expected), "{attribute}: {answer}");
        assert_eq!(text(&answer, "imageId").unwrap(), scene.image.as_str());
    }
    for (attribute, code) in [
        ("blockDeviceMapping", "AuthFailure"),
        ("colour", "InvalidParameterValue"),
        ("", "MissingParameter"),
    ] {
        let params = [("Attribute", attribute)];
        let refused = scene.refused("DescribeImageAttribute", &params).await;
        assert_eq!(refused, code, "{attribute}");
    }
}

#[tokio::test]
async fn only_the_owner_reads_and_changes_attributes() {
    let scene = Scene::new().await;
    scene.share(RECIPIENT).await;
    let read = [
        ("ImageId", scene.image.as_str()),
        ("Attribute", "launchPermission"),
    ];
    let write = [
        ("ImageId", scene.image.as_str()),
        ("LaunchPermission.Add.1.UserId", STRANGER),
    ];
    for (caller, code) in [
        (RECIPIENT, "AuthFailure"),
        (STRANGER, "InvalidAMIID.NotFound"),
    ] {
        assert_eq!(
            scene.no(caller, "DescribeImageAttribute", &read).await,
            code
        );
        assert_eq!(scene.no(caller, "ModifyImageAttribute", &write).await, code);
        assert_eq!(scene.no(caller, "ResetImageAttribute", &read).await, code);
        assert_eq!(scene.no(caller, "DisableImage", &read[..1]).await, code);
        assert_eq!(scene.no(caller, "DeregisterImage", &read[..1]).await, code);
    }
    assert_eq!(stored(&scene), set(&[RECIPIENT]));
}

#[tokio::test]
async fn all_kinds_of_permissions_are_added_and_removed_in_one_call() {
    let scene = Scene::new().await;
    scene.world.set_image_block_public_access(
        account(OWNER),
        &scene.region,
        crate::resource::BlockPublicAccess::Unblocked,
    );
    let organization = "arn:aws:organizations::123456789012:organization/o-1234567890";
    let unit = "arn:aws:organizations::123456789012:ou/o-1234567890/ou-1234-12345678";
    scene.share(STRANGER).await;
    scene
        .change(
            "ModifyImageAttribute",
            &[
                ("LaunchPermission.Add.1.UserId", RECIPIENT),
                ("LaunchPermission.Add.2.OrganizationArn", organization),
                ("LaunchPermission.Add.3.OrganizationalUnitArn", unit),
                ("LaunchPermission.Add.4.Group", "all"),
                ("LaunchPermission.Remove.1.UserId", STRANGER),
            ],
        )
        .await;
    assert_eq!(stored(&scene), set(&[RECIPIENT, organization, unit, "all"]));
    let answer = scene
        .change(
            "DescribeImageAttribute",
            &[("Attribute", "launchPermission")],
        )
        .await;
    assert_eq!(texts(&answer, "userId"), [RECIPIENT]);
    assert_eq!(texts(&answer, "organizationArn"), [organization]);
    assert_eq!(texts(&answer, "organizationalUnitArn"), [unit]);
    assert_eq!(texts(&answer, "group"), ["all"]);

    scene
        .change("ResetImageAttribute", &[("Attribute", "launchPermission")])
        .await;
    assert!(stored(&scene).is_empty());
    assert_eq!(
        scene
            .refused("ResetImageAttribute", &[("Attribute", "description")])
            .await,
        "InvalidParameterValue"
    );
}

#[tokio::test]
async fn the_structured_form_passes_with_what_clients_send_beside_it() {
    let scene = Scene::new().await;
    for beside in [
        &[][..],
        &[("Attribute", "launchPermission")],
        &[("Attribute", "LaunchPermission")],
        &[("OperationType", "add")],
    ] {
        let params = [&[("LaunchPermission.Add.1.UserId", RECIPIENT)], beside].concat();
        scene.change("ModifyImageAttribute", &params).await;
    }
    assert_eq!(stored(&scene), set(&[RECIPIENT]));
}

#[tokio::test]
async fn the_older_form_no_longer_shares() {
    let scene = Scene::new().await;
    let params = [
        ("ImageId", scene.image.as_str()),
        ("Attribute", "launchPermission"),
        ("OperationType", "add"),
        ("UserId.1", RECIPIENT),
    ];
    let (status, answer) = scene
        .wire
        .query(OWNER, "ec2", "ModifyImageAttribute", &params)
        .await;
    assert_eq!(status, 400);
    assert!(
        answer.contains(
            "<Code>MissingParameter</Code><Message>The request must contain the parameter \
             LaunchPermission</Message>"
        ),
        "{answer}"
    );
    assert!(stored(&scene).is_empty());
}

#[tokio::test]
async fn a_bad_item_is_named_and_nothing_is_stored() {
    let scene = Scene::new().await;
    for (field, value, kind) in [
        ("UserId", "1234", "userId"),
        ("Group", "everyone", "UserGroup"),
        ("OrganizationArn", "o-1234567890", "OrganizationArn"),
        (
            "OrganizationalUnitArn",
            "ou-1234-12345678",
            "OrganizationalUnitArn",
        ),
    ] {
        let name = format!("LaunchPermission.Add.2.{field}");
        let params = [
            ("ImageId", scene.image.as_str()),
            ("LaunchPermission.Add.1.UserId", RECIPIENT),
            (name.as_str(), value),
        ];
        let (_, answer) = scene
            .wire
            .query(OWNER, "ec2", "ModifyImageAttribute", &params)
            .await;
        let expected = format!(
            "<Code>InvalidAMIAttributeItemValue</Code><Message>Invalid attribute item value \
             \"{value}\" for {kind} item type.</Message>"
        );
        assert!(plain(&answer).contains(&expected), "{answer}");
    }
    assert!(stored(&scene).is_empty());
}

#[tokio::test]
async fn what_a_call_cannot_mean_is_refused() {
    let scene = Scene::new().await;
    for (params, code) in [
        (&[][..], "MissingParameter"),
        (&[("Attribute", "colour")], "InvalidParameterValue"),
        (&[("ProductCode.1", "abc")], "InvalidParameterValue"),
        (
            &[
                ("LaunchPermission.Add.1.UserId", RECIPIENT),
                ("Description.Value", "x"),
            ],
            "InvalidParameterCombination",
        ),
        (
            &[
                ("LaunchPermission.Add.1.UserId", RECIPIENT),
                ("UserId.1", STRANGER),
            ],
            "InvalidParameterCombination",
        ),
        (
            &[
                ("LaunchPermission.Add.1.UserId", RECIPIENT),
                ("Attribute", "description"),
            ],
            "InvalidParameterCombination",
        ),
        (
            &[
                ("LaunchPermission.Add.1.UserId", RECIPIENT),
                ("LaunchPermission.Add.1.Group", "all"),
            ],
            "InvalidParameterCombination",
        ),
        (
            &[("LaunchPermission.Add.1.Account", RECIPIENT)],
            "UnknownParameter",
        ),
        (
            &[("LaunchPermission.Set.1.UserId", RECIPIENT)],
            "UnknownParameter",
        ),
        (&[("ImdsSupport.Value", "v1.0")], "InvalidParameterValue"),
        (&[("Colour", "red")], "UnknownParameter"),
    ] {
        assert_eq!(
            scene.refused("ModifyImageAttribute", params).await,
            code,
            "{params:?}"
        );
    }
    assert!(stored(&scene).is_empty());
}

#[tokio::test]
async fn the_description_is_set_by_either_form_and_imds_once_and_for_all() {
    let scene = Scene::new().await;
    for (params, expected) in [
        (&[("Description.Value", "one")][..], "one"),
        (
            &[("Attribute", "Description"), ("Description.Value", "two")],
            "two",
        ),
        (&[("Attribute", "description"), ("Value", "three")], "three"),
    ] {
        scene.change("ModifyImageAttribute", params).await;
        let answer = scene
            .change("DescribeImageAttribute", &[("Attribute", "description")])
            .await;
        assert_eq!(text(&answer, "value").unwrap(), expected);
    }
    scene
        .change("ModifyImageAttribute", &[("ImdsSupport.Value", "v2.0")])
        .await;
    let image = [("ImageId.1", scene.image.as_str())];
    let answer = scene.ok(OWNER, "DescribeImages", &image).await;
    assert!(
        answer.contains("<imdsSupport>v2.0</imdsSupport>"),
        "{answer}"
    );
}

#[tokio::test]
async fn a_recipient_cancels_its_own_entry_alone() {
    let scene = Scene::new().await;
    scene.share(RECIPIENT).await;
    scene.share(STRANGER).await;
    let image = [("ImageId", scene.image.as_str())];
    let dry = [image[0], ("DryRun", "true")];
    let answer = scene
        .no(RECIPIENT, "CancelImageLaunchPermission", &dry)
        .await;
    assert_eq!(answer, "DryRunOperation");
    assert_eq!(stored(&scene).len(), 2);
    let answer = scene
        .ok(RECIPIENT, "CancelImageLaunchPermission", &image)
        .await;
    assert!(answer.contains("<return>true</return>"), "{answer}");
    assert_eq!(
        stored(&scene),
        PrincipalSet::from_iter([Principal::Account(account(STRANGER))])
    );
}

#[tokio::test]
async fn what_is_under_the_key_of_aws_is_not_shared() {
    let scene = Scene::with(ImageSpec::named("golden").snapshot().encrypted_by_aws()).await;
    let add = [("LaunchPermission.Add.1.UserId", RECIPIENT)];
    assert_eq!(
        scene.refused("ModifyImageAttribute", &add).await,
        "InvalidParameter"
    );
    assert!(stored(&scene).is_empty());
    let remove = [("LaunchPermission.Remove.1.UserId", RECIPIENT)];
    scene.change("ModifyImageAttribute", &remove).await;
}
