//! What is taken over from EC2 Image Builder.

use super::*;

pub(super) const ANSWER: &str = r#"{
  "requestId": "1234abcd-0000-0000-0000-000000000000",
  "distributionConfiguration": {
    "arn": "arn:aws:imagebuilder:us-west-2:123456789012:distribution-configuration/golden",
    "name": "golden",
    "distributions": [
      {
        "region": "us-west-2",
        "amiDistributionConfiguration": {
          "name": "golden {{ imagebuilder:buildDate }}",
          "description": "Golden image",
          "amiTags": {"team": "platform", "region": "west"},
          "launchPermission": {
            "userIds": ["222222222222", "333333333333"],
            "userGroups": ["all"],
            "organizationArns": ["arn:aws:organizations::123456789012:organization/o-exampleorg1"]
          }
        },
        "launchTemplateConfigurations": [{"launchTemplateId": "lt-0123456789abcdef0"}],
        "ssmParameterConfigurations": [
          {"parameterName": "/golden/web", "dataType": "aws:ec2:image"},
          {"amiAccountId": "222222222222", "parameterName": "/golden/web"}
        ]
      },
      {
        "region": "eu-west-1",
        "amiDistributionConfiguration": {
          "name": "golden {{ imagebuilder:buildDate }}",
          "description": "Golden image",
          "kmsKeyId": "alias/golden",
          "amiTags": {"team": "platform", "region": "west 1"},
          "launchPermission": {
            "userIds": ["222222222222", "444444444444"],
            "organizationArns": ["arn:aws:organizations::123456789012:organization/o-exampleorg1"]
          }
        },
        "fastLaunchConfigurations": [{"enabled": true}],
        "ssmParameterConfigurations": [{"amiAccountId": "123456789012", "parameterName": "/golden/web", "dataType": "text"}]
      }
    ],
    "timeoutMinutes": 120,
    "tags": {}
  }
}"#;

#[test]
fn what_get_distribution_configuration_answers_becomes_a_distribution() {
    let imported = Distribution::from_image_builder(ANSWER).unwrap();
    let distribution = imported.distribution.clone().build().unwrap();
    assert_eq!(distribution.regions().len(), 2);
    assert_eq!(distribution.image().region, id("us-west-2"));
    let ImageSource::Newest(filter) = &distribution.image().by else {
        panic!("{:?}", distribution.image());
    };
    assert_eq!(filter.name.as_deref(), Some("golden *"));
    assert_eq!(
        distribution.owner_key(&id("eu-west-1")),
        Some(&id("alias/golden"))
    );
    assert_eq!(distribution.copies().time_limit_minutes, Some(120));
    assert_eq!(distribution.copies().description, Some(id("Golden image")));
    assert_eq!(
        distribution.tags().image,
        [("team".to_owned(), "platform".to_owned())].into()
    );
    assert_eq!(distribution.parameters().owner, [id("/golden/web")]);
    assert!(distribution.parameters().recipients.is_empty());
}

#[test]
fn promise_1_what_differs_between_regions_is_left_out_and_told() {
    let imported = Distribution::from_image_builder(ANSWER).unwrap();
    assert_eq!(
        imported.distribution.recipients.accounts,
        [id("222222222222")]
    );
    const AT: &str = "distributionConfiguration.distributions";
    for (region, field, why) in [
        (
            0,
            "amiDistributionConfiguration.launchPermission.userIds",
            "`333333333333`: it is not the same in all Regions",
        ),
        (
            1,
            "amiDistributionConfiguration.launchPermission.userIds",
            "`444444444444`",
        ),
        (
            0,
            "amiDistributionConfiguration.launchPermission.userGroups",
            "never makes an image public",
        ),
        (0, "amiDistributionConfiguration.amiTags", "`region=west`"),
        (0, "launchTemplateConfigurations", "launch templates"),
        (1, "fastLaunchConfigurations", "fast launch"),
        (
            1,
            "ssmParameterConfigurations[0].dataType",
            "`aws:ec2:image`",
        ),
        (
            0,
            "ssmParameterConfigurations",
            "`/golden/web`: it is not the same",
        ),
    ] {
        leaves(&imported, &format!("{AT}[{region}].{field}"), why);
    }
    assert_eq!(imported.not_taken.len(), 9, "{:#?}", not_taken(&imported));
}

