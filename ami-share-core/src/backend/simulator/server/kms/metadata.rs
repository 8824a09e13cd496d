use serde_json::{Map, Value, json};

use super::super::super::kms::{Key, KeyManager, Keys};
use crate::policy::evaluate::KeyState;

/// A key as `DescribeKey` tells it
pub(super) fn metadata(keys: &Keys, key: &Key) -> Value {
    let (algorithms, names) = key.kind.algorithms();
    let fields = json!({
        "AWSAccountId": key.arn.account(),
        "Arn": key.arn,
        "CreationDate": key.created.seconds(),
        "CustomerMasterKeySpec": key.kind.spec,
        "Description": key.description,
        "Enabled": key.state == KeyState::Enabled,
        "KeyId": key.arn.key_id(),
        "KeyManager": match key.manager {
            KeyManager::Aws => "AWS",
            KeyManager::Customer => "CUSTOMER",
        },
        "KeySpec": key.kind.spec,
        "KeyState": key.state.to_string(),
        "KeyUsage": key.kind.usage,
        "MultiRegion": key.primary.is_some(),
        "Origin": key.kind.origin,
        algorithms: names,
    });
    let mut fields = match fields {
        Value::Object(fields) => fields,
        _ => Map::new(),
    };
    if let Some(deletion) = key.deletion {
        match deletion.at {
            Some(at) => fields.insert("DeletionDate".to_owned(), at.seconds().into()),
            None => fields.insert(
                "PendingDeletionWindowInDays".to_owned(),
                deletion.days.into(),
            ),
        };
    }
    if key.primary.is_some() {
        fields.insert("MultiRegionConfiguration".to_owned(), related(keys, key));
    }
    fields.into()
}

fn related(keys: &Keys, key: &Key) -> Value {
    let one = |key: &Key| json!({"Arn": key.arn, "Region": key.arn.region()});
    let primary = keys.related(&key.arn).find(|key| key.is_primary());
    let replicas = keys.related(&key.arn).filter(|key| key.is_replica());
    let replicas: Vec<Value> = replicas.map(one).collect();
    json!({
        "MultiRegionKeyType": if key.is_primary() { "PRIMARY" } else { "REPLICA" },
        "PrimaryKey": primary.map(one),
        "ReplicaKeys": replicas,
    })
}
