//! Roles that belong to services of AWS.

use super::super::call::Caller;
use super::super::refusal::Refusal;
use super::super::state::State;
use super::document::Document;
use super::entity::RoleSpec;
use super::store::Role;

/// A service that has a role of its own in an account
struct Linked {
    service: &'static str,
    role: &'static str,
    /// Whether an account can have several, told apart by a suffix
    suffixed: bool,
}

/// Those that launch instances, and so need keys
const LINKED: [Linked; 4] = [
    Linked {
        service: "autoscaling.amazonaws.com",
        role: "AWSServiceRoleForAutoScaling",
        suffixed: true,
    },
    Linked {
        service: "ec2fleet.amazonaws.com",
        role: "AWSServiceRoleForEC2Fleet",
        suffixed: false,
    },
    Linked {
        service: "spot.amazonaws.com",
        role: "AWSServiceRoleForEC2Spot",
        suffixed: false,
    },
    Linked {
        service: "spotfleet.amazonaws.com",
        role: "AWSServiceRoleForEC2SpotFleet",
        suffixed: false,
    },
];

impl State {
    pub(crate) fn create_service_linked_role(
        &mut self,
        caller: Caller<'_>,
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
        if self.identities.role(caller.account, &name).is_some() {
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
        self.create_role(&caller.region.partition(), caller.account, spec)
    }
}

fn invalid(message: impl Into<String>) -> Refusal {
    Refusal::new("InvalidInput", message)
}
