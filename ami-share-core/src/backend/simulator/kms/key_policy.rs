//! `GetKeyPolicy`, `PutKeyPolicy`, `ListKeyPolicies`, and what KMS takes for a key policy.

use std::sync::Arc;

use super::super::call::Caller;
use super::super::iam::Identity;
use super::super::refusal::Refusal;
use super::super::state::State;
use super::authorize::Ask;
use super::find::Naming;
use super::kind::check_length;
use super::page::{Limit, Paging};
use crate::backend::Page;
use crate::id::{AccountId, KeyArn, Partition, Region};
use crate::policy::{KeyPolicy, Policy};

/// The only name that a key policy has
pub(crate) const DEFAULT: &str = "default";

/// A key policy as it is attached to a key
///
/// The text is kept as it was given. AWS is reported to store its own rendering, with the root ARN
/// for an account's digits and a scalar for a list of one, but documents none.
#[derive(Clone, Debug)]
pub(crate) struct Attached {
    pub(crate) text: Arc<str>,
    pub(crate) policy: Arc<Policy>,
}

impl Attached {
    pub(crate) fn of(policy: &KeyPolicy) -> Self {
        // INVARIANT: what reads as a key policy reads as a policy; the tests of both readers hold
        // them against each other.
        let typed = policy.to_policy();
        let typed = typed.unwrap_or_else(|error| unreachable!("{error}"));
        Self {
            text: policy.as_str().into(),
            policy: Arc::new(typed),
        }
    }

    /// The [default key policy](https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html)
    /// of a key that is created without one
    pub(crate) fn default_of(partition: &Partition, account: AccountId) -> Self {
        Self::written(&format!(
            "{{\n  \"Version\" : \"2012-10-17\",\n  \"Id\" : \"key-default-1\",\n  \"Statement\" : [ {{\n    \
             \"Sid\" : \"Enable IAM User Permissions\",\n    \"Effect\" : \"Allow\",\n    \
             \"Principal\" : {{\n      \"AWS\" : \"arn:{partition}:iam::{account}:root\"\n    }},\n    \
             \"Action\" : \"kms:*\",\n    \"Resource\" : \"*\"\n  }} ]\n}}"
        ))
    }

    /// The policy of the AWS managed key for EBS, which is used through EC2 in its account alone
    pub(crate) fn of_aws_ebs(region: &Region, account: AccountId) -> Self {
        let partition = region.partition();
        Self::written(&format!(
            r#"{{
  "Version" : "2012-10-17",
  "Id" : "auto-ebs-2",
  "Statement" : [ {{
    "Sid" : "Allow access through EBS for all principals in the account that are authorized to use EBS",
    "Effect" : "Allow",
    "Principal" : {{
      "AWS" : "*"
    }},
    "Action" : [ "kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:CreateGrant", "kms:DescribeKey" ],
    "Resource" : "*",
    "Condition" : {{
      "StringEquals" : {{
        "kms:CallerAccount" : "{account}",
        "kms:ViaService" : "ec2.{region}.amazonaws.com"
      }}
    }}
  }}, {{
    "Sid" : "Allow direct access to key metadata to the account",
    "Effect" : "Allow",
    "Principal" : {{
      "AWS" : "arn:{partition}:iam::{account}:root"
    }},
    "Action" : [ "kms:Describe*", "kms:Get*", "kms:List*", "kms:RevokeGrant" ],
    "Resource" : "*"
  }} ]
}}"#
        ))
    }

    fn written(text: &str) -> Self {
        // INVARIANT: the texts above are policies; the tests read each.
        let policy = KeyPolicy::parse(text).unwrap_or_else(|error| unreachable!("{error}"));
        Self::of(&policy)
    }
}

impl State {
    pub(crate) fn get_key_policy(
        &mut self,
        caller: Caller<'_>,
        key_id: &str,
        name: Option<&str>,
    ) -> Result<Arc<str>, Refusal> {
        const ACTION: &str = "kms:GetKeyPolicy";
        let arn = self.resolve(caller, key_id, Naming::Key, ACTION)?;
        self.permit(caller, &arn, Ask::of(caller.identity, ACTION))?;
        check_name(name)?;
        let now = self.now();
        Ok(self.key_mut(&arn)?.policy.read(now).text)
    }

