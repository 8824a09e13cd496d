//! What the server speaks of this service.

use super::service::JsonAction;

pub(crate) const ACTIONS: &[&[JsonAction]] = &[];
