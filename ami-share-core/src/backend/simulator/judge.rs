use super::ec2::ImageRecord;
use super::state::State;
use crate::id::{AccountId, ImageId, Region};
use crate::principal::Principal;
use crate::resource::{ImageState, RootDevice};

/// Whether an account gets in, and why
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct Judgement {
    /// Whether it gets in
    pub allowed: bool,
    /// By which permission, or what is missing, in one line
    pub reason: String,
}

impl From<Result<String, String>> for Judgement {
    fn from(judged: Result<String, String>) -> Self {
        let allowed = judged.is_ok();
        let (Ok(reason) | Err(reason)) = judged;
        Self { allowed, reason }
    }
}

impl State {
    /// Whether the account can launch the image: by its state, launch permissions and keys
    ///
    /// The snapshots' own permissions do not matter: EC2 gives access to them for the launch.
    pub(crate) fn judge_launch(
        &self,
        region: &Region,
        account: AccountId,
        image: &ImageId,
    ) -> Result<String, String> {
        let record = self.living_image(region, image)?;
        if record.state != ImageState::Available {
            return Err(format!("the image is `{}`", record.state));
        }
        if record.owner == account {
            return Ok(format!("`{account}` owns the image"));
        }
        let Some(permission) = self.launch_permission_of(account, record) else {
            return Err(format!(
                "no launch permission names `{account}`, its organization, an OU above it, or the \
                 public"
            ));
        };
        // Who else may use the key of an encrypted snapshot is for KMS to say.
        if let Some(snapshot) = record.encrypted_snapshot() {
            return Err(format!(
                "snapshot `{}` is encrypted and its key is not shared with `{account}`",
                snapshot.id
            ));
        }
        Ok(by_permission(account, &permission))
    }

    /// Whether the account can copy the image: what a launch takes, and read access to its storage
    ///
    /// Volumes can be created from the snapshots of a public image without any permission of their
    /// own, but users of public images report that `CopyImage` is refused all the same
    /// (`You do not have permission to access the storage of this ami`); the documentation asks
    /// for the permission and makes no exception.
    pub(crate) fn judge_copy(
        &self,
        region: &Region,
        account: AccountId,
        image: &ImageId,
    ) -> Result<String, String> {
        let launch = self.judge_launch(region, account, image)?;
        let record = self.living_image(region, image)?;
        if record.owner == account {
            return Ok(launch);
        }
        if record.root_device == RootDevice::InstanceStore {
            return Err(format!(
                "the image is instance-store backed and `{account}` cannot read its bucket"
            ));
        }
        let unreadable = record.snapshots.iter().find(|snapshot| {
            !self
                .snapshot(region, &snapshot.id)
                .is_some_and(|record| self.may_create_volumes(region, account, record))
        });
        match unreadable {
            Some(snapshot) => Err(format!(
                "no create-volume permission of snapshot `{}` names `{account}` or the public",
                snapshot.id
            )),
            None => Ok(format!(
                "{launch}; create-volume permission on every snapshot"
            )),
        }
    }

    fn living_image(&self, region: &Region, image: &ImageId) -> Result<&ImageRecord, String> {
        self.image(region, image)
            .filter(|record| !record.gone)
            .ok_or_else(|| format!("there is no image `{image}` in `{region}`"))
    }
}

fn by_permission(account: AccountId, permission: &Principal) -> String {
    match permission {
        Principal::Account(_) => format!("launch permission of the account `{account}`"),
        Principal::Organization(arn) => format!("launch permission of its organization `{arn}`"),
        Principal::OrganizationalUnit(arn) => {
            format!("launch permission of the OU `{arn}` above it")
        }
        Principal::Public => "the image is public".to_owned(),
    }
}
