use crate::resource::{ImageState, RootDevice, Tags};

/// What image [`World::register_image`](super::World::register_image) is to make
///
/// Each call of [`snapshot`](Self::snapshot) and [`encrypted_snapshot`](Self::encrypted_snapshot)
/// adds one EBS snapshot behind those that were named before. If none is named, the image has one
/// unencrypted snapshot; an [instance-store](Self::instance_store) image then has none.
#[must_use]
#[derive(Clone, Debug)]
pub struct ImageSpec {
    pub(crate) name: String,
    pub(crate) root_device: RootDevice,
    /// Whether each named snapshot is encrypted
    named_snapshots: Vec<bool>,
    pub(crate) product_codes: Vec<String>,
    pub(crate) tags: Tags,
    pub(crate) state: ImageState,
}

impl ImageSpec {
    /// An available image that is backed by EBS, without tags and product codes
    pub fn named(name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            root_device: RootDevice::Ebs,
            named_snapshots: Vec::new(),
            product_codes: Vec::new(),
            tags: Tags::new(),
            state: ImageState::Available,
        }
    }

    /// One more snapshot, unencrypted
    pub fn snapshot(mut self) -> Self {
        self.named_snapshots.push(false);
        self
    }

    /// One more snapshot, encrypted
    pub fn encrypted_snapshot(mut self) -> Self {
        self.named_snapshots.push(true);
        self
    }

    /// A root device in S3; snapshots that are named are of data volumes
    pub fn instance_store(mut self) -> Self {
        self.root_device = RootDevice::InstanceStore;
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

    /// Whether each snapshot of the image is encrypted
    pub(crate) fn snapshots(&self) -> &[bool] {
        match (self.named_snapshots.as_slice(), self.root_device) {
            ([], RootDevice::Ebs) => &[false],
            (named, _) => named,
        }
    }
}
