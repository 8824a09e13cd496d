//! Our evaluator against a foreign judge.
//!
//! Without arguments: the saved cases, whose verdicts the judge gave once. With arguments, for
//! `run.sh`: `generate COUNT SEED` writes questions, `compare QUESTIONS VERDICTS [SAVE COUNT]` compares.
#![allow(
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    unreachable_pub
)]

mod case;
mod compare;
mod condition;
mod generate;
mod random;
mod rules;
mod saved;

use std::process::ExitCode;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments.as_slice() {
        ["generate", count, seed] => {
            compare::generate(count.parse().unwrap(), seed.parse().unwrap());
            ExitCode::SUCCESS
        }
        ["compare", questions, verdicts] => compare::run(questions, verdicts, None),
        ["compare", questions, verdicts, save, count] => {
            compare::run(questions, verdicts, Some((save, count.parse().unwrap())))
        }
        _ => saved::run(),
    }
}
