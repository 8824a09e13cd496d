use std::sync::Arc;

use ami_share_core::backend::aws::AwsBackend;
use ami_share_core::backend::simulator::server::Server;
use ami_share_core::conformance::{Ground, SimulatedGround, Spec};
use ami_share_core::id::{AccountId, ImageId, Region};
use ami_share_core::{AwsSharer, Error, Principal, Sharer};
use async_trait::async_trait;

use super::CallCounter;

/// The simulator over the wire: the AWS backend talks HTTP to its server
#[derive(Debug)]
pub(crate) struct WireGround {
    simulated: SimulatedGround,
    server: Server,
    owner: AwsSharer,
}

impl WireGround {
    pub(crate) async fn start() -> Result<Self, Error> {
        let simulated = SimulatedGround::new()?;
        let server = Server::start(simulated.world().clone(), ([127, 0, 0, 1], 0).into())
            .await
            .expect("a port is free");
        let owner = sharer_of(&server, simulated.owner_account()).await;
        Ok(Self {
            simulated,
            server,
            owner,
        })
    }
}

/// A backend that calls a server of the simulator as the root user of an account
pub(crate) async fn simulator_backend(
    server: &Server,
    account: AccountId,
    counter: &CallCounter,
) -> AwsBackend {
    let config = aws_config::defaults(aws_config::BehaviorVersion::latest())
        .region(aws_config::Region::from_static("us-east-1"))
        .endpoint_url(server.endpoint())
        .credentials_provider(aws_sdk_ec2::config::Credentials::new(
            account.to_string(),
            "any",
            None,
            None,
            "simulator",
        ))
        .load()
        .await;
    AwsBackend::builder()
        .sdk_config(counter.counted(&config))
        .build()
        .await
        .expect("the settings do not contradict each other")
}

async fn sharer_of(server: &Server, account: AccountId) -> AwsSharer {
    AwsSharer::new(simulator_backend(server, account, &CallCounter::default()).await)
}

#[async_trait]
impl Ground for WireGround {
    fn region(&self) -> Region {
        self.simulated.region()
    }

    fn owner(&self) -> Arc<dyn Sharer> {
        Arc::new(self.owner.clone())
    }

    async fn owner_with_roles(&self, accounts: &[AccountId]) -> Arc<dyn Sharer> {
        let roles = self.simulated.create_roles(accounts);
        let roles = roles.expect("the accounts have no such role yet");
        Arc::new(self.owner.clone().with_roles(roles))
    }

    async fn recipient(&self, account: AccountId) -> Arc<dyn Sharer> {
        Arc::new(sharer_of(&self.server, account).await)
    }

    async fn register_image(&self, spec: Spec) -> ImageId {
        self.simulated.register_image(spec).await
    }

    async fn organization(&self) -> (Principal, Principal, AccountId) {
        self.simulated.organization().await
    }

    async fn unblock_public_access(&self) {
        self.simulated.unblock_public_access().await;
    }
}
