//! The verbs of `SharerHandle` on the side of recipients.

use ami_share_core::Sharer;

use crate::recipient::{
    ImageUsageReport, ParameterReport, ParameterRequest, RecipientTagReport, RecipientTagRequest,
    ServiceLinkedRoleReport, ServiceLinkedRoleRequest, UsageRequest,
};
use crate::rehearsal::{Rehearsal, RehearsalRequest};
use crate::sharer::SharerHandle;
use crate::verb::verb;

verb!(rehearse, rehearse_async, (request: RehearsalRequest) -> Rehearsal);
verb!(
    grant_service_linked_roles,
    grant_service_linked_roles_async,
    (request: ServiceLinkedRoleRequest) -> ServiceLinkedRoleReport
);
verb!(
    put_image_parameters,
    put_image_parameters_async,
    (request: ParameterRequest) -> ParameterReport
);
verb!(
    tag_for_recipients,
    tag_for_recipients_async,
    (request: RecipientTagRequest) -> RecipientTagReport
);
verb!(usage, usage_async, (request: UsageRequest) -> ImageUsageReport);
