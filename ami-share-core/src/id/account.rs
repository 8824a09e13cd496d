use std::fmt;
use std::str::FromStr;

use super::text::impl_id_conversions;
use super::{IdKind, ParseIdError, Partition};

/// A 12-digit AWS account id; leading zeros count
///
/// ```
/// use ami_share_core::id::AccountId;
///
/// let account: AccountId = "012345678901".parse()?;
/// assert_eq!(account.to_string(), "012345678901");
/// # Ok::<(), ami_share_core::id::ParseIdError>(())
/// ```
#[derive(Clone, Copy, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct AccountId(u64);

impl AccountId {
    /// The account named in an ARN that was parsed already
    pub(super) fn given(digits: &str) -> Self {
        Self(digits.parse().unwrap_or_default())
    }

    /// The ARN that stands for the whole account in policies and grants
    pub(crate) fn root_arn(&self, partition: &Partition) -> String {
        format!("arn:{partition}:iam::{self}:root")
    }

    const DIGITS: usize = 12;
}

impl FromStr for AccountId {
    type Err = ParseIdError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let refuse = |mend: &str| Err(ParseIdError::new(IdKind::Account, text, mend));
        if text.is_empty() || !text.bytes().all(|byte| byte.is_ascii_digit()) {
            return refuse(
                "give the 12 digits alone, without dashes, spaces or an ARN around them",
            );
        }
        if text.len() != Self::DIGITS {
            return refuse("an account id has 12 digits; leading zeros count, so keep it as text");
        }
        match text.parse() {
            Ok(number) => Ok(Self(number)),
            Err(_) => refuse("give 12 digits"),
        }
    }
}

impl fmt::Display for AccountId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&format!("{:0width$}", self.0, width = Self::DIGITS))
    }
}

impl_id_conversions!(AccountId);
