use std::str::FromStr;

use super::arn::Arn;
use super::text::text_id;
use super::{AccountId, IdKind, ParseIdError, Partition};

text_id! {
    /// The ARN of an AWS organization:
    /// `arn:aws:organizations::<management account id>:organization/o-…`
    ///
    /// EC2 wants the whole ARN; the account in it is the organization's management account
    /// ([share an AMI with organizations or OUs](https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/share-amis-with-organizations-and-OUs.html)).
    OrganizationArn
}

text_id! {
    /// The ARN of an organizational unit:
    /// `arn:aws:organizations::<management account id>:ou/o-…/ou-…`
    ///
    /// What is shared with an OU is shared with all accounts in it and in the OUs below it.
    OrganizationalUnitArn
}

text_id! {
    /// Where an organizational unit stands in its organization: `o-…/r-…/ou-…/ou-…/`
    ///
    /// From the organization's id down to the OU, each level named, as
    /// [`aws:PrincipalOrgPaths`](https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-principalorgpaths)
    /// has it. A missing last `/` is put there.
    OrganizationalUnitPath
}

impl OrganizationArn {
    /// The partition that the organization lives in
    pub fn partition(&self) -> Partition {
        partition_of(self.as_str())
    }

    /// The organization's own id, `o-…`
    pub fn organization_id(&self) -> &str {
        last_segment(self.as_str())
    }
}

impl OrganizationalUnitArn {
    /// The partition that the organization lives in
    pub fn partition(&self) -> Partition {
        partition_of(self.as_str())
    }

    /// The id of the organization that the OU belongs to, `o-…`
    pub fn organization_id(&self) -> &str {
        let parent = self
            .as_str()
            .rsplit_once('/')
            .map_or("", |(parent, _)| parent);
        last_segment(parent)
    }

    /// The OU's own id, `ou-…`
    pub fn unit_id(&self) -> &str {
        last_segment(self.as_str())
    }
}

impl OrganizationalUnitPath {
    /// The id of the organization that the OU belongs to, `o-…`
    pub fn organization_id(&self) -> &str {
        self.as_str().split('/').next().unwrap_or_default()
    }

    /// The OU's own id, `ou-…`
    pub fn unit_id(&self) -> &str {
        last_segment(self.as_str().trim_end_matches('/'))
    }

    /// Whether it is where this OU stands
    pub fn is_of(&self, unit: &OrganizationalUnitArn) -> bool {
        self.unit_id() == unit.unit_id() && self.organization_id() == unit.organization_id()
    }
}

impl FromStr for OrganizationArn {
    type Err = ParseIdError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let refuse = |mend: &str| Err(ParseIdError::new(IdKind::Organization, text, mend));
        if is_organization_id(text) || text.starts_with("o-") && !text.contains(':') {
            return refuse(&format!(
                "EC2 needs the full ARN with the management account's id: \
                 `arn:aws:organizations::<management account id>:organization/{text}`"
            ));
        }
        const FORM: &str = "give `arn:aws:organizations::<management account id>:organization/o-…`";
        let Some(resource) = organizations_resource(text) else {
            return refuse(FORM);
        };
        if resource.starts_with("root/") {
            return refuse("a root is no principal; share with the organization instead");
        }
        let Some(id) = resource.strip_prefix("organization/") else {
            return refuse(FORM);
        };
        if !is_organization_id(id) {
            return refuse("the id is `o-` and 10 to 32 lower-case letters or digits");
        }
        Ok(Self(text.into()))
    }
}

impl FromStr for OrganizationalUnitArn {
    type Err = ParseIdError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let refuse = |mend: &str| Err(ParseIdError::new(IdKind::OrganizationalUnit, text, mend));
        if text.starts_with("ou-") {
            return refuse(&format!(
                "EC2 needs the full ARN with the management account's id: \
                 `arn:aws:organizations::<management account id>:ou/o-…/{text}`"
            ));
        }
        const FORM: &str = "give `arn:aws:organizations::<management account id>:ou/o-…/ou-…`";
        let ids = organizations_resource(text)
            .and_then(|resource| resource.strip_prefix("ou/"))
            .and_then(|ids| ids.split_once('/'));
        let Some((organization, unit)) = ids else {
            return refuse(FORM);
        };
        if !is_organization_id(organization) {
            return refuse(
                "the organization's id is `o-` and 10 to 32 lower-case letters or digits",
            );
        }
        if !is_unit_id(unit) {
            return refuse(
                "the OU's id is `ou-`, 4 to 32, `-`, and 8 to 32 lower-case letters or digits; \
                 name the OU itself, not its path",
            );
        }
        Ok(Self(text.into()))
    }
}

impl FromStr for OrganizationalUnitPath {
    type Err = ParseIdError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let refuse = |mend: &str| {
            Err(ParseIdError::new(
                IdKind::OrganizationalUnitPath,
                text,
                mend,
            ))
        };
        const FORM: &str = "give `o-…/r-…/ou-…/`, from the organization down to the OU";
        if text.contains('*') {
            return refuse("leave the `*` out: the OUs below are meant anyway");
        }
        if text.starts_with("ou-") || text.contains(":ou/") {
            return refuse(
                "a condition needs the path, with each level from the organization down to the \
                 OU: `o-…/r-…/ou-…/`; ListParents tells them",
            );
        }
        let mut levels = text.strip_suffix('/').unwrap_or(text).split('/');
        let (Some(organization), Some(root)) = (levels.next(), levels.next()) else {
            return refuse(FORM);
        };
        if !is_organization_id(organization) {
            return refuse(
                "the organization's id is `o-` and 10 to 32 lower-case letters or digits",
            );
        }
        if !root.strip_prefix("r-").is_some_and(|id| is_token(id, 4)) {
            return refuse(
                "the root's id comes second: `r-` and 4 to 32 lower-case letters or digits",
            );
        }
        let units: Vec<&str> = levels.collect();
        if units.is_empty() {
            return refuse("that is the whole organization: share with the organization instead");
        }
        if !units.iter().all(|unit| is_unit_id(unit)) {
            return refuse(
                "below the root come OUs: `ou-`, 4 to 32, `-`, and 8 to 32 lower-case letters or digits",
            );
        }
        let slash = if text.ends_with('/') { "" } else { "/" };
        Ok(Self(format!("{text}{slash}").into()))
    }
}

/// The resource part, if the text is an ARN of AWS Organizations with a management account in it
fn organizations_resource(text: &str) -> Option<&str> {
    let arn = Arn::parse(text)?;
    let is_organizations = arn.service == "organizations" && arn.region.is_empty();
    let names_an_account = arn.account.parse::<AccountId>().is_ok();
    (is_organizations && names_an_account).then_some(arn.resource)
}

fn is_organization_id(text: &str) -> bool {
    text.strip_prefix("o-").is_some_and(|id| is_token(id, 10))
}

fn is_unit_id(text: &str) -> bool {
    text.strip_prefix("ou-")
        .and_then(|ids| ids.split_once('-'))
        .is_some_and(|(root, unit)| is_token(root, 4) && is_token(unit, 8))
}

fn is_token(text: &str, shortest: usize) -> bool {
    (shortest..=32).contains(&text.len())
        && text
            .bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
}

fn last_segment(text: &str) -> &str {
    text.rsplit_once('/').map_or(text, |(_, last)| last)
}

// INVARIANT: the text was parsed as an ARN when the id was made.
fn partition_of(text: &str) -> Partition {
    let name = text.split(':').nth(1).unwrap_or_default();
    Partition::given(name)
}
