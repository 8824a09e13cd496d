use super::super::field::Field;
use super::Import;
use crate::distribution::recipients::RecipientsGet;
use crate::id::{AccountId, OrganizationArn, OrganizationalUnitArn};

impl<'f> Import<'f> {
    /// Accounts that the image is copied into; otherwise, those that may launch it
    pub(super) fn recipients(&mut self) {
        let targets: Vec<AccountId> = self.ids(self.each("targetAccountIds"));
        // CloudFormation has the other name.
        let permission = |ami: &'f Field| {
            let api = ami.find("launchPermission");
            api.or_else(|| ami.find("launchPermissionConfiguration"))
        };
        let permissions: Vec<(String, Option<&Field>)> = self
            .regions
            .iter()
            .map(|one| match permission(one.ami) {
                Some((key, value)) => (format!("{}.{key}", one.at), Some(value)),
                None => (format!("{}.launchPermission", one.at), None),
            })
            .collect();
        let inner = |field: &str| -> Vec<(String, Option<&Field>)> {
            let find = |(at, value): &(String, Option<&'f Field>)| match value
                .and_then(|value| value.find(field))
            {
                Some((key, value)) => (format!("{at}.{key}"), Some(value)),
                None => (format!("{at}.{field}"), None),
            };
            permissions.iter().map(find).collect()
        };
        for (at, groups) in inner("userGroups") {
            if groups
                .is_some_and(|groups| !matches!(groups, Field::List(items) if items.is_empty()))
            {
                self.take
                    .leave(at, "a distribution never makes an image public");
            }
        }
        if targets.is_empty() {
            let (accounts, organizations, units) = (
                inner("userIds"),
                inner("organizationArns"),
                inner("organizationalUnitArns"),
            );
            self.take.draft.recipients.accounts = self.ids::<AccountId>(accounts);
            self.take.draft.recipients.organizations = self.ids::<OrganizationArn>(organizations);
            self.take.draft.recipients.organizational_units =
                self.ids::<OrganizationalUnitArn>(units);
            return;
        }
        self.take.draft.recipients_get = RecipientsGet::Copy;
        self.take.draft.recipients.accounts = targets;
        if let Some((at, _)) = self.each("targetAccountIds").first() {
            let why = "the accounts are taken as recipients that make their own copies; Image Builder \
                       reaches them by `EC2ImageBuilderDistributionCrossAccountRole`, and `roles` has to say \
                       which role to take";
            self.take.leave(at.as_str(), why);
        }
        for field in ["userIds", "organizationArns", "organizationalUnitArns"] {
            for (at, value) in inner(field) {
                if value.is_some() {
                    let why = "recipients get copies here, and a distribution does not share these: \
                               write another one that shares";
                    self.take.leave(at, why);
                }
            }
        }
    }
}
