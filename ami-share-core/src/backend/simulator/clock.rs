use std::time::{Duration, SystemTime, UNIX_EPOCH};

use time::OffsetDateTime;
use time::format_description::well_known::Iso8601;
use time::format_description::well_known::iso8601::{Config, EncodedConfig, TimePrecision};
use tokio::time::Instant;

use super::world::World;
use crate::resource::Timestamp;

/// A moment in the world, in milliseconds since 1970
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(crate) struct Moment(i64);

impl Moment {
    /// With the three digits of a second's fraction that EC2 writes
    const FORMAT: EncodedConfig = Config::DEFAULT
        .set_time_precision(TimePrecision::Second {
            decimal_digits: std::num::NonZeroU8::new(3),
        })
        .encode();

    pub(crate) const fn of_milliseconds(since_1970: i64) -> Self {
        Self(since_1970)
    }

    pub(crate) const fn milliseconds(self) -> i64 {
        self.0
    }

    pub(crate) fn system_time(self) -> SystemTime {
        let since_1970 = Duration::from_millis(u64::try_from(self.0).unwrap_or_default());
        UNIX_EPOCH.checked_add(since_1970).unwrap_or(UNIX_EPOCH)
    }

    /// As the port has it, without fractions of a second
    pub(crate) fn timestamp(self) -> Timestamp {
        self.system_time().into()
    }

    /// As AWS's JSON protocols write it: seconds with a fraction
    pub(crate) fn seconds(self) -> f64 {
        // A f64 holds every millisecond until the year 287,396.
        self.0 as f64 / 1_000.0
    }

    /// As EC2 writes it, such as `2026-01-01T00:00:00.000Z`
    pub(crate) fn iso_8601(self) -> String {
        OffsetDateTime::from_unix_timestamp_nanos(i128::from(self.0) * 1_000_000)
            .ok()
            .and_then(|time| time.format(&Iso8601::<{ Self::FORMAT }>).ok())
            .unwrap_or_default()
    }

    /// From the form that EC2 takes and writes
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let time = OffsetDateTime::parse(text, &Iso8601::PARSING).ok()?;
        i64::try_from(time.unix_timestamp_nanos() / 1_000_000)
            .ok()
            .map(Self)
    }

    /// The last one that can be written, 9999-12-31T23:59:59.999Z
    const LAST: Self = Self(253_402_300_799_999);

    /// It goes on until [`LAST`](Self::LAST)
    pub(crate) fn after(self, duration: Duration) -> Self {
        let later = self.0.saturating_add(milliseconds_of(duration));
        Self(later).min(Self::LAST)
    }

    /// How long it is from an earlier moment to this one; nothing from a later one
    pub(crate) fn since(self, earlier: Self) -> Duration {
        let milliseconds = self.0.saturating_sub(earlier.0);
        Duration::from_millis(u64::try_from(milliseconds).unwrap_or_default())
    }
}

/// The time of a world: it starts at a fixed moment and goes on with the runtime's clock
///
/// Under a paused runtime it goes on only when that one does.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Clock {
    /// What time it was when the runtime's clock stood at `since`
    start: Moment,
    since: Instant,
}

impl Default for Clock {
    /// 2026-01-01T00:00:00Z, so that the same acts happen at the same time
    fn default() -> Self {
        Self::starting_at(Moment(1_767_225_600_000))
    }
}

impl Clock {
    pub(crate) fn starting_at(start: Moment) -> Self {
        Self {
            start,
            since: Instant::now(),
        }
    }

    pub(crate) fn now(&self) -> Moment {
        self.start.after(self.since.elapsed())
    }

    /// Lets time pass at once
    pub(crate) fn advance(&mut self, duration: Duration) {
        self.start = self.start.after(duration);
    }
}

/// The time
impl World {
    /// Sets what time it is; 2026-01-01T00:00:00Z when the world is made, so that the same acts happen
    /// at the same time
    ///
    /// AWS's own clients compare the end of a session with the time of the machine: where they assume
    /// roles by themselves, as for a profile with a `role_arn`, the world has to go by that time.
    ///
    /// ```
    /// use ami_share_core::backend::simulator::World;
    ///
    /// let world = World::new();
    /// world.set_time(std::time::SystemTime::now());
    /// ```
    pub fn set_time(&self, now: SystemTime) {
        let since_1970 = now.duration_since(UNIX_EPOCH).unwrap_or_default();
        self.state().clock = Clock::starting_at(Moment(0).after(since_1970));
    }
}

fn milliseconds_of(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_is_written_as_ec2_writes_it_and_read_back() {
        let start = Clock::default().now().iso_8601();
        assert!(start.starts_with("2026-01-01T00:00:0"), "{start}");
        let moment = Moment::of_milliseconds(1_767_225_600_007);
        assert_eq!(moment.iso_8601(), "2026-01-01T00:00:00.007Z");
        assert_eq!(Moment::parse(&moment.iso_8601()).unwrap(), moment);
        assert_eq!(
            Moment::parse("2026-01-01T00:00:00Z").unwrap(),
            Moment::of_milliseconds(1_767_225_600_000)
        );
        assert_eq!(Moment::parse("yesterday"), None);
    }

    #[test]
    fn time_ends_with_the_last_moment_that_can_be_written() {
        let end = Clock::default().now().after(Duration::MAX);
        assert_eq!(end.iso_8601(), "9999-12-31T23:59:59.999Z");
        assert_eq!(Moment::parse(&end.iso_8601()).unwrap(), end);
    }

    #[test]
    fn a_world_can_be_given_another_time() {
        let world = World::new();
        world.set_time(UNIX_EPOCH + Duration::from_secs(1_800_000_000));
        let now = world.state().now().iso_8601();
        assert!(now.starts_with("2027-01-15T08:00:0"), "{now}");
    }

    #[tokio::test(start_paused = true)]
    async fn time_goes_on_with_the_runtime_and_by_advance() {
        let mut clock = Clock::default();
        let start = clock.now();
        tokio::time::sleep(Duration::from_secs(5)).await;
        assert_eq!(clock.now().since(start), Duration::from_secs(5));
        clock.advance(Duration::from_secs(60));
        assert_eq!(clock.now().since(start), Duration::from_secs(65));
    }
}
