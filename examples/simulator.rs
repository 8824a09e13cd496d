//! The simulator over HTTP, for any AWS client: `cargo run --example simulator -- --port 0`.

use std::process::ExitCode;

use ami_share_core::backend::simulator::World;
use ami_share_core::backend::simulator::server::Server;

#[tokio::main]
async fn main() -> ExitCode {
    match Server::start(World::new(), ([127, 0, 0, 1], 0).into()).await {
        Ok(server) => {
            println!("{}", server.endpoint());
            std::future::pending::<()>().await;
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}
