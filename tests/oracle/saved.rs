//! The saved cases: they need no judge.

use std::process::ExitCode;

use ami_share_core::policy::evaluate::Verdict;
use serde_json::Value;

use crate::case::Case;
use crate::compare::answer;
use crate::random::Random;

const SAVED: &str = include_str!("saved.jsonl");

/// The least number of saved cases
const LEAST: usize = 2_000;

/// Fails if our evaluator answers one saved case in another way than the judge
pub fn run() -> ExitCode {
    let mut wrong = 0;
    let mut total = 0;
    let (mut certain, mut changed, mut unnamed) = (0, 0, 0);
    let mut random = Random::new(1);
    for line in SAVED.lines() {
        total += 1;
        let saved: Value = serde_json::from_str(line).unwrap();
        let case: Case = serde_json::from_value(saved["case"].clone()).unwrap();
        let ours = case.decide();
        for _ in 0..5 {
            let less = case.decide_knowing_less(&mut random);
            if less.reasons.is_empty() {
                unnamed += 1;
            }
            if less.verdict != Verdict::Unknown {
                certain += 1;
                if less.verdict != ours.verdict {
                    changed += 1;
                    if changed <= 3 {
                        println!("with less: {less}\nwith all: {ours}\n{line}");
                    }
                }
            }
        }
        let mine = answer(&case, &ours);
        if mine.0.as_str() != saved["verdict"] || mine.1.as_str() != saved["access"] {
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
        "what_is_not_told_never_changes_a_certain_answer: {total} cases, {certain} certain, {changed} changed"
    );
    println!(
        "every_answer_names_a_reason: {} answers, {unnamed} without",
        5 * total
    );
    println!(
        "evaluation_agrees_with_the_foreign_judge_on_saved_cases: {total} cases, {wrong} wrong"
    );
    if wrong == 0 && changed == 0 && unnamed == 0 && certain > 0 && total >= LEAST {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}
