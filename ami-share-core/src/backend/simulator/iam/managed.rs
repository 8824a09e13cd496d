//! Managed policies: AWS's own, and those of customers.

use std::collections::BTreeMap;

use super::super::call::Caller;
use super::super::refusal::Refusal;
use super::super::state::State;
use super::document::Document;
use super::store::{
    ManagedPolicy, Role, already_exists, delete_conflict, limit_exceeded, no_such_entity,
};
use crate::id::IamPrincipalArn;

/// Those of AWS's managed policies that the simulator has, without the partition of their ARNs
///
/// Of those of service-linked roles it has what is about launching.
const OF_AWS: [(&str, &str); 6] = [
    (
        "iam::aws:policy/AdministratorAccess",
        r#"{"Version": "2012-10-17", "Statement": [
            {"Effect": "Allow", "Action": "*", "Resource": "*"}]}"#,
    ),
    (
        "iam::aws:policy/PowerUserAccess",
        r#"{"Version": "2012-10-17", "Statement": [
            {"Effect": "Allow", "NotAction": ["iam:*", "organizations:*", "account:*"],
             "Resource": "*"},
            {"Effect": "Allow",
             "Action": ["account:GetAccountInformation", "account:GetPrimaryEmail",
                        "account:ListRegions", "iam:CreateServiceLinkedRole",
                        "iam:DeleteServiceLinkedRole", "iam:ListRoles",
                        "organizations:DescribeOrganization"],
             "Resource": "*"}]}"#,
    ),
    (
        "iam::aws:policy/aws-service-role/AutoScalingServiceRolePolicy",
        r#"{"Version": "2012-10-17", "Statement": [
            {"Effect": "Allow",
             "Action": ["ec2:CreateFleet", "ec2:CreateTags", "ec2:DeleteTags", "ec2:Describe*",
                        "ec2:ModifyInstanceAttribute", "ec2:RequestSpotInstances",
                        "ec2:RunInstances", "ec2:StartInstances", "ec2:StopInstances",
                        "ec2:TerminateInstances"],
             "Resource": "*"}]}"#,
    ),
    (
        "iam::aws:policy/aws-service-role/AWSEC2FleetServiceRolePolicy",
        r#"{"Version": "2012-10-17", "Statement": [
            {"Effect": "Allow",
             "Action": ["ec2:DescribeImages", "ec2:DescribeSubnets", "ec2:RequestSpotInstances",
                        "ec2:DescribeInstanceStatus", "ec2:RunInstances"],
             "Resource": "*"}]}"#,
    ),
    (
        "iam::aws:policy/aws-service-role/AWSEC2SpotServiceRolePolicy",
        r#"{"Version": "2012-10-17", "Statement": [
            {"Effect": "Allow",
             "Action": ["ec2:DescribeInstances", "ec2:StartInstances", "ec2:StopInstances",
                        "ec2:RunInstances"],
             "Resource": "*"}]}"#,
    ),
    (
        "iam::aws:policy/aws-service-role/AWSEC2SpotFleetServiceRolePolicy",
        r#"{"Version": "2012-10-17", "Statement": [
            {"Effect": "Allow",
             "Action": ["ec2:DescribeImages", "ec2:DescribeSubnets", "ec2:RequestSpotInstances",
                        "ec2:DescribeInstanceStatus", "ec2:RunInstances"],
             "Resource": "*"}]}"#,
    ),
];

/// The most characters of a managed policy, white space not counted
const SIZE: usize = 6_144;
/// The most managed policies of a user or role
const ATTACHED: usize = 10;

/// The document of one of AWS's managed policies
pub(crate) fn of_aws(arn: &str) -> Option<&'static str> {
    let rest = arn.strip_prefix("arn:")?;
    let (_partition, rest) = rest.split_once(':')?;
    OF_AWS
        .iter()
        .find(|(name, _)| *name == rest)
        .map(|(_, document)| *document)
}

/// Whether users, groups and roles of customers can have it
pub(crate) fn is_attachable(arn: &str) -> bool {
    !arn.contains(":aws:policy/aws-service-role/")
}

/// The ARNs of AWS's managed policies in a partition
pub(crate) fn arns_of_aws(partition: impl std::fmt::Display) -> Vec<String> {
    OF_AWS
        .iter()
        .map(|(name, _)| format!("arn:{partition}:{name}"))
        .collect()
}

