//! What went wrong with a shard, in words.

use super::ShardReport;
use crate::access::Answer;
use crate::outcome::{
    CopyOutcome, CopyResult, RecipientOutcome, Report, SettingReport, Shared, StepOutcome,
};

impl ShardReport {
    /// All that went wrong, in words: what stands in `problems`, and in the parts
    pub fn all_problems(&self) -> Vec<String> {
        let mut problems = self.problems.clone();
        if let Some(copy) = &self.copy {
            problems.extend(problems_of_copy(copy));
        }
        problems.extend(self.settings.iter().filter_map(problem_of_setting));
        problems.extend(self.shared.iter().flat_map(problems_of_share));
        problems.extend(self.outcomes().filter_map(problem_of_outcome));
        if let Some(rehearsal) = self.rehearsal.as_ref().filter(|_| self.is_rehearsed_no()) {
            let launches = rehearsal.images().iter().map(|image| &image.launch);
            let no = launches.filter(|launch| launch.answer == Answer::No);
            problems.extend(no.map(|launch| {
                let said = format!("the rehearsal of a launch says no: {}", launch.reason);
                with_mend(said, launch.mend.as_deref())
            }));
        }
        problems
    }
}

pub(crate) fn with_mend(problem: String, mend: Option<&str>) -> String {
    match mend {
        Some(mend) => format!("{problem}; mend: {mend}"),
        None => problem,
    }
}

fn problem_of_setting(report: &SettingReport) -> Option<String> {
    let error = report.error.as_ref()?;
    Some(error.to_string())
}

fn problems_of_share(report: &Report) -> impl Iterator<Item = String> {
    report.steps().iter().filter_map(|step| {
        let operation = step.step.action.operation();
        match &step.outcome {
            StepOutcome::Done { .. } => None,
            StepOutcome::Failed { error } => Some(error.to_string()),
            StepOutcome::NotAttempted { because } => {
                Some(format!("{operation} was not attempted: {because}"))
            }
            StepOutcome::Unconfirmed { because, .. } => {
                Some(format!("{operation} is not confirmed: {because}"))
            }
        }
    })
}

fn problems_of_copy(copy: &CopyResult) -> Vec<String> {
    let mut problems = Vec::new();
    match &copy.outcome {
        CopyOutcome::Copied | CopyOutcome::Found => {}
        CopyOutcome::Failed { failure, .. } => {
            problems.push(with_mend(failure.message.clone(), Some(failure.mend())));
        }
        CopyOutcome::Unfinished { because, .. } => {
            problems.push(format!("the copy is not finished: {because}"));
        }
        CopyOutcome::NotAttempted { because } => {
            problems.push(format!("the copy was not started: {because}"));
        }
    }
    problems.extend(copy.differences.iter().map(|difference| {
        let (field, wanted, actual) = (&difference.field, &difference.wanted, &difference.actual);
        format!("the {field} of the copy is `{actual}`, and was to be `{wanted}`")
    }));
    problems.extend(copy.settings.iter().filter_map(problem_of_setting));
    match &copy.shared {
        Some(Shared::By(report)) => problems.extend(problems_of_share(report)),
        Some(Shared::Not { because }) => problems.push(because.clone()),
        None => {}
    }
    problems
}

fn problem_of_outcome(outcome: &RecipientOutcome) -> Option<String> {
    match outcome {
        RecipientOutcome::AsAsked | RecipientOutcome::Done { .. } => None,
        RecipientOutcome::Missing { finding } => {
            Some(with_mend(finding.reason.clone(), finding.mend.as_deref()))
        }
        RecipientOutcome::Failed { error, mend } => {
            Some(with_mend(error.to_string(), mend.as_deref()))
        }
        RecipientOutcome::Unconfirmed { because, .. } => Some(because.clone()),
    }
}
