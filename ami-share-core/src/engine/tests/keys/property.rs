//! Random keys, policies, grants, organizations and requests.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::*;
use crate::access::Answer;
use crate::id::{OrganizationArn, OrganizationalUnitPath};
use crate::plan::Notice;
use crate::policy::evaluate::KeyState;
use crate::request::{KeyAccess, KeyCleanup, RemovalLimit};

const PEOPLE: u64 = 6;
/// Joins the organization, or an OU, when all is done
const LATE: u64 = 7;
const STRANGER: &str = "888888888888";
const OWNER: &str = "999999999999";

/// A key as others left it
#[derive(Clone, Debug)]
struct Lock {
    kind: u8,
    statements: Vec<(u8, u64)>,
    grants: Vec<(u8, u64)>,
}

/// A world before the first request
#[derive(Clone, Debug)]
struct Start {
    locks: Vec<Lock>,
    /// The key of each snapshot of each image; none of that number: not encrypted
    images: Vec<Vec<usize>>,
    /// Launch and create-volume permissions that somebody gave by hand
    launch: Vec<(usize, u64)>,
    storage: Vec<(usize, u64)>,
    denied: Option<u8>,
}

/// A request
#[derive(Clone, Debug)]
struct Act {
    images: Vec<usize>,
    named: Vec<u64>,
    groups: (bool, bool, bool),
    for_copy: bool,
    direction: u8,
    access: u8,
    cleanup: u8,
}

prop_compose! {
    fn lock()(
        kind in prop_oneof![12 => Just(0_u8), 1 => 1_u8..5],
        statements in prop::collection::vec((0_u8..13, 1..=PEOPLE), 0..3),
        grants in prop::collection::vec((0_u8..4, 1..=PEOPLE), 0..3),
    ) -> Lock {
        Lock { kind, statements, grants }
    }
}

prop_compose! {
    fn start()(
        locks in prop::collection::vec(lock(), 1..3),
        images in prop::collection::vec(prop::collection::vec(0_usize..3, 1..3), 1..4),
        launch in prop::collection::vec((0_usize..3, 1..=PEOPLE + 3), 0..4),
        storage in prop::collection::vec((0_usize..3, 1..=PEOPLE), 0..4),
        denied in prop_oneof![6 => Just(None), 1 => (0_u8..5).prop_map(Some)],
    ) -> Start {
        Start { locks, images, launch, storage, denied }
    }
}

prop_compose! {
    fn act()(
        images in prop::collection::vec(0_usize..3, 1..3),
        named in prop::collection::vec(1..=PEOPLE, 0..4),
        groups in (prop::bool::weighted(0.2), prop::bool::weighted(0.2), prop::bool::weighted(0.2)),
        for_copy in prop::bool::weighted(0.3),
        direction in prop_oneof![3 => Just(0_u8), 2 => Just(1), 1 => Just(2)],
        access in prop_oneof![4 => Just(0_u8), 1 => 1_u8..4],
        cleanup in prop_oneof![4 => Just(0_u8), 1 => 1_u8..3],
    ) -> Act {
        Act { images, named, groups, for_copy, direction, access, cleanup }
    }
}

/// The world, and what the test knows of it
struct Ground {
    scene: Scene,
    keys: Vec<KeyArn>,
    probes: Vec<ImageId>,
    groups: [Principal; 3],
    start: Start,
}

/// Account 1 is in the OU, 2 in an OU below that, 3 at the root of the organization, 4 to 6 in none
const MEMBERS: [&[u64]; 3] = [&[1, 2, 3], &[1, 2], &[2]];

