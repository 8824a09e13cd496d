use std::collections::BTreeMap;

use super::super::call::Caller;
use super::super::clock::Moment;
use super::super::iam::Identity;
use super::super::kms::KeyUse;
use super::super::refusal::Refusal;
use super::super::state::State;
use super::super::world::World;
use super::encryption::{Encryption, KeptKey, SourceKey};
use super::image::ImageRecord;
use super::launch::check_counts;
use super::region::zones;
use super::tag::TagSets;
use super::volume::{Attachment, NewDisk, check_id};
use crate::api_error::ApiError;
use crate::id::{AccountId, ImageId, KeyArn, Region, SnapshotId};
use crate::policy::evaluate::KeyState;
use crate::resource::Tags;

/// Why an instance was terminated, by code and text
type End = (&'static str, &'static str);
/// The volumes of one instance, and on which devices
type Disks = Vec<(LaunchDevice, NewDisk)>;

/// An instance as its Region keeps it: what came of launching an image
#[derive(Debug)]
pub(crate) struct InstanceRecord {
    pub(crate) id: String,
    /// The call that it was launched by
    pub(crate) reservation: String,
    pub(crate) owner: AccountId,
    pub(crate) image: ImageId,
    /// Such as `t3.micro`
    pub(crate) kind: String,
    pub(crate) zone: String,
    pub(crate) launched: Moment,
    /// How many of the same call stand before it
    pub(crate) index: u32,
    /// A running instance has none
    pub(crate) end: Option<End>,
    pub(crate) tags: TagSets,
    /// The client token that it was launched with, and what was asked for then
    pub(crate) request: Option<(String, Launch)>,
}

/// What `RunInstances` asks for
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub(crate) struct Launch {
    pub(crate) image: Option<ImageId>,
    pub(crate) least: u32,
    pub(crate) most: u32,
    pub(crate) kind: Option<String>,
    pub(crate) zone: Option<String>,
    pub(crate) subnet: Option<String>,
    pub(crate) devices: Vec<LaunchDevice>,
    pub(crate) instance_tags: Tags,
    pub(crate) volume_tags: Tags,
}

/// What a request says about one device of the image, or of a volume beside them
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub(crate) struct LaunchDevice {
    pub(crate) name: String,
    pub(crate) size: Option<u32>,
    pub(crate) kind: Option<String>,
    pub(crate) encryption: Encryption,
    pub(crate) delete_on_termination: Option<bool>,
}

impl InstanceRecord {
    /// By EC2's code and name
    pub(crate) fn state(&self) -> (u8, &'static str) {
        match self.end {
            None => (16, "running"),
            Some(_) => (48, "terminated"),
        }
    }
}

impl State {
    /// Launches as many instances as are asked for, and answers with their reservation
    ///
    /// EC2 looks at keys after it has answered. An instance whose keys it cannot use terminates at
    /// once, with the [reason](https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/troubleshooting-launch.html)
    /// `Client.InternalError`, or `Client.InvalidKMSKey.InvalidState` for a key that is not enabled.
    pub(crate) fn run_instances(
        &mut self,
        caller: Caller<'_>,
        launch: Launch,
        client_token: Option<&str>,
    ) -> Result<String, Refusal> {
        if let Some(token) = client_token
            && let Some(reservation) = self.reservation_of_token(caller, token, &launch)?
        {
            return Ok(reservation);
        }
        check_counts(&launch)?;
        self.check_network(caller, &launch)?;
        let Some(image) = &launch.image else {
            return Err(Refusal::new(
                "MissingParameter",
                "The request must contain the parameter ImageId",
            ));
        };
        let sources = devices_of(self.launchable_image(caller, image)?);
        let [first_zone, ..] = zones(caller.region);
        let zone = launch.zone.clone().unwrap_or(first_zone);
        if !zones(caller.region).contains(&zone) {
            return Err(Refusal::new(
                "InvalidParameterValue",
                format!("Invalid availability zone: [{zone}]"),
            ));
        }
        let (disks, failure) = self.plan_disks(caller, &launch, &sources)?;
        let now = self.now();
        let reservation = format!("r-{:017x}", self.next_number());
        for index in 0..launch.most {
            let id = format!("i-{:017x}", self.next_number());
            if failure.is_none() {
                for (device, disk) in &disks {
                    let attachment = Attachment {
                        instance: id.clone(),
                        device: device.name.clone(),
                        since: now,
                        delete_on_termination: device.delete_on_termination.unwrap_or(true),
                    };
                    let tags = launch.volume_tags.clone();
                    self.create_attached_volume(caller, &zone, disk.clone(), attachment, tags);
                }
            }
            let record = InstanceRecord {
                id: id.clone(),
                reservation: reservation.clone(),
                owner: caller.account,
                image: image.clone(),
                kind: launch.kind.clone().unwrap_or_else(|| "m1.small".to_owned()),
                zone: zone.clone(),
                launched: now,
                index,
                end: failure,
                tags: TagSets::with(caller.account, launch.instance_tags.clone()),
                request: client_token.map(|token| (token.to_owned(), launch.clone())),
            };
            self.instances
                .entry(caller.region.clone())
                .or_default()
                .insert(id, record);
        }
        if failure.is_none()
            && let Some(record) = self.image_mut(caller.region, image)
        {
            record.last_launched = Some(now);
        }
        Ok(reservation)
    }

