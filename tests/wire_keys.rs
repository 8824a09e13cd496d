//! The keys of encrypted images through the AWS backend, on the simulator's server.
#![allow(clippy::unwrap_used, reason = "tests fail by panic")]

mod support;

use std::collections::BTreeMap;
use std::process::Command;

use ami_share_core::access::Answer;
use ami_share_core::backend::aws::AwsBackend;
use ami_share_core::backend::simulator::server::Server;
use ami_share_core::backend::simulator::{ImageSpec, NewKey, World};
use ami_share_core::id::{AccountId, IamPrincipalArn, ImageId, KeyArn, Region};
use ami_share_core::policy::KeyStatements;
use ami_share_core::{ApplyOptions, AwsSharer, Error, OnChange, ShareRequest, Sharer};
use support::{CallCounter, simulator_backend};

/// How many rounds all writers of a key make together; the release was tried with 1,000
const ROUNDS: &str = "AMI_SHARE_WRITER_ROUNDS";
const WRITER: &str = "AMI_SHARE_WRITER";
const ENDPOINT: &str = "AMI_SHARE_WRITER_ENDPOINT";
const IMAGE: &str = "AMI_SHARE_WRITER_IMAGE";
const WRITERS: u64 = 8;

/// An owner with images under one key, and a server that answers for it
struct Scene {
    world: World,
    server: Server,
    region: Region,
    owner: AccountId,
    key: KeyArn,
}

impl Scene {
    async fn start() -> Self {
        let world = World::new();
        let region: Region = "us-east-1".parse().unwrap();
        let owner: AccountId = "999999999999".parse().unwrap();
        let key = world.create_key(&region, owner, NewKey::new());
        let server = Server::start(world.clone(), ([127, 0, 0, 1], 0).into())
            .await
            .unwrap();
        Self {
            world,
            server,
            region,
            owner,
            key,
        }
    }

    /// An image with two snapshots under the key
    fn register_image(&self) -> ImageId {
        let spec = ImageSpec::named("golden")
            .encrypted_with(&self.key)
            .encrypted_with(&self.key);
        self.world.register_image(&self.region, self.owner, spec)
    }

    async fn sharer(&self, counter: &CallCounter) -> AwsSharer {
        AwsSharer::new(simulator_backend(&self.server, self.owner, counter).await)
    }

    fn request(&self, image: &ImageId, accounts: u64) -> ShareRequest {
        ShareRequest::builder()
            .region(&self.region)
            .image(image)
            .accounts((1..=accounts).map(account))
            .build()
            .unwrap()
    }
}

fn account(number: u64) -> AccountId {
    format!("{number:012}").parse().unwrap()
}

#[tokio::test]
async fn promise_7_an_encrypted_image_costs_ten_calls_for_one_account_or_many() {
    // A key policy has room for some 290 accounts: for more, an organization is named.
    for count in [1, 250] {
        let scene = Scene::start().await;
        let counter = CallCounter::default();
        let sharer = scene.sharer(&counter).await;
        let image = scene.register_image();
        let request = scene.request(&image, count);
        let report = sharer.share(&request).await.unwrap();
        let verification = report.verification().unwrap();
        assert_eq!(verification.as_desired(), Answer::Yes);
        let ten = [
            ("DescribeImages", 1),
            ("DescribeImageAttribute", 2),
            ("DescribeSnapshots", 1),
            ("DescribeKey", 1),
            ("GetKeyPolicy", 3),
            ("PutKeyPolicy", 1),
            ("ModifyImageAttribute", 1),
        ];
        let ten: BTreeMap<String, usize> = ten
            .iter()
            .map(|(name, count)| ((*name).to_owned(), *count))
            .collect();
        assert_eq!(counter.by_action(), ten, "{count} accounts");
        counter.reset();
        assert!(sharer.share(&request).await.unwrap().is_empty());
        let writes = counter.by_action();
        let is_write = |name: &&String| name.starts_with("Put") || name.starts_with("Modify");
        assert_eq!(writes.keys().filter(is_write).count(), 0);
        for number in [1, count] {
            let judged = scene
                .world
                .can_launch(&scene.region, account(number), &image);
            assert!(judged.allowed, "{}", judged.reason);
        }
        let stranger = account(count + 1);
        assert!(
            !scene
                .world
                .can_launch(&scene.region, stranger, &image)
                .allowed
        );
    }
}

#[tokio::test]
async fn promise_7_a_hundred_images_under_one_key_read_it_once_and_write_it_once() {
    let scene = Scene::start().await;
    let counter = CallCounter::default();
    let sharer = scene.sharer(&counter).await;
    let images: Vec<ImageId> = (0..100).map(|_| scene.register_image()).collect();
    let request = ShareRequest::builder()
        .region(&scene.region)
        .images(&images)
        .account(account(1))
        .build()
        .unwrap();
    sharer.share(&request).await.unwrap();
    let calls = counter.by_action();
    assert_eq!(calls.get("DescribeKey"), Some(&1));
    assert_eq!(calls.get("PutKeyPolicy"), Some(&1));
    assert_eq!(calls.get("DescribeSnapshots"), Some(&1));
}

