use std::fmt;

use crate::id::{
    AccountId, IamPrincipalArn, ImageId, KeyRef, ParseIdError, Partition, Region, SubnetId,
};
use crate::principal::Principal;
use crate::resource::TagProblem;

/// One thing that is wrong with a request, whatever the world looks like
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum RequestProblem {
    /// A name that KMS does not take for an alias
    #[error(
        "`{alias}` is no alias: give `alias/` and 1 to 250 letters, digits, `/`, `_` or `-`, not starting with `alias/aws/`"
    )]
    Alias {
        /// What was given
        alias: String,
    },
    /// A time-based copy cannot take that long
    #[error("`completion_minutes` is {minutes}: give 15 to 2880 in steps of 15")]
    CompletionMinutes {
        /// What was given
        minutes: u16,
    },
    /// A copy would leave its partition
    #[error(
        "`{region}` is in partition `{partition}`, and the source is not: no copy crosses partitions, so store and restore the image there"
    )]
    CopyAcrossPartitions {
        /// The Region of a copy
        region: Region,
        /// Its partition
        partition: Partition,
    },
    /// An external id that STS does not take
    #[error("the external id has 2 to 1224 letters, digits and `_+=,.@:/-`")]
    ExternalId,
    /// An id could not be parsed
    #[error("{0}")]
    Id(#[from] ParseIdError),
    /// A role or user is named for the keys, and its account is no recipient
    #[error(
        "`{principal}` is named for the keys, and its account is no recipient: add it with `account`"
    )]
    KeyPrincipalOfNobody {
        /// The role or user
        principal: IamPrincipalArn,
    },
    /// A key is given for an account or a Region that no copy goes to
    #[error(
        "a key is given for {}, and no copy goes there: check it for a slip, or take it out",
        place(account.as_ref(), region.as_ref())
    )]
    KeyOfNoDestination {
        /// The account, where the key is given for one
        account: Option<AccountId>,
        /// The Region, where the key is given for one
        region: Option<Region>,
    },
    /// A copy's key is of another Region
    #[error(
        "`{key}` is of another Region than the copy in `{region}`: give a key of that Region, an alias or a multi-Region key"
    )]
    KeyOfOtherRegion {
        /// The key
        key: KeyRef,
        /// The Region of the copy
        region: Region,
    },
    /// An image is to be verified first, and the share that is verified does not name it
    #[error("`{image}` in `{region}` is not named by the share in `after`: add it there")]
    ImageNotVerified {
        /// The Region
        region: Region,
        /// The image
        image: ImageId,
    },
    /// A limit is out of its bounds
    #[error("`{field}` is {value}: give {least} to {most}")]
    LimitOutOfBounds {
        /// The limit
        field: &'static str,
        /// What was given
        value: usize,
        /// The least it can be
        least: usize,
        /// The most it can be
        most: usize,
    },
    /// A name's template has something in braces that stands for nothing
    #[error(
        "`{placeholder}` in the name stands for nothing: use `{{name}}`, `{{source}}`, `{{account}}` or `{{region}}`"
    )]
    NameTemplate {
        /// What stands in braces
        placeholder: String,
    },
    /// No account was named
    #[error("no account is named: add one with `account`")]
    NoAccounts,
    /// No place for a copy was named
    #[error("no destination is named: add one with `to_region` or `to_account`")]
    NoDestinations,
    /// No image was named
    #[error("no image is named: add one with `image`")]
    NoImages,
    /// No principal was named
    #[error(
        "no principal is named: add one with `account`, `organization`, `organizational_unit` or `public`"
    )]
    NoPrincipals,
    /// An image was named without a Region
    #[error("no Region is named: set `region`, or name the image with `image_in`")]
    NoRegion,
    /// A user is named where a role has to be
    #[error(
        "`{arn}` is no role: accounts are reached by roles, `arn:aws:iam::<account id>:role/…`"
    )]
    NoRole {
        /// What was given
        arn: IamPrincipalArn,
    },
    /// No role of a service was named
    #[error("no role of a service is named: add one with `service_role`")]
    NoServiceRoles,
    /// No image was named that is to be copied
    #[error("no source is named: set it with `source`")]
    NoSource,
    /// No tag was given
    #[error("no tag is given: add one with `tag`")]
    NoTags,
    /// A principal is not on the list of trusted ones
    #[error(
        "`{principal}` is not among the trusted principals: take it out, or add it to `trusted`"
    )]
    NotTrusted {
        /// The principal
        principal: Principal,
    },
    /// An organization or OU belongs to another partition than an image
    #[error(
        "`{principal}` is not in partition `{partition}` of Region `{region}`: nothing is shared across partitions, so store and restore the image there and share it from that partition"
    )]
    OtherPartition {
        /// The principal
        principal: Principal,
        /// The Region of an image
        region: Region,
        /// The Region's partition
        partition: Partition,
    },
    /// Copies are to be made public
    #[error(
        "copies cannot be made public by copying: share each with the public and consent to it"
    )]
    PublicCopies,
    /// A name that Parameter Store does not take
    #[error(
        "`{name}` is no name of a parameter: give up to 1011 letters, digits and `_.-`, as `/path/name` or alone, not starting with `aws` or `ssm`"
    )]
    ParameterName {
        /// What was given
        name: String,
    },
    /// A key is to be opened to everybody
    #[error("a key cannot be opened to the public: name accounts, organizations or OUs")]
    PublicKey,
    /// The public is named without consent
    #[error("the public is named without consent: set `public_consent`, or take it out")]
    PublicWithoutConsent,
    /// A role is given for another account than its own
    #[error("`{arn}` is not of account `{account}`: give a role of that account")]
    RoleOfOther {
        /// The account it is given for
        account: AccountId,
        /// The role
        arn: IamPrincipalArn,
    },
    /// A template does not make the ARN of a role for each account
    #[error(
        "`{template}` does not name a role of each account: give `arn:aws:iam::{{account}}:role/<name>`"
    )]
    RoleTemplate {
        /// The template
        template: String,
    },
    /// Grants for roles of services are asked for by more than accounts
    #[error(
        "`{principal}` is named with `service_roles`, which are opened to accounts alone: name its accounts"
    )]
    ServiceRolesOfGroup {
        /// The organization or OU, or the public
        principal: Principal,
    },
    /// Grants for roles of services are asked for where no statement for whole accounts is written
    #[error(
        "`service_roles` need statements for whole accounts in key policies: leave `key_principals` out, and set `key_access` to auto or key-policy"
    )]
    ServiceRolesWithoutStatements,
    /// A session name that STS does not take
    #[error("`{name}` is no session name: give 2 to 64 letters, digits and `_+=,.@-`")]
    SessionName {
        /// What was given
        name: String,
    },
    /// Two images are named for one Region
    #[error("two images are named in `{region}`: a parameter holds one")]
    SeveralImages {
        /// The Region
        region: Region,
    },
    /// A subnet is named for images of several Regions
    #[error(
        "`subnet` names `{subnet}`, which is in one Region, and the images are in {regions}: make a request for each Region"
    )]
    SubnetInManyRegions {
        /// The subnet
        subnet: SubnetId,
        /// How many Regions the images are in
        regions: usize,
    },
    /// A tag of an owner is to be written by recipients, or the other way round
    #[error(
        "tag key `{key}`: what an owner shares starts with `ec2:SharedTag/`, and what recipients write does not"
    )]
    SharedTag {
        /// The key
        key: String,
    },
    /// A tag that EC2 would not take
    #[error("{0}")]
    Tag(#[from] TagProblem),
}

