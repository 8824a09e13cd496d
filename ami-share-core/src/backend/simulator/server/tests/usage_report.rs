use std::time::Duration;

use serde_json::json;

use super::super::super::Faults;
use super::ec2::{OWNER, RECIPIENT, STRANGER, Scene, text, texts};

async fn launch(scene: &Scene, caller: &str) -> String {
    let params = [
        ("ImageId", scene.image.as_str()),
        ("MinCount", "1"),
        ("MaxCount", "1"),
    ];
    let answer = scene.ok(caller, "RunInstances", &params).await;
    text(&answer, "instanceId").unwrap()
}

const INSTANCES: (&str, &str) = ("ResourceType.1.ResourceType", "ec2:Instance");

#[tokio::test(start_paused = true)]
async fn a_report_goes_over_the_wire_from_pending_to_its_entries() {
    let scene = Scene::new().await;
    scene.share(RECIPIENT).await;
    scene.share(STRANGER).await;
    for caller in [RECIPIENT, RECIPIENT, STRANGER] {
        launch(&scene, caller).await;
    }
    let minute = Duration::from_secs(60);
    scene.world.set_faults(Faults::none().reports_take(minute));
    let asked = [
        INSTANCES,
        ("ResourceType.2.ResourceType", "ec2:LaunchTemplate"),
        (
            "ResourceType.2.ResourceTypeOption.1.OptionName",
            "version-depth",
        ),
        ("ResourceType.2.ResourceTypeOption.1.OptionValue.1", "100"),
        ("AccountId.1", RECIPIENT),
        ("AccountId.2", STRANGER),
        ("TagSpecification.1.ResourceType", "image-usage-report"),
        ("TagSpecification.1.Tag.1.Key", "team"),
        ("TagSpecification.1.Tag.1.Value", "images"),
    ];
    let created = scene.change("CreateImageUsageReport", &asked).await;
    let id = text(&created, "reportId").unwrap();
    assert!(id.starts_with("amiur-"), "{id}");

    let by_image = [("ImageId.1", scene.image.as_str())];
    let told = scene
        .ok(OWNER, "DescribeImageUsageReports", &by_image)
        .await;
    assert_eq!(text(&told, "state").unwrap(), "pending");
    assert_eq!(
        texts(&told, "resourceType"),
        ["ec2:Instance", "ec2:LaunchTemplate"]
    );
    assert!(told.contains("<optionValueSet><item>100</item></optionValueSet>"));
    assert!(told.contains(&format!("<accountIdSet><item>{RECIPIENT}</item>")));
    assert!(told.contains("<expirationTime>2026-01-31T"), "{told}");
    let entries = scene
        .ok(OWNER, "DescribeImageUsageReportEntries", &by_image)
        .await;
    assert!(entries.contains("<imageUsageReportEntrySet/>"), "{entries}");

    scene.world.advance(minute);
    let by_id = [("ReportId.1", id.as_str())];
    let told = scene.ok(OWNER, "DescribeImageUsageReports", &by_id).await;
    assert_eq!(text(&told, "state").unwrap(), "available");
    let first = [("ReportId.1", id.as_str()), ("MaxResults", "1")];
    let page = scene
        .ok(OWNER, "DescribeImageUsageReportEntries", &first)
        .await;
    assert_eq!(texts(&page, "accountId"), [RECIPIENT]);
    assert_eq!(texts(&page, "usageCount"), ["2"]);
    let token = text(&page, "nextToken").unwrap();
    let next = [first[0], first[1], ("NextToken", token.as_str())];
    let page = scene
        .ok(OWNER, "DescribeImageUsageReportEntries", &next)
        .await;
    assert_eq!(texts(&page, "accountId"), [STRANGER]);
    assert_eq!(text(&page, "nextToken"), None);
    let filtered = [
        ("Filter.1.Name", "account-id"),
        ("Filter.1.Value.1", STRANGER),
    ];
    let found = scene
        .ok(OWNER, "DescribeImageUsageReportEntries", &filtered)
        .await;
    assert_eq!(texts(&found, "usageCount"), ["1"]);

    let named = [("ReportId", id.as_str())];
    let code = scene.no(RECIPIENT, "DeleteImageUsageReport", &named).await;
    assert_eq!(code, "InvalidImageUsageReportId.NotFound");
    scene.ok(OWNER, "DeleteImageUsageReport", &named).await;
    let told = scene.ok(OWNER, "DescribeImageUsageReports", &[]).await;
    assert!(told.contains("<imageUsageReportSet/>"), "{told}");
}

