mod access;
mod authorize;
mod grant;
mod key_policy;
mod life;

use super::super::call::Caller;
use super::super::iam::Identity;
use super::super::kms::KeyUse;
use super::super::refusal::Refusal;
use super::super::{NewKey, World};
use super::{account, owner, recipient, region, stranger};
use crate::id::{AccountId, KeyArn, Region};
use crate::policy::KeyPolicy;

/// A key of the owner, with callers around it
struct Locked {
    world: World,
    region: Region,
    key: KeyArn,
}

impl Locked {
    fn new() -> Self {
        Self::with(NewKey::new())
    }

    fn with(key: NewKey) -> Self {
        let world = World::new();
        let region = region();
        let key = world.create_key(&region, owner(), key);
        Self { world, region, key }
    }

    /// Under a policy of these statements and the one that leaves all else to the owner's account
    fn under(statements: &str) -> Self {
        Self::with(NewKey::new().policy(policy(statements)))
    }

    fn opens(&self, identity: &Identity, usage: KeyUse) -> Result<String, String> {
        self.world.state().key_opens(identity, &self.key, usage)
    }

    fn call<T>(
        &self,
        identity: &Identity,
        rule: impl FnOnce(&mut super::super::state::State, Caller<'_>) -> Result<T, Refusal>,
    ) -> Result<T, Refusal> {
        let caller = Caller {
            account: identity.account(),
            region: &self.region,
            identity,
        };
        rule(&mut self.world.state(), caller)
    }

    /// A session of a role with an identity policy of these statements
    fn role(&self, account: AccountId, name: &str, statements: &str) -> Identity {
        let trust = format!(
            r#"{{"Version": "2012-10-17", "Statement": {{"Effect": "Allow",
                "Principal": {{"AWS": "{account}"}}, "Action": "sts:AssumeRole"}}}}"#
        );
        let role = self.world.create_role(account, name, &trust).unwrap();
        if !statements.is_empty() {
            let text = format!(r#"{{"Version": "2012-10-17", "Statement": [{statements}]}}"#);
            self.world.put_role_policy(&role, "own", &text).unwrap();
        }
        Identity::role(role, "test")
    }
}

fn root(account: AccountId) -> Identity {
    Identity::Root(account)
}

fn policy(statements: &str) -> KeyPolicy {
    let comma = if statements.is_empty() { "" } else { "," };
    let text = format!(
        r#"{{"Version": "2012-10-17", "Statement": [
            {{"Sid": "Own", "Effect": "Allow", "Principal": {{"AWS": "arn:aws:iam::{}:root"}},
              "Action": "kms:*", "Resource": "*"}}{comma}{statements}]}}"#,
        owner()
    );
    KeyPolicy::parse(&text).unwrap()
}

const ALLOW_ALL: &str = r#"{"Effect": "Allow", "Action": "kms:*", "Resource": "*"}"#;

/// What AWS's documentation gives another account for AMIs under a key
fn for_launches(principal: &str, condition: &str) -> String {
    let comma = if condition.is_empty() { "" } else { ", " };
    let braces = if condition.is_empty() {
        String::new()
    } else {
        format!(r#", "Condition": {{{condition}}}"#)
    };
    format!(
        r#"{{"Sid": "Use", "Effect": "Allow", "Principal": {principal}, "Action": ["kms:DescribeKey",
            "kms:Decrypt", "kms:ReEncrypt*", "kms:GenerateDataKeyWithoutPlaintext"],
            "Resource": "*"{braces}}},
           {{"Sid": "Attach", "Effect": "Allow", "Principal": {principal}, "Action": "kms:CreateGrant",
            "Resource": "*",
            "Condition": {{"Bool": {{"kms:GrantIsForAWSResource": "true"}}{comma}{condition}}}}}"#
    )
}

fn account_principal(account: AccountId) -> String {
    format!(r#"{{"AWS": "arn:aws:iam::{account}:root"}}"#)
}