impl Ground {
    async fn new(start: Start) -> Self {
        let mut scene = Scene::with(Vec::new());
        let world = scene.world.clone();
        let organization = world.create_organization(scene.owner).unwrap();
        let whole: Principal = organization.clone().into();
        let unit: Principal = world.create_organizational_unit(&whole).unwrap().into();
        let below: Principal = world.create_organizational_unit(&unit).unwrap().into();
        for (number, parent) in [(1, &unit), (2, &below), (3, &whole)] {
            world.create_account(parent, account(number)).unwrap();
        }
        let path = scene
            .backend()
            .organizational_unit_path(&scene.region, unit_arn(&unit))
            .await
            .unwrap();
        let groups = [whole, unit, below];
        let mut keys = Vec::new();
        for lock in &start.locks {
            keys.push(made(&scene, lock, &organization, &path));
        }
        for under in &start.images {
            let spec = under.iter().fold(ImageSpec::named("locked"), |spec, key| {
                match keys.get(*key) {
                    Some(key) => spec.encrypted_with(key),
                    None => spec.snapshot(),
                }
            });
            let image = world.register_image(&scene.region, scene.owner, spec);
            scene.images.push(image);
        }
        let everyone: Vec<AccountId> = (1..=LATE).map(account).collect();
        let mut probes = Vec::new();
        for key in &keys {
            probes.push(probe(&world, &scene.region, key, &everyone).await);
        }
        let ground = Self {
            scene,
            keys,
            probes,
            groups,
            start,
        };
        ground.give_by_hand().await;
        let operations = [
            "ListAccounts",
            "GetKeyPolicy",
            "ListGrants",
            "DescribeKey",
            "PutKeyPolicy",
        ];
        if let Some(number) = ground.start.denied {
            let operation = operations[usize::from(number)];
            world.deny(ground.scene.owner, operation);
        }
        ground
    }

    async fn give_by_hand(&self) {
        let scene = &self.scene;
        let backend = scene.backend();
        for (image, who) in &self.start.launch {
            let Some(image) = scene.images.get(*image) else {
                continue;
            };
            let who = match who.checked_sub(PEOPLE + 1) {
                Some(group) => self.groups[group as usize].clone(),
                None => account(*who).into(),
            };
            // An image under `aws/ebs` is refused.
            let _ = backend
                .modify_launch_permissions(&scene.region, image, &[who], &[])
                .await;
        }
        for (image, who) in &self.start.storage {
            let Some(image) = scene.images.get(*image) else {
                continue;
            };
            for snapshot in scene.world.snapshots_of(&scene.region, image) {
                let add = [account(*who).into()];
                let change = crate::backend::SnapshotChange::Add(&add);
                let _ = backend
                    .modify_create_volume_permissions(&scene.region, &snapshot, change)
                    .await;
            }
        }
    }

    /// The keys of an image, by number
    fn keys_of(&self, image: usize) -> impl Iterator<Item = usize> {
        let under = self.start.images[image].iter().copied();
        under.filter(|key| *key < self.keys.len())
    }

    /// Per image and account, who can launch and copy
    fn access(&self) -> Vec<Vec<(bool, bool)>> {
        (0..self.scene.images.len())
            .map(|image| {
                (1..=PEOPLE)
                    .map(|number| {
                        (
                            self.scene.can_launch(account(number), image),
                            self.scene.can_copy(account(number), image),
                        )
                    })
                    .collect()
            })
            .collect()
    }

    fn key_is_open(&self, key: usize, number: u64) -> bool {
        let scene = &self.scene;
        scene
            .world
            .can_launch(&scene.region, account(number), &self.probes[key])
            .allowed
    }

    /// Per key and account, to whom it is open
    fn open(&self) -> Vec<Vec<bool>> {
        (0..self.keys.len())
            .map(|key| (1..=PEOPLE).map(|who| self.key_is_open(key, who)).collect())
            .collect()
    }

    /// What others wrote, as they wrote it
    fn foreign(&self) -> Vec<(Vec<String>, Vec<String>)> {
        self.keys
            .iter()
            .map(|key| {
                let policy = self.scene.world.key_policy(key).unwrap();
                let statements = policy
                    .statements()
                    .filter(|statement| !statement.is_ours())
                    .map(|statement| statement.as_str().to_owned())
                    .collect();
                let grants = self.scene.world.grants(key);
                let is_ours = |name: &Option<String>| {
                    name.as_ref()
                        .is_some_and(|name| name.starts_with("ami-share/"))
                };
                let grants = grants
                    .iter()
                    .filter(|grant| !is_ours(&grant.name))
                    .map(|grant| format!("{grant:?}"))
                    .collect();
                (statements, grants)
            })
            .collect()
    }

