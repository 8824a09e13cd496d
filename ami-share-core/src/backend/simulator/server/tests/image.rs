use super::super::super::{AllowedImages, AllowedImagesState, ImageCriterion, ImageSpec};
use super::ec2::{OWNER, RECIPIENT, STRANGER, Scene, account, text, texts};

#[tokio::test]
async fn an_image_is_told_with_all_that_clients_read() {
    let spec = ImageSpec::named("golden")
        .description("the <best>")
        .architecture("arm64")
        .encrypted_snapshot()
        .product_code("abc")
        .tag("team", "images");
    let scene = Scene::with(spec).await;
    let answer = scene
        .ok(OWNER, "DescribeImages", &[("Owner.1", "self")])
        .await;
    let snapshot = &scene.world.snapshots_of(&scene.region, &scene.image)[0];
    for expected in [
        &format!("<imageId>{}</imageId>", scene.image),
        &format!("<imageLocation>{OWNER}/golden</imageLocation>"),
        "<imageState>available</imageState>",
        &format!("<imageOwnerId>{OWNER}</imageOwnerId>"),
        "<isPublic>false</isPublic>",
        "<productCodes><item><productCode>abc</productCode><type>marketplace</type></item></productCodes>",
        "<architecture>arm64</architecture>",
        "<name>golden</name>",
        "<description>the &lt;best&gt;</description>",
        "<rootDeviceType>ebs</rootDeviceType>",
        "<rootDeviceName>/dev/xvda</rootDeviceName>",
        &format!(
            "<blockDeviceMapping><item><deviceName>/dev/xvda</deviceName><ebs>\
             <snapshotId>{snapshot}</snapshotId><volumeSize>8</volumeSize>\
             <deleteOnTermination>true</deleteOnTermination><volumeType>gp3</volumeType>\
             <encrypted>true</encrypted></ebs></item></blockDeviceMapping>"
        ),
        "<tagSet><item><key>team</key><value>images</value></item></tagSet>",
        "<deregistrationProtection>disabled</deregistrationProtection>",
    ] {
        assert!(answer.contains(expected), "{expected} in {answer}");
    }
    let created = text(&answer, "creationDate").unwrap();
    assert!(created.starts_with("2026-01-01T00:00:0"), "{created}");
    assert!(created.ends_with('Z'), "{created}");
}

#[tokio::test]
async fn every_filter_finds_what_it_names_and_nothing_else() {
    let spec = ImageSpec::named("golden")
        .description("best")
        .encrypted_snapshot()
        .product_code("abc")
        .tag("team", "images");
    let scene = Scene::with(spec).await;
    let other = ImageSpec::named("other")
        .architecture("arm64")
        .instance_store();
    let other = scene.register(RECIPIENT, other).to_string();
    let golden = scene.image.to_string();
    scene
        .ok(
            RECIPIENT,
            "ModifyImageAttribute",
            &[
                ("ImageId", &other),
                ("LaunchPermission.Add.1.UserId", OWNER),
            ],
        )
        .await;
    let snapshot = scene.world.snapshots_of(&scene.region, &scene.image)[0].to_string();
    for (name, value) in [
        ("architecture", "x86_64"),
        ("block-device-mapping.delete-on-termination", "true"),
        ("block-device-mapping.device-name", "/dev/xvda"),
        ("block-device-mapping.encrypted", "true"),
        ("block-device-mapping.snapshot-id", snapshot.as_str()),
        ("block-device-mapping.volume-size", "8"),
        ("block-device-mapping.volume-type", "gp3"),
        ("description", "b?st"),
        ("image-id", golden.as_str()),
        ("name", "gold*"),
        ("owner-id", OWNER),
        ("product-code", "abc"),
        ("product-code.type", "marketplace"),
        ("root-device-type", "ebs"),
        ("tag-key", "team"),
        ("tag:team", "images"),
    ] {
        let filter = [("Filter.1.Name", name), ("Filter.1.Value.1", value)];
        let found = scene.found(OWNER, &filter).await;
        assert_eq!(found, [golden.as_str()], "{name}");
    }
    for (name, value) in [
        ("creation-date", "2026-01-01T*"),
        ("ena-support", "true"),
        ("hypervisor", "xen"),
        ("image-type", "machine"),
        ("is-public", "false"),
        ("root-device-name", "/dev/xvda"),
        ("state", "available"),
        ("virtualization-type", "hvm"),
    ] {
        let filter = [("Filter.1.Name", name), ("Filter.1.Value.1", value)];
        let found = scene.found(OWNER, &filter).await;
        assert_eq!(found.len(), 2, "{name}");
    }
    for name in [
        "boot-mode",
        "owner-alias",
        "platform",
        "source-image-id",
        "source-image-region",
        "state-reason-code",
    ] {
        let filter = [("Filter.1.Name", name), ("Filter.1.Value.1", "*")];
        assert!(scene.found(OWNER, &filter).await.is_empty(), "{name}");
    }
}

