//! Grants by which services of recipients get at encrypted images, made by recipients themselves.

use std::collections::{BTreeMap, BTreeSet};

use super::Engine;
use super::observe_keys::FEW_GRANTEES;
use super::recipient::{failed, mend_of, written};
use super::wait::Pauses;
use crate::access::{Finding, mend_of_state};
use crate::api_error::{ApiError, ApiErrorKind};
use crate::backend::{NewGrant, RecipientBackend, RequestId, RoleBackend};
use crate::error::Error;
use crate::id::{AccountId, ImageId, KeyArn, Region, SnapshotId};
use crate::outcome::{RecipientOutcome, ServiceLinkedRoleReport, ServiceRoleGrant};
use crate::plan::{RecipientRefusal, Refusal, Refusals, grant_name};
use crate::policy::ServiceRole;
use crate::request::ServiceLinkedRoleRequest;
use crate::resource::{Image, Key, KeyGrant, KeyManager};

/// What KMS says to a grant for a role that is not there
const NO_SUCH_GRANTEE: &str = "InvalidArnException";

/// The keys of a Region, each with the images that it encrypts
type Keys = BTreeMap<KeyArn, Vec<ImageId>>;

/// One grant that is wanted
#[derive(Clone, Debug)]
struct Wanted {
    region: Region,
    key: KeyArn,
    account: AccountId,
    role: ServiceRole,
    grantee: String,
}

impl<B: RecipientBackend + RoleBackend> Engine<B> {
    pub(crate) async fn grant_service_linked_roles(
        &self,
        request: &ServiceLinkedRoleRequest,
    ) -> Result<ServiceLinkedRoleReport, Error> {
        let images = request.images();
        if let Some(region) = images.keys().next() {
            self.refuse_without_role(region, request.accounts().iter().copied())
                .await?;
        }
        let mut refusals = Vec::new();
        let looks = images.iter().map(|(region, ids)| async move {
            let keys = self.keys_of_own(region, ids).await;
            (region, keys)
        });
        let mut keys = Vec::new();
        for (region, found) in self.side_by_side(looks).await {
            let (found, refused) = found?;
            refusals.extend(refused);
            keys.extend(found.into_iter().map(|(key, images)| (region, key, images)));
        }
        let reads = keys
            .iter()
            .map(|(region, key, images)| self.look_at_key(request, region, key, images));
        let mut places = Vec::new();
        for look in self.side_by_side(reads).await {
            match look {
                Ok(place) => places.push(place),
                Err(refusal) => refusals.push(*refusal),
            }
        }
        if !refusals.is_empty() {
            return Err(Refusals::new(refusals).into());
        }
        let rows = self.grant_roles(request, places).await;
        let report = ServiceLinkedRoleReport::new(rows);
        match report.is_complete() || request.diagnoses() {
            true => Ok(report),
            false => Err(Error::RecipientsIncomplete(Box::new(report.into()))),
        }
    }

    /// The keys of a Region's images, all of them the caller's and encrypted, or why not
    async fn keys_of_own(
        &self,
        region: &Region,
        ids: &BTreeSet<ImageId>,
    ) -> Result<(Keys, Vec<Refusal>), ApiError> {
        let wanted: Vec<ImageId> = ids.iter().cloned().collect();
        let images = self.backend.describe_images(region, &wanted).await?;
        let caller = self.caller(region).await?;
        let mut refusals: Vec<Refusal> = Vec::new();
        let is_missing = |id: &&ImageId| images.iter().all(|image| image.id != **id);
        refusals.extend(
            ids.iter()
                .filter(is_missing)
                .map(|id| Refusal::ImageNotFound {
                    region: region.clone(),
                    image: id.clone(),
                }),
        );
        refusals.extend(images.iter().filter_map(|image| unfit(image, caller)));
        let own = images.iter().filter(|image| image.owner == caller);
        let snapshots: Vec<(ImageId, SnapshotId)> = own
            .flat_map(|image| {
                let encrypted = image
                    .snapshots
                    .iter()
                    .filter(|s| s.encrypted != Some(false));
                encrypted.map(|snapshot| (image.id.clone(), snapshot.id.clone()))
            })
            .collect();
        let mut keys = Keys::new();
        if snapshots.is_empty() {
            return Ok((keys, refusals));
        }
        let asked: Vec<SnapshotId> = snapshots.iter().map(|(_, id)| id.clone()).collect();
        let read = self.backend.describe_snapshots(region, &asked).await?;
        for (image, snapshot) in snapshots {
            let found = read.iter().find(|read| read.id == snapshot);
            match found.map(|found| (found.encrypted, &found.key)) {
                Some((_, Some(key))) => keys.entry(key.clone()).or_default().push(image),
                Some((false, None)) => {}
                Some((true, None)) | None => {
                    refusals.push(Refusal::EncryptedUnderUnknownKey { image, snapshot })
                }
            }
        }
        Ok((keys, refusals))
    }

