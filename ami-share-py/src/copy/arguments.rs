//! Gathers the arguments of `CopyRequest`, and tells everything that is wrong with them at once.

use std::collections::BTreeMap;

use ami_share_core::request::{CopyLimits, CopyRequest, CopyRequestBuilder};
use ami_share_core::resource::{Tags, Timestamp};
use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::types::PyMapping;
use serde::de::DeserializeOwned;

use crate::argument::{Texts, choice, dashed_choice};
use crate::reason::WrittenProblem;
use crate::recipient::finished_in_words;
use crate::request_arguments::KEY_ACCESS;

#[derive(Debug, Default)]
pub(super) struct Arguments {
    builder: CopyRequestBuilder,
    problems: Vec<WrittenProblem>,
}

impl Arguments {
    pub(super) fn source(&mut self, region: String, image: String) {
        self.change(|builder| builder.source(region, image));
    }

    pub(super) fn places(&mut self, regions: Texts, accounts: Texts, own_account: bool) {
        self.change(|builder| builder.to_regions(regions.0).to_accounts(accounts.0));
        if own_account {
            self.change(CopyRequestBuilder::to_own_account);
        }
    }

    /// Lists of Regions by account
    pub(super) fn destinations(&mut self, given: &Bound<'_, PyMapping>) -> PyResult<()> {
        for item in given.items()?.iter() {
            let (account, regions): (String, Texts) = item.extract()?;
            for region in regions.0 {
                self.change(|builder| builder.to(account.as_str(), region));
            }
        }
        Ok(())
    }

    /// The default, keys by Region, and by account a key or keys by Region
    pub(super) fn keys(
        &mut self,
        default: Option<String>,
        by_region: BTreeMap<String, String>,
        by_account: Option<&Bound<'_, PyMapping>>,
    ) -> PyResult<()> {
        if let Some(key) = default {
            self.change(|builder| builder.key(key));
        }
        for (region, key) in by_region {
            self.change(|builder| builder.key_in(region, key));
        }
        let Some(by_account) = by_account else {
            return Ok(());
        };
        for item in by_account.items()?.iter() {
            let (account, given): (String, Bound<'_, PyAny>) = item.extract()?;
            if let Ok(key) = given.extract::<String>() {
                self.change(|builder| builder.account_key(account, key));
                continue;
            }
            let by_region: BTreeMap<String, String> = given.extract().map_err(|_| {
                PyTypeError::new_err(
                    "`account_keys`: give for each account a key, or a dict of keys by Region",
                )
            })?;
            for (region, key) in by_region {
                self.change(|builder| builder.account_key_in(account.as_str(), region, key));
            }
        }
        Ok(())
    }

    pub(super) fn texts(&mut self, name: Option<String>, description: Option<String>) {
        if let Some(name) = name {
            self.change(|builder| builder.name(name));
        }
        if let Some(description) = description {
            self.change(|builder| builder.description(description));
        }
    }

    pub(super) fn tags(&mut self, copy: bool, image: Tags, snapshot: Tags) {
        self.change(|builder| builder.copy_tags(copy));
        for (key, value) in image {
            self.change(|builder| builder.image_tag(key, value));
        }
        for (key, value) in snapshot {
            self.change(|builder| builder.snapshot_tag(key, value));
        }
    }

    pub(super) fn permissions(&mut self, share_with: Option<Texts>, replicate: bool) {
        match share_with {
            Some(_) if replicate => self.problems.push(WrittenProblem::new(
                "share_with",
                "leave `share_with` out where `replicate_permissions` is set",
            )),
            Some(principals) => self.change(|builder| builder.share_with(principals.0)),
            None if replicate => self.change(CopyRequestBuilder::replicate_permissions),
            None => {}
        }
    }

    pub(super) fn maker(&mut self, word: &str) {
        if let Some(maker) = self.dashed("made_by", word, "`recipient` or `owner`") {
            self.change(|builder| builder.made_by(maker));
        }
    }

    pub(super) fn protection(&mut self, word: Option<&str>, deprecate_at: Option<Timestamp>) {
        let words = "`with-cooldown` or `without-cooldown`, or leave it out";
        let protection = word.and_then(|word| self.dashed("protection", word, words));
        if let Some(protection) = protection {
            self.change(|builder| builder.protect(protection));
        }
        if let Some(at) = deprecate_at {
            self.change(|builder| builder.deprecate_at(at));
        }
    }

    pub(super) fn access(&mut self, source: &str, keys: &str) {
        let words = "`keep`, `close` or `leave-as-is`";
        if let Some(access) = self.dashed("source_access", source, words) {
            self.change(|builder| builder.source_access(access));
        }
        match choice("key_access", keys, KEY_ACCESS) {
            Ok(access) => self.change(|builder| builder.key_access(access)),
            Err(problem) => self.problems.push(problem),
        }
    }

    pub(super) fn on_failure(&mut self, word: &str) {
        if let Some(on_failure) = self.dashed("on_failure", word, "`clean-up` or `keep`") {
            self.change(|builder| builder.on_failure(on_failure));
        }
    }

    pub(super) fn limits(
        &mut self,
        completion_minutes: Option<u16>,
        images: Option<usize>,
        snapshots: Option<usize>,
        minutes: Option<u32>,
    ) {
        if let Some(minutes) = completion_minutes {
            self.change(|builder| builder.completion_minutes(minutes));
        }
        let mut limits = CopyLimits::default();
        limits.images = images.unwrap_or(limits.images);
        limits.snapshots = snapshots.unwrap_or(limits.snapshots);
        limits.minutes = minutes.unwrap_or(limits.minutes);
        self.change(|builder| builder.limits(limits));
    }

    pub(super) fn build(self) -> PyResult<CopyRequest> {
        let built = self.builder.build();
        finished_in_words(built, self.problems, WrittenProblem::of_copy)
    }

    fn dashed<T: DeserializeOwned>(&mut self, field: &str, word: &str, words: &str) -> Option<T> {
        dashed_choice(field, word, words)
            .map_err(|problem| self.problems.push(problem))
            .ok()
    }

    fn change(&mut self, change: impl FnOnce(CopyRequestBuilder) -> CopyRequestBuilder) {
        self.builder = change(std::mem::take(&mut self.builder));
    }
}
