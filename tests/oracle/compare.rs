//! Writes questions for the judge, and compares its verdicts with ours.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufRead, BufReader, BufWriter, Write};
use std::process::ExitCode;

use ami_share_core::policy::Effect;
use ami_share_core::policy::evaluate::{Decision, Finding, Reason};
use serde_json::{Value, json};

use crate::case::Case;
use crate::generate::case;
use crate::random::Random;
use crate::rules::{ask, excluded};

/// How many disagreements are shown in full
const SHOWN: usize = 5;

/// A case shorter than this varies by its operators, in bytes
const SHORT: usize = 900;

/// The longest case that is saved, in bytes
const LONGEST: usize = 1_700;

/// Writes cases and questions to the standard output, one a line
pub fn generate(count: usize, seed: u64) {
    let mut random = Random::new(seed);
    let mut out = BufWriter::new(std::io::stdout().lock());
    for id in 0..count {
        let case = case(&mut random);
        let line = json!({"id": id, "ask": ask(&case), "case": case});
        writeln!(out, "{line}").unwrap();
    }
}

/// Compares; success if no disagreement is unexplained
pub fn run(questions: &str, verdicts: &str, save: Option<(&str, usize)>) -> ExitCode {
    let mut excluded_by: BTreeMap<String, usize> = BTreeMap::new();
    let mut agreed: BTreeMap<String, usize> = BTreeMap::new();
    let mut differing: BTreeMap<String, usize> = BTreeMap::new();
    let mut wrong = Vec::new();
    let mut kept = Vec::new();
    let mut total = 0;
    for (question, verdict) in lines(questions).zip(lines(verdicts)) {
        total += 1;
        let question: Value = serde_json::from_str(&question).unwrap();
        let verdict: Value = serde_json::from_str(&verdict).unwrap();
        assert_eq!(question["id"], verdict["id"], "the judge lost a line");
        let case: Case = serde_json::from_value(question["case"].clone()).unwrap();
        let ours = case.decide();
        if let Some(rule) = excluded(&case, &ours) {
            *excluded_by.entry(rule).or_default() += 1;
            continue;
        }
        let mine = answer(&case, &ours);
        match theirs(&verdict) {
            Ok(theirs) if agree(&mine, &theirs) || is_unclear(&ours, &mine, &theirs) => {
                let kind = format!("{} ({})", theirs.0, theirs.1);
                *agreed.entry(kind).or_default() += 1;
                if agree(&mine, &theirs) && mine.1 == theirs.1 {
                    kept.push(json!({"case": case, "verdict": theirs.0, "access": theirs.1}));
                }
            }
            theirs => {
                *differing
                    .entry(format!("ours {mine:?}, judge {theirs:?}"))
                    .or_default() += 1;
                wrong.push(format!(
                    "{}\nours: {mine:?} {ours}\njudge: {theirs:?}",
                    question["case"]
                ));
            }
        }
    }
    println!("{total} cases");
    for (kind, count) in &agreed {
        println!("  {count:>6} agree: {kind}");
    }
    for (rule, count) in &excluded_by {
        println!("  {count:>6} excluded by rule: {rule}");
    }
    println!("  {:>6} unexplained", wrong.len());
    for (kind, count) in &differing {
        println!("  {count:>6} {kind}");
    }
    for text in wrong.iter().take(SHOWN) {
        println!("{text}");
    }
    if let Some((path, count)) = save {
        let mut file = BufWriter::new(File::create(path).unwrap());
        let small = varied(kept, count);
        for line in &small {
            writeln!(file, "{line}").unwrap();
        }
        println!("saved {} cases", small.len());
    }
    if wrong.is_empty() && total > 0 {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

/// So many cases, taken in turn from every kind of caller, set of layers and verdict
fn varied(kept: Vec<Value>, count: usize) -> Vec<String> {
    let mut by_layers: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let mut by_operators: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for saved in kept {
        let line = saved.to_string();
        if line.len() > LONGEST {
            continue;
        }
        let case = &saved["case"];
        let layers = ["boundary", "session", "scps", "rcps"].map(|layer| case.get(layer).is_some());
        let (verdict, access, kind) =
            (&saved["verdict"], &saved["access"], &case["caller"]["kind"]);
        // A short policy is one that its conditions decide: those vary by operator.
        let operators: Vec<&String> = match case["policy"]["Statement"].as_array() {
            Some(list) if line.len() < SHORT => list
                .iter()
                .filter_map(|statement| statement["Condition"].as_object())
                .flat_map(|block| block.keys())
                .collect(),
            _ => Vec::new(),
        };
        if operators.is_empty() {
            let kind = format!("{verdict} {access} {kind} {layers:?}");
            by_layers.entry(kind).or_default().push(line);
        } else {
            let kind = format!("{verdict} {operators:?}");
            by_operators.entry(kind).or_default().push(line);
        }
    }
    let mut taken = in_turn(by_layers, count / 2);
    taken.extend(in_turn(by_operators, count - taken.len()));
    taken
}

fn in_turn(mut kinds: BTreeMap<String, Vec<String>>, count: usize) -> Vec<String> {
    let mut taken = Vec::new();
    while taken.len() < count && !kinds.is_empty() {
        kinds.retain(|_, lines| {
            taken.extend(lines.pop());
            !lines.is_empty()
        });
    }
    taken.truncate(count);
    taken
}

/// Whether two answers agree; a verdict can be certain where the resource's own answer is not
pub fn agree(ours: &(String, String), theirs: &(String, String)) -> bool {
    ours.0 == theirs.0 && (ours.1 == theirs.1 || ours.1 == "unknown")
}

/// Whether the judge holds a denial for explicit that we hold for unclear, beside a lack of permission
fn is_unclear(ours: &Decision, mine: &(String, String), theirs: &(String, String)) -> bool {
    let may_deny = |reason: &Reason| {
        let deny = Some(Effect::Deny);
        matches!(&reason.finding, Finding::Unclear { effect, .. } if *effect == deny)
    };
    mine.0 == "denied" && theirs.0 == "denied explicitly" && ours.reasons.iter().any(may_deny)
}

/// Our answer in the words of the saved set
pub fn answer(case: &Case, ours: &Decision) -> (String, String) {
    let access = match &case.policy {
        None => "none".to_owned(),
        Some(_) => ours.access.to_string(),
    };
    let verdict = if ours.is_denied_explicitly() {
        "denied explicitly".to_owned()
    } else {
        ours.verdict.to_string()
    };
    (verdict, access)
}

/// The judge's answer in the same words
fn theirs(verdict: &Value) -> Result<(String, String), String> {
    if let Some(error) = verdict["error"].as_str() {
        return Err(error.to_owned());
    }
    if verdict["ignored"]
        .as_array()
        .is_none_or(|keys| !keys.is_empty())
    {
        return Err(format!("the judge ignored keys: {}", verdict["ignored"]));
    }
    let result = match verdict["result"].as_str() {
        Some("Allowed") => "allowed",
        Some("ExplicitlyDenied") => "denied explicitly",
        Some("ImplicitlyDenied") => "denied",
        other => return Err(format!("no verdict: {other:?}")),
    };
    let access = match verdict["resource"].as_str() {
        Some("Allowed") => "direct",
        Some("AllowedForAccount") => "account",
        Some("ExplicitlyDenied" | "DeniedForAccount") => "deny",
        Some("ImplicitlyDenied" | "NotApplicable") => "none",
        other => return Err(format!("no answer of the resource: {other:?}")),
    };
    Ok((result.to_owned(), access.to_owned()))
}

fn lines(path: &str) -> impl Iterator<Item = String> {
    BufReader::new(File::open(path).unwrap())
        .lines()
        .map(Result::unwrap)
}
