//! Deregistration protection: images that cannot be deregistered by mistake.

use std::time::Duration;

use super::super::clock::Moment;
use super::super::refusal::Refusal;
use super::super::state::State;
use super::super::world::World;
use super::image::{DeregistrationProtection, ImageRecord};
use crate::api_error::ApiError;
use crate::id::{ImageId, Region};

/// How long the protection holds on, where it has a cooldown
const COOLDOWN: Duration = Duration::from_secs(24 * 60 * 60);

impl DeregistrationProtection {
    /// As an attribute of an image and `DescribeImages` have it
    ///
    /// The three settings are documented, the texts are not.
    pub(crate) fn text(self, now: Moment) -> String {
        match self {
            Self::On {
                with_cooldown: false,
            } => "enabled-without-cooldown".to_owned(),
            Self::On {
                with_cooldown: true,
            } => "enabled-with-cooldown".to_owned(),
            Self::CoolingDown { until } if now < until => {
                format!("disabled-with-cooldown-until-{}", until.iso_8601())
            }
            Self::CoolingDown { .. } | Self::Off => "disabled".to_owned(),
        }
    }

    /// Whether it keeps the image from being deregistered; the code and the text are not documented
    pub(crate) fn check(self, image: &ImageId, now: Moment) -> Result<(), Refusal> {
        let message = match self {
            Self::Off => return Ok(()),
            Self::CoolingDown { until } if now >= until => return Ok(()),
            Self::CoolingDown { until } => format!(
                "The image {image} can't be deregistered: the cooldown of its deregistration \
                 protection ends at {}.",
                until.iso_8601()
            ),
            Self::On { .. } => format!(
                "The image {image} can't be deregistered because deregistration protection is \
                 enabled for it. To deregister the image, you must first disable it."
            ),
        };
        Err(Refusal::new("OperationNotPermitted", message))
    }
}

impl State {
    /// Switches the protection on, or changes its cooldown
    pub(crate) fn enable_deregistration_protection(
        &mut self,
        region: &Region,
        image: &ImageId,
        with_cooldown: bool,
    ) -> Result<(), Refusal> {
        self.live_image(region, image)?.protection = DeregistrationProtection::On { with_cooldown };
        Ok(())
    }

    /// Switches the protection off, which takes a day where it has a cooldown
    pub(crate) fn disable_deregistration_protection(
        &mut self,
        region: &Region,
        image: &ImageId,
    ) -> Result<(), Refusal> {
        let now = self.now();
        let record: &mut ImageRecord = self.live_image(region, image)?;
        record.protection = match record.protection {
            DeregistrationProtection::On {
                with_cooldown: true,
            } => DeregistrationProtection::CoolingDown {
                until: now.after(COOLDOWN),
            },
            cooling @ DeregistrationProtection::CoolingDown { .. } => cooling,
            DeregistrationProtection::On { .. } | DeregistrationProtection::Off => {
                DeregistrationProtection::Off
            }
        };
        Ok(())
    }
}

/// Deregistration protection
impl World {
    /// Protects an image from being deregistered; with a cooldown, for a day after the protection
    /// is disabled
    ///
    /// # Errors
    ///
    /// `InvalidAMIID.NotFound`.
    pub fn protect_image(
        &self,
        region: &Region,
        image: &ImageId,
        with_cooldown: bool,
    ) -> Result<(), ApiError> {
        self.state()
            .enable_deregistration_protection(region, image, with_cooldown)
            .map_err(|refusal| refusal.of("EnableImageDeregistrationProtection"))
    }
}
