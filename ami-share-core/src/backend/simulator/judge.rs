use super::call::Caller;
use super::ec2::{AllowedImage, ImageRecord, image_arn};
use super::iam::Identity;
use super::kms::KeyUse;
use super::state::State;
use super::world::World;
use crate::id::{AccountId, IamPrincipalArn, ImageId, KeyArn, Region, SnapshotId};
use crate::principal::Principal;
use crate::resource::{ImageState, RootDevice};

/// Whether an account, or a user or role of it, gets in, and why
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

/// Who really gets in
impl World {
    /// Whether the root user of the account could launch the image now
    pub fn can_launch(&self, region: &Region, account: AccountId, image: &ImageId) -> Judgement {
        let identity = Identity::Root(account);
        self.state().judge_launch(region, &identity, image).into()
    }

    /// Whether the root user of the account could copy the image now, within the Region
    pub fn can_copy(&self, region: &Region, account: AccountId, image: &ImageId) -> Judgement {
        let identity = Identity::Root(account);
        self.state().judge_copy(region, &identity, image).into()
    }

    /// Whether an IAM user or role could launch the image now
    ///
    /// Its own policies have to allow `ec2:RunInstances` on the image, and each key has to be open
    /// to it. The role of an AWS service, such as Auto Scaling's, is judged so too: it launches what
    /// a grant, or the policy of a key of its own account, opens to it.
    pub fn can_launch_as(
        &self,
        region: &Region,
        principal: &IamPrincipalArn,
        image: &ImageId,
    ) -> Judgement {
        let identity = identity_of(principal);
        self.state().judge_launch(region, &identity, image).into()
    }

    /// Whether an IAM user or role could copy the image now, within the Region
    ///
    /// Its own policies have to allow `ec2:CopyImage` on the image, and each key has to be open to
    /// it.
    pub fn can_copy_as(
        &self,
        region: &Region,
        principal: &IamPrincipalArn,
        image: &ImageId,
    ) -> Judgement {
        let identity = identity_of(principal);
        self.state().judge_copy(region, &identity, image).into()
    }
}

impl State {
    /// Whether the identity can launch the image: by its policies, the state of the image, launch
    /// permissions, Allowed AMIs and keys
    ///
    /// The snapshots' own permissions do not matter: EC2 gives access to them for the launch.
    /// Subscriptions of AWS Marketplace are not there, so that product codes do not matter either.
    pub(crate) fn judge_launch(
        &self,
        region: &Region,
        identity: &Identity,
        image: &ImageId,
    ) -> Result<String, String> {
        let record = self.living_image(region, image)?;
        let admission = self.judge_admission(region, identity, record, "ec2:RunInstances")?;
        self.judge_keys(region, identity, record, KeyUse::Launch)?;
        Ok(admission)
    }

    /// Whether the identity can copy the image: what a launch takes, and read access to its storage
    ///
    /// Volumes can be created from the snapshots of a public image without any permission of their
    /// own, but users of public images report that `CopyImage` is refused all the same
    /// (`You do not have permission to access the storage of this ami`); the documentation asks
    /// for the permission and makes no exception.
    pub(crate) fn judge_copy(
        &self,
        region: &Region,
        identity: &Identity,
        image: &ImageId,
    ) -> Result<String, String> {
        let record = self.living_image(region, image)?;
        let admission = self.judge_admission(region, identity, record, "ec2:CopyImage")?;
        let account = identity.account();
        if record.owner == account {
            self.judge_keys(region, identity, record, KeyUse::CopyFrom)?;
            return Ok(admission);
        }
        if let Some(code) = record.product_codes.first() {
            return Err(format!(
                "the image has the product code `{code}` and cannot be copied to another account"
            ));
        }
        if record.root_device == RootDevice::InstanceStore {
            return Err(format!(
                "the image is instance-store backed and `{account}` cannot read its bucket"
            ));
        }
        let unreadable = record.snapshots.iter().find(|behind| {
            !self.snapshot(region, &behind.id).is_some_and(|snapshot| {
                snapshot.owner == account || self.may_create_volumes(region, account, snapshot)
            })
        });
        if let Some(snapshot) = unreadable {
            return Err(format!(
                "no create-volume permission of snapshot `{}` names `{account}` or the public",
                snapshot.id
            ));
        }
        self.judge_keys(region, identity, record, KeyUse::CopyFrom)?;
        Ok(format!(
            "{admission}; create-volume permission on every snapshot"
        ))
    }

