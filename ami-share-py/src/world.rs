//! `SimulatedWorld`: a small AWS in memory, for tests and demonstrations.

use std::time::SystemTime;

use ami_share_core::Principal;
use ami_share_core::backend::simulator::{self, Faults, ImageSpec, Outcome, World};
use ami_share_core::id::{AccountId, ImageId, Region, SnapshotId};
use ami_share_core::resource::{ImageState, Tags};
use pyo3::prelude::*;

use crate::argument::{Texts, chosen, duration, id, json_text, named_id};
use crate::error::{self, raised_api};
use crate::judgement::{Call, Judgement, WrittenCall, WrittenJudgement};
use crate::reason::WrittenProblem;
use crate::value::texts;

/// A small AWS in memory
#[pyclass(frozen, module = "ami_share")]
#[derive(Debug)]
pub(crate) struct SimulatedWorld(pub(crate) World);

#[pymethods]
impl SimulatedWorld {
    #[new]
    fn new() -> Self {
        Self(World::new())
    }

    fn create_organization(&self, management: &str) -> PyResult<String> {
        let created = self.0.create_organization(id(management)?);
        created.map(|arn| arn.to_string()).map_err(raised_api)
    }

    fn create_organizational_unit(&self, parent: &str) -> PyResult<String> {
        let created = self.0.create_organizational_unit(&id::<Principal>(parent)?);
        created.map(|arn| arn.to_string()).map_err(raised_api)
    }

    fn create_account(&self, parent: &str, account: &str) -> PyResult<()> {
        let created = self.0.create_account(&id(parent)?, id(account)?);
        created.map_err(raised_api)
    }

    fn move_account(&self, account: &str, parent: &str) -> PyResult<()> {
        let moved = self.0.move_account(id(account)?, &id(parent)?);
        moved.map_err(raised_api)
    }

    fn remove_account(&self, account: &str) -> PyResult<()> {
        self.0.remove_account(id(account)?).map_err(raised_api)
    }

