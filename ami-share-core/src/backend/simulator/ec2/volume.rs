use std::collections::BTreeMap;

use super::super::call::Caller;
use super::super::clock::Moment;
use super::super::kms::KeyUse;
use super::super::refusal::Refusal;
use super::super::state::State;
use super::encryption::{Encryption, KeptKey, SourceKey};
use super::progress::{Progress, Stage};
use super::region::zones;
use super::snapshot::SnapshotRecord;
use super::tag::TagSets;
use crate::id::{AccountId, KeyArn, Region, SnapshotId};
use crate::resource::Tags;

/// A volume as its Region keeps it
#[derive(Debug)]
pub(crate) struct VolumeRecord {
    pub(crate) id: String,
    pub(crate) owner: AccountId,
    pub(crate) zone: String,
    /// In GiB
    pub(crate) size: u32,
    /// Such as `gp2`
    pub(crate) kind: String,
    pub(crate) iops: Option<u32>,
    /// The snapshot that it was made from
    pub(crate) snapshot: Option<SnapshotId>,
    pub(crate) key: Option<KeyArn>,
    pub(crate) progress: Progress,
    pub(crate) attachment: Option<Attachment>,
    pub(crate) tags: TagSets,
    /// The client token that it was made with, and what was asked for then
    request: Option<(String, NewVolume)>,
}

/// What a volume is to its instance
#[derive(Clone, Debug)]
pub(crate) struct Attachment {
    pub(crate) instance: String,
    pub(crate) device: String,
    pub(crate) since: Moment,
    pub(crate) delete_on_termination: bool,
}

/// A volume that an instance starts with
#[derive(Clone, Debug)]
pub(crate) struct NewDisk {
    pub(crate) snapshot: Option<SnapshotId>,
    pub(crate) key: Option<KeyArn>,
    /// In GiB
    pub(crate) size: u32,
    pub(crate) kind: String,
}

/// What `CreateVolume` asks for
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub(crate) struct NewVolume {
    pub(crate) zone: String,
    pub(crate) size: Option<u32>,
    pub(crate) snapshot: Option<SnapshotId>,
    pub(crate) kind: Option<String>,
    pub(crate) iops: Option<u32>,
    pub(crate) encryption: Encryption,
    pub(crate) tags: Tags,
}

impl VolumeRecord {
    /// As EC2 writes it
    ///
    /// That a volume whose key cannot be used ends as `error`, and is still seen, is not documented.
    pub(crate) fn status(&self, now: Moment) -> &'static str {
        match (self.progress.stage(now), &self.attachment) {
            (Stage::Pending { .. }, _) => "creating",
            (Stage::Failed { .. }, _) => "error",
            (Stage::Done, Some(_)) => "in-use",
            (Stage::Done, None) => "available",
        }
    }
}

impl State {
    /// A volume that is empty, or made from a snapshot
    ///
    /// # Errors
    ///
    /// The texts about sizes are AWS's.
    pub(crate) fn create_volume(
        &mut self,
        caller: Caller<'_>,
        wanted: NewVolume,
        client_token: Option<&str>,
    ) -> Result<String, Refusal> {
        if let Some(token) = client_token
            && let Some(id) = self.volume_of_token(caller, token, &wanted)?
        {
            return Ok(id);
        }
        wanted.encryption.check()?;
        if !zones(caller.region).contains(&wanted.zone) {
            return Err(Refusal::new(
                "InvalidZone.NotFound",
                format!("The zone '{}' does not exist.", wanted.zone),
            ));
        }
        let snapshot = match &wanted.snapshot {
            Some(id) => Some(self.readable_snapshot(caller, id)?),
            None => None,
        };
        let kind = wanted.kind.clone().unwrap_or_else(|| "gp2".to_owned());
        let size = size(&wanted, &kind, snapshot)?;
        let iops = iops(&kind, size, wanted.iops)?;
        let (source, owner) = match snapshot {
            Some(record) => (record.key.clone(), record.owner),
            None => (None, caller.account),
        };
        if wanted.encryption.encrypted == Some(false) && source.is_some() {
            // That the volume is encrypted all the same is documented, the error is not.
            return Err(Refusal::new(
                "InvalidParameterCombination",
                "A volume that is made from an encrypted snapshot cannot be unencrypted.",
            ));
        }
        let source = source.map(|key| SourceKey {
            key,
            read: KeyUse::Launch,
        });
        let kept = KeptKey::Own(owner);
        let chosen = self.choose_key(caller, &wanted.encryption, source.as_ref(), kept);
        let mut progress = Progress::done(self.now());
        progress.failure = chosen.failure;
        let id = format!("vol-{:017x}", self.next_number());
        let record = VolumeRecord {
            id: id.clone(),
            owner: caller.account,
            zone: wanted.zone.clone(),
            size,
            kind,
            iops,
            snapshot: wanted.snapshot.clone(),
            key: chosen.key,
            progress,
            attachment: None,
            tags: TagSets::with(caller.account, wanted.tags.clone()),
            request: client_token.map(|token| (token.to_owned(), wanted)),
        };
        self.store_volume(caller.region, record);
        Ok(id)
    }

