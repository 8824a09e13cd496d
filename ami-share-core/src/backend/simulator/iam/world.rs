use std::time::Duration;

use super::super::backend::SimulatedBackend;
use super::super::world::World;
use super::document::Document;
use super::entity::RoleSpec;
use super::identity::Identity;
use crate::api_error::ApiError;
use crate::id::{AccountId, IamPrincipalArn, Partition};

/// Users, roles and their policies
impl World {
    /// A new role in the partition `aws`, with a trust policy in JSON, and without permissions
    ///
    /// # Errors
    ///
    /// `EntityAlreadyExists`; `MalformedPolicyDocument`; `ValidationError` for a name that AWS does
    /// not take.
    ///
    /// ```
    /// use ami_share_core::backend::simulator::World;
    ///
    /// let world = World::new();
    /// let trust = r#"{"Version": "2012-10-17", "Statement": [{
    ///     "Effect": "Allow", "Principal": {"AWS": "111122223333"}, "Action": "sts:AssumeRole"}]}"#;
    /// let role = world.create_role("111122223333".parse()?, "Sharer", trust)?;
    /// assert_eq!(role.as_str(), "arn:aws:iam::111122223333:role/Sharer");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn create_role(
        &self,
        account: AccountId,
        name: &str,
        trust_policy: &str,
    ) -> Result<IamPrincipalArn, ApiError> {
        let mut state = self.state();
        let created = super::check_name("roleName", name, 64)
            .and_then(|()| Document::of_trust(trust_policy, &state.identities))
            .and_then(|trust| {
                let spec = RoleSpec::new(name, trust);
                let role = state.create_role(&Partition::aws(), account, spec)?;
                Ok(role.entity.arn.clone())
            });
        created.map_err(|refusal| refusal.of("CreateRole"))
    }

    /// Gives a role an inline policy, in place of the one of that name
    ///
    /// # Errors
    ///
    /// `NoSuchEntity`; `MalformedPolicyDocument`; `LimitExceeded`.
    pub fn put_role_policy(
        &self,
        role: &IamPrincipalArn,
        name: &str,
        policy: &str,
    ) -> Result<(), ApiError> {
        let put = self.state().put_inline_policy(role, name, policy);
        put.map_err(|refusal| refusal.of("PutRolePolicy"))
    }

    /// The role of its own that a service has in an account, in the partition `aws`
    ///
    /// It is there for `autoscaling.amazonaws.com`, `ec2fleet.amazonaws.com`, `spot.amazonaws.com` and
    /// `spotfleet.amazonaws.com`. Whether such a role can launch an encrypted image,
    /// [`can_launch_as`](Self::can_launch_as) says: on a key of another account it needs a grant.
    ///
    /// # Errors
    ///
    /// `InvalidInput` for another service, and if the role is there already.
    ///
    /// ```
    /// use ami_share_core::backend::simulator::World;
    ///
    /// let service = "autoscaling.amazonaws.com";
    /// let role = World::new().create_service_linked_role("111122223333".parse()?, service)?;
    /// let path = "aws-service-role/autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling";
    /// assert_eq!(role.as_str(), format!("arn:aws:iam::111122223333:role/{path}"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn create_service_linked_role(
        &self,
        account: AccountId,
        service: &str,
    ) -> Result<IamPrincipalArn, ApiError> {
        let mut state = self.state();
        let partition = Partition::aws();
        let created = state.create_service_linked_role(&partition, account, service, None, None);
        created
            .map(|role| role.entity.arn.clone())
            .map_err(|refusal| refusal.of("CreateServiceLinkedRole"))
    }

    /// Sets how long a session of a role can last, from an hour to 12, in whole seconds; an hour until
    /// it is set
    ///
    /// # Errors
    ///
    /// `NoSuchEntity`; `ValidationError` for another duration.
    pub fn set_max_session(
        &self,
        role: &IamPrincipalArn,
        duration: Duration,
    ) -> Result<(), ApiError> {
        let set = self.state().set_max_session(role, duration);
        set.map_err(|refusal| refusal.of("UpdateRole"))
    }

    /// A handle that calls as a role, or as a user: its policies have to allow each call
    ///
    /// The session of the role is named `simulator`. Nothing checks who may assume the role; without
    /// such a role or user every call is refused.
    pub fn backend_as(&self, principal: &IamPrincipalArn) -> SimulatedBackend {
        let identity = if principal.as_str().contains(":user/") {
            Identity::User(principal.clone())
        } else {
            Identity::role(principal.clone(), "simulator")
        };
        SimulatedBackend::new(self.clone(), identity)
    }
}
