//! One tokio runtime for the process, and the ways to wait for a future on it.

use std::future::Future;
use std::sync::OnceLock;
use std::time::Duration;

use ami_share_core::Error;
use pyo3::IntoPyObjectExt;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use tokio::runtime::Runtime;
use tokio::task::{AbortHandle, JoinHandle};
use tokio::time::{Instant, MissedTickBehavior, interval_at};

use crate::{error, gate};

/// How long Ctrl-C may go unnoticed while a call waits
const SIGNAL_CHECK: Duration = Duration::from_millis(50);

struct Started {
    runtime: Runtime,
    pid: u32,
}

static STARTED: OnceLock<std::io::Result<Started>> = OnceLock::new();

/// The runtime, started by its first use
///
/// A fork copies the memory of the runtime and none of its threads, so a child would wait for ever.
fn runtime(py: Python<'_>) -> PyResult<&'static Runtime> {
    static AT_EXIT: PyOnceLock<()> = PyOnceLock::new();
    if is_forked() {
        return Err(error::forked(py));
    }
    AT_EXIT.get_or_try_init(py, || gate::close_at_exit(py))?;
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
    started.as_ref().map_or_else(
        |error| {
            let message = format!("the runtime could not be started: {error}");
            Err(error::configuration(py, &message))
        },
        |started| Ok(&started.runtime),
    )
}

/// Whether the runtime was started by a process that this one was forked from
pub(crate) fn is_forked() -> bool {
    match STARTED.get() {
        Some(Ok(started)) => started.pid != std::process::id(),
        _ => false,
    }
}

/// Waits for the future without holding the interpreter, and for Ctrl-C too
///
/// When a signal handler raises, the future is dropped and the exception goes on.
pub(crate) fn block_on<T, F>(py: Python<'_>, future: F) -> PyResult<T>
where
    F: Future<Output = Result<T, Error>> + Send,
    T: Send,
{
    waited(py, future)?.map_err(|error| error::raised(py, &error))
}

/// The same for any future: what fails is the waiting alone
pub(crate) fn waited<F>(py: Python<'_>, future: F) -> PyResult<F::Output>
where
    F: Future + Send,
    F::Output: Send,
{
    let runtime = runtime(py)?;
    py.detach(|| runtime.block_on(or_signal(future)))
}

async fn or_signal<T>(future: impl Future<Output = T>) -> PyResult<T> {
    let mut future = std::pin::pin!(future);
    let mut checks = interval_at(Instant::now() + SIGNAL_CHECK, SIGNAL_CHECK);
    checks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            biased;
            output = &mut future => return Ok(output),
            // This is the thread that Python called from, so it may go back.
            _ = checks.tick() => Python::attach(|py| py.check_signals())?,
        }
    }
}

/// Starts the future and gives what the running event loop can await
///
/// When the task that awaits it is cancelled, the future is dropped.
pub(crate) fn spawn<'py, T, F>(py: Python<'py>, future: F) -> PyResult<Bound<'py, PyAny>>
where
    F: Future<Output = Result<T, Error>> + Send + 'static,
    T: for<'a> IntoPyObject<'a> + Send + 'static,
{
    let runtime = runtime(py)?;
    if gate::is_closed() {
        return Err(error::configuration(py, "the interpreter is about to end"));
    }
    let event_loop = py.import("asyncio")?.call_method0("get_running_loop")?;
    let awaited = event_loop.call_method0("create_future")?;
    let promise = Promise {
        event_loop: event_loop.unbind(),
        awaited: awaited.clone().unbind(),
    };
    let task = runtime.spawn(async move {
        let result = future.await;
        // To get the interpreter may take a while, which other futures need not wait for.
        tokio::task::spawn_blocking(move || gate::attached(|py| promise.keep(py, result)));
    });
    let done = WhenDone(task.abort_handle());
    awaited.call_method1("add_done_callback", (done,))?;
    Ok(awaited)
}

/// What was promised to an event loop
struct Promise {
    event_loop: Py<PyAny>,
    awaited: Py<PyAny>,
}

impl Promise {
    fn keep<T>(self, py: Python<'_>, result: Result<T, Error>)
    where
        T: for<'a> IntoPyObject<'a>,
    {
        let result = match result {
            Ok(value) => value.into_py_any(py),
            Err(error) => Err(error::raised(py, &error)),
        };
        let (method, value) = match result {
            Ok(value) => ("set_result", value),
            Err(error) => ("set_exception", error.into_value(py).into_any()),
        };
        let settle = Settle { method, value };
        // A loop that is closed by now has nobody who waits.
        let _ = self
            .event_loop
            .call_method1(py, "call_soon_threadsafe", (settle, self.awaited));
    }
}

/// Settles a future of an event loop, in its own thread, unless it was cancelled
#[pyclass(frozen)]
struct Settle {
    method: &'static str,
    value: Py<PyAny>,
}

#[pymethods]
impl Settle {
    fn __call__(&self, awaited: &Bound<'_, PyAny>) -> PyResult<()> {
        let py = awaited.py();
        if !awaited.call_method0("done")?.is_truthy()? {
            awaited.call_method1(self.method, (self.value.clone_ref(py),))?;
        }
        Ok(())
    }
}

/// Drops the future of ours when the one of the event loop is done: it was cancelled, or both are
#[pyclass(frozen)]
struct WhenDone(AbortHandle);

#[pymethods]
impl WhenDone {
    fn __call__(&self, _awaited: &Bound<'_, PyAny>) {
        self.0.abort();
    }
}

/// Starts the future by itself; it is dropped together with the handle
pub(crate) fn start<T, F>(py: Python<'_>, future: F) -> PyResult<Task<T>>
where
    F: Future<Output = Result<T, Error>> + Send + 'static,
    T: Send + 'static,
{
    Ok(Task {
        handle: runtime(py)?.spawn(future),
        is_bound: true,
    })
}

/// A future that was started by itself
#[derive(Debug)]
pub(crate) struct Task<T> {
    handle: JoinHandle<Result<T, Error>>,
    /// Whether it ends with the handle
    is_bound: bool,
}

impl<T> Task<T> {
    /// The same that goes on when the handle is let go of
    pub(crate) fn unbound(mut self) -> Self {
        self.is_bound = false;
        self
    }

    /// What came of it
    pub(crate) async fn join(&mut self) -> Result<T, Error> {
        let ended = (&mut self.handle).await;
        ended.unwrap_or_else(|error| {
            let message = format!("the task was stopped: {error}");
            Err(Error::Configuration(message))
        })
    }

    /// What stops it where it is
    pub(crate) fn stopper(&self) -> AbortHandle {
        self.handle.abort_handle()
    }
}

impl<T> Drop for Task<T> {
    fn drop(&mut self) {
        if self.is_bound {
            self.handle.abort();
        }
    }
}
