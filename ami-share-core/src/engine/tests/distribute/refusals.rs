use super::*;
use crate::policy::evaluate::KeyState;

impl Distributing {
    /// What is said of the distribution, before anything is written
    async fn refused(&self, distribution: &Distribution) -> String {
        let planned = self.sharer().plan_distribution(distribution).await;
        let error = planned.unwrap_err();
        assert!(
            matches!(error, Error::CopyRefused(_) | Error::Refused(_)),
            "{error:?}"
        );
        assert_eq!(self.writes(), Vec::<&str>::new());
        error.to_string()
    }

    pub(super) fn key(&self, account: AccountId, region: &str) -> KeyArn {
        let keys = self.world().keys();
        let is_it = |key: &&KeyArn| {
            key.account() == account && key.region().as_str() == region && **key != self.source_key
        };
        keys.iter().find(is_it).unwrap().clone()
    }
}

#[tokio::test(start_paused = true)]
async fn promise_4_a_role_that_is_not_there_is_refused_before_any_write() {
    let scene = Distributing::new();
    let newcomer = account(5);
    let unit = scene.unit.clone().into();
    scene.world().create_account(&unit, newcomer).unwrap();
    let said = scene.refused(&scene.copying(json!({}))).await;
    assert!(said.contains(&newcomer.to_string()), "{said}");
    assert!(said.contains("AssumeRole"), "{said}");
    for account in &scene.recipients {
        assert!(!said.contains(&account.to_string()), "{said}");
    }
}

#[tokio::test(start_paused = true)]
async fn promise_4_a_key_that_one_account_lacks_in_one_region_is_refused_before_any_write() {
    let scene = Distributing::new();
    let account = scene.recipients[2];
    let distribution = scene.copying(json!({
        "keys": {
            "default": ALIAS,
            "accounts": {account.to_string(): {"regions": {"eu-west-1": "alias/none"}}},
        },
    }));
    let said = scene.refused(&distribution).await;
    assert!(said.contains("alias/none"), "{said}");
    assert!(said.contains("eu-west-1"), "{said}");
}

#[tokio::test(start_paused = true)]
async fn promise_4_an_aws_managed_key_is_refused_before_any_write() {
    let scene = Distributing::new();
    let (world, owner) = (scene.world(), scene.scene.owner);
    let region: Region = "eu-west-1".parse().unwrap();
    let key = world.aws_ebs_key(&region, owner);
    let distribution = scene.distribution(json!({
        "keys": {"default": ALIAS, "owner": {"regions": {"eu-west-1": key}}},
    }));
    let said = scene.refused(&distribution).await;
    assert!(said.contains("AWS managed key"), "{said}");
    let spec = ImageSpec::named("golden-2").encrypted_by_aws();
    let image = world.register_image(&scene.scene.region, owner, spec);
    let distribution = scene.distribution(json!({
        "image": {"region": scene.scene.region, "id": image},
    }));
    let said = scene.refused(&distribution).await;
    assert!(said.contains("AWS managed key"), "{said}");
}

#[tokio::test(start_paused = true)]
async fn promise_4_a_disabled_key_is_refused_before_any_write() {
    let scene = Distributing::new();
    let key = scene.key(scene.recipients[1], "ap-southeast-2");
    scene
        .world()
        .set_key_state(&key, KeyState::Disabled)
        .unwrap();
    let said = scene.refused(&scene.copying(json!({}))).await;
    assert!(said.contains(key.as_str()), "{said}");
    // Shares do not use it.
    scene.plan(&scene.distribution(json!({}))).await;
}
