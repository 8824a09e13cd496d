//! The arguments of `KeyPolicy.evaluate`: a request, and the layers that it passes.

use ami_share_core::id::KeyArn;
use ami_share_core::policy::Policy;
use ami_share_core::policy::evaluate::{
    Caller, Grant, KeyState, Layers, ParseCallerError, Request, evaluate,
};
use pyo3::prelude::*;
use pyo3::types::PyMapping;

use super::argument::{Given, document, documents, grants, levels, pairs, values};
use super::decision::Decision;
use crate::argument::id;
use crate::error;
use crate::reason::WrittenProblem;

#[derive(Debug)]
pub(super) struct Question {
    request: Request,
    /// Whether a layer that is not given is one that is not there
    is_nothing_else: bool,
    identity: Given<Vec<Policy>>,
    boundary: Given<Policy>,
    session: Given<Vec<Policy>>,
    service_control: Given<Vec<Vec<Policy>>>,
    resource_control: Given<Vec<Vec<Policy>>>,
    grants: Given<Vec<Grant>>,
    key_state: Given<KeyState>,
}

impl Question {
    pub(super) fn new(
        principal: &str,
        session_name: Option<&str>,
        action: &str,
        key: &str,
    ) -> PyResult<Self> {
        let key: KeyArn = id(key)?;
        let caller = caller(principal, &key)
            .map_err(|wrong| invalid("principal", &ParseCallerError::to_string(&wrong)))?;
        let caller = match session_name {
            Some(name) => caller.session(name),
            None => caller,
        };
        Ok(Self {
            request: Request::new(caller, action, key.as_str(), key.account()),
            is_nothing_else: false,
            identity: Given::Unknown,
            boundary: Given::Unknown,
            session: Given::Unknown,
            service_control: Given::Unknown,
            resource_control: Given::Unknown,
            grants: Given::Unknown,
            key_state: Given::Unknown,
        })
    }

    pub(super) fn context(
        &mut self,
        keys: Option<&Bound<'_, PyAny>>,
        encryption_context: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<()> {
        if let Some(pairs_given) = encryption_context {
            let given = pairs("encryption_context", pairs_given)?;
            let given = given.iter();
            let given = given.map(|(key, value)| (key.as_str(), value.as_str()));
            self.request = self.request.clone().encryption_context(given);
        }
        let Some(keys) = keys else {
            return Ok(());
        };
        for item in keys.cast::<PyMapping>()?.items()?.iter() {
            let (key, given): (String, Bound<'_, PyAny>) = item.extract()?;
            let values = values(&key, &given)?;
            let request = self.request.clone();
            self.request = request.key_values(&key, values.iter().map(String::as_str));
        }
        Ok(())
    }

    pub(super) fn complete(&mut self) {
        self.request = self.request.clone().nothing_else();
    }

    pub(super) fn not_given(&mut self, word: &str) -> PyResult<()> {
        self.is_nothing_else = match word {
            "none" => true,
            "unknown" => false,
            other => {
                let message = format!("`not_given` is `{other}`: give `unknown` or `none`");
                return Err(invalid("not_given", &message));
            }
        };
        Ok(())
    }

    pub(super) fn identity(&mut self, given: Option<&Bound<'_, PyAny>>) -> PyResult<()> {
        let read = |given: &Bound<'_, PyAny>| documents("identity_policies", given);
        self.identity = Given::read(given, self.is_nothing_else, read)?;
        Ok(())
    }

    pub(super) fn boundary(&mut self, given: Option<&Bound<'_, PyAny>>) -> PyResult<()> {
        let read = |given: &Bound<'_, PyAny>| document("boundary", given);
        self.boundary = Given::read(given, self.is_nothing_else, read)?;
        Ok(())
    }

    pub(super) fn session(&mut self, given: Option<&Bound<'_, PyAny>>) -> PyResult<()> {
        let read = |given: &Bound<'_, PyAny>| documents("session_policies", given);
        self.session = Given::read(given, self.is_nothing_else, read)?;
        Ok(())
    }

    pub(super) fn service_control(&mut self, given: Option<&Bound<'_, PyAny>>) -> PyResult<()> {
        let read = |given: &Bound<'_, PyAny>| levels("service_control_policies", given);
        self.service_control = Given::read(given, self.is_nothing_else, read)?;
        Ok(())
    }

    pub(super) fn resource_control(&mut self, given: Option<&Bound<'_, PyAny>>) -> PyResult<()> {
        let read = |given: &Bound<'_, PyAny>| levels("resource_control_policies", given);
        self.resource_control = Given::read(given, self.is_nothing_else, read)?;
        Ok(())
    }

    pub(super) fn grants(&mut self, given: Option<&Bound<'_, PyAny>>) -> PyResult<()> {
        self.grants = Given::read(given, self.is_nothing_else, grants)?;
        Ok(())
    }

    pub(super) fn key_state(&mut self, given: Option<&str>) -> PyResult<()> {
        self.key_state = match given {
            None if self.is_nothing_else => Given::Nothing,
            None | Some("unknown") => Given::Unknown,
            Some(word) => {
                let state: Result<KeyState, _> = word.parse();
                Given::These(state.map_err(|wrong| invalid("key_state", &wrong.to_string()))?)
            }
        };
        Ok(())
    }

    pub(super) fn ask(&self, key_policy: &Policy) -> Decision {
        let mut layers = Layers::unknown().resource(key_policy);
        layers.identity = self.identity.told(&[][..], Vec::as_slice);
        layers.boundary = self.boundary.told(None, Some);
        layers.session = self.session.told(&[][..], Vec::as_slice);
        layers.service_control = self.service_control.told(&[][..], Vec::as_slice);
        layers.resource_control = self.resource_control.told(&[][..], Vec::as_slice);
        layers.grants = self.grants.told(&[][..], Vec::as_slice);
        layers.key_state = self.key_state.told(KeyState::Enabled, |state| *state);
        evaluate(&self.request, &layers).into()
    }
}

/// An ARN; 12 digits, which are the account's root; a service; or nobody
fn caller(principal: &str, key: &KeyArn) -> Result<Caller, ParseCallerError> {
    if principal == "anonymous" {
        return Ok(Caller::anonymous());
    }
    if principal.len() == 12 && principal.bytes().all(|byte| byte.is_ascii_digit()) {
        let partition = key.partition();
        return Caller::parse(&format!("arn:{partition}:iam::{principal}:root"));
    }
    match !principal.contains(':') && principal.contains(".amazonaws.com") {
        true => Ok(Caller::service(principal)),
        false => Caller::parse(principal),
    }
}

fn invalid(field: &str, message: &str) -> PyErr {
    error::invalid_argument(WrittenProblem::new(field, message))
}
