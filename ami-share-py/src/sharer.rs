//! `SharerHandle`: the verbs, each to wait for and to await.

use std::fmt;
use std::future::Future;
use std::sync::Arc;

use ami_share_core::backend::{CopyBackend, RecipientBackend, RoleBackend};
use ami_share_core::id::{ImageId, Region};
use ami_share_core::outcome::events;
use ami_share_core::{
    ApplyOptions, BackendSharer, Distributor, Error, OnChange, PrincipalSet, Sharer,
    SimulatedSharer,
};
use pyo3::prelude::*;

use crate::apply_run::ApplyRun;
use crate::argument::{self, Texts, engine_options, ids, named_id};
use crate::error;
use crate::plan::Plan;
use crate::reason::WrittenProblem;
use crate::report::Report;
use crate::request::ShareRequest;
use crate::roles::Roles;
use crate::runtime::{block_on, spawn};
use crate::shared_image::SharedImage;
use crate::sharing_key::SharingKey;
use crate::verb::verb;
use crate::verification::Verification;
use crate::world::SimulatedWorld;

/// A page of images, and what to ask the next one with
type ImagePage = (Vec<SharedImage>, Option<String>);

/// What the sharers of the Python package stand on
#[pyclass(frozen, module = "ami_share._internal")]
pub(crate) struct SharerHandle(pub(crate) Arc<dyn Verbs>);

/// All that a handle can do
pub(crate) trait Verbs: Sharer + Distributor {}

impl<S: Sharer + Distributor> Verbs for S {}

impl fmt::Debug for SharerHandle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SharerHandle").finish_non_exhaustive()
    }
}

verb!(plan, plan_async, (request: ShareRequest) -> Plan);
verb!(share, share_async, (request: ShareRequest) -> Report);
verb!(revoke, revoke_async, (request: ShareRequest) -> Report);
verb!(verify, verify_async, (request: ShareRequest) -> Verification);

#[pymethods]
impl SharerHandle {
    #[staticmethod]
    #[pyo3(signature = (world, account, concurrency=None, consistency_timeout=None,
        key_consistency_timeout=None, key_settle_time=None, roles=None))]
    #[expect(clippy::too_many_arguments, reason = "they are keywords in Python")]
    fn simulated(
        py: Python<'_>,
        world: &SimulatedWorld,
        account: &str,
        concurrency: Option<usize>,
        consistency_timeout: Option<f64>,
        key_consistency_timeout: Option<f64>,
        key_settle_time: Option<f64>,
        roles: Option<&Roles>,
    ) -> PyResult<Self> {
        let backend = if account.starts_with("arn:") {
            world.0.backend_as(&named_id("account", account)?)
        } else {
            world.0.backend(argument::id(account)?)
        };
        let options = engine_options(
            py,
            concurrency,
            consistency_timeout,
            key_consistency_timeout,
            key_settle_time,
        )?;
        let sharer: SimulatedSharer = BackendSharer::with_options(backend, options);
        Ok(Self::of(sharer, roles))
    }

    fn apply(&self, py: Python<'_>, plan: &Plan, on_change: &str) -> PyResult<Report> {
        block_on(py, self.applied(plan, options(on_change)?))
    }

    fn apply_async<'py>(
        &self,
        py: Python<'py>,
        plan: &Plan,
        on_change: &str,
    ) -> PyResult<Bound<'py, PyAny>> {
        spawn(py, self.applied(plan, options(on_change)?))
    }

    fn apply_events(&self, py: Python<'_>, plan: &Plan, on_change: &str) -> PyResult<ApplyRun> {
        let (sink, events) = events();
        let options = options(on_change)?.with_events(sink);
        ApplyRun::start(py, self.applied(plan, options), events)
    }

    fn explain(
        &self,
        py: Python<'_>,
        region: &str,
        image: &str,
        principals: Texts,
    ) -> PyResult<Verification> {
        block_on(py, self.explained(region, image, principals)?)
    }

    fn explain_async<'py>(
        &self,
        py: Python<'py>,
        region: &str,
        image: &str,
        principals: Texts,
    ) -> PyResult<Bound<'py, PyAny>> {
        spawn(py, self.explained(region, image, principals)?)
    }

    fn create_key_for_sharing(&self, py: Python<'_>, key: &SharingKey) -> PyResult<String> {
        block_on(py, self.key_created(key))
    }

    fn create_key_for_sharing_async<'py>(
        &self,
        py: Python<'py>,
        key: &SharingKey,
    ) -> PyResult<Bound<'py, PyAny>> {
        spawn(py, self.key_created(key))
    }

    #[pyo3(signature = (region, next_token=None))]
    fn shared_with_me(
        &self,
        py: Python<'_>,
        region: &str,
        next_token: Option<String>,
    ) -> PyResult<ImagePage> {
        block_on(py, self.listed(argument::id(region)?, next_token))
    }

    #[pyo3(signature = (region, next_token=None))]
    fn shared_with_me_async<'py>(
        &self,
        py: Python<'py>,
        region: &str,
        next_token: Option<String>,
    ) -> PyResult<Bound<'py, PyAny>> {
        spawn(py, self.listed(argument::id(region)?, next_token))
    }

    fn give_up(&self, py: Python<'_>, region: &str, image: &str) -> PyResult<Option<String>> {
        let (region, image) = (argument::id(region)?, argument::id(image)?);
        block_on(py, self.given_up(region, image))
    }

    fn give_up_async<'py>(
        &self,
        py: Python<'py>,
        region: &str,
        image: &str,
    ) -> PyResult<Bound<'py, PyAny>> {
        let (region, image) = (argument::id(region)?, argument::id(image)?);
        spawn(py, self.given_up(region, image))
    }
}

