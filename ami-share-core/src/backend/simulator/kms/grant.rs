//! Grants, and `CreateGrant`.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::super::call::Caller;
use super::super::clock::Moment;
use super::super::refusal::Refusal;
use super::super::state::State;
use super::authorize::Ask;
use super::find::Naming;
use super::key::Key;
use super::kind::{GRANT_OPERATIONS, check_length, not_in_enum};
use crate::id::{AccountId, KeyArn};
use crate::policy::evaluate::GrantConstraint;

/// A grant on a key
#[derive(Clone, Debug)]
pub(crate) struct Grant {
    pub(crate) id: String,
    pub(crate) created: Moment,
    /// The account that it was created by
    pub(crate) issuing_account: AccountId,
    pub(crate) terms: GrantTerms,
}

/// What a grant says
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct GrantTerms {
    pub(crate) name: Option<String>,
    pub(crate) grantee: String,
    pub(crate) retiring: Option<String>,
    pub(crate) operations: BTreeSet<String>,
    pub(crate) constraint: Option<GrantConstraint>,
}

/// What `CreateGrant` answers
#[derive(Clone, Debug)]
pub(crate) struct CreatedGrant {
    pub(crate) id: String,
    pub(crate) token: String,
}

impl GrantTerms {
    /// Whether who holds this grant may create the other one by it
    ///
    /// "the same or fewer operations and same-or-stricter constraints", of
    /// [creating grants](https://docs.aws.amazon.com/kms/latest/developerguide/create-grant-overview.html).
    pub(super) fn hands_on(&self, child: &Self) -> bool {
        use GrantConstraint::{EncryptionContextEquals, EncryptionContextSubset};

        let has_all = |wanted: &BTreeMap<String, String>, given: &BTreeMap<String, String>| {
            wanted
                .iter()
                .all(|(key, value)| given.get(key) == Some(value))
        };
        child.operations.is_subset(&self.operations)
            && match (&self.constraint, &child.constraint) {
                (None, _) => true,
                (Some(_), None) => false,
                (Some(EncryptionContextEquals(own)), Some(EncryptionContextEquals(other))) => {
                    own == other
                }
                (Some(EncryptionContextEquals(_)), Some(EncryptionContextSubset(_))) => false,
                (
                    Some(EncryptionContextSubset(own)),
                    Some(EncryptionContextEquals(other) | EncryptionContextSubset(other)),
                ) => has_all(own, other),
            }
    }
}

/// The most tokens of one call
const MOST_TOKENS: usize = 10;
/// The most pairs of the encryption context in one constraint, and the most characters of a value
const MOST_PAIRS: usize = 8;
const LONGEST_VALUE: usize = 384;

impl State {
    pub(crate) fn create_grant(
        &mut self,
        caller: Caller<'_>,
        key_id: &str,
        terms: GrantTerms,
        tokens: &[String],
        dry_run: bool,
    ) -> Result<CreatedGrant, Refusal> {
        const ACTION: &str = "kms:CreateGrant";
        check_form(&terms)?;
        let arn = self.resolve(caller, key_id, Naming::Key, ACTION)?;
        let mut ask = Ask::of(caller.identity, ACTION)
            .key("kms:GrantIsForAWSResource", "false")
            .key("kms:GranteePrincipal", terms.grantee.as_str())
            .key_values("kms:GrantOperations", terms.operations.iter().cloned())
            .grant(&terms);
        if let Some(retiring) = &terms.retiring {
            ask = ask.key("kms:RetiringPrincipal", retiring.as_str());
        }
        if let Some(constraint) = &terms.constraint {
            ask = ask.key("kms:GrantConstraintType", constraint_kind(constraint));
        }
        let key = self.permit(caller, &arn, ask)?;
        check_fit(key, &terms)?;
        self.check_principals(&arn, &terms)?;
        self.check_tokens(tokens)?;
        if dry_run {
            return Err(dry_run_succeeds());
        }
        let key = self.key(&arn)?;
        // Without a name, each call makes a new grant.
        let same = terms.name.as_ref().and_then(|_| {
            let grants = key.grants.current();
            grants
                .values()
                .find(|grant| grant.terms == terms && grant.issuing_account == caller.account)
        });
        if let Some(id) = same.map(|grant| grant.id.clone()) {
            let token = self.mint_grant_token(&arn, &id);
            return Ok(CreatedGrant { id, token });
        }
        if key.grants.current().len() >= self.keys.grant_quota {
            return Err(Refusal::new(
                "LimitExceededException",
                format!("{arn} has reached the maximum number of grants per KMS key."),
            ));
        }
        let id = format!("{:064x}", self.next_number());
        let grant = Grant {
            id: id.clone(),
            created: self.now(),
            issuing_account: caller.account,
            terms,
        };
        self.change_grants(&arn, |grants| {
            grants.insert(grant.id.clone(), Arc::new(grant));
        })?;
        let token = self.mint_grant_token(&arn, &id);
        Ok(CreatedGrant { id, token })
    }

    pub(super) fn change_grants<R>(
        &mut self,
        arn: &KeyArn,
        change: impl FnOnce(&mut BTreeMap<String, Arc<Grant>>) -> R,
    ) -> Result<R, Refusal> {
        let (staleness, now) = (self.staleness, self.now());
        let key = self.key_mut(arn)?;
        Ok(key
            .grants
            .change(staleness, now, |grants| change(Arc::make_mut(grants))))
    }

    /// A token of its own for each answer; all those of one grant serve alike
    ///
    /// A grant takes effect at once here, so that a token adds nothing to it.
    fn mint_grant_token(&mut self, arn: &KeyArn, grant: &str) -> String {
        format!("{:016x}.{grant}.{arn}", self.next_number())
    }

