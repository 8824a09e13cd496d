//! `ApplyRun`: an apply that goes on by itself and is looked at event by event.

use std::future::Future;
use std::sync::{Arc, PoisonError, RwLock};

use ami_share_core::outcome::Events;
use pyo3::exceptions::PyRuntimeError;
use pyo3::prelude::*;
use tokio::sync::Mutex;

use crate::event::Event;
use crate::report::Report;
use crate::runtime::{Task, block_on, spawn, start};

/// An apply that was started; it is stopped when this is let go of before its end
#[pyclass(frozen, module = "ami_share._internal")]
#[derive(Debug)]
pub(crate) struct ApplyRun {
    running: Arc<Mutex<Running>>,
    result: Arc<RwLock<Option<PyResult<Report>>>>,
}

#[derive(Debug)]
struct Running {
    events: Events,
    task: Task<PyResult<Report>>,
    ended: bool,
}

impl ApplyRun {
    pub(crate) fn start<F>(apply: F, events: Events) -> PyResult<Self>
    where
        F: Future<Output = PyResult<Report>> + Send + 'static,
    {
        let task = start(apply)?;
        Ok(Self {
            running: Arc::new(Mutex::new(Running {
                events,
                task,
                ended: false,
            })),
            result: Arc::default(),
        })
    }

    /// The next event; none at the end, and the error that the apply ended with, once
    fn following(&self) -> impl Future<Output = PyResult<Option<Event>>> + Send + use<> {
        let (running, result) = (self.running.clone(), self.result.clone());
        async move {
            let mut running = running.lock().await;
            if let Some(event) = running.events.recv().await {
                return Ok(Some(Event(event)));
            }
            if running.ended {
                return Ok(None);
            }
            let ended = running.task.join().await.flatten();
            running.ended = true;
            let failure = match &ended {
                Ok(_) => None,
                Err(error) => Some(Python::attach(|py| error.clone_ref(py))),
            };
            *result.write().unwrap_or_else(PoisonError::into_inner) = Some(ended);
            failure.map_or(Ok(None), Err)
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
        let result = self.result.read().unwrap_or_else(PoisonError::into_inner);
        match &*result {
            Some(Ok(report)) => Ok(report.clone()),
            Some(Err(error)) => Err(error.clone_ref(py)),
            None => Err(PyRuntimeError::new_err(
                "the apply has not ended: iterate over its events to the end first",
            )),
        }
    }
}
