//! What the port asks of `DescribeImages` to make copies.

use super::super::call::{Asked, Caller};
use super::super::clock::Moment;
use super::super::state::State;
use super::describe_image::{ImageOwner, ImageQuery, OPERATION};
use super::filter::{Filter, check_filters};
use super::image::ImageRecord;
use super::image_filter::is_image_filter;
use crate::api_error::ApiError;
use crate::backend::{self, Page};
use crate::id::{AccountId, ImageId};
use crate::resource::{BootSettings, ImageDetails, ImageSource};

impl ImageRecord {
    /// The image as `DescribeImages` tells an account of it, in full
    fn details_for(&self, account: AccountId, now: Moment) -> ImageDetails {
        let is_own = self.owner == account;
        let protection = is_own.then(|| self.protection.text(now));
        let launched = self.told_last_launch(now).filter(|_| is_own);
        ImageDetails {
            image: self.told_to(account),
            description: Some(self.description.clone()).filter(|text| !text.is_empty()),
            created: Some(self.created.timestamp()),
            deprecation: self.deprecated_from().map(Moment::timestamp),
            deregistration_protection: protection,
            last_launched: launched.map(Moment::timestamp),
            source: self
                .source
                .clone()
                .map(|(image, region)| ImageSource { region, image }),
            boot: BootSettings {
                architecture: self.architecture.clone(),
                boot_mode: self.boot_mode.clone().unwrap_or_default(),
                imds_support: if self.imds_v2 { "v2.0" } else { "" }.to_owned(),
                virtualization: self.virtualization.clone(),
                ena_support: self.ena_support.to_string(),
                root_device_name: self.root_device_name.clone(),
                // No image of this world has any of the others.
                ..BootSettings::default()
            },
        }
    }
}

impl State {
    /// By id; what the caller cannot see is left out
    pub(crate) fn describe_image_details(
        &mut self,
        caller: Caller<'_>,
        images: &[ImageId],
    ) -> Result<Vec<ImageDetails>, ApiError> {
        let now = self.now();
        self.images_by_id(caller, images, |image| {
            image.details_for(caller.account, now)
        })
    }

    /// The caller's own images that match, disabled ones included; all pages, each of which is a call
    pub(crate) fn find_own_images(
        &mut self,
        caller: Caller<'_>,
        wanted: &backend::ImageQuery,
    ) -> Result<Vec<ImageDetails>, ApiError> {
        let query = ImageQuery {
            owners: vec![ImageOwner::Account(caller.account)],
            filters: filters_of(wanted),
            ..ImageQuery::whole()
        };
        let now = self.now();
        let mut found = Vec::new();
        let mut token = None;
        loop {
            let page = self.read(caller, Asked::ec2(OPERATION), |state| {
                check_filters(&query.filters, is_image_filter)?;
                let most = Some(State::PAGE_SIZE);
                let page = state.page_of_images(caller, &query, most, token.as_deref())?;
                let items = page.items.into_iter();
                Ok(Page {
                    items: items
                        .map(|image| image.details_for(caller.account, now))
                        .collect(),
                    next_token: page.next_token,
                })
            })?;
            let Page::<ImageDetails> { items, next_token } = page;
            found.extend(items);
            token = next_token;
            if token.is_none() {
                return Ok(found);
            }
        }
    }
}

fn filters_of(wanted: &backend::ImageQuery) -> Vec<Filter> {
    let name = wanted.name.iter();
    let name = name.map(|name| Filter::new("name", vec![name.clone()]));
    let tags = wanted.tags.iter();
    let tags = tags.map(|(key, value)| Filter::new(format!("tag:{key}"), vec![literal(value)]));
    name.chain(tags).collect()
}

/// A value of a filter that matches this text alone
fn literal(text: &str) -> String {
    let mut literal = String::with_capacity(text.len());
    for c in text.chars() {
        if matches!(c, '*' | '?' | '\\') {
            literal.push('\\');
        }
        literal.push(c);
    }
    literal
}
