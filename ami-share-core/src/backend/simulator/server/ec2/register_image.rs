//! TODO

use super::super::service::QueryAction;

pub(crate) const ACTIONS: &[QueryAction] = &[];
