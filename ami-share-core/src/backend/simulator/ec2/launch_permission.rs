use std::collections::BTreeSet;

use super::super::call::Caller;
use super::super::refusal::Refusal;
use super::super::state::State;
use super::image::{ImageRecord, unavailable};
use crate::id::{ImageId, KeyArn, Region};
use crate::principal::{Principal, PrincipalSet};
use crate::resource::{BlockPublicAccess, ImageState};

/// The most items of one `ModifyImageAttribute`
const ITEMS_IN_CALL: usize = 10_000;

impl State {
    /// Whom the caller's image is shared with, as far as it can be read already
    ///
    /// That the attribute of an image that is disabled, pending or failed can be read is not
    /// documented.
    pub(crate) fn describe_launch_permissions(
        &mut self,
        caller: Caller<'_>,
        image: &ImageId,
    ) -> Result<PrincipalSet, Refusal> {
        self.own_image(caller, image)?;
        let now = self.now();
        self.image_mut(caller.region, image)
            .map(|record| record.permissions.read(now))
            .ok_or_else(|| Refusal::images_not_found([image]))
    }

    /// Adds and removes in one step, or does nothing
    ///
    /// Adding what is there and removing what is not is no error. The order of the checks is not
    /// documented.
    pub(crate) fn modify_launch_permissions(
        &mut self,
        caller: Caller<'_>,
        image: &ImageId,
        add: &[Principal],
        remove: &[Principal],
    ) -> Result<(), Refusal> {
        check_items(caller.region, add, remove)?;
        let record = self.own_image(caller, image)?;
        if record.state != ImageState::Available {
            return Err(unavailable(record));
        }
        let before = record.permissions.current();
        let mut after = before.clone();
        after.extend(add.iter().cloned());
        for principal in remove {
            after.remove(principal);
        }
        self.check_entity_quota(caller, before, &after)?;
        // That adding the public again to a public image passes is not documented. Nor is what
        // AWS says first when there are several reasons to refuse.
        if !before.contains(&Principal::Public) && after.contains(&Principal::Public) {
            self.check_may_be_public(caller, record)?;
        }
        if !add.is_empty() {
            self.check_may_be_shared(caller, image)?;
        }
        self.store_launch_permissions(caller.region, image, after);
        Ok(())
    }

    /// What is under the AWS managed key of an account cannot be shared
    fn check_may_be_shared(&mut self, caller: Caller<'_>, image: &ImageId) -> Result<(), Refusal> {
        let keys: Vec<KeyArn> = self
            .image(caller.region, image)
            .into_iter()
            .flat_map(|record| &record.snapshots)
            .filter_map(|device| self.snapshot(caller.region, &device.id)?.key.clone())
            .collect();
        if keys.is_empty() || !keys.contains(&self.aws_ebs_key(caller.region, caller.account)) {
            return Ok(());
        }
        Err(Refusal::new(
            "InvalidParameter",
            "Snapshots encrypted with the AWS Managed CMK can't be shared. Specify another \
             snapshot.",
        ))
    }

    /// Takes the caller's own entry out of somebody else's image
    ///
    /// AWS documents that it cannot be used where the image is shared through an organization or
    /// OU or is public, but not the error; nor what the owner of an image gets.
    pub(crate) fn cancel_image_launch_permission(
        &mut self,
        caller: Caller<'_>,
        image: &ImageId,
    ) -> Result<(), Refusal> {
        let Some(record) = self.seen_image(caller, image) else {
            return Err(Refusal::images_not_found([image]));
        };
        let mut after = record.permissions.current().clone();
        let had_own_entry = after.remove(&Principal::Account(caller.account));
        if record.owner == caller.account || !had_own_entry {
            return Err(Refusal::new(
                "OperationNotPermitted",
                format!(
                    "The image {image} is not shared with the account {} itself",
                    caller.account
                ),
            ));
        }
        self.store_launch_permissions(caller.region, image, after);
        Ok(())
    }

    pub(crate) fn store_launch_permissions(
        &mut self,
        region: &Region,
        image: &ImageId,
        value: PrincipalSet,
    ) {
        let (staleness, now) = (self.staleness, self.now());
        if let Some(record) = self.image_mut(region, image) {
            record.permissions.write(value, staleness, now);
        }
    }

