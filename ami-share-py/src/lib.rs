//! The native half of the Python package `ami_share`.
//!
//! What Python sees is documented where Python looks: in `_internal.pyi` and in the package.

mod apply_run;
mod argument;
mod aws;
mod cancel;
mod copy;
mod distribution;
mod error;
mod event;
mod gate;
mod judgement;
mod long_run;
mod plan;
mod policy;
mod reason;
mod recipient;
mod rehearsal;
mod report;
mod request;
mod request_arguments;
mod roles;
mod runtime;
mod server;
mod shared_image;
mod sharer;
mod sharer_copies;
mod sharer_distribution;
mod sharer_recipients;
mod sharing_key;
mod value;
mod verb;
mod verification;
mod world;
mod world_keys;
mod world_recipients;

/// The module `ami_share._internal`
#[pyo3::pymodule]
mod _internal {
    /// Whether this build can share on AWS
    #[pymodule_export]
    const HAS_AWS: bool = cfg!(feature = "aws");

    #[pymodule_export]
    use super::apply_run::ApplyRun;
    /// The version of this build
    #[pymodule_export]
    #[expect(non_upper_case_globals, reason = "that is its name in Python")]
    const __version__: &str = env!("CARGO_PKG_VERSION");

    #[pymodule_export]
    use super::aws::aws_sharer;
    #[pymodule_export]
    use super::cancel::Cancel;
    #[pymodule_export]
    use super::copy::{
        CopyDifference, CopyFailure, CopyPlan, CopyReport, CopyRequest, CopyResult, CopySetting,
        PlannedCopy, SettingReport,
    };
    #[pymodule_export]
    use super::distribution::{
        CopyCheck, Distribution, DistributionPlan, DistributionProblem, DistributionReport,
        DistributionVerification, Imported, Manifest, ManifestRow, NotTaken, Shard, ShardReport,
    };
    #[pymodule_export]
    use super::event::Event;
    #[pymodule_export]
    use super::judgement::{Call, Judgement};
    #[pymodule_export]
    use super::long_run::LongRun;
    #[pymodule_export]
    use super::plan::{Plan, Step};
    #[pymodule_export]
    use super::policy::{
        Decision, DecisionReason, KeyPolicy, LintFinding, PatchedPolicy, PolicyDiff,
        PolicyStatement, caller_iam_policy, key_policy_for_sharing, recipient_iam_policy,
    };
    #[pymodule_export]
    use super::reason::{CopyRefusal, Notice, Problem, Refusal, WorldChange};
    #[pymodule_export]
    use super::recipient::{
        Hurt, ImageUsage, ImageUsageReport, ParameterReport, ParameterRequest, RecipientTagReport,
        RecipientTagRequest, ServiceLinkedRoleReport, ServiceLinkedRoleRequest, ServiceRoleGrant,
        UsageRequest, UsedImage, WrittenParameter, WrittenTags,
    };
    #[pymodule_export]
    use super::rehearsal::{CallFinding, ImageRehearsal, Rehearsal, RehearsalRequest};
    #[pymodule_export]
    use super::report::{Report, StepReport};
    #[pymodule_export]
    use super::request::ShareRequest;
    #[pymodule_export]
    use super::roles::Roles;
    #[pymodule_export]
    use super::server::SimulatorServer;
    #[pymodule_export]
    use super::shared_image::SharedImage;
    #[pymodule_export]
    use super::sharer::SharerHandle;
    #[pymodule_export]
    use super::sharing_key::SharingKey;
    #[pymodule_export]
    use super::verification::{
        Finding, ImageVerification, LayerFinding, PrincipalCheck, Verification,
    };
    #[pymodule_export]
    use super::world::SimulatedWorld;
}
