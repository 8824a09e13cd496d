//! Rehearsals, parameters, usage reports and the key that a reference names.

use std::collections::BTreeSet;

use serde_json::json;

use super::fake::{Fake, REQUEST_ID, ec2_answer, ec2_error};
use super::{home, image_id, key};
use crate::api_error::{ApiError, ApiErrorKind};
use crate::backend::{CopyBackend, NewCopy, NewGrant, RecipientBackend};
use crate::resource::{
    AllowedImagesSettings, ImageUsage, Parameter, Tags, UsageReport, UsageReportState,
};

const GRANTEE: &str = "arn:aws:iam::222222222222:root";

fn json_error(code: &str) -> String {
    format!(r#"{{"__type": "{code}", "message": "not so"}}"#)
}

/// All three rehearsals
async fn rehearse(fake: &Fake) -> [Result<(), ApiError>; 3] {
    let backend = fake.backend().await;
    let subnet = "subnet-0123456789abcdef0".parse().unwrap();
    let (source_region, source) = ("us-east-1".parse().unwrap(), image_id());
    let (key, none) = (key(), Tags::new());
    let copy = NewCopy {
        source_region: &source_region,
        source: &source,
        name: "golden",
        description: None,
        key: Some(&key),
        copy_tags: false,
        image_tags: &none,
        snapshot_tags: &none,
        client_token: None,
        completion_minutes: None,
    };
    let operations = BTreeSet::from(["Decrypt".to_owned()]);
    let grant = NewGrant {
        grantee: GRANTEE,
        name: "rehearsal",
        operations: &operations,
    };
    [
        backend
            .rehearse_launch(&home(), &image_id(), "t3.micro", Some(&subnet))
            .await,
        backend.rehearse_copy(&home(), &copy).await,
        backend.rehearse_grant(&home(), &key, &grant).await,
    ]
}

#[tokio::test]
async fn a_rehearsal_that_aws_would_let_pass_succeeds() {
    let fake = Fake::new(|sent| {
        Some(match sent.action.as_str() {
            "CreateGrant" => (400, json_error("DryRunOperationException")),
            _ => (412, ec2_error("DryRunOperation", "would have succeeded")),
        })
    });

    for answer in rehearse(&fake).await {
        answer.unwrap();
    }

    let sent = fake.sent();
    assert_eq!(sent.len(), 3);
    let (launch, copy, grant) = (&sent[0], &sent[1], sent[2].json());
    for (field, value) in [
        ("DryRun", "true"),
        ("ImageId", image_id().as_str()),
        ("InstanceType", "t3.micro"),
        ("SubnetId", "subnet-0123456789abcdef0"),
        ("MinCount", "1"),
        ("MaxCount", "1"),
    ] {
        assert_eq!(launch.field(field).as_deref(), Some(value));
    }
    assert_eq!(copy.action, "CopyImage");
    assert_eq!(copy.field("DryRun").as_deref(), Some("true"));
    assert_eq!(copy.field("Encrypted").as_deref(), Some("true"));
    let expected = json!({
        "DryRun": true, "KeyId": key().as_str(), "GranteePrincipal": GRANTEE, "Name": "rehearsal",
        "Operations": ["Decrypt"],
    });
    assert_eq!(grant, expected);
}

#[tokio::test]
async fn honest_answers_a_rehearsal_that_is_refused_or_was_done_is_an_error() {
    let refused = Fake::new(|sent| {
        Some(match sent.action.as_str() {
            "CreateGrant" => (400, json_error("AccessDeniedException")),
            _ => (403, ec2_error("UnauthorizedOperation", "no")),
        })
    });
    for answer in rehearse(&refused).await {
        assert_eq!(answer.unwrap_err().kind(), ApiErrorKind::AccessDenied);
    }

    let done = Fake::new(|sent| {
        Some(match sent.action.as_str() {
            "CreateGrant" => (200, r#"{"GrantId": "1"}"#.to_owned()),
            _ => (200, ec2_answer(sent, "")),
        })
    });
    for answer in rehearse(&done).await {
        let error = answer.unwrap_err();
        assert!(error.message().contains("it was done"), "{error}");
    }
}

#[tokio::test]
async fn allowed_images_settings_are_read() {
    for (state, expected) in [
        ("disabled", Some(AllowedImagesSettings::Disabled)),
        ("audit-mode", Some(AllowedImagesSettings::AuditMode)),
        ("enabled", Some(AllowedImagesSettings::Enabled)),
        ("half", None),
    ] {
        let fake = Fake::of_ec2(format!("<state>{state}</state>"));
        let backend = fake.backend().await;
        let settings = backend.get_allowed_images_settings(&home()).await;
        assert_eq!(settings.ok(), expected, "{state}");
    }
}

#[tokio::test]
async fn a_parameter_is_read_and_a_missing_one_is_none() {
    let found = json!({"Parameter": {
        "Name": "/golden", "Type": "String", "Value": "ami-0123456789abcdef0", "Version": 3,
        "DataType": "aws:ec2:image",
    }});
    let fake = Fake::always(200, found.to_string());
    let parameter = fake.backend().await.get_parameter(&home(), "/golden").await;
    let expected = Parameter {
        value: "ami-0123456789abcdef0".to_owned(),
        data_type: "aws:ec2:image".to_owned(),
        version: 3,
    };
    assert_eq!(parameter.unwrap(), Some(expected));
    assert_eq!(fake.sent()[0].json(), json!({"Name": "/golden"}));
    assert_eq!(
        fake.sent()[0].uri,
        "https://ssm.eu-central-1.amazonaws.com/"
    );

    let missing = Fake::always(400, json_error("ParameterNotFound"));
    let parameter = missing.backend().await.get_parameter(&home(), "/x").await;
    assert_eq!(parameter.unwrap(), None);

    let refused = Fake::always(400, json_error("AccessDeniedException"));
    let parameter = refused.backend().await.get_parameter(&home(), "/x").await;
    assert_eq!(parameter.unwrap_err().kind(), ApiErrorKind::AccessDenied);
}

#[tokio::test]
async fn an_image_parameter_is_written_over_what_is_there() {
    let fake = Fake::always(200, r#"{"Version": 4, "Tier": "Standard"}"#);

    let backend = fake.backend().await;
    let written = backend
        .put_image_parameter(&home(), "/golden", &image_id())
        .await;

    assert_eq!(written.unwrap().as_deref(), Some(REQUEST_ID));
    let expected = json!({
        "Name": "/golden", "Value": image_id().as_str(), "Type": "String",
        "DataType": "aws:ec2:image", "Overwrite": true,
    });
    assert_eq!(fake.sent()[0].json(), expected);
}

#[tokio::test]
async fn a_usage_report_is_asked_for_over_all_resources() {
    let fake = Fake::of_ec2("<reportId>amiur-1</reportId>");
    let backend = fake.backend().await;
    let accounts = ["222222222222".parse().unwrap()];

    let id = backend
        .create_image_usage_report(&home(), &image_id(), &accounts)
        .await;
    assert_eq!(id.unwrap(), "amiur-1");
    backend
        .create_image_usage_report(&home(), &image_id(), &[])
        .await
        .unwrap();

    let sent = fake.sent();
    for (field, value) in [
        ("ImageId", image_id().as_str()),
        ("ResourceType.1.ResourceType", "ec2:Instance"),
        ("ResourceType.2.ResourceType", "ec2:LaunchTemplate"),
        ("ResourceType.3.ResourceType", "imagebuilder:ImageRecipe"),
        (
            "ResourceType.4.ResourceType",
            "imagebuilder:ContainerRecipe",
        ),
        ("AccountId.1", "222222222222"),
    ] {
        assert_eq!(sent[0].field(field).as_deref(), Some(value), "{field}");
    }
    assert_eq!(sent[0].field("ResourceType.5.ResourceType"), None);
    assert_eq!(sent[1].count("AccountId"), 0, "all accounts");
}

#[tokio::test]
async fn a_usage_report_is_pending_then_available_or_failed() {
    for (state, expected) in [
        ("pending", UsageReportState::Pending),
        ("available", UsageReportState::Available),
        ("error", UsageReportState::Failed("too busy".to_owned())),
    ] {
        let fake = Fake::of_ec2(format!(
            "<imageUsageReportSet><item><reportId>amiur-1</reportId>\
                 <state>{state}</state><stateReason>too busy</stateReason></item>\
                 </imageUsageReportSet>"
        ));
        let backend = fake.backend().await;
        let report = backend
            .describe_image_usage_report(&home(), "amiur-1")
            .await;
        assert_eq!(report.unwrap(), expected);
        assert_eq!(
            fake.sent()[0].field("ReportId.1").as_deref(),
            Some("amiur-1")
        );
        let other = backend
            .describe_image_usage_report(&home(), "amiur-2")
            .await;
        assert!(other.unwrap_err().message().contains("`amiur-2`"));
    }
}

#[tokio::test]
async fn the_pending_usage_report_of_an_image_is_found() {
    let fake = Fake::of_ec2(
        "<imageUsageReportSet><item><reportId>amiur-1</reportId><state>pending</state>\
         <accountIdSet><item>222222222222</item></accountIdSet>\
         <resourceTypeSet><item><resourceType>ec2:Instance</resourceType></item></resourceTypeSet>\
         </item></imageUsageReportSet>",
    );
    let backend = fake.backend().await;
    let (region, image) = (home(), image_id());
    let found = backend.find_pending_image_usage_report(&region, &image);
    let expected = UsageReport {
        id: "amiur-1".to_owned(),
        accounts: ["222222222222".parse().unwrap()].into(),
        resource_types: ["ec2:Instance".to_owned()].into(),
    };
    assert_eq!(found.await.unwrap(), Some(expected));
    let sent = fake.sent();
    for (field, value) in [
        ("ImageId.1", image_id().as_str()),
        ("Filter.1.Name", "state"),
        ("Filter.1.Value.1", "pending"),
    ] {
        assert_eq!(sent[0].field(field).as_deref(), Some(value), "{field}");
    }

    let none = Fake::of_ec2("<imageUsageReportSet/>");
    let backend = none.backend().await;
    let found = backend.find_pending_image_usage_report(&region, &image);
    assert_eq!(found.await.unwrap(), None);
}

#[tokio::test]
async fn the_entries_of_a_usage_report_come_from_all_pages() {
    let fake = Fake::new(|sent| {
        let (account, next) = match sent.field("NextToken") {
            None => ("222222222222", "<nextToken>more</nextToken>"),
            Some(_) => ("333333333333", ""),
        };
        let body = format!(
            "<imageUsageReportEntrySet><item><resourceType>ec2:Instance</resourceType>\
             <reportId>amiur-1</reportId><usageCount>7</usageCount>\
             <accountId>{account}</accountId><imageId>ami-1</imageId>\
             <reportCreationTime>2026-11-20T01:02:03.000Z</reportCreationTime></item>\
             </imageUsageReportEntrySet>{next}"
        );
        Some((200, ec2_answer(sent, &body)))
    });

    let backend = fake.backend().await;
    let entries = backend
        .describe_image_usage_report_entries(&home(), "amiur-1")
        .await
        .unwrap();

    let usage = |account: &str| ImageUsage {
        account: account.parse().unwrap(),
        resource_type: "ec2:Instance".to_owned(),
        count: 7,
        counted: Some("2026-11-20T01:02:03Z".parse().unwrap()),
    };
    assert_eq!(entries, [usage("222222222222"), usage("333333333333")]);
    let sent = fake.sent();
    assert_eq!(sent[0].field("ReportId.1").as_deref(), Some("amiur-1"));
    assert_eq!(sent[0].field("MaxResults").as_deref(), Some("1000"));
}

#[tokio::test]
async fn a_key_is_found_by_its_alias() {
    let metadata = json!({"KeyMetadata": {
        "KeyId": key().key_id(), "Arn": key().as_str(), "KeyManager": "CUSTOMER",
        "KeyState": "Enabled", "KeySpec": "SYMMETRIC_DEFAULT", "KeyUsage": "ENCRYPT_DECRYPT",
    }});
    let fake = Fake::always(200, metadata.to_string());

    let alias = "alias/golden".parse().unwrap();
    let found = fake.backend().await.find_key(&home(), &alias).await;

    assert_eq!(found.unwrap().arn, key());
    assert_eq!(fake.sent()[0].json(), json!({"KeyId": "alias/golden"}));
}