    /// What is wanted of one key, and the grants that it has; or why it cannot be granted
    async fn look_at_key(
        &self,
        request: &ServiceLinkedRoleRequest,
        region: &Region,
        key: &KeyArn,
        images: &[ImageId],
    ) -> Result<(Vec<Wanted>, Vec<KeyGrant>), Box<Refusal>> {
        let unusable = match self.backend.describe_key(region, key).await {
            Ok(found) => unusable(&found, images),
            Err(error) => Some(Refusal::KeyUnreadable {
                key: key.clone(),
                images: images.to_vec(),
                because: error.to_string(),
            }),
        };
        if let Some(refusal) = unusable {
            return Err(Box::new(refusal));
        }
        let wanted = wanted(request, region, key);
        match self.grants_of_roles(&wanted).await {
            Ok(grants) => Ok((wanted, grants)),
            Err(error) => Err(Box::new(Refusal::GrantsUnreadable {
                key: key.clone(),
                because: error.to_string(),
            })),
        }
    }

    /// The grants of one key to the roles, as the caller reads them: recipients are seldom let list grants
    async fn grants_of_roles(&self, wanted: &[Wanted]) -> Result<Vec<KeyGrant>, ApiError> {
        let Some(Wanted { region, key, .. }) = wanted.first() else {
            return Ok(Vec::new());
        };
        let grantees: BTreeSet<String> = wanted.iter().map(|w| w.grantee.clone()).collect();
        let few = (grantees.len() <= FEW_GRANTEES).then_some(&grantees);
        self.grants_of(region, key, few).await
    }

    /// Makes the grants that are not there, of all keys side by side, and waits until they show
    async fn grant_roles(
        &self,
        request: &ServiceLinkedRoleRequest,
        places: Vec<(Vec<Wanted>, Vec<KeyGrant>)>,
    ) -> Vec<ServiceRoleGrant> {
        let mut rows = Vec::new();
        let mut missing = Vec::new();
        for (wanted, grants) in places {
            for wanted in wanted {
                match wanted.is_in(&grants) {
                    true => rows.push(wanted.row(RecipientOutcome::AsAsked)),
                    false => missing.push(wanted),
                }
            }
        }
        if request.diagnoses() {
            let looks = missing.into_iter().map(|wanted| self.diagnose(wanted));
            rows.extend(self.side_by_side(looks).await);
        } else {
            let grants = missing.into_iter().map(|wanted| async move {
                let made = self.grant_role(&wanted).await;
                (wanted, made)
            });
            let mut made: BTreeMap<_, Vec<_>> = BTreeMap::new();
            for (wanted, result) in self.side_by_side(grants).await {
                match result {
                    Ok(request_id) => {
                        let of_key = made.entry((wanted.region.clone(), wanted.key.clone()));
                        of_key.or_default().push((wanted, request_id));
                    }
                    Err(row) => rows.push(*row),
                }
            }
            let reads = made.into_values().map(|made| self.await_roles(made));
            rows.extend(self.side_by_side(reads).await.into_iter().flatten());
        }
        rows.sort_by(|one, other| {
            let place = |of: &ServiceRoleGrant| (of.region.clone(), of.key.clone());
            let key = |of: &ServiceRoleGrant| (place(of), of.account, of.role);
            key(one).cmp(&key(other))
        });
        rows
    }

