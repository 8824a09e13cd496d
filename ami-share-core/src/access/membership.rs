use std::collections::BTreeMap;

use crate::id::AccountId;
use crate::principal::Principal;
use crate::resource::Reading;

/// Which accounts organizations and OUs have, as far as that was read
#[derive(Clone, Copy, Debug)]
pub struct Membership<'a>(&'a BTreeMap<Principal, Reading<Vec<AccountId>>>);

impl<'a> Membership<'a> {
    /// Answers from what was read
    pub fn new(members: &'a BTreeMap<Principal, Reading<Vec<AccountId>>>) -> Self {
        Self(members)
    }

    /// Whether the account is in the organization, or in the OU or below it
    pub(super) fn covers(&self, group: &Principal, account: AccountId) -> Reading<bool> {
        match self.0.get(group) {
            Some(Reading::Known(accounts)) => Reading::Known(accounts.contains(&account)),
            Some(Reading::Unknown { because }) => Reading::Unknown {
                because: because.clone(),
            },
            None => Reading::Unknown {
                because: "its accounts were not read".into(),
            },
        }
    }
}
