//! What EC2 may do with a key in somebody's name.

use super::super::iam::Identity;
use super::super::state::State;
use super::authorize::{Ask, check_state};
use super::find::aws_ebs_arn;
use crate::id::KeyArn;
use crate::policy::evaluate::{Decision, Finding, Layer};

/// What EC2 does with a key in the name of a caller
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum KeyUse {
    /// It launches from a snapshot that is encrypted under the key
    Launch,
    /// It reads an encrypted snapshot to copy it
    CopyFrom,
    /// It encrypts a new volume or snapshot
    Encrypt,
}

impl KeyUse {
    /// What has to be allowed on the key
    ///
    /// For launches AWS documents the set
    /// ([EBS encryption requirements](https://docs.aws.amazon.com/ebs/latest/userguide/ebs-encryption-requirements.html)).
    /// For copies it documents one set for both keys
    /// ([copy a snapshot](https://docs.aws.amazon.com/ebs/latest/userguide/ebs-copy-snapshot.html)), and
    /// not which key needs what: here each needs what its part of the work takes.
    fn actions(self) -> &'static [&'static str] {
        match self {
            Self::Launch => &[
                "kms:DescribeKey",
                "kms:Decrypt",
                "kms:ReEncryptFrom",
                "kms:ReEncryptTo",
                "kms:GenerateDataKeyWithoutPlaintext",
                "kms:CreateGrant",
            ],
            Self::CopyFrom => &[
                "kms:DescribeKey",
                "kms:Decrypt",
                "kms:ReEncryptFrom",
                "kms:CreateGrant",
            ],
            Self::Encrypt => &[
                "kms:DescribeKey",
                "kms:GenerateDataKeyWithoutPlaintext",
                "kms:ReEncryptTo",
                "kms:CreateGrant",
                "kms:Decrypt",
            ],
        }
    }
}

/// What EC2 tells of the encryption context, whose value, the id of a volume or snapshot, is not
/// known here: a policy or grant that asks for a certain one does not open the key
const CONTEXT: &[&str] = &["kms:EncryptionContext:aws:ebs:id"];
/// What EC2 tells of the grant that it makes: to whom and what for AWS documents by examples alone
const GRANT: &[&str] = &[
    "kms:EncryptionContext:aws:ebs:id",
    "kms:GranteePrincipal",
    "kms:GrantOperations",
];

impl State {
    /// Whether EC2 may use a key in the name of an identity, and by what, or what is missing
    pub(crate) fn key_opens(
        &self,
        identity: &Identity,
        key: &KeyArn,
        usage: KeyUse,
    ) -> Result<String, String> {
        let future;
        let record = match self.keys.get(key) {
            Some(record) => record,
            // The AWS managed key is there as soon as it is used.
            None if *key == aws_ebs_arn(&key.region(), key.account()) => {
                future = self.new_aws_ebs_key(key);
                &future
            }
            None => return Err(format!("there is no key `{key}`")),
        };
        if !record.kind.is_symmetric_encryption() {
            return Err(format!(
                "key `{key}` is `{}`, and EBS takes `SYMMETRIC_DEFAULT` alone",
                record.kind.spec
            ));
        }
        let mut by = Vec::new();
        for action in usage.actions() {
            let via = format!("ec2.{}.amazonaws.com", key.region());
            let ask = Ask::of(identity, action).via(via);
            let ask = match *action {
                "kms:DescribeKey" => ask,
                "kms:CreateGrant" => ask
                    .key("kms:GrantIsForAWSResource", "true")
                    .key("kms:GrantConstraintType", "EncryptionContextSubset")
                    .key("kms:EncryptionContextKeys", "aws:ebs:id")
                    .unknown(GRANT),
                _ => ask
                    .key("kms:EncryptionContextKeys", "aws:ebs:id")
                    .unknown(CONTEXT),
            };
            let decision = self.decide(&ask, key, Some(record));
            if !decision.is_allowed() {
                return Err(format!(
                    "`{action}` on key `{key}` is not allowed to `{}` through EC2: {}",
                    identity.caller(),
                    reasons(&decision)
                ));
            }
            check_state(record, action).map_err(|refusal| {
                format!("key `{key}` is `{}`: {}", record.state, refusal.message)
            })?;
            let allows = allowing(&decision);
            if !by.contains(&allows) {
                by.push(allows);
            }
        }
        Ok(format!("key `{key}` by {}", by.join(" and ")))
    }
}

/// What of the key allows it: a grant, or a statement of its policy
fn allowing(decision: &Decision) -> String {
    let of_key = |layer: &Layer| matches!(layer, Layer::ResourcePolicy | Layer::Grants);
    let mut reasons = decision.reasons.iter();
    let reason = reasons.find(|r| r.finding == Finding::Allows && of_key(&r.layer));
    match reason {
        Some(reason) => match (reason.layer, &reason.sid, reason.statement) {
            (Layer::Grants, Some(id), _) => format!("grant `{id}`"),
            (_, Some(sid), _) => format!("statement `{sid}` of its policy"),
            (_, None, Some(index)) => format!("statement {index} of its policy"),
            _ => "its policy".to_owned(),
        },
        None => "its policy".to_owned(),
    }
}

fn reasons(decision: &Decision) -> String {
    let reasons: Vec<String> = decision.reasons.iter().map(ToString::to_string).collect();
    reasons.join("; ")
}
