//! Gathers the arguments of `ShareRequest`, and tells everything that is wrong with them at once.

use ami_share_core::ShareRequest;
use ami_share_core::request::{
    KeyAccess, KeyCleanup, Limits, PublicConsent, RemovalLimit, ShareRequestBuilder,
    SnapshotSharing, TrustedPrincipals,
};
use ami_share_core::resource::Tags;
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyMapping};

use crate::argument::{Texts, choice, ids};
use crate::error;
use crate::policy::service_roles;
use crate::reason::WrittenProblem;

/// The words for `key_access`
pub(crate) const KEY_ACCESS: &str = "`auto`, `key-policy`, `grant` or `leave`";

#[derive(Debug, Default)]
pub(crate) struct Arguments {
    builder: ShareRequestBuilder,
    problems: Vec<WrittenProblem>,
}

impl Arguments {
    /// A list of images in one Region, or lists by Region
    pub(crate) fn images(
        &mut self,
        region: Option<String>,
        images: &Bound<'_, PyAny>,
    ) -> PyResult<()> {
        let Ok(by_region) = images.cast::<PyMapping>() else {
            let images: Texts = images.extract()?;
            self.change(|builder| builder.images(images.0));
            if let Some(region) = region {
                self.change(|builder| builder.region(region));
            }
            return Ok(());
        };
        if region.is_some() {
            self.wrong("region", "leave `region` out where `images` is by Region");
        }
        for item in by_region.items()?.iter() {
            let (region, images): (String, Texts) = item.extract()?;
            for image in images.0 {
                self.change(|builder| builder.image_in(region.as_str(), image));
            }
        }
        Ok(())
    }

    pub(crate) fn accounts(&mut self, accounts: Texts) {
        self.change(|builder| builder.accounts(accounts.0));
    }

    pub(crate) fn organizations(&mut self, organizations: Texts) {
        for organization in organizations.0 {
            self.change(|builder| builder.organization(organization));
        }
    }

    pub(crate) fn organizational_units(&mut self, units: Texts) {
        for unit in units.0 {
            self.change(|builder| builder.organizational_unit(unit));
        }
    }

    pub(crate) fn principals(&mut self, principals: Texts) {
        self.change(|builder| builder.principals(principals.0));
    }

    pub(crate) fn public(&mut self, public: bool, consent: &str) {
        let consent = self.choose::<PublicConsent>(
            "public_consent",
            consent,
            "`withheld`, `given` or `given-even-if-block-public-access-is-unknown`",
        );
        // A consent that could not be read is told once, as itself.
        let is_known = consent.is_some();
        let consent = consent.unwrap_or_default();
        if public && is_known {
            self.change(|builder| builder.public(consent));
        } else {
            self.change(|builder| builder.public_consent(consent));
        }
    }

    pub(crate) fn direction(&mut self, direction: &str, limit: Option<&Bound<'_, PyAny>>) {
        match (direction, limit) {
            ("share", None) => self.change(ShareRequestBuilder::share),
            ("revoke", None) => self.change(ShareRequestBuilder::revoke),
            ("share" | "revoke", Some(_)) => self.wrong(
                "removal_limit",
                "`removal_limit` goes with direction `exactly` only: leave it out",
            ),
            ("exactly", Some(limit)) => match removal_limit(limit) {
                Some(limit) => self.change(|builder| builder.exactly(limit)),
                None => self.wrong(
                    "removal_limit",
                    "`removal_limit` cannot be read: give a number of principals, a percentage \
                     such as `20%`, or `unlimited`",
                ),
            },
            ("exactly", None) => self.wrong(
                "removal_limit",
                "direction `exactly` takes access away: say from how many principals of an image \
                 at most by `removal_limit`",
            ),
            (other, _) => {
                let message =
                    format!("`direction` is `{other}`: give `share`, `revoke` or `exactly`");
                self.wrong("direction", &message);
            }
        }
    }

    pub(crate) fn snapshots(&mut self, snapshots: Option<&str>) {
        let words = "`for-copy` or `leave-as-is`, or leave it out";
        let chosen = snapshots
            .and_then(|snapshots| self.choose::<SnapshotSharing>("snapshots", snapshots, words));
        if let Some(snapshots) = chosen {
            self.change(|builder| builder.snapshots(snapshots));
        }
    }

