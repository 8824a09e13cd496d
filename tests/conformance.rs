//! Runs the conformance suite of `ami-share-core` on every ground that this build has.
//!
//! A skipped check shows its reason; a run without a filter in which nothing ran fails.
#![allow(clippy::expect_used, reason = "tests fail by panic")]

#[cfg(feature = "aws")]
mod support;

use std::process::ExitCode;

use ami_share_core::Error;
use ami_share_core::conformance::{Capability, Check, Ground, SimulatedGround, Verdict, checks};
use libtest_mimic::{Arguments, Failed, Trial};

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    let narrowed = arguments.filter.is_some() || arguments.list || arguments.ignored;
    let mut trials: Vec<Trial> = checks()
        .into_iter()
        .map(|check| {
            trial(
                "simulator",
                check,
                |_| None,
                async || SimulatedGround::new(),
            )
        })
        .collect();
    // Ended when it goes out of scope, behind the run.
    #[cfg(feature = "aws")]
    let moto = std::sync::Arc::new(support::MotoServer::start());
    #[cfg(feature = "aws")]
    trials.extend(checks().into_iter().map(|check| {
        let moto = moto.clone();
        trial("moto", check, support::MotoGround::lacks, async move || {
            Ok(support::MotoGround::connect(moto).await)
        })
    }));
    #[cfg(all(feature = "aws", feature = "simulator-server"))]
    trials.extend(
        checks()
            .into_iter()
            .map(|check| trial("wire", check, |_| None, support::WireGround::start)),
    );
    trials.sort_by(|one, other| one.name().cmp(other.name()));
    let conclusion = libtest_mimic::run(&arguments, trials);
    if conclusion.num_passed + conclusion.num_failed == 0 && !narrowed {
        eprintln!("no check ran");
        return ExitCode::FAILURE;
    }
    conclusion.exit_code()
}

fn trial<G: Ground>(
    ground_name: &str,
    check: Check,
    lacks: fn(Capability) -> Option<&'static str>,
    make_ground: impl AsyncFnOnce() -> Result<G, Error> + Send + 'static,
) -> Trial {
    let name = format!("{ground_name}::{}", check.name());
    let skipped = check.needs().iter().copied().find_map(lacks);
    let trial = Trial::test(name, move || {
        let runtime = tokio::runtime::Runtime::new()?;
        runtime.block_on(async {
            let ground = make_ground().await.map_err(Failed::from)?;
            match check.run(&ground).await {
                Verdict::Passed => Ok(()),
                Verdict::Failed { because } => Err(Failed::from(because)),
            }
        })
    });
    match skipped {
        Some(because) => trial.with_kind(because).with_ignored_flag(true),
        None => trial,
    }
}