    fn check_entity_quota(
        &self,
        caller: Caller<'_>,
        before: &PrincipalSet,
        after: &PrincipalSet,
    ) -> Result<(), Refusal> {
        let quota = self.quotas(caller.account).entities;
        let wanted = entities(after);
        // An image that is over a lowered quota can still lose entries.
        if wanted <= quota || wanted <= entities(before) {
            return Ok(());
        }
        // The quota is documented; neither code nor text of this error are.
        Err(Refusal::new(
            "ResourceLimitExceeded",
            format!(
                "You have reached your quota of {quota} for the number of entities that an AMI can \
                 be shared with in this Region."
            ),
        ))
    }

    fn check_may_be_public(&self, caller: Caller<'_>, image: &ImageRecord) -> Result<(), Refusal> {
        // That these two are refused is documented; neither code nor text are.
        if image.encrypted_snapshot().is_some() {
            return Err(Refusal::new(
                "OperationNotPermitted",
                format!(
                    "The image {} has encrypted snapshots and cannot be made public.",
                    image.id
                ),
            ));
        }
        if !image.product_codes.is_empty() {
            return Err(Refusal::new(
                "OperationNotPermitted",
                format!(
                    "The image {} has product codes and cannot be made public.",
                    image.id
                ),
            ));
        }
        if self.own_settings(caller).images == BlockPublicAccess::BlockNewSharing {
            return Err(Refusal::new(
                "OperationNotPermitted",
                "You can't publicly share this image because block public access for AMIs is \
                 enabled for this account. To publicly share the image, you must call the \
                 DisableImageBlockPublicAccess API.",
            ));
        }
        let quota = self.quotas(caller.account).public_images;
        if self.count_public_images(caller) >= quota {
            return Err(Refusal::new(
                "ResourceLimitExceeded",
                format!(
                    "You have reached your quota of {quota} for the number of public images \
                     allowed in this Region. Deregister unused public images or make them \
                     private, or request an increase in your public AMIs quota."
                ),
            ));
        }
        Ok(())
    }
}

/// What is wrong with a request by itself
fn check_items(region: &Region, add: &[Principal], remove: &[Principal]) -> Result<(), Refusal> {
    let items = add.len() + remove.len();
    if items == 0 {
        return Err(Refusal::new(
            "MissingParameter",
            "The request must contain the parameter LaunchPermission",
        ));
    }
    if items > ITEMS_IN_CALL {
        // The bound is documented, for account ids; the code is not.
        return Err(Refusal::new(
            "InvalidParameterValue",
            format!("{items} launch permissions in one request; the most is {ITEMS_IN_CALL}"),
        ));
    }
    let added: BTreeSet<&Principal> = add.iter().collect();
    if let Some(both) = remove.iter().find(|principal| added.contains(principal)) {
        // What AWS does with such a request is not documented.
        return Err(Refusal::new(
            "InvalidParameterCombination",
            format!("'{both}' is both added and removed"),
        ));
    }
    match add
        .iter()
        .chain(remove)
        .find(|item| is_foreign(region, item))
    {
        // The code and the text are AWS's for an ARN that it does not take; that an ARN of
        // another partition is one is not documented.
        Some(foreign) => Err(Refusal::new(
            "InvalidAMIAttributeItemValue",
            format!(
                "Invalid attribute item value \"{foreign}\" for {} item type.",
                item_type(foreign)
            ),
        )),
        None => Ok(()),
    }
}

fn is_foreign(region: &Region, principal: &Principal) -> bool {
    principal
        .partition()
        .is_some_and(|partition| partition != region.partition())
}

fn item_type(principal: &Principal) -> &'static str {
    match principal {
        Principal::Account(_) => "userId",
        Principal::Organization(_) => "OrganizationArn",
        Principal::OrganizationalUnit(_) => "OrganizationalUnitArn",
        Principal::Public => "UserGroup",
    }
}

/// How many of the principals count against the quota: all but the public
fn entities(permissions: &PrincipalSet) -> usize {
    permissions.len() - usize::from(permissions.contains(&Principal::Public))
}