    #[pyo3(signature = (region, owner, name="image", *, snapshots=0, encrypted_snapshots=0,
        encrypted_with=None, encrypted_by_aws=0,
        instance_store=false, product_codes=None, tags=None, state="available"))]
    #[expect(clippy::too_many_arguments, reason = "most are keywords in Python")]
    fn register_image(
        &self,
        region: &str,
        owner: &str,
        name: &str,
        snapshots: u8,
        encrypted_snapshots: u8,
        encrypted_with: Option<Texts>,
        encrypted_by_aws: u8,
        instance_store: bool,
        product_codes: Option<Texts>,
        tags: Option<Tags>,
        state: &str,
    ) -> PyResult<String> {
        let mut spec = ImageSpec::named(name).state(ImageState::from(state));
        for _ in 0..snapshots {
            spec = spec.snapshot();
        }
        for _ in 0..encrypted_snapshots {
            spec = spec.encrypted_snapshot();
        }
        for key in encrypted_with.unwrap_or_default().0 {
            spec = spec.encrypted_with(&named_id("encrypted_with", &key)?);
        }
        for _ in 0..encrypted_by_aws {
            spec = spec.encrypted_by_aws();
        }
        if instance_store {
            spec = spec.instance_store();
        }
        for code in product_codes.unwrap_or_default().0 {
            spec = spec.product_code(code);
        }
        for (key, value) in tags.unwrap_or_default() {
            spec = spec.tag(key, value);
        }
        let (region, owner): (Region, AccountId) = (id(region)?, id(owner)?);
        Ok(self.0.register_image(&region, owner, spec).to_string())
    }

    fn disable_image(&self, region: &str, image: &str) -> PyResult<()> {
        let disabled = self.0.disable_image(&id(region)?, &id(image)?);
        disabled.map_err(raised_api)
    }

    fn enable_image(&self, region: &str, image: &str) -> PyResult<()> {
        let enabled = self.0.enable_image(&id(region)?, &id(image)?);
        enabled.map_err(raised_api)
    }

    fn deregister_image(&self, region: &str, image: &str) -> PyResult<()> {
        let deregistered = self.0.deregister_image(&id(region)?, &id(image)?);
        deregistered.map_err(raised_api)
    }

    fn set_image_state(&self, region: &str, image: &str, state: &str) -> PyResult<()> {
        let (region, image): (Region, ImageId) = (id(region)?, id(image)?);
        let set = self.0.set_image_state(&region, &image, state.into());
        set.map_err(raised_api)
    }

    fn snapshots_of(&self, region: &str, image: &str) -> PyResult<Vec<String>> {
        Ok(texts(self.0.snapshots_of(&id(region)?, &id(image)?)))
    }

    fn launch_permissions(&self, region: &str, image: &str) -> PyResult<Option<Vec<String>>> {
        let permissions = self.0.launch_permissions(&id(region)?, &id(image)?);
        Ok(permissions.map(texts))
    }

    fn create_volume_permissions(
        &self,
        region: &str,
        snapshot: &str,
    ) -> PyResult<Option<Vec<String>>> {
        let (region, snapshot): (Region, SnapshotId) = (id(region)?, id(snapshot)?);
        let permissions = self.0.create_volume_permissions(&region, &snapshot);
        Ok(permissions.map(texts))
    }

    fn set_image_block_public_access(
        &self,
        account: &str,
        region: &str,
        setting: &str,
    ) -> PyResult<()> {
        let words = "`block-new-sharing` or `unblocked`";
        let setting = chosen("setting", setting, words)?;
        let (account, region) = (id(account)?, id(region)?);
        self.0
            .set_image_block_public_access(account, &region, setting);
        Ok(())
    }

    fn set_snapshot_block_public_access(
        &self,
        account: &str,
        region: &str,
        setting: &str,
    ) -> PyResult<()> {
        let words = "`block-all-sharing`, `block-new-sharing` or `unblocked`";
        let setting = chosen("setting", setting, words)?;
        let (account, region) = (id(account)?, id(region)?);
        self.0
            .set_snapshot_block_public_access(account, &region, setting);
        Ok(())
    }

    fn set_entity_quota(&self, account: &str, quota: usize) -> PyResult<()> {
        self.0.set_entity_quota(id(account)?, quota);
        Ok(())
    }

    fn set_public_image_quota(&self, account: &str, quota: usize) -> PyResult<()> {
        self.0.set_public_image_quota(id(account)?, quota);
        Ok(())
    }

    fn set_page_size(&self, items: usize) {
        self.0.set_page_size(items);
    }

    fn delay_consistency(&self, reads: usize) {
        self.0.delay_consistency(reads);
    }

    fn set_faults(&self, faults: &Bound<'_, PyAny>) -> PyResult<()> {
        let text = json_text("faults", faults)?;
        let faults: Faults = serde_json::from_str(&text).map_err(|wrong| {
            let message = format!("`faults` cannot be read: {wrong}");
            error::invalid_argument(WrittenProblem::new("faults", message))
        })?;
        self.0.set_faults(faults);
        Ok(())
    }

    fn advance(&self, seconds: f64) -> PyResult<()> {
        let passing = duration(seconds).ok_or_else(|| {
            let message = format!("`seconds` is {seconds}: give 0 or more");
            error::invalid_argument(WrittenProblem::new("seconds", message))
        })?;
        self.0.advance(passing);
        Ok(())
    }

    fn set_time(&self, now: SystemTime) {
        self.0.set_time(now);
    }

    fn deny(&self, account: &str, operation: &str) -> PyResult<()> {
        self.0.deny(id(account)?, operation);
        Ok(())
    }

    fn allow(&self, account: &str, operation: &str) -> PyResult<()> {
        self.0.allow(id(account)?, operation);
        Ok(())
    }

    fn calls(&self) -> Vec<Call> {
        let calls = self.0.calls().into_iter();
        calls.map(|call| Call(written(call))).collect()
    }

    fn clear_calls(&self) {
        self.0.clear_calls();
    }

    fn can_launch(&self, region: &str, account: &str, image: &str) -> PyResult<Judgement> {
        let (region, account, image): (Region, _, ImageId) =
            (id(region)?, id(account)?, id(image)?);
        Ok(judged(self.0.can_launch(&region, account, &image)))
    }

    fn can_copy(&self, region: &str, account: &str, image: &str) -> PyResult<Judgement> {
        let (region, account, image): (Region, _, ImageId) =
            (id(region)?, id(account)?, id(image)?);
        Ok(judged(self.0.can_copy(&region, account, &image)))
    }

    fn __repr__(&self) -> String {
        format!("<SimulatedWorld: {} calls>", self.0.calls().len())
    }
}

pub(crate) fn judged(judgement: simulator::Judgement) -> Judgement {
    Judgement(WrittenJudgement {
        allowed: judgement.allowed,
        reason: judgement.reason,
    })
}

fn written(call: simulator::Call) -> WrittenCall {
    WrittenCall {
        request_id: call.request_id,
        account: call.account,
        region: call.region,
        operation: call.operation.to_owned(),
        error_code: match call.outcome {
            Outcome::Done => None,
            Outcome::Refused(code) => Some(code),
            // The caller got no code, or not this one.
            Outcome::Lost(code) => code,
            _ => None,
        },
        write: call.write,
    }
}
