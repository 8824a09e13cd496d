use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::gather::{Gathered, made_of_fields, names_accounts, names_images};
use super::{ImagesByRegion, check_accounts, check_images};
use crate::id::AccountId;
use crate::policy::ServiceRole;
use crate::request::{RequestError, RequestProblem};

/// Grants by which services of recipients get at encrypted images: for which images, accounts and roles
///
/// Auto Scaling, EC2 Fleet and Spot launch by roles of their own, which no key policy of another account
/// can name; somebody in their account grants them the key
/// ([Auto Scaling](https://docs.aws.amazon.com/autoscaling/ec2/userguide/key-policy-requirements-EBS-encryption.html)).
///
/// Made by [`ServiceLinkedRoleRequest::builder`], or read back from JSON; both ways refuse what could not
/// be carried out in any world with a [`RequestError`].
///
/// ```
/// use ami_share_core::policy::ServiceRole;
/// use ami_share_core::request::ServiceLinkedRoleRequest;
///
/// let request = ServiceLinkedRoleRequest::builder()
///     .region("us-east-1")
///     .image("ami-0123456789abcdef0")
///     .account("222222222222")
///     .service_role(ServiceRole::AutoScaling)
///     .build()?;
/// assert!(!request.diagnoses());
/// # Ok::<(), ami_share_core::request::RequestError>(())
/// ```
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(try_from = "Fields", into = "Fields")]
pub struct ServiceLinkedRoleRequest {
    fields: Fields,
}

/// The request as it is written down
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
struct Fields {
    images: ImagesByRegion,
    accounts: BTreeSet<AccountId>,
    service_roles: BTreeSet<ServiceRole>,
    #[serde(default)]
    diagnose: bool,
}

impl ServiceLinkedRoleRequest {
    /// Starts a request
    pub fn builder() -> ServiceLinkedRoleRequestBuilder {
        ServiceLinkedRoleRequestBuilder::default()
    }

    /// The images by Region; at least one
    pub fn images(&self) -> &ImagesByRegion {
        &self.fields.images
    }

    /// The accounts whose services launch; at least one
    pub fn accounts(&self) -> &BTreeSet<AccountId> {
        &self.fields.accounts
    }

    /// The roles of services; at least one
    pub fn service_roles(&self) -> &BTreeSet<ServiceRole> {
        &self.fields.service_roles
    }

    /// Whether it is only looked for grants, and nothing is written
    pub fn diagnoses(&self) -> bool {
        self.fields.diagnose
    }
}

impl Fields {
    fn problems(&self) -> Vec<RequestProblem> {
        let mut problems = Vec::new();
        check_images(&self.images, &mut problems);
        check_accounts(&self.accounts, &mut problems);
        if self.service_roles.is_empty() {
            problems.push(RequestProblem::NoServiceRoles);
        }
        problems
    }
}

made_of_fields!(ServiceLinkedRoleRequest);

/// Gathers a [`ServiceLinkedRoleRequest`]; made by [`ServiceLinkedRoleRequest::builder`]
///
/// Ids are taken as text or as typed ids. Nothing fails before [`build`](Self::build).
#[derive(Clone, Debug, Default)]
#[must_use]
pub struct ServiceLinkedRoleRequestBuilder {
    fields: Fields,
    gathered: Gathered,
}

names_images!(ServiceLinkedRoleRequestBuilder);
names_accounts!(
    ServiceLinkedRoleRequestBuilder,
    "an account whose services launch, reached by its role, or the caller's own"
);

impl ServiceLinkedRoleRequestBuilder {
    /// Adds the role of a service
    pub fn service_role(mut self, role: ServiceRole) -> Self {
        self.fields.service_roles.insert(role);
        self
    }

    /// Adds roles of services
    pub fn service_roles(self, roles: impl IntoIterator<Item = ServiceRole>) -> Self {
        roles.into_iter().fold(self, Self::service_role)
    }

    /// Looks whether the grants are there, and what stands in their way, and writes nothing
    pub fn diagnose(mut self, diagnose: bool) -> Self {
        self.fields.diagnose = diagnose;
        self
    }

    /// Makes the request
    ///
    /// # Errors
    ///
    /// All that is wrong with it in any world: see [`RequestProblem`].
    pub fn build(mut self) -> Result<ServiceLinkedRoleRequest, RequestError> {
        self.gathered.place_into(&mut self.fields.images);
        self.gathered.finish(self.fields)
    }
}
