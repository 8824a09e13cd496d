//! `LongRun`: what takes long, goes on by itself, and is brought to an end rather than dropped.
//!
//! Whoever waits may leave (Ctrl-C, a cancelled task). Where nothing was written yet, the work is then
//! stopped; afterwards it is cancelled and goes on until it has cleaned up.

use std::future::Future;
use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::{Arc, Mutex as StdMutex, OnceLock, PoisonError};
use std::time::Duration;

use ami_share_core::outcome::{EventSink, Events, events};
use ami_share_core::{self as core, ApplyOptions, Error};
use pyo3::IntoPyObjectExt;
use pyo3::exceptions::PyRuntimeError;
use pyo3::prelude::*;
use tokio::sync::Mutex;
use tokio::task::AbortHandle;

use crate::cancel::{Cancel, cancelled_by};
use crate::copy::CopyReport;
use crate::distribution::{DistributionReport, ShardReport};
use crate::error;
use crate::event::Event;
use crate::runtime::{Task, spawn, start, waited};

/// What a run may come to
#[derive(Clone, Debug)]
pub(crate) enum Done {
    Copies(CopyReport),
    Distribution(DistributionReport),
    Shard(ShardReport),
}

impl From<core::CopyReport> for Done {
    fn from(report: core::CopyReport) -> Self {
        Self::Copies(CopyReport(report))
    }
}

impl From<core::distribution::DistributionReport> for Done {
    fn from(report: core::distribution::DistributionReport) -> Self {
        Self::Distribution(DistributionReport(report))
    }
}

impl From<core::distribution::ShardReport> for Done {
    fn from(report: core::distribution::ShardReport) -> Self {
        Self::Shard(ShardReport(report))
    }
}

impl Done {
    fn to_python(&self, py: Python<'_>) -> PyResult<Py<PyAny>> {
        match self {
            Self::Copies(report) => report.clone().into_py_any(py),
            Self::Distribution(report) => report.clone().into_py_any(py),
            Self::Shard(report) => report.clone().into_py_any(py),
        }
    }
}

/// Where a run is
#[derive(Clone, Debug)]
pub(crate) struct Phase(Arc<AtomicU8>);

impl Phase {
    const READING: u8 = 0;
    const WRITING: u8 = 1;
    const STOPPED: u8 = 2;

    fn new() -> Self {
        Self(Arc::new(AtomicU8::new(Self::READING)))
    }

    /// Goes on to writing, unless it was stopped before
    pub(crate) fn begin_to_write(&self) -> Result<(), Error> {
        match self.leave_reading_for(Self::WRITING) {
            Ok(_) => Ok(()),
            Err(_) => {
                let message = "the run was stopped before it wrote";
                Err(Error::Configuration(message.into()))
            }
        }
    }

    /// Stops what has not written; false if it has begun to
    fn stop(&self) -> bool {
        !matches!(self.leave_reading_for(Self::STOPPED), Err(Self::WRITING))
    }

    fn leave_reading_for(&self, next: u8) -> Result<u8, u8> {
        let order = Ordering::SeqCst;
        self.0.compare_exchange(Self::READING, next, order, order)
    }
}

/// What the work of a run is given
#[derive(Debug)]
pub(crate) struct Given {
    pub(crate) phase: Phase,
    cancel: core::Cancel,
    events: Option<EventSink>,
}

impl Given {
    /// The options with what cancels the run, and where its events go
    pub(crate) fn put_into(&self, options: ApplyOptions) -> ApplyOptions {
        let options = options.with_cancel(self.cancel.clone());
        match &self.events {
            Some(events) => options.with_events(events.clone()),
            None => options,
        }
    }
}

/// What ends a run early
#[derive(Clone, Debug)]
struct Ending {
    phase: Phase,
    cancel: core::Cancel,
    stopper: AbortHandle,
}

/// The runs of this process, those that have ended aside
static RUNS: StdMutex<Vec<Ending>> = StdMutex::new(Vec::new());

impl Ending {
    /// True if it has begun to write, so that its end is worth waiting for
    fn leave(&self) -> bool {
        self.cancel.cancel();
        let is_stopped = self.phase.stop();
        if is_stopped {
            self.stopper.abort();
        }
        !is_stopped
    }

    fn register(&self) {
        let mut runs = RUNS.lock().unwrap_or_else(PoisonError::into_inner);
        runs.retain(|run| !run.stopper.is_finished());
        runs.push(self.clone());
    }
}

/// Ends all runs, and waits for those that have begun to write; for the end of the interpreter
pub(crate) fn leave_all(py: Python<'_>) -> PyResult<()> {
    const SIGNAL_CHECK: Duration = Duration::from_millis(50);
    let mut runs = std::mem::take(&mut *RUNS.lock().unwrap_or_else(PoisonError::into_inner));
    runs.retain(Ending::leave);
    loop {
        runs.retain(|run| !run.stopper.is_finished());
        if runs.is_empty() {
            return Ok(());
        }
        py.detach(|| std::thread::sleep(SIGNAL_CHECK));
        py.check_signals()?;
    }
}

