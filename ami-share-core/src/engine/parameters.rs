//! Puts images into parameters, in the caller's account and in those of recipients.

use std::collections::BTreeSet;

use super::Engine;
use super::recipient::{failed, mend_of, not_usable, written};
use super::wait::Pauses;
use crate::access::Answer;
use crate::api_error::ApiError;
use crate::backend::{RecipientBackend, RequestId, RoleBackend};
use crate::error::Error;
use crate::id::{AccountId, ImageId, Region};
use crate::outcome::{ParameterReport, RecipientOutcome, WrittenParameter};
use crate::plan::{RecipientRefusal, Refusal, Refusals};
use crate::request::ParameterRequest;
use crate::resource::Parameter;

/// One parameter that was read
#[derive(Debug)]
struct Place<B> {
    engine: Engine<B>,
    region: Region,
    account: AccountId,
    image: ImageId,
    before: Option<Parameter>,
}

impl<B: RecipientBackend + RoleBackend> Engine<B> {
    pub(crate) async fn put_image_parameters(
        &self,
        request: &ParameterRequest,
    ) -> Result<ParameterReport, Error> {
        let places = self.look_at_parameters(request).await?;
        let name = request.name();
        let puts = places.into_iter().map(|place| place.put(name));
        let report = ParameterReport::new(name.to_owned(), self.side_by_side(puts).await);
        match report.is_complete() {
            true => Ok(report),
            false => Err(Error::RecipientsIncomplete(Box::new(report.into()))),
        }
    }

    /// All that is known before the first write: accounts, the share, images, and what the parameters hold
    async fn look_at_parameters(&self, request: &ParameterRequest) -> Result<Vec<Place<B>>, Error> {
        let Some(region) = request.images().keys().next() else {
            return Ok(Vec::new());
        };
        let mut accounts = request.accounts().clone();
        self.refuse_without_role(region, accounts.iter().copied())
            .await?;
        if request.writes_own() {
            accounts.insert(self.caller(region).await?);
        }
        if let Some(share) = request.after() {
            let verification = self.verify(share).await?;
            if verification.as_desired() != Answer::Yes {
                return Err(Error::NotVerified(Box::new(verification)));
            }
        }
        let looks = request.images().iter().flat_map(|(region, image)| {
            let look = move |account: &AccountId| {
                self.look_at_parameter(request.name(), region, *account, image)
            };
            accounts.iter().map(look)
        });
        let mut places = Vec::new();
        let mut refusals = Vec::new();
        for look in self.side_by_side(looks).await {
            match look {
                Ok(place) => places.push(place),
                Err(refusal) => refusals.push(*refusal),
            }
        }
        match refusals.is_empty() {
            true => Ok(places),
            false => Err(Refusals::new(refusals).into()),
        }
    }

    async fn look_at_parameter(
        &self,
        name: &str,
        region: &Region,
        account: AccountId,
        image: &ImageId,
    ) -> Result<Place<B>, Box<Refusal>> {
        let engine = self.reach(region, account).await.map_err(|finding| {
            Box::new(Refusal::from(RecipientRefusal::NotUsable {
                image: image.clone(),
                account,
                region: region.clone(),
                finding,
            }))
        })?;
        let ids = BTreeSet::from([image.clone()]);
        let seen = engine.look_for(region, account, &ids).await;
        if let Some(refusal) = not_usable(region, account, &seen).next() {
            return Err(Box::new(refusal));
        }
        let before = engine.backend.get_parameter(region, name).await;
        let before = match before {
            Ok(before) => before,
            Err(error) => {
                let permission = "allow ssm:GetParameter on it to the account's role";
                let refusal = RecipientRefusal::ParameterUnreadable {
                    account,
                    region: region.clone(),
                    name: name.to_owned(),
                    because: error.to_string(),
                    mend: mend_of(&error, permission),
                };
                return Err(Box::new(refusal.into()));
            }
        };
        let holds_other = |before: &&Parameter| before.data_type != Parameter::IMAGE;
        if let Some(other) = before.as_ref().filter(holds_other) {
            let refusal = RecipientRefusal::ParameterOfOtherType {
                account,
                region: region.clone(),
                name: name.to_owned(),
                data_type: other.data_type.clone(),
            };
            return Err(Box::new(refusal.into()));
        }
        Ok(Place {
            engine,
            region: region.clone(),
            account,
            image: image.clone(),
            before,
        })
    }
}

impl<B: RecipientBackend + RoleBackend> Place<B> {
    /// Writes the parameter where it holds something else, and reads it back
    async fn put(self, name: &str) -> WrittenParameter {
        let is_there = |parameter: &&Parameter| parameter.value == self.image.as_str();
        if let Some(same) = self.before.as_ref().filter(is_there) {
            let version = Some(same.version);
            return self.row(version, RecipientOutcome::AsAsked);
        }
        let backend = &self.engine.backend;
        let put = backend.put_image_parameter(&self.region, name, &self.image);
        match written(put.await) {
            Ok(request_id) => {
                let (version, outcome) = self.read_back(name, request_id).await;
                self.row(version, outcome)
            }
            Err(error) => {
                let mend = mend_of_put(&error);
                self.row(None, failed(*error, mend))
            }
        }
    }

    /// Parameter Store looks at the image after it has answered, so that the value may show later or never
    async fn read_back(
        &self,
        name: &str,
        request_id: RequestId,
    ) -> (Option<i64>, RecipientOutcome) {
        let mut pauses = Pauses::new(self.engine.options.consistency_timeout);
        loop {
            let because = match self.engine.backend.get_parameter(&self.region, name).await {
                Ok(Some(now)) if now.value == self.image.as_str() => {
                    return (Some(now.version), RecipientOutcome::Done { request_id });
                }
                Ok(Some(other)) => format!("it holds `{}`", other.value),
                Ok(None) => "there is no such parameter".to_owned(),
                Err(error) => format!("it could not be read back: {error}"),
            };
            if !pauses.rest().await {
                let outcome = RecipientOutcome::Unconfirmed {
                    because,
                    request_id,
                };
                return (None, outcome);
            }
        }
    }

    fn row(self, version: Option<i64>, outcome: RecipientOutcome) -> WrittenParameter {
        WrittenParameter {
            region: self.region,
            account: self.account,
            image: self.image,
            before: self.before,
            version,
            outcome,
        }
    }
}

fn mend_of_put(error: &ApiError) -> Option<String> {
    match error.code() {
        Some("ParameterMaxVersionLimitExceeded") => {
            Some("take the label off its oldest version: Parameter Store keeps 100 of them".into())
        }
        _ => mend_of(
            error,
            "allow ssm:PutParameter on it, and ec2:DescribeImages, to the account's role",
        ),
    }
}
