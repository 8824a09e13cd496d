use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::super::call::Service;
use crate::id::{AccountId, Region};

/// What goes wrong in a world
///
/// Its serde form is the field `faults` of a world file and the body of `PUT /_simulator/faults`.
///
/// ```
/// use std::time::Duration;
///
/// use ami_share_core::backend::simulator::{Fault, Faults, World};
///
/// let world = World::new();
/// world.set_faults(
///     Faults::none()
///         .latency(Duration::from_millis(30), Duration::from_millis(10))
///         .throttled()
///         .with(Fault::on("ModifyImageAttribute").call(2).refused_with("InternalError"))
///         .with(Fault::on("CreateTags").call(1).losing_the_answer()),
/// );
/// ```
#[must_use]
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct Faults {
    /// What all that is random is drawn from
    pub seed: u64,
    /// How long an answer takes
    pub latency: Latency,
    /// Whether AWS's own
    /// [token buckets](https://docs.aws.amazon.com/ec2/latest/devguide/ec2-api-throttling.html) and
    /// [KMS quotas](https://docs.aws.amazon.com/kms/latest/developerguide/requests-per-second.html) hold
    pub throttling: bool,
    /// Buckets that hold instead of AWS's own, whether or not these do
    pub buckets: Vec<Bucket>,
    /// How long a write of a permission, a grant or a key policy stays unseen
    pub staleness: Staleness,
    /// What becomes of copies
    pub copies: Copies,
    /// What becomes of usage reports of images
    pub reports: Reports,
    /// Calls that fail; the first that fits decides
    pub calls: Vec<Fault>,
}

/// How long an answer takes
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct Latency {
    /// At least, in milliseconds
    pub milliseconds: u64,
    /// At most so much more, in milliseconds
    pub spread: u64,
}

/// A token bucket of each account, Region and operation: a call takes a token, or is throttled
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Bucket {
    /// The operation, such as `CopyImage`
    pub operation: String,
    /// The tokens that it holds at most, and at first
    pub size: f64,
    /// The tokens that come in a second
    pub refill: f64,
}

/// How long a write stays unseen by who reads: for a number of reads, or for a time, whichever ends
/// later
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct Staleness {
    /// The number of reads
    pub reads: usize,
    /// The time in milliseconds
    pub milliseconds: u64,
}

/// What becomes of copies of images and snapshots
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct Copies {
    /// How long a copy takes at least, in milliseconds
    pub milliseconds: u64,
    /// At most so much more, in milliseconds
    pub spread: u64,
    /// The copies that fail, by number, counted from 1
    pub failing: Vec<u64>,
    /// The reason that they give
    pub reason: Option<String>,
}

/// What becomes of usage reports of images
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct Reports {
    /// How long a report is pending, in milliseconds
    pub milliseconds: u64,
    /// The reports that fail, by number, counted from 1
    pub failing: Vec<u64>,
}

/// Calls that fail, and how
///
/// Without more said, every call of the operation is answered with `InternalError`.
#[must_use]
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Fault {
    /// The operation, such as `ModifyImageAttribute`; `*` is every one
    pub operation: String,
    /// Of this service alone
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub service: Option<Service>,
    /// Of this account alone
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub account: Option<AccountId>,
    /// In this Region alone
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub region: Option<Region>,
    /// The calls that fail, of those that fit so far, counted from 1; all of them if none is named
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub call: Vec<u64>,
    /// How likely a call fails that would, from 0 to 1
    #[serde(default = "always", skip_serializing_if = "is_always")]
    pub chance: f64,
    /// How it fails
    #[serde(default)]
    pub failure: Failure,
}

/// How a call fails
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
#[non_exhaustive]
pub enum Failure {
    /// It is refused with an error code of AWS, and nothing is done
    Code {
        /// The code, such as `RequestLimitExceeded`
        code: String,
        /// The HTTP status, where it is not the one of the code
        #[serde(default, skip_serializing_if = "Option::is_none")]
        status: Option<u16>,
    },
    /// It is done, and the connection closes before the answer
    AnswerLost,
    /// The connection closes before anything is done
    ConnectionCut,
}

impl Default for Failure {
    fn default() -> Self {
        Self::Code {
            code: "InternalError".to_owned(),
            status: None,
        }
    }
}

impl Faults {
    /// Nothing goes wrong
    pub fn none() -> Self {
        Self::default()
    }