#[test]
fn a_resource_of_cloud_formation_is_read_alone_and_in_a_template() {
    let resource = r#"{"Type": "AWS::ImageBuilder::DistributionConfiguration", "Properties": {"Name": "golden",
      "Distributions": [{"Region": "us-east-1",
        "AmiDistributionConfiguration": {"Name": "golden-{{imagebuilder:buildDate}}", "AmiTags": {"Team": "platform"},
          "KmsKeyId": {"Fn::GetAtt": ["Key", "Arn"]},
          "LaunchPermissionConfiguration": {"UserIds": ["222222222222", {"Ref": "Partner"}],
            "OrganizationalUnitArns": ["arn:aws:organizations::123456789012:ou/o-exampleorg1/ou-ab12-11111111"]}},
        "S3ExportConfiguration": {"RoleName": "r"}}]}}"#;
    let template =
        format!(r#"{{"Resources": {{"Golden": {resource}, "Key": {{"Type": "AWS::KMS::Key"}}}}}}"#);
    for (text, at) in [
        (resource, "Properties.Distributions[0]"),
        (&template, "Resources.Golden.Properties.Distributions[0]"),
    ] {
        let imported = Distribution::from_image_builder(text).unwrap();
        let draft = &imported.distribution;
        assert!(draft.image.is_none(), "where it is built is not said");
        assert_eq!(draft.recipients.accounts, [id("222222222222")]);
        assert_eq!(draft.recipients.organizational_units.len(), 1);
        assert_eq!(draft.tags.image["Team"], "platform");
        let ami = format!("{at}.AmiDistributionConfiguration");
        leaves(
            &imported,
            &format!("{ami}.LaunchPermissionConfiguration.UserIds[1]"),
            "CloudFormation",
        );
        leaves(&imported, &format!("{ami}.KmsKeyId"), "CloudFormation");
        leaves(&imported, &format!("{ami}.Name"), "set `image`");
        leaves(
            &imported,
            &format!("{at}.S3ExportConfiguration"),
            "disk images",
        );
        assert_eq!(imported.not_taken.len(), 4, "{:#?}", not_taken(&imported));
    }
}

#[test]
fn target_accounts_become_recipients_that_copy() {
    let text = r#"{"name": "golden", "distributions": [{"region": "us-east-1",
      "amiDistributionConfiguration": {"targetAccountIds": ["222222222222", "333333333333"], "kmsKeyId": "alias/golden",
        "launchPermission": {"userIds": ["444444444444"]}},
      "ssmParameterConfigurations": [
        {"amiAccountId": "222222222222", "parameterName": "/golden/web", "dataType": "aws:ec2:image"},
        {"amiAccountId": "333333333333", "parameterName": "/golden/web", "dataType": "aws:ec2:image"},
        {"amiAccountId": "333333333333", "parameterName": "/golden/one", "dataType": "aws:ec2:image"}]},
      {"region": "eu-west-1", "containerDistributionConfiguration": {"targetRepository": {}}}]}"#;
    let imported = Distribution::from_image_builder(text).unwrap();
    let draft = &imported.distribution;
    assert_eq!(draft.recipients_get, RecipientsGet::Copy);
    assert_eq!(draft.recipients.accounts.len(), 2);
    assert_eq!(draft.parameters.recipients, [id("/golden/web")]);
    leaves(
        &imported,
        "distributions[0].amiDistributionConfiguration.targetAccountIds",
        "`roles` has to say",
    );
    leaves(
        &imported,
        "distributions[0].amiDistributionConfiguration.launchPermission.userIds",
        "another one that shares",
    );
    leaves(
        &imported,
        "distributions[0].ssmParameterConfigurations",
        "`/golden/one` is written in some accounts",
    );
    leaves(
        &imported,
        "distributions[1].containerDistributionConfiguration",
        "not of containers",
    );
    leaves(&imported, "distributions[1]", "no image is distributed");
    let mut draft = imported.distribution.clone();
    draft.image = Some(DraftImage {
        region: id("us-east-1"),
        id: Some(id("ami-12345678")),
        parameter: None,
        newest: None,
    });
    let error = draft.clone().build().unwrap_err();
    assert!(
        error
            .problems()
            .iter()
            .all(|problem| problem.field == "roles"),
        "{error}"
    );
    draft.roles = Some(Roles {
        template: Some(id("arn:aws:iam::{account}:role/AmiShare")),
        ..Roles::default()
    });
    draft.build().unwrap();
}

#[test]
fn what_is_no_configuration_is_refused() {
    for text in [
        "",
        "[]",
        "{}",
        "5",
        "{\"distributions\"",
        "{\"Resources\": {}}",
        "{\"name\": \"a\"}",
    ] {
        let error = Distribution::from_image_builder(text).unwrap_err();
        assert!(
            error.to_string().contains("get-distribution-configuration"),
            "{error}"
        );
    }
    for text in [
        r#"{"distributions": 5}"#,
        r#"{"distributions": [5, {}, null]}"#,
        r#"{"distributions": []}"#,
    ] {
        let imported = Distribution::from_image_builder(text).unwrap();
        imported.distribution.build().unwrap_err();
    }
}

#[test]
fn an_empty_permission_in_one_region_gives_nobody_the_image_in_another() {
    let text = r#"{"distributions": [
      {"region": "us-east-1", "amiDistributionConfiguration": {"launchPermission": {"userIds": ["222222222222"]}}},
      {"region": "eu-west-1", "amiDistributionConfiguration": {}}]}"#;
    let imported = Distribution::from_image_builder(text).unwrap();
    assert!(imported.distribution.recipients.accounts.is_empty());
    assert_eq!(imported.not_taken.len(), 1);
}
