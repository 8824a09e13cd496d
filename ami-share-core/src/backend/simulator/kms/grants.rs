//! `ListGrants`, `RevokeGrant`, `RetireGrant` and `ListRetirableGrants`.

use std::sync::Arc;

use super::super::call::Caller;
use super::super::refusal::Refusal;
use super::super::state::State;
use super::authorize::{Ask, access_denied, not_found};
use super::find::Naming;
use super::grant::{Grant, dry_run_succeeds};
use super::page::{Limit, Paging};
use crate::backend::Page;
use crate::id::KeyArn;
use crate::policy::evaluate::{self, Caller as Principal, Layers, evaluate};

/// Which grants of a key are asked for
#[derive(Clone, Debug, Default, Hash)]
pub(crate) struct GrantFilter {
    pub(crate) id: Option<String>,
    /// Exactly as the grant has it
    pub(crate) grantee: Option<String>,
}

/// A grant with its key
pub(crate) type Granted = (KeyArn, Arc<Grant>);

const LIMIT: Limit = Limit {
    default: 50,
    most: 100,
};

impl State {
    pub(crate) fn list_grants(
        &mut self,
        caller: Caller<'_>,
        key_id: &str,
        filter: &GrantFilter,
        paging: &Paging,
    ) -> Result<Page<Granted>, Refusal> {
        const ACTION: &str = "kms:ListGrants";
        let arn = self.resolve(caller, key_id, Naming::Key, ACTION)?;
        let ask = Ask::of(caller.identity, ACTION).key("kms:GrantIsForAWSResource", "false");
        self.permit(caller, &arn, ask)?;
        if let Some(id) = &filter.id {
            check_grant_id(id)?;
        }
        let now = self.now();
        let grants = self.key_mut(&arn)?.grants.read(now);
        // That an id which no grant has makes the list empty, and is no error, is not documented.
        let wanted = grants.iter().filter(|(id, grant)| {
            filter.id.as_ref().is_none_or(|wanted| wanted == *id)
                && filter
                    .grantee
                    .as_ref()
                    .is_none_or(|wanted| *wanted == grant.terms.grantee)
        });
        let items = wanted.map(|(id, grant)| (id.clone(), (arn.clone(), grant.clone())));
        self.page(&(ACTION, &arn, filter), paging, LIMIT, items)
    }

    pub(crate) fn revoke_grant(
        &mut self,
        caller: Caller<'_>,
        key_id: &str,
        grant: &str,
        dry_run: bool,
    ) -> Result<(), Refusal> {
        const ACTION: &str = "kms:RevokeGrant";
        let arn = self.resolve(caller, key_id, Naming::Key, ACTION)?;
        let ask = Ask::of(caller.identity, ACTION).key("kms:GrantIsForAWSResource", "false");
        self.permit(caller, &arn, ask)?;
        self.grant(&arn, grant)?;
        self.end_grant(&arn, grant, dry_run)
    }

    /// By a token, or by a key and a grant of it
    pub(crate) fn retire_grant(
        &mut self,
        caller: Caller<'_>,
        token: Option<&str>,
        named: Option<(&str, &str)>,
        dry_run: bool,
    ) -> Result<(), Refusal> {
        const ACTION: &str = "kms:RetireGrant";
        let (arn, id) = match (token, named) {
            (Some(token), None) => self.grant_of_token(token)?,
            (None, Some((key_id, grant))) => {
                let arn = self.resolve(caller, key_id, Naming::Key, ACTION)?;
                (arn, grant.to_owned())
            }
            _ => {
                return Err(Refusal::new(
                    "ValidationException",
                    "You must specify either a grant token, or a key ID and a grant ID.",
                ));
            }
        };
        let is_own = arn.account() == caller.account;
        let found = self.grant(&arn, &id);
        match found {
            Ok(grant) if self.may_retire(caller, &arn, grant) => {}
            Err(refusal) if is_own => return Err(refusal),
            // Who may not retire it does not learn whether another account's grant exists.
            _ => return Err(access_denied(caller.identity, ACTION, arn.as_str(), None)),
        }
        self.end_grant(&arn, &id, dry_run)
    }

