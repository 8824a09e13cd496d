//! Runs the conformance suite of `ami-share-core` on every ground that this build has.
//!
//! A skipped check shows its reason; a run without a filter in which nothing ran fails.

#[cfg(feature = "aws")]
mod support;

use std::process::ExitCode;
use std::sync::Arc;

use ami_share_core::conformance::{Check, Ground, SimulatedGround, Verdict, checks};
use libtest_mimic::{Arguments, Failed, Trial};

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    let filtered = arguments.filter.is_some() || arguments.list;
    let mut trials = Vec::new();
    for check in checks() {
        trials.push(trial("simulator", check, || {
            SimulatedGround::new().map_err(|error| error.to_string())
        }));
        #[cfg(feature = "aws")]
        trials.push(trial("moto", check, support::MotoGround::new));
    }
    let conclusion = libtest_mimic::run(&arguments, trials);
    if conclusion.num_passed + conclusion.num_failed == 0 && !filtered {
        eprintln!("no check ran");
        return ExitCode::FAILURE;
    }
    conclusion.exit_code()
}

fn trial<G: Ground + 'static>(
    ground_name: &str,
    check: Check,
    ground: impl Fn() -> Result<G, String> + Send + 'static,
) -> Trial {
    let name = format!("{ground_name}::{}", check.name());
    let probe = ground();
    let skipped = probe.as_ref().ok().and_then(|ground| check.skipped(ground));
    let run = move || {
        let ground = Arc::new(probe?);
        let runtime = tokio::runtime::Runtime::new()?;
        match runtime.block_on(check.run(&*ground)) {
            Verdict::Passed => Ok(()),
            Verdict::Failed { because } => Err(Failed::from(because)),
        }
    };
    match skipped {
        Some(because) => Trial::test(name, run).with_kind(because).with_ignored_flag(true),
        None => Trial::test(name, run),
    }
}
