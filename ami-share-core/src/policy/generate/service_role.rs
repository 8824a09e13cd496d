use std::fmt;

use serde::{Deserialize, Serialize};

use super::KeyStatements;
use crate::id::{AccountId, Partition};
use crate::policy::document::{Element, Style};

/// A service-linked role that launches instances on behalf of an account
///
/// It gets at an encrypted image only by a grant, which somebody in its own account makes for it
/// ([Auto Scaling](https://docs.aws.amazon.com/autoscaling/ec2/userguide/key-policy-requirements-EBS-encryption.html),
/// [EC2 Fleet](https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ec2-fleet-prerequisites.html),
/// [Spot Fleet](https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/spot-fleet-prerequisites.html)).
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum ServiceRole {
    /// `AWSServiceRoleForAutoScaling`
    AutoScaling,
    /// `AWSServiceRoleForEC2Fleet`
    Ec2Fleet,
    /// `AWSServiceRoleForEC2Spot`
    Ec2Spot,
    /// `AWSServiceRoleForEC2SpotFleet`
    Ec2SpotFleet,
}

impl ServiceRole {
    /// All of them
    pub const ALL: [Self; 4] = [
        Self::AutoScaling,
        Self::Ec2Fleet,
        Self::Ec2Spot,
        Self::Ec2SpotFleet,
    ];

    /// The role's path and name, `aws-service-role/…/…`
    pub fn path_and_name(self) -> &'static str {
        match self {
            Self::AutoScaling => {
                "aws-service-role/autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling"
            }
            Self::Ec2Fleet => "aws-service-role/ec2fleet.amazonaws.com/AWSServiceRoleForEC2Fleet",
            Self::Ec2Spot => "aws-service-role/spot.amazonaws.com/AWSServiceRoleForEC2Spot",
            Self::Ec2SpotFleet => {
                "aws-service-role/spotfleet.amazonaws.com/AWSServiceRoleForEC2SpotFleet"
            }
        }
    }

    /// The service that the role belongs to, such as `autoscaling.amazonaws.com`
    pub fn service(self) -> &'static str {
        // INVARIANT: each has the service between two slashes.
        self.path_and_name().split('/').nth(1).unwrap_or_default()
    }

    /// What the grants of such a role allow, as AWS's guides have it
    pub const OPERATIONS: [&str; 8] = [
        "CreateGrant",
        "Decrypt",
        "DescribeKey",
        "Encrypt",
        "GenerateDataKey",
        "GenerateDataKeyWithoutPlaintext",
        "ReEncryptFrom",
        "ReEncryptTo",
    ];

    /// The ARN of the role in an account
    pub fn in_account(self, account: AccountId, partition: &Partition) -> String {
        format!(
            "arn:{partition}:iam::{account}:role/{}",
            self.path_and_name()
        )
    }

    /// The statement for the policy of a key that lets an account make grants for this role of its own,
    /// and for nobody else, as JSON
    ///
    /// It is for owners that keep the policy by hand; [`KeyStatements::service_role_of`] stands for the
    /// one that is written for a share.
    pub fn statement_for(self, account: AccountId, partition: &Partition) -> String {
        let wanted = KeyStatements::new().service_role_of(account, self);
        let sid = super::statements::sid_of_accounts(self);
        let statements = wanted.statements(partition).into_iter();
        let mut statements = statements.filter(|statement| statement.sid() == Some(&sid));
        // INVARIANT: there is one for the role.
        let Some(mut statement) = statements.next() else {
            return String::new();
        };
        // Not one of ours: it is not to be found and patched among them.
        let sid = Element::Text(format!("CreateGrantFor{self:?}"));
        statement.0.insert("Sid".into(), sid);
        statement.print(&Style::pretty(""), Some(partition))
    }

    /// The role in the account of whoever calls, by a policy variable
    pub(super) fn in_callers_account(self, partition: &Partition) -> String {
        let role = self.path_and_name();
        format!("arn:{partition}:iam::${{aws:PrincipalAccount}}:role/{role}")
    }
}

impl fmt::Display for ServiceRole {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let path = self.path_and_name();
        f.pad(path.rsplit('/').next().unwrap_or(path))
    }
}
