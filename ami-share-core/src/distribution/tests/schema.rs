//! The published schema: that of the types, and what the reader takes is valid by it.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};

use super::*;
use crate::id::{
    AccountId, IamPrincipalArn, KeyRef, OrganizationArn, OrganizationalUnitArn, Region, SubnetId,
};

macro_rules! text_schema {
    ($($type:ident: $description:literal, $pattern:expr;)*) => {
        $(
            impl JsonSchema for $type {
                fn schema_name() -> Cow<'static, str> {
                    stringify!($type).into()
                }

                fn json_schema(_: &mut SchemaGenerator) -> Schema {
                    json_schema!({"type": "string", "description": $description, "pattern": $pattern})
                }
            }
        )*
    };
}

const ARN: &str = "arn:aws(-[a-z0-9-]+)?";
const ROLE: &str = "[A-Za-z0-9+=,.@_/-]+";
const ORGANIZATION: &str = "o-[a-z0-9]{10,32}";
const KEY_ID: &str = "([0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|mrk-[0-9a-f]{32})";
const REGION: &str = "[a-z]+(-[a-z]+)+-[0-9]+";
const PARAMETER: &str = "[A-Za-z0-9._/-]{1,1011}(:[A-Za-z0-9._-]{1,100})?";

text_schema! {
    AccountId: "An AWS account by its 12 digits, in quotes, since leading zeros count", "^[0-9]{12}$";
    Region: "An AWS Region by its code, such as `us-east-1`", format!("^{REGION}$");
    IamPrincipalArn: "The ARN of an IAM role: `arn:aws:iam::<account id>:role/<path and name>`",
        format!("^{ARN}:iam::[0-9]{{12}}:(role|user)/{ROLE}$");
    OrganizationArn: "The full ARN of an organization: \
        `arn:aws:organizations::<management account id>:organization/o-…`",
        format!("^{ARN}:organizations::[0-9]{{12}}:organization/{ORGANIZATION}$");
    OrganizationalUnitArn: "The full ARN of an organizational unit: \
        `arn:aws:organizations::<management account id>:ou/o-…/ou-…`",
        format!("^{ARN}:organizations::[0-9]{{12}}:ou/{ORGANIZATION}/ou-[0-9a-z]{{4,32}}-[0-9a-z]{{8,32}}$");
    KeyRef: "A KMS key: a key id, a key ARN, `alias/<name>` or the ARN of an alias",
        format!("^({KEY_ID}|({ARN}:kms:{REGION}:[0-9]{{12}}:)?alias/[A-Za-z0-9/_-]{{1,250}}|\
            {ARN}:kms:{REGION}:[0-9]{{12}}:key/{KEY_ID})$");
    SubnetId: "A VPC's subnet by its id: `subnet-` and 8 or 17 lower-case hex digits",
        "^subnet-([0-9a-f]{8}|[0-9a-f]{17})$";
    ImageRef: "An image id, or `ssm:` and the name of a parameter of Systems Manager that holds it",
        format!("^(ami-([0-9a-f]{{8}}|[0-9a-f]{{17}})|ssm:{PARAMETER})$");
    ParameterName: "The name of a parameter of Systems Manager, such as `/golden/web`",
        format!("^{PARAMETER}$");
    Template: "A text in which `{name}`, `{region}`, `{account}` and `{source}` are replaced",
        r"^([^{}]|\{(name|region|account|source)\})*$";
    RoleTemplate: "The ARN of a role with `{account}` in the place of the account's id, such as \
        `arn:aws:iam::{account}:role/AmiShare`",
        format!("^{ARN}:iam::\\{{account\\}}:role/([A-Za-z0-9+=,.@_/-]|\\{{account\\}})+$");
}

pub(super) fn schema() -> serde_json::Value {
    schemars::schema_for!(DistributionDraft).to_value()
}

/// `UPDATE_SCHEMA=1` writes it anew
#[test]
fn the_published_schema_is_that_of_the_types() {
    let path = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../examples/distributions/distribution.schema.json"
    );
    let schema = format!("{}\n", serde_json::to_string_pretty(&schema()).unwrap());
    if std::env::var_os("UPDATE_SCHEMA").is_some() {
        std::fs::write(path, &schema).unwrap();
    }
    assert_eq!(std::fs::read_to_string(path).unwrap(), schema);
}