#[tokio::test]
async fn values_of_a_filter_are_alternatives_and_filters_are_not() {
    let scene = Scene::new().await;
    let two = scene.register(OWNER, ImageSpec::named("two").tag("os", "linux"));
    let both = [
        ("Filter.1.Name", "name"),
        ("Filter.1.Value.1", "golden"),
        ("Filter.1.Value.2", "two"),
    ];
    assert_eq!(scene.found(OWNER, &both).await.len(), 2);
    let narrowed = [
        &both[..],
        &[("Filter.2.Name", "tag:os"), ("Filter.2.Value.1", "*")],
    ]
    .concat();
    assert_eq!(scene.found(OWNER, &narrowed).await, [two.to_string()]);
}

#[tokio::test]
async fn a_filter_that_is_none_and_too_many_values_are_refused() {
    let scene = Scene::new().await;
    let filter = [("Filter.1.Name", "colour"), ("Filter.1.Value.1", "red")];
    let (status, answer) = scene
        .wire
        .query(OWNER, "ec2", "DescribeImages", &filter)
        .await;
    assert_eq!(status, 400);
    assert_eq!(text(&answer, "Code").unwrap(), "InvalidParameterValue");
    assert_eq!(
        text(&answer, "Message").unwrap(),
        "The filter 'colour' is invalid"
    );

    let names: Vec<String> = (1..=201).map(|n| format!("Filter.1.Value.{n}")).collect();
    let mut filter = vec![("Filter.1.Name", "name")];
    filter.extend(names.iter().map(|name| (name.as_str(), "x")));
    assert_eq!(
        scene.no(OWNER, "DescribeImages", &filter).await,
        "FilterLimitExceeded"
    );
    filter.pop();
    assert!(scene.found(OWNER, &filter).await.is_empty());
}

#[tokio::test]
async fn owners_and_executors_narrow_what_is_seen() {
    let scene = Scene::new().await;
    let golden = scene.image.to_string();
    let own = scene
        .register(RECIPIENT, ImageSpec::named("own"))
        .to_string();
    scene.share(RECIPIENT).await;
    let found = async |caller, params: &[(&str, &str)]| scene.found(caller, params).await;
    assert_eq!(found(RECIPIENT, &[]).await, [golden.as_str(), own.as_str()]);
    assert_eq!(
        found(RECIPIENT, &[("Owner.1", "self")]).await,
        [own.as_str()]
    );
    assert_eq!(
        found(RECIPIENT, &[("Owner.1", OWNER)]).await,
        [golden.as_str()]
    );
    assert!(found(RECIPIENT, &[("Owner.1", "amazon")]).await.is_empty());
    assert_eq!(
        found(RECIPIENT, &[("Owner.1", OWNER), ("Owner.2", "self")])
            .await
            .len(),
        2
    );
    for me in ["self", RECIPIENT] {
        assert_eq!(
            found(RECIPIENT, &[("ExecutableBy.1", me)]).await,
            [golden.as_str()]
        );
    }
    assert_eq!(
        found(OWNER, &[("ExecutableBy.1", RECIPIENT)]).await,
        [golden.as_str()]
    );
    assert!(
        found(OWNER, &[("ExecutableBy.1", STRANGER)])
            .await
            .is_empty()
    );
    assert!(
        found(RECIPIENT, &[("ExecutableBy.1", "all")])
            .await
            .is_empty()
    );
    assert!(found(STRANGER, &[]).await.is_empty());
    assert_eq!(
        scene
            .no(OWNER, "DescribeImages", &[("Owner.1", "me")])
            .await,
        "InvalidUserID.Malformed"
    );
}

#[tokio::test]
async fn an_account_is_not_told_as_executor_where_it_gets_in_by_its_organization() {
    let scene = Scene::new().await;
    let world = &scene.world;
    let organization = world.create_organization(account(OWNER)).unwrap();
    world
        .create_account(&organization.clone().into(), account(RECIPIENT))
        .unwrap();
    scene
        .change(
            "ModifyImageAttribute",
            &[(
                "LaunchPermission.Add.1.OrganizationArn",
                organization.as_str(),
            )],
        )
        .await;
    let by = |who| [("ExecutableBy.1", who)];
    assert_eq!(scene.found(RECIPIENT, &by("self")).await.len(), 1);
    assert!(scene.found(OWNER, &by(RECIPIENT)).await.is_empty());
}

