//! A service that embeds a `Sharer`, and its unit tests with `MockSharer`.
//!
//! `cargo run -p ami-share --example embed_in_service` runs the service on the simulator;
//! `cargo test -p ami-share --example embed_in_service` runs its tests.

use std::sync::Arc;

use ami_share_core::backend::simulator::{ImageSpec, World};
use ami_share_core::id::{AccountId, ImageId, Region};
use ami_share_core::{Error, ShareRequest, Sharer, SimulatedSharer};

/// Gives every new account of a company its golden image
#[derive(Debug)]
struct Onboarding {
    sharer: Arc<dyn Sharer>,
    region: Region,
    golden: ImageId,
}

/// What the service tells its callers
#[derive(Debug, Eq, PartialEq)]
enum Onboarded {
    /// The account can launch the image now
    Now,
    /// It could before
    Before,
    /// The image cannot be shared; the text says why and what to do
    NotPossible(String),
}

impl Onboarding {
    async fn onboard(&self, account: AccountId) -> Result<Onboarded, Error> {
        let request = ShareRequest::builder()
            .region(&self.region)
            .image(&self.golden)
            .account(account)
            .build()?;
        match self.sharer.share(&request).await {
            Ok(report) if report.is_empty() => Ok(Onboarded::Before),
            Ok(_) => Ok(Onboarded::Now),
            Err(Error::Refused(refusals)) => Ok(Onboarded::NotPossible(refusals.to_string())),
            Err(other) => Err(other),
        }
    }
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let (world, owner) = (World::new(), "111111111111".parse()?);
    let region: Region = "us-east-1".parse()?;
    let golden = world.register_image(&region, owner, ImageSpec::named("golden"));
    let service = Onboarding {
        sharer: Arc::new(SimulatedSharer::new(world.backend(owner))),
        region,
        golden,
    };
    println!("{:?}", service.onboard("222222222222".parse()?).await?);
    println!("{:?}", service.onboard("222222222222".parse()?).await?);
    println!("{:?}", service.onboard(owner).await?);
    Ok(())
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use ami_share_core::api_error::ApiError;
    use ami_share_core::{MockSharer, Principal};

    use super::*;

    fn service(sharer: MockSharer) -> Onboarding {
        Onboarding {
            sharer: Arc::new(sharer),
            region: "us-east-1".parse().unwrap(),
            golden: "ami-0123456789abcdef0".parse().unwrap(),
        }
    }

    #[tokio::test]
    async fn the_new_account_and_nobody_else_is_named() {
        let account: AccountId = "222222222222".parse().unwrap();
        let mut sharer = MockSharer::new();
        sharer
            .expect_share()
            .withf(move |request| {
                let named: Vec<_> = request.principals().iter().cloned().collect();
                named == [Principal::Account(account)]
            })
            .times(1)
            .returning(|_| Err(ApiError::from_code("DescribeImages", "Unavailable", "").into()));
        let error = service(sharer).onboard(account).await.unwrap_err();
        assert!(matches!(error, Error::Api(error) if error.is_retryable()));
    }
}