    /// The key and the id of the grant that a token stands for
    pub(super) fn grant_of_token(&self, token: &str) -> Result<(KeyArn, String), Refusal> {
        let mut parts = token.splitn(3, '.').skip(1);
        let (Some(id), Some(arn)) = (parts.next(), parts.next()) else {
            return Err(invalid_token());
        };
        let arn: KeyArn = arn.parse().map_err(|_| invalid_token())?;
        let key = self.keys.get(&arn).ok_or_else(invalid_token)?;
        if key.grants.current().contains_key(id) {
            Ok((arn, id.to_owned()))
        } else {
            Err(invalid_token())
        }
    }

    pub(super) fn check_tokens(&self, tokens: &[String]) -> Result<(), Refusal> {
        if tokens.len() > MOST_TOKENS {
            return Err(invalid(format!(
                "1 validation error detected: Value at 'grantTokens' failed to satisfy constraint: \
                 Member must have length less than or equal to {MOST_TOKENS}"
            )));
        }
        tokens
            .iter()
            .try_for_each(|token| self.grant_of_token(token).map(|_| ()))
    }

    /// Organizations, OUs and groups are no grantees, nor are services by name
    fn check_principals(&self, arn: &KeyArn, terms: &GrantTerms) -> Result<(), Refusal> {
        let partition = arn.partition();
        [Some(&terms.grantee), terms.retiring.as_ref()]
            .into_iter()
            .flatten()
            .find(|principal| !self.is_principal_arn(principal, &partition))
            .map_or(Ok(()), |principal| {
                Err(Refusal::new(
                    "InvalidArnException",
                    format!("ARN does not refer to a valid principal: {principal}"),
                ))
            })
    }
}

/// What can be said of the terms without looking at the key
fn check_form(terms: &GrantTerms) -> Result<(), Refusal> {
    let is_principal_text = |c: char| c.is_ascii_alphanumeric() || "_+=,.@:/-".contains(c);
    let principals = [
        ("granteePrincipal", Some(&terms.grantee)),
        ("retiringPrincipal", terms.retiring.as_ref()),
    ];
    for (parameter, principal) in principals {
        let Some(principal) = principal else { continue };
        check_length(principal, parameter, 1, 256)?;
        if !principal.chars().all(is_principal_text) {
            return Err(not_in_pattern(principal, parameter, "^[\\w+=,.@:/-]+$"));
        }
    }
    if let Some(name) = &terms.name {
        check_length(name, "name", 1, 256)?;
        if !name
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || ":/_-".contains(c))
        {
            return Err(not_in_pattern(name, "name", "^[a-zA-Z0-9:/_-]+$"));
        }
    }
    if terms.operations.is_empty() {
        return Err(invalid(
            "1 validation error detected: Value at 'operations' failed to satisfy constraint: \
             Member must not be empty",
        ));
    }
    for operation in &terms.operations {
        if !GRANT_OPERATIONS.contains(&operation.as_str()) {
            return Err(not_in_enum(operation, "operations"));
        }
    }
    let (GrantConstraint::EncryptionContextEquals(pairs)
    | GrantConstraint::EncryptionContextSubset(pairs)) = match &terms.constraint {
        Some(constraint) => constraint,
        None => return Ok(()),
    };
    if pairs.is_empty() || pairs.len() > MOST_PAIRS {
        return Err(invalid(format!(
            "A grant constraint has 1 to {MOST_PAIRS} pairs of the encryption context."
        )));
    }
    if pairs
        .values()
        .any(|value| value.chars().count() > LONGEST_VALUE)
    {
        return Err(invalid(format!(
            "A value of the encryption context in a grant constraint has at most {LONGEST_VALUE} \
             characters."
        )));
    }
    Ok(())
}

/// Whether the key can do what the grant allows
fn check_fit(key: &Key, terms: &GrantTerms) -> Result<(), Refusal> {
    let kind = key.kind;
    let mut operations = terms.operations.iter();
    if let Some(operation) = operations.find(|operation| !kind.can_grant(operation)) {
        return Err(invalid(format!(
            "Operation {operation} is not valid for a key with KeySpec {} and KeyUsage {}.",
            kind.spec, kind.usage
        )));
    }
    if terms.constraint.is_some() && !kind.is_symmetric_encryption() {
        return Err(invalid(
            "A constraint on the encryption context is not supported for this type of key.",
        ));
    }
    Ok(())
}

pub(crate) fn constraint_kind(constraint: &GrantConstraint) -> &'static str {
    match constraint {
        GrantConstraint::EncryptionContextEquals(_) => "EncryptionContextEquals",
        GrantConstraint::EncryptionContextSubset(_) => "EncryptionContextSubset",
    }
}

/// What a rehearsal answers that would have been done
pub(super) fn dry_run_succeeds() -> Refusal {
    Refusal::new(
        Refusal::DRY_RUN_OF_KMS,
        "The request would have succeeded, but the DryRun option is set.",
    )
}

pub(super) fn not_in_pattern(value: &str, parameter: &str, pattern: &str) -> Refusal {
    let value: String = value.chars().take(200).collect();
    invalid(format!(
        "1 validation error detected: Value '{value}' at '{parameter}' failed to satisfy \
         constraint: Member must satisfy regular expression pattern: {pattern}"
    ))
}

fn invalid_token() -> Refusal {
    Refusal::new(
        "InvalidGrantTokenException",
        "The grant token is not valid.",
    )
}

fn invalid(message: impl Into<String>) -> Refusal {
    Refusal::new("ValidationException", message)
}
