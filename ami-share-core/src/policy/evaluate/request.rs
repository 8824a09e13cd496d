use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use super::{Caller, CallerKind};
use crate::id::AccountId;

/// One call of one caller on one resource, with what is known of its condition keys
///
/// Keys that follow from the caller and the resource are there without being told:
/// `aws:PrincipalArn`, `aws:PrincipalAccount`, `aws:PrincipalType`, `aws:PrincipalIsAWSService`,
/// `aws:PrincipalServiceName`, `aws:username`, `aws:ResourceAccount`, and for KMS
/// `kms:CallerAccount` and the encryption context. Any other key that was not told is unknown, and
/// what hangs on it is answered so; [`nothing_else`](Self::nothing_else) says that there are no more.
///
/// ```
/// use ami_share_core::policy::evaluate::{Caller, Request};
///
/// let caller = Caller::role("arn:aws:iam::444455556666:role/Builder")?;
/// let key = "arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab";
/// let request = Request::new(caller, "kms:Decrypt", key, "111122223333".parse()?)
///     .key("kms:ViaService", "ec2.us-east-1.amazonaws.com")
///     .absent("aws:SourceVpce");
/// # let _ = request;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct Request {
    pub(super) caller: Caller,
    pub(super) action: Arc<str>,
    pub(super) resource: Arc<str>,
    pub(super) owner: AccountId,
    owner_text: Arc<str>,
    keys: HashMap<Box<str>, KeyValue>,
    /// What is known of keys that were not told
    others: KeyValue,
    pub(super) encryption_context: Option<BTreeMap<String, String>>,
}

/// What is known of a condition key
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum KeyValue {
    /// The request has the key, with these values
    Known(Vec<Arc<str>>),
    /// The request does not have the key
    Absent,
    /// Nobody told
    Unknown,
}

/// What a request answers about a key
#[derive(Clone, Copy, Debug)]
pub(super) enum Lookup<'a> {
    Known(&'a [Arc<str>]),
    Absent,
    Unknown,
}

impl Request {
    /// A call of `action`, such as `kms:Decrypt`, on the resource of this ARN and owner
    pub fn new(caller: Caller, action: &str, resource: &str, owner: AccountId) -> Self {
        Self {
            caller,
            action: action.to_lowercase().into(),
            resource: resource.into(),
            owner,
            owner_text: owner.to_string().into(),
            keys: HashMap::new(),
            others: KeyValue::Unknown,
            encryption_context: None,
        }
    }

    /// The same call made by another caller
    pub fn by(&self, caller: Caller) -> Self {
        Self {
            caller,
            ..self.clone()
        }
    }

    /// Tells the value of a key; the case of its letters does not count
    pub fn key(self, name: &str, value: &str) -> Self {
        self.with(name, KeyValue::Known(vec![value.into()]))
    }