    pub(crate) fn list_key_policies(
        &self,
        caller: Caller<'_>,
        key_id: &str,
        paging: &Paging,
    ) -> Result<Page<String>, Refusal> {
        const ACTION: &str = "kms:ListKeyPolicies";
        let arn = self.resolve(caller, key_id, Naming::Key, ACTION)?;
        self.permit(caller, &arn, Ask::of(caller.identity, ACTION))?;
        let limit = Limit {
            default: 100,
            most: 1_000,
        };
        let names = [(DEFAULT.to_owned(), DEFAULT.to_owned())];
        self.page(&(ACTION, arn), paging, limit, names)
    }

    pub(crate) fn put_key_policy(
        &mut self,
        caller: Caller<'_>,
        key_id: &str,
        name: Option<&str>,
        text: &str,
        bypass_lockout_check: bool,
    ) -> Result<(), Refusal> {
        const ACTION: &str = "kms:PutKeyPolicy";
        check_text(text)?;
        let arn = self.resolve(caller, key_id, Naming::Key, ACTION)?;
        let bypass = bypass_lockout_check.to_string();
        let ask =
            Ask::of(caller.identity, ACTION).key("kms:BypassPolicyLockoutSafetyCheck", bypass);
        self.permit(caller, &arn, ask)?;
        check_name(name)?;
        let policy = self.accept_policy(caller.identity, &arn, text, bypass_lockout_check)?;
        self.attach(&arn, policy)
    }

    pub(super) fn attach(&mut self, arn: &KeyArn, policy: Attached) -> Result<(), Refusal> {
        let (staleness, now) = (self.staleness, self.now());
        let key = self.key_mut(arn)?;
        key.policy.write(policy, staleness, now);
        Ok(())
    }

    /// The text as a key policy, if KMS takes it
    pub(super) fn accept_policy(
        &self,
        identity: &Identity,
        arn: &KeyArn,
        text: &str,
        bypass_lockout_check: bool,
    ) -> Result<Attached, Refusal> {
        check_text(text)?;
        let policy = KeyPolicy::parse(text)
            .map_err(|error| malformed(format!("The policy is not valid: {error}.")))?;
        let attached = Attached::of(&policy);
        // A statement without `Action` or `Resource` is taken, and has no effect.
        let principals = attached.policy.statements.iter().map(|statement| {
            let list = statement.principal.as_ref();
            list.is_some_and(|list| {
                !list.entries.is_empty()
                    && list
                        .entries
                        .iter()
                        .all(|entry| self.is_principal(entry, &arn.partition()))
            })
        });
        if !principals.into_iter().all(|is_valid| is_valid) {
            return Err(malformed(
                "Policy contains a statement with one or more invalid principals.",
            ));
        }
        if !bypass_lockout_check && !self.stays_open(identity, arn, &attached) {
            return Err(malformed(
                "The new key policy will not allow you to update the key policy in the future.",
            ));
        }
        Ok(attached)
    }

    /// Whether the caller could put a key policy again
    fn stays_open(&self, identity: &Identity, arn: &KeyArn, policy: &Attached) -> bool {
        let ask = Ask::of(identity, "kms:PutKeyPolicy")
            .key("kms:BypassPolicyLockoutSafetyCheck", "false");
        let key = self.keys.get(arn);
        self.decide_by(&ask, arn, key, Some(&policy.policy), &[])
            .is_allowed()
    }
}

/// The bounds of the parameter, before anything is known about the key
fn check_text(text: &str) -> Result<(), Refusal> {
    check_length(text, "policy", 1, 131_072)?;
    let is_allowed = |c: char| matches!(c, '\t' | '\n' | '\r' | '\u{20}'..='\u{FF}');
    if !text.chars().all(is_allowed) {
        // AWS documents the characters, but not the code; this is that of every other pattern.
        return Err(Refusal::new(
            "ValidationException",
            "1 validation error detected: Value at 'policy' failed to satisfy constraint: Member \
             must satisfy regular expression pattern: [\\u0009\\u000A\\u000D\\u0020-\\u00FF]+",
        ));
    }
    if text.len() > KeyPolicy::MOST_BYTES {
        return Err(Refusal::new(
            "LimitExceededException",
            format!(
                "The key policy exceeds the maximum size of {} bytes.",
                KeyPolicy::MOST_BYTES
            ),
        ));
    }
    Ok(())
}

/// `default` is the only name; the policy of shares through AWS RAM is not modelled
fn check_name(name: Option<&str>) -> Result<(), Refusal> {
    match name {
        None | Some(DEFAULT) => Ok(()),
        Some(_) => Err(Refusal::new("NotFoundException", "No such policy exists")),
    }
}

fn malformed(message: impl Into<String>) -> Refusal {
    Refusal::new("MalformedPolicyDocumentException", message)
}
