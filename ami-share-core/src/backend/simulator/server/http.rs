use std::convert::Infallible;
use std::fmt;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;

use http_body_util::Full;
use hyper::body::{Bytes, Incoming};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use super::super::world::World;
use super::body::read_body;
use super::service::serve;

/// A server that answers for a world until it is stopped or dropped
pub struct Server {
    address: SocketAddr,
    world: World,
    stop: Arc<watch::Sender<bool>>,
    listening: JoinHandle<()>,
}

/// What becomes of a request
pub(crate) enum Reply {
    Answer(Response<Full<Bytes>>),
    /// The connection closes without an answer
    Cut,
}

impl Server {
    /// Listens on an address; port 0 lets the system choose one
    ///
    /// The server runs on the Tokio runtime of the caller, and answers as soon as this returns.
    ///
    /// # Errors
    ///
    /// If the address cannot be listened on.
    pub async fn start(world: World, address: SocketAddr) -> io::Result<Self> {
        let listener = TcpListener::bind(address).await?;
        let address = listener.local_addr()?;
        let (stop, stopped) = watch::channel(false);
        let listening = tokio::spawn(listen(listener, world.clone(), stopped));
        Ok(Self {
            address,
            world,
            stop: Arc::new(stop),
            listening,
        })
    }

    /// Where it listens
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// What to give a client as endpoint, such as `http://127.0.0.1:4599`
    pub fn endpoint(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The world that it answers for
    pub fn world(&self) -> &World {
        &self.world
    }

    /// Closes all connections and frees the port
    pub async fn stop(mut self) {
        self.stop.send_replace(true);
        // It panics in no case; were it cancelled, it would have stopped too.
        let _ = (&mut self.listening).await;
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.stop.send_replace(true);
        self.listening.abort();
    }
}

impl fmt::Debug for Server {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Server")
            .field("address", &self.address)
            .finish_non_exhaustive()
    }
}

async fn listen(listener: TcpListener, world: World, mut stopped: watch::Receiver<bool>) {
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            _ = stopped.changed() => return,
        };
        match accepted {
            Ok((stream, _)) => {
                // Answers are small; without this each would wait for an acknowledgement.
                let _ = stream.set_nodelay(true);
                let world = world.clone();
                let mut stopped = stopped.clone();
                tokio::spawn(async move {
                    let connection = http1::Builder::new()
                        .timer(TokioTimer::new())
                        .serve_connection(
                            TokioIo::new(stream),
                            service_fn(|request| answer(&world, request)),
                        );
                    tokio::select! {
                        // Whatever ends a connection, the client sees it; the server goes on.
                        _ = connection => {}
                        _ = stopped.changed() => {}
                    }
                });
            }
            // Too many open files, as a rule: it passes when some are closed.
            Err(error) => {
                tracing::warn!(%error, "a connection was not accepted");
                tokio::time::sleep(std::time::Duration::from_millis(10)).await;
            }
        }
    }
}

/// An error closes the connection without an answer
async fn answer(world: &World, request: Request<Incoming>) -> Result<Response<Full<Bytes>>, Cut> {
    let (head, body) = request.into_parts();
    let body = read_body(&head, body).await;
    match serve(world, &head, body).await {
        Reply::Answer(response) => Ok(response),
        Reply::Cut => Err(Cut),
    }
}

/// The connection is cut on purpose
#[derive(Debug)]
struct Cut;

impl fmt::Display for Cut {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the connection is cut on purpose")
    }
}

impl std::error::Error for Cut {}

impl From<Infallible> for Cut {
    fn from(never: Infallible) -> Self {
        match never {}
    }
}
