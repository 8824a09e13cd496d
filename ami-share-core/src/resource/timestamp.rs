use std::fmt;
use std::str::FromStr;
use std::time::SystemTime;

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use time::format_description::well_known::{Iso8601, Rfc3339};

/// A moment, to the second, in UTC; printed and read as EC2 does: `2026-11-22T08:30:00Z`
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(try_from = "String", into = "String")]
pub struct Timestamp(OffsetDateTime);

/// A text is no moment
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[error("`{text}` is no time: give it in ISO 8601, such as `2026-11-22T08:30:00Z`")]
pub struct ParseTimestampError {
    text: String,
}

impl Timestamp {
    /// The moment that the system's clock shows
    pub fn now() -> Self {
        Self::from(SystemTime::now())
    }

    /// The seconds since 1970
    pub fn unix_seconds(self) -> i64 {
        self.0.unix_timestamp()
    }

    /// Whether both are less than a minute apart: EC2 rounds deprecations to the minute
    pub(crate) fn is_about(self, other: Self) -> bool {
        self.unix_seconds().abs_diff(other.unix_seconds()) < 60
    }

    /// The moment that many whole days later; the last one that can be written where there is no such
    #[must_use]
    pub fn plus_days(self, days: u32) -> Self {
        let days = time::Duration::days(days.into());
        Self(self.0.saturating_add(days))
    }

    /// The day alone, `2026-11-22`
    pub fn date(self) -> String {
        self.0.date().to_string()
    }
}

impl From<SystemTime> for Timestamp {
    fn from(time: SystemTime) -> Self {
        let time = OffsetDateTime::from(time);
        Self(time.replace_nanosecond(0).unwrap_or(time))
    }
}

impl FromStr for Timestamp {
    type Err = ParseTimestampError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let parsed = OffsetDateTime::parse(text, &Rfc3339)
            .or_else(|_| OffsetDateTime::parse(text, &Iso8601::PARSING));
        let utc = parsed.ok().map(|time| time.to_offset(time::UtcOffset::UTC));
        utc.and_then(|time| time.replace_nanosecond(0).ok())
            .map(Self)
            .ok_or_else(|| ParseTimestampError { text: text.into() })
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = self.0.format(&Rfc3339).map_err(|_| fmt::Error)?;
        f.pad(&text)
    }
}

impl TryFrom<String> for Timestamp {
    type Error = ParseTimestampError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<Timestamp> for String {
    fn from(time: Timestamp) -> Self {
        time.to_string()
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::Timestamp;

    #[test]
    fn it_reads_what_ec2_writes_and_prints_whole_seconds_of_utc() {
        for (text, printed) in [
            ("2026-11-22T08:30:00.000Z", "2026-11-22T08:30:00Z"),
            ("2026-11-22T08:30:00Z", "2026-11-22T08:30:00Z"),
            ("2026-11-22T09:30:00.5+01:00", "2026-11-22T08:30:00Z"),
        ] {
            let time: Timestamp = text.parse().unwrap();
            assert_eq!(time.to_string(), printed);
            assert_eq!(time.to_string().parse::<Timestamp>().unwrap(), time);
        }
    }

    #[test]
    fn what_is_no_time_is_an_error_that_shows_the_form() {
        for text in ["", "2026-11-22", "tomorrow", "2026-13-01T00:00:00Z"] {
            let error = text.parse::<Timestamp>().unwrap_err();
            assert!(error.to_string().contains("2026-11-22T08:30:00Z"), "{text}");
        }
    }

    #[test]
    fn days_are_added_and_a_date_is_printed() {
        let time: Timestamp = "2026-12-31T23:00:00Z".parse().unwrap();
        assert_eq!(time.plus_days(1).date(), "2027-01-01");
    }
}