#[tokio::test]
async fn a_report_that_aws_does_not_take_is_refused() {
    let scene = Scene::new().await;
    for (params, code) in [
        (vec![], "MissingParameter"),
        (
            vec![("ResourceType.1.ResourceType", "s3:Bucket")],
            "InvalidParameterValue",
        ),
        (
            vec![INSTANCES, ("ResourceType.2.ResourceType", "ec2:Instance")],
            "InvalidParameterValue",
        ),
        (
            vec![
                INSTANCES,
                (
                    "ResourceType.1.ResourceTypeOption.1.OptionName",
                    "version-depth",
                ),
            ],
            "InvalidParameterValue",
        ),
        (
            vec![INSTANCES, ("AccountId.1", "me")],
            "InvalidUserID.Malformed",
        ),
        (vec![INSTANCES, ("Surprise", "x")], "UnknownParameter"),
        (vec![INSTANCES, ("DryRun", "true")], "DryRunOperation"),
    ] {
        let refused = scene.refused("CreateImageUsageReport", &params).await;
        assert_eq!(refused, code, "{params:?}");
    }
    let told = scene.ok(OWNER, "DescribeImageUsageReports", &[]).await;
    assert!(told.contains("<imageUsageReportSet/>"), "{told}");
}

#[tokio::test(start_paused = true)]
async fn the_owner_learns_a_day_later_when_an_image_was_launched() {
    let scene = Scene::new().await;
    scene.share(RECIPIENT).await;
    let told = || async {
        let params = [("Attribute", "lastLaunchedTime")];
        let answer = scene.change("DescribeImageAttribute", &params).await;
        text(&answer, "value")
    };
    assert_eq!(told().await, None);
    launch(&scene, RECIPIENT).await;
    scene.world.advance(Duration::from_secs(23 * 60 * 60));
    assert_eq!(told().await, None);
    scene.world.advance(Duration::from_secs(60 * 60));
    assert!(told().await.unwrap().starts_with("2026-01-01T00:"));
    let image = [("ImageId.1", scene.image.as_str())];
    let of_owner = scene.ok(OWNER, "DescribeImages", &image).await;
    assert!(text(&of_owner, "lastLaunchedTime").is_some());
    let of_other = scene.ok(RECIPIENT, "DescribeImages", &image).await;
    assert_eq!(text(&of_other, "lastLaunchedTime"), None);
}

#[tokio::test]
async fn the_references_of_an_account_are_its_own_instances_and_parameters() {
    let scene = Scene::new().await;
    scene.share(RECIPIENT).await;
    let image = scene.image.as_str();
    let running = launch(&scene, RECIPIENT).await;
    let ended = launch(&scene, RECIPIENT).await;
    let terminate = [("InstanceId.1", ended.as_str())];
    scene.ok(RECIPIENT, "TerminateInstances", &terminate).await;
    launch(&scene, OWNER).await;
    let put = json!({"Name": "/golden", "Value": image, "Type": "String"});
    let (status, _) = scene
        .wire
        .json(RECIPIENT, "ssm", "AmazonSSM.PutParameter", put)
        .await;
    assert_eq!(status, 200);

    let all = [("ImageId.1", image), ("IncludeAllResourceTypes", "true")];
    let told = scene.ok(RECIPIENT, "DescribeImageReferences", &all).await;
    assert_eq!(
        texts(&told, "resourceType"),
        ["ec2:Instance", "ec2:Instance", "ssm:Parameter"]
    );
    let arns = texts(&told, "arn");
    let of = |id: &str| format!("arn:aws:ec2:eu-central-1:{RECIPIENT}:instance/{id}");
    assert_eq!(arns[..2], [of(&running), of(&ended)]);
    assert_eq!(
        arns[2],
        format!("arn:aws:ssm:eu-central-1:{RECIPIENT}:parameter/golden")
    );
    let scoped = [
        ("ImageId.1", image),
        INSTANCES,
        (
            "ResourceType.1.ResourceTypeOption.1.OptionName",
            "state-name",
        ),
        (
            "ResourceType.1.ResourceTypeOption.1.OptionValue.1",
            "running",
        ),
    ];
    let told = scene
        .ok(RECIPIENT, "DescribeImageReferences", &scoped)
        .await;
    assert_eq!(texts(&told, "arn"), [of(&running)]);
    let none = [("ImageId.1", image)];
    assert_eq!(
        scene.no(RECIPIENT, "DescribeImageReferences", &none).await,
        "MissingParameter"
    );
}