    fn reservation_of_token(
        &self,
        caller: Caller<'_>,
        token: &str,
        launch: &Launch,
    ) -> Result<Option<String>, Refusal> {
        let made = self.instances_in(caller.region).find_map(|instance| {
            let (used, request) = instance.request.as_ref()?;
            (instance.owner == caller.account && used == token).then_some((instance, request))
        });
        match made {
            Some((instance, request)) if request == launch => {
                Ok(Some(instance.reservation.clone()))
            }
            Some(_) => Err(Refusal::new(
                "IdempotentParameterMismatch",
                format!("The client token '{token}' was used with other parameters before."),
            )),
            None => Ok(None),
        }
    }

    /// The volumes of one instance, and why it ends at once if EC2 cannot use one of their keys
    fn plan_disks(
        &mut self,
        caller: Caller<'_>,
        launch: &Launch,
        sources: &[(String, SnapshotId)],
    ) -> Result<(Disks, Option<End>), Refusal> {
        let mut disks = Vec::new();
        let mut failure = None;
        for (name, snapshot) in sources {
            let asked = launch.devices.iter().find(|device| device.name == *name);
            let device = asked.cloned().unwrap_or_else(|| LaunchDevice {
                name: name.clone(),
                ..LaunchDevice::default()
            });
            device.encryption.check()?;
            // An image cannot be without a snapshot of its own: they cannot be deleted.
            let record = self.snapshot(caller.region, snapshot);
            let (key, owner, least) = record.map_or((None, caller.account, 1), |record| {
                (record.key.clone(), record.owner, record.volume_size)
            });
            if key.is_some() && device.encryption.encrypted == Some(false) {
                // The code is not documented.
                return Err(Refusal::new(
                    "InvalidParameterCombination",
                    format!("The snapshot of {name} is encrypted, so that its volume has to be."),
                ));
            }
            let size = device.size.unwrap_or(least);
            if size < least {
                return Err(Refusal::new(
                    "InvalidBlockDeviceMapping",
                    format!(
                        "Volume of size {size}GB is smaller than snapshot '{snapshot}', expect \
                         size >= {least}GB"
                    ),
                ));
            }
            let source = key.map(|key| SourceKey {
                key,
                read: KeyUse::Launch,
            });
            let kept = KeptKey::Own(owner);
            let chosen = self.choose_key(caller, &device.encryption, source.as_ref(), kept);
            if chosen.failure.is_some() {
                let source = source.map(|source| source.key);
                failure = Some(self.end_by_keys(source.iter().chain(&chosen.key)));
            }
            let kind = device.kind.clone().unwrap_or_else(|| "gp2".to_owned());
            let disk = NewDisk {
                snapshot: Some(snapshot.clone()),
                key: chosen.key,
                size,
                kind,
            };
            disks.push((device, disk));
        }
        for device in &launch.devices {
            if sources.iter().any(|(name, _)| *name == device.name) {
                continue;
            }
            device.encryption.check()?;
            let Some(size) = device.size else {
                return Err(Refusal::new(
                    "MissingParameter",
                    "The request must contain the parameter size or snapshotId",
                ));
            };
            let kept = KeptKey::Never;
            let chosen = self.choose_key(caller, &device.encryption, None, kept);
            if chosen.failure.is_some() {
                failure = Some(self.end_by_keys(chosen.key.iter()));
            }
            let kind = device.kind.clone().unwrap_or_else(|| "gp2".to_owned());
            let disk = NewDisk {
                snapshot: None,
                key: chosen.key,
                size,
                kind,
            };
            disks.push((device.clone(), disk));
        }
        Ok((disks, failure))
    }

