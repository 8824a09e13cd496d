//! How many calls it takes.

use super::*;

/// An organization of 300 accounts, and the owner's encrypted image in each of 20 Regions
fn twenty_regions() -> (Distributing, ShareRequest) {
    let names: Vec<String> = (0..20)
        .map(|number| format!("us-east-{}", number + 1))
        .collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let scene = Distributing::of(&names);
    let (world, owner) = (scene.world(), scene.scene.owner);
    let root: Principal = scene.organization.clone().into();
    for number in 5..=300 {
        world.create_account(&root, account(number)).unwrap();
    }
    let mut request = ShareRequest::builder().organization(scene.organization.clone());
    for region in &scene.regions {
        let key = world.create_key(region, owner, NewKey::new());
        let image = world.register_image(region, owner, golden("golden-1", &key));
        request = request.image_in(region, &image);
    }
    world.clear_calls();
    (scene, request.build().unwrap())
}

fn most_in_a_region(scene: &Distributing) -> usize {
    let calls = scene.world().calls();
    let of_region = |region: &Region| calls.iter().filter(|call| call.region == *region).count();
    scene.regions.iter().map(of_region).max().unwrap()
}

#[tokio::test(start_paused = true)]
async fn promise_7_three_hundred_accounts_in_twenty_regions_take_ten_calls_a_region() {
    let (scene, request) = twenty_regions();
    scene.sharer().share(&request).await.unwrap();
    assert_eq!(most_in_a_region(&scene), 10);
    assert_eq!(scene.scene.operations().len(), 10 * 20);
    for (region, images) in request.images() {
        let image = images.first().unwrap();
        for number in [2, 4, 300] {
            let judged = scene.world().can_launch(region, account(number), image);
            assert!(judged.allowed, "{number} {region} {judged:?}");
        }
        assert!(
            !scene
                .world()
                .can_launch(region, account(301), image)
                .allowed
        );
    }
    scene.world().clear_calls();
    scene.sharer().share(&request).await.unwrap();
    assert_eq!(scene.scene.writes(), 0);
    assert_eq!(most_in_a_region(&scene), 5);
}

#[tokio::test(start_paused = true)]
async fn promise_7_a_distribution_to_an_organization_takes_as_many_calls_for_any_number_of_accounts()
 {
    let (scene, _) = twenty_regions();
    let distribution = scene.distribution(json!({
        "recipients": {"organizations": [scene.organization]},
        "distributed_tags": true,
    }));
    scene.run(&distribution).await;
    let (first, most) = (scene.scene.operations().len(), most_in_a_region(&scene));
    eprintln!("first: {first} calls, {most} in a Region");
    let of = |region: &Region| {
        let calls = scene.world().calls();
        let calls = calls.iter().filter(|call| call.region == *region);
        calls.map(|call| call.operation).collect::<Vec<_>>()
    };
    eprintln!("{:?}\n{:?}", of(&scene.regions[0]), of(&scene.regions[1]));
    scene.world().clear_calls();
    scene.run(&distribution).await;
    let (second, most) = (scene.scene.operations().len(), most_in_a_region(&scene));
    eprintln!("second: {second} calls, {most} in a Region");
    eprintln!("{:?}\n{:?}", of(&scene.regions[0]), of(&scene.regions[1]));
    assert_eq!(scene.scene.writes(), 0);
}

#[tokio::test(start_paused = true)]
async fn promise_7_one_share_a_region_opens_the_image_to_all_accounts() {
    let scene = Distributing::new();
    scene.run(&scene.copying(json!({}))).await;
    let opened = scene.count("ModifyImageAttribute");
    // Opened once and closed once in each Region
    assert_eq!(opened, 2 * REGIONS.len());
    assert_eq!(scene.count("CopyImage"), 2 + 9);
    let assumed = scene.count("AssumeRole");
    eprintln!(
        "AssumeRole: {assumed}; {:?}",
        scene.scene.operations().len()
    );
}
