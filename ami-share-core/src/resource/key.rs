use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::id::{AccountId, ImageId, KeyArn};
use crate::policy::KeyPolicy;
use crate::policy::evaluate::{Grant, GrantConstraint, KeyState};
use crate::principal::Principal;
use crate::resource::Reading;

/// A KMS key as [`DescribeKey`](https://docs.aws.amazon.com/kms/latest/APIReference/API_DescribeKey.html)
/// tells of it
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Key {
    /// Its ARN
    pub arn: KeyArn,
    /// Who manages it
    pub manager: KeyManager,
    /// The state that it is in
    pub state: KeyState,
    /// The kind of key material, such as `SYMMETRIC_DEFAULT`
    pub spec: String,
    /// What it is for, such as `ENCRYPT_DECRYPT`
    pub usage: String,
}

/// Who manages a key: AWS managed keys can be used by their own account only
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum KeyManager {
    /// AWS, for a service: nobody can change its policy
    Aws,
    /// The account that owns it: a customer managed key
    Customer,
}

impl Key {
    /// Whether EBS can encrypt with it: it takes symmetric encryption keys only
    /// ([requirements](https://docs.aws.amazon.com/ebs/latest/userguide/ebs-encryption-requirements.html))
    pub fn can_encrypt_volumes(&self) -> bool {
        self.spec == "SYMMETRIC_DEFAULT" && self.usage == "ENCRYPT_DECRYPT"
    }
}

/// A grant of a key as [`ListGrants`](https://docs.aws.amazon.com/kms/latest/APIReference/API_ListGrants.html)
/// tells of it
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct KeyGrant {
    /// Its id
    pub id: String,
    /// Its name, if it has one
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Who may use it: the ARN of an account's root, a role, a user or a session, or a service
    pub grantee: String,
    /// What for, such as `Decrypt`
    pub operations: BTreeSet<String>,
    /// Whether it holds for some encryption contexts or sources only
    pub constrained: bool,
}

/// The account of a grantee, be it a role, a user or the root of the account
pub(crate) fn account_of(grantee: &str) -> Option<AccountId> {
    grantee.split(':').nth(4)?.parse().ok()
}

impl KeyGrant {
    /// How the names of our grants start
    pub const NAME_PREFIX: &str = "ami-share/";

    /// Whether this library made it
    pub fn is_ours(&self) -> bool {
        let name = self.name.as_deref();
        name.is_some_and(|name| name.starts_with(Self::NAME_PREFIX))
    }

    /// Whether it allows all that EBS needs, whatever the volume
    pub(crate) fn is_for_volumes(&self) -> bool {
        let operations = &crate::access::KEY_OPERATIONS;
        !self.constrained
            && operations
                .iter()
                .all(|operation| self.operations.contains(*operation))
    }

    /// The account of the grantee; none where that is a service
    pub fn account(&self) -> Option<AccountId> {
        account_of(&self.grantee)
    }

    /// As the evaluation of policies takes it
    ///
    /// A constraint that was not read in full is one that nothing is known to meet.
    pub(crate) fn to_evaluate(&self) -> Grant {
        let name = self.name.as_deref().unwrap_or(&self.id);
        let operations = self.operations.iter().map(String::as_str);
        let grant = Grant::new(name, &self.grantee, operations);
        if self.constrained {
            let unknown = [("aws:ebs:id".to_owned(), String::new())].into();
            return grant.under(GrantConstraint::EncryptionContextEquals(unknown));
        }
        grant
    }
}

/// What was read of one key
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct ObservedKey {
    /// The key itself
    pub key: Reading<Key>,
    /// Its policy, where it had to be known
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub policy: Option<Reading<KeyPolicy>>,
    /// Its grants, where they had to be known: all of them, or those of the principals of the request
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub grants: Option<Reading<Vec<KeyGrant>>>,
    /// The principals of the request that another image under this key is still shared with, where
    /// that had to be known
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub needed: Option<Reading<Vec<StillNeeded>>>,
}

/// Why a principal still needs a key
#[derive(Clone, Debug, Deserialize, Eq, Ord, PartialEq, PartialOrd, Serialize)]
pub struct StillNeeded {
    /// The principal
    pub principal: Principal,
    /// An image under the same key that it is shared with
    pub image: ImageId,
}
