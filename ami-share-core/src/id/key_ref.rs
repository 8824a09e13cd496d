use std::str::FromStr;

use super::arn::Arn;
use super::key::is_key_id;
use super::text::text_id;
use super::{AccountId, IdKind, KeyArn, ParseIdError, Region};

text_id! {
    /// Names a KMS key as `CopyImage` and `DescribeKey` take it: a key id, a key ARN, `alias/<name>` or
    /// the ARN of an alias
    /// ([key identifiers](https://docs.aws.amazon.com/kms/latest/developerguide/concepts.html#key-id))
    ///
    /// A key id and an alias's name stand for a key of the account and Region that they are used in.
    KeyRef
}

impl KeyRef {
    /// The key, where it is named by its ARN
    pub fn key_arn(&self) -> Option<KeyArn> {
        self.as_str().parse().ok()
    }

    /// Whether it is an alias, by name or ARN
    pub fn is_alias(&self) -> bool {
        self.as_str().starts_with("alias/") || self.as_str().contains(":alias/")
    }

    /// The account, where an ARN names it
    pub fn account(&self) -> Option<AccountId> {
        Arn::parse(self.as_str())?.account.parse().ok()
    }

    /// The Region, where an ARN names it
    pub fn region(&self) -> Option<Region> {
        Arn::parse(self.as_str())?.region.parse().ok()
    }

    /// What names the same key in a Region: of a multi-Region key its replica there; none where an ARN
    /// names a key or alias of another Region
    ///
    /// Whether there is such a replica or alias, KMS alone knows.
    pub fn in_region(&self, region: &Region) -> Option<Self> {
        match (self.region(), self.key_arn()) {
            (None, _) => Some(self.clone()),
            (Some(its), _) if its == *region => Some(self.clone()),
            (Some(its), Some(key)) if key.is_multi_region() => {
                let (from, to) = (format!(":kms:{its}:"), format!(":kms:{region}:"));
                Some(Self(self.as_str().replacen(&from, &to, 1).into()))
            }
            (Some(_), _) => None,
        }
    }
}

impl From<KeyArn> for KeyRef {
    fn from(key: KeyArn) -> Self {
        Self(key.as_str().into())
    }
}

impl FromStr for KeyRef {
    type Err = ParseIdError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let refuse = |mend: &str| Err(ParseIdError::new(IdKind::KeyRef, text, mend));
        if is_key_id(text) || text.strip_prefix("alias/").is_some_and(is_alias_name) {
            return Ok(Self(text.into()));
        }
        if let Some(arn) = Arn::parse(text).filter(|arn| arn.service == "kms") {
            if let Some(name) = arn.resource.strip_prefix("alias/") {
                if let Err(error) = arn.region.parse::<Region>() {
                    return refuse(error.mend());
                }
                if let Err(error) = arn.account.parse::<AccountId>() {
                    return refuse(error.mend());
                }
                if is_alias_name(name) {
                    return Ok(Self(text.into()));
                }
            } else {
                return match text.parse::<KeyArn>() {
                    Ok(_) => Ok(Self(text.into())),
                    Err(error) => refuse(error.mend()),
                };
            }
        }
        refuse("give a key id, a key ARN, `alias/<name>` or the ARN of an alias")
    }
}

fn is_alias_name(text: &str) -> bool {
    let is_allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"/_-".contains(&byte);
    (1..=250).contains(&text.len()) && text.bytes().all(is_allowed)
}
