//! What came of it: the report of an apply, the result of a verify, and the events on the way.

mod copy;
mod copy_failure;
mod event;
mod rehearsal;
mod report;
mod verification;
mod verify;

pub use copy::{
    CopyDifference, CopyOutcome, CopyReport, CopyResult, Remains, SettingReport, Shared,
};
pub use copy_failure::{CopyFailure, CopyFailureCause};
pub use event::{Event, EventSink, Events, events};
pub use rehearsal::{CallFinding, ImageRehearsal, Rehearsal, RehearsedCall};
pub use report::{Report, StepOutcome, StepReport};
pub use verification::{ImageVerification, PrincipalCheck, Verification};
pub(crate) use verify::{path_of, verification_of};
