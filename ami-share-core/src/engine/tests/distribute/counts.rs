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

impl Distributing {
    fn in_region(&self, number: usize) -> Vec<&'static str> {
        let calls = self.world().calls();
        let of_region = calls
            .iter()
            .filter(|call| call.region == self.regions[number]);
        of_region.map(|call| call.operation).collect()
    }
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
    // Ten for the share; two find the copy and its key, one makes it, two look at it, one tags it.
    assert_eq!(most_in_a_region(&scene), 16, "{:?}", scene.in_region(1));
    // The image's own Region has no copy to find and make. There the image is described as a source and the
    // caller is asked for; and while the copies were made, the policy that was read has become old.
    assert_eq!(scene.in_region(0).len(), 14, "{:?}", scene.in_region(0));
    scene.world().clear_calls();
    scene.run(&distribution).await;
    assert_eq!(scene.scene.writes(), 0);
    assert_eq!(most_in_a_region(&scene), 9, "{:?}", scene.in_region(1));
    assert_eq!(scene.in_region(0).len(), 7, "{:?}", scene.in_region(0));
}

#[tokio::test(start_paused = true)]
async fn promise_7_one_share_a_region_opens_the_image_to_all_accounts() {
    let scene = Distributing::new();
    scene.run(&scene.copying(json!({}))).await;
    // Opened once and closed once in each Region
    assert_eq!(scene.count("ModifyImageAttribute"), 2 * REGIONS.len());
    assert_eq!(scene.count("CopyImage"), 2 + 3 * REGIONS.len());
    // Once for each account, though there are three Regions, a plan and an apply
    assert_eq!(scene.count("AssumeRole"), scene.recipients.len());
}
