//! The saved cases: they need no judge.

use std::process::ExitCode;

use serde_json::Value;

use crate::case::Case;
use crate::compare::answer;

const SAVED: &str = include_str!("saved.jsonl");

/// The least number of saved cases
const LEAST: usize = 2_000;

/// Fails if our evaluator answers one saved case in another way than the judge
pub fn run() -> ExitCode {
    let mut wrong = 0;
    let mut total = 0;
    for line in SAVED.lines() {
        total += 1;
        let saved: Value = serde_json::from_str(line).unwrap();
        let case: Case = serde_json::from_value(saved["case"].clone()).unwrap();
        let ours = case.decide();
        let mine = answer(&case, &ours);
        if Value::from(mine.0.as_str()) != saved["verdict"]
            || Value::from(mine.1.as_str()) != saved["access"]
        {
            wrong += 1;
            if wrong <= 3 {
                println!(
                    "ours: {mine:?}, the judge's: {} {}\n{line}",
                    saved["verdict"], saved["access"]
                );
            }
        }
    }
    println!(
        "evaluation_agrees_with_the_foreign_judge_on_saved_cases: {total} cases, {wrong} wrong"
    );
    if wrong == 0 && total >= LEAST {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}
