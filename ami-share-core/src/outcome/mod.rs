//! What came of it: the report of an apply, the result of a verify, and the events on the way.

mod copy;
mod copy_failure;
mod event;
mod parameters;
mod recipient;
mod recipient_tags;
mod rehearsal;
mod report;
mod service_roles;
mod usage;
mod verification;
mod verify;

pub use copy::{
    CopyDifference, CopyOutcome, CopyReport, CopyResult, Remains, SettingReport, Shared,
};
pub use copy_failure::{CopyFailure, CopyFailureCause};
pub use event::{Event, EventSink, Events, events};
pub use parameters::{ParameterReport, WrittenParameter};
pub use recipient::{RecipientOutcome, RecipientReport};
pub use recipient_tags::{RecipientTagReport, WrittenTags};
pub use rehearsal::{CallFinding, ImageRehearsal, Rehearsal, RehearsedCall};
pub use report::{Report, StepOutcome, StepReport};
pub use service_roles::{ServiceLinkedRoleReport, ServiceRoleGrant};
pub use usage::{Hurt, ImageUsageReport, UsedImage, hurt_by};
pub use verification::{ImageVerification, PrincipalCheck, Verification};
pub(crate) use verify::{path_of, verification_of};
