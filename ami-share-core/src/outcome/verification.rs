use serde::{Deserialize, Serialize};

use crate::access::{Answer, Finding, LayerFinding};
use crate::id::{ImageId, Region};
use crate::principal::{Principal, PrincipalSet};
use crate::request::ShareRequest;
use crate::resource::ImageState;

/// Desired against actual, per image and principal
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Verification {
    version: VerificationVersion,
    request: ShareRequest,
    images: Vec<ImageVerification>,
    cannot_undo: Vec<String>,
    /// Whether it answers a question, rather than compare with what was asked for
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    explains: bool,
}

/// The versions of the JSON form that this release reads
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
enum VerificationVersion {
    #[default]
    #[serde(rename = "ami-share/verification/1")]
    One,
}

/// What was found at one image
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct ImageVerification {
    /// The Region
    pub region: Region,
    /// The image
    pub image: ImageId,
    /// Its state; none if it was not found
    pub state: Option<ImageState>,
    /// Every principal of the request
    pub principals: Vec<PrincipalCheck>,
    /// Who has the launch permission besides the named principals, where the request is exact
    #[serde(default, skip_serializing_if = "PrincipalSet::is_empty")]
    pub unexpected: PrincipalSet,
}

/// What was found for one principal at one image
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct PrincipalCheck {
    /// The principal
    pub principal: Principal,
    /// Whether it can launch the image
    pub launch: Finding,
    /// Whether it can copy the image, or, when revoking, still read any of its snapshots; none where
    /// the request leaves snapshots as they are
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub copy: Option<Finding>,
    /// What each layer says: image state, permissions, and for each key its state, policy and grants
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub layers: Vec<LayerFinding>,
    /// Whether that is what the request asks for
    pub as_desired: Answer,
}

impl Verification {
    pub(crate) fn new(
        request: ShareRequest,
        images: Vec<ImageVerification>,
        cannot_undo: Vec<String>,
    ) -> Self {
        Self {
            version: VerificationVersion::default(),
            request,
            images,
            cannot_undo,
            explains: false,
        }
    }

    /// The same as the answer to [`explain`](crate::Sharer::explain), which is told for every principal
    /// layer by layer
    pub(crate) fn into_explanation(self) -> Self {
        Self {
            explains: true,
            ..self
        }
    }

    /// Whether it is the answer to [`explain`](crate::Sharer::explain): then its text tells every layer
    pub fn explains(&self) -> bool {
        self.explains
    }

    /// What was asked for
    pub fn request(&self) -> &ShareRequest {
        &self.request
    }

    /// All images of the request, by Region and id
    pub fn images(&self) -> &[ImageVerification] {
        &self.images
    }

    /// What a revoke cannot take back; empty for other requests
    pub fn cannot_undo(&self) -> &[String] {
        &self.cannot_undo
    }

    /// Whether everything is as the request asks for: no if anything is not, unknown if anything
    /// could not be told
    pub fn as_desired(&self) -> Answer {
        let answers = || self.images.iter().map(ImageVerification::as_desired);
        all(answers)
    }
}

impl ImageVerification {
    /// Whether this image is as the request asks for
    pub fn as_desired(&self) -> Answer {
        if !self.unexpected.is_empty() {
            return Answer::No;
        }
        all(|| self.principals.iter().map(|check| check.as_desired))
    }
}

fn all<I: Iterator<Item = Answer>>(answers: impl Fn() -> I) -> Answer {
    if answers().any(|answer| answer == Answer::No) {
        Answer::No
    } else if answers().any(|answer| answer == Answer::Unknown) {
        Answer::Unknown
    } else {
        Answer::Yes
    }
}
