//! The simulator over HTTP: how many requests a second it answers.
//!
//! `cargo bench -p ami-share --features simulator-server --bench simulator_server`. Client and server
//! share the machine. Prints the median of several runs.

use std::error::Error;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use ami_share_core::Principal;
use ami_share_core::backend::Backend;
use ami_share_core::backend::simulator::server::Server;
use ami_share_core::backend::simulator::{ImageSpec, World};
use ami_share_core::id::{AccountId, Region};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::task::JoinSet;

const CONNECTIONS: usize = 16;
const REQUESTS: usize = 20_000;
const RUNS: usize = 5;
const OWNER: &str = "111122223333";
const REGION: &str = "us-east-1";

#[tokio::main(worker_threads = 2)]
async fn main() -> Result<(), Box<dyn Error>> {
    // `cargo test --benches` passes `--test`: then one short run shows that it works.
    let is_test = std::env::args().any(|argument| argument == "--test");
    let (runs, requests) = if is_test { (1, 160) } else { (RUNS, REQUESTS) };
    let world = World::new();
    let owner: AccountId = OWNER.parse()?;
    let region: Region = REGION.parse()?;
    println!(
        "DescribeImageAttribute, {requests} requests over {CONNECTIONS} connections, median of \
         {runs} runs"
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
        let server = Server::start(world.clone(), ([127, 0, 0, 1], 0).into()).await?;
        let mut times = Vec::new();
        for _ in 0..runs {
            times.push(ask(server.address(), image.as_str(), requests).await?);
            world.clear_calls();
        }
        times.sort();
        let median = times.get(runs / 2).copied().unwrap_or_default();
        println!(
            "{recipients:>4} launch permissions {:>8.0} requests/s",
            requests as f64 / median.as_secs_f64()
        );
        server.stop().await;
    }
    Ok(())
}

async fn ask(server: SocketAddr, image: &str, requests: usize) -> Result<Duration, Box<dyn Error>> {
    let body = format!(
        "Action=DescribeImageAttribute&Version=2016-11-15&ImageId={image}&Attribute=launchPermission"
    );
    let request = format!(
        "POST / HTTP/1.1\r\nHost: {server}\r\nContent-Type: application/x-www-form-urlencoded\r\n\
         Authorization: AWS4-HMAC-SHA256 Credential={OWNER}/20260101/{REGION}/ec2/aws4_request, \
         SignedHeaders=host, Signature=0\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    );
    let start = Instant::now();
    let mut clients = JoinSet::new();
    for _ in 0..CONNECTIONS {
        let request = request.clone();
        clients.spawn(async move { client(server, &request, requests / CONNECTIONS).await });
    }
    while let Some(ended) = clients.join_next().await {
        ended??;
    }
    Ok(start.elapsed())
}

/// One connection that stays open
async fn client(server: SocketAddr, request: &str, requests: usize) -> std::io::Result<()> {
    let mut stream = TcpStream::connect(server).await?;
    stream.set_nodelay(true)?;
    let mut buffer = Vec::with_capacity(64 * 1024);
    for _ in 0..requests {
        stream.write_all(request.as_bytes()).await?;
        buffer.clear();
        while !is_whole(&buffer) {
            if stream.read_buf(&mut buffer).await? == 0 {
                return Err(std::io::ErrorKind::UnexpectedEof.into());
            }
        }
        if !buffer.starts_with(b"HTTP/1.1 200") {
            let answer = String::from_utf8_lossy(&buffer).into_owned();
            return Err(std::io::Error::other(answer));
        }
    }
    Ok(())
}

fn is_whole(answer: &[u8]) -> bool {
    let text = String::from_utf8_lossy(answer);
    let Some((head, body)) = text.split_once("\r\n\r\n") else {
        return false;
    };
    let length = head
        .lines()
        .find_map(|line| line.strip_prefix("content-length: "))
        .and_then(|length| length.parse().ok());
    length == Some(body.len())
}
