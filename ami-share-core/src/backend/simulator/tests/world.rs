use super::*;

#[test]
fn the_same_acts_make_the_same_ids() {
    let ids = || {
        let scene = Scene::new();
        let organization = scene.world.create_organization(account(90)).unwrap();
        let unit = scene
            .world
            .create_organizational_unit(&organization.clone().into())
            .unwrap();
        (
            scene.image.to_string(),
            scene.snapshot().to_string(),
            organization.to_string(),
            unit.to_string(),
        )
    };
    assert_eq!(ids(), ids());
    let (image, snapshot, organization, unit) = ids();
    assert_eq!(image, "ami-00000000000000002");
    assert_eq!(snapshot, "snap-00000000000000001");
    assert_eq!(
        organization,
        "arn:aws:organizations::000000000090:organization/o-0000000001"
    );
    assert_eq!(
        unit,
        "arn:aws:organizations::000000000090:ou/o-0000000001/ou-0001-00000001"
    );
}

#[test]
fn a_clone_is_the_same_world() {
    let world = World::new();
    let image = world
        .clone()
        .register_image(&region(), owner(), ImageSpec::named("golden"));
    assert!(world.can_launch(&region(), owner(), &image).allowed);
}

#[test]
fn a_panic_in_another_thread_leaves_the_world_usable() {
    let scene = Scene::new();
    let world = scene.world.clone();
    let panicked = std::thread::spawn(move || {
        let _state = world.state();
        panic!("while the world is held");
    })
    .join();
    assert!(panicked.is_err());
    assert!(scene.launches(owner()));
}

#[test]
fn debug_is_short_whatever_the_world_holds() {
    let scene = Scene::new();
    assert_eq!(
        format!("{:?}", scene.world),
        "World { images: 1, calls: 0, .. }"
    );
    assert_eq!(
        format!("{:?}", scene.backend),
        "SimulatedBackend { account: AccountId(000000000001), .. }"
    );
}

#[tokio::test]
async fn each_of_very_many_snapshots_has_its_own_device() {
    let spec = (0..703).fold(ImageSpec::named("wide"), |spec, _| spec.snapshot());
    let scene = Scene::with(spec);
    let images = scene
        .backend
        .describe_images(&scene.region, std::slice::from_ref(&scene.image))
        .await
        .unwrap();
    let devices: Vec<&str> = images[0]
        .snapshots
        .iter()
        .map(|s| s.device.as_str())
        .collect();
    assert_eq!(devices[25..28], ["/dev/xvdz", "/dev/xvdaa", "/dev/xvdab"]);
    assert_eq!(devices[701..], ["/dev/xvdzz", "/dev/xvdaaa"]);
}