/// The plan's own policy is enough, and each of its actions is needed
#[tokio::test]
async fn a_role_with_the_callers_policy_applies_the_plan_and_with_less_it_does_not() {
    let scene = Scene::start().await;
    let image = scene.register_image();
    let request = scene.request(&image, 2);
    let owner = scene.sharer(&CallCounter::default()).await;
    let plan = owner.plan(&request).await.unwrap();
    let policy = plan.caller_iam_policy().unwrap();
    let actions: Vec<&str> = policy
        .split('"')
        .filter(|text| text.starts_with("ec2:") || text.starts_with("kms:"))
        .collect();
    assert_eq!(actions.len(), 7, "{policy}");
    let options = ApplyOptions::default().with_on_change(OnChange::Refuse);
    for (number, without) in actions.iter().enumerate() {
        let less = policy.replace(&format!("\"{without}\""), "\"s3:ListBucket\"");
        let sharer = sharer_as(&scene, &format!("less-{number}"), &less).await;
        let applied = sharer.apply(&plan, &options).await;
        assert!(applied.is_err(), "{without} is not needed");
        // What was done of it is taken back, for the next to find the same world.
        owner.revoke(&request).await.unwrap();
    }
    let sharer = sharer_as(&scene, "enough", &policy).await;
    sharer.apply(&plan, &options).await.unwrap();
    assert!(
        scene
            .world
            .can_launch(&scene.region, account(2), &image)
            .allowed
    );
}

/// A sharer that calls as a role of the owner with this policy
async fn sharer_as(scene: &Scene, name: &str, policy: &str) -> AwsSharer {
    let owner = scene.owner;
    let trust = format!(
        r#"{{"Version": "2012-10-17", "Statement": {{"Effect": "Allow",
            "Principal": {{"AWS": "{owner}"}}, "Action": "sts:AssumeRole"}}}}"#
    );
    let role: IamPrincipalArn = scene.world.create_role(owner, name, &trust).unwrap();
    scene
        .world
        .put_role_policy(&role, "caller", policy)
        .unwrap();
    let root = aws_config::defaults(aws_config::BehaviorVersion::latest())
        .region(aws_config::Region::from_static("us-east-1"))
        .endpoint_url(scene.server.endpoint())
        .http_client(CallCounter::default().http_client())
        .credentials_provider(aws_sdk_ec2::config::Credentials::new(
            owner.to_string(),
            "any",
            None,
            None,
            "simulator",
        ))
        .load()
        .await;
    let provider = aws_config::sts::AssumeRoleProvider::builder(role.as_str())
        .session_name("wire-keys")
        .configure(&root)
        .build()
        .await;
    let config = root
        .into_builder()
        .credentials_provider(aws_sdk_ec2::config::SharedCredentialsProvider::new(
            provider,
        ))
        .build();
    let backend = AwsBackend::builder()
        .sdk_config(config)
        .retry_attempts(1)
        .build()
        .await;
    AwsSharer::new(backend.unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn promise_8_processes_that_write_one_key_policy_lose_nothing_of_one_another() {
    let scene = Scene::start().await;
    let rounds: u64 = std::env::var(ROUNDS).map_or(40, |text| text.parse().unwrap());
    let endpoint = scene.server.endpoint();
    let writers: Vec<_> = (0..WRITERS)
        .map(|writer| {
            let image = scene.register_image();
            Command::new(std::env::current_exe().unwrap())
                .args(["--exact", "writer", "--ignored", "--nocapture"])
                .env(WRITER, writer.to_string())
                .env(ENDPOINT, &endpoint)
                .env(IMAGE, image.as_str())
                .env(ROUNDS, (rounds / WRITERS).to_string())
                .output_in_background()
        })
        .collect();
    for writer in writers {
        let output = writer.await.unwrap();
        let told = String::from_utf8_lossy(&output.stdout).into_owned();
        let complaint = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.success(), "{told}\n{complaint}");
        assert!(told.contains("1 passed"), "{told}");
    }
    // Each writer ends with its first account shared.
    let policy = scene.world.key_policy(&scene.key).unwrap();
    let ours = KeyStatements::found_in(&policy).unwrap();
    let expected: Vec<AccountId> = (0..WRITERS)
        .map(|writer| account(writer * 10 + 1))
        .collect();
    let found: Vec<AccountId> = ours.account_ids().copied().collect();
    assert_eq!(found, expected);
}

trait InBackground {
    fn output_in_background(&mut self) -> tokio::task::JoinHandle<std::process::Output>;
}

impl InBackground for Command {
    fn output_in_background(&mut self) -> tokio::task::JoinHandle<std::process::Output> {
        let child = self
            .stdout(std::process::Stdio::piped())
            .stderr(std::process::Stdio::piped())
            .spawn()
            .unwrap();
        tokio::task::spawn_blocking(move || child.wait_with_output().unwrap())
    }
}

#[tokio::test]
#[ignore = "one of the processes of the test above"]
async fn writer() {
    let told = |name: &str| std::env::var(name).unwrap();
    let writer: u64 = told(WRITER).parse().unwrap();
    let rounds: u64 = told(ROUNDS).parse().unwrap();
    let sharer = AwsSharer::new(
        AwsBackend::builder()
            .endpoint_url(told(ENDPOINT))
            .credentials("999999999999", "any", None)
            .build()
            .await
            .unwrap(),
    );
    let request = |number: u64| {
        ShareRequest::builder()
            .region("us-east-1")
            .image(told(IMAGE))
            .account(account(writer * 10 + number))
            .build()
            .unwrap()
    };
    sharer.share(&request(1)).await.unwrap();
    for round in 0..rounds {
        // What this process wrote before is still there, whatever the others wrote since.
        let plan = sharer.plan(&request(1)).await.unwrap();
        assert!(plan.is_empty(), "round {round}: {plan}");
        let turned = match round % 2 {
            0 => sharer.share(&request(2)).await,
            _ => sharer.revoke(&request(2)).await,
        };
        let told = match &turned {
            Ok(_) => String::new(),
            Err(Error::Incomplete(report)) => report.to_string(),
            Err(error) => error.to_string(),
        };
        assert!(turned.is_ok(), "round {round}: {told}");
    }
    sharer.revoke(&request(2)).await.unwrap();
}
