//! Allowed AMIs: which images of others an account lets itself use.

use super::super::clock::Moment;
use super::super::state::State;
use super::super::world::World;
use super::image::ImageRecord;
use super::pattern::matches_pattern;
use crate::id::{AccountId, Region};

const MILLISECONDS_OF_DAY: u128 = 24 * 60 * 60 * 1_000;

/// The [Allowed AMIs](https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ec2-allowed-amis.html)
/// settings of an account in a Region
#[derive(Clone, Debug, Default, Eq, PartialEq)]
#[non_exhaustive]
pub struct AllowedImages {
    /// Whether the criteria hold
    pub state: AllowedImagesState,
    /// An image is allowed if it meets one of them
    ///
    /// That no image of others is allowed where there is none is not documented.
    pub criteria: Vec<ImageCriterion>,
}

/// Whether the criteria of Allowed AMIs hold
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum AllowedImagesState {
    /// They do not hold
    #[default]
    Disabled,
    /// Images that do not meet them are marked, and can be used all the same
    AuditMode,
    /// Images that do not meet them are not seen and cannot be used
    Enabled,
}

/// What an image has to be to be allowed: all that is given here
#[derive(Clone, Debug, Default, Eq, PartialEq)]
#[non_exhaustive]
pub struct ImageCriterion {
    /// `amazon`, `aws-marketplace`, `aws-backup-vault`, `none`, or the ids of accounts
    pub providers: Vec<String>,
    /// Names, with `*` and `?`
    pub names: Vec<String>,
    /// Product codes of AWS Marketplace
    pub product_codes: Vec<String>,
    /// How many days ago it can have been created
    pub days_since_created: Option<u32>,
    /// How many days ago it can have been deprecated
    pub days_since_deprecated: Option<u32>,
}

/// What the Allowed AMIs setting of an account says of an image
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum AllowedImage {
    /// The setting is off: it says nothing
    Unchecked,
    /// The image meets the criteria, or is the account's own
    Allowed,
    /// It does not meet them, and the account only wants to be told so
    Flagged,
    /// It does not meet them, and the account neither sees nor launches it
    Hidden,
}

impl AllowedImages {
    /// Settings in a state, with criteria
    pub fn new(state: AllowedImagesState, criteria: Vec<ImageCriterion>) -> Self {
        Self { state, criteria }
    }
}

impl AllowedImagesState {
    /// As EC2 writes it, such as `audit-mode`
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Disabled => "disabled",
            Self::AuditMode => "audit-mode",
            Self::Enabled => "enabled",
        }
    }
}

impl ImageCriterion {
    /// Images of these providers
    pub fn of_providers(providers: impl IntoIterator<Item = impl Into<String>>) -> Self {
        Self {
            providers: providers.into_iter().map(Into::into).collect(),
            ..Self::default()
        }
    }

    /// Images with these names, which can have `*` and `?`
    pub fn named(names: impl IntoIterator<Item = impl Into<String>>) -> Self {
        Self {
            names: names.into_iter().map(Into::into).collect(),
            ..Self::default()
        }
    }
}

impl AllowedImage {
    /// As `DescribeImages` and its filter have it, if they do
    ///
    /// What they say while the setting is off is not documented.
    pub(crate) fn flag(self) -> Option<bool> {
        match self {
            Self::Unchecked => None,
            Self::Allowed => Some(true),
            Self::Flagged | Self::Hidden => Some(false),
        }
    }
}

impl State {
    /// What the account's Allowed AMIs settings make of an image
    pub(crate) fn is_allowed_image(
        &self,
        region: &Region,
        account: AccountId,
        image: &ImageRecord,
    ) -> AllowedImage {
        let settings = self.settings.get(region).and_then(|all| all.get(&account));
        let Some(allowed) = settings.map(|settings| &settings.allowed) else {
            return AllowedImage::Unchecked;
        };
        let meets = || {
            image.owner == account
                || allowed
                    .criteria
                    .iter()
                    .any(|criterion| self.meets(image, criterion))
        };
        match allowed.state {
            AllowedImagesState::Disabled => AllowedImage::Unchecked,
            _ if meets() => AllowedImage::Allowed,
            AllowedImagesState::AuditMode => AllowedImage::Flagged,
            AllowedImagesState::Enabled => AllowedImage::Hidden,
        }
    }

    fn meets(&self, image: &ImageRecord, criterion: &ImageCriterion) -> bool {
        let ImageCriterion {
            providers,
            names,
            product_codes,
            days_since_created,
            days_since_deprecated,
        } = criterion;
        let now = self.now();
        let within = |days: u32, moment: Moment| {
            now.since(moment).as_millis() <= u128::from(days) * MILLISECONDS_OF_DAY
        };
        // Every image of this world is an account's: nobody is Amazon, a verified provider or AWS
        // Backup.
        let owner = image.owner.to_string();
        (providers.is_empty() || providers.contains(&owner))
            && (names.is_empty() || names.iter().any(|name| matches_pattern(name, &image.name)))
            && (product_codes.is_empty()
                || product_codes
                    .iter()
                    .any(|code| image.product_codes.contains(code)))
            && days_since_created.is_none_or(|days| within(days, image.created))
            // An image whose deprecation lies ahead, or that has none, is not deprecated. With 0
            // days every image that is deprecated is out.
            && days_since_deprecated.is_none_or(|days| {
                image
                    .deprecation
                    .is_none_or(|date| now < date || days > 0 && within(days, date))
            })
    }
}

/// The Allowed AMIs settings of recipients
impl World {
    /// Sets the Allowed AMIs settings of an account in a Region; they are disabled until then
    ///
    /// They are a recipient's: an account's own images are always allowed.
    pub fn set_allowed_images(&self, account: AccountId, region: &Region, allowed: AllowedImages) {
        self.state().settings_mut(region, account).allowed = allowed;
    }
}