impl RequestProblem {
    /// The field of the request that is to be mended
    pub fn field(&self) -> &'static str {
        match self {
            Self::Alias { .. } => "alias",
            Self::Id(error) => match error.kind() {
                crate::id::IdKind::Image => "images",
                crate::id::IdKind::Region => "region",
                crate::id::IdKind::IamPrincipal => "key_principals",
                crate::id::IdKind::KeyRef => "keys",
                crate::id::IdKind::OrganizationalUnitPath => "unit_paths",
                _ => "principals",
            },
            Self::CompletionMinutes { .. } => "completion_minutes",
            Self::CopyAcrossPartitions { .. } | Self::NoDestinations => "destinations",
            Self::KeyOfNoDestination { .. } | Self::KeyOfOtherRegion { .. } => "keys",
            Self::KeyPrincipalOfNobody { .. } => "key_principals",
            Self::LimitOutOfBounds { field, .. } => field,
            Self::NameTemplate { .. } => "name",
            Self::NoAccounts => "accounts",
            Self::ImageNotVerified { .. } => "after",
            Self::NoImages | Self::SeveralImages { .. } => "images",
            Self::NoServiceRoles => "service_roles",
            Self::ParameterName { .. } => "name",
            Self::NoPrincipals | Self::NotTrusted { .. } | Self::OtherPartition { .. } => {
                "principals"
            }
            Self::NoRegion => "region",
            Self::ExternalId => "external_id",
            Self::NoRole { .. } | Self::RoleOfOther { .. } => "roles",
            Self::RoleTemplate { .. } => "template",
            Self::ServiceRolesOfGroup { .. } | Self::ServiceRolesWithoutStatements => {
                "service_roles"
            }
            Self::SessionName { .. } => "session_name",
            Self::NoSource => "source",
            Self::PublicCopies => "permissions",
            Self::PublicKey => "principals",
            Self::PublicWithoutConsent => "public_consent",
            Self::SubnetInManyRegions { .. } => "subnet",
            Self::NoTags | Self::SharedTag { .. } | Self::Tag(_) => "tags",
        }
    }
}

fn place(account: Option<&AccountId>, region: Option<&Region>) -> String {
    match (account, region) {
        (Some(account), Some(region)) => format!("account `{account}` in `{region}`"),
        (Some(account), None) => format!("account `{account}`"),
        (None, Some(region)) => format!("`{region}`"),
        (None, None) => "nothing".into(),
    }
}

/// A request that cannot be carried out in any world, with everything that is wrong with it
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct RequestError {
    problems: Vec<RequestProblem>,
}

impl RequestError {
    pub(crate) fn new(problems: Vec<RequestProblem>) -> Self {
        Self { problems }
    }

    /// All that is wrong, in the order in which it was found; never empty
    pub fn problems(&self) -> &[RequestProblem] {
        &self.problems
    }
}

impl From<ParseIdError> for RequestError {
    fn from(error: ParseIdError) -> Self {
        Self::new(vec![error.into()])
    }
}

impl fmt::Display for RequestError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the request cannot be carried out: ")?;
        for (number, problem) in self.problems.iter().enumerate() {
            if number > 0 {
                f.write_str("; ")?;
            }
            problem.fmt(f)?;
        }
        Ok(())
    }
}

impl std::error::Error for RequestError {}
