//! Threads of ours run Python only while the interpreter is not about to end.
//!
//! CPython ends a thread that takes up Python again when the interpreter is finalizing, and Rust
//! cannot be unwound that way: the process would crash. So such threads pass through a gate, which
//! is closed at exit, when everybody is through.

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use pyo3::prelude::*;

static GATE: Mutex<Gate> = Mutex::new(Gate {
    inside: 0,
    closed: false,
});
static LEFT: Condvar = Condvar::new();

struct Gate {
    inside: usize,
    closed: bool,
}

fn gate() -> MutexGuard<'static, Gate> {
    GATE.lock().unwrap_or_else(PoisonError::into_inner)
}

/// One thread inside
struct Pass;

impl Pass {
    fn get() -> Option<Self> {
        let mut gate = gate();
        if gate.closed {
            return None;
        }
        gate.inside += 1;
        Some(Self)
    }
}

impl Drop for Pass {
    fn drop(&mut self) {
        gate().inside -= 1;
        LEFT.notify_all();
    }
}

/// Runs Python in a thread that Python did not start; none if the interpreter is about to end
pub(crate) fn attached<T>(run: impl FnOnce(Python<'_>) -> T) -> Option<T> {
    let _pass = Pass::get()?;
    Some(Python::attach(run))
}

/// Whether the interpreter is about to end
pub(crate) fn is_closed() -> bool {
    gate().closed
}

/// Has the gate closed at exit; to be called once
pub(crate) fn close_at_exit(py: Python<'_>) -> PyResult<()> {
    let close = pyo3::wrap_pyfunction!(close_gate, py)?;
    py.import("atexit")?.call_method1("register", (close,))?;
    Ok(())
}

/// Ends what takes long; then lets nobody in any more, and waits for those inside
#[pyfunction]
fn close_gate(py: Python<'_>) -> PyResult<()> {
    const SIGNAL_CHECK: Duration = Duration::from_millis(50);
    if !crate::runtime::is_forked() {
        crate::long_run::leave_all(py)?;
    }
    loop {
        let empty = py.detach(|| {
            let mut gate = gate();
            gate.closed = true;
            let waited = LEFT.wait_timeout_while(gate, SIGNAL_CHECK, |gate| gate.inside > 0);
            let (gate, _) = waited.unwrap_or_else(PoisonError::into_inner);
            gate.inside == 0
        });
        // The threads that were inside when this process was forked are not in it.
        if empty || crate::runtime::is_forked() {
            return Ok(());
        }
        py.check_signals()?;
    }
}
