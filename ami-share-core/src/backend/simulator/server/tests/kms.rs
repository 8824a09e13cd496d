use serde_json::{Value, json};

use super::wire::Wire;

const OWNER: &str = "111122223333";
const RECIPIENT: &str = "444455556666";

async fn kms(wire: &Wire, account: &str, operation: &str, input: Value) -> (u16, Value) {
    let target = format!("TrentService.{operation}");
    wire.json(account, "kms", &target, input).await
}

async fn done(wire: &Wire, operation: &str, input: Value) -> Value {
    let (status, answer) = kms(wire, OWNER, operation, input).await;
    assert_eq!(status, 200, "{operation}: {answer}");
    answer
}

async fn refused(wire: &Wire, account: &str, operation: &str, input: Value) -> String {
    let (status, answer) = kms(wire, account, operation, input).await;
    assert_eq!(status, 400, "{operation}: {answer}");
    assert!(answer["message"].is_string(), "{answer}");
    answer["__type"].as_str().unwrap().to_owned()
}

async fn new_key(wire: &Wire, input: Value) -> Value {
    done(wire, "CreateKey", input).await["KeyMetadata"].clone()
}

#[tokio::test]
async fn a_key_is_created_described_by_alias_and_listed() {
    let wire = Wire::start().await;
    let created = new_key(
        &wire,
        json!({
            "Description": "golden", "CustomerMasterKeySpec": "SYMMETRIC_DEFAULT",
            "KeyUsage": "ENCRYPT_DECRYPT", "Origin": "AWS_KMS", "MultiRegion": false,
            "BypassPolicyLockoutSafetyCheck": false, "Tags": [{"TagKey": "team", "TagValue": "x"}],
        }),
    )
    .await;
    for (field, value) in [
        ("AWSAccountId", json!(OWNER)),
        ("Description", json!("golden")),
        ("Enabled", json!(true)),
        ("EncryptionAlgorithms", json!(["SYMMETRIC_DEFAULT"])),
        ("KeyManager", json!("CUSTOMER")),
        ("KeySpec", json!("SYMMETRIC_DEFAULT")),
        ("KeyState", json!("Enabled")),
        ("MultiRegion", json!(false)),
        ("Origin", json!("AWS_KMS")),
    ] {
        assert_eq!(created[field], value, "{field}");
    }
    assert!(created["CreationDate"].as_f64().unwrap() > 1.7e9);
    let id = created["KeyId"].clone();
    let alias = json!({"AliasName": "alias/golden", "TargetKeyId": id});
    assert_eq!(done(&wire, "CreateAlias", alias).await, json!({}));
    let by_alias = done(&wire, "DescribeKey", json!({"KeyId": "alias/golden"})).await;
    assert_eq!(by_alias["KeyMetadata"], created);
    let keys = done(&wire, "ListKeys", json!({})).await;
    let listed = json!([{"KeyArn": created["Arn"], "KeyId": id}]);
    assert_eq!(keys, json!({"Keys": listed, "Truncated": false}));
    let aliases = done(&wire, "ListAliases", json!({"KeyId": id})).await;
    assert_eq!(aliases["Aliases"][0]["TargetKeyId"], id);
    let tags = done(&wire, "ListResourceTags", json!({"KeyId": id})).await;
    assert_eq!(tags["Tags"], json!([{"TagKey": "team", "TagValue": "x"}]));
    let names = done(&wire, "ListKeyPolicies", json!({"KeyId": id})).await;
    assert_eq!(names["PolicyNames"], json!(["default"]));
}

#[tokio::test]
async fn the_alias_of_the_aws_managed_key_brings_that_key_about() {
    let wire = Wire::start().await;
    let key = done(&wire, "DescribeKey", json!({"KeyId": "alias/aws/ebs"})).await;
    assert_eq!(key["KeyMetadata"]["KeyManager"], "AWS");
    let aliases = done(&wire, "ListAliases", json!({})).await;
    assert_eq!(aliases["Aliases"][0]["AliasName"], "alias/aws/ebs");
    let disabled = refused(
        &wire,
        OWNER,
        "DisableKey",
        json!({"KeyId": key["KeyMetadata"]["KeyId"]}),
    );
    assert_eq!(disabled.await, "AccessDeniedException");
}

#[tokio::test]
async fn policies_and_grants_go_over_the_wire_and_decide_across_accounts() {
    let wire = Wire::start().await;
    let key = new_key(&wire, json!({})).await["Arn"].clone();
    let describe = json!({"KeyId": key});
    let denied = refused(&wire, RECIPIENT, "DescribeKey", describe.clone()).await;
    assert_eq!(denied, "AccessDeniedException");

    let grant = json!({
        "KeyId": key, "GranteePrincipal": format!("arn:aws:iam::{RECIPIENT}:root"),
        "Operations": ["DescribeKey", "Decrypt"], "Name": "share",
        "RetiringPrincipal": format!("arn:aws:iam::{OWNER}:root"),
    });
    let created = done(&wire, "CreateGrant", grant).await;
    let (status, _) = kms(&wire, RECIPIENT, "DescribeKey", describe.clone()).await;
    assert_eq!(status, 200);
    let listed = done(&wire, "ListGrants", json!({"KeyId": key, "Limit": 10})).await;
    assert_eq!(listed["Truncated"], false);
    let entry = &listed["Grants"][0];
    assert_eq!(entry["GrantId"], created["GrantId"]);
    assert_eq!(entry["KeyId"], key);
    assert_eq!(entry["Name"], "share");
    assert_eq!(entry["Operations"], json!(["Decrypt", "DescribeKey"]));
    assert_eq!(
        entry["IssuingAccount"],
        format!("arn:aws:iam::{OWNER}:root")
    );
    let retire = json!({"KeyId": key, "GrantId": created["GrantId"]});
    assert_eq!(done(&wire, "RetireGrant", retire.clone()).await, json!({}));
    let again = refused(&wire, OWNER, "RevokeGrant", retire).await;
    assert_eq!(again, "NotFoundException");

    let policy = json!({
        "Version": "2012-10-17",
        "Statement": [
            {"Effect": "Allow", "Principal": {"AWS": OWNER}, "Action": "kms:*", "Resource": "*"},
            {"Effect": "Allow", "Principal": {"AWS": RECIPIENT}, "Action": "kms:DescribeKey",
             "Resource": "*"},
        ],
    })
    .to_string();
    done(
        &wire,
        "PutKeyPolicy",
        json!({"KeyId": key, "Policy": policy}),
    )
    .await;
    let got = done(
        &wire,
        "GetKeyPolicy",
        json!({"KeyId": key, "PolicyName": "default"}),
    )
    .await;
    assert_eq!(got, json!({"Policy": policy, "PolicyName": "default"}));
    let (status, _) = kms(&wire, RECIPIENT, "DescribeKey", describe).await;
    assert_eq!(status, 200);
}