    fn names(&self, act: &Act, number: u64) -> bool {
        let (whole, unit, below) = act.groups;
        let groups = [whole, unit, below].into_iter().zip(MEMBERS);
        act.named.contains(&number)
            || groups
                .into_iter()
                .any(|(on, members)| on && members.contains(&number))
    }

    fn request(&self, act: &Act) -> Option<ShareRequest> {
        let (whole, unit, below) = act.groups;
        let on = [whole, unit, below];
        let images = act
            .images
            .iter()
            .filter_map(|image| self.scene.images.get(*image));
        let builder = ShareRequest::builder()
            .region(&self.scene.region)
            .images(images)
            .accounts(act.named.iter().map(|number| account(*number)))
            .principals(
                self.groups
                    .iter()
                    .zip(on)
                    .filter(|(_, on)| *on)
                    .map(|(group, _)| group),
            )
            .snapshots(if act.for_copy {
                SnapshotSharing::ForCopy
            } else {
                SnapshotSharing::LeaveAsIs
            })
            .key_access(match act.access {
                0 => KeyAccess::Auto,
                1 => KeyAccess::KeyPolicy,
                2 => KeyAccess::Grant,
                _ => KeyAccess::Leave,
            })
            .key_cleanup(match act.cleanup {
                0 => KeyCleanup::ByReference,
                1 => KeyCleanup::Always,
                _ => KeyCleanup::Never,
            });
        let builder = match act.direction {
            0 => builder.share(),
            1 => builder.revoke(),
            _ => builder.exactly(RemovalLimit::Unlimited),
        };
        builder.build().ok()
    }

    /// What hangs on something that the owner cannot know: of which organization an account is, in
    /// which OU it is, or what EC2 tells KMS; or on what it may not read
    fn can_be_known(&self, image: usize) -> bool {
        let is_plain = |key: usize| {
            let lock = &self.start.locks[key];
            let statements = self.scene.world.key_policy(&self.keys[key]).unwrap();
            let text = statements.as_str();
            !text.contains("PrincipalOrg")
                && !text.contains("EncryptionContext")
                && !matches!(lock.kind, 2 | 3)
        };
        self.start.denied.is_none() && self.keys_of(image).all(is_plain)
    }

    /// Every yes and no of verify is what the simulator says too; unknown is what cannot be known
    async fn verify_agrees(&self) -> Result<(), TestCaseError> {
        let everyone = self
            .scene
            .request()
            .accounts((1..=PEOPLE).map(account))
            .snapshots(SnapshotSharing::ForCopy)
            .build()
            .unwrap();
        let verification = self.scene.sharer().verify(&everyone).await.unwrap();
        let access = self.access();
        for (found, image) in verification.images().iter().zip(self.sorted()) {
            for (check, (launch, copy)) in found.principals.iter().zip(&access[image]) {
                let agrees = |answer: Answer, really: bool| match answer {
                    Answer::Yes => really,
                    Answer::No => !really,
                    Answer::Unknown => !self.can_be_known(image),
                };
                prop_assert!(
                    agrees(check.launch.answer, *launch),
                    "launch is {launch}: {check:#?}"
                );
                let told = check.copy.as_ref().unwrap();
                prop_assert!(
                    agrees(told.answer, *copy)
                        // AWS does not say which operations a copy needs of the key that it reads by.
                        || told.answer == Answer::Unknown && *copy && !*launch,
                    "copy is {copy}: {check:#?}"
                );
            }
        }
        Ok(())
    }

    /// The numbers of the images in the order of their ids
    fn sorted(&self) -> Vec<usize> {
        let by_id: BTreeMap<&ImageId, usize> = self.scene.images.iter().zip(0..).collect();
        by_id.into_values().collect()
    }
}