    fn end_by_keys<'a>(&self, mut keys: impl Iterator<Item = &'a KeyArn>) -> End {
        let is_off = |key| {
            let key = self.keys.get(key);
            key.is_some_and(|key| key.state != KeyState::Enabled)
        };
        if keys.any(is_off) {
            return (
                "Client.InvalidKMSKey.InvalidState",
                "Client.InvalidKMSKey.InvalidState: The KMS key provided is in an incorrect state",
            );
        }
        (
            "Client.InternalError",
            "Client.InternalError: Client error on launch",
        )
    }

    pub(crate) fn instances_in(&self, region: &Region) -> impl Iterator<Item = &InstanceRecord> {
        self.instances
            .get(region)
            .into_iter()
            .flat_map(BTreeMap::values)
    }

    /// An instance of the caller; nobody sees another's
    pub(crate) fn own_instance(
        &self,
        caller: Caller<'_>,
        instance: &str,
    ) -> Result<&InstanceRecord, Refusal> {
        check_id("i-", instance)
            .map_err(|text| Refusal::new("InvalidInstanceID.Malformed", text))?;
        self.instances
            .get(caller.region)
            .and_then(|instances| instances.get(instance))
            .filter(|record| record.owner == caller.account)
            .ok_or_else(|| {
                Refusal::new(
                    "InvalidInstanceID.NotFound",
                    format!("The instance ID '{instance}' does not exist"),
                )
            })
    }

    /// Terminates all of the instances, or none; one that is terminated stays so
    pub(crate) fn terminate_instances(
        &mut self,
        caller: Caller<'_>,
        instances: &[&str],
    ) -> Result<(), Refusal> {
        for instance in instances {
            self.own_instance(caller, instance)?;
        }
        for instance in instances {
            let of_region = self.instances.get_mut(caller.region);
            let Some(record) = of_region.and_then(|all| all.get_mut(*instance)) else {
                continue;
            };
            record.end.get_or_insert((
                "Client.UserInitiatedShutdown",
                "Client.UserInitiatedShutdown: User initiated shutdown",
            ));
            if let Some(volumes) = self.volumes.get_mut(caller.region) {
                volumes.retain(|_, volume| match &volume.attachment {
                    Some(attachment) if attachment.instance == *instance => {
                        let stays = !attachment.delete_on_termination;
                        volume.attachment = None;
                        stays
                    }
                    _ => true,
                });
            }
        }
        Ok(())
    }
}

/// Instances
impl World {
    /// Launches one instance as the root user of an account, and gives its id
    ///
    /// As on AWS, an instance whose keys EC2 cannot use is terminated at once.
    ///
    /// # Errors
    ///
    /// `InvalidAMIID.NotFound` for an image that the account does not see, `InvalidAMIID.Unavailable`
    /// for one that is not available.
    pub fn run_instance(
        &self,
        region: &Region,
        account: AccountId,
        image: &ImageId,
    ) -> Result<String, ApiError> {
        let identity = Identity::Root(account);
        let caller = Caller {
            account,
            region,
            identity: &identity,
        };
        let launch = Launch {
            image: Some(image.clone()),
            least: 1,
            most: 1,
            ..Launch::default()
        };
        let mut state = self.state();
        let reservation = state
            .run_instances(caller, launch, None)
            .map_err(|refusal| refusal.of("RunInstances"))?;
        let mut instances = state.instances_in(region);
        let made = instances.find(|instance| instance.reservation == reservation);
        Ok(made.map(|instance| instance.id.clone()).unwrap_or_default())
    }
}

/// The devices of an image that are made from snapshots
fn devices_of(image: &ImageRecord) -> Vec<(String, SnapshotId)> {
    let devices = image.snapshots.iter();
    devices
        .map(|behind| (behind.volume.device.clone(), behind.id.clone()))
        .collect()
}