#[tokio::test]
async fn a_key_goes_through_its_life() {
    let wire = Wire::start().await;
    let key = new_key(&wire, json!({})).await["KeyId"].clone();
    let of_key = json!({"KeyId": key});
    done(&wire, "EnableKeyRotation", of_key.clone()).await;
    let rotation = done(&wire, "GetKeyRotationStatus", of_key.clone()).await;
    assert_eq!(rotation["KeyRotationEnabled"], true);
    assert_eq!(rotation["RotationPeriodInDays"], 365);
    assert_eq!(rotation["KeyId"], key);
    done(&wire, "DisableKeyRotation", of_key.clone()).await;
    done(&wire, "DisableKey", of_key.clone()).await;
    let grant = json!({
        "KeyId": key, "GranteePrincipal": format!("arn:aws:iam::{RECIPIENT}:root"),
        "Operations": ["Decrypt"],
    });
    let disabled = refused(&wire, OWNER, "CreateGrant", grant).await;
    assert_eq!(disabled, "DisabledException");
    done(&wire, "EnableKey", of_key.clone()).await;
    let update = json!({"KeyId": key, "Description": "new"});
    done(&wire, "UpdateKeyDescription", update).await;
    let tag = json!({"KeyId": key, "Tags": [{"TagKey": "a", "TagValue": "b"}]});
    done(&wire, "TagResource", tag).await;
    done(
        &wire,
        "UntagResource",
        json!({"KeyId": key, "TagKeys": ["a"]}),
    )
    .await;
    let scheduled = done(
        &wire,
        "ScheduleKeyDeletion",
        json!({"KeyId": key, "PendingWindowInDays": 7}),
    )
    .await;
    assert_eq!(scheduled["KeyState"], "PendingDeletion");
    assert_eq!(scheduled["PendingWindowInDays"], 7);
    let described = done(&wire, "DescribeKey", of_key.clone()).await;
    assert_eq!(
        described["KeyMetadata"]["DeletionDate"],
        scheduled["DeletionDate"]
    );
    let rotation = done(&wire, "GetKeyRotationStatus", of_key.clone()).await;
    assert_eq!(rotation["KeyRotationEnabled"], false);
    done(&wire, "CancelKeyDeletion", of_key).await;
}

#[tokio::test]
async fn a_multi_region_key_is_replicated_and_both_know_each_other() {
    let wire = Wire::start().await;
    let primary = new_key(&wire, json!({"MultiRegion": true})).await;
    assert!(primary["KeyId"].as_str().unwrap().starts_with("mrk-"));
    let input = json!({"KeyId": primary["KeyId"], "ReplicaRegion": "us-east-1"});
    let replica = done(&wire, "ReplicateKey", input).await["ReplicaKeyMetadata"].clone();
    let related = &replica["MultiRegionConfiguration"];
    assert_eq!(related["MultiRegionKeyType"], "REPLICA");
    assert_eq!(related["PrimaryKey"]["Arn"], primary["Arn"]);
    let input = json!({"KeyId": primary["KeyId"]});
    let there = wire
        .json_in("us-east-1", OWNER, "kms", "TrentService.DescribeKey", input)
        .await;
    assert_eq!(there.1["KeyMetadata"], replica);
}

#[tokio::test]
async fn what_an_operation_does_not_take_is_refused_rather_than_ignored() {
    let wire = Wire::start().await;
    let unknown = json!({"KeyId": "x", "Nonsense": 1});
    for (operation, input) in [
        ("DescribeKey", unknown),
        ("DescribeKey", json!({})),
        ("CreateKey", json!({"KeySpec": "AES"})),
        ("CreateKey", json!({"CustomKeyStoreId": "cks-1"})),
        ("ListKeys", json!({"Limit": 1001})),
        ("RetireGrant", json!({})),
    ] {
        let code = refused(&wire, OWNER, operation, input).await;
        assert_eq!(code, "ValidationException", "{operation}");
    }
    let marker = refused(&wire, OWNER, "ListKeys", json!({"Marker": "x"})).await;
    assert_eq!(marker, "InvalidMarkerException");
    assert!(
        wire.world
            .state()
            .keys
            .of(&Wire::REGION.parse().unwrap(), OWNER.parse().unwrap())
            .next()
            .is_none()
    );
}
