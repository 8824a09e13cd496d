//! Grants of a KMS key: permissions beside its policy.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::Request;
use super::principal::{Covered, entry_covers};
use super::reason::{Finding, Layer, Reason, Reasons};
use super::request::Lookup;
use super::truth::{Truth, Unclear};
use crate::policy::{Effect, PrincipalEntry};

/// A grant of a KMS key, as `ListGrants` tells it
///
/// See [grants](https://docs.aws.amazon.com/kms/latest/developerguide/grants.html).
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct Grant {
    /// The id or name, for reasons
    pub id: Arc<str>,
    /// Who may use it
    pub grantee: PrincipalEntry,
    /// What for, such as `Decrypt`
    pub operations: Vec<String>,
    /// What the encryption context has to be
    pub constraint: Option<GrantConstraint>,
    /// For which resource a service may use it
    pub source_arn: Option<String>,
}

/// What a grant asks of the encryption context
///
/// See [grant constraints](https://docs.aws.amazon.com/kms/latest/APIReference/API_GrantConstraints.html).
#[derive(Clone, Debug, Eq, PartialEq)]
#[allow(clippy::exhaustive_enums)]
pub enum GrantConstraint {
    /// These pairs and no others
    EncryptionContextEquals(BTreeMap<String, String>),
    /// These pairs among others
    EncryptionContextSubset(BTreeMap<String, String>),
}

impl Grant {
    /// A grant of operations to a grantee: the ARN of an account's root, a user, role, session or
    /// federated user, or the name of a service
    pub fn new<'a>(id: &str, grantee: &str, operations: impl IntoIterator<Item = &'a str>) -> Self {
        Self {
            id: id.into(),
            grantee: if !grantee.contains(':') && grantee.contains('.') {
                PrincipalEntry::Service(grantee.into())
            } else {
                PrincipalEntry::aws(grantee)
            },
            operations: operations.into_iter().map(str::to_owned).collect(),
            constraint: None,
            source_arn: None,
        }
    }

    /// The same grant under a constraint
    pub fn under(mut self, constraint: GrantConstraint) -> Self {
        self.constraint = Some(constraint);
        self
    }

    /// Whether it covers the call, and through which kind of grantee
    fn covers(&self, request: &Request) -> Covered {
        let Some(operation) = request.action.strip_prefix("kms:") else {
            return Covered::NOT;
        };
        let mut operations = self.operations.iter();
        if !operations.any(|granted| granted.eq_ignore_ascii_case(operation)) {
            return Covered::NOT;
        }
        let fits = self.fits(operation, request).and(self.fits_source(request));
        match &self.grantee {
            // KMS takes no `*` as a grantee.
            PrincipalEntry::Anyone => Covered::NOT,
            grantee => entry_covers(grantee, &request.caller).when(fits),
        }
    }

    /// Whether the encryption context fits; operations without one are free of the constraint
    fn fits(&self, operation: &str, request: &Request) -> Truth {
        let Some(constraint) = &self.constraint else {
            return Truth::Yes;
        };
        let has_context = operation.starts_with("generatedatakey")
            || matches!(
                operation,
                "decrypt" | "encrypt" | "reencryptfrom" | "reencryptto"
            );
        if operation == "creategrant" {
            // Allowed for grants that are at least as strict; which one is asked for is not known.
            return Truth::Unknown(Unclear::Grant);
        }
        if !has_context {
            return Truth::Yes;
        }
        let Some(given) = &request.encryption_context else {
            return Truth::Unknown(Unclear::EncryptionContext);
        };
        match constraint {
            GrantConstraint::EncryptionContextEquals(pairs) => (pairs == given).into(),
            GrantConstraint::EncryptionContextSubset(pairs) => pairs
                .iter()
                .all(|(key, value)| given.get(key) == Some(value))
                .into(),
        }
    }

    fn fits_source(&self, request: &Request) -> Truth {
        match (&self.source_arn, request.lookup("aws:sourcearn")) {
            (None, _) => Truth::Yes,
            (Some(_), Lookup::Unknown) => Truth::Unknown(Unclear::Key),
            (Some(_), Lookup::Absent) => Truth::No,
            (Some(wanted), Lookup::Known(values)) => {
                values.iter().any(|value| value.as_ref() == wanted).into()
            }
        }
    }
}

/// What the grants of a key allow
pub(super) fn grants_cover(grants: &[Grant], request: &Request, reasons: &mut Reasons) -> Covered {
    let mut all = Covered::NOT;
    for (index, grant) in grants.iter().enumerate() {
        let covered = grant.covers(request);
        let finding = match covered.at_all() {
            Truth::No => continue,
            Truth::Unknown(why) => Finding::Unclear {
                effect: Some(Effect::Allow),
                why,
                condition: None,
            },
            Truth::Yes => Finding::Allows,
        };
        reasons.push(Reason {
            policy: Some(index),
            sid: Some(grant.id.clone()),
            ..Reason::of_layer(Layer::Grants, finding)
        });
        all = all.or(&covered);
    }
    all
}
