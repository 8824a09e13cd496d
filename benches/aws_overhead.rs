//! What one call of the AWS backend costs over the same call of the bare AWS SDK.
//!
//! `cargo bench -p ami-share --features aws,simulator-server --bench aws_overhead`. The server is the
//! simulator, on a thread of its own. Both clients ask it in turn, in blocks, and each has a
//! connection that is open already. What is told is the median of the blocks: the time on the clock,
//! in which the server has its share, and the processor time of the client's thread alone.

use std::error::Error;
use std::net::SocketAddr;
use std::sync::mpsc;
use std::time::{Duration, Instant};

use ami_share_core::Principal;
use ami_share_core::backend::Backend;
use ami_share_core::backend::aws::AwsBackend;
use ami_share_core::backend::simulator::server::Server;
use ami_share_core::backend::simulator::{ImageSpec, World};
use ami_share_core::id::{AccountId, ImageId, Region};
use aws_config::{BehaviorVersion, SdkConfig};
use aws_sdk_ec2::Client;
use aws_sdk_ec2::config::Credentials;
use aws_sdk_ec2::types::ImageAttributeName;
use aws_smithy_http_client::Builder as HttpClientBuilder;
use aws_smithy_http_client::tls::Provider;
use aws_smithy_http_client::tls::rustls_provider::CryptoMode;

const PAIRS: usize = 300;
/// Calls of one block: enough that the system's clock of processor time is exact
const CALLS: usize = 50;
const OWNER: &str = "111122223333";
const REGION: &str = "us-east-1";

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    // `cargo test --benches` passes `--test`: then one short run shows that it works.
    let is_test = std::env::args().any(|argument| argument == "--test");
    let (pairs, calls) = if is_test { (1, 2) } else { (PAIRS, CALLS) };
    let world = World::new();
    let owner: AccountId = OWNER.parse()?;
    let region: Region = REGION.parse()?;
    let config = sdk_config(serve(world.clone())?).await;
    println!(
        "DescribeImageAttribute through the AWS backend and through the bare SDK, median of {pairs} \
         pairs of {calls} calls"
    );
    for recipients in [1, 100] {
        let image = world.register_image(&region, owner, ImageSpec::named("golden"));
        let accounts: Vec<Principal> = (1..=recipients)
            .map(|number| Ok(format!("{number:012}").parse::<AccountId>()?.into()))
            .collect::<Result<_, Box<dyn Error>>>()?;
        world
            .backend(owner)
            .modify_launch_permissions(&region, &image, &accounts, &[])
            .await?;
        let call = Call {
            region: region.clone(),
            image,
            recipients,
        };
        let bare = Client::new(&config);
        let builder = || AwsBackend::builder().sdk_config(config.clone());
        // Our retries and timeouts over those of the SDK, then the same client in both.
        for (name, builder) in [
            ("as it comes", builder()),
            (
                "same client",
                builder().ec2_client(region.clone(), bare.clone()),
            ),
        ] {
            let backend = builder.build().await?;
            let measured = measure(&call, &backend, &bare, pairs, calls).await?;
            println!("{recipients:>4} launch permissions, {name}: {measured}");
            world.clear_calls();
        }
    }
    Ok(())
}

/// A server on a thread of its own, so that its processor time is not ours
fn serve(world: World) -> Result<SocketAddr, Box<dyn Error>> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    let (tell, told) = mpsc::channel();
    std::thread::spawn(move || {
        runtime.block_on(async {
            let server = Server::start(world, ([127, 0, 0, 1], 0).into()).await;
            let address = server.as_ref().map(Server::address);
            let _ = tell.send(address.map_err(ToString::to_string));
            // Until the process ends.
            std::future::pending::<()>().await;
        });
    });
    Ok(told.recv()??)
}

async fn sdk_config(server: SocketAddr) -> SdkConfig {
    let http_client = HttpClientBuilder::new()
        .tls_provider(Provider::Rustls(CryptoMode::Ring))
        .build_https();
    aws_config::defaults(BehaviorVersion::latest())
        .http_client(http_client)
        .region(aws_config::Region::from_static(REGION))
        .credentials_provider(Credentials::new(OWNER, "secret", None, None, "bench"))
        .endpoint_url(format!("http://{server}"))
        .load()
        .await
}

struct Call {
    region: Region,
    image: ImageId,
    recipients: usize,
}

impl Call {
    async fn through(&self, backend: &AwsBackend) -> Result<(), Box<dyn Error>> {
        let permissions = backend
            .describe_launch_permissions(&self.region, &self.image)
            .await?;
        self.check(permissions.len())
    }

    async fn bare(&self, client: &Client) -> Result<(), Box<dyn Error>> {
        let answer = client
            .describe_image_attribute()
            .image_id(self.image.as_str())
            .attribute(ImageAttributeName::LaunchPermission)
            .send()
            .await?;
        self.check(answer.launch_permissions().len())
    }

    fn check(&self, found: usize) -> Result<(), Box<dyn Error>> {
        if found == self.recipients {
            Ok(())
        } else {
            Err(format!("{found} launch permissions, not {}", self.recipients).into())
        }
    }
}

async fn measure(
    call: &Call,
    backend: &AwsBackend,
    client: &Client,
    pairs: usize,
    calls: usize,
) -> Result<String, Box<dyn Error>> {
    // The connections, the credentials, the caches.
    for _ in 0..calls {
        call.through(backend).await?;
        call.bare(client).await?;
    }
    let (mut ours, mut bare) = (Blocks::default(), Blocks::default());
    for pair in 0..pairs {
        // Neither is always the first.
        for turn in [pair % 2, (pair + 1) % 2] {
            let start = Start::now();
            if turn == 0 {
                for _ in 0..calls {
                    call.through(backend).await?;
                }
                ours.add(start);
            } else {
                for _ in 0..calls {
                    call.bare(client).await?;
                }
                bare.add(start);
            }
        }
    }
    let mut told = compared("clock", &mut ours.clock, &mut bare.clock, calls);
    if !ours.processor.is_empty() {
        told.push_str("; ");
        let processor = compared("processor", &mut ours.processor, &mut bare.processor, calls);
        told.push_str(&processor);
    }
    Ok(told)
}

fn compared(name: &str, ours: &mut [Duration], bare: &mut [Duration], calls: usize) -> String {
    let per_call = |blocks: &mut [Duration]| {
        blocks.sort();
        let median = blocks.get(blocks.len() / 2).copied().unwrap_or_default();
        median.as_secs_f64() * 1e6 / calls as f64
    };
    let (ours, bare) = (per_call(ours), per_call(bare));
    let over = (ours / bare - 1.0) * 100.0;
    format!("{name} {ours:.1} us, bare {bare:.1} us ({over:+.1} %)")
}

#[derive(Default)]
struct Blocks {
    clock: Vec<Duration>,
    processor: Vec<Duration>,
}

impl Blocks {
    fn add(&mut self, start: Start) {
        self.clock.push(start.clock.elapsed());
        if let (Some(start), Some(end)) = (start.processor, processor_time()) {
            self.processor.push(end.saturating_sub(start));
        }
    }
}

struct Start {
    clock: Instant,
    processor: Option<Duration>,
}

impl Start {
    fn now() -> Self {
        Self {
            processor: processor_time(),
            clock: Instant::now(),
        }
    }
}

/// What this thread has had so far, where the system tells it
fn processor_time() -> Option<Duration> {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").ok()?;
    let nanoseconds = text.split_whitespace().next()?.parse().ok()?;
    Some(Duration::from_nanos(nanoseconds))
}
