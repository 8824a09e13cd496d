use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use serde::{Deserialize, Serialize};

use super::{Shard, Stage};
use crate::access::Answer;
use crate::id::{AccountId, ImageId, KeyArn, Region, SnapshotId};
use crate::outcome::{
    CopyResult, RecipientOutcome, RecipientReport, Rehearsal, Report, SettingReport, StepOutcome,
};
use crate::principal::PrincipalSet;
use crate::resource::Timestamp;

/// What became of one shard
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct ShardReport {
    #[serde(default)]
    pub(crate) version: ShardReportVersion,
    /// The shard, so that it can be run again
    pub shard: Shard,
    /// The image that it worked on: the owner's in the Region, or the recipient's copy
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub image: Option<ImageId>,
    /// The copy that it made or found, where it is one
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub copy: Option<CopyResult>,
    /// What was set on the image
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub settings: Vec<SettingReport>,
    /// How the image was shared, or what was closed
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub shared: Vec<Report>,
    /// The ids that AWS gave the requests that wrote, or took away, the
    /// [tags](crate::plan::LEASE_TAG) that tell what is open for copies
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tagged: Vec<String>,
    /// What was written for recipients, or for the owner in its parameters
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub written: Vec<RecipientReport>,
    /// Whether the account could launch the image, where that was rehearsed
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rehearsal: Option<Rehearsal>,
    /// The older images that were deprecated, or would be
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub predecessors: Vec<ImageId>,
    /// What went wrong beside the parts above, in words: see [`all_problems`](Self::all_problems)
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub problems: Vec<String>,
    /// When it began
    pub started: Timestamp,
    /// When it ended
    pub ended: Timestamp,
}

/// The versions of the JSON form that this release reads
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
pub(crate) enum ShardReportVersion {
    #[default]
    #[serde(rename = "ami-share/shard-report/1")]
    One,
}

/// What became of a distribution: the reports of its shards
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct DistributionReport {
    #[serde(default)]
    version: DistributionReportVersion,
    shards: Vec<ShardReport>,
}

/// The versions of the JSON form that this release reads
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
enum DistributionReportVersion {
    #[default]
    #[serde(rename = "ami-share/distribution-report/1")]
    One,
}

/// The results of a distribution as rows, for other tools
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Manifest {
    #[serde(default)]
    version: ManifestVersion,
    /// One row for each image of each account and Region, in their order
    pub rows: Vec<ManifestRow>,
}

/// The versions of the JSON form that this release reads
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
enum ManifestVersion {
    #[default]
    #[serde(rename = "ami-share/manifest/1")]
    One,
}

/// One image of a distribution
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct ManifestRow {
    /// The account that owns the image
    pub account: AccountId,
    /// Its Region
    pub region: Region,
    /// The image; none where its copy failed
    pub image: Option<ImageId>,
    /// Its snapshots, where it is a copy
    pub snapshots: Vec<SnapshotId>,
    /// The key that it is encrypted under, where it is a copy and one was given
    pub key: Option<KeyArn>,
    /// `complete` or `incomplete`
    pub state: String,
    /// Who it is shared with by this distribution
    #[serde(default, skip_serializing_if = "PrincipalSet::is_empty")]
    pub shared_with: PrincipalSet,
    /// When the work on it began
    pub started: Timestamp,
    /// When the work on it ended
    pub ended: Timestamp,
    /// The ids that AWS gave the requests that wrote
    pub request_ids: Vec<String>,
    /// All that went wrong, in words
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub problems: Vec<String>,
}

impl ShardReport {
    pub(crate) fn new(shard: &Shard, started: Timestamp) -> Self {
        Self {
            version: ShardReportVersion::default(),
            shard: shard.clone(),
            image: None,
            copy: None,
            settings: Vec::new(),
            shared: Vec::new(),
            tagged: Vec::new(),
            written: Vec::new(),
            rehearsal: None,
            predecessors: Vec::new(),
            problems: Vec::new(),
            started,
            ended: started,
        }
    }

    /// The report of a shard that has none; it gives way to any other one
    pub(crate) fn not_run(shard: &Shard) -> Self {
        let day = format!("{}T00:00:00Z", shard.date).parse();
        let mut report = Self::new(shard, day.unwrap_or_else(|_| Timestamp::now()));
        report.problems.push("it was not run".into());
        report
    }

    /// Whether all of it was done
    pub fn is_complete(&self) -> bool {
        self.problems.is_empty()
            && self.copy.as_ref().is_none_or(CopyResult::is_complete)
            && self.settings.iter().all(|setting| setting.error.is_none())
            && self.shared.iter().all(Report::is_complete)
            && self.outcomes().all(RecipientOutcome::is_good)
            && !self.is_rehearsed_no()
    }

