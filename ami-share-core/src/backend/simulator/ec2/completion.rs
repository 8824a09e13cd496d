//! Time-based copies: those that are done within a time that is asked for.

use std::time::Duration;

use super::super::refusal::Refusal;

/// The steps that a time can be asked for in, and the most, in minutes
const STEP: u32 = 15;
const MOST: u32 = 48 * 60;

/// Within how many minutes a [time-based copy](https://docs.aws.amazon.com/ebs/latest/userguide/time-based-copies.html)
/// is done
///
/// What it costs of the account's throughput, and that AWS refuses a time which is too short for the
/// size, is not modelled.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Completion(u32);

impl Completion {
    /// From a parameter; the bounds are documented, the code and the text are not
    pub(crate) fn parse(parameter: &str, text: &str) -> Result<Self, Refusal> {
        Self::of_minutes(text).ok_or_else(|| {
            Refusal::new(
                "InvalidParameterValue",
                format!(
                    "Value ({text}) for parameter {parameter} is invalid. It has to be from {STEP} \
                     to {MOST} minutes, in steps of {STEP}."
                ),
            )
        })
    }

    fn of_minutes(text: &str) -> Option<Self> {
        let minutes = text.parse().ok()?;
        let is_one = (STEP..=MOST).contains(&minutes) && minutes % STEP == 0;
        is_one.then_some(Self(minutes))
    }

    pub(crate) fn minutes(self) -> u32 {
        self.0
    }

    /// How long a copy takes that would take so long by itself: AWS speeds it up, and does not slow
    /// it down
    pub(crate) fn bound(self, time: Duration) -> Duration {
        time.min(Duration::from_secs(u64::from(self.0) * 60))
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_in_steps_of_15_minutes_up_to_48_hours() {
        for text in ["15", "30", "2880"] {
            assert_eq!(
                Completion::parse("x", text).unwrap().minutes().to_string(),
                text
            );
        }
        for text in ["0", "-15", "14", "16", "2895", "15.0", "", "soon"] {
            assert!(Completion::parse("x", text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_copy_is_done_within_the_time_and_earlier_if_it_would_be_anyway() {
        let quarter = Completion::parse("x", "15").unwrap();
        let hour = Duration::from_secs(3_600);
        assert_eq!(quarter.bound(hour), Duration::from_secs(900));
        assert_eq!(quarter.bound(Duration::ZERO), Duration::ZERO);
    }
}
