use super::{Answer, Finding};
use crate::id::{AccountId, IamPrincipalArn, KeyArn, OrganizationalUnitPath};
use crate::policy::evaluate::{
    Caller, Decision, Finding as PolicyFinding, Grant, Layer, Layers, Request, Told, Verdict,
    evaluate,
};
use crate::policy::{Effect, Policy};
use crate::principal::Principal;
use crate::resource::{Key, KeyManager, ObservedKey, Reading};

/// What EBS needs of a key in the name of who launches or copies
/// ([requirements](https://docs.aws.amazon.com/ebs/latest/userguide/ebs-encryption-requirements.html))
pub(crate) const KEY_OPERATIONS: [&str; 6] = [
    "CreateGrant",
    "Decrypt",
    "DescribeKey",
    "GenerateDataKeyWithoutPlaintext",
    "ReEncryptFrom",
    "ReEncryptTo",
];

/// What a copy needs of the key that it reads by, by what each operation does: AWS names one set for
/// the source's and the copy's key together
/// ([copy a snapshot](https://docs.aws.amazon.com/ebs/latest/userguide/ebs-copy-snapshot.html))
const COPY_OPERATIONS: [&str; 4] = ["CreateGrant", "Decrypt", "DescribeKey", "ReEncryptFrom"];

/// An OU that no policy names
const SOME_UNIT: &str = "ou-0000-00000000/";

/// Whoever is judged: a principal, and what is known of where it stands
#[derive(Clone, Copy, Debug)]
pub struct Subject<'a> {
    /// The principal of a share
    pub principal: &'a Principal,
    /// The role or user of the account that matters, if not its administrators
    pub identity: Option<&'a IamPrincipalArn>,
    /// The organization that an account belongs to, where that is known
    pub organization: Option<&'a str>,
    /// Where it stands in its organization: the path of an OU, or of one that the account is below
    pub path: Option<&'a OrganizationalUnitPath>,
}

impl<'a> Subject<'a> {
    /// A principal of which nothing else is known
    pub fn new(principal: &'a Principal) -> Self {
        Self {
            principal,
            identity: None,
            organization: None,
            path: None,
        }
    }
}

/// Judges one key for many principals
#[derive(Debug)]
pub struct KeyJudge<'a> {
    arn: &'a KeyArn,
    observed: &'a ObservedKey,
    policy: Reading<Policy>,
    grants: Reading<Vec<Grant>>,
}

/// What is judged by itself
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum By {
    Both,
    Grants,
    Policy,
}

impl<'a> KeyJudge<'a> {
    /// Reads the policy and the grants once
    pub fn new(arn: &'a KeyArn, observed: &'a ObservedKey) -> Self {
        let policy = match &observed.policy {
            Some(Reading::Known(policy)) => policy.to_policy().into(),
            Some(Reading::Unknown { because }) => unknown(because),
            None => unknown("it was not read"),
        };
        let grants = match &observed.grants {
            Some(Reading::Known(grants)) => {
                Reading::Known(grants.iter().map(|grant| grant.to_evaluate()).collect())
            }
            Some(Reading::Unknown { because }) => unknown(because),
            None => unknown("they were not read"),
        };
        Self {
            arn,
            observed,
            policy,
            grants,
        }
    }

    /// Whether the key itself can be used for volumes of other accounts, whoever asks
    pub fn state(&self) -> Finding {
        match &self.observed.key {
            Reading::Known(key) => self.state_of(key),
            Reading::Unknown { because } => {
                Finding::unknown(format!("`{}` could not be read: {because}", self.arn))
            }
        }
    }

    fn state_of(&self, key: &Key) -> Finding {
        let arn = &key.arn;
        if key.manager == KeyManager::Aws {
            return Finding::no(
                format!("`{arn}` is an AWS managed key, which no other account can use"),
                "call CopyImage with a customer managed key as KmsKeyId, and share the copy",
            );
        }
        if !key.can_encrypt_volumes() {
            return Finding::no(
                format!("`{arn}` is no symmetric encryption key"),
                "call CopyImage with a symmetric encryption key as KmsKeyId",
            );
        }
        if let Some(mend) = mend_of_state(key) {
            return Finding::no(format!("`{arn}` is {}", key.state), mend);
        }
        Finding::yes(format!("`{arn}` is enabled"))
    }

    /// Whether the subject may use the key through EC2, by policy and grants together
    ///
    /// Judged is an administrator of the account, or the role or user that is named. Service control
    /// policies, and the account's own policies, are not looked at.
    pub fn access(&self, subject: Subject<'_>) -> Finding {
        self.judge(subject, By::Both, &KEY_OPERATIONS)
    }