    /// Whether a rehearsal said that the account cannot launch the image
    pub(super) fn is_rehearsed_no(&self) -> bool {
        let rehearsal = self.rehearsal.as_ref();
        rehearsal.is_some_and(|rehearsal| rehearsal.answer() == Answer::No)
    }

    pub(super) fn outcomes(&self) -> impl Iterator<Item = &RecipientOutcome> {
        self.written.iter().flat_map(RecipientReport::outcomes)
    }

    /// Which of two reports of one shard counts, whichever comes first
    fn rank(&self) -> (Timestamp, bool, String) {
        // INVARIANT: texts, numbers and lists always go into JSON.
        let text = serde_json::to_string(self).unwrap_or_default();
        (self.ended, self.is_complete(), text)
    }

    /// How many writes it made
    pub fn writes(&self) -> usize {
        self.request_ids().len()
    }

    /// The ids that AWS gave the requests that wrote
    fn request_ids(&self) -> Vec<String> {
        let copy = self.copy.iter();
        let of_copies = copy.clone().filter_map(|copy| copy.request_id.clone());
        let settings = self
            .settings
            .iter()
            .chain(copy.flat_map(|copy| &copy.settings));
        let of_settings = settings.filter_map(|setting| setting.request_id.clone());
        let steps = self.shared.iter().flat_map(Report::steps);
        let of_steps = steps.filter_map(|step| match &step.outcome {
            StepOutcome::Done { request_id } | StepOutcome::Unconfirmed { request_id, .. } => {
                request_id.clone()
            }
            StepOutcome::Failed { .. } | StepOutcome::NotAttempted { .. } => None,
        });
        let written = self.outcomes().filter_map(|outcome| match outcome {
            RecipientOutcome::Done { request_id }
            | RecipientOutcome::Unconfirmed { request_id, .. } => request_id.clone(),
            _ => None,
        });
        of_copies
            .chain(of_settings)
            .chain(of_steps)
            .chain(written)
            .chain(self.tagged.iter().cloned())
            .collect()
    }

    fn row(&self) -> ManifestRow {
        let copy = self.copy.as_ref();
        ManifestRow {
            account: self.shard.account,
            region: self.shard.region.clone(),
            image: self.image.clone(),
            snapshots: copy.map(|copy| copy.snapshots.clone()).unwrap_or_default(),
            key: copy.and_then(|copy| copy.key.clone()),
            state: if self.is_complete() {
                "complete"
            } else {
                "incomplete"
            }
            .into(),
            shared_with: self
                .shared
                .iter()
                .flat_map(|report| report.request().principals())
                .cloned()
                .collect(),
            started: self.started,
            ended: self.ended,
            request_ids: self.request_ids(),
            problems: self.all_problems(),
        }
    }
}

impl DistributionReport {
    /// The report of these shards, which may come in any order; where a shard was run again, the report
    /// that ended last counts
    ///
    /// Of two that ended in the same second, the one that is complete counts. Nothing is said of shards
    /// that have no report: [`DistributionPlan::report`](super::DistributionPlan::report) tells of them.
    pub fn merge(reports: impl IntoIterator<Item = ShardReport>) -> Self {
        let mut shards: BTreeMap<_, ShardReport> = BTreeMap::new();
        for report in reports {
            let shard = &report.shard;
            match shards.entry((shard.stage, shard.region.clone(), shard.account)) {
                Entry::Vacant(place) => {
                    place.insert(report);
                }
                Entry::Occupied(mut place) if report.rank() > place.get().rank() => {
                    place.insert(report);
                }
                Entry::Occupied(_) => {}
            }
        }
        Self {
            version: DistributionReportVersion::default(),
            shards: shards.into_values().collect(),
        }
    }

    /// The reports of the shards, in the order of their stages
    pub fn shards(&self) -> &[ShardReport] {
        &self.shards
    }

    /// Whether all was done
    pub fn is_complete(&self) -> bool {
        self.shards.iter().all(ShardReport::is_complete)
    }

    /// The shards that were not all done: what [`retry_distribution`](crate::Distributor::retry_distribution) runs again
    pub fn failed(&self) -> Vec<Shard> {
        let failed = self.shards.iter().filter(|report| !report.is_complete());
        failed.map(|report| report.shard.clone()).collect()
    }

    /// The results as rows: one for each image of each account and Region
    pub fn manifest(&self) -> Manifest {
        let images = self
            .shards
            .iter()
            .filter(|report| report.shard.stage != Stage::Finish);
        let rows = images.filter(|report| report.image.is_some() || !report.is_complete());
        Manifest {
            version: ManifestVersion::default(),
            rows: rows.map(ShardReport::row).collect(),
        }
    }
}

impl Manifest {
    /// The rows as JSON
    pub fn to_json(&self) -> String {
        // INVARIANT: texts, lists and sets always go into JSON.
        serde_json::to_string_pretty(self).unwrap_or_default()
    }
}
