//! Distributions on the simulator: who gets in at the end is what the simulator says, by its own rules.

mod counts;
mod destroy;
mod extras;
mod finish;
mod image;
mod lease;
mod modes;
mod refusals;
mod retry;
mod shards;
mod tags;
mod values;
mod verify;

use std::time::{Duration, SystemTime};

use serde_json::{Value, json};

use super::*;
use crate::Distributor;
use crate::backend::simulator::{Call, Fault as SimulatedFault, Faults, NewKey, Outcome};
use crate::backend::{CopyBackend, RecipientBackend};
use crate::distribution::{
    Distribution, DistributionPlan, DistributionReport, DistributionVerification, ShardReport,
    Stage,
};
use crate::engine::{ApplyOptions, OnChange};
use crate::id::{KeyArn, OrganizationArn, OrganizationalUnitArn};
use crate::resource::{ImageDetails, Snapshot};

const REGIONS: [&str; 3] = ["us-east-1", "eu-west-1", "ap-southeast-2"];
const ALIAS: &str = "alias/golden";

/// An owner with an encrypted image; three recipients, of whom two are in an OU, with a role for the owner and
/// a key under an alias in every Region; and an account that gets nothing
struct Distributing {
    scene: Scene,
    source_key: KeyArn,
    regions: Vec<Region>,
    recipients: Vec<AccountId>,
    organization: OrganizationArn,
    unit: OrganizationalUnitArn,
    stranger: AccountId,
}

impl Distributing {
    fn new() -> Self {
        Self::of(&REGIONS)
    }

    fn of(regions: &[&str]) -> Self {
        let mut scene = Scene::with(Vec::new());
        let world = &scene.world;
        // The engine goes by the time of the machine, and EC2 takes no deprecation in its past.
        world.set_time(SystemTime::now() - Duration::from_secs(24 * 3_600));
        let regions: Vec<Region> = regions
            .iter()
            .map(|region| region.parse().unwrap())
            .collect();
        let recipients = accounts(3);
        let organization = world.create_organization(scene.owner).unwrap();
        let root = organization.clone().into();
        let unit = world.create_organizational_unit(&root).unwrap();
        for account in &recipients[1..] {
            world
                .create_account(&unit.clone().into(), *account)
                .unwrap();
        }
        let stranger = account(4);
        world.create_account(&root, stranger).unwrap();
        for account in recipients.iter().chain([&scene.owner, &stranger]) {
            for region in &regions {
                let key = world.create_key(region, *account, NewKey::new());
                world.create_alias(ALIAS, &key).unwrap();
            }
        }
        for account in &recipients {
            role(&scene, *account);
        }
        let source_key = world.create_key(&scene.region, scene.owner, NewKey::new());
        let image =
            world.register_image(&scene.region, scene.owner, golden("golden-1", &source_key));
        scene.images = vec![image];
        scene.world.clear_calls();
        Self {
            scene,
            source_key,
            regions,
            recipients,
            organization,
            unit,
            stranger,
        }
    }

    fn world(&self) -> &World {
        &self.scene.world
    }

    fn sharer(&self) -> BackendSharer<SimulatedBackend> {
        self.scene.sharer()
    }

    /// The image goes to an account and an OU in all Regions; `more` comes on top, or instead
    fn distribution(&self, more: Value) -> Distribution {
        let mut all = json!({
            "version": "ami-share/distribution/1",
            "image": {"region": self.scene.region, "id": self.scene.images[0]},
            "regions": self.regions,
            "recipients": {
                "accounts": [self.recipients[0]],
                "organizational_units": [self.unit],
            },
            "roles": {"template": "arn:aws:iam::{account}:role/AmiShare"},
            "keys": {"default": ALIAS},
        });
        let fields = all.as_object_mut().unwrap();
        fields.extend(more.as_object().unwrap().clone());
        Distribution::from_json(&all.to_string()).unwrap()
    }

    /// The same, with copies in the recipients; what is opened for them is closed
    fn copying(&self, more: Value) -> Distribution {
        let mut all = json!({"recipients_get": "copy", "copies": {"source_access": "close"}});
        let fields = all.as_object_mut().unwrap();
        fields.extend(more.as_object().unwrap().clone());
        self.distribution(all)
    }

    async fn plan(&self, distribution: &Distribution) -> DistributionPlan {
        self.sharer().plan_distribution(distribution).await.unwrap()
    }

    async fn run(&self, distribution: &Distribution) -> DistributionReport {
        let sharer = self.sharer();
        let plan = sharer.plan_distribution(distribution).await.unwrap();
        let options = ApplyOptions::just_planned();
        let applied = sharer.apply_distribution(&plan, &options).await;
        applied.unwrap()
    }

    async fn verify(&self, distribution: &Distribution) -> DistributionVerification {
        let verified = self.sharer().verify_distribution(distribution).await;
        verified.unwrap()
    }

