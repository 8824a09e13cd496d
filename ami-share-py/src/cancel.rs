//! `Cancel`: ends what takes long from outside.

use std::future::Future;

use ami_share_core::{self as core, Error};
use pyo3::prelude::*;

/// Ends what takes long before it is done
#[pyclass(frozen, module = "ami_share")]
#[derive(Clone, Debug)]
pub(crate) struct Cancel(core::Cancel);

#[pymethods]
impl Cancel {
    #[new]
    fn new() -> Self {
        Self(core::Cancel::new())
    }

    fn cancel(&self) {
        self.0.cancel();
    }

    #[getter]
    fn is_cancelled(&self) -> bool {
        self.0.is_cancelled()
    }

    fn __repr__(&self) -> &'static str {
        if self.0.is_cancelled() {
            "<Cancel: cancelled>"
        } else {
            "<Cancel>"
        }
    }
}

/// Runs the work, and hands on what cancels it: the work's own `inner` may be cancelled without `outer`
pub(crate) async fn cancelled_by<T>(
    outer: Option<Cancel>,
    inner: core::Cancel,
    work: impl Future<Output = Result<T, Error>>,
) -> Result<T, Error> {
    let Some(Cancel(outer)) = outer else {
        return work.await;
    };
    if outer.is_cancelled() {
        inner.cancel();
    }
    let mut work = std::pin::pin!(work);
    tokio::select! {
        biased;
        done = &mut work => return done,
        () = outer.cancelled() => inner.cancel(),
    }
    work.await
}
