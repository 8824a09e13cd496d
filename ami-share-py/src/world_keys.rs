//! Keys and roles of a `SimulatedWorld`.

use std::collections::BTreeMap;

use ami_share_core::backend::simulator::{KeyGrant, NewKey};
use ami_share_core::id::{ImageId, KeyArn, Region};
use ami_share_core::policy;
use ami_share_core::policy::evaluate::{GrantConstraint, KeyState};
use ami_share_core::resource::Tags;
use pyo3::prelude::*;
use serde_json::{Map, Value, json};

use crate::argument::{Texts, id, json_text, named_id};
use crate::error::{self, raised_api};
use crate::judgement::Judgement;
use crate::policy::KeyPolicy;
use crate::reason::WrittenProblem;
use crate::value::{texts, to_python};
use crate::world::{SimulatedWorld, judged};

#[pymethods]
impl SimulatedWorld {
    #[pyo3(signature = (region, account, *, policy=None, description="", external=false,
        multi_region=false, tags=None))]
    #[expect(clippy::too_many_arguments, reason = "most are keywords in Python")]
    fn create_key(
        &self,
        region: &str,
        account: &str,
        policy: Option<&Bound<'_, PyAny>>,
        description: &str,
        external: bool,
        multi_region: bool,
        tags: Option<Tags>,
    ) -> PyResult<String> {
        let mut key = NewKey::new().description(description);
        if let Some(policy) = policy {
            key = key.policy(key_policy(policy)?);
        }
        if external {
            key = key.external();
        }
        if multi_region {
            key = key.multi_region();
        }
        for (name, value) in tags.unwrap_or_default() {
            key = key.tag(&name, &value);
        }
        let created = self.0.create_key(&id(region)?, id(account)?, key);
        Ok(created.to_string())
    }

    fn replicate_key(&self, key: &str, region: &str) -> PyResult<String> {
        let replicated = self.0.replicate_key(&arn(key)?, &id(region)?);
        replicated.map(|arn| arn.to_string()).map_err(raised_api)
    }

    fn aws_ebs_key(&self, region: &str, account: &str) -> PyResult<String> {
        let key = self.0.aws_ebs_key(&id(region)?, id(account)?);
        Ok(key.to_string())
    }

    fn create_alias(&self, name: &str, key: &str) -> PyResult<()> {
        let created = self.0.create_alias(name, &arn(key)?);
        created.map_err(raised_api)
    }

    fn put_key_policy(&self, key: &str, policy: &Bound<'_, PyAny>) -> PyResult<()> {
        let put = self.0.put_key_policy(&arn(key)?, &key_policy(policy)?);
        put.map_err(raised_api)
    }

    fn key_policy(&self, key: &str) -> PyResult<Option<KeyPolicy>> {
        let policy = self.0.key_policy(&arn(key)?);
        Ok(policy.map(Into::into))
    }

    fn create_grant(&self, key: &str, grantee: &str, operations: Texts) -> PyResult<String> {
        let operations = operations.0.iter().map(String::as_str);
        let created = self.0.create_grant(&arn(key)?, grantee, operations);
        created.map_err(raised_api)
    }

    fn grants<'py>(&self, py: Python<'py>, key: &str) -> PyResult<Vec<Bound<'py, PyAny>>> {
        let key = arn(key)?;
        let grants = self.0.grants(&key).into_iter();
        grants
            .map(|grant| to_python(py, &as_listed(&key, grant)))
            .collect()
    }

    fn keys(&self) -> Vec<String> {
        texts(self.0.keys())
    }

    fn key_state(&self, key: &str) -> PyResult<Option<String>> {
        let state = self.0.key_state(&arn(key)?);
        Ok(state.map(|state| state.to_string()))
    }

    fn set_key_state(&self, key: &str, state: &str) -> PyResult<()> {
        let state: KeyState =
            state
                .parse()
                .map_err(|wrong: <KeyState as std::str::FromStr>::Err| {
                    error::invalid_argument(WrittenProblem::new("state", wrong.to_string()))
                })?;
        let set = self.0.set_key_state(&arn(key)?, state);
        set.map_err(raised_api)
    }

    fn set_grant_quota(&self, grants: usize) {
        self.0.set_grant_quota(grants);
    }

    #[pyo3(signature = (account, name, trust_policy=None))]
    fn create_role(
        &self,
        account: &str,
        name: &str,
        trust_policy: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<String> {
        let trust_policy = match trust_policy {
            Some(given) => json_text("trust_policy", given)?,
            None => json!({"Version": "2012-10-17", "Statement": [{
                "Effect": "Allow", "Principal": {"AWS": account}, "Action": "sts:AssumeRole"}]})
            .to_string(),
        };
        let created = self.0.create_role(id(account)?, name, &trust_policy);
        created.map(|arn| arn.to_string()).map_err(raised_api)
    }

    fn put_role_policy(&self, role: &str, name: &str, policy: &Bound<'_, PyAny>) -> PyResult<()> {
        let policy = json_text("policy", policy)?;
        let put = self
            .0
            .put_role_policy(&named_id("role", role)?, name, &policy);
        put.map_err(raised_api)
    }

    fn can_launch_as(&self, region: &str, principal: &str, image: &str) -> PyResult<Judgement> {
        let (region, image): (Region, ImageId) = (id(region)?, id(image)?);
        let principal = named_id("principal", principal)?;
        Ok(judged(self.0.can_launch_as(&region, &principal, &image)))
    }

    fn can_copy_as(&self, region: &str, principal: &str, image: &str) -> PyResult<Judgement> {
        let (region, image): (Region, ImageId) = (id(region)?, id(image)?);
        let principal = named_id("principal", principal)?;
        Ok(judged(self.0.can_copy_as(&region, &principal, &image)))
    }
}

fn arn(key: &str) -> PyResult<KeyArn> {
    named_id("key", key)
}

/// A `KeyPolicy`, its text, or the dict that it stands for
fn key_policy(given: &Bound<'_, PyAny>) -> PyResult<policy::KeyPolicy> {
    if let Ok(policy) = given.cast::<KeyPolicy>() {
        return Ok(policy.get().document().clone());
    }
    let text = json_text("policy", given)?;
    policy::KeyPolicy::parse(&text).map_err(|wrong| error::invalid_key_policy(&wrong))
}

/// As `ListGrants` has it
fn as_listed(key: &KeyArn, grant: KeyGrant) -> Value {
    let mut listed = Map::new();
    let mut put = |name: &str, value: Value| listed.insert(name.to_owned(), value);
    put("KeyId", key.as_str().into());
    put("GrantId", grant.id.into());
    if let Some(name) = grant.name {
        put("Name", name.into());
    }
    put("GranteePrincipal", grant.grantee_principal.into());
    if let Some(retiring) = grant.retiring_principal {
        put("RetiringPrincipal", retiring.into());
    }
    let issuer = format!(
        "arn:{}:iam::{}:root",
        key.partition(),
        grant.issuing_account
    );
    put("IssuingAccount", issuer.into());
    put("Operations", grant.operations.into_iter().collect());
    if let Some(constraint) = grant.constraint {
        let (name, pairs): (_, BTreeMap<_, _>) = match constraint {
            GrantConstraint::EncryptionContextEquals(pairs) => ("EncryptionContextEquals", pairs),
            GrantConstraint::EncryptionContextSubset(pairs) => ("EncryptionContextSubset", pairs),
        };
        put("Constraints", json!({ name: pairs }));
    }
    Value::Object(listed)
}