    pub(crate) fn keys(&mut self, access: &str, cleanup: &str) {
        let words = "`by-reference`, `always` or `never`";
        if let Some(access) = self.choose::<KeyAccess>("key_access", access, KEY_ACCESS) {
            self.change(|builder| builder.key_access(access));
        }
        if let Some(cleanup) = self.choose::<KeyCleanup>("key_cleanup", cleanup, words) {
            self.change(|builder| builder.key_cleanup(cleanup));
        }
    }

    pub(crate) fn key_principals(&mut self, principals: Texts) {
        for principal in principals.0 {
            self.change(|builder| builder.key_principal(principal));
        }
    }

    pub(crate) fn service_roles(&mut self, names: Texts) {
        for role in service_roles(names, &mut self.problems) {
            self.change(|builder| builder.service_role(role));
        }
    }

    pub(crate) fn unit_paths(&mut self, paths: Texts) {
        for path in paths.0 {
            self.change(|builder| builder.unit_path(path));
        }
    }

    pub(crate) fn tags(&mut self, tags: Tags) {
        for (key, value) in tags {
            self.change(|builder| builder.tag(key, value));
        }
    }

    /// Either list makes that there is one; what the other does not name is not trusted
    pub(crate) fn trusted(&mut self, accounts: Option<Texts>, organizations: Option<Texts>) {
        if accounts.is_none() && organizations.is_none() {
            return;
        }
        let problems = &mut self.problems;
        let accounts = accounts.unwrap_or_default();
        let organizations = organizations.unwrap_or_default();
        let trusted = TrustedPrincipals {
            accounts: ids("trusted_accounts", accounts, problems),
            organizations: ids("trusted_organizations", organizations, problems),
        };
        self.change(|builder| builder.trusted(trusted));
    }

    pub(crate) fn limits(
        &mut self,
        entities_per_image: Option<usize>,
        public_images: Option<usize>,
        launch_permissions_per_call: Option<usize>,
    ) {
        let default = Limits::default();
        let limits = Limits {
            entities_per_image: entities_per_image.unwrap_or(default.entities_per_image),
            public_images: public_images.unwrap_or(default.public_images),
            launch_permissions_per_call: launch_permissions_per_call
                .unwrap_or(default.launch_permissions_per_call),
        };
        self.change(|builder| builder.limits(limits));
    }

    pub(crate) fn build(self) -> PyResult<ShareRequest> {
        let mut problems = self.problems;
        match self.builder.build() {
            Ok(request) if problems.is_empty() => Ok(request),
            Ok(_) => Err(error::invalid_request(problems)),
            Err(error) => {
                problems.extend(error.problems().iter().map(WrittenProblem::from));
                Err(error::invalid_request(problems))
            }
        }
    }

    fn choose<T: serde::de::DeserializeOwned>(
        &mut self,
        field: &str,
        word: &str,
        words: &str,
    ) -> Option<T> {
        choice(field, word, words)
            .map_err(|problem| self.problems.push(problem))
            .ok()
    }

    fn change(&mut self, change: impl FnOnce(ShareRequestBuilder) -> ShareRequestBuilder) {
        self.builder = change(std::mem::take(&mut self.builder));
    }

    fn wrong(&mut self, field: &str, message: &str) {
        self.problems.push(WrittenProblem::new(field, message));
    }
}

/// An `int`, a text like `20%`, or `unlimited`
fn removal_limit(given: &Bound<'_, PyAny>) -> Option<RemovalLimit> {
    if given.is_instance_of::<PyBool>() {
        return None;
    }
    if let Ok(most) = given.extract::<usize>() {
        return Some(RemovalLimit::Principals(most));
    }
    let text: String = given.extract().ok()?;
    if text == "unlimited" {
        return Some(RemovalLimit::Unlimited);
    }
    let percent = text.strip_suffix('%')?.trim_end().parse().ok()?;
    Some(RemovalLimit::Percent(percent))
}