/// The verbs as futures of their own, which both ways of waiting use
impl SharerHandle {
    /// The handle of a sharer, which reaches other accounts by the roles, if there are any
    pub(crate) fn of<B>(sharer: BackendSharer<B>, roles: Option<&Roles>) -> Self
    where
        B: CopyBackend + RecipientBackend + RoleBackend + 'static,
    {
        Self(match roles {
            Some(roles) => Arc::new(sharer.with_roles(roles.0.to_core())),
            None => Arc::new(sharer),
        })
    }

    fn applied(
        &self,
        plan: &Plan,
        options: ApplyOptions,
    ) -> impl Future<Output = Result<Report, Error>> + Send + use<> {
        let (sharer, plan) = (self.0.clone(), plan.0.clone());
        async move { sharer.apply(&plan, &options).await.map(Report) }
    }

    fn explained(
        &self,
        region: &str,
        image: &str,
        principals: Texts,
    ) -> PyResult<impl Future<Output = Result<Verification, Error>> + Send + use<>> {
        let (region, image): (Region, ImageId) = (argument::id(region)?, argument::id(image)?);
        let mut problems = Vec::new();
        let principals: PrincipalSet = ids("principals", principals, &mut problems);
        if !problems.is_empty() {
            return Err(error::invalid_request(problems));
        }
        let sharer = self.0.clone();
        Ok(async move {
            let explained = sharer.explain(&region, &image, &principals).await;
            explained.map(Verification)
        })
    }

    fn key_created(
        &self,
        key: &SharingKey,
    ) -> impl Future<Output = Result<String, Error>> + Send + use<> {
        let (sharer, key) = (self.0.clone(), key.0.to_core().clone());
        async move {
            let created = sharer.create_key_for_sharing(&key).await;
            created.map(|key| key.to_string())
        }
    }

    fn listed(
        &self,
        region: Region,
        next_token: Option<String>,
    ) -> impl Future<Output = Result<ImagePage, Error>> + Send + use<> {
        let sharer = self.0.clone();
        async move {
            let page = sharer.shared_with_me(&region, next_token).await?;
            let images = page.items.into_iter().map(SharedImage).collect();
            Ok((images, page.next_token))
        }
    }

    fn given_up(
        &self,
        region: Region,
        image: ImageId,
    ) -> impl Future<Output = Result<Option<String>, Error>> + Send + use<> {
        let sharer = self.0.clone();
        async move { sharer.give_up(&region, &image).await }
    }
}

pub(crate) fn options(on_change: &str) -> PyResult<ApplyOptions> {
    let on_change = match on_change {
        "refuse" => OnChange::Refuse,
        "plan-again" => OnChange::PlanAgain,
        "do-not-look" => OnChange::DoNotLook,
        other => {
            let message =
                format!("`on_change` is `{other}`: give `refuse`, `plan-again` or `do-not-look`");
            return Err(error::invalid_argument(WrittenProblem::new(
                "on_change",
                message,
            )));
        }
    };
    Ok(ApplyOptions::default().with_on_change(on_change))
}
