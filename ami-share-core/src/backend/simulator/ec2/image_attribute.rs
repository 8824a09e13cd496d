//! The attributes of an image beside its launch permissions.

use super::super::call::Caller;
use super::super::refusal::Refusal;
use super::super::state::State;
use super::image::{ImageRecord, unavailable};
use crate::id::ImageId;
use crate::principal::PrincipalSet;
use crate::resource::ImageState;

/// The most characters of a description
const DESCRIPTION: usize = 255;

/// A new value of one attribute
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) enum NewValue {
    Description(String),
    /// Instances have to use version 2 of the instance metadata service; this cannot be undone
    ImdsV2,
}

impl State {
    pub(crate) fn modify_image_attribute(
        &mut self,
        caller: Caller<'_>,
        image: &ImageId,
        value: NewValue,
    ) -> Result<(), Refusal> {
        if let NewValue::Description(text) = &value {
            check_description(text)?;
        }
        let record = self.changeable_image(caller, image)?;
        match value {
            NewValue::Description(text) => record.description = text,
            NewValue::ImdsV2 => record.imds_v2 = true,
        }
        Ok(())
    }

    /// Takes all launch permissions of the caller's image away
    pub(crate) fn reset_launch_permissions(
        &mut self,
        caller: Caller<'_>,
        image: &ImageId,
    ) -> Result<(), Refusal> {
        self.changeable_image(caller, image)?;
        self.store_launch_permissions(caller.region, image, PrincipalSet::new());
        Ok(())
    }

    /// The caller's own image, in a state in which its attributes can be modified
    ///
    /// Which states these are is not documented.
    fn changeable_image(
        &mut self,
        caller: Caller<'_>,
        image: &ImageId,
    ) -> Result<&mut ImageRecord, Refusal> {
        let record = self.own_image(caller, image)?;
        if !matches!(record.state, ImageState::Available | ImageState::Disabled) {
            return Err(unavailable(record));
        }
        self.live_image(caller.region, image)
    }
}

/// The bound is documented for `CopyImage`; the code and the text are not
pub(crate) fn check_description(text: &str) -> Result<(), Refusal> {
    if text.chars().count() <= DESCRIPTION {
        return Ok(());
    }
    Err(Refusal::new(
        "InvalidParameterValue",
        format!("A description has at most {DESCRIPTION} characters."),
    ))
}
