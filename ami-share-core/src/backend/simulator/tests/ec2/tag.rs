use super::super::*;
use crate::id::ResourceId;
use crate::resource::Tags;

fn tags(pairs: &[(&str, &str)]) -> Tags {
    let pairs = pairs.iter();
    pairs
        .map(|(key, value)| ((*key).to_owned(), (*value).to_owned()))
        .collect()
}

async fn create(scene: &Scene, caller: AccountId, new: &Tags) -> Result<(), ApiError> {
    let resource = ResourceId::from(scene.image.clone());
    let backend = scene.world.backend(caller);
    let created = backend.create_tags(&scene.region, &[resource], new).await;
    created.map(|_| ())
}

async fn seen(scene: &Scene, caller: AccountId) -> Tags {
    let backend = scene.world.backend(caller);
    let images = backend
        .describe_images(&scene.region, std::slice::from_ref(&scene.image))
        .await
        .unwrap();
    images[0].tags.clone()
}

#[tokio::test]
async fn a_recipient_sees_the_owners_shared_tags_and_its_own_and_the_owner_only_its_own() {
    let spec = ImageSpec::named("golden")
        .tag("team", "images")
        .tag("ec2:SharedTag/os", "linux");
    let scene = Scene::with(spec);
    scene.add(&accounts(2..4)).await.unwrap();
    create(&scene, recipient(), &tags(&[("team", "mine")]))
        .await
        .unwrap();
    assert_eq!(
        seen(&scene, owner()).await,
        tags(&[("team", "images"), ("ec2:SharedTag/os", "linux")])
    );
    assert_eq!(
        seen(&scene, recipient()).await,
        tags(&[("team", "mine"), ("ec2:SharedTag/os", "linux")])
    );
    let other_recipient = scene.world.backend(stranger());
    let page = other_recipient
        .describe_shared_images(&scene.region, None)
        .await
        .unwrap();
    assert_eq!(page.items[0].tags, tags(&[("ec2:SharedTag/os", "linux")]));
}

#[tokio::test]
async fn shared_tags_are_the_owners_to_write() {
    let scene = Scene::new();
    scene.add(&accounts(2..3)).await.unwrap();
    let shared = tags(&[("ec2:SharedTag/os", "linux")]);
    let result = create(&scene, recipient(), &shared).await;
    assert_eq!(code(result), "OperationNotPermitted");
    create(&scene, owner(), &shared).await.unwrap();
    assert_eq!(seen(&scene, recipient()).await, shared);
}

#[tokio::test]
async fn what_cannot_be_seen_cannot_be_tagged() {
    let scene = Scene::new();
    let result = create(&scene, stranger(), &tags(&[("a", "b")])).await;
    assert_eq!(
        refused(result),
        ("CreateTags".into(), "InvalidAMIID.NotFound".into())
    );
    let snapshot = ResourceId::from(scene.snapshot());
    let backend = scene.world.backend(stranger());
    let result = backend
        .create_tags(&scene.region, &[snapshot], &tags(&[("a", "b")]))
        .await;
    assert_eq!(code(result), "InvalidSnapshot.NotFound");
}

#[tokio::test]
async fn tags_go_on_all_resources_or_on_none() {
    let scene = Scene::new();
    let image = ResourceId::from(scene.image.clone());
    let snapshot = ResourceId::from(scene.snapshot());
    let unknown: ResourceId = "ami-ffffffff".parse().unwrap();
    let new = tags(&[("a", "b")]);
    let create = |resources: Vec<ResourceId>| {
        let (backend, region, new) = (&scene.backend, &scene.region, &new);
        async move { backend.create_tags(region, &resources, new).await }
    };
    let result = create(vec![image.clone(), unknown]).await;
    assert_eq!(code(result), "InvalidAMIID.NotFound");
    assert_eq!(seen(&scene, owner()).await, Tags::new());
    create(vec![image, snapshot]).await.unwrap();
    assert_eq!(seen(&scene, owner()).await, new);
    let snapshots = scene
        .backend
        .describe_snapshots(&scene.region, &[scene.snapshot()])
        .await;
    assert_eq!(snapshots.unwrap()[0].tags, new);
}

#[tokio::test]
async fn the_bounds_of_tags_hold() {
    let scene = Scene::new();
    let long = |length| "x".repeat(length);
    create(
        &scene,
        owner(),
        &tags(&[(long(127).as_str(), long(256).as_str())]),
    )
    .await
    .unwrap();
    for bad in [
        tags(&[("aws:x", "")]),
        tags(&[("AWS:x", "")]),
        tags(&[("", "x")]),
        tags(&[(long(128).as_str(), "")]),
        tags(&[("x", long(257).as_str())]),
    ] {
        let result = create(&scene, owner(), &bad).await;
        assert_eq!(code(result), "InvalidParameterValue", "{bad:?}");
    }
    let none = create(&scene, owner(), &Tags::new()).await;
    assert_eq!(code(none), "MissingParameter");
    assert_eq!(seen(&scene, owner()).await.len(), 1);
}

#[tokio::test]
async fn a_resource_holds_50_tags_of_an_account_and_those_of_aws_do_not_count() {
    let scene = Scene::with(ImageSpec::named("golden").tag("aws:made-by", "aws"));
    scene.add(&accounts(2..3)).await.unwrap();
    let keys: Vec<String> = (0..51).map(|number| format!("key-{number}")).collect();
    let all: Vec<(&str, &str)> = keys.iter().map(|key| (key.as_str(), "")).collect();
    let over = create(&scene, owner(), &tags(&all)).await;
    assert_eq!(code(over), "TagLimitExceeded");
    create(&scene, owner(), &tags(&all[..50])).await.unwrap();
    // A new value for an old key is no new tag.
    create(&scene, owner(), &tags(&[("key-0", "new")]))
        .await
        .unwrap();
    let over = create(&scene, owner(), &tags(&all[50..])).await;
    assert_eq!(code(over), "TagLimitExceeded");
    create(&scene, recipient(), &tags(&all[50..]))
        .await
        .unwrap();
}

#[tokio::test]
async fn a_tag_is_deleted_only_with_the_value_that_was_given() {
    let scene = Scene::with(ImageSpec::named("golden").tag("a", "1").tag("b", "2"));
    let resource = ResourceId::from(scene.image.clone());
    let delete = |old: Tags| {
        let (backend, region) = (&scene.backend, &scene.region);
        let resource = resource.clone();
        async move { backend.delete_tags(region, &[resource], &old).await }
    };
    delete(tags(&[("a", "1"), ("b", "3"), ("c", "4")]))
        .await
        .unwrap();
    assert_eq!(seen(&scene, owner()).await, tags(&[("b", "2")]));
    assert_eq!(
        refused(delete(tags(&[("aws:x", "")])).await),
        ("DeleteTags".into(), "InvalidParameterValue".into())
    );
    assert_eq!(code(delete(Tags::new()).await), "MissingParameter");
    assert_eq!(seen(&scene, owner()).await, tags(&[("b", "2")]));
}
