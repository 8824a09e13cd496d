//! Yes, no, or not known and why: the logic that every layer is computed in.

/// The truth of a part of a policy for one request
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Truth {
    No,
    Unknown(Unclear),
    Yes,
}

impl Truth {
    /// False if either is; else unknown if either is
    pub(super) fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::No, _) | (_, Self::No) => Self::No,
            (Self::Unknown(why), _) | (_, Self::Unknown(why)) => Self::Unknown(why),
            (Self::Yes, Self::Yes) => Self::Yes,
        }
    }

    /// True if either is; else unknown if either is
    pub(super) fn or(self, other: Self) -> Self {
        match (self, other) {
            (Self::Yes, _) | (_, Self::Yes) => Self::Yes,
            (Self::Unknown(why), _) | (_, Self::Unknown(why)) => Self::Unknown(why),
            (Self::No, Self::No) => Self::No,
        }
    }

    pub(super) fn not(self) -> Self {
        match self {
            Self::No => Self::Yes,
            Self::Unknown(why) => Self::Unknown(why),
            Self::Yes => Self::No,
        }
    }

    pub(super) fn is_yes(self) -> bool {
        self == Self::Yes
    }

    /// Whether any is true; stops at the first that is
    pub(super) fn any(items: impl IntoIterator<Item = Self>) -> Self {
        let mut all = Self::No;
        for item in items {
            all = all.or(item);
            if all.is_yes() {
                break;
            }
        }
        all
    }
}

impl From<bool> for Truth {
    fn from(value: bool) -> Self {
        if value { Self::Yes } else { Self::No }
    }
}

/// Why the truth of a part of a policy is not known
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum Unclear {
    /// `ForAnyValue` with `IfExists` on a key that the request lacks: AWS does not say which wins
    AnyValueIfExists,
    /// `*` in a resource policy and a session policy that is silent: AWS does not say
    AnyoneInSession,
    /// A grant depends on the encryption context, which was not told
    EncryptionContext,
    /// A grant to somebody of another account whose own policies do not allow it, or to a caller whose
    /// boundary or session does not: AWS does not say whether the grant is enough
    Grant,
    /// A condition key was not told
    Key,
    /// The table of key states does not say what this operation does
    KeyState,
    /// The layer was not told
    Layer,
    /// A policy variable that is not well formed, or stands where AWS resolves none
    MalformedVariable,
    /// A resource policy's statement without a principal
    NoPrincipal,
    /// A condition without values
    NoValues,
    /// `NotPrincipal` names only a part of what AWS asks for: the account, the role and the session
    NotPrincipal,
    /// `Deny` with `NotPrincipal`, and a caller with a permissions boundary
    NotPrincipalBoundary,
    /// The operator is not one that AWS has
    Operator,
    /// A value in the policy that its operator cannot read
    PolicyValue,
    /// A kind of principal that cannot be compared to the caller, or a principal where none belongs
    PrincipalKind,
    /// The same key twice under one operator, in different case of letters
    RepeatedKey,
    /// A value in the request that the operator cannot read
    RequestValue,
    /// The statement names a role or session, and the caller's was not told
    Session,
    /// A key of several values under an operator without `ForAnyValue` or `ForAllValues`
    SeveralValues,
    /// An ARN pattern of fewer than six parts
    ShortArn,
    /// A policy variable for a key that the request lacks or has several values of
    UnresolvedVariable,
    /// A policy variable for a key that was not told
    Variable,
}