    fn store_volume(&mut self, region: &Region, record: VolumeRecord) {
        self.volumes
            .entry(region.clone())
            .or_default()
            .insert(record.id.clone(), record);
    }

    /// A volume that an instance starts with
    pub(crate) fn create_attached_volume(
        &mut self,
        caller: Caller<'_>,
        zone: &str,
        disk: NewDisk,
        attachment: Attachment,
        tags: Tags,
    ) {
        let record = VolumeRecord {
            id: format!("vol-{:017x}", self.next_number()),
            owner: caller.account,
            zone: zone.to_owned(),
            size: disk.size,
            kind: disk.kind,
            iops: None,
            snapshot: disk.snapshot,
            key: disk.key,
            progress: Progress::done(self.now()),
            attachment: Some(attachment),
            tags: TagSets::with(caller.account, tags),
            request: None,
        };
        self.store_volume(caller.region, record);
    }

    fn volume_of_token(
        &self,
        caller: Caller<'_>,
        token: &str,
        wanted: &NewVolume,
    ) -> Result<Option<String>, Refusal> {
        let made = self.volumes_in(caller.region).find_map(|volume| {
            let (used, request) = volume.request.as_ref()?;
            (volume.owner == caller.account && used == token).then_some((volume, request))
        });
        match made {
            Some((volume, request)) if request == wanted => Ok(Some(volume.id.clone())),
            Some(_) => Err(Refusal::new(
                "IdempotentParameterMismatch",
                format!("The client token '{token}' was used with other parameters before."),
            )),
            None => Ok(None),
        }
    }

    /// A snapshot that is complete and that the caller may make volumes from
    fn readable_snapshot(
        &self,
        caller: Caller<'_>,
        snapshot: &SnapshotId,
    ) -> Result<&SnapshotRecord, Refusal> {
        let record = match self.seen_snapshot(caller, snapshot) {
            Ok(record) => record,
            Err(refusal) => self
                .snapshot_of_public_image(caller, snapshot)
                .ok_or(refusal)?,
        };
        record.check_complete(self.now())?;
        Ok(record)
    }

    /// "Users with access to" a public image "can create volumes from its associated snapshots"
    fn snapshot_of_public_image(
        &self,
        caller: Caller<'_>,
        snapshot: &SnapshotId,
    ) -> Option<&SnapshotRecord> {
        let images = self.images.get(caller.region)?;
        images
            .values()
            .filter(|image| image.is_public() && self.sees(caller.account, image))
            .any(|image| image.snapshots.iter().any(|behind| behind.id == *snapshot))
            .then(|| self.snapshot(caller.region, snapshot))
            .flatten()
    }

    pub(crate) fn volumes_in(&self, region: &Region) -> impl Iterator<Item = &VolumeRecord> {
        self.volumes
            .get(region)
            .into_iter()
            .flat_map(BTreeMap::values)
    }

