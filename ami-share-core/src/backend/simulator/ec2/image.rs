use super::super::call::Caller;
use super::super::clock::Moment;
use super::super::eventual::Eventual;
use super::super::refusal::Refusal;
use super::super::state::State;
use super::progress::Progress;
use super::tag::TagSets;
use crate::id::{AccountId, ImageId, Region};
use crate::principal::{Principal, PrincipalSet};
use crate::resource::{Image, ImageSnapshot, ImageState, RootDevice};

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
    pub(crate) deprecation: Option<Moment>,
    pub(crate) protection: DeregistrationProtection,
    pub(crate) architecture: String,
    pub(crate) boot_mode: Option<String>,
    pub(crate) imds_v2: bool,
    pub(crate) root_device_name: String,
    pub(crate) virtualization: String,
    pub(crate) ena_support: bool,
    pub(crate) state: ImageState,
    pub(crate) root_device: RootDevice,
    pub(crate) snapshots: Vec<ImageSnapshot>,
    pub(crate) product_codes: Vec<String>,
    pub(crate) permissions: Eventual<PrincipalSet>,
    pub(crate) tags: TagSets,
    /// Whether it was deregistered so long ago that no listing shows it any more
    pub(crate) gone: bool,
}

impl ImageRecord {
    pub(crate) fn is_public(&self) -> bool {
        self.permissions.current().contains(&Principal::Public)
    }

    pub(crate) fn encrypted_snapshot(&self) -> Option<&ImageSnapshot> {
        self.snapshots
            .iter()
            .find(|snapshot| snapshot.encrypted == Some(true))
    }

    /// The image as `DescribeImages` tells an account of it
    pub(crate) fn told_to(&self, account: AccountId) -> Image {
        Image {
            id: self.id.clone(),
            owner: self.owner,
            name: Some(self.name.clone()),
            state: self.state.clone(),
            state_reason: None,
            public: self.is_public(),
            root_device: self.root_device,
            snapshots: self.snapshots.clone(),
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