    /// The second run finds nothing to do, in each way in which a plan can be applied
    async fn is_settled(&self, distribution: &Distribution) {
        self.world().clear_calls();
        let plan = self.plan(distribution).await;
        assert!(plan.is_empty(), "{plan:#?}");
        for on_change in [OnChange::DoNotLook, OnChange::PlanAgain, OnChange::Refuse] {
            let options = ApplyOptions::default().with_on_change(on_change);
            let applied = self.sharer().apply_distribution(&plan, &options).await;
            applied.unwrap();
            assert_eq!(self.writes(), Vec::<&str>::new(), "{on_change:?}");
        }
    }

    fn writes(&self) -> Vec<&'static str> {
        let calls = self.world().calls();
        // A rehearsal is refused, whether it is allowed or not.
        let took_effect = |call: &&Call| !matches!(call.outcome, Outcome::Refused(_));
        let writes = calls.iter().filter(|call| call.write);
        let writes = writes.filter(took_effect);
        writes.map(|call| call.operation).collect()
    }

    fn count(&self, operation: &str) -> usize {
        let calls = self.world().calls();
        calls
            .iter()
            .filter(|call| call.operation == operation)
            .count()
    }

    /// Takes the owner's keys away from everybody
    fn lose_the_owner_s_keys(&self) {
        let state = crate::policy::evaluate::KeyState::PendingDeletion;
        for key in self.world().keys() {
            if key.account() == self.scene.owner {
                self.world().set_key_state(&key, state).unwrap();
            }
        }
    }

    async fn details(&self, account: AccountId, region: &Region, image: &ImageId) -> ImageDetails {
        let backend = self.world().backend(account);
        let ids = [image.clone()];
        let found = backend.describe_image_details(region, &ids).await;
        found.unwrap().remove(0)
    }

    async fn snapshots(
        &self,
        account: AccountId,
        region: &Region,
        image: &ImageId,
    ) -> Vec<Snapshot> {
        use crate::backend::Backend;
        let ids = self.world().snapshots_of(region, image);
        let backend = self.world().backend(account);
        backend.describe_snapshots(region, &ids).await.unwrap()
    }

    /// Who may launch the owner's image in a Region, by its launch permissions
    fn permitted(&self, region: &Region, image: &ImageId) -> Vec<Principal> {
        let permissions = self.world().launch_permissions(region, image);
        permissions.unwrap().into_iter().collect()
    }

    fn images_of(&self, account: AccountId) -> usize {
        let regions = self.regions.iter();
        regions
            .map(|region| self.world().images_owned_by(region, account).len())
            .sum()
    }

    /// Every recipient has one copy in each Region, and gets in without the owner; nobody else does
    fn is_copied(&self, report: &DistributionReport) {
        self.lose_the_owner_s_keys();
        for account in &self.recipients {
            assert_eq!(self.images_of(*account), self.regions.len());
        }
        let recipients = report.shards().iter();
        let recipients = recipients.filter(|report| report.shard.stage == Stage::Recipient);
        let mut launched = 0;
        for report in recipients {
            let (region, account) = (&report.shard.region, report.shard.account);
            let image = report.image.as_ref().unwrap();
            let judged = self.world().can_launch(region, account, image);
            assert!(judged.allowed, "{account} {region} {judged:?}");
            let others = self.recipients.iter().filter(|other| **other != account);
            for other in others.chain([&self.scene.owner, &self.stranger]) {
                assert!(!self.world().can_launch(region, *other, image).allowed);
            }
            launched += 1;
        }
        assert_eq!(launched, self.regions.len() * self.recipients.len());
    }
}

fn golden(name: &str, key: &KeyArn) -> ImageSpec {
    ImageSpec::named(name)
        .tag("stage", "tested")
        .encrypted_with(key)
        .encrypted_with(key)
}

/// The role that the owner may assume in an account
fn role(scene: &Scene, account: AccountId) {
    let trust = format!(
        r#"{{"Version": "2012-10-17", "Statement": [{{"Effect": "Allow", "Action": "sts:AssumeRole",
        "Principal": {{"AWS": "arn:aws:iam::{}:root"}}}}]}}"#,
        scene.owner
    );
    let role = scene
        .world
        .create_role(account, "AmiShare", &trust)
        .unwrap();
    let policy = r#"{"Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}"#;
    scene.world.put_role_policy(&role, "all", policy).unwrap();
}

fn distribution_incomplete(result: Result<DistributionReport, Error>) -> DistributionReport {
    match result {
        Err(Error::DistributionIncomplete(report)) => *report,
        other => panic!("{other:?}"),
    }
}

/// The owner's image in each Region
fn owner_s(report: &DistributionReport) -> Vec<(Region, ImageId)> {
    let owners = report.shards().iter();
    let owners = owners.filter(|report| report.shard.stage == Stage::Owner);
    owners
        .map(|report| (report.shard.region.clone(), report.image.clone().unwrap()))
        .collect()
}
