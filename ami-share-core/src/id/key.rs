use std::str::FromStr;

use super::arn::Arn;
use super::text::text_id;
use super::{AccountId, IdKind, ParseIdError, Partition, Region};

text_id! {
    /// The ARN of a KMS key: `arn:aws:kms:<region>:<account id>:key/<key id>`
    ///
    /// Policies and grants name a key by this ARN; an alias's ARN does not stand for its key there
    /// ([key ARNs in IAM policies](https://docs.aws.amazon.com/kms/latest/developerguide/cmks-in-iam-policies.html)).
    /// The id is a UUID, or `mrk-` and 32 hex digits for a multi-Region key.
    KeyArn
}

impl KeyArn {
    /// The partition that the key lives in
    pub fn partition(&self) -> Partition {
        Partition::given(self.part(1))
    }

    /// The Region that the key lives in; each replica of a multi-Region key has its own
    pub fn region(&self) -> Region {
        Region::given(self.part(3))
    }

    /// The account that owns the key
    pub fn account(&self) -> AccountId {
        AccountId::given(self.part(4))
    }

    /// The key's own id, `1234abcd-…` or `mrk-…`
    pub fn key_id(&self) -> &str {
        self.part(5).strip_prefix("key/").unwrap_or_default()
    }

    /// Whether it is a multi-Region key; each replica has its own policy and grants
    pub fn is_multi_region(&self) -> bool {
        self.key_id().starts_with("mrk-")
    }

    // INVARIANT: the text was parsed as an ARN of a key when the id was made.
    fn part(&self, index: usize) -> &str {
        self.as_str().split(':').nth(index).unwrap_or_default()
    }
}

impl FromStr for KeyArn {
    type Err = ParseIdError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let refuse = |mend: &str| Err(ParseIdError::new(IdKind::Key, text, mend));
        const FORM: &str = "give `arn:aws:kms:<region>:<account id>:key/<key id>`";
        if is_key_id(text) {
            return refuse(
                "give the key's ARN, which DescribeKey returns, instead of its id alone",
            );
        }
        if text.starts_with("alias/") || text.contains(":alias/") {
            return refuse(
                "an alias can move to another key: give the ARN that DescribeKey returns",
            );
        }
        let Some(arn) = Arn::parse(text).filter(|arn| arn.service == "kms") else {
            return refuse(FORM);
        };
        let Some(id) = arn.resource.strip_prefix("key/") else {
            return refuse(FORM);
        };
        if let Err(error) = arn.region.parse::<Region>() {
            return refuse(error.mend());
        }
        if let Err(error) = arn.account.parse::<AccountId>() {
            return refuse(error.mend());
        }
        if !is_key_id(id) {
            return refuse("the key id is a UUID, or `mrk-` and 32 hex digits, in lower case");
        }
        Ok(Self(text.into()))
    }
}

pub(super) fn is_key_id(text: &str) -> bool {
    if let Some(hex) = text.strip_prefix("mrk-") {
        return is_hex(hex, 32);
    }
    let mut groups = text.split('-');
    [8, 4, 4, 4, 12]
        .into_iter()
        .all(|digits| groups.next().is_some_and(|group| is_hex(group, digits)))
        && groups.next().is_none()
}

fn is_hex(text: &str, digits: usize) -> bool {
    text.len() == digits
        && text
            .bytes()
            .all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}