#[tokio::test]
async fn pages_hold_everything_once_and_a_token_belongs_to_its_query() {
    let scene = Scene::new().await;
    for number in 0..11 {
        scene.register(OWNER, ImageSpec::named(format!("image {number}")));
    }
    let mut listed = Vec::new();
    let mut sizes = Vec::new();
    let mut token = String::new();
    loop {
        let params = [("MaxResults", "5"), ("NextToken", token.as_str())];
        let answer = scene.ok(OWNER, "DescribeImages", &params).await;
        let page = texts(&answer, "imageId");
        sizes.push(page.len());
        listed.extend(page);
        match text(&answer, "nextToken") {
            Some(next) => token = next,
            None => break,
        }
    }
    assert_eq!(sizes, [5, 5, 2]);
    let mut once = listed.clone();
    once.sort();
    once.dedup();
    assert_eq!(listed, once);
    assert_eq!(listed.len(), 12);

    let same = [("MaxResults", "6"), ("NextToken", token.as_str())];
    scene.ok(OWNER, "DescribeImages", &same).await;
    let other = [("Owner.1", "self"), ("NextToken", token.as_str())];
    for (caller, params) in [(OWNER, &other[..]), (RECIPIENT, &same[..])] {
        assert_eq!(
            scene.no(caller, "DescribeImages", params).await,
            "InvalidParameterValue"
        );
    }
    for bad in [
        &[("MaxResults", "4")][..],
        &[("MaxResults", "five")],
        &[("NextToken", "made up")],
    ] {
        assert_eq!(
            scene.no(OWNER, "DescribeImages", bad).await,
            "InvalidParameterValue"
        );
    }
    let both = [("MaxResults", "5"), ("ImageId.1", scene.image.as_str())];
    assert_eq!(
        scene.no(OWNER, "DescribeImages", &both).await,
        "InvalidParameterCombination"
    );
}

#[tokio::test]
async fn ids_are_all_there_or_the_call_is_refused() {
    let scene = Scene::new().await;
    let params = [
        ("ImageId.1", scene.image.as_str()),
        ("ImageId.2", "ami-ffffffff"),
    ];
    let (status, answer) = scene
        .wire
        .query(OWNER, "ec2", "DescribeImages", &params)
        .await;
    assert_eq!(status, 400);
    assert_eq!(text(&answer, "Code").unwrap(), "InvalidAMIID.NotFound");
    assert_eq!(
        text(&answer, "Message").unwrap(),
        "The image id '[ami-ffffffff]' does not exist"
    );
    // What somebody else owns and does not share is not there either.
    assert_eq!(
        scene.no(STRANGER, "DescribeImages", &params[..1]).await,
        "InvalidAMIID.NotFound"
    );
    assert_eq!(
        scene
            .no(OWNER, "DescribeImages", &[("ImageId.1", "ami-x")])
            .await,
        "InvalidAMIID.Malformed"
    );
}

#[tokio::test]
async fn a_deprecated_image_is_shown_to_others_only_if_asked_for() {
    let scene = Scene::new().await;
    scene.share(RECIPIENT).await;
    scene
        .world
        .deprecate_image(&scene.region, &scene.image)
        .unwrap();
    let id = [("ImageId.1", scene.image.as_str())];
    assert!(scene.found(RECIPIENT, &[]).await.is_empty());
    assert_eq!(scene.found(OWNER, &[]).await.len(), 1);
    assert_eq!(scene.found(RECIPIENT, &id).await.len(), 1);
    let all = [("IncludeDeprecated", "true")];
    assert_eq!(scene.found(RECIPIENT, &all).await.len(), 1);
}

#[tokio::test]
async fn a_disabled_image_is_shown_to_its_owner_only_if_asked_for() {
    let scene = Scene::new().await;
    scene.change("DisableImage", &[]).await;
    assert!(scene.found(OWNER, &[]).await.is_empty());
    let all = [("IncludeDisabled", "true")];
    assert_eq!(scene.found(OWNER, &all).await.len(), 1);
}

#[tokio::test]
async fn allowed_amis_hide_or_mark_what_an_account_did_not_allow() {
    let scene = Scene::new().await;
    scene.share(RECIPIENT).await;
    let id = [("ImageId.1", scene.image.as_str())];
    let set = |state| {
        let criteria = vec![ImageCriterion::of_providers([STRANGER])];
        let allowed = AllowedImages::new(state, criteria);
        scene
            .world
            .set_allowed_images(account(RECIPIENT), &scene.region, allowed);
    };
    set(AllowedImagesState::AuditMode);
    let answer = scene.ok(RECIPIENT, "DescribeImages", &id).await;
    assert!(
        answer.contains("<imageAllowed>false</imageAllowed>"),
        "{answer}"
    );
    let allowed = [
        ("Filter.1.Name", "image-allowed"),
        ("Filter.1.Value.1", "true"),
    ];
    assert!(scene.found(RECIPIENT, &allowed).await.is_empty());

    set(AllowedImagesState::Enabled);
    assert!(scene.found(RECIPIENT, &[]).await.is_empty());
    assert_eq!(
        scene.no(RECIPIENT, "DescribeImages", &id).await,
        "InvalidAMIID.NotFound"
    );
    assert_eq!(scene.found(OWNER, &id).await.len(), 1);
}
