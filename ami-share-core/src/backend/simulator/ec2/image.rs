use std::time::Duration;

use super::super::call::Caller;
use super::super::clock::Moment;
use super::super::eventual::Eventual;
use super::super::refusal::Refusal;
use super::super::state::State;
use super::progress::Progress;
use super::tag::TagSets;
use crate::id::{AccountId, ImageId, Region, SnapshotId};
use crate::principal::{Principal, PrincipalSet};
use crate::resource::{Image, ImageSnapshot, ImageState, RootDevice};

/// How long a launch stays untold
const LAUNCH_TOLD_AFTER: Duration = Duration::from_secs(24 * 60 * 60);

/// Whether an image can be deregistered
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(crate) enum DeregistrationProtection {
    #[default]
    Off,
    On {
        with_cooldown: bool,
    },
    /// It was switched off, and still holds for a while
    CoolingDown {
        until: Moment,
    },
}

/// A device that an image makes from a snapshot
#[derive(Clone, Debug)]
pub(crate) struct ImageDevice {
    /// The snapshot
    pub(crate) id: SnapshotId,
    pub(crate) encrypted: bool,
    pub(crate) volume: ImageVolume,
}

/// The volume that a device of an image becomes
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct ImageVolume {
    pub(crate) device: String,
    /// In GiB
    pub(crate) size: u32,
    pub(crate) kind: String,
    pub(crate) delete_on_termination: bool,
}

/// A device that an image makes from nothing
#[derive(Clone, Debug)]
pub(crate) enum BlankDevice {
    Volume {
        encrypted: bool,
        volume: ImageVolume,
    },
    /// A volume of the instance store, by its virtual name, such as `ephemeral0`
    InstanceStore { device: String, name: String },
}

/// Why an image is in its state
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct StateReason {
    pub(crate) code: &'static str,
    pub(crate) message: String,
}

impl StateReason {
    /// The code is not documented
    pub(crate) const FAILED: &'static str = "Client.InternalError";
}

/// An image as its Region keeps it
#[derive(Debug)]
pub(crate) struct ImageRecord {
    pub(crate) id: ImageId,
    pub(crate) owner: AccountId,
    pub(crate) name: String,
    pub(crate) description: String,
    pub(crate) created: Moment,
    /// How far the copy is, of an image that was made by one
    pub(crate) copying: Option<Progress>,
    /// The image that it was copied from, and in which Region
    pub(crate) source: Option<(ImageId, Region)>,
    /// The instance that it was made of
    pub(crate) source_instance: Option<String>,
    /// Where its manifest is in S3, of an image that is backed by instance store
    pub(crate) manifest: Option<String>,
    pub(crate) deprecation: Option<Moment>,
    pub(crate) protection: DeregistrationProtection,
    pub(crate) last_launched: Option<Moment>,
    pub(crate) architecture: String,
    pub(crate) boot_mode: Option<String>,
    pub(crate) imds_v2: bool,
    pub(crate) root_device_name: String,
    pub(crate) virtualization: String,
    pub(crate) ena_support: bool,
    pub(crate) state: ImageState,
    pub(crate) state_reason: Option<StateReason>,
    pub(crate) root_device: RootDevice,
    pub(crate) snapshots: Vec<ImageDevice>,
    pub(crate) blank_devices: Vec<BlankDevice>,
    pub(crate) product_codes: Vec<String>,
    pub(crate) permissions: Eventual<PrincipalSet>,
    pub(crate) tags: TagSets,
    /// Whether it was deregistered so long ago that no listing shows it any more
    pub(crate) gone: bool,
}

impl ImageRecord {
    /// An available image that is backed by EBS, as AWS makes it where nothing else is said
    pub(crate) fn new(id: ImageId, owner: AccountId, name: String, created: Moment) -> Self {
        Self {
            id,
            owner,
            name,
            description: String::new(),
            created,
            copying: None,
            source: None,
            source_instance: None,
            manifest: None,
            deprecation: None,
            protection: DeregistrationProtection::Off,
            last_launched: None,
            architecture: "x86_64".to_owned(),
            boot_mode: None,
            imds_v2: false,
            root_device_name: "/dev/xvda".to_owned(),
            virtualization: "hvm".to_owned(),
            ena_support: true,
            state: ImageState::Available,
            state_reason: None,
            root_device: RootDevice::Ebs,
            snapshots: Vec::new(),
            blank_devices: Vec::new(),
            product_codes: Vec::new(),
            permissions: Eventual::default(),
            tags: TagSets::default(),
            gone: false,
        }
    }

    pub(crate) fn is_public(&self) -> bool {
        self.permissions.current().contains(&Principal::Public)
    }

