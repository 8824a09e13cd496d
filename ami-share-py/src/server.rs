//! `SimulatorServer`: a world over HTTP, and worlds as files.

use std::net::{IpAddr, SocketAddr};
use std::sync::{Mutex, MutexGuard, PoisonError};

use ami_share_core::Error;
use ami_share_core::backend::simulator::World;
use ami_share_core::backend::simulator::server::Server;
use pyo3::exceptions::{PyOSError, PyValueError};
use pyo3::prelude::*;

use crate::runtime;
use crate::world::SimulatedWorld;

/// A server that answers for a world
#[pyclass(frozen, module = "ami_share")]
#[derive(Debug)]
pub(crate) struct SimulatorServer {
    world: World,
    endpoint: String,
    /// `None` when it was stopped
    running: Mutex<Option<Server>>,
}

#[pymethods]
impl SimulatorServer {
    #[new]
    #[pyo3(signature = (world=None, *, host="127.0.0.1", port=0))]
    fn new(
        py: Python<'_>,
        world: Option<PyRef<'_, SimulatedWorld>>,
        host: &str,
        port: u16,
    ) -> PyResult<Self> {
        let world = world.map(|world| world.0.clone()).unwrap_or_default();
        let host: IpAddr = host
            .parse()
            .map_err(|_| PyValueError::new_err(format!("`{host}` is not an IP address")))?;
        let address = SocketAddr::from((host, port));
        let served = world.clone();
        let started =
            runtime::block_on(py, async move { Ok(Server::start(served, address).await) })?;
        let server = started.map_err(|error| PyOSError::new_err(format!("{address}: {error}")))?;
        Ok(Self {
            world,
            endpoint: server.endpoint(),
            running: Mutex::new(Some(server)),
        })
    }

    #[getter]
    fn endpoint(&self) -> &str {
        &self.endpoint
    }

    #[getter]
    fn world(&self) -> SimulatedWorld {
        SimulatedWorld(self.world.clone())
    }

    #[getter]
    fn is_running(&self) -> bool {
        self.running().is_some()
    }

    /// Closes all connections and frees the port; again does nothing
    fn stop(&self, py: Python<'_>) -> PyResult<()> {
        let server = self.running().take();
        // The memory of a forked process has the server, but nothing runs it there.
        if runtime::is_forked() {
            std::mem::forget(server);
            return Ok(());
        }
        runtime::block_on(py, async move {
            if let Some(server) = server {
                server.stop().await;
            }
            Ok::<(), Error>(())
        })
    }

    /// Waits until a signal handler raises, such as that of Ctrl-C
    fn serve_forever(&self, py: Python<'_>) -> PyResult<()> {
        runtime::block_on(py, std::future::pending::<Result<(), Error>>())
    }

    fn __enter__(this: Py<Self>) -> Py<Self> {
        this
    }

    fn __exit__(
        &self,
        py: Python<'_>,
        _kind: &Bound<'_, PyAny>,
        _error: &Bound<'_, PyAny>,
        _trace: &Bound<'_, PyAny>,
    ) -> PyResult<()> {
        self.stop(py)
    }

    fn __repr__(&self) -> String {
        let state = if self.is_running() { "" } else { ", stopped" };
        format!("<SimulatorServer: {}{state}>", self.endpoint)
    }
}

impl SimulatorServer {
    fn running(&self) -> MutexGuard<'_, Option<Server>> {
        self.running.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[pymethods]
impl SimulatedWorld {
    #[staticmethod]
    fn load(py: Python<'_>, text: &str) -> PyResult<Self> {
        let loaded = py.detach(|| World::load(text));
        loaded
            .map(Self)
            .map_err(|error| PyValueError::new_err(error.to_string()))
    }

    fn save(&self, py: Python<'_>) -> String {
        py.detach(|| self.0.save())
    }

    #[pyo3(signature = (*, host="127.0.0.1", port=0))]
    fn serve(
        this: PyRef<'_, Self>,
        py: Python<'_>,
        host: &str,
        port: u16,
    ) -> PyResult<SimulatorServer> {
        SimulatorServer::new(py, Some(this), host, port)
    }
}
