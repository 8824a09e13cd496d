use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use super::Engine;
use crate::api_error::ApiError;
use crate::backend::Backend;
use crate::id::{KeyArn, Region};
use crate::policy::KeyPolicy;

/// When which key policy was read last
#[derive(Clone, Debug, Default)]
pub(super) struct PolicyReads(Arc<Mutex<BTreeMap<KeyArn, (Instant, KeyPolicy)>>>);

impl PolicyReads {
    fn note(&self, key: &KeyArn, policy: &KeyPolicy) {
        let read = (Instant::now(), policy.clone());
        // Each change is one insertion, so a state that a panic left is still whole.
        let mut reads = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        reads.insert(key.clone(), read);
    }

    /// Whether this very policy was read within that time
    pub(super) fn is_fresh(&self, key: &KeyArn, policy: &KeyPolicy, within: Duration) -> bool {
        let reads = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        reads
            .get(key)
            .is_some_and(|(at, read)| at.elapsed() <= within && read.as_str() == policy.as_str())
    }
}

impl<B: Backend> Engine<B> {
    pub(super) async fn read_key_policy(
        &self,
        region: &Region,
        key: &KeyArn,
    ) -> Result<KeyPolicy, ApiError> {
        let policy = self.backend.get_key_policy(region, key).await?;
        self.policy_reads.note(key, &policy);
        Ok(policy)
    }
}