    /// When it was last launched, as EC2 tells of it: a day late
    pub(crate) fn told_last_launch(&self, now: Moment) -> Option<Moment> {
        let told = |launched: &Moment| now.since(*launched) >= LAUNCH_TOLD_AFTER;
        self.last_launched.filter(told)
    }

    pub(crate) fn encrypted_snapshot(&self) -> Option<&ImageDevice> {
        self.snapshots.iter().find(|device| device.encrypted)
    }

    /// The image as `DescribeImages` tells an account of it
    pub(crate) fn told_to(&self, account: AccountId) -> Image {
        let snapshots = self.snapshots.iter().map(|device| ImageSnapshot {
            id: device.id.clone(),
            device: device.volume.device.clone(),
            encrypted: Some(device.encrypted),
        });
        Image {
            id: self.id.clone(),
            owner: self.owner,
            name: Some(self.name.clone()),
            state: self.state.clone(),
            state_reason: self
                .state_reason
                .as_ref()
                .map(|reason| reason.message.clone()),
            public: self.is_public(),
            root_device: self.root_device,
            snapshots: snapshots.collect(),
            product_codes: self.product_codes.clone(),
            tags: self.tags.of_image(self.owner, account),
        }
    }
}

impl State {
    /// The image, whoever asks and whatever its state
    pub(crate) fn image(&self, region: &Region, image: &ImageId) -> Option<&ImageRecord> {
        self.images.get(region)?.get(image)
    }

    /// The images that are made from a snapshot
    pub(crate) fn images_of_snapshot(
        &self,
        region: &Region,
        snapshot: &SnapshotId,
    ) -> impl Iterator<Item = &ImageRecord> {
        let images = self
            .images
            .get(region)
            .into_iter()
            .flat_map(|of| of.values());
        images.filter(move |image| {
            !image.gone && image.snapshots.iter().any(|device| device.id == *snapshot)
        })
    }

    /// Stores an image, whose copy then goes on if it is one that is not done
    pub(crate) fn add_image(&mut self, region: &Region, record: ImageRecord) {
        if let Some(progress) = &record.copying
            && record.state == ImageState::Pending
        {
            self.copies.start(region, &record.id, progress);
        }
        let images = self.images.entry(region.clone()).or_default();
        images.insert(record.id.clone(), record);
    }

    pub(crate) fn image_mut(
        &mut self,
        region: &Region,
        image: &ImageId,
    ) -> Option<&mut ImageRecord> {
        self.images.get_mut(region)?.get_mut(image)
    }

    /// The image, if the caller can see it
    pub(crate) fn seen_image(&self, caller: Caller<'_>, image: &ImageId) -> Option<&ImageRecord> {
        self.image(caller.region, image)
            .filter(|image| self.sees(caller.account, image))
    }

    /// The image, if the caller owns it
    ///
    /// That a caller who can see it, but does not own it, gets `AuthFailure` is not documented.
    pub(crate) fn own_image(
        &self,
        caller: Caller<'_>,
        image: &ImageId,
    ) -> Result<&ImageRecord, Refusal> {
        let Some(record) = self.image(caller.region, image) else {
            return Err(Refusal::images_not_found([image]));
        };
        if record.owner == caller.account {
            return match record.state {
                ImageState::Deregistered => Err(unavailable(record)),
                _ => Ok(record),
            };
        }
        if self.sees(caller.account, record) {
            return Err(Refusal::new(
                "AuthFailure",
                format!("Not authorized for image:{image}"),
            ));
        }
        Err(Refusal::images_not_found([image]))
    }

    /// Whether `DescribeImages` shows the image to the account
    ///
    /// A disabled image is its owner's alone. That a deregistered one is too, for as long as it
    /// shows up at all, is not documented.
    pub(crate) fn sees(&self, account: AccountId, image: &ImageRecord) -> bool {
        if image.gone {
            return false;
        }
        let is_private_state =
            matches!(image.state, ImageState::Disabled | ImageState::Deregistered);
        image.owner == account
            || !is_private_state && self.launch_permission_of(account, image).is_some()
    }

    /// The launch permission by which the account gets in, its own one first
    ///
    /// A permission for an OU covers the accounts in it and in the OUs below it; it goes with the
    /// tree as it is now. One for an organization or OU that nobody made covers nobody.
    pub(crate) fn launch_permission_of(
        &self,
        account: AccountId,
        image: &ImageRecord,
    ) -> Option<Principal> {
        std::iter::once(Principal::Account(account))
            .chain(self.organizations.above(account).cloned())
            .chain([Principal::Public])
            .find(|principal| image.permissions.current().contains(principal))
    }
}

/// The image is not in a state in which its attributes can be modified
pub(crate) fn unavailable(image: &ImageRecord) -> Refusal {
    // The code is documented, the text is not.
    Refusal::new(
        "InvalidAMIID.Unavailable",
        format!("The image ID '{}' is {}", image.id, image.state),
    )
}