    /// Whether the subject may at least read by the key, which is all that a copy may need
    pub(super) fn reading(&self, subject: Subject<'_>) -> Finding {
        self.judge(subject, By::Both, &COPY_OPERATIONS)
    }

    /// The statement that denies the key to the subject, whatever else allows it
    pub(crate) fn denial(&self, subject: Subject<'_>) -> Option<String> {
        KEY_OPERATIONS.into_iter().find_map(|operation| {
            let decision = self.decide(operation, subject, By::Both);
            let deciding = decision.is_denied_explicitly();
            deciding.then(|| {
                let by = decided_by(&decision, &PolicyFinding::Denies).unwrap_or_default();
                format!("kms:{operation} is denied: {by}")
            })
        })
    }

    /// Whether the key policy alone lets the subject in
    pub fn by_policy(&self, subject: Subject<'_>) -> Finding {
        self.judge(subject, By::Policy, &KEY_OPERATIONS)
    }

    /// Whether the grants alone let the subject in
    pub fn by_grants(&self, subject: Subject<'_>) -> Finding {
        self.judge(subject, By::Grants, &KEY_OPERATIONS)
    }

    /// An account below an OU is judged as one in that OU and as one in some OU below it: what holds for
    /// both holds for it, and else it is not known
    fn judge(&self, subject: Subject<'_>, by: By, operations: &[&str]) -> Finding {
        let finding = self.judge_as(subject, by, operations);
        let Some(path) = subject.path else {
            return finding;
        };
        if !matches!(subject.principal, Principal::Account(_)) {
            return finding;
        }
        match finding.answer {
            Answer::Unknown => finding,
            Answer::Yes => {
                let below = format!("{path}{SOME_UNIT}").parse().ok();
                let below = Subject {
                    path: below.as_ref(),
                    ..subject
                };
                let judged = self.judge_as(below, by, operations);
                if judged.answer == Answer::Yes && !self.denies_units() {
                    return finding;
                }
                Finding::unknown(format!(
                    "whether `{}` can be used hangs on where below `{path}` the account is, which was not \
                     read",
                    self.arn
                ))
            }
            Answer::No => {
                let anywhere = Subject {
                    organization: Some(path.organization_id()),
                    path: None,
                    ..subject
                };
                self.judge_as(anywhere, by, operations)
            }
        }
    }

    /// Whether a statement denies the key by where an account stands
    fn denies_units(&self) -> bool {
        let Reading::Known(policy) = &self.policy else {
            return false;
        };
        policy
            .statements
            .iter()
            .filter(|statement| statement.effect == Effect::Deny)
            .flat_map(|statement| &statement.conditions)
            .any(|condition| condition.key.lower() == "aws:principalorgpaths")
    }

    fn judge_as(&self, subject: Subject<'_>, by: By, operations: &[&str]) -> Finding {
        if *subject.principal == Principal::Public {
            return Finding::no(
                "the public cannot use a key",
                "share with accounts, organizations or OUs",
            );
        }
        let mut allowed_by: Option<String> = None;
        let mut not_known: Option<String> = None;
        for operation in operations {
            let decision = self.decide(operation, subject, by);
            match decision.verdict {
                Verdict::Allowed => {
                    allowed_by =
                        allowed_by.or_else(|| decided_by(&decision, &PolicyFinding::Allows));
                }
                Verdict::Denied => return self.denied(operation, subject, by, &decision),
                Verdict::Unknown => {
                    not_known = not_known.or_else(|| Some(self.not_known(by, &decision)));
                }
            }
        }
        match not_known {
            Some(because) => Finding::unknown(because),
            None => Finding::yes(format!(
                "`{}` can be used: {}",
                self.arn,
                allowed_by.unwrap_or_else(|| "its policy allows it".to_owned())
            )),
        }
    }

    fn decide(&self, operation: &str, subject: Subject<'_>, by: By) -> Decision {
        let request = self.request(operation, subject);
        let mut layers = Layers::none();
        layers.resource = match &self.policy {
            Reading::Known(policy) if by != By::Grants => Told::Known(Some(policy)),
            Reading::Unknown { .. } if by != By::Grants => Told::Unknown,
            _ => Told::Known(None),
        };
        layers.grants = match &self.grants {
            Reading::Known(grants) if by != By::Policy => Told::Known(grants),
            Reading::Unknown { .. } if by != By::Policy => Told::Unknown,
            _ => Told::Known(&[]),
        };
        evaluate(&request, &layers)
    }

