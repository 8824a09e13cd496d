use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::super::ec2::{Quotas, Settings};
use super::super::state::State;
use super::at::{At, Wrong};
use super::is_default;
use super::loader::{Loader, parsed};
use crate::id::{AccountId, Region};
use crate::resource::{BlockPublicAccess, SnapshotBlockPublicAccess};

/// An account that has more than an id
#[derive(Debug, Default, Deserialize, PartialEq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub(super) struct AccountFile {
    /// Its id of 12 digits
    id: String,
    /// Its name, which stands for the id in this file
    #[serde(default, skip_serializing_if = "is_default")]
    pub(super) name: Option<String>,
    /// The email address of its root user, if it is in an organization
    #[serde(default, skip_serializing_if = "is_default")]
    pub(super) email: Option<String>,
    /// When it joined its organization
    #[serde(default, skip_serializing_if = "is_default")]
    pub(super) joined: Option<String>,
    /// Whether it was made in its organization rather than invited into it
    #[serde(default, skip_serializing_if = "is_default")]
    pub(super) created: bool,
    /// Whether it was closed; its organization has it for a while yet
    #[serde(default, skip_serializing_if = "is_default")]
    pub(super) suspended: bool,
    /// What it may have
    #[serde(default, skip_serializing_if = "is_default")]
    quotas: QuotasFile,
    /// The operations that are refused to all its callers, such as `ModifyImageAttribute`
    #[serde(default, skip_serializing_if = "is_default")]
    denied: Vec<String>,
    /// Its settings in each Region
    #[serde(default, skip_serializing_if = "is_default")]
    regions: BTreeMap<String, SettingsFile>,
}

/// What an account may have of a thing
#[derive(Debug, Default, Deserialize, PartialEq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
struct QuotasFile {
    /// Accounts, organizations and OUs that one image is shared with; 1000 if nothing is said
    #[serde(skip_serializing_if = "is_default")]
    entities: Option<usize>,
    /// Public images in one Region; 5 if nothing is said
    #[serde(skip_serializing_if = "is_default")]
    public_images: Option<usize>,
}

/// The settings of an account in a Region
#[derive(Debug, Default, Deserialize, PartialEq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
struct SettingsFile {
    /// `block-new-sharing`, as in a new account, or `unblocked`
    #[cfg_attr(test, schemars(with = "Option<String>"))]
    #[serde(skip_serializing_if = "is_default")]
    image_block_public_access: Option<BlockPublicAccess>,
    /// `unblocked`, as in a new account, `block-new-sharing` or `block-all-sharing`
    #[cfg_attr(test, schemars(with = "Option<String>"))]
    #[serde(skip_serializing_if = "is_default")]
    snapshot_block_public_access: Option<SnapshotBlockPublicAccess>,
}

impl AccountFile {
    /// Has the account known by its name
    pub(super) fn name_it(&self, loader: &mut Loader, at: &At<'_>) -> Result<(), Wrong> {
        let id: AccountId = parsed(&self.id, &at.field("id"))?;
        if !loader.described.insert(id) {
            return Err(at
                .field("id")
                .wrong(format_args!("the account `{id}` is there twice")));
        }
        if let Some(name) = &self.name {
            let of_name = loader.accounts.entry(name.clone());
            of_name
                .and_modify(|of_name| *of_name = None)
                .or_insert(Some(id));
        }
        Ok(())
    }

    pub(super) fn load(self, loader: &mut Loader, at: &At<'_>) -> Result<(), Wrong> {
        let id = loader.account(&self.id, &at.field("id"))?;
        self.load_membership(loader, id, at)?;
        let state = &mut loader.state;
        if self.quotas != QuotasFile::default() {
            let quotas = state.quotas.entry(id).or_default();
            quotas.entities = self.quotas.entities.unwrap_or(quotas.entities);
            quotas.public_images = self.quotas.public_images.unwrap_or(quotas.public_images);
        }
        state
            .denied
            .extend(self.denied.into_iter().map(|operation| (id, operation)));
        for (name, file) in self.regions {
            let region: Region = parsed(&name, &at.field("regions").field(&name))?;
            let settings = state.settings_mut(&region, id);
            settings.images = file.image_block_public_access.unwrap_or(settings.images);
            settings.snapshots = file
                .snapshot_block_public_access
                .unwrap_or(settings.snapshots);
        }
        Ok(())
    }

    fn load_membership(
        &self,
        loader: &mut Loader,
        id: AccountId,
        at: &At<'_>,
    ) -> Result<(), Wrong> {
        let joined = loader.moment(self.joined.as_deref(), &at.field("joined"))?;
        let Some(member) = loader.state.organizations.member_mut(id) else {
            let only_for_members = [
                ("email", self.email.is_some()),
                ("joined", self.joined.is_some()),
                ("created", self.created),
                ("suspended", self.suspended),
            ];
            return match only_for_members.into_iter().find(|(_, given)| *given) {
                Some((field, _)) => Err(at
                    .field(field)
                    .wrong("the account is in no organization of this file")),
                None => Ok(()),
            };
        };
        if let Some(name) = &self.name {
            member.name.clone_from(name);
        }
        if let Some(email) = &self.email {
            member.email.clone_from(email);
        }
        member.joined = joined;
        member.created = self.created;
        member.suspended = self.suspended;
        Ok(())
    }
}

/// The accounts that differ from those that nothing is known of
pub(super) fn saved(state: &State) -> Vec<AccountFile> {
    let mut accounts: BTreeMap<AccountId, AccountFile> = BTreeMap::new();
    let members = state.organizations.members();
    let all: BTreeSet<AccountId> = members
        .map(|(id, _)| id)
        .chain(state.quotas.keys().copied())
        .chain(state.denied.iter().map(|(id, _)| *id))
        .chain(state.settings.values().flat_map(|of| of.keys().copied()))
        .collect();
    for id in all {
        let mut file = AccountFile {
            id: id.to_string(),
            quotas: QuotasFile::of(state.quotas(id)),
            ..AccountFile::default()
        };
        if let Some(member) = state.organizations.member(id) {
            file.name = (member.name != file.id).then(|| member.name.clone());
            file.email = Some(member.email.clone());
            file.joined = Some(member.joined.iso_8601());
            file.created = member.created;
            file.suspended = member.suspended;
        }
        accounts.insert(id, file);
    }
    for (id, operation) in &state.denied {
        if let Some(file) = accounts.get_mut(id) {
            file.denied.push(operation.clone());
        }
    }
    for (region, of_region) in &state.settings {
        for (id, settings) in of_region {
            if let Some(file) = accounts.get_mut(id) {
                let settings = SettingsFile::of(settings);
                file.regions.insert(region.to_string(), settings);
            }
        }
    }
    accounts.into_values().collect()
}

impl QuotasFile {
    fn of(quotas: Quotas) -> Self {
        let of_new = Quotas::default();
        Self {
            entities: (quotas.entities != of_new.entities).then_some(quotas.entities),
            public_images: (quotas.public_images != of_new.public_images)
                .then_some(quotas.public_images),
        }
    }
}

impl SettingsFile {
    fn of(settings: &Settings) -> Self {
        Self {
            image_block_public_access: Some(settings.images),
            snapshot_block_public_access: Some(settings.snapshots),
        }
    }
}
