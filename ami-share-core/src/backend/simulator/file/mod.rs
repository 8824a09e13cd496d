//! A world as a file that people can write, and that the simulator writes itself.
//!
//! One file per part of a world: its form, how it is loaded, how it is saved.

mod account;
mod device;
mod error;
mod identity;
mod image;
mod key;
mod loader;
mod organization;
mod parameter;
mod read;
mod snapshot;
#[cfg(test)]
mod tests;
mod wrong;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use serde::{Deserialize, Serialize};

pub use error::WorldFileError;

use self::account::AccountFile;
use self::image::ImageFile;
use self::key::KeyFile;
use self::loader::Loader;
use self::organization::OrganizationFile;
use self::parameter::ParameterFile;
use self::snapshot::SnapshotFile;
use self::wrong::Wrong;
use super::fault::Faults;
use super::state::State;
use super::world::World;
use crate::document::At;
use crate::id::Region;

/// A world as a file, in JSON or YAML
///
/// What is not said is as in a new world. Ids may be left out where something is only named, and
/// names stand for ids.
#[derive(Debug, Default, Deserialize, PartialEq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[cfg_attr(test, schemars(title = "World file of the ami-share simulator"))]
#[serde(default, deny_unknown_fields)]
struct WorldFile {
    /// Where an editor finds the schema of this file
    #[serde(rename = "$schema", skip_serializing_if = "is_default")]
    schema: Option<String>,
    /// What time it is, such as `2026-01-01T00:00:00Z`, which it is if nothing is said
    #[serde(skip_serializing_if = "is_default")]
    time: Option<String>,
    /// The most items of one page of a listing
    #[serde(skip_serializing_if = "is_default")]
    page_size: Option<usize>,
    /// How many ids were made by counting; a saved file has it, so that no id is made again
    #[serde(skip_serializing_if = "is_default")]
    counter: u64,
    /// The same for users, roles, policies and access keys
    #[serde(skip_serializing_if = "is_default")]
    identity_counter: u64,
    /// The organizations and their trees
    #[serde(skip_serializing_if = "is_default")]
    organizations: Vec<OrganizationFile>,
    /// The accounts that have more than an id; any account exists
    #[serde(skip_serializing_if = "is_default")]
    accounts: Vec<AccountFile>,
    /// What there is in each Region
    #[serde(skip_serializing_if = "is_default")]
    regions: BTreeMap<String, RegionFile>,
    /// What goes wrong on purpose
    #[cfg_attr(test, schemars(with = "BTreeMap<String, serde_json::Value>"))]
    #[serde(skip_serializing_if = "is_default")]
    faults: Faults,
}

/// What there is in a Region
#[derive(Debug, Default, Deserialize, PartialEq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
struct RegionFile {
    /// The KMS keys
    #[serde(skip_serializing_if = "is_default")]
    keys: Vec<KeyFile>,
    /// The snapshots
    #[serde(skip_serializing_if = "is_default")]
    snapshots: Vec<SnapshotFile>,
    /// The images
    #[serde(skip_serializing_if = "is_default")]
    images: Vec<ImageFile>,
    /// The parameters of Systems Manager
    #[serde(skip_serializing_if = "is_default")]
    parameters: Vec<ParameterFile>,
}

impl World {
    /// The world that a file describes, in JSON or YAML
    ///
    /// The form of a file is in `examples/worlds/world.schema.json`, and an example beside it. A
    /// file that starts with `{` is JSON.
    ///
    /// ```
    /// use ami_share_core::backend::simulator::World;
    ///
    /// let world = World::load(
    ///     "
    /// accounts:
    ///   - id: 111122223333
    ///     name: images
    /// regions:
    ///   eu-central-1:
    ///     images:
    ///       - id: ami-0123456789abcdef0
    ///         owner: images
    ///         name: golden
    ///         launch_permissions: [444455556666]
    /// ",
    /// )?;
    /// let region = "eu-central-1".parse()?;
    /// let image = "ami-0123456789abcdef0".parse()?;
    /// assert!(world.can_launch(&region, "444455556666".parse()?, &image).allowed);
    /// assert!(World::load(&world.save()).is_ok());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// If the text is neither JSON nor YAML, or does not describe a world: with the line, the field
    /// and what was expected.
    pub fn load(text: &str) -> Result<Self, WorldFileError> {
        Ok(Self::of(State::load(text)?))
    }

    /// The world that a file on disk describes
    ///
    /// # Errors
    ///
    /// As [`load`](Self::load), and if the file cannot be read.
    pub fn load_file(path: impl AsRef<Path>) -> Result<Self, WorldFileError> {
        let text = std::fs::read_to_string(path).map_err(|error| WorldFileError {
            line: None,
            field: String::new(),
            problem: format!("the file cannot be read: {error}"),
        })?;
        Self::load(&text)
    }

    /// The world as a file in JSON, from which [`load`](Self::load) makes the same world
    ///
    /// Every value is the current one, also where readers do not see it yet. The log of calls is not
    /// part of it, nor how far the faults have come, nor volumes, instances, usage reports,
    /// client tokens and the sessions of roles.
    pub fn save(&self) -> String {
        let file = WorldFile::of(&self.state());
        // INVARIANT: texts, numbers, lists and maps with texts as keys always go into JSON.
        serde_json::to_string_pretty(&file).unwrap_or_else(|error| unreachable!("{error}"))
    }