fn unit_arn(unit: &Principal) -> &crate::id::OrganizationalUnitArn {
    match unit {
        Principal::OrganizationalUnit(arn) => arn,
        other => panic!("{other}"),
    }
}

const FULL: &str = r#"["kms:DescribeKey", "kms:Decrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:CreateGrant"]"#;

fn made(
    scene: &Scene,
    lock: &Lock,
    organization: &OrganizationArn,
    path: &OrganizationalUnitPath,
) -> KeyArn {
    let world = &scene.world;
    if lock.kind == 1 {
        return world.aws_ebs_key(&scene.region, scene.owner);
    }
    let owner: AccountId = match lock.kind {
        2 | 3 => STRANGER.parse().unwrap(),
        _ => scene.owner,
    };
    let mut statements: Vec<String> = lock
        .statements
        .iter()
        .enumerate()
        .map(|(at, (kind, who))| statement(at, *kind, account(*who), organization, path))
        .collect();
    if lock.kind == 3 {
        statements.push(format!(
            r#"{{"Effect": "Allow", "Principal": {{"AWS": "{OWNER}"}}, "Action": "kms:*", "Resource": "*"}}"#
        ));
    }
    let new = NewKey::new().policy(policy_of(owner, &statements));
    let key = world.create_key(&scene.region, owner, new);
    for (kind, who) in &lock.grants {
        let who = account(*who);
        let (grantee, operations): (String, &[&str]) = match kind {
            0 => (
                format!("arn:aws:iam::{who}:root"),
                &crate::access::KEY_OPERATIONS,
            ),
            1 => (
                format!("arn:aws:iam::{who}:root"),
                &["Decrypt", "DescribeKey"],
            ),
            2 => (
                format!("arn:aws:iam::{who}:root"),
                &[
                    "CreateGrant",
                    "GenerateDataKeyWithoutPlaintext",
                    "ReEncryptTo",
                ],
            ),
            _ => (
                format!("arn:aws:iam::{who}:root"),
                &["Decrypt", "DescribeKey", "ReEncryptFrom", "CreateGrant"],
            ),
        };
        world
            .create_grant(&key, &grantee, operations.iter().copied())
            .unwrap();
    }
    if lock.kind == 4 {
        world.set_key_state(&key, KeyState::Disabled).unwrap();
    }
    key
}

