use mockall::predicate::eq;
use serde_json::json;

use super::*;
use crate::api_error::ApiError;
use crate::backend::simulator::{ImageSpec, World};
use crate::sharer::SimulatedSharer;

/// A distribution with its plan and the report of that plan
async fn distributed() -> (Distribution, DistributionPlan, DistributionReport) {
    let (world, owner) = (World::new(), "999999999999".parse().unwrap());
    let region = "us-east-1".parse().unwrap();
    let image = world.register_image(&region, owner, ImageSpec::named("golden"));
    let document = json!({
        "version": "ami-share/distribution/1",
        "image": {"region": region, "id": image},
        "regions": [region],
        "recipients": {"accounts": ["111111111111"]},
    });
    let distribution = Distribution::from_json(&document.to_string()).unwrap();
    let sharer = SimulatedSharer::new(world.backend(owner));
    let plan = sharer.plan_distribution(&distribution).await.unwrap();
    let options = ApplyOptions::just_planned();
    let report = sharer.apply_distribution(&plan, &options).await.unwrap();
    (distribution, plan, report)
}

fn no() -> Error {
    ApiError::from_code("DescribeImages", "Unavailable", "").into()
}

/// A service's code: it is given whatever distributes
async fn release(
    distributor: &Arc<dyn Distributor>,
    distribution: &Distribution,
) -> Result<DistributionReport, Error> {
    let options = ApplyOptions::just_planned();
    let plan = distributor.plan_distribution(distribution).await?;
    match distributor.apply_distribution(&plan, &options).await {
        Err(Error::DistributionIncomplete(report)) => {
            distributor
                .retry_distribution(&plan, &report, &options)
                .await
        }
        ended => ended,
    }
}

#[tokio::test]
async fn a_service_that_holds_any_distributor_is_tested_with_the_mock() {
    let (distribution, plan, report) = distributed().await;
    let mut mock = MockDistributor::new();
    mock.expect_plan_distribution()
        .with(eq(distribution.clone()))
        .times(1)
        .return_once({
            let plan = plan.clone();
            move |_| Ok(plan)
        });
    let incomplete = report.clone();
    mock.expect_apply_distribution()
        .withf({
            let plan = plan.clone();
            move |given, _| *given == plan
        })
        .times(1)
        .return_once(move |_, _| Err(Error::DistributionIncomplete(Box::new(incomplete))));
    let retried = report.clone();
    mock.expect_retry_distribution()
        .withf({
            let (plan, report) = (plan, report.clone());
            move |given, tried, _| *given == plan && *tried == report
        })
        .times(1)
        .return_once(move |_, _, _| Ok(retried));
    let distributor: Arc<dyn Distributor> = Arc::new(mock);
    assert_eq!(release(&distributor, &distribution).await.unwrap(), report);
}

#[tokio::test]
async fn every_verb_reaches_the_distributor_behind_a_pointer_once() {
    let (distribution, plan, report) = distributed().await;
    let shard = plan.shards()[0].clone();
    let ran = report.shards()[0].clone();
    let options = ApplyOptions::just_planned();
    let mut mock = MockDistributor::new();
    mock.expect_plan_distribution()
        .times(1)
        .returning(|_| Err(no()));
    mock.expect_apply_distribution()
        .times(1)
        .returning(|_, _| Err(no()));
    mock.expect_run_shard()
        .withf({
            let shard = shard.clone();
            move |given, _| *given == shard
        })
        .times(1)
        .return_const(ran.clone());
    mock.expect_retry_distribution()
        .times(1)
        .returning(|_, _, _| Err(no()));
    mock.expect_verify_distribution()
        .times(1)
        .returning(|_| Err(no()));
    mock.expect_destroy_shares()
        .times(1)
        .returning(|_| Err(no()));
    let boxed: Box<dyn Distributor> = Box::new(mock);
    let distributor: Arc<dyn Distributor> = Arc::new(boxed);
    let refused = [
        distributor.plan_distribution(&distribution).await.err(),
        distributor.apply_distribution(&plan, &options).await.err(),
        distributor
            .retry_distribution(&plan, &report, &options)
            .await
            .err(),
        distributor.verify_distribution(&distribution).await.err(),
        distributor.destroy_shares(&distribution).await.err(),
    ];
    assert!(
        refused
            .iter()
            .all(|error| matches!(error, Some(Error::Api(_))))
    );
    assert_eq!(distributor.run_shard(&shard, &options).await, ran);
}
