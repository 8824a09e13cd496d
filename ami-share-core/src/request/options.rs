use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::id::{AccountId, OrganizationArn};
use crate::principal::Principal;

/// Which way a request goes
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    /// The named principals get access; all others keep what they have
    #[default]
    Share,
    /// The named principals lose access; all others keep what they have
    Revoke,
    /// The named principals have access and nobody else
    Exactly {
        /// How many principals may lose access by it
        limit: RemovalLimit,
    },
}

/// How much an exact request may take away from one image before it is refused
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum RemovalLimit {
    /// At most that many principals
    Principals(usize),
    /// At most that many percent of the principals that have access now, 0 to 100
    Percent(u8),
    /// Any number: only for lists that somebody has read
    Unlimited,
}

impl RemovalLimit {
    /// Whether `removed` out of `present` principals may go
    pub fn allows(self, removed: usize, present: usize) -> bool {
        match self {
            Self::Principals(most) => removed <= most,
            Self::Percent(percent) => {
                removed.saturating_mul(100) <= present.saturating_mul(percent.into())
            }
            Self::Unlimited => true,
        }
    }
}

impl std::fmt::Display for RemovalLimit {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Principals(most) => write!(f, "{most} principals"),
            Self::Percent(percent) => write!(f, "{percent} %"),
            Self::Unlimited => f.write_str("unlimited"),
        }
    }
}

/// What happens to the create-volume permission of the image's EBS snapshots
///
/// A recipient needs it to copy the image, not to launch it
/// ([share an AMI with specific accounts](https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/sharingamis-explicit.html)).
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum SnapshotSharing {
    /// It follows the launch permission, so that recipients can copy the image; when access is
    /// revoked, it goes too
    ForCopy,
    /// It is neither read nor changed
    LeaveAsIs,
}

/// How recipients get to use the KMS keys of encrypted images
///
/// Whoever launches or copies an encrypted image needs its keys
/// ([requirements](https://docs.aws.amazon.com/ebs/latest/userguide/ebs-encryption-requirements.html)).
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum KeyAccess {
    /// By the key policy; by grants where the policy cannot be read or written and all recipients are
    /// accounts
    #[default]
    Auto,
    /// By statements in the key policy
    KeyPolicy,
    /// By grants, which take accounts, roles and users only
    Grant,
    /// Keys are left as they are; `verify` still says whether recipients can use them
    Leave,
}

/// What a revoke does to the keys of encrypted images
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum KeyCleanup {
    /// A principal loses a key when no other image under it is shared with the principal; where that
    /// cannot be known, it keeps the key
    #[default]
    ByReference,
    /// A principal loses the key, whatever else it is for
    Always,
    /// A principal keeps the key
    Never,
}

/// Whether the request says yes to making images public
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum PublicConsent {
    /// Public is refused
    #[default]
    Withheld,
    /// Public is allowed where block public access was read and is off
    Given,
    /// Public is allowed also where the block public access setting could not be read
    GivenEvenIfBlockPublicAccessIsUnknown,
}

/// The accounts and organizations that images may be shared with
///
/// An account must be listed itself: that it belongs to a listed organization is not looked up. An
/// OU passes if its organization is listed. The public never passes.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct TrustedPrincipals {
    /// Accounts that may be named
    pub accounts: BTreeSet<AccountId>,
    /// Organizations that may be named, and whose OUs may be named
    pub organizations: BTreeSet<OrganizationArn>,
}

impl TrustedPrincipals {
    /// Whether the principal is on the list
    pub fn contains(&self, principal: &Principal) -> bool {
        match principal {
            Principal::Account(account) => self.accounts.contains(account),
            Principal::Organization(organization) => self.organizations.contains(organization),
            Principal::OrganizationalUnit(unit) => self
                .organizations
                .iter()
                .any(|trusted| trusted.organization_id() == unit.organization_id()),
            Principal::Public => false,
        }
    }
}

/// What AWS allows this account, and how requests are cut to it
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct Limits {
    /// Launch permissions in one `ModifyImageAttribute`: 1 to 10,000, by default 1,000
    pub launch_permissions_per_call: usize,
    /// Accounts, organizations and OUs that one image can be shared with: by default 1,000
    /// ([AMI quotas](https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ami-quotas.html))
    pub entities_per_image: usize,
    /// Public images of the account in one Region: by default 5
    pub public_images: usize,
}

impl Limits {
    /// The most launch permissions that EC2 takes in one call
    pub const MOST_LAUNCH_PERMISSIONS_PER_CALL: usize = 10_000;
    /// The most snapshot permissions that EC2 takes in one `ModifySnapshotAttribute`
    pub const SNAPSHOT_PERMISSIONS_PER_CALL: usize = 500;
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            launch_permissions_per_call: 1_000,
            entities_per_image: 1_000,
            public_images: 5,
        }
    }
}
