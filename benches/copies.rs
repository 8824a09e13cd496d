//! What copies and shares cost: calls, polls, time on the clock and memory.
//!
//! `cargo bench -p ami-share --features aws,conformance,simulator-server --bench copies`. The AWS backend
//! asks the simulator's server, on a thread of its own, with AWS's own token buckets. What is told:
//!
//! - 20 Regions x 50 accounts, a copy under a key of its own for each, made by the owner and by the
//!   recipients; and the same for 5 accounts, so that what grows with copies can be told from what grows
//!   with Regions,
//! - an encrypted image in 20 Regions, shared with an organization of 300 accounts,
//! - a second run of each, which must write nothing.

use std::collections::BTreeMap;
use std::error::Error;
use std::net::SocketAddr;
use std::sync::mpsc;
use std::time::{Duration, Instant};

use ami_share_core::backend::aws::AwsBackend;
use ami_share_core::backend::simulator::server::Server;
use ami_share_core::backend::simulator::{Faults, ImageSpec, NewKey, World};
use ami_share_core::id::{AccountId, ImageId, Region};
use ami_share_core::request::{CopyMaker, CopyRequest};
use ami_share_core::{AwsSharer, EngineOptions, Principal, Roles, ShareRequest, Sharer};

const OWNER: &str = "111122223333";
const SOURCE_REGION: &str = "us-east-1";
/// How long each copy takes, and by how much they differ
const COPY: Duration = Duration::from_secs(40);
const SPREAD: Duration = Duration::from_secs(20);

/// The Regions that are copied to
fn regions(count: usize) -> Result<Vec<Region>, Box<dyn Error>> {
    const NAMES: [&str; 20] = [
        "us-east-1",
        "us-east-2",
        "us-west-1",
        "us-west-2",
        "ca-central-1",
        "ca-west-1",
        "sa-east-1",
        "eu-central-1",
        "eu-central-2",
        "eu-north-1",
        "eu-south-1",
        "eu-south-2",
        "eu-west-1",
        "eu-west-2",
        "eu-west-3",
        "ap-northeast-1",
        "ap-northeast-2",
        "ap-south-1",
        "ap-southeast-1",
        "ap-southeast-2",
    ];
    let names = NAMES.iter().take(count);
    names.map(|name| Ok(name.parse()?)).collect()
}

struct Scene {
    world: World,
    owner: AccountId,
    regions: Vec<Region>,
    accounts: Vec<AccountId>,
    sharer: AwsSharer,
}

impl Scene {
    async fn new(
        regions: Vec<Region>,
        accounts: u64,
        copy: Duration,
    ) -> Result<Self, Box<dyn Error>> {
        let world = World::new();
        let owner: AccountId = OWNER.parse()?;
        let accounts: Vec<AccountId> = (1..=accounts)
            .map(|number| Ok(format!("{number:012}").parse()?))
            .collect::<Result<_, Box<dyn Error>>>()?;
        let spread = SPREAD.min(copy);
        world.set_faults(Faults::none().throttled().copies_take(copy, spread));
        let server = serve(world.clone())?;
        let backend = AwsBackend::builder()
            .credentials(OWNER, "secret", None)
            .endpoint_url(format!("http://{server}"))
            .build()
            .await?;
        let roles = Roles::builder()
            .template("arn:aws:iam::{account}:role/AmiShare")
            .build()?;
        let options = EngineOptions::default().with_concurrency(64);
        let sharer = AwsSharer::with_options(backend, options).with_roles(roles);
        Ok(Self {
            world,
            owner,
            regions,
            accounts,
            sharer,
        })
    }

    /// An encrypted image, and a role of each recipient
    fn furnish(&self) -> Result<ImageId, Box<dyn Error>> {
        let region: Region = SOURCE_REGION.parse()?;
        let key = self.world.create_key(&region, self.owner, NewKey::new());
        let spec = ImageSpec::named("golden").encrypted_with(&key);
        for account in &self.accounts {
            let trust = format!(
                r#"{{"Version": "2012-10-17", "Statement": [{{"Effect": "Allow",
                "Action": "sts:AssumeRole", "Principal": {{"AWS": "{OWNER}"}}}}]}}"#
            );
            let role = self.world.create_role(*account, "AmiShare", &trust)?;
            let all = r#"{"Version": "2012-10-17",
                "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}"#;
            self.world.put_role_policy(&role, "all", all)?;
        }
        Ok(self.world.register_image(&region, self.owner, spec))
    }

    /// A copy for each account in each Region, under a key of its own
    fn request(&self, image: &ImageId, maker: CopyMaker) -> Result<CopyRequest, Box<dyn Error>> {
        let mut request = CopyRequest::builder()
            .source(SOURCE_REGION, image)
            .to_regions(&self.regions)
            .to_accounts(self.accounts.iter().copied())
            .made_by(maker);
        for account in &self.accounts {
            for region in &self.regions {
                let of = match maker {
                    CopyMaker::Owner => self.owner,
                    CopyMaker::Recipient => *account,
                };
                let key = self.world.create_key(region, of, NewKey::new());
                request = request.account_key_in(*account, region, key.as_str());
            }
        }
        Ok(request.build()?)
    }

    fn calls(&self) -> Calls {
        let calls = self.world.calls();
        let mut by_operation: BTreeMap<&'static str, usize> = BTreeMap::new();
        for call in &calls {
            *by_operation.entry(call.operation).or_default() += 1;
        }
        self.world.clear_calls();
        Calls {
            all: calls.len(),
            writes: calls.iter().filter(|call| call.write).count(),
            by_operation,
        }
    }
}

