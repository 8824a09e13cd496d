use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::{
    Direction, KeyAccess, KeyCleanup, Limits, PublicConsent, RequestError, RequestProblem,
    ShareRequestBuilder, SnapshotSharing, TrustedPrincipals,
};
use crate::id::{IamPrincipalArn, ImageId, OrganizationalUnitArn, OrganizationalUnitPath, Region};
use crate::policy::ServiceRole;
use crate::principal::{Principal, PrincipalSet};
use crate::resource::{TagProblem, Tags};

/// What is wanted: which images, which principals, and which way
///
/// Made by [`ShareRequest::builder`], or read back from JSON; both ways refuse what could not be
/// carried out in any world with a [`RequestError`].
///
/// ```
/// use ami_share_core::ShareRequest;
///
/// let request = ShareRequest::builder()
///     .region("us-east-1")
///     .image("ami-0123456789abcdef0")
///     .account("111122223333")
///     .organization("arn:aws:organizations::999988887777:organization/o-exampleorg1")
///     .build()?;
/// # Ok::<(), ami_share_core::request::RequestError>(())
/// ```
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(try_from = "Fields", into = "Fields")]
pub struct ShareRequest {
    fields: Fields,
}

/// The request as it is written down
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Fields {
    pub(super) images: BTreeMap<Region, BTreeSet<ImageId>>,
    pub(super) principals: PrincipalSet,
    #[serde(default)]
    pub(super) direction: Direction,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) snapshots: Option<SnapshotSharing>,
    #[serde(default)]
    pub(super) key_access: KeyAccess,
    #[serde(default)]
    pub(super) key_cleanup: KeyCleanup,
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub(super) key_principals: BTreeSet<IamPrincipalArn>,
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub(super) unit_paths: BTreeSet<OrganizationalUnitPath>,
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub(super) service_roles: BTreeSet<ServiceRole>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(super) tags: Tags,
    #[serde(default)]
    pub(super) public_consent: PublicConsent,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) trusted: Option<TrustedPrincipals>,
    #[serde(default)]
    pub(super) limits: Limits,
}

impl ShareRequest {
    /// Starts a request
    pub fn builder() -> ShareRequestBuilder {
        ShareRequestBuilder::default()
    }

    /// The same request in the other direction: what it opened is closed, tags included
    ///
    /// An exact request becomes the revocation of the principals that it names.
    #[must_use]
    pub fn to_revoke(&self) -> Self {
        let mut fields = self.fields.clone();
        fields.direction = Direction::Revoke;
        Self { fields }
    }

    /// The images by Region; at least one
    pub fn images(&self) -> &BTreeMap<Region, BTreeSet<ImageId>> {
        &self.fields.images
    }

    /// The principals; at least one
    pub fn principals(&self) -> &PrincipalSet {
        &self.fields.principals
    }

    /// Which way the request goes
    pub fn direction(&self) -> Direction {
        self.fields.direction
    }

    /// What happens to snapshot permissions: as set, or else
    /// [`LeaveAsIs`](SnapshotSharing::LeaveAsIs), and [`ForCopy`](SnapshotSharing::ForCopy) when
    /// revoking, so that nothing stays open
    pub fn snapshots(&self) -> SnapshotSharing {
        self.fields
            .snapshots
            .unwrap_or(match self.fields.direction {
                Direction::Share | Direction::Exactly { .. } => SnapshotSharing::LeaveAsIs,
                Direction::Revoke => SnapshotSharing::ForCopy,
            })
    }

    /// How recipients get to use the keys of encrypted images
    pub fn key_access(&self) -> KeyAccess {
        self.fields.key_access
    }

    /// What a revoke does to the keys
    pub fn key_cleanup(&self) -> KeyCleanup {
        self.fields.key_cleanup
    }

    /// The roles and users that the keys are opened for, instead of their whole account
    pub fn key_principals(&self) -> &BTreeSet<IamPrincipalArn> {
        &self.fields.key_principals
    }

    /// The roles of services that recipients may make grants for, each in its own account
    pub fn service_roles(&self) -> &BTreeSet<ServiceRole> {
        &self.fields.service_roles
    }

    /// Where OUs stand in their organization, so that Organizations need not be asked
    pub fn unit_paths(&self) -> &BTreeSet<OrganizationalUnitPath> {
        &self.fields.unit_paths
    }

    /// Where an OU stands, if the request tells it
    pub(crate) fn unit_path_of(
        &self,
        unit: &OrganizationalUnitArn,
    ) -> Option<&OrganizationalUnitPath> {
        self.fields.unit_paths.iter().find(|path| path.is_of(unit))
    }

    /// The same request with another way to open keys
    #[must_use]
    pub fn with_key_access(&self, key_access: KeyAccess) -> Self {
        let mut fields = self.fields.clone();
        fields.key_access = key_access;
        Self { fields }
    }

