//! Shares an image on AWS, or on any endpoint that speaks EC2.
//!
//! `cargo run -p ami-share --features aws --example share_on_aws -- --region us-east-1 --image
//! ami-… --principal 111122223333 [--principal …] [--for-copy] [--revoke] [--plan-only]
//! [--endpoint-url http://127.0.0.1:5000]`
//!
//! Credentials come from where the AWS CLI takes them.

use ami_share_core::backend::aws::AwsBackend;
use ami_share_core::request::SnapshotSharing;
use ami_share_core::{AwsSharer, Error, ShareRequest, Sharer};

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut request = ShareRequest::builder();
    let mut backend = AwsBackend::builder();
    let mut plan_only = false;
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        let mut value = || {
            arguments
                .next()
                .ok_or(format!("`{argument}` needs a value"))
        };
        match argument.as_str() {
            "--region" => request = request.region(value()?),
            "--image" => request = request.image(value()?),
            "--principal" => request = request.principal(value()?),
            "--endpoint-url" => backend = backend.endpoint_url(value()?),
            "--for-copy" => request = request.snapshots(SnapshotSharing::ForCopy),
            "--revoke" => request = request.revoke(),
            "--plan-only" => plan_only = true,
            other => return Err(format!("`{other}` is not an option").into()),
        }
    }
    let request = request.build()?;
    let sharer = AwsSharer::new(backend.build().await?);

    println!("{}", sharer.plan(&request).await?);
    if plan_only {
        return Ok(());
    }
    match sharer.share(&request).await {
        Ok(report) => println!("{report}"),
        Err(Error::Incomplete(report)) => {
            println!("{report}");
            return Err("not everything was done".into());
        }
        Err(error) => return Err(error.into()),
    }
    println!("{}", sharer.verify(&request).await?);
    Ok(())
}
