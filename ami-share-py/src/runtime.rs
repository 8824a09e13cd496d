//! One tokio runtime for the process, and the two ways to wait for a future on it.

use std::future::Future;
use std::sync::OnceLock;
use std::time::Duration;

use pyo3::prelude::*;
use tokio::runtime::Runtime;
use tokio::time::{Instant, MissedTickBehavior, interval_at};

use crate::error;

/// How long Ctrl-C may go unnoticed while a call waits
const SIGNAL_CHECK: Duration = Duration::from_millis(50);

struct Started {
    runtime: Runtime,
    pid: u32,
}

/// The runtime, started by its first use
///
/// A fork copies the memory of the runtime and none of its threads, so a child would wait for ever.
fn runtime() -> PyResult<&'static Runtime> {
    static STARTED: OnceLock<std::io::Result<Started>> = OnceLock::new();
    let started = STARTED.get_or_init(|| {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .enable_all()
            .thread_name("ami-share")
            .build()?;
        Ok(Started {
            runtime,
            pid: std::process::id(),
        })
    });
    match started {
        Ok(started) if started.pid == std::process::id() => {
            // A second call does nothing: it is the same runtime.
            let _ = pyo3_async_runtimes::tokio::init_with_runtime(&started.runtime);
            Ok(&started.runtime)
        }
        Ok(_) => Err(error::forked()),
        Err(error) => Err(error::configuration(&format!(
            "the runtime could not be started: {error}"
        ))),
    }
}

/// Waits for the future without holding the interpreter, and for Ctrl-C too
///
/// When a signal handler raises, the future is dropped and the exception goes on.
pub(crate) fn block_on<T, F>(py: Python<'_>, future: F) -> PyResult<T>
where
    F: Future<Output = PyResult<T>> + Send,
    T: Send,
{
    let runtime = runtime()?;
    py.detach(|| runtime.block_on(or_signal(future)))
}

async fn or_signal<T>(future: impl Future<Output = PyResult<T>>) -> PyResult<T> {
    let mut future = std::pin::pin!(future);
    let mut checks = interval_at(Instant::now() + SIGNAL_CHECK, SIGNAL_CHECK);
    checks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            biased;
            output = &mut future => return output,
            _ = checks.tick() => Python::attach(|py| py.check_signals())?,
        }
    }
}

/// Starts the future and gives what the running event loop can await
///
/// When the task that awaits it is cancelled, the future is dropped.
pub(crate) fn spawn<'py, T, F>(py: Python<'py>, future: F) -> PyResult<Bound<'py, PyAny>>
where
    F: Future<Output = PyResult<T>> + Send + 'static,
    T: for<'a> IntoPyObject<'a> + Send + 'static,
{
    runtime()?;
    pyo3_async_runtimes::tokio::future_into_py(py, future)
}

/// Starts the future by itself; it is dropped together with the handle
pub(crate) fn start<T, F>(future: F) -> PyResult<Task<T>>
where
    F: Future<Output = T> + Send + 'static,
    T: Send + 'static,
{
    Ok(Task(runtime()?.spawn(future)))
}

/// A future that was started by itself
#[derive(Debug)]
pub(crate) struct Task<T>(tokio::task::JoinHandle<T>);

impl<T> Task<T> {
    /// What came of it
    pub(crate) async fn join(&mut self) -> PyResult<T> {
        (&mut self.0)
            .await
            .map_err(|error| error::configuration(&format!("the task was stopped: {error}")))
    }
}

impl<T> Drop for Task<T> {
    fn drop(&mut self) {
        self.0.abort();
    }
}