/// A statement that others wrote
fn statement(
    at: usize,
    kind: u8,
    who: AccountId,
    organization: &OrganizationArn,
    path: &OrganizationalUnitPath,
) -> String {
    let root = format!(r#"{{"AWS": "arn:aws:iam::{who}:root"}}"#);
    let anyone = r#""*""#.to_owned();
    let id = organization.organization_id();
    let (effect, principal, actions, condition) = match kind {
        0 => ("Allow", root, FULL, String::new()),
        1 => (
            "Allow",
            root,
            r#"["kms:Decrypt", "kms:DescribeKey"]"#,
            String::new(),
        ),
        2 => (
            "Allow",
            root,
            r#"["kms:DescribeKey", "kms:Decrypt", "kms:ReEncryptFrom", "kms:CreateGrant"]"#,
            String::new(),
        ),
        3 => ("Deny", root, r#""kms:Decrypt""#, String::new()),
        4 => (
            "Allow",
            anyone,
            FULL,
            format!(r#""StringEquals": {{"aws:PrincipalOrgID": "{id}"}}"#),
        ),
        5 => (
            "Allow",
            anyone,
            FULL,
            format!(
                r#""StringEquals": {{"aws:PrincipalOrgID": "{id}"}},
                   "ForAnyValue:StringLike": {{"aws:PrincipalOrgPaths": "{path}*"}}"#
            ),
        ),
        6 => (
            "Deny",
            anyone,
            r#""kms:Decrypt""#,
            format!(r#""StringNotEquals": {{"aws:PrincipalOrgID": "{id}"}}"#),
        ),
        7 => (
            "Allow",
            root,
            FULL,
            r#""StringLike": {"kms:EncryptionContext:aws:ebs:id": "snap-*"}"#.to_owned(),
        ),
        8 => (
            "Allow",
            root,
            FULL,
            r#""StringEquals": {"kms:ViaService": "ec2.us-east-1.amazonaws.com"}"#.to_owned(),
        ),
        9 => (
            "Allow",
            anyone,
            FULL,
            format!(r#""StringEquals": {{"kms:CallerAccount": "{who}"}}"#),
        ),
        11 => (
            "Deny",
            anyone,
            r#""kms:Decrypt""#,
            format!(r#""ForAnyValue:StringLike": {{"aws:PrincipalOrgPaths": "{path}ou-*"}}"#),
        ),
        10 => (
            "Deny",
            root,
            r#""kms:CreateGrant""#,
            r#""Bool": {"kms:GrantIsForAWSResource": "false"}"#.to_owned(),
        ),
        _ => (
            "Deny",
            root,
            r#"["kms:ReEncryptTo", "kms:GenerateDataKey*"]"#,
            r#""StringNotEquals": {"kms:ViaService": "ec2.us-east-1.amazonaws.com"}"#.to_owned(),
        ),
    };
    format!(
        r#"{{"Sid": "Theirs{at}",  "Effect": "{effect}", "Principal": {principal},
            "Action": {actions}, "Resource": "*", "Condition": {{{condition}}}}}"#
    )
    .replace(r#", "Condition": {}"#, "")
}

/// All three tests together take 10,000 random cases; `PROPTEST_CASES` is for more of each
fn cases(usually: u32) -> ProptestConfig {
    let cases = std::env::var("PROPTEST_CASES").ok();
    let cases = cases.and_then(|cases| cases.parse().ok());
    ProptestConfig {
        cases: cases.unwrap_or(usually),
        failure_persistence: None,
        ..ProptestConfig::default()
    }
}

fn run<F: Future<Output = Result<(), TestCaseError>>>(story: F) -> Result<(), TestCaseError> {
    tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .start_paused(true)
        .build()
        .unwrap()
        .block_on(story)
}

proptest! {
    #![proptest_config(cases(7_900))]

    #[test]
    fn promise_6_verify_says_of_random_worlds_what_the_simulator_says(start in start()) {
        run(async {
            let ground = Ground::new(start).await;
            ground.verify_agrees().await
        })?;
    }

}

proptest! {
    #![proptest_config(cases(1_800))]

    #[test]
    fn promises_1_2_and_5_hold_for_random_keys_one_request(start in start(), act in act()) {
        run(story(start, vec![act]))?;
    }

}

proptest! {
    #![proptest_config(cases(300))]

    #[test]
    fn promises_1_2_and_5_hold_for_random_keys_and_stories(
        start in start(),
        acts in prop::collection::vec(act(), 2..4),
    ) {
        run(story(start, acts))?;
    }
}

async fn story(start: Start, acts: Vec<Act>) -> Result<(), TestCaseError> {
    let ground = Ground::new(start).await;
    // Where all permissions and keys came by requests alone
    let mut by_request_alone = ground.start.launch.is_empty();
    for act in acts {
        let Some(request) = ground.request(&act) else {
            continue;
        };
        let (before, open, foreign) = (ground.access(), ground.open(), ground.foreign());
        let result = ground.scene.sharer().share(&request).await;
        prop_assert_eq!(
            &foreign,
            &ground.foreign(),
            "others' things changed: {:?}",
            act
        );
        ground.nobody_else_gets_in(&act, &before, &open)?;
        by_request_alone &= act.direction == 1 || act.access != 3;
        by_request_alone &= act.cleanup != 1;
        if by_request_alone {
            ground.nobody_else_is_thrown_out(&act, &before)?;
        }
        match result {
            Ok(report) => {
                ground.is_as_asked(&act, &request, &report)?;
                ground.scene.world.clear_calls();
                let again = ground.scene.sharer().share(&request).await.unwrap();
                prop_assert!(again.is_empty(), "{:?}", again.steps());
                // Whoever may not write a policy tries, is refused, and finds its grants there.
                let calls = ground.scene.world.calls();
                let written = calls.iter().filter(|call| {
                    call.write
                        && !matches!(call.outcome, crate::backend::simulator::Outcome::Refused(_))
                });
                prop_assert_eq!(written.count(), 0);
            }
            Err(Error::Refused(refusals)) => {
                prop_assert_eq!(&before, &ground.access(), "refused, and changed");
                prop_assert_eq!(&open, &ground.open(), "refused, and changed");
                for refusal in refusals.as_slice() {
                    prop_assert!(!refusal.mend().is_empty());
                }
            }
            Err(Error::Incomplete(report)) => {
                let denied = report.steps().iter().any(|step| match &step.outcome {
                    StepOutcome::Failed { error } => error.code().is_some(),
                    _ => false,
                });
                prop_assert!(denied, "{report:#?}");
            }
            Err(other) => prop_assert!(false, "{other:?}"),
        }
        ground.verify_agrees().await?;
    }
    Ok(())
}

impl Ground {
    /// Promise 1, at every image and at every key
    fn nobody_else_gets_in(
        &self,
        act: &Act,
        before: &[Vec<(bool, bool)>],
        open: &[Vec<bool>],
    ) -> Result<(), TestCaseError> {
        let (access, open_now) = (self.access(), self.open());
        for number in 1..=PEOPLE {
            if act.direction != 1 && self.names(act, number) {
                continue;
            }
            let at = number as usize - 1;
            for (image, before) in before.iter().enumerate() {
                let (before, after) = (before[at], access[image][at]);
                prop_assert!(
                    after.0 <= before.0,
                    "{number} got into image {image}: {act:?}"
                );
                prop_assert!(
                    after.1 <= before.1,
                    "{number} can copy image {image}: {act:?}"
                );
            }
            for (key, before) in open.iter().enumerate() {
                prop_assert!(
                    open_now[key][at] <= before[at],
                    "{number} got key {key}: {act:?}"
                );
            }
        }
        Ok(())
    }

    /// Images that are not named stay as they were, for everybody who can launch them
    fn nobody_else_is_thrown_out(
        &self,
        act: &Act,
        before: &[Vec<(bool, bool)>],
    ) -> Result<(), TestCaseError> {
        let access = self.access();
        for (image, before) in before.iter().enumerate() {
            for (at, before) in before.iter().enumerate() {
                let is_meant = act.images.contains(&image) && act.direction != 0;
                prop_assert!(
                    is_meant || access[image][at].0 >= before.0,
                    "account {} lost image {image}: {act:?}",
                    at + 1
                );
            }
        }
        Ok(())
    }

    /// What was told as done is done
    fn is_as_asked(
        &self,
        act: &Act,
        request: &ShareRequest,
        report: &Report,
    ) -> Result<(), TestCaseError> {
        let is_uncertain = |who: u64| {
            report.notices().iter().any(|notice| match notice {
                Notice::KeyAccessUnknown { principals, .. } => {
                    let groups = self.groups.iter().zip(MEMBERS);
                    principals.contains(&Principal::Account(account(who)))
                        || groups.into_iter().any(|(group, members)| {
                            principals.contains(group) && (who == LATE || members.contains(&who))
                        })
                }
                _ => false,
            })
        };
        let asked: Vec<usize> = act
            .images
            .iter()
            .copied()
            .filter(|image| *image < self.scene.images.len())
            .collect();
        if act.direction != 1 && act.access != 3 {
            let mut expected: Vec<u64> = (1..=PEOPLE).filter(|who| self.names(act, *who)).collect();
            let joined = self.joins_late(act);
            expected.extend(joined.then_some(LATE));
            for image in &asked {
                for who in &expected {
                    let by_name = act.named.contains(who);
                    let is_denied =
                        !by_name && self.keys_of(*image).any(|key| self.denies(key, *who));
                    if is_uncertain(*who) || is_denied {
                        continue;
                    }
                    let judged = self.scene.world.can_launch(
                        &self.scene.region,
                        account(*who),
                        &self.scene.images[*image],
                    );
                    prop_assert!(
                        judged.allowed,
                        "{who} at image {image}: {judged:?}\n{report:#?}"
                    );
                }
            }
            if joined {
                self.scene.world.remove_account(account(LATE)).unwrap();
            }
        }
        if act.direction == 2 {
            let access = self.access();
            for image in &asked {
                for who in (1..=PEOPLE).filter(|who| !self.names(act, *who)) {
                    prop_assert!(
                        !access[*image][who as usize - 1].0,
                        "exactly, and {who} too"
                    );
                }
            }
        }
        if act.direction == 1 {
            self.is_revoked(act, request, report, &asked)?;
        }
        Ok(())
    }

    /// Lets an account join one of the groups of the request
    fn joins_late(&self, act: &Act) -> bool {
        let (whole, unit, below) = act.groups;
        let group = self.groups.iter().zip([whole, unit, below]);
        match group.into_iter().rfind(|(_, on)| *on) {
            Some((group, _)) => {
                self.scene
                    .world
                    .create_account(group, account(LATE))
                    .unwrap();
                true
            }
            None => false,
        }
    }

    /// Whether others deny the key to the account, whatever organization it is of
    fn denies(&self, key: usize, who: u64) -> bool {
        let statements = &self.start.locks[key].statements;
        statements.iter().any(|(kind, whom)| {
            *kind == 3 && *whom == who || *kind == 11 && [2, LATE].contains(&who)
        })
    }

    fn is_revoked(
        &self,
        act: &Act,
        request: &ShareRequest,
        report: &Report,
        asked: &[usize],
    ) -> Result<(), TestCaseError> {
        let world = &self.scene.world;
        for image in asked {
            let left = world
                .launch_permissions(&self.scene.region, &self.scene.images[*image])
                .unwrap();
            prop_assert!(left.is_disjoint(request.principals()));
            for key in self.keys_of(*image) {
                if act.access == 3
                    || act.cleanup == 2
                    || matches!(self.start.locks[key].kind, 1..=3)
                {
                    continue;
                }
                let arn = &self.keys[key];
                let is_kept = |principal: &Principal| {
                    report.notices().iter().any(|notice| match notice {
                        Notice::KeyKept { key, .. } => key == arn,
                        Notice::KeyStillNeeded {
                            key, principal: by, ..
                        } => key == arn && by == principal,
                        _ => false,
                    })
                };
                let policy = world.key_policy(arn).unwrap();
                let ours = KeyStatements::found_in(&policy).unwrap();
                for principal in request.principals() {
                    let is_in = match principal {
                        Principal::Account(account) => {
                            let root = format!("arn:aws:iam::{account}:root");
                            ours.account_ids().any(|id| id == account)
                                || world.grants(arn).iter().any(|grant| {
                                    grant.name.is_some() && grant.grantee_principal == root
                                })
                        }
                        Principal::Organization(_) => ours.organization_ids().len() > 0,
                        Principal::OrganizationalUnit(unit) => ours
                            .organizational_units()
                            .any(|path| path.unit_id() == unit.unit_id()),
                        Principal::Public => false,
                    };
                    prop_assert!(
                        !is_in || is_kept(principal),
                        "{principal} keeps the key: {:#?}",
                        report.notices()
                    );
                    let needs = self.others_need(asked, key, principal);
                    prop_assert!(
                        act.cleanup == 1 || !is_in || needs || self.start.denied.is_some(),
                        "{principal} keeps the key without need: {:#?}",
                        report.notices()
                    );
                }
            }
        }
        Ok(())
    }

    /// Whether an image that was not named is under the key and shared with the principal
    fn others_need(&self, asked: &[usize], key: usize, principal: &Principal) -> bool {
        let scene = &self.scene;
        let others = (0..scene.images.len()).filter(|image| !asked.contains(image));
        others
            .filter(|image| self.keys_of(*image).any(|of_image| of_image == key))
            .any(|image| {
                let permissions = scene
                    .world
                    .launch_permissions(&scene.region, &scene.images[image]);
                permissions.unwrap().contains(principal)
            })
    }
}
