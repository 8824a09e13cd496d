use serde::{Deserialize, Serialize};

use super::super::organizations::{FeatureSet, Member};
use super::super::state::State;
use super::is_default;
use super::loader::{Loader, parsed};
use super::wrong::Wrong;
use crate::document::At;
use crate::id::{OrganizationArn, OrganizationalUnitArn};
use crate::principal::Principal;

/// An organization with its tree
#[derive(Debug, Default, Deserialize, PartialEq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub(super) struct OrganizationFile {
    /// Its id, `o-` and 10 to 32 lower-case letters and digits; made by counting if there is none
    #[serde(default, skip_serializing_if = "is_default")]
    id: Option<String>,
    /// The id of its root, `r-` and 4 to 32 lower-case letters and digits
    #[serde(default, skip_serializing_if = "is_default")]
    root: Option<String>,
    /// The management account, by id or name
    management: String,
    /// Whether it is for the bills alone, rather than with all features
    #[serde(default, skip_serializing_if = "is_default")]
    consolidated_billing: bool,
    /// The accounts at its root, by id or name, beside the management account if that is in no OU
    #[serde(default, skip_serializing_if = "is_default")]
    accounts: Vec<String>,
    /// The OUs at its root
    #[serde(default, skip_serializing_if = "is_default")]
    units: Vec<UnitFile>,
    /// The accounts that administer a service for it
    #[serde(default, skip_serializing_if = "is_default")]
    delegated_administrators: Vec<DelegateFile>,
}

/// An organizational unit (OU)
#[derive(Debug, Default, Deserialize, PartialEq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
struct UnitFile {
    /// Its name, which stands for the OU in this file if no other OU has it
    name: String,
    /// Its id, such as `ou-ab12-11111111`, with the root's id in the middle
    #[serde(default, skip_serializing_if = "is_default")]
    id: Option<String>,
    /// The accounts directly in it, by id or name
    #[serde(default, skip_serializing_if = "is_default")]
    accounts: Vec<String>,
    /// The OUs directly in it
    #[serde(default, skip_serializing_if = "is_default")]
    units: Vec<UnitFile>,
}

/// A member account that administers a service for its organization
#[derive(Debug, Default, Deserialize, PartialEq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
struct DelegateFile {
    /// The account, by id or name
    account: String,
    /// The service principal, such as `ipam.amazonaws.com`
    service: String,
    /// Since when
    #[serde(default, skip_serializing_if = "is_default")]
    since: Option<String>,
}

impl OrganizationFile {
    pub(super) fn load(self, loader: &mut Loader, at: &At<'_>) -> Result<(), Wrong> {
        let management = loader.account(&self.management, &at.field("management"))?;
        let id = self
            .id
            .map(|id| -> Result<OrganizationArn, Wrong> {
                let arn = format!("arn:aws:organizations::{management}:organization/{id}");
                parsed(&arn, &at.field("id"))
            })
            .transpose()?;
        if let Some(root) = &self.root {
            check_root(root, &at.field("root"))?;
        }
        let features = if self.consolidated_billing {
            FeatureSet::ConsolidatedBilling
        } else {
            FeatureSet::All
        };
        let start = loader.start;
        let organization = loader
            .state
            .organizations
            .create_as(id, self.root, management, features, start)
            .map_err(|refusal| at.field("management").wrong(refusal.message))?;
        let id = organization.organization_id().to_owned();
        if loader
            .organizations
            .insert(id, organization.clone())
            .is_some()
        {
            return Err(at
                .field("id")
                .wrong("there is another organization with it"));
        }
        loader
            .organizations
            .insert(organization.to_string(), organization.clone());
        let root = Principal::from(organization.clone());
        add_accounts(loader, &root, &self.accounts, &at.field("accounts"))?;
        for (index, unit) in self.units.into_iter().enumerate() {
            unit.load(loader, &root, &at.field("units").item(index))?;
        }
        for (index, delegate) in self.delegated_administrators.into_iter().enumerate() {
            let at = at.field("delegated_administrators");
            delegate.load(loader, &organization, &at.item(index))?;
        }
        Ok(())
    }
}