    /// The grants that a principal of the caller's account may retire, on keys of all accounts
    pub(crate) fn list_retirable_grants(
        &mut self,
        caller: Caller<'_>,
        retiring: &str,
        paging: &Paging,
    ) -> Result<Page<Granted>, Refusal> {
        const ACTION: &str = "kms:ListRetirableGrants";
        let Ok(principal) = Principal::parse(retiring) else {
            return Err(Refusal::new(
                "InvalidArnException",
                format!("ARN does not refer to a valid principal: {retiring}"),
            ));
        };
        if principal.account() != Some(caller.account) {
            return Err(access_denied(caller.identity, ACTION, retiring, None));
        }
        self.authorize(caller, ACTION, "*", &[])?;
        let now = self.now();
        let arns: Vec<KeyArn> = self
            .keys
            .in_region(caller.region)
            .map(|key| key.arn.clone())
            .collect();
        let mut found = Vec::new();
        for arn in arns {
            let grants = self.key_mut(&arn)?.grants.read(now);
            for grant in grants.values() {
                if grant.terms.retiring.as_deref() == Some(retiring) {
                    found.push((grant.id.clone(), (arn.clone(), grant.clone())));
                }
            }
        }
        found.sort_by(|one, other| one.0.cmp(&other.0));
        self.page(&(ACTION, retiring), paging, LIMIT, found)
    }

    fn grant(&self, arn: &KeyArn, id: &str) -> Result<&Grant, Refusal> {
        check_grant_id(id)?;
        let grant = self.key(arn)?.grants.current().get(id);
        grant
            .map(Arc::as_ref)
            .ok_or_else(|| Refusal::new("NotFoundException", format!("Grant {id} not found")))
    }

    fn end_grant(&mut self, arn: &KeyArn, id: &str, dry_run: bool) -> Result<(), Refusal> {
        if dry_run {
            return Err(dry_run_succeeds());
        }
        match self.change_grants(arn, |grants| grants.remove(id))? {
            Some(_) => Ok(()),
            None => Err(not_found(arn.as_str())),
        }
    }

    /// Whether the caller is one whom the grant lets retire it
    ///
    /// The retiring principal, the grantee if `RetireGrant` is among the operations, and the account
    /// that created it; where that is an account, its users and roles need a policy of their own
    /// ([retiring grants](https://docs.aws.amazon.com/kms/latest/developerguide/grant-delete.html)).
    /// Key policies have no say.
    fn may_retire(&self, caller: Caller<'_>, arn: &KeyArn, grant: &Grant) -> bool {
        let terms = &grant.terms;
        let grantee = terms.operations.contains("RetireGrant");
        let creator = Principal::root(grant.issuing_account).to_string();
        let principals = [
            terms.retiring.as_deref(),
            grantee.then_some(terms.grantee.as_str()),
            Some(creator.as_str()),
        ];
        let grants: Vec<evaluate::Grant> = principals
            .into_iter()
            .flatten()
            .map(|principal| evaluate::Grant::new(&grant.id, principal, ["RetireGrant"]))
            .collect();
        // Whose key it is does not matter, so that it is judged as one of the caller's account.
        let request = self.request_by(caller, "kms:RetireGrant", arn.as_str(), caller.account);
        let own = self.identities.policies_of(caller.identity);
        let layers = Layers::none()
            .identity(own)
            .session(caller.identity.session_policies())
            .grants(&grants);
        evaluate(&request, &layers).is_allowed()
    }
}

fn check_grant_id(id: &str) -> Result<(), Refusal> {
    if id.len() == 64 && id.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        Ok(())
    } else {
        Err(Refusal::new(
            "InvalidGrantIdException",
            "The grant ID is not valid.",
        ))
    }
}
