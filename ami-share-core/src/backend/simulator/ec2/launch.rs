//! Whether an image can be launched, before anything is.

use super::super::call::Caller;
use super::super::refusal::Refusal;
use super::super::state::State;
use super::allowed::AllowedImage;
use super::image::{ImageRecord, unavailable};
use super::instance::Launch;
use crate::id::ImageId;
use crate::resource::ImageState;

/// An account's instances are bound by its quota of vCPUs; this world has one number for all
const INSTANCES_IN_CALL: u32 = 1_000;

impl State {
    /// Refuses what a rehearsal of the launch is refused for, permissions apart
    ///
    /// AWS documents that a rehearsal looks at permissions. Of `RunInstances` it is reported that it
    /// looks at what is to be launched too
    /// ([the default VPC](https://github.com/aws/karpenter-provider-aws/issues/7834),
    /// [the image's architecture](https://github.com/aws/aws-parallelcluster/pull/2474)).
    pub(crate) fn check_launch(&self, caller: Caller<'_>, launch: &Launch) -> Result<(), Refusal> {
        check_counts(launch)?;
        self.check_network(caller, launch)?;
        let image = launch.image.as_ref();
        image.map_or(Ok(()), |image| {
            self.launchable_image(caller, image).map(|_| ())
        })
    }

    /// Refuses a launch that names no subnet where there is no default VPC to take one of
    ///
    /// There are no other networks: any subnet is taken. The code is AWS's, and so is the text as users
    /// [report it](https://github.com/aws/karpenter-provider-aws/issues/7834).
    pub(super) fn check_network(&self, caller: Caller<'_>, launch: &Launch) -> Result<(), Refusal> {
        match launch.subnet.is_some() || self.own_settings(caller).default_vpc {
            true => Ok(()),
            false => Err(Refusal::new(
                "VPCIdNotSpecified",
                "No default VPC for this user. GroupName is only supported for EC2-Classic and default VPC.",
            )),
        }
    }

    /// The image, if the caller sees it and its state lets it launch
    pub(super) fn launchable_image(
        &self,
        caller: Caller<'_>,
        image: &ImageId,
    ) -> Result<&ImageRecord, Refusal> {
        let not_found = || Refusal::images_not_found([image]);
        let record = self.image(caller.region, image).ok_or_else(not_found)?;
        let is_owner = record.owner == caller.account;
        if !is_owner && self.seen_image(caller, image).is_none() {
            return Err(not_found());
        }
        if self.is_allowed_image(caller.region, caller.account, record) == AllowedImage::Hidden {
            return Err(not_found());
        }
        match record.state {
            ImageState::Available => Ok(record),
            _ => Err(unavailable(record)),
        }
    }
}

/// The codes are AWS's, the texts are not documented
pub(super) fn check_counts(launch: &Launch) -> Result<(), Refusal> {
    let invalid = |text: String| Err(Refusal::new("InvalidParameterValue", text));
    if launch.least == 0 || launch.most < launch.least {
        return invalid(format!(
            "Value ({}) for parameter minCount is invalid: it has to be from 1 to maxCount ({}).",
            launch.least, launch.most
        ));
    }
    if launch.most > INSTANCES_IN_CALL {
        return Err(Refusal::new(
            "InstanceLimitExceeded",
            format!("The most instances of one request are {INSTANCES_IN_CALL}."),
        ));
    }
    match &launch.kind {
        Some(kind) if !kind.contains('.') => {
            invalid(format!("Invalid value '{kind}' for InstanceType."))
        }
        _ => Ok(()),
    }
}
