//! `ApplyRun`: an apply that goes on by itself and is looked at event by event.

use std::future::Future;
use std::sync::{Arc, OnceLock};

use ami_share_core::Error;
use ami_share_core::outcome::Events;
use pyo3::exceptions::PyRuntimeError;
use pyo3::prelude::*;
use tokio::sync::Mutex;

use crate::error;
use crate::event::Event;
use crate::report::Report;
use crate::runtime::{Task, block_on, spawn, start};

/// An apply that was started; it is stopped when this is let go of before its end
#[pyclass(frozen, module = "ami_share._internal")]
#[derive(Debug)]
pub(crate) struct ApplyRun {
    running: Arc<Mutex<Running>>,
    result: Arc<OnceLock<Result<Report, Error>>>,
}

#[derive(Debug)]
struct Running {
    events: Events,
    task: Task<Report>,
}

impl ApplyRun {
    pub(crate) fn start<F>(py: Python<'_>, apply: F, events: Events) -> PyResult<Self>
    where
        F: Future<Output = Result<Report, Error>> + Send + 'static,
    {
        let task = start(py, apply)?;
        Ok(Self {
            running: Arc::new(Mutex::new(Running { events, task })),
            result: Arc::default(),
        })
    }

    /// The next event; none at the end, when there is the result
    fn following(&self) -> impl Future<Output = Result<Option<Event>, Error>> + Send + use<> {
        let (running, result) = (self.running.clone(), self.result.clone());
        async move {
            let mut running = running.lock().await;
            if let Some(event) = running.events.recv().await {
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
}

#[pymethods]
impl ApplyRun {
    fn next(&self, py: Python<'_>) -> PyResult<Option<Event>> {
        block_on(py, self.following())
    }

    fn next_async<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        spawn(py, self.following())
    }

    #[getter]
    fn report(&self, py: Python<'_>) -> PyResult<Report> {
        match self.result.get() {
            Some(Ok(report)) => Ok(report.clone()),
            Some(Err(error)) => Err(error::raised(py, error)),
            None => Err(PyRuntimeError::new_err(
                "the apply has not ended: iterate over its events to the end first",
            )),
        }
    }
}