    /// A volume of the caller; nobody sees another's
    pub(crate) fn own_volume(
        &self,
        caller: Caller<'_>,
        volume: &str,
    ) -> Result<&VolumeRecord, Refusal> {
        check_id("vol-", volume).map_err(|text| Refusal::new("InvalidVolumeID.Malformed", text))?;
        self.volumes
            .get(caller.region)
            .and_then(|volumes| volumes.get(volume))
            .filter(|record| record.owner == caller.account)
            .ok_or_else(|| {
                Refusal::new(
                    "InvalidVolume.NotFound",
                    format!("The volume '{volume}' does not exist."),
                )
            })
    }

    pub(crate) fn delete_volume(
        &mut self,
        caller: Caller<'_>,
        volume: &str,
    ) -> Result<(), Refusal> {
        let record = self.own_volume(caller, volume)?;
        if let Some(attachment) = &record.attachment {
            return Err(Refusal::new(
                "VolumeInUse",
                format!(
                    "Volume {volume} is currently attached to {}",
                    attachment.instance
                ),
            ));
        }
        if let Some(volumes) = self.volumes.get_mut(caller.region) {
            volumes.remove(volume);
        }
        Ok(())
    }
}

/// The size in GiB, by what was asked for or by the snapshot
fn size(wanted: &NewVolume, kind: &str, snapshot: Option<&SnapshotRecord>) -> Result<u32, Refusal> {
    let invalid = |text: String| Err(Refusal::new("InvalidParameterValue", text));
    let (least, most) = match kind {
        "gp2" => (1, 16_384),
        "gp3" => (1, 65_536),
        "io1" => (4, 16_384),
        "io2" => (4, 65_536),
        "st1" | "sc1" => (125, 16_384),
        "standard" => (1, 1_024),
        other => {
            return Err(Refusal::new(
                "UnknownVolumeType",
                format!("Unsupported volume type '{other}' for volume creation."),
            ));
        }
    };
    let Some(size) = wanted.size.or(snapshot.map(|record| record.volume_size)) else {
        return Err(Refusal::new(
            "MissingParameter",
            "The request must contain the parameter size/snapshot",
        ));
    };
    if let Some(snapshot) = snapshot
        && size < snapshot.volume_size
    {
        return invalid(format!(
            "Volume of {size}GiB is smaller than snapshot '{}', expect size >= {}GiB",
            snapshot.id, snapshot.volume_size
        ));
    }
    if size < least {
        return invalid(format!(
            "Volume of {size}GiB is too small; minimum is {least}GiB."
        ));
    }
    if size > most {
        return invalid(format!(
            "Volume of {size}GiB is too large for volume type {kind}; maximum is {most}GiB."
        ));
    }
    Ok(size)
}

/// The operations a second that a volume has; the codes are not documented
fn iops(kind: &str, size: u32, wanted: Option<u32>) -> Result<Option<u32>, Refusal> {
    let range = match kind {
        "gp3" => 3_000..=80_000,
        "io1" => 100..=64_000,
        "io2" => 100..=256_000,
        "gp2" if wanted.is_none() => return Ok(Some((size * 3).clamp(100, 16_000))),
        _ if wanted.is_none() => return Ok(None),
        _ => {
            return Err(Refusal::new(
                "InvalidParameterCombination",
                format!("The parameter iops is not supported for {kind} volumes."),
            ));
        }
    };
    match wanted {
        Some(iops) if range.contains(&iops) => Ok(Some(iops)),
        Some(iops) => Err(Refusal::new(
            "InvalidParameterValue",
            format!(
                "Volume iops of {iops} is not between {} and {}.",
                range.start(),
                range.end()
            ),
        )),
        None if kind == "gp3" => Ok(Some(*range.start())),
        None => Err(Refusal::new(
            "MissingParameter",
            format!("The parameter iops must be specified for {kind} volumes."),
        )),
    }
}

/// What is wrong with an id that is not a prefix and 8 or 17 hex digits
pub(crate) fn check_id(prefix: &str, text: &str) -> Result<(), String> {
    let is_id = text.strip_prefix(prefix).is_some_and(|digits| {
        matches!(digits.len(), 8 | 17)
            && digits
                .bytes()
                .all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
    });
    if is_id {
        Ok(())
    } else {
        Err(format!(
            "Invalid id: \"{text}\" (expecting \"{prefix}...\")"
        ))
    }
}
