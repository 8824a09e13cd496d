use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::super::ec2::{AllowedImages, AllowedImagesState, ImageCriterion, Quotas, Settings};
use super::super::state::State;
use super::identity::{IdentityFile, PolicyFile};
use super::is_default;
use super::loader::{Loader, parsed};
use super::wrong::Wrong;
use crate::document::At;
use crate::id::{AccountId, Region};
use crate::resource::{BlockPublicAccess, SnapshotBlockPublicAccess};

/// An account that has more than an id
#[derive(Debug, Default, Deserialize, PartialEq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub(super) struct AccountFile {
    /// Its id of 12 digits
    pub(super) id: String,
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
    /// Its users
    #[serde(default, skip_serializing_if = "is_default")]
    pub(super) users: Vec<IdentityFile>,
    /// Its roles
    #[serde(default, skip_serializing_if = "is_default")]
    pub(super) roles: Vec<IdentityFile>,
    /// Its customer managed policies
    #[serde(default, skip_serializing_if = "is_default")]
    pub(super) managed_policies: Vec<PolicyFile>,
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
    /// Copies of images that run at the same time into one Region; 300 if nothing is said
    #[serde(skip_serializing_if = "is_default")]
    image_copies: Option<usize>,
    /// Copies of snapshots that run at the same time into one Region; 20 if nothing is said
    #[serde(skip_serializing_if = "is_default")]
    snapshot_copies: Option<usize>,
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
    /// Whether every new volume and copy of a snapshot is encrypted
    #[serde(skip_serializing_if = "is_default")]
    encryption_by_default: bool,
    /// The key for that, by ARN, id or alias, unless it is `alias/aws/ebs`
    #[serde(skip_serializing_if = "is_default")]
    default_key: Option<String>,
    /// Allowed AMIs: `disabled`, as in a new account, `audit-mode` or `enabled`
    #[serde(skip_serializing_if = "is_default")]
    allowed_images: Option<String>,
    /// What images of others have to be to be allowed: all that one of these says
    #[serde(skip_serializing_if = "is_default")]
    allowed_images_criteria: Vec<CriterionFile>,
}

/// What an image has to be to be allowed: all that is said here
#[derive(Debug, Default, Deserialize, PartialEq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
struct CriterionFile {
    /// `amazon`, `aws-marketplace`, `aws-backup-vault`, `none`, or accounts by id or name
    #[serde(skip_serializing_if = "is_default")]
    providers: Vec<String>,
    /// Names of images, with `*` and `?`
    #[serde(skip_serializing_if = "is_default")]
    names: Vec<String>,
    /// Product codes of AWS Marketplace
    #[serde(skip_serializing_if = "is_default")]
    product_codes: Vec<String>,
    /// How many days ago it can have been created
    #[serde(skip_serializing_if = "is_default")]
    days_since_created: Option<u32>,
    /// How many days ago it can have been deprecated
    #[serde(skip_serializing_if = "is_default")]
    days_since_deprecated: Option<u32>,
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
            quotas.image_copies = self.quotas.image_copies.unwrap_or(quotas.image_copies);
            quotas.snapshot_copies = self
                .quotas
                .snapshot_copies
                .unwrap_or(quotas.snapshot_copies);
        }
        state
            .denied
            .extend(self.denied.into_iter().map(|operation| (id, operation)));
        let regions = at.field("regions");
        for (name, file) in self.regions {
            let at = regions.field(&name);
            let region: Region = parsed(&name, &at)?;
            file.load(loader, &region, id, &at)?;
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
    let mut identities = super::identity::saved(state);
    let all: BTreeSet<AccountId> = members
        .map(|(id, _)| id)
        .chain(state.quotas.keys().copied())
        .chain(state.denied.iter().map(|(id, _)| *id))
        .chain(state.settings.values().flat_map(|of| of.keys().copied()))
        .chain(identities.keys().copied())
        .collect();
    for id in all {
        let mut file = AccountFile {
            id: id.to_string(),
            quotas: QuotasFile::of(state.quotas(id)),
            ..AccountFile::default()
        };
        if let Some(of_account) = identities.remove(&id) {
            file.users = of_account.users;
            file.roles = of_account.roles;
            file.managed_policies = of_account.managed_policies;
        }
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
        let unless = |quota: usize, of_new: usize| (quota != of_new).then_some(quota);
        Self {
            entities: unless(quotas.entities, of_new.entities),
            public_images: unless(quotas.public_images, of_new.public_images),
            image_copies: unless(quotas.image_copies, of_new.image_copies),
            snapshot_copies: unless(quotas.snapshot_copies, of_new.snapshot_copies),
        }
    }
}

impl SettingsFile {
    fn load(
        self,
        loader: &mut Loader,
        region: &Region,
        account: AccountId,
        at: &At<'_>,
    ) -> Result<(), Wrong> {
        let default_key = match &self.default_key {
            Some(text) => Some(loader.key(region, account, text, &at.field("default_key"))?),
            None => None,
        };
        let states = [
            AllowedImagesState::Disabled,
            AllowedImagesState::AuditMode,
            AllowedImagesState::Enabled,
        ];
        let allowed = self.allowed_images.as_deref().unwrap_or("disabled");
        let allowed = states.into_iter().find(|state| state.as_str() == allowed);
        let allowed = allowed.ok_or_else(|| {
            at.field("allowed_images")
                .wrong("it is `disabled`, `audit-mode` or `enabled`")
        })?;
        let criteria = self.allowed_images_criteria.into_iter();
        let criteria = criteria.map(|file| file.load(loader)).collect();
        let settings = loader.state.settings_mut(region, account);
        settings.images = self.image_block_public_access.unwrap_or(settings.images);
        settings.snapshots = self
            .snapshot_block_public_access
            .unwrap_or(settings.snapshots);
        settings.encryption_by_default = self.encryption_by_default;
        settings.default_key = default_key;
        settings.allowed = AllowedImages::new(allowed, criteria);
        Ok(())
    }

    fn of(settings: &Settings) -> Self {
        let allowed = &settings.allowed;
        Self {
            image_block_public_access: Some(settings.images),
            snapshot_block_public_access: Some(settings.snapshots),
            encryption_by_default: settings.encryption_by_default,
            default_key: settings.default_key.as_ref().map(ToString::to_string),
            allowed_images: Some(allowed.state.as_str().to_owned()),
            allowed_images_criteria: allowed.criteria.iter().map(CriterionFile::of).collect(),
        }
    }
}

impl CriterionFile {
    fn load(self, loader: &Loader) -> ImageCriterion {
        let provider = |text: String| match loader.accounts.get(&text) {
            Some(Some(account)) => account.to_string(),
            _ => text,
        };
        ImageCriterion {
            providers: self.providers.into_iter().map(provider).collect(),
            names: self.names,
            product_codes: self.product_codes,
            days_since_created: self.days_since_created,
            days_since_deprecated: self.days_since_deprecated,
        }
    }

    fn of(criterion: &ImageCriterion) -> Self {
        Self {
            providers: criterion.providers.clone(),
            names: criterion.names.clone(),
            product_codes: criterion.product_codes.clone(),
            days_since_created: criterion.days_since_created,
            days_since_deprecated: criterion.days_since_deprecated,
        }
    }
}