struct Calls {
    all: usize,
    writes: usize,
    by_operation: BTreeMap<&'static str, usize>,
}

impl Calls {
    fn of(&self, operation: &str) -> usize {
        self.by_operation
            .get(operation)
            .copied()
            .unwrap_or_default()
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    // `cargo test --benches` passes `--test`: then one short run shows that it works.
    let is_test = std::env::args().any(|argument| argument == "--test");
    let (regions_to, sizes, copy) = if is_test {
        (regions(2)?, vec![2], Duration::ZERO)
    } else {
        (regions(20)?, vec![5, 50], COPY)
    };
    for maker in [CopyMaker::Owner, CopyMaker::Recipient] {
        for accounts in &sizes {
            copies(maker, &regions_to, *accounts, copy).await?;
        }
    }
    share(&regions_to, if is_test { 3 } else { 300 }).await
}

async fn copies(
    maker: CopyMaker,
    regions: &[Region],
    accounts: u64,
    copy: Duration,
) -> Result<(), Box<dyn Error>> {
    let scene = Scene::new(regions.to_vec(), accounts, copy).await?;
    let image = scene.furnish()?;
    let request = scene.request(&image, maker)?;
    let who = match maker {
        CopyMaker::Owner => "the owner",
        CopyMaker::Recipient => "recipients",
    };
    println!(
        "{} Regions x {accounts} accounts, copied by {who}:",
        regions.len()
    );
    scene.world.clear_calls();
    let plan = scene.sharer.plan_copies(&request).await?;
    let planned = scene.calls();
    let (before, start) = (memory(), Instant::now());
    let options = ami_share_core::ApplyOptions::just_planned();
    let report = scene.sharer.apply_copies(&plan, &options).await?;
    let took = start.elapsed();
    let slowest = slowest(&report);
    let applied = scene.calls();
    println!(
        "  plan {} calls; apply {} calls: {} CopyImage, {} DescribeImages, {} DescribeSnapshots",
        planned.all,
        applied.all,
        applied.of("CopyImage"),
        applied.of("DescribeImages"),
        applied.of("DescribeSnapshots"),
    );
    println!(
        "  {:.1} s; the slowest copy was seen to take {:.1} s, ratio {:.2}; memory {} to {} MB",
        took.as_secs_f64(),
        slowest.as_secs_f64(),
        took.as_secs_f64() / slowest.as_secs_f64().max(1.0),
        before,
        memory(),
    );
    let start = Instant::now();
    scene.sharer.copy(&request).await?;
    let again = scene.calls();
    println!(
        "  again: {} calls, {} writes, {:.1} s",
        again.all,
        again.writes,
        start.elapsed().as_secs_f64()
    );
    if again.writes == 0 {
        Ok(())
    } else {
        Err(format!("a second run wrote {} times", again.writes).into())
    }
}

fn slowest(report: &ami_share_core::CopyReport) -> Duration {
    let times = report.copies().iter().filter_map(|copy| {
        let (started, ended) = (copy.started?, copy.ended?);
        let seconds = ended.unix_seconds() - started.unix_seconds();
        Some(Duration::from_secs(seconds.unsigned_abs()))
    });
    times.max().unwrap_or_default()
}

async fn share(regions: &[Region], accounts: u64) -> Result<(), Box<dyn Error>> {
    let scene = Scene::new(regions.to_vec(), 0, Duration::ZERO).await?;
    let management: AccountId = "999988887777".parse()?;
    let organization = scene.world.create_organization(management)?;
    let organization: Principal = organization.into();
    for number in 1..=accounts {
        let account = format!("{number:012}").parse()?;
        scene.world.create_account(&organization, account)?;
    }
    let mut request = ShareRequest::builder().principal(organization.to_string().as_str());
    for region in &scene.regions {
        let key = scene.world.create_key(region, scene.owner, NewKey::new());
        let spec = ImageSpec::named("golden").encrypted_with(&key);
        let image = scene.world.register_image(region, scene.owner, spec);
        request = request.image_in(region, &image);
    }
    let request = request.build()?;
    scene.world.clear_calls();
    let start = Instant::now();
    let report = scene.sharer.share(&request).await?;
    let took = start.elapsed();
    let calls = scene.calls();
    println!(
        "an encrypted image in {} Regions, shared with an organization of {accounts} accounts: {} calls, {:.1} \
         a Region, {:.2} s, {} steps",
        regions.len(),
        calls.all,
        calls.all as f64 / regions.len() as f64,
        took.as_secs_f64(),
        report.steps().len(),
    );
    scene.sharer.share(&request).await?;
    let again = scene.calls();
    println!("  again: {} calls, {} writes", again.all, again.writes);
    Ok(())
}

/// A server on a thread of its own
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

/// The resident memory in megabytes, of client and simulator together, where the system tells it
fn memory() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kilobytes = line.and_then(|line| line.trim().trim_end_matches("kB").trim().parse().ok());
    kilobytes.unwrap_or(0_u64) / 1_024
}
