use serde::{Deserialize, Serialize};

use super::{Image, Timestamp};
use crate::id::{ImageId, Region};

/// An image with all that a copy of it is made and judged by
/// ([`Image`](https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_Image.html))
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct ImageDetails {
    /// What it is shared by
    pub image: Image,
    /// Its description, where it has one
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// When it was made
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub created: Option<Timestamp>,
    /// From when on it is deprecated
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deprecation: Option<Timestamp>,
    /// Whether it is protected from being deregistered, as EC2 writes it: `enabled-with-cooldown`,
    /// `enabled-without-cooldown` or `disabled`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deregistration_protection: Option<String>,
    /// When an instance was last launched from it, as far as EC2 tells; up to 24 hours late
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_launched: Option<Timestamp>,
    /// What it was copied from, where EC2 knows
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<ImageSource>,
    /// How its instances boot
    pub boot: BootSettings,
}

/// What an image was copied from
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct ImageSource {
    /// The Region of the source
    pub region: Region,
    /// The source
    pub image: ImageId,
}

/// What decides how an instance of an image boots; as EC2 writes each, empty where it says nothing
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[serde(default)]
pub struct BootSettings {
    /// The processor, such as `x86_64` or `arm64`
    pub architecture: String,
    /// `legacy-bios`, `uefi` or `uefi-preferred`
    pub boot_mode: String,
    /// `v2.0` where instances take IMDSv2 only
    pub imds_support: String,
    /// `v2.0` where instances have a NitroTPM
    pub tpm_support: String,
    /// `hvm` or `paravirtual`
    pub virtualization: String,
    /// `true` where instances have enhanced networking with ENA
    pub ena_support: String,
    /// `simple` where instances have enhanced networking with the Intel 82599 interface
    pub sriov_net_support: String,
    /// The device of the root volume, such as `/dev/xvda`
    pub root_device_name: String,
    /// `windows`, or nothing
    pub platform: String,
}

impl BootSettings {
    fn fields(&self) -> [(&'static str, &str); 9] {
        [
            ("Architecture", &self.architecture),
            ("BootMode", &self.boot_mode),
            ("EnaSupport", &self.ena_support),
            ("ImdsSupport", &self.imds_support),
            ("Platform", &self.platform),
            ("RootDeviceName", &self.root_device_name),
            ("SriovNetSupport", &self.sriov_net_support),
            ("TpmSupport", &self.tpm_support),
            ("VirtualizationType", &self.virtualization),
        ]
    }

    /// The settings that a copy has otherwise: EC2's name of each, what it is here and what it is there
    pub fn differences<'a>(
        &'a self,
        copy: &'a Self,
    ) -> impl Iterator<Item = (&'static str, &'a str, &'a str)> {
        let pairs = self.fields().into_iter().zip(copy.fields());
        pairs
            .filter(|((_, here), (_, there))| here != there)
            .map(|((name, here), (_, there))| (name, here, there))
    }
}