    /// The call that EC2 makes for the subject
    fn request(&self, operation: &str, subject: Subject<'_>) -> Request {
        let caller = match (subject.identity, subject.principal) {
            (Some(identity), _) => caller_of(identity),
            (None, Principal::Account(account)) => Caller::root(*account),
            (None, _) => Caller::root(nobody()),
        };
        let region = self.arn.region();
        let action = format!("kms:{operation}");
        let mut request = Request::new(caller, &action, self.arn.as_str(), self.arn.account())
            .key("kms:ViaService", &format!("ec2.{region}.amazonaws.com"))
            .key("aws:RequestedRegion", region.as_str())
            .key("aws:ViaAWSService", "true");
        if operation == "CreateGrant" {
            request = request.key("kms:GrantIsForAWSResource", "true");
        }
        let organization = match subject.principal {
            Principal::Organization(arn) => Some(arn.organization_id()),
            Principal::OrganizationalUnit(arn) => Some(arn.organization_id()),
            Principal::Account(_) | Principal::Public => subject
                .organization
                .or_else(|| subject.path.map(OrganizationalUnitPath::organization_id)),
        };
        if let Some(organization) = organization {
            request = request.key("aws:PrincipalOrgID", organization);
        }
        if let Some(path) = subject.path {
            request = request.key_values("aws:PrincipalOrgPaths", [path.as_str()]);
        }
        request
    }

    fn denied(
        &self,
        operation: &str,
        subject: Subject<'_>,
        by: By,
        decision: &Decision,
    ) -> Finding {
        let arn = self.arn;
        let mend = match subject.principal {
            Principal::Account(account) => format!(
                "call PutKeyPolicy with a statement for it, or CreateGrant with GranteePrincipal \
                 {}",
                account.root_arn(&arn.partition())
            ),
            _ => "call PutKeyPolicy with a statement on aws:PrincipalOrgID".to_owned(),
        };
        if decision.is_denied_explicitly() {
            let by = decided_by(decision, &PolicyFinding::Denies).unwrap_or_default();
            return Finding::no(
                format!("kms:{operation} on `{arn}` is denied: {by}"),
                "take the principal out of that statement: nothing else can mend it",
            );
        }
        let what = match by {
            By::Both => "neither the policy nor a grant",
            By::Grants => "no grant",
            By::Policy => "no statement of the policy",
        };
        Finding::no(format!("{what} of `{arn}` allows kms:{operation}"), mend)
    }

    fn not_known(&self, by: By, decision: &Decision) -> String {
        if let (Reading::Unknown { because }, true) = (&self.policy, by != By::Grants) {
            return format!("the policy of `{}` is not known: {because}", self.arn);
        }
        if let (Reading::Unknown { because }, true) = (&self.grants, by != By::Policy) {
            return format!("the grants of `{}` are not known: {because}", self.arn);
        }
        let reason = decision.reasons.first().map(ToString::to_string);
        format!(
            "whether `{}` can be used is not known: {}",
            self.arn,
            reason.unwrap_or_else(|| "its policy leaves it open".to_owned())
        )
    }
}

/// An account that no policy names, in whose place a member of an organization or OU is judged
fn nobody() -> AccountId {
    // INVARIANT: it has 12 digits.
    "000000000000"
        .parse()
        .unwrap_or_else(|_| unreachable!("twelve digits are an account id"))
}

fn caller_of(identity: &IamPrincipalArn) -> Caller {
    let arn = identity.as_str();
    // INVARIANT: the ARN is one of a role or of a user.
    Caller::role(arn)
        .or_else(|_| Caller::user(arn))
        .unwrap_or_else(|error| unreachable!("{error}"))
}

/// The statement or grant that allows it, or that denies it
fn decided_by(decision: &Decision, finding: &PolicyFinding) -> Option<String> {
    let deciding = decision.reasons.iter().find(|reason| {
        reason.finding == *finding && matches!(reason.layer, Layer::Grants | Layer::ResourcePolicy)
    });
    deciding.map(ToString::to_string)
}

pub(crate) fn mend_of_state(key: &Key) -> Option<&'static str> {
    use crate::policy::evaluate::KeyState;
    Some(match key.state {
        KeyState::Enabled => return None,
        KeyState::Disabled => "call EnableKey",
        KeyState::PendingDeletion | KeyState::PendingReplicaDeletion => {
            "call CancelKeyDeletion, then EnableKey"
        }
        KeyState::PendingImport => "call ImportKeyMaterial",
        KeyState::Unavailable => "connect its custom key store",
        _ => "wait until it is enabled",
    })
}

fn unknown<T>(because: &str) -> Reading<T> {
    Reading::Unknown {
        because: because.to_owned(),
    }
}
