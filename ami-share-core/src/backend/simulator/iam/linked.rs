//! Roles that belong to services of AWS.

use std::collections::BTreeSet;

use super::super::refusal::Refusal;
use super::super::state::State;
use super::document::Document;
use super::entity::RoleSpec;
use super::store::Role;
use crate::id::{AccountId, Partition};

/// A service that has a role of its own in an account
struct Linked {
    service: &'static str,
    role: &'static str,
    /// The managed policy that it has, by name
    policy: &'static str,
    /// Whether an account can have several, told apart by a suffix
    suffixed: bool,
}

/// Those that launch instances, and so need keys
const LINKED: [Linked; 4] = [
    Linked {
        service: "autoscaling.amazonaws.com",
        role: "AWSServiceRoleForAutoScaling",
        policy: "AutoScalingServiceRolePolicy",
        suffixed: true,
    },
    Linked {
        service: "ec2fleet.amazonaws.com",
        role: "AWSServiceRoleForEC2Fleet",
        policy: "AWSEC2FleetServiceRolePolicy",
        suffixed: false,
    },
    Linked {
        service: "spot.amazonaws.com",
        role: "AWSServiceRoleForEC2Spot",
        policy: "AWSEC2SpotServiceRolePolicy",
        suffixed: false,
    },
    Linked {
        service: "spotfleet.amazonaws.com",
        role: "AWSServiceRoleForEC2SpotFleet",
        policy: "AWSEC2SpotFleetServiceRolePolicy",
        suffixed: false,
    },
];

/// The managed policies that a role has from the start, by ARN, if its path makes it one of a service
pub(super) fn policies_of(partition: &Partition, path: &str) -> BTreeSet<String> {
    let service = path
        .strip_prefix("/aws-service-role/")
        .and_then(|rest| rest.strip_suffix('/'));
    LINKED
        .iter()
        .filter(|linked| Some(linked.service) == service)
        .map(|linked| {
            let policy = linked.policy;
            format!("arn:{partition}:iam::aws:policy/aws-service-role/{policy}")
        })
        .collect()
}

impl State {
    pub(crate) fn create_service_linked_role(
        &mut self,
        partition: &Partition,
        account: AccountId,
        service: &str,
        suffix: Option<&str>,
        description: Option<&str>,
    ) -> Result<&Role, Refusal> {
        // The code is AWS's for what it cannot make; the text for an unknown service is not
        // documented.
        let Some(linked) = LINKED.iter().find(|linked| linked.service == service) else {
            return Err(invalid(format!(
                "{service} is not a service that the simulator has a role for."
            )));
        };
        let name = match suffix {
            None => linked.role.to_owned(),
            Some(suffix) if linked.suffixed => format!("{}_{suffix}", linked.role),
            Some(_) => {
                return Err(invalid(format!(
                    "Custom suffix is not allowed for {service}"
                )));
            }
        };
        if self.identities.role(account, &name).is_some() {
            return Err(invalid(format!(
                "Service role name {name} has been taken in this account, please try a different \
                 suffix."
            )));
        }
        let trust = format!(
            r#"{{"Version":"2012-10-17","Statement":[{{"Effect":"Allow","Principal":{{"Service":"{service}"}},"Action":"sts:AssumeRole"}}]}}"#
        );
        let trust = Document::of_trust(&trust, &self.identities)?;
        let spec = RoleSpec {
            path: format!("/aws-service-role/{service}/"),
            description: description.map(str::to_owned),
            ..RoleSpec::new(&name, trust)
        };
        self.create_role(partition, account, spec)
    }
}

fn invalid(message: impl Into<String>) -> Refusal {
    Refusal::new("InvalidInput", message)
}
