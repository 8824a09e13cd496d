use std::env;
use std::io::{ErrorKind, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use ami_share_core::Principal;
use ami_share_core::backend::aws::AwsBackend;
use ami_share_core::id::{AccountId, ImageId};
use aws_config::sts::AssumeRoleProvider;
use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_sdk_ec2::config::{Credentials, SharedCredentialsProvider};

use super::CallCounter;

/// The account that moto takes any key for
pub(crate) const OWNER: &str = "123456789012";

/// A moto server of this test's own, ended when it goes out of scope
///
/// Two of them share nothing, so tests need not know of each other.
#[derive(Debug)]
pub(crate) struct Moto {
    server: Child,
    endpoint: String,
    counter: CallCounter,
}

impl Moto {
    const HOME: &str = "us-east-1";
    const STARTS: usize = 5;
    const LONGEST_START: Duration = Duration::from_secs(60);

    /// A server that answers already
    ///
    /// # Panics
    ///
    /// If moto is not installed, or does not come up.
    pub(crate) async fn start() -> Self {
        for _ in 0..Self::STARTS {
            let port = free_port();
            let mut server = spawn(port);
            if wait_until_ready(&mut server, port).await {
                return Self {
                    server,
                    endpoint: format!("http://127.0.0.1:{port}"),
                    counter: CallCounter::default(),
                };
            }
            // Somebody else may have taken the port in between: try another one.
            end(&mut server);
        }
        panic!("moto did not come up, {} times in a row", Self::STARTS);
    }

    pub(crate) fn endpoint(&self) -> &str {
        &self.endpoint
    }

    /// The requests of all backends of this server; those of the helpers here are not counted
    pub(crate) fn counter(&self) -> &CallCounter {
        &self.counter
    }

    /// The backend of [`OWNER`]
    pub(crate) async fn backend(&self) -> AwsBackend {
        self.backend_with(self.owner_config().await).await
    }

    /// The backend of another account, by the credentials of an assumed role in it
    pub(crate) async fn backend_as(&self, account: &str) -> AwsBackend {
        self.backend_with(self.config_as(account).await).await
    }

    /// The configuration of [`OWNER`]
    pub(crate) async fn owner_config(&self) -> SdkConfig {
        aws_config::defaults(BehaviorVersion::latest())
            .region(Region::from_static(Self::HOME))
            .endpoint_url(&self.endpoint)
            .http_client(aws_smithy_http_client::Builder::new().build_http())
            .credentials_provider(Credentials::new("moto", "moto", None, None, "moto"))
            .load()
            .await
    }

    /// The configuration of another account, by an assumed role in it
    pub(crate) async fn config_as(&self, account: &str) -> SdkConfig {
        let owner = self.owner_config().await;
        let role = AssumeRoleProvider::builder(format!("arn:aws:iam::{account}:role/share"))
            .session_name("ami-share-test")
            .configure(&owner)
            .build()
            .await;
        owner
            .into_builder()
            .credentials_provider(SharedCredentialsProvider::new(role))
            .build()
    }

    /// An image of [`OWNER`] in us-east-1, with one snapshot behind it
    pub(crate) async fn register_image(&self, name: &str) -> ImageId {
        let answer = aws_sdk_ec2::Client::new(&self.owner_config().await)
            .register_image()
            .name(name)
            .send()
            .await
            .expect("moto registers an image");
        answer
            .image_id()
            .expect("a registered image has an id")
            .parse()
            .expect("moto gives ids of AWS's form")
    }

    /// A new organization that [`OWNER`] manages, an OU in it, and an account in an OU below that
    pub(crate) async fn create_organization(
        &self,
    ) -> Result<(Principal, Principal, AccountId), Box<dyn std::error::Error>> {
        let client = aws_sdk_organizations::Client::new(&self.owner_config().await);
        let created = client.create_organization().send().await?;
        let organization = created.organization().and_then(|made| made.arn());
        let roots = client.list_roots().send().await?;
        let root = roots
            .roots()
            .first()
            .and_then(|root| root.id())
            .unwrap_or_default();
        let unit = create_unit(&client, root, "outer").await?;
        let nested = create_unit(&client, last_segment(&unit), "inner").await?;
        let account = client
            .create_account()
            .account_name("member")
            .email("member@example.com")
            .send()
            .await?;
        let account = account
            .create_account_status()
            .and_then(|made| made.account_id());
        let account = account.unwrap_or_default();
        client
            .move_account()
            .account_id(account)
            .source_parent_id(root)
            .destination_parent_id(last_segment(&nested))
            .send()
            .await?;
        Ok((
            organization.unwrap_or_default().parse()?,
            unit.parse()?,
            account.parse()?,
        ))
    }

    async fn backend_with(&self, config: SdkConfig) -> AwsBackend {
        AwsBackend::builder()
            .sdk_config(self.counter.counted(&config))
            .build()
            .await
            .expect("the settings do not contradict each other")
    }
}

impl Drop for Moto {
    fn drop(&mut self) {
        end(&mut self.server);
    }
}

async fn create_unit(
    client: &aws_sdk_organizations::Client,
    parent: &str,
    name: &str,
) -> Result<String, Box<dyn std::error::Error>> {
    let created = client
        .create_organizational_unit()
        .parent_id(parent)
        .name(name)
        .send()
        .await?;
    let arn = created.organizational_unit().and_then(|unit| unit.arn());
    Ok(arn.unwrap_or_default().to_owned())
}

fn last_segment(arn: &str) -> &str {
    arn.rsplit('/').next().unwrap_or_default()
}

fn free_port() -> u16 {
    let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a port is free");
    listener.local_addr().expect("it has an address").port()
}

fn spawn(port: u16) -> Child {
    let binary = moto_server();
    let port = port.to_string();
    Command::new(&binary)
        .args(["-H", "127.0.0.1", "-p", &port])
        // 1,301 images in every account and Region otherwise.
        .env("MOTO_EC2_LOAD_DEFAULT_AMIS", "false")
        // It would make one account of all.
        .env_remove("MOTO_ACCOUNT_ID")
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap_or_else(|error| match error.kind() {
            ErrorKind::NotFound => panic!(
                "moto is not at `{}`: `make test` sets it up, or name it in AMI_SHARE_MOTO_SERVER",
                binary.display()
            ),
            _ => panic!("`{}` does not start: {error}", binary.display()),
        })
}

fn moto_server() -> PathBuf {
    match env::var_os("AMI_SHARE_MOTO_SERVER") {
        Some(path) => path.into(),
        None => Path::new(env!("CARGO_MANIFEST_DIR")).join(".venv/bin/moto_server"),
    }
}

/// `false` if it ended before it answered, or did not answer in time
async fn wait_until_ready(server: &mut Child, port: u16) -> bool {
    let started = Instant::now();
    while started.elapsed() < Moto::LONGEST_START {
        if !matches!(server.try_wait(), Ok(None)) {
            return false;
        }
        if answers(port) {
            // A stranger on the same port would have made our server end by now.
            return matches!(server.try_wait(), Ok(None));
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    false
}

fn answers(port: u16) -> bool {
    let get = || -> std::io::Result<String> {
        let mut stream = TcpStream::connect(("127.0.0.1", port))?;
        stream.set_read_timeout(Some(Duration::from_secs(5)))?;
        stream.write_all(
            b"GET /moto-api/data.json HTTP/1.1\r\nHost: moto\r\nConnection: close\r\n\r\n",
        )?;
        let mut start = [0; 12];
        stream.read_exact(&mut start)?;
        Ok(String::from_utf8_lossy(&start).into_owned())
    };
    get().is_ok_and(|start| start.ends_with(" 200"))
}

fn end(server: &mut Child) {
    // It may have ended by itself; then there is nothing left to do.
    let _ = server.kill();
    let _ = server.wait();
}