    /// Puts what a file describes in the place of what there is, or leaves that as it is
    pub(crate) fn replace(&self, text: &str) -> Result<(), WorldFileError> {
        let state = State::load(text)?;
        *self.state() = state;
        Ok(())
    }

    /// As it was when it was loaded, or new if it was not loaded
    pub(crate) fn reset(&self) {
        let origin = self.state().origin.clone();
        let state = origin.and_then(|text| State::load(&text).ok());
        *self.state() = state.unwrap_or_default();
    }
}

impl State {
    fn load(text: &str) -> Result<Self, WorldFileError> {
        let file = read::read(text)?;
        let mut state = file.load().map_err(|wrong| read::located(text, wrong))?;
        state.origin = Some(text.into());
        Ok(state)
    }
}

impl WorldFile {
    fn load(self) -> Result<State, Wrong> {
        let top = At::TOP;
        let time = self.time.as_deref();
        let mut loader = Loader::starting(time, &top.field("time"))?;
        if let Some(items) = self.page_size {
            if items == 0 {
                return Err(top.field("page_size").wrong("it is at least 1"));
            }
            loader.state.page_size = items;
        }
        loader.state.count_from(self.counter);
        loader.state.set_faults(self.faults);
        for (index, account) in self.accounts.iter().enumerate() {
            account.name_it(&mut loader, &top.field("accounts").item(index))?;
        }
        for (index, organization) in self.organizations.into_iter().enumerate() {
            organization.load(&mut loader, &top.field("organizations").item(index))?;
        }
        let regions = top.field("regions");
        let mut parsed = Vec::new();
        for (name, region) in self.regions {
            let at = regions.field(&name);
            let id: Region = loader::parsed(&name, &at)?;
            region.name_it(&mut loader, &id, &at)?;
            parsed.push((name, id, region));
        }
        let accounts = top.field("accounts");
        for (index, account) in self.accounts.iter().enumerate() {
            account.make_identities(&mut loader, &accounts.item(index))?;
        }
        for (index, account) in self.accounts.iter().enumerate() {
            account.load_identities(&mut loader, &accounts.item(index))?;
        }
        for (name, id, region) in &mut parsed {
            let at = regions.field(name);
            for (index, key) in std::mem::take(&mut region.keys).into_iter().enumerate() {
                key.load(&mut loader, id, &at.field("keys").item(index))?;
            }
        }
        for (index, account) in self.accounts.into_iter().enumerate() {
            account.load(&mut loader, &accounts.item(index))?;
        }
        // Behind the making of those that are in the file, which were counted when it was saved.
        let identities = &mut loader.state.identities;
        identities.count_from(self.identity_counter);
        for (name, id, region) in parsed {
            region.load(&mut loader, &id, &regions.field(&name))?;
        }
        Ok(loader.state)
    }

    fn of(state: &State) -> Self {
        let regions = state.images.keys().chain(state.snapshots.keys());
        let regions: BTreeSet<&Region> = regions
            .chain(state.keys.regions())
            .chain(state.parameters.all().map(|(region, ..)| region))
            .collect();
        Self {
            schema: None,
            time: Some(state.now().iso_8601()),
            page_size: (state.page_size != State::default().page_size).then_some(state.page_size),
            counter: state.counted(),
            identity_counter: state.identities.counted(),
            organizations: organization::saved(state),
            accounts: account::saved(state),
            regions: regions
                .into_iter()
                .map(|region| (region.to_string(), RegionFile::of(state, region)))
                .collect(),
            faults: state.faults.faults().clone(),
        }
    }
}

impl RegionFile {
    /// Has what is in it known by its ids, so that these are not given to anything else
    fn name_it(&self, loader: &mut Loader, region: &Region, at: &At<'_>) -> Result<(), Wrong> {
        for (index, key) in self.keys.iter().enumerate() {
            key.name_it(loader, region, &at.field("keys").item(index))?;
        }
        for (index, snapshot) in self.snapshots.iter().enumerate() {
            snapshot.name_it(loader, region, &at.field("snapshots").item(index))?;
        }
        for (index, image) in self.images.iter().enumerate() {
            image.name_it(loader, region, &at.field("images").item(index))?;
        }
        Ok(())
    }

    fn load(self, loader: &mut Loader, region: &Region, at: &At<'_>) -> Result<(), Wrong> {
        for (index, snapshot) in self.snapshots.into_iter().enumerate() {
            snapshot.load(loader, region, &at.field("snapshots").item(index))?;
        }
        for (index, image) in self.images.into_iter().enumerate() {
            image.load(loader, region, &at.field("images").item(index))?;
        }
        for (index, parameter) in self.parameters.into_iter().enumerate() {
            parameter.load(loader, region, &at.field("parameters").item(index))?;
        }
        Ok(())
    }

    fn of(state: &State, region: &Region) -> Self {
        Self {
            keys: key::saved(state, region),
            snapshots: snapshot::saved(state, region),
            images: image::saved(state, region),
            parameters: parameter::saved(state, region),
        }
    }
}

fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}
