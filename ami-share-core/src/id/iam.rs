use std::str::FromStr;

use super::arn::Arn;
use super::text::text_id;
use super::{AccountId, IdKind, ParseIdError, Partition};

text_id! {
    /// The ARN of one IAM role or user: `arn:aws:iam::<account id>:role/<path and name>`
    ///
    /// KMS keeps such a principal by its unique id: a role that is deleted and made again is another
    /// one ([principals](https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html)).
    IamPrincipalArn
}

impl IamPrincipalArn {
    /// The partition that the role or user lives in
    pub fn partition(&self) -> Partition {
        Partition::given(self.part(1))
    }

    /// The account that the role or user belongs to
    pub fn account(&self) -> AccountId {
        AccountId::given(self.part(4))
    }

    // INVARIANT: the text was parsed as an ARN of a role or user when the id was made.
    fn part(&self, index: usize) -> &str {
        self.as_str().split(':').nth(index).unwrap_or_default()
    }
}

impl FromStr for IamPrincipalArn {
    type Err = ParseIdError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let refuse = |mend: &str| Err(ParseIdError::new(IdKind::IamPrincipal, text, mend));
        const FORM: &str = "give `arn:aws:iam::<account id>:role/<path and name>` or `…:user/…`";
        if text.contains(":assumed-role/") {
            return refuse("that is one session of a role: name the role, `arn:aws:iam::…:role/…`");
        }
        let Some(arn) = Arn::parse(text).filter(|arn| arn.service == "iam") else {
            return refuse(FORM);
        };
        if arn.resource == "root" {
            return refuse("that is the whole account: name the account instead");
        }
        if arn.resource.starts_with("group/") {
            return refuse("a group is no principal: name its users, or a role");
        }
        let name = ["role/", "user/"]
            .into_iter()
            .find_map(|kind| arn.resource.strip_prefix(kind));
        let (Some(name), true) = (name, arn.region.is_empty()) else {
            return refuse(FORM);
        };
        if let Err(error) = arn.account.parse::<AccountId>() {
            return refuse(error.mend());
        }
        if name.contains(['*', '?']) {
            return refuse("a principal has no wildcards: name each role or user");
        }
        if !is_path_and_name(name) {
            return refuse(
                "a name has letters, digits and `+=,.@_-`, with `/` between its path's parts",
            );
        }
        Ok(Self(text.into()))
    }
}

/// A path of at most 512 and a name of at most 64 characters
fn is_path_and_name(text: &str) -> bool {
    let (path, name) = text.rsplit_once('/').unwrap_or(("", text));
    let is_allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"+=,.@_-/".contains(&byte);
    (1..=64).contains(&name.len()) && path.len() <= 512 && text.bytes().all(is_allowed)
}