    /// Draws all that is random from this number
    pub fn seed(self, seed: u64) -> Self {
        Self { seed, ..self }
    }

    /// Lets every answer take this long, and up to `spread` more
    pub fn latency(self, at_least: Duration, spread: Duration) -> Self {
        Self {
            latency: Latency {
                milliseconds: milliseconds(at_least),
                spread: milliseconds(spread),
            },
            ..self
        }
    }

    /// Throttles as AWS does
    pub fn throttled(self) -> Self {
        Self {
            throttling: true,
            ..self
        }
    }

    /// Throttles an operation by a bucket of so many tokens, into which so many come in a second
    pub fn bucket(mut self, operation: impl Into<String>, size: f64, refill: f64) -> Self {
        self.buckets.push(Bucket {
            operation: operation.into(),
            size,
            refill,
        });
        self
    }

    /// Lets writes of permissions, grants and key policies stay unseen by the next reads
    pub fn stale_reads(mut self, reads: usize) -> Self {
        self.staleness.reads = reads;
        self
    }

    /// Lets writes of permissions, grants and key policies stay unseen for a time
    pub fn stale_for(mut self, time: Duration) -> Self {
        self.staleness.milliseconds = milliseconds(time);
        self
    }

    /// Lets a copy take this long, and up to `spread` more
    pub fn copies_take(mut self, at_least: Duration, spread: Duration) -> Self {
        self.copies.milliseconds = milliseconds(at_least);
        self.copies.spread = milliseconds(spread);
        self
    }

    /// Lets a copy fail, by its number counted from 1
    pub fn copy_fails(mut self, number: u64, reason: impl Into<String>) -> Self {
        self.copies.failing.push(number);
        self.copies.reason = Some(reason.into());
        self
    }

    /// Lets a usage report be pending for this long
    pub fn reports_take(mut self, time: Duration) -> Self {
        self.reports.milliseconds = milliseconds(time);
        self
    }

    /// Lets a usage report fail, by its number counted from 1
    pub fn report_fails(mut self, number: u64) -> Self {
        self.reports.failing.push(number);
        self
    }

    /// One more fault; of several that fit a call, the one that was named first decides
    pub fn with(mut self, fault: Fault) -> Self {
        self.calls.push(fault);
        self
    }
}

impl Fault {
    /// Of every call of an operation, such as `ModifyImageAttribute`; `*` is every operation
    pub fn on(operation: impl Into<String>) -> Self {
        Self {
            operation: operation.into(),
            service: None,
            account: None,
            region: None,
            call: Vec::new(),
            chance: always(),
            failure: Failure::default(),
        }
    }

    /// Of this service alone
    pub fn of(self, service: Service) -> Self {
        Self {
            service: Some(service),
            ..self
        }
    }

    /// Of this account alone
    pub fn by(self, account: AccountId) -> Self {
        Self {
            account: Some(account),
            ..self
        }
    }

    /// In this Region alone
    pub fn within(self, region: Region) -> Self {
        Self {
            region: Some(region),
            ..self
        }
    }

    /// Of the calls that fit, this one, counted from 1; one more with each time that it is said
    pub fn call(mut self, number: u64) -> Self {
        self.call.push(number);
        self
    }

    /// With this likelihood, from 0 to 1
    pub fn chance(self, chance: f64) -> Self {
        Self { chance, ..self }
    }

    /// It is refused with this error code of AWS, and nothing is done
    pub fn refused_with(self, code: impl Into<String>) -> Self {
        self.failing(Failure::Code {
            code: code.into(),
            status: None,
        })
    }

    /// It is refused with this error code and HTTP status, and nothing is done
    pub fn refused_with_status(self, code: impl Into<String>, status: u16) -> Self {
        self.failing(Failure::Code {
            code: code.into(),
            status: Some(status),
        })
    }

    /// It is done, and the connection closes before the answer
    pub fn losing_the_answer(self) -> Self {
        self.failing(Failure::AnswerLost)
    }

    /// The connection closes before anything is done
    pub fn cutting_the_connection(self) -> Self {
        self.failing(Failure::ConnectionCut)
    }

    fn failing(self, failure: Failure) -> Self {
        Self { failure, ..self }
    }
}

fn always() -> f64 {
    1.0
}

#[allow(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde passes a reference"
)]
fn is_always(chance: &f64) -> bool {
    *chance >= always()
}

fn milliseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}
