use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::super::super::ec2::ImageSpec;
use super::wire::Wire;
use crate::resource::ImageState;

const ACCOUNT: &str = "111122223333";

async fn ask(wire: &Wire, key: &str, operation: &str, input: Value) -> (u16, Value) {
    let target = format!("AmazonSSM.{operation}");
    wire.json(key, "ssm", &target, input).await
}

async fn done(wire: &Wire, operation: &str, input: Value) -> Value {
    let (status, answer) = ask(wire, ACCOUNT, operation, input).await;
    assert_eq!(status, 200, "{operation}: {answer}");
    answer
}

async fn refused(wire: &Wire, operation: &str, input: Value) -> String {
    let (status, answer) = ask(wire, ACCOUNT, operation, input).await;
    assert_eq!(status, 400, "{operation}: {answer}");
    answer["__type"].as_str().unwrap().to_owned()
}

fn text(name: &str, value: &str) -> Value {
    json!({"Name": name, "Value": value, "Type": "String"})
}

#[tokio::test]
async fn every_write_makes_a_version_that_can_be_read_back() {
    let wire = Wire::start().await;
    assert_eq!(
        done(&wire, "PutParameter", text("/golden/ami", "one")).await,
        json!({"Version": 1, "Tier": "Standard"})
    );
    assert_eq!(
        refused(&wire, "PutParameter", text("/golden/ami", "two")).await,
        "ParameterAlreadyExists"
    );
    let two = json!({"Name": "/golden/ami", "Value": "two", "Overwrite": true});
    assert_eq!(done(&wire, "PutParameter", two).await["Version"], 2);
    let arn = "arn:aws:ssm:eu-central-1:111122223333:parameter/golden/ami";
    for (name, value, selector) in [
        ("/golden/ami".to_owned(), "two", Value::Null),
        ("/golden/ami:1".to_owned(), "one", json!(":1")),
        (arn.to_owned(), "two", Value::Null),
        (format!("{arn}:1"), "one", json!(":1")),
    ] {
        let read = done(&wire, "GetParameter", json!({"Name": name})).await;
        let parameter = &read["Parameter"];
        assert_eq!(parameter["Value"], value, "{name}");
        assert_eq!(parameter["Selector"], selector, "{name}");
        assert_eq!(parameter["ARN"], arn);
        assert_eq!(parameter["DataType"], "text");
    }
    assert_eq!(
        refused(&wire, "GetParameter", json!({"Name": "/golden/ami:3"})).await,
        "ParameterVersionNotFound"
    );
    let history = done(&wire, "GetParameterHistory", json!({"Name": "/golden/ami"})).await;
    let values: Vec<&Value> = history["Parameters"]
        .as_array()
        .unwrap()
        .iter()
        .map(|version| &version["Value"])
        .collect();
    assert_eq!(values, ["one", "two"]);
    assert_eq!(
        history["Parameters"][0]["LastModifiedUser"],
        "arn:aws:iam::111122223333:root"
    );
}

#[tokio::test]
async fn a_parameter_of_an_image_is_stored_when_the_caller_sees_that_image() {
    let wire = Wire::start().await;
    let region = Wire::REGION.parse().unwrap();
    let owner = ACCOUNT.parse().unwrap();
    let image = wire
        .world
        .register_image(&region, owner, ImageSpec::named("golden"));
    let foreign = wire.world.register_image(
        &region,
        "999900001111".parse().unwrap(),
        ImageSpec::named("foreign"),
    );
    let put = |value: String| {
        json!({"Name": "/golden", "Value": value, "Type": "String", "DataType": "aws:ec2:image",
            "Overwrite": true})
    };
    let pending = ImageSpec::named("pending").state(ImageState::Pending);
    let pending = wire.world.register_image(&region, owner, pending);
    for stray in [
        "golden".to_owned(),
        foreign.to_string(),
        pending.to_string(),
    ] {
        done(&wire, "PutParameter", put(stray.clone())).await;
        assert_eq!(
            refused(&wire, "GetParameter", json!({"Name": "/golden"})).await,
            "ParameterNotFound",
            "{stray}"
        );
    }
    done(&wire, "PutParameter", put(image.to_string())).await;
    done(&wire, "PutParameter", put(foreign.to_string())).await;
    let read = done(&wire, "GetParameter", json!({"Name": "/golden"})).await;
    assert_eq!(read["Parameter"]["Value"], json!(image));
    assert_eq!(read["Parameter"]["Version"], 1);
    assert_eq!(read["Parameter"]["DataType"], "aws:ec2:image");
}

