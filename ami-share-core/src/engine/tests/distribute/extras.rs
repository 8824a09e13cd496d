//! What is done for recipients beside shares and copies.

use super::*;
use crate::access::Answer;
use crate::outcome::RecipientReport;

impl Distributing {
    async fn parameter(&self, account: AccountId, region: &Region, name: &str) -> Option<String> {
        let backend = self.world().backend(account);
        let parameter = backend.get_parameter(region, name).await.unwrap();
        parameter.map(|parameter| parameter.value)
    }

    async fn incomplete(&self, plan: &DistributionPlan) -> DistributionReport {
        let options = ApplyOptions::just_planned();
        let applied = self.sharer().apply_distribution(plan, &options).await;
        distribution_incomplete(applied)
    }

    pub(super) fn with_service_roles(self) -> Self {
        for account in &self.recipients {
            let service = "autoscaling.amazonaws.com";
            self.world()
                .create_service_linked_role(*account, service)
                .unwrap();
        }
        self
    }
}

pub(super) fn recipients_of(report: &DistributionReport) -> Vec<&ShardReport> {
    let reports = report.shards().iter();
    reports
        .filter(|report| report.shard.stage == Stage::Recipient)
        .collect()
}

#[tokio::test(start_paused = true)]
async fn recipients_of_a_share_rehearse_tag_for_themselves_and_put_parameters() {
    let scene = Distributing::new();
    let distribution = scene.distribution(json!({
        "rehearse": true,
        "tags": {"recipients": {"origin": "golden"}},
        "parameters": {"owner": ["/golden/{region}"], "recipients": ["/golden/{name}", "/{source}"]},
    }));
    assert!(!scene.verify(&distribution).await.is_ok());
    let report = scene.run(&distribution).await;
    let images = owner_s(&report);
    for (region, image) in &images {
        let own = scene
            .parameter(scene.scene.owner, region, &format!("/golden/{region}"))
            .await;
        assert_eq!(own.as_deref(), Some(image.as_str()));
        for account in &scene.recipients {
            let source = &scene.scene.images[0];
            for name in ["/golden/golden-1".to_owned(), format!("/{source}")] {
                let value = scene.parameter(*account, region, &name).await;
                assert_eq!(
                    value.as_deref(),
                    Some(image.as_str()),
                    "{name} of {account}"
                );
            }
            let tags = scene.details(*account, region, image).await.image.tags;
            assert_eq!(tags.get("origin").map(String::as_str), Some("golden"));
        }
        let tags = scene
            .details(scene.scene.owner, region, image)
            .await
            .image
            .tags;
        assert!(!tags.contains_key("origin"), "{tags:?}");
    }
    for report in recipients_of(&report) {
        let rehearsal = report.rehearsal.as_ref().unwrap();
        // Nobody but EC2 can rehearse the grant that a key policy lets it make.
        assert_eq!(rehearsal.answer(), Answer::Unknown, "{rehearsal}");
        assert_eq!(rehearsal.images()[0].visible().answer, Answer::Yes);
        assert_eq!(rehearsal.images().len(), 1);
        assert_eq!(rehearsal.images()[0].account, report.shard.account);
        assert_eq!(report.written.len(), 3);
    }
    let verified = scene.verify(&distribution).await;
    assert!(verified.is_ok(), "{verified}");
    scene.is_settled(&distribution).await;
}

#[tokio::test(start_paused = true)]
async fn recipients_with_copies_put_their_own_into_parameters() {
    let scene = Distributing::new().with_service_roles();
    let distribution = scene.copying(json!({
        "rehearse": true,
        "parameters": {"owner": ["/golden/web"], "recipients": ["/golden/web"]},
        "service_linked_roles": ["autoscaling"],
    }));
    let report = scene.run(&distribution).await;
    for report in recipients_of(&report) {
        let (account, region) = (report.shard.account, &report.shard.region);
        let image = report.image.as_ref().unwrap();
        let value = scene.parameter(account, region, "/golden/web").await;
        assert_eq!(value.as_deref(), Some(image.as_str()));
        assert_eq!(
            report.rehearsal.as_ref().unwrap().answer(),
            Answer::Yes,
            "{report:#?}"
        );
        let role = crate::policy::ServiceRole::AutoScaling;
        let role = role
            .in_account(account, &region.partition())
            .parse()
            .unwrap();
        let judged = scene.world().can_launch_as(region, &role, image);
        assert!(judged.allowed, "{judged:?}");
    }
    for (region, image) in owner_s(&report) {
        let value = scene
            .parameter(scene.scene.owner, &region, "/golden/web")
            .await;
        assert_eq!(value.as_deref(), Some(image.as_str()));
    }
    let verified = scene.verify(&distribution).await;
    assert!(verified.is_ok(), "{verified}");
    scene.is_settled(&distribution).await;
    scene.is_copied(&report);
}

