//! The verbs of `SharerHandle` on the side of recipients.

use std::future::Future;

use ami_share_core::{Error, Sharer};
use pyo3::prelude::*;

use crate::recipient::{
    ImageUsageReport, ParameterReport, ParameterRequest, RecipientTagReport, RecipientTagRequest,
    ServiceLinkedRoleReport, ServiceLinkedRoleRequest, UsageRequest,
};
use crate::rehearsal::{Rehearsal, RehearsalRequest};
use crate::runtime::{block_on, spawn};
use crate::sharer::SharerHandle;

#[pymethods]
impl SharerHandle {
    fn rehearse(&self, py: Python<'_>, request: &RehearsalRequest) -> PyResult<Rehearsal> {
        block_on(py, self.rehearsed(request))
    }

    fn rehearse_async<'py>(
        &self,
        py: Python<'py>,
        request: &RehearsalRequest,
    ) -> PyResult<Bound<'py, PyAny>> {
        spawn(py, self.rehearsed(request))
    }

    fn grant_service_linked_roles(
        &self,
        py: Python<'_>,
        request: &ServiceLinkedRoleRequest,
    ) -> PyResult<ServiceLinkedRoleReport> {
        block_on(py, self.service_linked_roles_granted(request))
    }

    fn grant_service_linked_roles_async<'py>(
        &self,
        py: Python<'py>,
        request: &ServiceLinkedRoleRequest,
    ) -> PyResult<Bound<'py, PyAny>> {
        spawn(py, self.service_linked_roles_granted(request))
    }

    fn put_image_parameters(
        &self,
        py: Python<'_>,
        request: &ParameterRequest,
    ) -> PyResult<ParameterReport> {
        block_on(py, self.image_parameters_put(request))
    }

    fn put_image_parameters_async<'py>(
        &self,
        py: Python<'py>,
        request: &ParameterRequest,
    ) -> PyResult<Bound<'py, PyAny>> {
        spawn(py, self.image_parameters_put(request))
    }

    fn tag_for_recipients(
        &self,
        py: Python<'_>,
        request: &RecipientTagRequest,
    ) -> PyResult<RecipientTagReport> {
        block_on(py, self.tagged_for_recipients(request))
    }

    fn tag_for_recipients_async<'py>(
        &self,
        py: Python<'py>,
        request: &RecipientTagRequest,
    ) -> PyResult<Bound<'py, PyAny>> {
        spawn(py, self.tagged_for_recipients(request))
    }

    fn usage(&self, py: Python<'_>, request: &UsageRequest) -> PyResult<ImageUsageReport> {
        block_on(py, self.used(request))
    }

    fn usage_async<'py>(
        &self,
        py: Python<'py>,
        request: &UsageRequest,
    ) -> PyResult<Bound<'py, PyAny>> {
        spawn(py, self.used(request))
    }
}

impl SharerHandle {
    fn rehearsed(
        &self,
        request: &RehearsalRequest,
    ) -> impl Future<Output = Result<Rehearsal, Error>> + Send + use<> {
        let (sharer, request) = (self.0.clone(), request.0.clone());
        async move { sharer.rehearse(&request).await.map(Rehearsal) }
    }

    fn service_linked_roles_granted(
        &self,
        request: &ServiceLinkedRoleRequest,
    ) -> impl Future<Output = Result<ServiceLinkedRoleReport, Error>> + Send + use<> {
        let (sharer, request) = (self.0.clone(), request.0.clone());
        async move {
            let granted = sharer.grant_service_linked_roles(&request).await;
            granted.map(ServiceLinkedRoleReport)
        }
    }

    fn image_parameters_put(
        &self,
        request: &ParameterRequest,
    ) -> impl Future<Output = Result<ParameterReport, Error>> + Send + use<> {
        let (sharer, request) = (self.0.clone(), request.0.clone());
        async move {
            let put = sharer.put_image_parameters(&request).await;
            put.map(ParameterReport)
        }
    }

    fn tagged_for_recipients(
        &self,
        request: &RecipientTagRequest,
    ) -> impl Future<Output = Result<RecipientTagReport, Error>> + Send + use<> {
        let (sharer, request) = (self.0.clone(), request.0.clone());
        async move {
            let tagged = sharer.tag_for_recipients(&request).await;
            tagged.map(RecipientTagReport)
        }
    }

    fn used(
        &self,
        request: &UsageRequest,
    ) -> impl Future<Output = Result<ImageUsageReport, Error>> + Send + use<> {
        let (sharer, request) = (self.0.clone(), request.0.clone());
        async move { sharer.usage(&request).await.map(ImageUsageReport) }
    }
}