/// Something that takes long and was started
#[pyclass(frozen, module = "ami_share._internal")]
#[derive(Debug)]
pub(crate) struct LongRun {
    running: Arc<Mutex<Running>>,
    result: Arc<OnceLock<Result<Done, Error>>>,
    ending: Ending,
}

#[derive(Debug)]
struct Running {
    events: Option<Events>,
    task: Task<Done>,
}

impl LongRun {
    /// Starts the work that `make` makes; events are kept where there is somebody to look at them
    pub(crate) fn start<T, W>(
        py: Python<'_>,
        cancel: Option<&Cancel>,
        with_events: bool,
        make: impl FnOnce(Given) -> W,
    ) -> PyResult<Self>
    where
        T: Into<Done>,
        W: Future<Output = Result<T, Error>> + Send + 'static,
    {
        let (outer, inner, phase) = (cancel.cloned(), core::Cancel::new(), Phase::new());
        let (sink, events) = with_events.then(events).unzip();
        let work = make(Given {
            phase: phase.clone(),
            cancel: inner.clone(),
            events: sink,
        });
        let handed_on = inner.clone();
        let work = async move {
            let done = cancelled_by(outer, handed_on, work).await;
            done.map(Into::into)
        };
        let task = start(py, work)?.unbound();
        let ending = Ending {
            phase,
            cancel: inner,
            stopper: task.stopper(),
        };
        ending.register();
        Ok(Self {
            result: Arc::default(),
            ending,
            running: Arc::new(Mutex::new(Running { events, task })),
        })
    }

    /// Waits to the end, and gives what came of it
    pub(crate) fn wait(&self, py: Python<'_>) -> PyResult<Py<PyAny>> {
        self.unless_left(py, self.ended())?;
        self.result_of_end(py)
    }

    /// Waits; where a signal handler raises, the run is brought to its end first
    fn unless_left<T: Send>(
        &self,
        py: Python<'_>,
        wait: impl Future<Output = T> + Send,
    ) -> PyResult<T> {
        let left = match waited(py, wait) {
            Ok(waited) => return Ok(waited),
            Err(left) => left,
        };
        if self.leave() {
            // Whoever is not patient leaves again.
            waited(py, self.ended())?;
            if let Some(Err(error)) = self.result.get() {
                left.set_cause(py, Some(error::raised(py, error)));
            }
        }
        Err(left)
    }

    /// The next event; none at the end, when there is the result
    fn following(&self) -> impl Future<Output = Result<Option<Event>, Error>> + Send + use<> {
        let (running, result) = (self.running.clone(), self.result.clone());
        async move {
            let mut running = running.lock().await;
            if let Some(events) = &mut running.events
                && let Some(event) = events.recv().await
            {
                return Ok(Some(Event(event)));
            }
            if result.get().is_none() {
                let ended = running.task.join().await;
                // Nobody else is here: this holds the lock.
                let _ = result.set(ended);
            }
            Ok(None)
        }
    }

    /// Waits to the end
    fn ended(&self) -> impl Future<Output = ()> + Send + use<> {
        let (running, result) = (self.running.clone(), self.result.clone());
        async move {
            let mut running = running.lock().await;
            if result.get().is_none() {
                let ended = running.task.join().await;
                let _ = result.set(ended);
            }
        }
    }

    fn result_of_end(&self, py: Python<'_>) -> PyResult<Py<PyAny>> {
        match self.result.get() {
            Some(Ok(done)) => done.to_python(py),
            Some(Err(error)) => Err(error::raised(py, error)),
            None => Err(PyRuntimeError::new_err(
                "it has not ended: iterate over its events to the end first",
            )),
        }
    }
}

#[pymethods]
impl LongRun {
    fn next(&self, py: Python<'_>) -> PyResult<Option<Event>> {
        let following = self.unless_left(py, self.following())?;
        following.map_err(|error| error::raised(py, &error))
    }

    fn next_async<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        spawn(py, self.following())
    }

    /// Awaits the end; `report` has what came of it
    fn wait_async<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let ended = self.ended();
        spawn(py, async move {
            ended.await;
            Ok(())
        })
    }

    /// Ends it early; true if it has begun to write, so that its end is worth waiting for
    fn leave(&self) -> bool {
        self.ending.leave()
    }

    fn cancel(&self) {
        self.ending.cancel.cancel();
    }

    /// Ends it early, and waits where that is worth it
    fn close(&self, py: Python<'_>) -> PyResult<()> {
        if self.ending.leave() {
            waited(py, self.ended())?;
        }
        Ok(())
    }

    #[getter]
    fn report(&self, py: Python<'_>) -> PyResult<Py<PyAny>> {
        self.result_of_end(py)
    }
}

/// Whoever lets go of it leaves: what was begun is brought to its end without anybody who waits
impl Drop for LongRun {
    fn drop(&mut self) {
        self.ending.leave();
    }
}
