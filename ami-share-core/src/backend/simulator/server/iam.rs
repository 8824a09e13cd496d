//! What the server speaks of IAM.

use super::service::QueryAction;

pub(crate) const ACTIONS: &[&[QueryAction]] = &[];
