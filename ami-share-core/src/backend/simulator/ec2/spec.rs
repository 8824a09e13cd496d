use crate::id::KeyArn;
use crate::resource::{ImageState, RootDevice, Tags};

/// What image [`World::register_image`](super::super::World::register_image) is to make
///
/// Each call of [`snapshot`](Self::snapshot), [`encrypted_snapshot`](Self::encrypted_snapshot),
/// [`encrypted_with`](Self::encrypted_with) and [`encrypted_by_aws`](Self::encrypted_by_aws) adds
/// one EBS snapshot behind those that were named before. If none is named, the image has one
/// unencrypted snapshot; an [instance-store](Self::instance_store) image then has none.
#[must_use]
#[derive(Clone, Debug)]
pub struct ImageSpec {
    pub(crate) name: String,
    pub(crate) description: String,
    pub(crate) architecture: String,
    pub(crate) root_device: RootDevice,
    named_snapshots: Vec<Encryption>,
    pub(crate) product_codes: Vec<String>,
    pub(crate) tags: Tags,
    pub(crate) state: ImageState,
}

/// Under which key a new snapshot is
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) enum Encryption {
    None,
    /// A customer managed key of the image's owner, of the world's own making
    OwnersKey,
    /// The AWS managed key `aws/ebs` of the image's owner
    AwsEbs,
    Key(KeyArn),
}

impl ImageSpec {
    /// An available image that is backed by EBS, without tags and product codes
    pub fn named(name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            description: String::new(),
            architecture: "x86_64".to_owned(),
            root_device: RootDevice::Ebs,
            named_snapshots: Vec::new(),
            product_codes: Vec::new(),
            tags: Tags::new(),
            state: ImageState::Available,
        }
    }

    /// One more snapshot, unencrypted
    pub fn snapshot(self) -> Self {
        self.with(Encryption::None)
    }

    /// One more snapshot, encrypted under the key `alias/golden-images` of the owner, a customer managed
    /// one with the default policy
    pub fn encrypted_snapshot(self) -> Self {
        self.with(Encryption::OwnersKey)
    }

    /// One more snapshot, encrypted under this key; whether there is such a key is not checked
    pub fn encrypted_with(self, key: &KeyArn) -> Self {
        self.with(Encryption::Key(key.clone()))
    }

    /// One more snapshot, encrypted under the AWS managed key `aws/ebs` of the owner, so that the
    /// image cannot be shared
    pub fn encrypted_by_aws(self) -> Self {
        self.with(Encryption::AwsEbs)
    }

    fn with(mut self, encryption: Encryption) -> Self {
        self.named_snapshots.push(encryption);
        self
    }

    /// A root device in S3; snapshots that are named are of data volumes
    pub fn instance_store(mut self) -> Self {
        self.root_device = RootDevice::InstanceStore;
        self
    }

    /// A description; there is none until it is set
    pub fn description(mut self, description: impl Into<String>) -> Self {
        self.description = description.into();
        self
    }

    /// Another architecture than `x86_64`, such as `arm64`
    pub fn architecture(mut self, architecture: impl Into<String>) -> Self {
        self.architecture = architecture.into();
        self
    }

    /// One more product code of AWS Marketplace
    pub fn product_code(mut self, code: impl Into<String>) -> Self {
        self.product_codes.push(code.into());
        self
    }

    /// A tag of the owner; nothing is checked, so that `aws:` tags can be there too
    pub fn tag(mut self, key: impl Into<String>, value: impl Into<String>) -> Self {
        self.tags.insert(key.into(), value.into());
        self
    }

    /// The state that the image starts in
    pub fn state(mut self, state: ImageState) -> Self {
        self.state = state;
        self
    }

    /// How each snapshot of the image is encrypted
    pub(crate) fn snapshots(&self) -> &[Encryption] {
        match (self.named_snapshots.as_slice(), self.root_device) {
            ([], RootDevice::Ebs) => &[Encryption::None],
            (named, _) => named,
        }
    }
}
