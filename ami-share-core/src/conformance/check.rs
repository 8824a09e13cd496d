use std::pin::Pin;

use super::ground::{Capability, Ground};
use super::working::Failure;
use super::{copies, failing, keys, sharing, snapshot};

type Running<'a> = Pin<Box<dyn Future<Output = Result<(), Failure>> + Send + 'a>>;

/// One check
#[derive(Clone, Copy, Debug)]
pub struct Check {
    name: &'static str,
    needs: &'static [Capability],
    run: for<'a> fn(&'a dyn Ground) -> Running<'a>,
}

/// What came of a check
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Verdict {
    /// The promise does not hold
    Failed {
        /// What was found
        because: String,
    },
    /// The promise holds
    Passed,
}

impl Check {
    /// The promise that it guards
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// What a ground must be able to do for it
    pub fn needs(&self) -> &'static [Capability] {
        self.needs
    }

    /// Runs it on a ground that can do what it needs
    pub async fn run(&self, ground: &dyn Ground) -> Verdict {
        match (self.run)(ground).await {
            Ok(()) => Verdict::Passed,
            Err(failure) => Verdict::Failed {
                because: failure.to_string(),
            },
        }
    }
}

macro_rules! checks {
    ($($module:ident::$name:ident needs [$($capability:ident),*];)*) => {
        /// All checks, in the order in which they are best read
        pub fn checks() -> Vec<Check> {
            vec![$(Check {
                name: stringify!($name),
                needs: &[$(Capability::$capability),*],
                run: |ground| Box::pin($module::$name(ground)),
            }),*]
        }
    };
}

checks! {
    sharing::accounts_are_shared_and_revoked needs [];
    sharing::a_thousand_accounts_are_one_write needs [];
    sharing::organizations_and_ous_are_shared_and_revoked needs [];
    sharing::the_public_is_shared_and_revoked needs [];
    sharing::a_revoke_keeps_others needs [];
    sharing::exact_adds_and_removes_in_one_write needs [];
    sharing::a_repeated_share_writes_nothing needs [];
    sharing::a_saved_plan_refuses_a_changed_world needs [];
    sharing::tags_come_and_go_with_the_share needs [];
    sharing::a_recipient_sees_it_and_gives_it_up needs [RecipientView];
    sharing::shared_images_come_in_pages needs [RecipientView, Paging];
    snapshot::snapshots_are_shared_for_copying_and_revoked needs [];
    snapshot::more_than_500_accounts_are_several_writes_per_snapshot needs [];
    snapshot::snapshots_are_left_alone_unless_asked_for needs [];
    snapshot::an_ou_with_snapshots_is_refused_and_its_accounts_are_named needs [];
    keys::an_encrypted_image_is_shared_with_its_key_and_revoked needs [EncryptedImages];
    keys::a_key_is_opened_and_closed_by_grants needs [EncryptedImages];
    keys::an_encrypted_image_is_shared_with_an_organization_and_an_ou needs [EncryptedImages];
    keys::a_key_that_another_image_needs_stays_open needs [EncryptedImages];
    keys::an_image_under_an_aws_managed_key_is_refused needs [EncryptedImages];
    keys::a_key_that_is_left_alone_is_told_as_missing needs [EncryptedImages];
    copies::an_image_is_copied_to_another_region_and_only_once needs [];
    copies::a_copy_gets_the_tags_that_it_lacks needs [];
    copies::a_copy_is_shared_with_whom_the_request_names needs [];
    copies::an_account_that_no_role_is_given_for_is_refused needs [];
    copies::an_encrypted_image_is_not_copied_under_a_default_key needs [EncryptedImages];
    copies::an_encrypted_image_is_copied_under_another_key_and_shared_with_it needs [EncryptedImages];
    copies::a_recipient_copies_for_itself_what_is_opened_for_it needs [EncryptedImages, RecipientView];
    copies::accounts_get_copies_of_their_own_and_the_source_is_closed_again needs [EncryptedImages, RecipientView, Roles];
    failing::an_unknown_image_is_refused_and_a_known_one_with_it_untouched needs [];
    failing::a_disabled_image_is_refused needs [DisabledImages];
    failing::an_image_of_somebody_else_is_refused needs [RecipientView];
    failing::public_is_refused_where_the_setting_is_not_known_to_be_off needs [];
}