#[tokio::test(start_paused = true)]
async fn promise_6_a_rehearsal_that_says_no_is_a_problem_and_nothing_is_put_into_parameters() {
    let scene = Distributing::of(&["us-east-1"]);
    let distribution = scene.distribution(json!({
        "rehearse": true,
        "parameters": {"recipients": ["/golden/web"]},
    }));
    let plan = scene.plan(&distribution).await;
    let shut = scene.recipients[1];
    let allowed = crate::backend::simulator::AllowedImages::new(
        crate::backend::simulator::AllowedImagesState::Enabled,
        vec![crate::backend::simulator::ImageCriterion::of_providers([
            "amazon",
        ])],
    );
    scene
        .world()
        .set_allowed_images(shut, &scene.scene.region, allowed);
    // Another one sees the image, and may not launch.
    let denied = scene.recipients[2];
    scene.world().deny(denied, "RunInstances");
    let report = scene.incomplete(&plan).await;
    let failed = report.failed();
    let failed: Vec<AccountId> = failed.iter().map(|shard| shard.account).collect();
    assert_eq!(failed, [shut, denied]);
    for report in recipients_of(&report) {
        let account = report.shard.account;
        let parameter = scene.parameter(account, &scene.scene.region, "/golden/web");
        let is_put = parameter.await.is_some();
        assert_eq!(is_put, !failed.contains(&account), "{account}");
    }
    for (account, cause) in [(shut, "Allowed AMIs"), (denied, "ec2:RunInstances")] {
        let reports = recipients_of(&report);
        let mut reports = reports.iter();
        let its = reports.find(|report| report.shard.account == account);
        let said = its.unwrap().all_problems().join("; ");
        assert!(said.contains(cause), "{said}");
        assert!(said.contains("mend: "), "{said}");
    }
    assert!(!scene.verify(&distribution).await.is_ok());
}

#[tokio::test(start_paused = true)]
async fn services_of_accounts_get_grants_on_the_owner_s_keys() {
    let scene = Distributing::new().with_service_roles();
    let distribution = scene.distribution(json!({
        "recipients": {"accounts": scene.recipients},
        "service_linked_roles": ["autoscaling"],
    }));
    let report = scene.run(&distribution).await;
    for report in recipients_of(&report) {
        let [RecipientReport::ServiceLinkedRoles(granted)] = &report.written[..] else {
            panic!("{report:?}");
        };
        assert_eq!(granted.grants().len(), 1);
        assert_eq!(granted.grants()[0].account, report.shard.account);
        let role = granted.grants()[0].grantee.parse().unwrap();
        let image = report.image.as_ref().unwrap();
        let judged = scene
            .world()
            .can_launch_as(&report.shard.region, &role, image);
        assert!(judged.allowed, "{judged:?}");
    }
    scene.is_settled(&distribution).await;
}

#[tokio::test(start_paused = true)]
async fn services_of_accounts_in_an_ou_get_their_grants_and_lose_the_way_to_them() {
    let scene = Distributing::of(&REGIONS[..2]).with_service_roles();
    let distribution = scene.distribution(json!({"service_linked_roles": ["autoscaling"]}));
    let report = scene.run(&distribution).await;
    for report in recipients_of(&report) {
        let RecipientReport::ServiceLinkedRoles(granted) = &report.written[0] else {
            panic!("{report:?}");
        };
        let role = granted.grants()[0].grantee.parse().unwrap();
        let (region, image) = (&report.shard.region, report.image.as_ref().unwrap());
        assert!(scene.world().can_launch_as(region, &role, image).allowed);
        assert!(
            !scene
                .world()
                .can_launch(region, scene.stranger, image)
                .allowed
        );
    }
    // The accounts are named in key policies alone.
    for (region, image) in owner_s(&report) {
        let named: Vec<Principal> = distribution.recipients().iter().cloned().collect();
        assert_eq!(scene.permitted(&region, &image), named);
    }
    scene.is_settled(&distribution).await;
    scene.sharer().destroy_shares(&distribution).await.unwrap();
    let policy = scene.world().key_policy(&scene.source_key).unwrap();
    assert!(
        !policy.as_str().contains("000000000002"),
        "{}",
        policy.as_str()
    );
}