#[tokio::test]
async fn names_and_values_that_aws_does_not_take_are_refused() {
    let wire = Wire::start().await;
    for (input, code) in [
        (text("ssm-golden", "a"), "ValidationException"),
        (text("golden/ami", "a"), "ValidationException"),
        (text("/golden ami", "a"), "ValidationException"),
        (text("/aws/golden", "a"), "AccessDeniedException"),
        (
            text(&"/a".repeat(16), "a"),
            "HierarchyLevelLimitExceededException",
        ),
        (text("/golden", ""), "ValidationException"),
        (text("/golden", &"a".repeat(4_097)), "ValidationException"),
        (
            json!({"Name": "/golden", "Value": "a"}),
            "ValidationException",
        ),
        (
            json!({"Name": "/golden", "Value": "a", "Type": "SecureString"}),
            "UnsupportedParameterType",
        ),
        (
            json!({"Name": "/golden", "Value": "a", "Type": "String", "Policies": "[]"}),
            "ValidationException",
        ),
        (
            json!({"Name": "/golden", "Value": "a", "Type": "String", "Overwrite": true,
                "Tags": [{"Key": "team", "Value": "images"}]}),
            "ValidationException",
        ),
    ] {
        assert_eq!(
            refused(&wire, "PutParameter", input.clone()).await,
            code,
            "{input}"
        );
    }
    let large = json!({"Name": "/large", "Value": "a".repeat(4_097), "Type": "String",
        "Tier": "Intelligent-Tiering"});
    assert_eq!(done(&wire, "PutParameter", large).await["Tier"], "Advanced");
    done(&wire, "PutParameter", text("/golden", "a")).await;
    let list = json!({"Name": "/golden", "Value": "a", "Type": "StringList", "Overwrite": true});
    assert_eq!(
        refused(&wire, "PutParameter", list).await,
        "HierarchyTypeMismatchException"
    );
}

#[tokio::test]
async fn several_are_read_and_deleted_and_the_unknown_named() {
    let wire = Wire::start().await;
    done(&wire, "PutParameter", text("/a", "1")).await;
    let names = json!({"Names": ["/a", "/b"]});
    let read = done(&wire, "GetParameters", names.clone()).await;
    assert_eq!(read["Parameters"][0]["Value"], "1");
    assert_eq!(read["InvalidParameters"], json!(["/b"]));
    assert_eq!(
        done(&wire, "DeleteParameters", names).await,
        json!({"DeletedParameters": ["/a"], "InvalidParameters": ["/b"]})
    );
    assert_eq!(
        refused(&wire, "DeleteParameter", json!({"Name": "/a"})).await,
        "ParameterNotFound"
    );
}

#[tokio::test]
async fn a_path_is_listed_in_pages_and_to_its_depth() {
    let wire = Wire::start().await;
    for number in 0..12 {
        done(&wire, "PutParameter", text(&format!("/ami/p{number}"), "x")).await;
    }
    done(&wire, "PutParameter", text("/ami/deep/one", "x")).await;
    done(&wire, "PutParameter", text("/amis/other", "x")).await;
    for (recursive, count) in [(false, 12), (true, 13)] {
        let mut names = BTreeSet::new();
        let mut input = json!({"Path": "/ami", "Recursive": recursive});
        loop {
            let page = done(&wire, "GetParametersByPath", input.clone()).await;
            let found = page["Parameters"].as_array().unwrap();
            assert!(found.len() <= 10);
            names.extend(
                found
                    .iter()
                    .map(|one| one["Name"].as_str().unwrap().to_owned()),
            );
            match page.get("NextToken") {
                Some(token) => input["NextToken"] = token.clone(),
                None => break,
            }
        }
        assert_eq!(names.len(), count);
    }
    let first = done(&wire, "GetParametersByPath", json!({"Path": "/ami/"})).await;
    let other = json!({"Path": "/amis", "NextToken": first["NextToken"]});
    assert_eq!(
        refused(&wire, "GetParametersByPath", other).await,
        "InvalidNextToken"
    );
    let filter = json!({"ParameterFilters": [
        {"Key": "Name", "Option": "BeginsWith", "Values": ["/amis"]}]});
    let described = done(&wire, "DescribeParameters", filter).await;
    assert_eq!(described["Parameters"][0]["Name"], "/amis/other");
    assert_eq!(described["Parameters"][0].get("Value"), None);
    let unknown = json!({"ParameterFilters": [{"Key": "Color", "Values": ["red"]}]});
    assert_eq!(
        refused(&wire, "DescribeParameters", unknown).await,
        "InvalidFilterKey"
    );
}

