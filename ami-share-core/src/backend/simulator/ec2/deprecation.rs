//! Deprecation: images that are still there, but that others are no longer shown.

use time::OffsetDateTime;

use super::super::clock::Moment;
use super::super::refusal::Refusal;
use super::super::state::State;
use super::super::world::World;
use super::image::ImageRecord;
use crate::api_error::ApiError;
use crate::id::{ImageId, Region};

const MINUTE: i64 = 60_000;
/// The most years from now
const YEARS: i32 = 10;
/// The most years from its creation, for a public image
const YEARS_OF_PUBLIC: i32 = 2;

impl ImageRecord {
    /// When it is deprecated, if it is to be
    ///
    /// A public image always is, two years after its creation at the latest.
    pub(crate) fn deprecated_from(&self) -> Option<Moment> {
        if !self.is_public() {
            return self.deprecation;
        }
        let latest = years_after(self.created, YEARS_OF_PUBLIC);
        Some(self.deprecation.map_or(latest, |set| set.min(latest)))
    }
}

impl State {
    pub(crate) fn is_deprecated(&self, image: &ImageRecord) -> bool {
        let from = image.deprecated_from();
        from.is_some_and(|from| from <= self.now())
    }

    /// Deprecates the image from a moment on, which is rounded to the minute
    pub(crate) fn enable_image_deprecation(
        &mut self,
        region: &Region,
        image: &ImageId,
        from: Moment,
    ) -> Result<(), Refusal> {
        let now = self.now();
        let record = self.live_image(region, image)?;
        // The bounds are documented; neither code nor texts are.
        if from < now {
            return Err(invalid("The date of a deprecation can't be in the past."));
        }
        if from > years_after(now, YEARS) {
            return Err(invalid(format!(
                "The date of a deprecation can't be more than {YEARS} years from now."
            )));
        }
        if record.is_public() && from > years_after(record.created, YEARS_OF_PUBLIC) {
            return Err(invalid(format!(
                "The date of the deprecation of a public image can't be more than \
                 {YEARS_OF_PUBLIC} years from its creation."
            )));
        }
        let minutes = (from.milliseconds() + MINUTE / 2).div_euclid(MINUTE);
        record.deprecation = Some(Moment::of_milliseconds(minutes * MINUTE));
        Ok(())
    }

    pub(crate) fn disable_image_deprecation(
        &mut self,
        region: &Region,
        image: &ImageId,
    ) -> Result<(), Refusal> {
        self.live_image(region, image)?.deprecation = None;
        Ok(())
    }
}

/// Deprecation
impl World {
    /// Deprecates an image from now on: others see it only if they ask for it by its id, or for
    /// deprecated images too; it can still be launched
    ///
    /// # Errors
    ///
    /// `InvalidAMIID.NotFound`.
    pub fn deprecate_image(&self, region: &Region, image: &ImageId) -> Result<(), ApiError> {
        let mut state = self.state();
        let now = state.now();
        let record = state.live_image(region, image);
        record
            .map(|record| record.deprecation = Some(now))
            .map_err(|refusal| refusal.of("EnableImageDeprecation"))
    }
}

fn invalid(message: impl Into<String>) -> Refusal {
    Refusal::new("InvalidParameterValue", message)
}

/// On the same day of a later year; the day before, if that year has no 29 February
fn years_after(moment: Moment, years: i32) -> Moment {
    let nanoseconds = i128::from(moment.milliseconds()) * 1_000_000;
    let later = OffsetDateTime::from_unix_timestamp_nanos(nanoseconds)
        .ok()
        .and_then(|time| {
            let year = time.year() + years;
            let same_day = time.replace_year(year);
            same_day
                .or_else(|_| (time - time::Duration::DAY).replace_year(year))
                .ok()
        });
    // INVARIANT: a world's time is within the years that the calendar has.
    let milliseconds = later.map(|time| time.unix_timestamp_nanos() / 1_000_000);
    let milliseconds = milliseconds.and_then(|milliseconds| i64::try_from(milliseconds).ok());
    milliseconds.map_or(moment, Moment::of_milliseconds)
}