    async fn grant_role(&self, wanted: &Wanted) -> Result<RequestId, Box<ServiceRoleGrant>> {
        let operations = operations();
        let made = match self.of(&wanted.region, wanted.account).await {
            Ok(Some(engine)) => {
                let name = grant_name(&wanted.grantee);
                let grant = wanted.grant(&name, &operations);
                let made = engine
                    .backend
                    .create_grant(&wanted.region, &wanted.key, &grant);
                made.await
            }
            // INVARIANT: accounts without a role were refused.
            Ok(None) => Err(ApiError::without_code(
                "AssumeRole",
                ApiErrorKind::Unauthenticated,
                "the account has no role",
            )),
            Err(error) => Err(error),
        };
        written(made).map_err(|error| {
            let mend = wanted.mend_of(&error);
            let outcome = failed((*error).clone(), mend);
            Box::new(wanted.clone().refused(outcome, &error))
        })
    }

    /// What making the grant would meet
    async fn diagnose(&self, wanted: Wanted) -> ServiceRoleGrant {
        let operations = operations();
        let engine = match self.reach(&wanted.region, wanted.account).await {
            Ok(engine) => engine,
            Err(finding) => return wanted.row(RecipientOutcome::Missing { finding }),
        };
        let name = grant_name(&wanted.grantee);
        let grant = wanted.grant(&name, &operations);
        let rehearsed = engine
            .backend
            .rehearse_grant(&wanted.region, &wanted.key, &grant)
            .await;
        let error = match rehearsed {
            Ok(()) => {
                let finding = Finding::yes("the grant is not there, and could be made")
                    .with_mend("run the request without `diagnose`");
                return wanted.row(RecipientOutcome::Missing { finding });
            }
            Err(error) => error,
        };
        let finding = match wanted.mend_of(&error) {
            Some(mend) if is_refused(&error) => Finding::no(error.to_string(), mend),
            mend => Finding {
                mend,
                ..Finding::unknown(error.to_string())
            },
        };
        wanted.refused(RecipientOutcome::Missing { finding }, &error)
    }

    /// Reads grants of one key back until they show, or the time is up
    async fn await_roles(&self, made: Vec<(Wanted, RequestId)>) -> Vec<ServiceRoleGrant> {
        let wanted: Vec<Wanted> = made.iter().map(|(wanted, _)| wanted.clone()).collect();
        let mut pauses = Pauses::new(self.options.key_consistency_timeout);
        loop {
            let read = self.grants_of_roles(&wanted).await;
            let shows = |wanted: &Wanted| read.as_ref().is_ok_and(|grants| wanted.is_in(grants));
            if wanted.iter().all(shows) || !pauses.rest().await {
                let because = match &read {
                    Ok(_) => "the grant does not show yet".to_owned(),
                    Err(error) => format!("it could not be read back: {error}"),
                };
                let row = |(wanted, request_id): (Wanted, RequestId)| {
                    let outcome = match shows(&wanted) {
                        true => RecipientOutcome::Done { request_id },
                        false => RecipientOutcome::Unconfirmed {
                            because: because.clone(),
                            request_id,
                        },
                    };
                    wanted.row(outcome)
                };
                return made.into_iter().map(row).collect();
            }
        }
    }
}

fn wanted(request: &ServiceLinkedRoleRequest, region: &Region, key: &KeyArn) -> Vec<Wanted> {
    let partition = key.partition();
    let accounts = request.accounts().iter();
    let each = accounts.flat_map(|account| {
        let roles = request.service_roles().iter();
        roles.map(|role| (*account, *role))
    });
    each.map(|(account, role)| Wanted {
        region: region.clone(),
        key: key.clone(),
        account,
        role,
        grantee: role.in_account(account, &partition),
    })
    .collect()
}

