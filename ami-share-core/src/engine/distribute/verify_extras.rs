//! Compares what is done beside copies and shares with what is there: grants for services, tags and
//! rehearsals of recipients, predecessors.

use std::collections::{BTreeMap, BTreeSet};

use super::extras::is_not_encrypted;
use super::requests::{has_groups, recipient_tags, service_roles};
use crate::backend::{CopyBackend, RecipientBackend, RoleBackend};
use crate::distribution::{Distribution, DistributionVerification, RecipientsGet};
use crate::engine::Engine;
use crate::error::Error;
use crate::id::{AccountId, ImageId, Region};
use crate::outcome::{ImageRehearsal, RecipientOutcome, Rehearsal, ServiceRoleGrant};

/// What is compared
#[derive(Clone, Copy, Debug)]
pub(super) struct Subject<'a> {
    pub(super) distribution: &'a Distribution,
    /// The recipient accounts
    pub(super) accounts: &'a BTreeSet<AccountId>,
    /// The owner's images
    pub(super) images: &'a BTreeMap<Region, ImageId>,
}

/// In words, what is not as asked for, and what could not be told
#[derive(Debug, Default)]
pub(super) struct Lack {
    pub(super) missing: Vec<String>,
    pub(super) unknown: Vec<String>,
}

impl Lack {
    fn unknown(what: &str, error: &Error) -> Self {
        Self {
            missing: Vec::new(),
            unknown: vec![format!("{what}: {error}")],
        }
    }

    fn missing(missing: Vec<String>) -> Self {
        Self {
            missing,
            unknown: Vec::new(),
        }
    }

    pub(super) fn tell(self, verification: &mut DistributionVerification) {
        verification.missing.extend(self.missing);
        verification.unknown.extend(self.unknown);
    }
}

/// An image, those who are to launch it, and who looks: the owner for all, or a recipient for itself
struct Place<B> {
    region: Region,
    image: ImageId,
    accounts: BTreeSet<AccountId>,
    engine: Engine<B>,
}

impl<B: CopyBackend + RecipientBackend + RoleBackend> Engine<B> {
    pub(super) async fn verify_extras(
        &self,
        subject: Subject<'_>,
        verification: &mut DistributionVerification,
    ) -> Result<(), Error> {
        let distribution = subject.distribution;
        let places = self.places_of(subject, verification).await?;
        let mut lacks = Vec::new();
        if !distribution.service_linked_roles().is_empty() {
            let looks = places
                .iter()
                .map(|place| look_for_grants(distribution, place));
            lacks.extend(self.side_by_side(looks).await);
        }
        match distribution.recipients_get() {
            RecipientsGet::Share => {
                lacks.extend(self.look_at_services(subject).await);
                lacks.extend(self.look_at_recipient_tags(subject).await);
            }
            RecipientsGet::Copy => {}
        }
        if distribution.rehearse() {
            let looks: Vec<_> = places
                .iter()
                .map(|place| look_at_launches(distribution, place))
                .collect();
            let mut rehearsed = Vec::new();
            for (images, lack) in self.side_by_side(looks).await {
                rehearsed.extend(images);
                lacks.push(lack);
            }
            verification.rehearsal = Some(Rehearsal::new(rehearsed));
        }
        lacks.extend(self.look_at_predecessors(subject).await);
        for lack in lacks {
            lack.tell(verification);
        }
        Ok(())
    }

    async fn places_of(
        &self,
        subject: Subject<'_>,
        verification: &DistributionVerification,
    ) -> Result<Vec<Place<B>>, Error> {
        let mut places = Vec::new();
        if subject.distribution.recipients_get() == RecipientsGet::Share {
            let images = subject.images.iter();
            for (region, image) in images.filter(|_| !subject.accounts.is_empty()) {
                places.push(Place {
                    region: region.clone(),
                    image: image.clone(),
                    accounts: subject.accounts.clone(),
                    engine: self.clone(),
                });
            }
            return Ok(places);
        }
        let copies = verification.copies.iter();
        for copy in copies.filter(|copy| subject.accounts.contains(&copy.account)) {
            // What is not there, or not reached, is told by the copies.
            if let Some(image) = &copy.image
                && let Some(engine) = self.of(&copy.region, copy.account).await?
            {
                places.push(Place {
                    region: copy.region.clone(),
                    image: image.clone(),
                    accounts: BTreeSet::from([copy.account]),
                    engine,
                });
            }
        }
        Ok(places)
    }

