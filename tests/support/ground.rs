use std::sync::Arc;

use ami_share_core::conformance::{Capability, Ground, Spec};
use ami_share_core::id::{AccountId, ImageId, Region};
use ami_share_core::{AwsSharer, Principal, Sharer};
use async_trait::async_trait;
use tokio::sync::OnceCell;

use super::Moto;

/// One moto server, for all checks of a run
#[derive(Debug)]
pub(crate) struct MotoServer {
    moto: Moto,
    organization: OnceCell<(Principal, Principal, AccountId)>,
}

/// The server as one check sees it, with connections of that check's own runtime
#[derive(Debug)]
pub(crate) struct MotoGround {
    server: Arc<MotoServer>,
    owner: AwsSharer,
}

impl MotoServer {
    pub(crate) fn start() -> Self {
        let runtime = tokio::runtime::Runtime::new().expect("a runtime starts");
        Self {
            moto: runtime.block_on(Moto::start()),
            organization: OnceCell::new(),
        }
    }
}

impl MotoGround {
    /// Why moto cannot do it
    pub(crate) fn lacks(capability: Capability) -> Option<&'static str> {
        match capability {
            Capability::DisabledImages => {
                Some("moto keeps launch permissions of disabled images and ignores IncludeDisabled")
            }
            Capability::EncryptedImages => {
                Some("moto ignores block device mappings and never encrypts an image")
            }
            Capability::Paging => Some("moto ignores MaxResults"),
            Capability::RecipientView => Some("sharing has no effect for recipients in moto"),
            Capability::Roles => Some("moto copies nothing from one account to another"),
            _ => Some("nobody has said whether moto can do it"),
        }
    }

    pub(crate) async fn connect(server: Arc<MotoServer>) -> Self {
        let owner = AwsSharer::new(server.moto.backend().await);
        Self { server, owner }
    }
}

#[async_trait]
impl Ground for MotoGround {
    fn region(&self) -> Region {
        "us-east-1".parse().expect("it is a Region")
    }

    fn owner(&self) -> Arc<dyn Sharer> {
        Arc::new(self.owner.clone())
    }

    async fn owner_with_roles(&self, _: &[AccountId]) -> Arc<dyn Sharer> {
        panic!("moto copies nothing from one account to another");
    }

    async fn recipient(&self, account: AccountId) -> Arc<dyn Sharer> {
        let backend = self.server.moto.backend_as(&account.to_string()).await;
        Arc::new(AwsSharer::new(backend))
    }

    async fn register_image(&self, spec: Spec) -> ImageId {
        assert_eq!(spec, Spec::Plain, "moto makes plain images only");
        self.server.moto.register_image("conformance").await
    }

    async fn organization(&self) -> (Principal, Principal, AccountId) {
        let made = self.server.organization.get_or_init(|| async {
            let made = self.server.moto.create_organization().await;
            made.expect("moto makes an organization")
        });
        made.await.clone()
    }

    async fn unblock_public_access(&self) {
        // moto has no such setting and never blocks.
    }
}
