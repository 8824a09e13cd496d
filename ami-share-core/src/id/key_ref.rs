use std::str::FromStr;

use super::arn::Arn;
use super::key::is_key_id;
use super::text::text_id;
use super::{AccountId, IdKind, KeyArn, ParseIdError, Partition, Region};

text_id! {
    /// A KMS key as people name it: a key id, a key ARN, `alias/<name>`, or an alias's ARN
    ///
    /// These are the four forms that EC2 takes as `KmsKeyId`
    /// ([`CopyImage`](https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CopyImage.html)). A key id
    /// and an alias without an ARN mean the key of the account and Region that they are used in.
    ///
    /// ```
    /// use ami_share_core::id::KeyRef;
    ///
    /// let key: KeyRef = "alias/golden".parse()?;
    /// assert!(key.is_alias() && key.arn().is_none());
    /// # Ok::<(), ami_share_core::id::ParseIdError>(())
    /// ```
    KeyRef
}

impl KeyRef {
    /// The key's ARN, if that is what was given; a key id or an alias has to be looked up
    pub fn arn(&self) -> Option<KeyArn> {
        self.as_str().parse().ok()
    }

    /// Whether it names an alias, with or without an ARN
    pub fn is_alias(&self) -> bool {
        self.resource().starts_with("alias/")
    }

    /// Whether it names an alias that is AWS's own, such as `alias/aws/ebs`
    ///
    /// What is encrypted with such a key cannot be shared with other accounts.
    pub fn is_aws_managed(&self) -> bool {
        self.resource().starts_with("alias/aws/")
    }

    /// Whether it names a multi-Region key, `mrk-…`; an alias does not tell
    pub fn is_multi_region(&self) -> bool {
        let id = self.resource();
        id.strip_prefix("key/").unwrap_or(id).starts_with("mrk-")
    }

    /// The partition that the key lives in, if it is given by an ARN
    pub fn partition(&self) -> Option<Partition> {
        self.part(1).map(Partition::given)
    }

    /// The Region that the key lives in, if it is given by an ARN
    pub fn region(&self) -> Option<Region> {
        self.part(3).map(Region::given)
    }

    /// The account that owns the key, if it is given by an ARN
    pub fn account(&self) -> Option<AccountId> {
        self.part(4).map(AccountId::given)
    }

    /// Whether it can name a key in this Region: any id or alias without an ARN, an ARN of the Region,
    /// or the ARN of a multi-Region key in its partition, which may have a replica there
    pub fn can_stand_in(&self, region: &Region) -> bool {
        self.region().is_none_or(|own| own == *region)
            || self.is_multi_region() && self.partition() == Some(region.partition())
    }

    /// Whether it can name a key in this Region that belongs to this account
    ///
    /// It can name one that belongs to another account too, which the account may have been given.
    pub fn can_belong_to(&self, account: AccountId, region: &Region) -> bool {
        self.can_stand_in(region) && self.account().is_none_or(|own| own == account)
    }

    /// The reference to use in a Region: the ARN of a multi-Region key becomes that of its replica
    ///
    /// `None` if it cannot name a key there; whether there is such a key only AWS can tell.
    #[must_use]
    pub fn in_region(&self, region: &Region) -> Option<Self> {
        if !self.can_stand_in(region) {
            return None;
        }
        let (Some(partition), Some(account)) = (self.partition(), self.account()) else {
            return Some(self.clone());
        };
        let resource = self.resource();
        let text = format!("arn:{partition}:kms:{region}:{account}:{resource}");
        Some(Self(text.into()))
    }

    /// `key/…` or `alias/…`, or the key id if that is all there is
    fn resource(&self) -> &str {
        self.part(5).unwrap_or(self.as_str())
    }

    /// A part of the ARN, if it is one
    fn part(&self, index: usize) -> Option<&str> {
        let is_arn = self.as_str().starts_with("arn:");
        is_arn.then(|| self.as_str().split(':').nth(index).unwrap_or_default())
    }
}

impl FromStr for KeyRef {
    type Err = ParseIdError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let refuse = |mend: &str| Err(ParseIdError::new(IdKind::KeyRef, text, mend));
        const FORM: &str = "give a key id, a key ARN, `alias/<name>` or the ARN of an alias";
        const ALIAS: &str = "an alias is `alias/` and 1 to 250 letters, digits and `/_-`";
        if is_key_id(text) || is_alias(text) {
            return Ok(Self(text.into()));
        }
        if text.starts_with("alias/") {
            return refuse(ALIAS);
        }
        if text.starts_with("key/") {
            return refuse("leave `key/` out, or give the whole ARN");
        }
        let Some(arn) = Arn::parse(text).filter(|arn| arn.service == "kms") else {
            return refuse(FORM);
        };
        if arn.resource.starts_with("key/") {
            return match text.parse::<KeyArn>() {
                Ok(_) => Ok(Self(text.into())),
                Err(error) => refuse(error.mend()),
            };
        }
        if let Err(error) = arn.region.parse::<Region>() {
            return refuse(error.mend());
        }
        if let Err(error) = arn.account.parse::<AccountId>() {
            return refuse(error.mend());
        }
        match arn.resource {
            alias if is_alias(alias) => Ok(Self(text.into())),
            alias if alias.starts_with("alias/") => refuse(ALIAS),
            _ => refuse(FORM),
        }
    }
}

impl From<KeyArn> for KeyRef {
    fn from(arn: KeyArn) -> Self {
        Self(arn.as_str().into())
    }
}

/// `alias/` and 1 to 250 of `[a-zA-Z0-9/_-]`
/// ([`CreateAlias`](https://docs.aws.amazon.com/kms/latest/APIReference/API_CreateAlias.html))
fn is_alias(text: &str) -> bool {
    text.strip_prefix("alias/").is_some_and(|name| {
        let is_taken = |byte: u8| byte.is_ascii_alphanumeric() || b"/_-".contains(&byte);
        (1..=250).contains(&name.len()) && name.bytes().all(is_taken)
    })
}
