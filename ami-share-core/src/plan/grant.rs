//! The grants that a plan makes and revokes.

use super::key::KeyVisit;
use super::make::Planner;
use super::{Action, KeyRecipients, Refusal, Step};
use crate::principal::{Principal, PrincipalSet};
use crate::resource::{KeyGrant, Reading};

impl Planner<'_> {
    /// The grants that have to be made
    pub(super) fn missing_grants(
        &mut self,
        visit: &KeyVisit<'_>,
        missing: &KeyRecipients,
    ) -> Vec<Step> {
        if let Some(Reading::Unknown { because }) = &visit.found.grants
            && !missing.is_empty()
        {
            self.refusals.push(Refusal::GrantsUnreadable {
                key: visit.arn.clone(),
                because: because.clone(),
            });
            return Vec::new();
        }
        let reason = "recipients need the key to decrypt the image";
        missing
            .grantees(&visit.arn.partition())
            .map(|grantee| visit.step(Action::grant_of(visit.arn, grantee), reason))
            .collect()
    }
}

/// Our grants to accounts that are to lose the key
pub(super) fn superfluous_grants(visit: &KeyVisit<'_>, leaving: &PrincipalSet) -> Vec<Step> {
    let Some(Reading::Known(grants)) = &visit.found.grants else {
        return Vec::new();
    };
    let is_leaving = |grant: &&KeyGrant| {
        let account = grant.account().map(Principal::Account);
        account.is_some_and(|account| leaving.contains(&account))
    };
    grants
        .iter()
        .filter(|grant| grant.is_ours())
        .filter(is_leaving)
        .map(|grant| {
            let action = Action::RevokeGrant {
                key: visit.arn.clone(),
                grant_id: grant.id.clone(),
                grantee: grant.grantee.clone(),
                name: grant.name.clone().unwrap_or_default(),
                operations: grant.operations.clone(),
            };
            visit.step(action, "no other image under the key is shared with them")
        })
        .collect()
}

/// The name of our grant to a grantee, within what
/// [KMS takes](https://docs.aws.amazon.com/kms/latest/APIReference/API_CreateGrant.html):
/// `[a-zA-Z0-9:/_-]`, at most 256 characters
///
/// The same grantee always has the same name, so that KMS answers a repeated `CreateGrant` with the
/// grant that is there.
pub(crate) fn grant_name(grantee: &str) -> String {
    const MOST: usize = 256;
    let mut name = KeyGrant::NAME_PREFIX.to_owned();
    for character in grantee.chars() {
        match character {
            'a'..='z' | 'A'..='Z' | '0'..='9' | ':' | '/' | '-' => name.push(character),
            // No character of a grantee's ARN is written like this.
            other => name.push_str(&format!("_{:02x}", u32::from(other))),
        }
    }
    if name.len() <= MOST {
        return name;
    }
    let digest = grantee
        .bytes()
        .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
        });
    name.truncate(MOST - 17);
    format!("{name}:{digest:016x}")
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn a_grant_s_name_is_what_kms_takes_and_differs_by_grantee() {
        let root = grant_name("arn:aws:iam::444455556666:root");
        assert_eq!(root, "ami-share/arn:aws:iam::444455556666:root");
        let odd = grant_name("arn:aws:iam::444455556666:role/a_b+c=d,e.f@g");
        assert!(odd.ends_with("a_5fb_2bc_3dd_2ce_2ef_40g"), "{odd}");
        let long = |last| format!("arn:aws:iam::444455556666:role/{}{last}", "x/".repeat(250));
        let (one, other) = (grant_name(&long('a')), grant_name(&long('b')));
        assert_ne!(one, other);
        for name in [root, odd, one, other] {
            assert!(name.len() <= 256);
            let is_taken = |c: char| c.is_ascii_alphanumeric() || ":/_-".contains(c);
            assert!(name.chars().all(is_taken), "{name}");
        }
    }
}