#[tokio::test]
async fn a_label_goes_with_one_version() {
    let wire = Wire::start().await;
    done(&wire, "PutParameter", text("/a", "1")).await;
    let two = json!({"Name": "/a", "Value": "2", "Overwrite": true});
    done(&wire, "PutParameter", two).await;
    let label = |version: u64| {
        json!({"Name": "/a", "ParameterVersion": version,
        "Labels": ["prod", "1st"]})
    };
    assert_eq!(
        done(&wire, "LabelParameterVersion", label(2)).await,
        json!({"ParameterVersion": 2, "InvalidLabels": ["1st"]})
    );
    done(&wire, "LabelParameterVersion", label(1)).await;
    let read = done(&wire, "GetParameter", json!({"Name": "/a:prod"})).await;
    assert_eq!(read["Parameter"]["Value"], "1");
    assert_eq!(read["Parameter"]["Selector"], ":prod");
}

#[tokio::test]
async fn tags_of_a_parameter_are_kept() {
    let wire = Wire::start().await;
    let tagged = json!({"Name": "/a", "Value": "1", "Type": "String",
        "Tags": [{"Key": "team", "Value": "images"}]});
    done(&wire, "PutParameter", tagged).await;
    let resource = json!({"ResourceType": "Parameter", "ResourceId": "/a"});
    let mut more = resource.clone();
    more["Tags"] = json!([{"Key": "stage", "Value": "prod"}]);
    done(&wire, "AddTagsToResource", more).await;
    let mut less = resource.clone();
    less["TagKeys"] = json!(["team"]);
    done(&wire, "RemoveTagsFromResource", less).await;
    assert_eq!(
        done(&wire, "ListTagsForResource", resource).await,
        json!({"TagList": [{"Key": "stage", "Value": "prod"}]})
    );
}

#[tokio::test]
async fn a_parameter_belongs_to_its_account_and_region_and_to_whom_policies_let_in() {
    let wire = Wire::start().await;
    done(&wire, "PutParameter", text("/a", "1")).await;
    let name = json!({"Name": "/a"});
    let (status, answer) = ask(&wire, "444455556666", "GetParameter", name.clone()).await;
    assert_eq!(
        (status, &answer["__type"]),
        (400, &json!("ParameterNotFound"))
    );
    let (status, _) = wire
        .json_in(
            "us-east-1",
            ACCOUNT,
            "ssm",
            "AmazonSSM.GetParameter",
            name.clone(),
        )
        .await;
    assert_eq!(status, 400);

    let user = ("UserName", "ann");
    wire.query(ACCOUNT, "iam", "CreateUser", &[user]).await;
    let (_, made) = wire.query(ACCOUNT, "iam", "CreateAccessKey", &[user]).await;
    let key = super::iam::between(&made, "AccessKeyId");
    let policy = r#"{"Statement": [{"Effect": "Allow", "Action": "ssm:GetParameter",
        "Resource": "arn:aws:ssm:*:111122223333:parameter/a"}]}"#;
    let params = [user, ("PolicyName", "P"), ("PolicyDocument", policy)];
    wire.query(ACCOUNT, "iam", "PutUserPolicy", &params).await;
    assert_eq!(ask(&wire, &key, "GetParameter", name.clone()).await.0, 200);
    let (status, answer) = ask(&wire, &key, "DeleteParameter", name).await;
    assert_eq!(
        (status, &answer["__type"]),
        (400, &json!("AccessDeniedException"))
    );
}
