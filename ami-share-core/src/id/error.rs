use std::fmt;

/// What a refused text was meant to be
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum IdKind {
    /// An [`AccountId`](super::AccountId)
    Account,
    /// An [`IamPrincipalArn`](super::IamPrincipalArn)
    IamPrincipal,
    /// An [`ImageId`](super::ImageId)
    Image,
    /// A [`KeyArn`](super::KeyArn)
    Key,
    /// A [`KeyRef`](super::KeyRef)
    KeyRef,
    /// An [`OrganizationArn`](super::OrganizationArn)
    Organization,
    /// An [`OrganizationalUnitArn`](super::OrganizationalUnitArn)
    OrganizationalUnit,
    /// An [`OrganizationalUnitPath`](super::OrganizationalUnitPath)
    OrganizationalUnitPath,
    /// A [`Partition`](super::Partition)
    Partition,
    /// A [`Principal`](crate::Principal) of any kind
    Principal,
    /// A [`Region`](super::Region)
    Region,
    /// A [`ResourceId`](super::ResourceId)
    Resource,
    /// A [`SnapshotId`](super::SnapshotId)
    Snapshot,
    /// A [`SubnetId`](super::SubnetId)
    Subnet,
}

impl fmt::Display for IdKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Account => "an account id",
            Self::IamPrincipal => "the ARN of a role or user",
            Self::Image => "an image id",
            Self::Key => "the ARN of a KMS key",
            Self::KeyRef => "a KMS key",
            Self::Organization => "an organization ARN",
            Self::OrganizationalUnit => "an organizational unit ARN",
            Self::OrganizationalUnitPath => "the path of an organizational unit",
            Self::Partition => "a partition",
            Self::Principal => "a principal",
            Self::Region => "a Region",
            Self::Resource => "an image or snapshot id",
            Self::Snapshot => "a snapshot id",
            Self::Subnet => "a subnet id",
        })
    }
}

/// A text that is not the id it was given as
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[error("`{input}` is not {kind}: {mend}")]
pub struct ParseIdError {
    kind: IdKind,
    input: String,
    mend: String,
}

impl ParseIdError {
    /// The longest part of a refused input that is kept, in characters
    const SHOWN: usize = 200;

    pub(crate) fn new(kind: IdKind, input: &str, mend: impl Into<String>) -> Self {
        let mut shown: String = input.chars().take(Self::SHOWN).collect();
        if shown.len() < input.len() {
            shown.push('…');
        }
        Self {
            kind,
            input: shown,
            mend: mend.into(),
        }
    }

    /// What the text was meant to be
    pub fn kind(&self) -> IdKind {
        self.kind
    }

    /// The text as it was given, cut to its first 200 characters
    pub fn input(&self) -> &str {
        &self.input
    }

    /// What to write instead
    pub fn mend(&self) -> &str {
        &self.mend
    }
}

/// So that builders take typed ids where they take text
impl From<std::convert::Infallible> for ParseIdError {
    fn from(never: std::convert::Infallible) -> Self {
        match never {}
    }
}