    /// What a launch and a copy both take, apart from keys
    fn judge_admission(
        &self,
        region: &Region,
        identity: &Identity,
        image: &ImageRecord,
        action: &str,
    ) -> Result<String, String> {
        let account = identity.account();
        if let Some(principal) = identity.principal()
            && !self.identities.exists(principal)
        {
            return Err(format!("there is no `{principal}`"));
        }
        if image.state != ImageState::Available {
            return Err(format!("the image is `{}`", image.state));
        }
        let admission = if image.owner == account {
            format!("`{account}` owns the image")
        } else {
            let permission = self.launch_permission_of(account, image).ok_or_else(|| {
                format!(
                    "no launch permission names `{account}`, its organization, an OU above it, or \
                     the public"
                )
            })?;
            by_permission(account, &permission)
        };
        if self.is_allowed_image(region, account, image) == AllowedImage::Hidden {
            return Err(format!(
                "the Allowed AMIs settings of `{account}` do not allow the image"
            ));
        }
        let caller = Caller {
            account,
            region,
            identity,
        };
        self.authorize(caller, action, &image_arn(region, &image.id), &[])
            .map_err(|refusal| refusal.message)?;
        Ok(admission)
    }

    /// Whether EC2 can read every snapshot and write what is made from it, in the name of the
    /// identity
    fn judge_keys(
        &self,
        region: &Region,
        identity: &Identity,
        image: &ImageRecord,
        read: KeyUse,
    ) -> Result<(), String> {
        let account = identity.account();
        for behind in &image.snapshots {
            let Some(snapshot) = self.snapshot(region, &behind.id) else {
                return Err(format!("snapshot `{}` is gone", behind.id));
            };
            if let Some(key) = &snapshot.key {
                self.key_opens(identity, key, read)
                    .map_err(|reason| not_open(&snapshot.id, account, key, &reason))?;
            }
            let settings = self.settings(region, account);
            let keeps_key = snapshot.owner == account && snapshot.key.is_some();
            let is_encrypted = snapshot.key.is_some() || settings.encryption_by_default;
            // Who names no key has `aws/ebs`, which is open to its own account.
            if let Some(default) = settings.default_key
                && is_encrypted
                && !keeps_key
            {
                self.key_opens(identity, &default, KeyUse::Encrypt)
                    .map_err(|reason| {
                        format!("the default EBS key of `{account}` is not usable: {reason}")
                    })?;
            }
        }
        Ok(())
    }

    fn living_image(&self, region: &Region, image: &ImageId) -> Result<&ImageRecord, String> {
        self.image(region, image)
            .filter(|record| !record.gone)
            .ok_or_else(|| format!("there is no image `{image}` in `{region}`"))
    }
}

fn not_open(snapshot: &SnapshotId, account: AccountId, key: &KeyArn, reason: &str) -> String {
    let what = if key.account() == account {
        format!("its key is not usable by `{account}`")
    } else {
        format!("its key is not shared with `{account}`")
    };
    format!("snapshot `{snapshot}` is encrypted and {what}: {reason}")
}

/// A role is judged in a session of it
fn identity_of(principal: &IamPrincipalArn) -> Identity {
    if principal.as_str().contains(":user/") {
        Identity::User(principal.clone())
    } else {
        Identity::role(principal.clone(), "judge")
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
