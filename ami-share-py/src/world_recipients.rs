//! What a `SimulatedWorld` has of recipients: roles of services, settings, instances, parameters.

use std::time::Duration;

use ami_share_core::backend::simulator::{AllowedImages, AllowedImagesState, ImageCriterion};
use ami_share_core::id::{ImageId, Region};
use ami_share_core::policy::ServiceRole;
use pyo3::prelude::*;

use crate::argument::{Texts, id, named_id};
use crate::error::{self, raised_api};
use crate::policy::service_roles;
use crate::reason::WrittenProblem;
use crate::value::texts;
use crate::world::SimulatedWorld;

#[pymethods]
impl SimulatedWorld {
    fn create_service_linked_role(&self, account: &str, role: String) -> PyResult<String> {
        let mut problems = Vec::new();
        let roles = service_roles(Texts(vec![role]), &mut problems);
        let Some(role) = roles.first().copied().map(ServiceRole::service) else {
            return Err(error::invalid_request(problems));
        };
        let created = self.0.create_service_linked_role(id(account)?, role);
        created.map(|arn| arn.to_string()).map_err(raised_api)
    }

    fn set_max_session(&self, role: &str, duration: Duration) -> PyResult<()> {
        let set = self.0.set_max_session(&named_id("role", role)?, duration);
        set.map_err(raised_api)
    }

    #[pyo3(signature = (account, region, state, *, providers=None, names=None))]
    fn set_allowed_images(
        &self,
        account: &str,
        region: &str,
        state: &str,
        providers: Option<Texts>,
        names: Option<Texts>,
    ) -> PyResult<()> {
        let states = [
            AllowedImagesState::Disabled,
            AllowedImagesState::AuditMode,
            AllowedImagesState::Enabled,
        ];
        let Some(state) = states.into_iter().find(|known| known.as_str() == state) else {
            let message =
                format!("`state` is `{state}`: give `disabled`, `audit-mode` or `enabled`");
            return Err(error::invalid_argument(WrittenProblem::new(
                "state", message,
            )));
        };
        let providers = providers.map(|providers| ImageCriterion::of_providers(providers.0));
        let names = names.map(|names| ImageCriterion::named(names.0));
        let criteria = providers.into_iter().chain(names).collect();
        let allowed = AllowedImages::new(state, criteria);
        let (account, region) = (id(account)?, id(region)?);
        self.0.set_allowed_images(account, &region, allowed);
        Ok(())
    }

    fn set_image_copy_quota(&self, account: &str, quota: usize) -> PyResult<()> {
        self.0.set_image_copy_quota(id(account)?, quota);
        Ok(())
    }

    fn run_instance(&self, region: &str, account: &str, image: &str) -> PyResult<String> {
        let (region, image): (Region, ImageId) = (id(region)?, id(image)?);
        let launched = self.0.run_instance(&region, id(account)?, &image);
        launched.map_err(raised_api)
    }

    fn put_parameter(&self, region: &str, account: &str, name: &str, value: &str) -> PyResult<()> {
        let region: Region = id(region)?;
        let put = self.0.put_parameter(&region, id(account)?, name, value);
        put.map_err(raised_api)
    }

    fn images_owned_by(&self, region: &str, owner: &str) -> PyResult<Vec<String>> {
        Ok(texts(self.0.images_owned_by(&id(region)?, id(owner)?)))
    }

    fn snapshots_owned_by(&self, region: &str, owner: &str) -> PyResult<Vec<String>> {
        Ok(texts(self.0.snapshots_owned_by(&id(region)?, id(owner)?)))
    }
}
