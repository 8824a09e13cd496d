//! Copies: what is wanted, what would be done, and what came of it.

mod arguments;
mod plan;
mod report;
mod request;
mod result;

pub(crate) use plan::{CopyPlan, CopySetting, PlannedCopy};
pub(crate) use report::CopyReport;
pub(crate) use request::CopyRequest;
pub(crate) use result::{
    CopyDifference, CopyFailure, CopyResult, SettingReport, because, outcome_word,
};
