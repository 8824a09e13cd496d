use std::str::FromStr;

use super::text::text_id;
use super::{IdKind, ParseIdError};

text_id! {
    /// An AWS Region by its code, such as `us-east-1`
    ///
    /// Any code of the right form is taken, so that new Regions need no new release.
    Region
}

text_id! {
    /// An AWS partition: `aws`, `aws-us-gov`, `aws-cn` or another `aws-…`
    ///
    /// Nothing is shared from one partition into another.
    Partition
}

impl Region {
    /// The partition that the Region lies in, told from its prefix as the AWS SDKs do
    pub fn partition(&self) -> Partition {
        const BY_PREFIX: [(&str, &str); 7] = [
            ("cn-", "aws-cn"),
            ("us-gov-", "aws-us-gov"),
            ("us-iso-", "aws-iso"),
            ("us-isob-", "aws-iso-b"),
            ("eu-isoe-", "aws-iso-e"),
            ("us-isof-", "aws-iso-f"),
            ("eusc-", "aws-eusc"),
        ];
        let name = BY_PREFIX
            .iter()
            .find(|(prefix, _)| self.as_str().starts_with(prefix))
            .map_or("aws", |(_, partition)| partition);
        Partition(name.into())
    }

    /// The Region named in an ARN that was parsed already
    pub(super) fn given(name: &str) -> Self {
        Self(name.into())
    }
}

impl FromStr for Region {
    type Err = ParseIdError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let refuse = |mend: &str| Err(ParseIdError::new(IdKind::Region, text, mend));
        let zone = text.strip_suffix(|c: char| c.is_ascii_lowercase());
        if zone.is_some_and(|rest| rest.ends_with(|c: char| c.is_ascii_digit())) {
            return refuse("that looks like an Availability Zone; leave its last letter out");
        }
        let parts: Vec<&str> = text.split('-').collect();
        let (Some((last, words)), true) = (parts.split_last(), parts.len() >= 3) else {
            return refuse("give a Region code such as `us-east-1`");
        };
        let words_are_words = words
            .iter()
            .all(|word| !word.is_empty() && word.bytes().all(|b| b.is_ascii_lowercase()));
        let last_is_number = !last.is_empty() && last.bytes().all(|b| b.is_ascii_digit());
        if words_are_words && last_is_number && text.len() <= 32 {
            Ok(Self(text.into()))
        } else {
            refuse("give a Region code in lower case, such as `us-east-1`")
        }
    }
}

impl Partition {
    /// The partition of most Regions, `aws`
    pub fn aws() -> Self {
        Self("aws".into())
    }

    /// The partition named in an ARN that was parsed already
    pub(super) fn given(name: &str) -> Self {
        Self(name.into())
    }
}

impl FromStr for Partition {
    type Err = ParseIdError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let rest = text.strip_prefix("aws-");
        let is_known_form = text == "aws"
            || rest.is_some_and(|rest| {
                !rest.is_empty()
                    && rest.len() <= 32
                    && rest
                        .bytes()
                        .all(|b| matches!(b, b'a'..=b'z' | b'0'..=b'9' | b'-'))
            });
        if is_known_form {
            Ok(Self(text.into()))
        } else {
            Err(ParseIdError::new(
                IdKind::Partition,
                text,
                "give `aws`, `aws-us-gov`, `aws-cn` or another `aws-…`",
            ))
        }
    }
}