impl State {
    pub(crate) fn create_policy(
        &mut self,
        caller: Caller<'_>,
        path: &str,
        name: &str,
        document: &str,
        description: Option<&str>,
        tags: BTreeMap<String, String>,
    ) -> Result<&ManagedPolicy, Refusal> {
        let arn = format!(
            "arn:{}:iam::{}:policy{path}{name}",
            caller.region.partition(),
            caller.account
        );
        let document = Document::of_identity(document)?;
        let own = format!(":{}:policy/", caller.account);
        let identities = &mut self.identities;
        let is_taken = identities
            .managed
            .values()
            .any(|policy| policy.arn.contains(&own) && policy.name.eq_ignore_ascii_case(name));
        if is_taken {
            return Err(already_exists(format!(
                "A policy called {name} already exists. Duplicate names are not allowed."
            )));
        }
        if document.size() > SIZE {
            return Err(limit_exceeded(format!(
                "Cannot exceed quota for PolicySize: {SIZE}"
            )));
        }
        let policy = ManagedPolicy {
            arn: arn.clone(),
            id: identities.mint("ANPA", 21),
            path: path.to_owned(),
            name: name.to_owned(),
            description: description.map(str::to_owned),
            created: self.clock.now(),
            tags,
            document,
        };
        Ok(self.identities.managed.entry(arn).or_insert(policy))
    }

    /// A customer managed policy of the caller's account
    pub(crate) fn own_policy(
        &self,
        caller: Caller<'_>,
        arn: &str,
    ) -> Result<&ManagedPolicy, Refusal> {
        let own = format!(":{}:policy/", caller.account);
        self.identities
            .managed
            .get(arn)
            .filter(|policy| policy.arn.contains(&own))
            .ok_or_else(|| no_such_policy(arn))
    }

    pub(crate) fn delete_policy(&mut self, caller: Caller<'_>, arn: &str) -> Result<(), Refusal> {
        self.own_policy(caller, arn)?;
        if self.attachments(arn) > 0 {
            return Err(delete_conflict(
                "Cannot delete a policy attached to entities.",
            ));
        }
        self.identities.managed.remove(arn);
        Ok(())
    }

    /// How many users and roles a customer managed policy is attached to
    pub(crate) fn attachments(&self, arn: &str) -> usize {
        let roles = self.identities.roles.values().map(|role| &role.entity);
        let users = self.identities.users.values().map(|user| &user.entity);
        roles
            .chain(users)
            .filter(|entity| entity.attached.contains(arn))
            .count()
    }

    /// Attaches a managed policy; one that is attached already stays so
    pub(crate) fn attach_policy(
        &mut self,
        caller: Caller<'_>,
        to: &IamPrincipalArn,
        arn: &str,
    ) -> Result<(), Refusal> {
        let role = self.identities.role_of(to);
        if !is_attachable(arn) && !role.is_some_and(Role::is_service_linked) {
            return Err(Refusal::new(
                "PolicyNotAttachable",
                "Cannot attach a Service Role Policy to a Customer Role.",
            ));
        }
        if of_aws(arn).is_none() && self.own_policy(caller, arn).is_err() {
            return Err(no_such_entity(format!(
                "Policy {arn} does not exist or is not attachable."
            )));
        }
        let entity = self.identities.entity_mut(to);
        let entity = entity.ok_or_else(|| no_such_policy(arn))?;
        if entity.attached.len() >= ATTACHED && !entity.attached.contains(arn) {
            return Err(limit_exceeded(format!(
                "Cannot exceed quota for PoliciesPerRole: {ATTACHED}"
            )));
        }
        entity.attached.insert(arn.to_owned());
        self.identities.refresh(to);
        Ok(())
    }

    pub(crate) fn detach_policy(
        &mut self,
        from: &IamPrincipalArn,
        arn: &str,
    ) -> Result<(), Refusal> {
        let entity = self.identities.entity_mut(from);
        if entity.is_some_and(|entity| entity.attached.remove(arn)) {
            self.identities.refresh(from);
            Ok(())
        } else {
            Err(no_such_policy(arn))
        }
    }
}

pub(crate) fn no_such_policy(arn: &str) -> Refusal {
    no_such_entity(format!("Policy {arn} was not found."))
}
