//! A small, strict AWS for tests of image sharing, for any AWS client.
//!
//! `cargo run --features simulator-server --example simulator -- --port 0`

use std::io;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::SystemTime;

use ami_share_core::backend::simulator::World;
use ami_share_core::backend::simulator::server::Server;
use lexopt::{Arg, ValueExt};

const HELP: &str = "\
A small, strict AWS in memory: EC2, STS, IAM, KMS, Organizations and SSM, as far as sharing images
goes. The first line that it prints is its endpoint. Give that to any AWS client, with 12 digits as
the access key (the root user of that account) and any secret.

Usage: simulator [--host ADDRESS] [--port PORT] [--world FILE] [--save FILE]

Options:
  --host ADDRESS  The address to listen on [default: 127.0.0.1]
  --port PORT     The port to listen on; 0 lets the system choose one [default: 4599]
  --world FILE    Start with the world that this file describes, in JSON or YAML
  --save FILE     Save the world to this file at the end (Ctrl-C or SIGTERM)
  --help          Say this";

struct Options {
    host: IpAddr,
    port: u16,
    world: Option<PathBuf>,
    save: Option<PathBuf>,
}

impl Options {
    /// `None` if help is asked for
    fn parse(mut arguments: lexopt::Parser) -> Result<Option<Self>, lexopt::Error> {
        let mut options = Self {
            host: Ipv4Addr::LOCALHOST.into(),
            port: 4599,
            world: None,
            save: None,
        };
        while let Some(argument) = arguments.next()? {
            match argument {
                Arg::Long("host") => options.host = arguments.value()?.parse()?,
                Arg::Long("port") => options.port = arguments.value()?.parse()?,
                Arg::Long("world") => options.world = Some(arguments.value()?.into()),
                Arg::Long("save") => options.save = Some(arguments.value()?.into()),
                Arg::Long("help") | Arg::Short('h') => return Ok(None),
                other => return Err(other.unexpected()),
            }
        }
        Ok(Some(options))
    }
}

#[tokio::main]
async fn main() -> ExitCode {
    let options = match Options::parse(lexopt::Parser::from_env()) {
        Ok(Some(options)) => options,
        Ok(None) => {
            println!("{HELP}");
            return ExitCode::SUCCESS;
        }
        Err(error) => {
            eprintln!("simulator: {error}; --help says what there is");
            return ExitCode::from(2);
        }
    };
    match run(options).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            eprintln!("simulator: {problem}");
            ExitCode::FAILURE
        }
    }
}

async fn run(options: Options) -> Result<(), String> {
    let world = match &options.world {
        Some(path) => {
            World::load_file(path).map_err(|error| format!("{}: {error}", path.display()))?
        }
        None => {
            let world = World::new();
            // Clients that assume roles by themselves look at their own clock.
            world.set_time(SystemTime::now());
            world
        }
    };
    let address = SocketAddr::from((options.host, options.port));
    let server = Server::start(world, address)
        .await
        .map_err(|error| format!("{address}: {error}"))?;
    let end = end().map_err(|error| error.to_string())?;
    // Standard output is flushed behind every line.
    println!("{}", server.endpoint());
    end.await;
    if let Some(path) = &options.save {
        std::fs::write(path, server.world().save())
            .map_err(|error| format!("{}: {error}", path.display()))?;
    }
    server.stop().await;
    Ok(())
}

/// Waits for Ctrl-C, or for SIGTERM where there is one; it listens for them when this returns
fn end() -> io::Result<impl Future<Output = ()>> {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        let mut interrupt = signal(SignalKind::interrupt())?;
        let mut terminate = signal(SignalKind::terminate())?;
        Ok(async move {
            tokio::select! {
                _ = interrupt.recv() => {}
                _ = terminate.recv() => {}
            }
        })
    }
    #[cfg(not(unix))]
    Ok(async { drop(tokio::signal::ctrl_c().await) })
}
