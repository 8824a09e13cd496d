//! The side of recipients, each reached by its role.

mod mends;
mod parameters;
mod rehearse;
mod service_roles;
mod tags;
mod usage;

use super::*;
use crate::backend::simulator::{Call, Outcome};
use crate::backend::{CopyBackend, RecipientBackend, RoleBackend};
use crate::engine::Roles;
use crate::id::IamPrincipalArn;
use crate::request::RequestError;

/// What a role needs for all that is done in its account
const ALL: &str = r#"{"Version": "2012-10-17", "Statement": [
    {"Effect": "Allow", "Action": ["ec2:*", "kms:*", "ssm:*"], "Resource": "*"}]}"#;

/// By which roles accounts are reached
fn roles() -> Roles {
    let roles = Roles::builder().template("arn:aws:iam::{account}:role/AmiShare");
    roles.build().unwrap()
}

impl Scene {
    /// Makes the role of an account that the owner may assume, with the policy
    fn role(&self, account: AccountId, policy: &str) -> IamPrincipalArn {
        let trust = format!(
            r#"{{"Version": "2012-10-17", "Statement": [{{"Effect": "Allow",
                "Principal": {{"AWS": "{}"}}, "Action": "sts:AssumeRole"}}]}}"#,
            self.owner
        );
        let role = self.world.create_role(account, "AmiShare", &trust).unwrap();
        self.world.put_role_policy(&role, "Own", policy).unwrap();
        role
    }

    /// Roles for accounts from 1 to this number, which may do all
    fn with_roles(self, count: u64) -> Self {
        for account in accounts(count) {
            self.role(account, ALL);
        }
        self
    }

    fn reaching<B>(&self, backend: B) -> BackendSharer<B>
    where
        B: CopyBackend + RecipientBackend + RoleBackend,
    {
        BackendSharer::new(backend).with_roles(roles())
    }

    /// The owner's sharer, which reaches all accounts by roles
    fn reaching_sharer(&self) -> BackendSharer<SimulatedBackend> {
        self.reaching(self.backend())
    }

    /// How many writes were done, and not only rehearsed or refused
    fn writes_done(&self) -> usize {
        let calls = self.world.calls();
        let done = |call: &&Call| call.write && call.outcome == Outcome::Done;
        calls.iter().filter(done).count()
    }

    async fn share_with(&self, accounts: impl IntoIterator<Item = AccountId>) {
        let request = self.request().accounts(accounts).build().unwrap();
        self.sharer().share(&request).await.unwrap();
    }
}