impl Wanted {
    fn grant<'a>(&'a self, name: &'a str, operations: &'a BTreeSet<String>) -> NewGrant<'a> {
        NewGrant {
            grantee: &self.grantee,
            name,
            operations,
        }
    }

    /// Whether a grant, whoever made it, gives the role all that it needs
    fn is_in(&self, grants: &[KeyGrant]) -> bool {
        let operations = ServiceRole::OPERATIONS;
        grants.iter().any(|grant| {
            let has = |operation: &&str| grant.operations.contains(*operation);
            grant.grantee == self.grantee && !grant.constrained && operations.iter().all(has)
        })
    }

    /// What has to be mended so that the recipient can make the grant
    fn mend_of(&self, error: &ApiError) -> Option<String> {
        let (account, role) = (self.account, self.role);
        let service = role.service();
        if error.code() == Some(NO_SUCH_GRANTEE) {
            return Some(format!(
                "the role is not there: allow iam:CreateServiceLinkedRole and run `aws iam \
                 create-service-linked-role --aws-service-name {service}` in account `{account}`"
            ));
        }
        let of_role = "allow kms:CreateGrant on the key to the account's role, without the condition \
                       kms:GrantIsForAWSResource";
        if !is_refused_by_key(error) {
            return mend_of(error, of_role);
        }
        Some(format!(
            "as the owner of the key, let its policy allow kms:CreateGrant to account `{account}` \
             without the condition kms:GrantIsForAWSResource, which no recipient meets: share with \
             `service_role`, or add the statement given here; and {of_role}"
        ))
    }

    fn row(self, outcome: RecipientOutcome) -> ServiceRoleGrant {
        ServiceRoleGrant {
            region: self.region,
            key: self.key,
            account: self.account,
            role: self.role,
            grantee: self.grantee,
            outcome,
            statement: None,
        }
    }

    /// With the statement that may be missing in the key's policy, where the error says as much
    fn refused(self, outcome: RecipientOutcome, error: &ApiError) -> ServiceRoleGrant {
        let partition = self.key.partition();
        let statement =
            is_refused_by_key(error).then(|| self.role.statement_for(self.account, &partition));
        ServiceRoleGrant {
            statement,
            ..self.row(outcome)
        }
    }
}

/// Whether it is the grant that is refused, and not a call that did not come to it
fn is_refused(error: &ApiError) -> bool {
    let is_denied = error.kind() == ApiErrorKind::AccessDenied && !error.is_of_role();
    is_denied || error.code() == Some(NO_SUCH_GRANTEE)
}

/// Whether the policy of the key may be what refuses it: KMS names the caller's own where that alone does
fn is_refused_by_key(error: &ApiError) -> bool {
    error.kind() == ApiErrorKind::AccessDenied
        && !error.is_of_role()
        && !error.message().contains("identity-based policy")
}

/// Why an image needs no grant, or is not the caller's to look into
fn unfit(image: &Image, caller: AccountId) -> Option<Refusal> {
    if image.owner != caller {
        return Some(Refusal::NotOwner {
            image: image.id.clone(),
            owner: image.owner,
        });
    }
    let image_id = image.id.clone();
    (image.encrypted() == Some(false))
        .then(|| RecipientRefusal::NotEncrypted { image: image_id }.into())
}

fn unusable(key: &Key, images: &[ImageId]) -> Option<Refusal> {
    let (arn, images) = (key.arn.clone(), images.to_vec());
    if key.manager == KeyManager::Aws {
        return Some(Refusal::KeyAwsManaged { key: arn, images });
    }
    mend_of_state(key).map(|mend| Refusal::KeyNotEnabled {
        key: arn,
        images,
        state: key.state,
        mend: mend.to_owned(),
    })
}

fn operations() -> BTreeSet<String> {
    ServiceRole::OPERATIONS.map(str::to_owned).into()
}