#[tokio::test(start_paused = true)]
async fn a_grant_that_a_key_does_not_allow_is_a_problem_with_its_mend() {
    let scene = Distributing::of(&["us-east-1"]).with_service_roles();
    // Grants let the accounts use the key, and not make grants for others.
    let distribution = scene.distribution(json!({
        "recipients": {"accounts": scene.recipients},
        "key_access": "grant",
        "service_linked_roles": ["autoscaling"],
    }));
    let plan = scene.plan(&distribution).await;
    let report = scene.incomplete(&plan).await;
    let reports = recipients_of(&report);
    let said = reports[0].all_problems().join("; ");
    assert!(said.contains("mend: as the owner of the key"), "{said}");
    let RecipientReport::ServiceLinkedRoles(granted) = &reports[0].written[0] else {
        panic!("{:?}", reports[0]);
    };
    assert!(granted.grants()[0].statement.is_some());
}

#[tokio::test(start_paused = true)]
async fn an_image_without_keys_needs_no_grants() {
    let mut scene = Distributing::of(&["us-east-1"]).with_service_roles();
    let spec = ImageSpec::named("plain").snapshot();
    let image = scene
        .world()
        .register_image(&scene.scene.region, scene.scene.owner, spec);
    scene.scene.images = vec![image];
    let distribution = scene.distribution(json!({"service_linked_roles": ["autoscaling"]}));
    scene.run(&distribution).await;
}

#[tokio::test(start_paused = true)]
async fn names_of_copies_are_made_of_the_distributed_image_s() {
    let scene = Distributing::of(&REGIONS[..2]);
    let distribution = scene.copying(json!({
        "copies": {
            "name": "{name}-{region}-{account}",
            "description": "{source} for {account}",
            "source_access": "close",
        },
    }));
    let report = scene.run(&distribution).await;
    for report in report
        .shards()
        .iter()
        .filter(|report| report.copy.is_some())
    {
        let (account, region) = (report.shard.account, &report.shard.region);
        let details = scene
            .details(account, region, report.image.as_ref().unwrap())
            .await;
        let name = format!("golden-1-{region}-{account}");
        assert_eq!(details.image.name, Some(name));
        let description = format!("{} for {account}", scene.scene.images[0]);
        assert_eq!(details.description, Some(description));
    }
    scene.is_settled(&distribution).await;
}

#[tokio::test(start_paused = true)]
async fn promise_6_parameters_wait_for_a_rehearsal_that_could_not_be_made() {
    for get in ["share", "copy"] {
        let scene = Distributing::of(&["us-east-1"]);
        let distribution = scene.distribution(json!({
            "recipients_get": get,
            "rehearse": true,
            "parameters": {"recipients": ["/golden/web"]},
        }));
        let plan = scene.plan(&distribution).await;
        let busy = scene.recipients[1];
        let fault = SimulatedFault::on("RunInstances").by(busy);
        let fault = fault.refused_with("InternalError");
        scene.world().set_faults(Faults::none().with(fault));
        let report = scene.incomplete(&plan).await;
        for report in recipients_of(&report) {
            let account = report.shard.account;
            let parameter = scene.parameter(account, &scene.scene.region, "/golden/web");
            assert_eq!(parameter.await.is_none(), account == busy, "{get}");
            let said = report.all_problems().join("; ");
            assert_eq!(said.contains("`/golden/web`"), account == busy, "{said}");
        }
        scene.world().set_faults(Faults::none());
        let (sharer, options) = (scene.sharer(), ApplyOptions::just_planned());
        let retried = sharer.retry_distribution(&plan, &report, &options);
        retried.await.unwrap();
        let parameter = scene.parameter(busy, &scene.scene.region, "/golden/web");
        assert!(parameter.await.is_some());
    }
}

