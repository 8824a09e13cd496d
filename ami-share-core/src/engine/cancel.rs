use std::sync::Arc;

use tokio::sync::watch;

/// Ends what takes long before it is done: give a clone to [`ApplyOptions`](crate::ApplyOptions), and
/// call [`cancel`](Self::cancel)
#[derive(Clone, Debug)]
pub struct Cancel(Arc<watch::Sender<bool>>);

impl Default for Cancel {
    fn default() -> Self {
        Self(Arc::new(watch::channel(false).0))
    }
}

impl Cancel {
    /// One that is not cancelled
    pub fn new() -> Self {
        Self::default()
    }

    /// Cancels, once and for all
    pub fn cancel(&self) {
        self.0.send_replace(true);
    }

    /// Whether it was cancelled
    pub fn is_cancelled(&self) -> bool {
        *self.0.borrow()
    }

    /// Waits until it is cancelled
    pub async fn cancelled(&self) {
        // INVARIANT: the sender lives as long as `self`, so that waiting ends by a value alone.
        let _ = self.0.subscribe().wait_for(|cancelled| *cancelled).await;
    }
}