    /// Whether keys are open to services of accounts that belong to groups
    async fn look_at_services(&self, subject: Subject<'_>) -> Vec<Lack> {
        let Subject {
            distribution,
            accounts,
            images,
        } = subject;
        if !has_groups(distribution) {
            return Vec::new();
        }
        let looks = images.iter().map(|(region, image)| async move {
            let planned = self.plan_services(distribution, accounts, region, image);
            match planned.await {
                Ok(planned) => {
                    let plan = planned.iter();
                    let steps = plan.flat_map(|plan| plan.steps());
                    let missing = steps.map(|step| {
                        let operation = step.action.operation();
                        format!("{operation} for services of recipients of `{image}` in `{region}`")
                    });
                    Lack::missing(missing.collect())
                }
                Err(error) => Lack::unknown("keys for services", &error),
            }
        });
        self.side_by_side(looks).await
    }

    /// Whether recipients see the tags that they were to give the image
    async fn look_at_recipient_tags(&self, subject: Subject<'_>) -> Vec<Lack> {
        let distribution = subject.distribution;
        if distribution.tags().recipients.is_empty() {
            return Vec::new();
        }
        let mut looks = Vec::new();
        for place in subject.images {
            for account in subject.accounts {
                looks.push(async move {
                    let (region, image) = place;
                    let request = recipient_tags(distribution, place, *account)?;
                    let found = self.missing_tags(&request).await?;
                    let missing = found.into_iter().filter(|tags| !tags.is_empty());
                    let missing = missing.map(|tags| {
                        let keys: Vec<_> = tags.keys().map(|key| format!("`{key}`")).collect();
                        let keys = keys.join(", ");
                        format!("CreateTags of {keys} for `{image}` in `{region}` of `{account}`")
                    });
                    Ok::<_, Error>(Lack::missing(missing.collect()))
                });
            }
        }
        let looks = self.side_by_side(looks).await.into_iter();
        looks
            .map(|look| look.unwrap_or_else(|error| Lack::unknown("tags of recipients", &error)))
            .collect()
    }

    /// Whether those that the distribution deprecates are deprecated
    async fn look_at_predecessors(&self, subject: Subject<'_>) -> Vec<Lack> {
        let predecessors = subject.distribution.predecessors();
        let Some(predecessors) = predecessors.filter(|of| of.deprecate) else {
            return Vec::new();
        };
        let looks = subject.images.iter().map(|(region, image)| async move {
            match self.predecessors_of(region, predecessors, image).await {
                Ok(found) => {
                    let current = found.iter().filter(|found| !found.is_deprecated);
                    let missing = current.map(|found| {
                        format!("EnableImageDeprecation for `{}` in `{region}`", found.id)
                    });
                    Lack::missing(missing.collect())
                }
                Err(error) => Lack::unknown("predecessors", &error),
            }
        });
        self.side_by_side(looks).await
    }
}

async fn look_for_grants<B: CopyBackend + RecipientBackend + RoleBackend>(
    distribution: &Distribution,
    place: &Place<B>,
) -> Lack {
    let (region, image) = (&place.region, &place.image);
    let accounts = place.accounts.iter().copied();
    let diagnosed = match service_roles(distribution, (region, image), accounts, true) {
        Ok(request) => place.engine.grant_service_linked_roles(&request).await,
        Err(error) => Err(error.into()),
    };
    match diagnosed {
        Ok(report) => {
            let is_missing = |grant: &&ServiceRoleGrant| grant.outcome != RecipientOutcome::AsAsked;
            let missing = report.grants().iter().filter(is_missing);
            let missing = missing.map(|grant| {
                let (grantee, key) = (&grant.grantee, &grant.key);
                format!("CreateGrant for `{grantee}` on `{key}`")
            });
            Lack::missing(missing.collect())
        }
        // Without a key there is nothing to grant.
        Err(Error::Refused(refusals)) if is_not_encrypted(&refusals) => Lack::default(),
        Err(error) => Lack::unknown("grants for service-linked roles", &error),
    }
}

/// A launch by each account of the place; what is unknown of one is no reason not to ask the others
async fn look_at_launches<B: CopyBackend + RecipientBackend + RoleBackend>(
    distribution: &Distribution,
    place: &Place<B>,
) -> (Vec<ImageRehearsal>, Lack) {
    let (region, image) = (&place.region, &place.image);
    let launch =
        |account: &AccountId| format!("RunInstances of `{image}` in `{region}` of `{account}`");
    let (mut reached, mut lack) = (Vec::new(), Lack::default());
    for account in &place.accounts {
        match place.engine.of(region, *account).await {
            Ok(Some(_)) => reached.push(*account),
            Ok(None) => {
                let unknown = format!("{}, which has no role", launch(account));
                lack.unknown.push(unknown);
            }
            Err(error) => lack.unknown.push(format!("{}: {error}", launch(account))),
        }
    }
    let accounts = reached.iter().copied();
    let rehearsed = place
        .engine
        .rehearse_launches(distribution, (region, image), accounts);
    match rehearsed.await {
        Ok(rehearsed) => (rehearsed, lack),
        Err(error) => {
            let unknown = reached
                .iter()
                .map(|account| format!("{}: {error}", launch(account)));
            lack.unknown.extend(unknown);
            (Vec::new(), lack)
        }
    }
}
