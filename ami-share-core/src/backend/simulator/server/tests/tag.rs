use super::ec2::{OWNER, RECIPIENT, Scene, texts};

async fn tags_of(scene: &Scene, caller: &str, params: &[(&str, &str)]) -> Vec<(String, String)> {
    let told = scene.ok(caller, "DescribeTags", params).await;
    let keys = texts(&told, "key").into_iter();
    keys.zip(texts(&told, "value")).collect()
}

fn pairs(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    let pairs = pairs.iter();
    pairs
        .map(|(key, value)| ((*key).to_owned(), (*value).to_owned()))
        .collect()
}

#[tokio::test]
async fn tags_are_created_listed_and_deleted_by_key_by_value_and_all() {
    let scene = Scene::new().await;
    let image = scene.image.to_string();
    let snapshot = scene.world.snapshots_of(&scene.region, &scene.image)[0].to_string();
    let on = [
        ("ResourceId.1", image.as_str()),
        ("ResourceId.2", snapshot.as_str()),
    ];
    let new = [
        ("Tag.1.Key", "a"),
        ("Tag.1.Value", "1"),
        ("Tag.2.Key", "b"),
        ("Tag.2.Value", ""),
        ("Tag.3.Key", "c"),
    ];
    scene
        .ok(OWNER, "CreateTags", &[&on[..], &new].concat())
        .await;
    let of_image = [
        ("Filter.1.Name", "resource-id"),
        ("Filter.1.Value.1", image.as_str()),
    ];
    let all = pairs(&[("a", "1"), ("b", ""), ("c", "")]);
    assert_eq!(tags_of(&scene, OWNER, &of_image).await, all);
    let of_kind = [
        ("Filter.1.Name", "resource-type"),
        ("Filter.1.Value.1", "snapshot"),
        ("Filter.2.Name", "tag:a"),
        ("Filter.2.Value.1", "?"),
    ];
    assert_eq!(tags_of(&scene, OWNER, &of_kind).await, pairs(&[("a", "1")]));
    assert_eq!(tags_of(&scene, RECIPIENT, &[]).await, []);

    let page = scene
        .ok(OWNER, "DescribeTags", &[("MaxResults", "5")])
        .await;
    assert_eq!(texts(&page, "key").len(), 5);
    let token = texts(&page, "nextToken");
    let next = [("MaxResults", "5"), ("NextToken", token[0].as_str())];
    assert_eq!(tags_of(&scene, OWNER, &next).await.len(), 1);

    let delete = |tags: Vec<(&'static str, &'static str)>| {
        let params = [&on[..1], &tags].concat();
        let scene = &scene;
        async move { scene.ok(OWNER, "DeleteTags", &params).await }
    };
    delete(vec![("Tag.1.Key", "a"), ("Tag.1.Value", "2")]).await;
    delete(vec![("Tag.1.Key", "b"), ("Tag.1.Value", "")]).await;
    assert_eq!(
        tags_of(&scene, OWNER, &of_image).await,
        pairs(&[("a", "1"), ("c", "")])
    );
    delete(vec![("Tag.1.Key", "a")]).await;
    assert_eq!(tags_of(&scene, OWNER, &of_image).await, pairs(&[("c", "")]));
    delete(vec![]).await;
    assert_eq!(tags_of(&scene, OWNER, &of_image).await, []);
    assert_eq!(tags_of(&scene, OWNER, &[]).await, all);
}

#[tokio::test]
async fn recipients_see_shared_tags_and_their_own() {
    let scene = Scene::new().await;
    let on = ("ResourceId.1", scene.image.as_str());
    let tag = |key| [on, ("Tag.1.Key", key)];
    scene.ok(OWNER, "CreateTags", &tag("team")).await;
    scene
        .ok(OWNER, "CreateTags", &tag("ec2:SharedTag/os"))
        .await;
    assert_eq!(
        scene.no(RECIPIENT, "CreateTags", &tag("mine")).await,
        "InvalidAMIID.NotFound"
    );
    scene.share(RECIPIENT).await;
    scene.ok(RECIPIENT, "CreateTags", &tag("mine")).await;
    assert_eq!(
        tags_of(&scene, RECIPIENT, &[]).await,
        pairs(&[("ec2:SharedTag/os", ""), ("mine", "")])
    );
    assert_eq!(
        scene
            .no(RECIPIENT, "CreateTags", &tag("ec2:SharedTag/x"))
            .await,
        "OperationNotPermitted"
    );
}

#[tokio::test]
async fn what_is_wrong_with_tags_is_refused() {
    let scene = Scene::new().await;
    let image = ("ResourceId.1", scene.image.as_str());
    let key = ("Tag.1.Key", "a");
    for (params, code) in [
        (vec![key], "MissingParameter"),
        (vec![image], "MissingParameter"),
        (vec![("ResourceId.1", "vpc-1"), key], "InvalidID"),
        (vec![image, ("Tag.1.Key", "aws:x")], "InvalidParameterValue"),
        (
            vec![image, key, ("Tag.2.Key", "a")],
            "InvalidParameterValue",
        ),
        (vec![image, ("Tag.1.Name", "a")], "UnknownParameter"),
        (
            vec![("ResourceId.1", "i-ffffffff"), key],
            "InvalidInstanceID.NotFound",
        ),
        (
            vec![("ResourceId.1", "vol-ffffffff"), key],
            "InvalidVolume.NotFound",
        ),
    ] {
        assert_eq!(
            scene.no(OWNER, "CreateTags", &params).await,
            code,
            "{params:?}"
        );
    }
    let kind = ("TagSpecification.1.ResourceType", "image");
    let volume = [
        ("AvailabilityZone", "eu-central-1a"),
        ("Size", "8"),
        kind,
        ("TagSpecification.1.Tag.1.Key", "a"),
    ];
    assert_eq!(
        scene.no(OWNER, "CreateVolume", &volume).await,
        "InvalidParameterValue"
    );
}
