use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::super::ec2::{Completion, Progress, SnapshotRecord, TagSets};
use super::super::eventual::Eventual;
use super::super::state::State;
use super::is_default;
use super::loader::{Loader, moment, parsed};
use super::wrong::Wrong;
use crate::document::At;
use crate::id::{AccountId, Region, SnapshotId};
use crate::resource::Tags;

/// An EBS snapshot
#[derive(Debug, Default, Deserialize, PartialEq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub(super) struct SnapshotFile {
    /// Its id; made by counting if there is none
    #[serde(default, skip_serializing_if = "is_default")]
    id: Option<String>,
    /// A name that stands for the id in the images of this Region
    #[serde(default, skip_serializing_if = "is_default")]
    name: Option<String>,
    /// The account that owns it, by id or name
    owner: String,
    /// The key that it is encrypted under, by ARN, id or alias; `alias/aws/ebs` is the AWS managed
    /// key. Without a key, it is not encrypted
    #[serde(default, skip_serializing_if = "is_default")]
    key: Option<String>,
    /// The size of the volume in GiB; 8 if nothing is said
    #[serde(default, skip_serializing_if = "is_default")]
    size: Option<u32>,
    /// Its description
    #[serde(default, skip_serializing_if = "is_default")]
    description: String,
    /// The volume that it was made from
    #[serde(default, skip_serializing_if = "is_default")]
    volume: Option<String>,
    /// When it was started
    #[serde(default, skip_serializing_if = "is_default")]
    started: Option<String>,
    /// When it was complete or had failed, if that is later
    #[serde(default, skip_serializing_if = "is_default")]
    ends: Option<String>,
    /// Why it failed
    #[serde(default, skip_serializing_if = "is_default")]
    failure: Option<String>,
    /// The time in minutes that was asked for, of a time-based copy
    #[serde(default, skip_serializing_if = "is_default")]
    completion_minutes: Option<u32>,
    /// Who may create volumes from it: accounts by id or name, or `all`
    #[serde(default, skip_serializing_if = "is_default")]
    create_volume_permissions: Vec<String>,
    /// The tags that its owner put on it
    #[serde(default, skip_serializing_if = "is_default")]
    tags: Tags,
    /// The tags that other accounts put on it, which they alone see, by account
    #[serde(default, skip_serializing_if = "is_default")]
    tags_of_others: BTreeMap<String, Tags>,
}

impl SnapshotFile {
    /// Has the snapshot known by its id
    pub(super) fn name_it(
        &self,
        loader: &mut Loader,
        region: &Region,
        at: &At<'_>,
    ) -> Result<(), Wrong> {
        match &self.id {
            Some(id) => loader.take(region, id, &at.field("id")),
            None => Ok(()),
        }
    }

    pub(super) fn load(
        self,
        loader: &mut Loader,
        region: &Region,
        at: &At<'_>,
    ) -> Result<(), Wrong> {
        let owner = loader.account(&self.owner, &at.field("owner"))?;
        let id: SnapshotId = match &self.id {
            Some(id) => parsed(id, &at.field("id"))?,
            None => loader.state.mint_snapshot_id(),
        };
        if let Some(name) = self.name {
            let name = (region.clone(), name);
            if loader.snapshots.contains_key(&name) {
                return Err(at
                    .field("name")
                    .wrong(format_args!("there is another snapshot `{}`", name.1)));
            }
            loader.snapshots.insert(name, id.clone());
        }
        let key = match &self.key {
            Some(text) => Some(loader.key(region, owner, text, &at.field("key"))?),
            None => None,
        };
        let started = loader.moment(self.started.as_deref(), &at.field("started"))?;
        let progress = Progress {
            started,
            ends: match &self.ends {
                Some(text) => moment(text, &at.field("ends"))?,
                None => started,
            },
            failure: self.failure,
        };
        let at_permissions = at.field("create_volume_permissions");
        let permissions = loader.principals(&self.create_volume_permissions, &at_permissions)?;
        let unfit = permissions
            .iter()
            .find(|principal| !principal.can_hold_snapshot_permission());
        if let Some(unfit) = unfit {
            return Err(at_permissions.wrong(format_args!(
                "a snapshot cannot be shared with `{unfit}`, only with accounts and `all`"
            )));
        }
        let at_others = at.field("tags_of_others");
        let tags = loader.tags(owner, self.tags, self.tags_of_others, &at_others)?;
        let completion = match self.completion_minutes.map(|minutes| minutes.to_string()) {
            Some(minutes) => {
                let parsed = Completion::parse("completion_minutes", &minutes);
                Some(parsed.map_err(|no| at.field("completion_minutes").wrong(no.message))?)
            }
            None => None,
        };
        let record = SnapshotRecord {
            id: id.clone(),
            owner,
            key,
            volume: self.volume,
            volume_size: self.size.unwrap_or(DEFAULT_SIZE),
            description: self.description,
            progress,
            completion,
            permissions: Eventual::new(permissions),
            tags,
        };
        let of_region = loader.state.snapshots.entry(region.clone()).or_default();
        of_region.insert(id, record);
        Ok(())
    }

    fn of(record: &SnapshotRecord) -> Self {
        let progress = &record.progress;
        Self {
            id: Some(record.id.to_string()),
            name: None,
            owner: record.owner.to_string(),
            key: record.key.as_ref().map(ToString::to_string),
            size: Some(record.volume_size),
            description: record.description.clone(),
            volume: record.volume.clone(),
            started: Some(progress.started.iso_8601()),
            ends: (progress.ends != progress.started).then(|| progress.ends.iso_8601()),
            failure: progress.failure.clone(),
            completion_minutes: record.completion.map(Completion::minutes),
            create_volume_permissions: record
                .permissions
                .current()
                .iter()
                .map(ToString::to_string)
                .collect(),
            tags: record.tags.by(record.owner),
            tags_of_others: tags_of_others(&record.tags, record.owner),
        }
    }
}

/// In GiB
pub(super) const DEFAULT_SIZE: u32 = 8;

pub(super) fn tags_of_others(tags: &TagSets, owner: AccountId) -> BTreeMap<String, Tags> {
    tags.all()
        .iter()
        .filter(|(account, tags)| **account != owner && !tags.is_empty())
        .map(|(account, tags)| (account.to_string(), tags.clone()))
        .collect()
}

pub(super) fn saved(state: &State, region: &Region) -> Vec<SnapshotFile> {
    let records = state.snapshots.get(region).into_iter().flatten();
    records
        .map(|(_, record)| SnapshotFile::of(record))
        .collect()
}
