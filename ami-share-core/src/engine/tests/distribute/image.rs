use super::*;

impl Distributing {
    fn found_by(&self, mut by: Value) -> Distribution {
        by["region"] = json!(self.scene.region);
        self.distribution(json!({"image": by}))
    }

    async fn resolved(&self, by: Value) -> ImageId {
        self.plan(&self.found_by(by)).await.image().clone()
    }

    async fn not_resolved(&self, by: Value) -> String {
        let distribution = self.found_by(by);
        let planned = self.sharer().plan_distribution(&distribution).await;
        let error = planned.unwrap_err();
        assert!(matches!(error, Error::ImageNotResolved { .. }), "{error:?}");
        assert_eq!(self.writes(), Vec::<&str>::new());
        error.to_string()
    }
}

#[tokio::test(start_paused = true)]
async fn an_image_is_found_by_its_id_a_parameter_or_as_the_newest() {
    let scene = Distributing::of(&["us-east-1"]);
    let (world, region) = (scene.world(), &scene.scene.region);
    let first = scene.scene.images[0].clone();
    world.advance(Duration::from_secs(60));
    let spec = golden("golden-2", &scene.source_key);
    let second = world.register_image(region, scene.scene.owner, spec);
    world.advance(Duration::from_secs(60));
    let pending = golden("golden-3", &scene.source_key).state(crate::resource::ImageState::Pending);
    world.register_image(region, scene.scene.owner, pending);
    let backend = scene.scene.backend();
    let put = backend.put_image_parameter(region, "/golden/web", &first);
    put.await.unwrap();
    assert_eq!(scene.resolved(json!({"id": first})).await, first);
    assert_eq!(
        scene.resolved(json!({"parameter": "/golden/web"})).await,
        first
    );
    assert_eq!(
        scene.resolved(json!({"id": "ssm:/golden/web"})).await,
        first
    );
    assert_eq!(
        scene
            .resolved(json!({"newest": {"name": "golden-*"}}))
            .await,
        second
    );
    let by_tags = json!({"newest": {"name": "golden-1*", "tags": {"stage": "tested"}}});
    assert_eq!(scene.resolved(by_tags).await, first);
}

#[tokio::test(start_paused = true)]
async fn what_is_not_found_is_an_error_that_says_where_it_was_looked_for() {
    let scene = Distributing::of(&["us-east-1"]);
    let said = scene
        .not_resolved(json!({"parameter": "/golden/web"}))
        .await;
    assert!(said.contains("no parameter `/golden/web`"), "{said}");
    let said = scene
        .not_resolved(json!({"newest": {"name": "silver-*"}}))
        .await;
    assert!(said.contains("no available image"), "{said}");
}