#[tokio::test(start_paused = true)]
async fn promise_6_parameters_of_recipients_wait_for_a_share_that_is_seen_to_be_as_asked_for() {
    let scene = Distributing::of(&["us-east-1"]);
    let more = json!({"parameters": {"recipients": ["/golden/web"]}});
    let plan = scene.plan(&scene.distribution(more)).await;
    let (sharer, options) = (scene.sharer(), ApplyOptions::default());
    let policy = scene.world().key_policy(&scene.source_key).unwrap();
    sharer.run_shard(&plan.shards()[0], &options).await;
    // Somebody closes the key again: the image is seen and cannot be launched.
    let shared = scene.world().key_policy(&scene.source_key).unwrap();
    scene
        .world()
        .put_key_policy(&scene.source_key, &policy)
        .unwrap();
    let (recipient, region) = (scene.recipients[0], &scene.scene.region);
    let shards = plan.shards().iter();
    let mut shards = shards.filter(|shard| shard.account == recipient);
    let shard = shards.next().unwrap();
    let report = sharer.run_shard(shard, &options).await;
    let said = report.problems.join("; ");
    assert!(said.contains("`/golden/web`"), "{said}");
    assert_eq!(
        scene.parameter(recipient, region, "/golden/web").await,
        None
    );
    scene
        .world()
        .put_key_policy(&scene.source_key, &shared)
        .unwrap();
    assert!(sharer.run_shard(shard, &options).await.is_complete());
    assert!(
        scene
            .parameter(recipient, region, "/golden/web")
            .await
            .is_some()
    );
}

#[tokio::test(start_paused = true)]
async fn promise_6_verify_finds_parameters_by_the_image_s_name_where_its_region_is_the_only_one() {
    for get in ["share", "copy"] {
        let scene = Distributing::of(&["us-east-1"]);
        let distribution = scene.distribution(json!({
            "recipients_get": get,
            "parameters": {"owner": ["/owner/{name}"], "recipients": ["/golden/{name}"]},
        }));
        scene.run(&distribution).await;
        let verified = scene.verify(&distribution).await;
        assert!(verified.is_ok(), "{verified}");
    }
}

/// The mend that a problem tells can be followed in the file
#[tokio::test(start_paused = true)]
async fn promise_6_accounts_without_a_default_vpc_get_parameters_once_the_file_names_a_subnet() {
    for get in ["share", "copy"] {
        let scene = Distributing::of(&["us-east-1"]);
        let (region, without) = (&scene.scene.region, scene.recipients[1]);
        scene.world().delete_default_vpc(without, region);
        let asking = |rehearse: Value| {
            scene.distribution(json!({
                "recipients_get": get,
                "rehearse": rehearse,
                "parameters": {"recipients": ["/golden/web"]},
            }))
        };
        let plan = scene.plan(&asking(json!(true))).await;
        let report = scene.incomplete(&plan).await;
        let reports = recipients_of(&report);
        let said = reports.iter().flat_map(|report| report.all_problems());
        let said: Vec<String> = said.collect();
        let [said] = &said[..] else {
            panic!("{said:?}");
        };
        assert!(said.contains("VPCIdNotSpecified"), "{said}");
        assert!(said.contains("; mend: "), "{said}");
        assert!(said.contains("`rehearse.subnets`"), "{said}");
        assert_eq!(scene.parameter(without, region, "/golden/web").await, None);

        let subnets = json!({without.to_string(): {region.as_str(): "subnet-0123456789abcdef0"}});
        let told = asking(json!({"instance_type": "t3.nano", "subnets": subnets}));
        let report = scene.run(&told).await;
        for report in recipients_of(&report) {
            let rehearsal = report.rehearsal.as_ref().unwrap();
            let [image] = rehearsal.images() else {
                panic!("{rehearsal}");
            };
            let said: Vec<&str> = image
                .calls
                .iter()
                .map(|call| &*call.finding.reason)
                .collect();
            assert!(said.join("; ").contains("`t3.nano`"), "{said:?}");
        }
        let parameter = scene.parameter(without, region, "/golden/web").await;
        assert!(parameter.is_some());
        let verified = scene.verify(&told).await;
        assert!(verified.is_ok(), "{get}: {verified}");
        assert_eq!(verified.rehearsal.as_ref().unwrap().images().len(), 3);
    }
}