    /// Tells the values of a key that can have several, such as `aws:PrincipalOrgPaths`
    pub fn key_values<'a>(self, name: &str, values: impl IntoIterator<Item = &'a str>) -> Self {
        let values = values.into_iter().map(Arc::from).collect();
        self.with(name, KeyValue::Known(values))
    }

    /// Tells that the request does not have a key
    pub fn absent(self, name: &str) -> Self {
        self.with(name, KeyValue::Absent)
    }

    /// Tells that a key is not known, even if it would follow from the caller
    pub fn unknown(self, name: &str) -> Self {
        self.with(name, KeyValue::Unknown)
    }

    /// Tells that the request has no keys but those that were told
    pub fn nothing_else(mut self) -> Self {
        self.others = KeyValue::Absent;
        self.encryption_context.get_or_insert_default();
        self
    }

    /// Tells the whole encryption context of a cryptographic operation of KMS
    ///
    /// It gives the keys `kms:EncryptionContext:…` and `kms:EncryptionContextKeys`, and decides about
    /// grants with constraints.
    pub fn encryption_context<'a>(
        mut self,
        pairs: impl IntoIterator<Item = (&'a str, &'a str)>,
    ) -> Self {
        let pairs: BTreeMap<String, String> = pairs
            .into_iter()
            .map(|(key, value)| (key.to_owned(), value.to_owned()))
            .collect();
        for (key, value) in &pairs {
            self = self.key(&format!("kms:EncryptionContext:{key}"), value);
        }
        if !pairs.is_empty() {
            self = self.key_values(
                "kms:EncryptionContextKeys",
                pairs.keys().map(String::as_str),
            );
        }
        self.encryption_context = Some(pairs);
        self
    }

    /// Who makes the call
    pub fn caller(&self) -> &Caller {
        &self.caller
    }

    /// The action in lower case
    pub fn action(&self) -> &str {
        &self.action
    }

    /// The ARN of the resource
    pub fn resource(&self) -> &str {
        &self.resource
    }

    /// The account that owns the resource
    pub fn owner(&self) -> AccountId {
        self.owner
    }

    /// What is known of a key, whatever the case of its letters
    pub fn value(&self, name: &str) -> KeyValue {
        match self.lookup(&name.to_ascii_lowercase()) {
            Lookup::Known(values) => KeyValue::Known(values.to_vec()),
            Lookup::Absent => KeyValue::Absent,
            Lookup::Unknown => KeyValue::Unknown,
        }
    }

    /// What is known of a key by its name in lower case
    pub(super) fn lookup(&self, lower: &str) -> Lookup<'_> {
        if let Some(told) = self.keys.get(lower) {
            return told.into();
        }
        if let Some(derived) = self.derived(lower) {
            return derived;
        }
        if self.encryption_context.is_some() && lower.starts_with("kms:encryptioncontext") {
            return Lookup::Absent;
        }
        (&self.others).into()
    }

    /// Whether the action is one of KMS
    pub(super) fn is_kms(&self) -> bool {
        self.action.starts_with("kms:")
    }

    /// Whether identity policies count only where the policy of the resource hands on to the account
    pub(super) fn needs_resource_policy(&self) -> bool {
        // Without a key, as for `kms:CreateKey`, there is no key policy.
        (self.is_kms() && self.resource.as_ref() != "*")
            || self.action.starts_with("sts:assumerole")
    }

    /// Whether the caller belongs to the account that owns the resource
    pub(super) fn is_same_account(&self) -> bool {
        self.caller.account == Some(self.owner)
    }

    fn with(mut self, name: &str, value: KeyValue) -> Self {
        self.keys.insert(name.to_ascii_lowercase().into(), value);
        self
    }

    /// The keys that follow from the caller and the resource, as
    /// [global condition keys](https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html)
    /// describes them
    fn derived(&self, lower: &str) -> Option<Lookup<'_>> {
        fn one(text: &Option<Arc<str>>) -> Lookup<'_> {
            match text {
                Some(text) => Lookup::Known(std::slice::from_ref(text)),
                None => Lookup::Absent,
            }
        }
        let caller = &self.caller;
        // What these keys hold for services and identity providers is not documented for all.
        let is_plain = !matches!(caller.kind, CallerKind::Service | CallerKind::Federated);
        Some(match lower {
            "aws:principalarn" if caller.kind == CallerKind::Role && caller.arn.is_none() => {
                Lookup::Unknown
            }
            "aws:principalarn" => one(&caller.arn),
            "aws:principalaccount" if caller.account.is_some() => one(&caller.account_text),
            "kms:calleraccount" if self.is_kms() && caller.account.is_some() => {
                one(&caller.account_text)
            }
            "aws:principaltype" if is_plain => one(&caller.kind_text),
            "aws:principalisawsservice" if caller.kind != CallerKind::Anonymous => {
                Lookup::Known(std::slice::from_ref(&caller.is_service))
            }
            "aws:principalservicename" if caller.kind == CallerKind::Service => one(&caller.name),
            "aws:principalservicename" => Lookup::Absent,
            "aws:username" if caller.kind == CallerKind::User => one(&caller.name),
            "aws:username" => Lookup::Absent,
            "aws:resourceaccount" => Lookup::Known(std::slice::from_ref(&self.owner_text)),
            _ => return None,
        })
    }
}

impl<'a> From<&'a KeyValue> for Lookup<'a> {
    fn from(value: &'a KeyValue) -> Self {
        match value {
            KeyValue::Known(values) if values.is_empty() => Self::Absent,
            KeyValue::Known(values) => Self::Known(values),
            KeyValue::Absent => Self::Absent,
            KeyValue::Unknown => Self::Unknown,
        }
    }
}