impl UnitFile {
    fn load(self, loader: &mut Loader, parent: &Principal, at: &At<'_>) -> Result<(), Wrong> {
        let unit = loader
            .state
            .organizations
            .create_unit_as(self.id.as_deref(), parent, Some(&self.name))
            .map_err(|refusal| {
                let field = if self.id.is_some() { "id" } else { "name" };
                at.field(field).wrong(refusal.message)
            })?;
        let id = unit.unit_id().to_owned();
        loader.units.insert(id, Some(unit.clone()));
        let of_name = loader.units.entry(self.name);
        of_name
            .and_modify(|of_name| *of_name = None)
            .or_insert_with(|| Some(unit.clone()));
        let unit = Principal::from(unit);
        add_accounts(loader, &unit, &self.accounts, &at.field("accounts"))?;
        for (index, below) in self.units.into_iter().enumerate() {
            below.load(loader, &unit, &at.field("units").item(index))?;
        }
        Ok(())
    }
}

impl DelegateFile {
    fn load(
        self,
        loader: &mut Loader,
        organization: &OrganizationArn,
        at: &At<'_>,
    ) -> Result<(), Wrong> {
        let account = loader.account(&self.account, &at.field("account"))?;
        let since = loader.moment(self.since.as_deref(), &at.field("since"))?;
        loader
            .state
            .register_delegate_since(organization, account, &self.service, since)
            .map_err(|refusal| at.field("account").wrong(refusal.message))
    }
}

fn add_accounts(
    loader: &mut Loader,
    parent: &Principal,
    accounts: &[String],
    at: &At<'_>,
) -> Result<(), Wrong> {
    for (index, text) in accounts.iter().enumerate() {
        let at = at.item(index);
        let account = loader.account(text, &at)?;
        let tree = &mut loader.state.organizations;
        // The management account joined with its organization, and may sit in an OU.
        let added = if tree.manages(account, parent) {
            tree.move_account(account, parent)
        } else {
            let member = Member::invited(parent.clone(), account, loader.start);
            tree.add_account(account, member)
        };
        added.map_err(|refusal| at.wrong(refusal.message))?;
    }
    Ok(())
}

fn check_root(id: &str, at: &At<'_>) -> Result<(), Wrong> {
    let rest = id.strip_prefix("r-").unwrap_or_default();
    let is_of_form = (4..=32).contains(&rest.len())
        && rest
            .bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit());
    if is_of_form {
        return Ok(());
    }
    Err(at.wrong(format_args!(
        "`{id}` is not `r-` and 4 to 32 lower-case letters and digits"
    )))
}

pub(super) fn saved(state: &State) -> Vec<OrganizationFile> {
    let tree = &state.organizations;
    let all = tree.all();
    all.map(|(arn, facts)| {
        let root = Principal::from(arn.clone());
        let delegates = facts
            .delegations()
            .map(|(account, service, since)| DelegateFile {
                account: account.to_string(),
                service: service.to_owned(),
                since: Some(since.iso_8601()),
            });
        OrganizationFile {
            id: Some(arn.organization_id().to_owned()),
            root: Some(facts.root_id()),
            management: facts.management.to_string(),
            consolidated_billing: facts.feature_set == FeatureSet::ConsolidatedBilling,
            accounts: accounts_in(state, &root),
            units: units_in(state, &root),
            delegated_administrators: delegates.collect(),
        }
    })
    .collect()
}

fn accounts_in(state: &State, parent: &Principal) -> Vec<String> {
    let accounts = state.organizations.accounts_in(parent);
    accounts.iter().map(ToString::to_string).collect()
}

fn units_in(state: &State, parent: &Principal) -> Vec<UnitFile> {
    let units = state.organizations.units_in(parent);
    units.iter().map(|unit| saved_unit(state, unit)).collect()
}

fn saved_unit(state: &State, unit: &OrganizationalUnitArn) -> UnitFile {
    let facts = state.organizations.unit(unit);
    let as_parent = Principal::from(unit.clone());
    UnitFile {
        name: facts.map_or_else(String::new, |facts| facts.name.clone()),
        id: Some(unit.unit_id().to_owned()),
        accounts: accounts_in(state, &as_parent),
        units: units_in(state, &as_parent),
    }
}
