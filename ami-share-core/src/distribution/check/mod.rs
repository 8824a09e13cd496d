//! What can be wrong with a draft though each of its values can be read.

mod image;
mod keys;
mod options;
mod recipients;

use std::collections::BTreeSet;

use super::draft::DistributionDraft;
use super::error::DistributionProblem;
use super::image::SourceImage;
use crate::document::{At, Part, nearest, written};
use crate::id::Region;
use crate::principal::{Principal, PrincipalSet};

/// One thing that is wrong, and the way to it
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct Fault {
    pub(super) path: Vec<Part>,
    pub(super) problem: String,
    pub(super) expected: Option<String>,
    pub(super) nearest: Option<String>,
}

impl Fault {
    pub(super) fn on_line(self, line: Option<u64>) -> DistributionProblem {
        DistributionProblem {
            line,
            field: written(&self.path),
            problem: self.problem,
            expected: self.expected,
            nearest: self.nearest,
        }
    }
}

/// Looks at a draft, field by field
#[derive(Debug)]
pub(super) struct Checker<'a> {
    draft: &'a DistributionDraft,
    /// What a file has at these places could not be read, and is missing in the draft
    lost: &'a [Vec<Part>],
    faults: Vec<Fault>,
    image: Option<SourceImage>,
    regions: BTreeSet<Region>,
    recipients: PrincipalSet,
}

/// What a draft comes to
#[derive(Debug)]
pub(super) struct Checked {
    pub(super) faults: Vec<Fault>,
    /// Missing only beside a fault, or where it was lost
    pub(super) image: Option<SourceImage>,
    pub(super) regions: BTreeSet<Region>,
    pub(super) recipients: PrincipalSet,
}

impl<'a> Checker<'a> {
    pub(super) fn check(draft: &'a DistributionDraft, lost: &'a [Vec<Part>]) -> Checked {
        let mut checker = Self {
            draft,
            lost,
            faults: Vec::new(),
            image: None,
            regions: BTreeSet::new(),
            recipients: PrincipalSet::new(),
        };
        checker.image();
        checker.regions();
        checker.recipients();
        checker.roles();
        checker.keys();
        checker.copies();
        checker.tags();
        checker.parameters();
        checker.predecessors();
        checker.protection();
        checker.rehearsal();
        Checked {
            faults: checker.faults,
            image: checker.image,
            regions: checker.regions,
            recipients: checker.recipients,
        }
    }

    fn wrong(&mut self, at: &At<'_>, problem: impl Into<String>, expected: impl Into<String>) {
        self.wrong_at(at.path(), problem, expected);
    }

    fn wrong_at(
        &mut self,
        path: Vec<Part>,
        problem: impl Into<String>,
        expected: impl Into<String>,
    ) {
        self.faults.push(Fault {
            path,
            problem: problem.into(),
            expected: Some(expected.into()),
            nearest: None,
        });
    }

    /// What is not there, together with the nearest thing that is
    fn unknown<'n>(
        &mut self,
        at: &At<'_>,
        problem: impl Into<String>,
        expected: impl Into<String>,
        name: &str,
        known: impl IntoIterator<Item = &'n str>,
    ) {
        self.faults.push(Fault {
            path: at.path(),
            problem: problem.into(),
            expected: Some(expected.into()),
            nearest: nearest(name, known).map(str::to_owned),
        });
    }

    /// Whether something at this place or below could not be read, so that no more is to be said of it
    fn is_lost(&self, at: &At<'_>) -> bool {
        let path = at.path();
        self.lost
            .iter()
            .any(|lost| lost.starts_with(&path) || path.starts_with(lost))
    }

    /// Whether all recipients are known by account
    fn knows_all_accounts(&self) -> bool {
        let is_account = |principal: &Principal| matches!(principal, Principal::Account(_));
        self.recipients.iter().all(is_account)
            && !self.is_lost(&At::TOP.field("recipients"))
            && !self.is_lost(&At::TOP.field("groups"))
    }
}

/// As in `a`, `b` and 3 others
fn listed<T: ToString>(items: &[T]) -> String {
    const SHOWN: usize = 5;
    let shown: Vec<String> = items
        .iter()
        .take(SHOWN)
        .map(|item| format!("`{}`", item.to_string()))
        .collect();
    let mut text = shown.join(", ");
    if items.len() > SHOWN {
        text.push_str(&format!(" and {} others", items.len() - SHOWN));
    }
    text
}
