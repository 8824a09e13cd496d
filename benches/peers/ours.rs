//! Our side of `run.py`: one image is shared with the accounts that the arguments name.
//!
//! `peer_ours ENDPOINT REGION IMAGE ACCOUNT…`; credentials come from the environment.

use ami_share_core::backend::aws::AwsBackend;
use ami_share_core::{AwsSharer, ShareRequest, Sharer};

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let (Some(endpoint), Some(region), Some(image)) =
        (arguments.next(), arguments.next(), arguments.next())
    else {
        return Err("an endpoint, a Region, an image and accounts are needed".into());
    };
    let request = ShareRequest::builder()
        .region(region)
        .image(image)
        .principals(arguments)
        .build()?;
    let backend = AwsBackend::builder().endpoint_url(endpoint).build().await?;
    AwsSharer::new(backend).share(&request).await?;
    Ok(())
}