    /// The tags that are put on images and shared snapshots, and taken off when revoking
    pub fn tags(&self) -> &Tags {
        &self.fields.tags
    }

    /// Whether images may become public
    pub fn public_consent(&self) -> PublicConsent {
        self.fields.public_consent
    }

    /// The principals that may be shared with, if there is such a list
    pub fn trusted(&self) -> Option<&TrustedPrincipals> {
        self.fields.trusted.as_ref()
    }

    /// What AWS allows this account
    pub fn limits(&self) -> Limits {
        self.fields.limits
    }
}

impl TryFrom<Fields> for ShareRequest {
    type Error = RequestError;

    fn try_from(fields: Fields) -> Result<Self, Self::Error> {
        let problems = fields.problems();
        if problems.is_empty() {
            Ok(Self { fields })
        } else {
            Err(RequestError::new(problems))
        }
    }
}

impl From<ShareRequest> for Fields {
    fn from(request: ShareRequest) -> Self {
        request.fields
    }
}

impl Fields {
    /// All cross-field rules
    pub(super) fn problems(&self) -> Vec<RequestProblem> {
        let mut problems = Vec::new();
        if self.images.values().all(BTreeSet::is_empty) {
            problems.push(RequestProblem::NoImages);
        }
        if self.principals.is_empty() {
            problems.push(RequestProblem::NoPrincipals);
        }
        problems.extend(self.other_partitions());
        if self.direction != Direction::Revoke {
            problems.extend(self.unwanted_principals());
        }
        let strangers = self.key_principals.iter().filter(|principal| {
            let account = Principal::Account(principal.account());
            !self.principals.contains(&account)
        });
        problems.extend(
            strangers.map(|principal| RequestProblem::KeyPrincipalOfNobody {
                principal: principal.clone(),
            }),
        );
        problems.extend(self.service_roles_of_others());
        problems.extend(TagProblem::find_in(&self.tags).into_iter().map(Into::into));
        problems.extend(self.limits_out_of_bounds());
        problems
    }

    fn other_partitions(&self) -> impl Iterator<Item = RequestProblem> {
        self.images.keys().flat_map(|region| {
            let partition = region.partition();
            self.principals
                .iter()
                .filter(move |principal| {
                    principal
                        .partition()
                        .is_some_and(|other| other != region.partition())
                })
                .map(move |principal| RequestProblem::OtherPartition {
                    principal: principal.clone(),
                    region: region.clone(),
                    partition: partition.clone(),
                })
        })
    }

    fn unwanted_principals(&self) -> Vec<RequestProblem> {
        let mut problems = Vec::new();
        if self.principals.contains(&Principal::Public)
            && self.public_consent == PublicConsent::Withheld
        {
            problems.push(RequestProblem::PublicWithoutConsent);
        }
        if let Some(trusted) = &self.trusted {
            let strangers = self.principals.iter().filter(|p| !trusted.contains(p));
            problems.extend(strangers.map(|principal| RequestProblem::NotTrusted {
                principal: principal.clone(),
            }));
        }
        problems
    }

    /// Roles of services are opened to whole accounts, by statements
    fn service_roles_of_others(&self) -> Vec<RequestProblem> {
        if self.service_roles.is_empty() || self.direction == Direction::Revoke {
            return Vec::new();
        }
        let groups = self.principals.iter();
        let groups = groups.filter(|principal| !matches!(principal, Principal::Account(_)));
        let mut problems: Vec<RequestProblem> = groups
            .map(|principal| RequestProblem::ServiceRolesOfGroup {
                principal: principal.clone(),
            })
            .collect();
        let is_by_policy = matches!(self.key_access, KeyAccess::Auto | KeyAccess::KeyPolicy);
        if !is_by_policy || !self.key_principals.is_empty() {
            problems.push(RequestProblem::ServiceRolesWithoutStatements);
        }
        problems
    }

    fn limits_out_of_bounds(&self) -> Vec<RequestProblem> {
        let most_per_call = Limits::MOST_LAUNCH_PERMISSIONS_PER_CALL;
        let percent = match self.direction {
            Direction::Exactly {
                limit: super::RemovalLimit::Percent(percent),
            } => percent.into(),
            _ => 0,
        };
        [
            (
                "launch_permissions_per_call",
                self.limits.launch_permissions_per_call,
                1,
                most_per_call,
            ),
            (
                "entities_per_image",
                self.limits.entities_per_image,
                1,
                usize::MAX,
            ),
            ("removal_limit", percent, 0, 100),
        ]
        .into_iter()
        .filter(|(_, value, least, most)| !(least..=most).contains(&value))
        .map(
            |(field, value, least, most)| RequestProblem::LimitOutOfBounds {
                field,
                value,
                least,
                most,
            },
        )
        .collect()
    }
}
