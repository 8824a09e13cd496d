//! Grants have no foreign judge: each row rests on a page of AWS.

use std::collections::BTreeMap;

use super::{KEY, OTHERS_ROLE, OWNERS_ROLE, policy, request};
use crate::policy::evaluate::{
    Caller, Grant, GrantConstraint, Layers, Request, Unclear, Verdict, evaluate,
};

const ALLOW_ALL: &str = r#"{"Effect": "Allow", "Action": "kms:*", "Resource": "*"}"#;
const DENY_ALL: &str =
    r#"{"Effect": "Deny", "Principal": "*", "Action": "kms:Decrypt", "Resource": "*"}"#;
const SESSION: &str = "arn:aws:sts::111122223333:assumed-role/Builder/build-7";

/// <https://docs.aws.amazon.com/kms/latest/developerguide/grants.html>
const GRANTS: &str = "grants";
/// <https://docs.aws.amazon.com/kms/latest/developerguide/create-grant-overview.html>
const CREATE_GRANT: &str = "create-grant-overview";
/// <https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-modifying-external-accounts.html>
const EXTERNAL: &str = "key-policy-modifying-external-accounts";

fn by(caller: Caller, action: &str) -> Request {
    Request::new(caller, action, KEY, "111122223333".parse().unwrap()).nothing_else()
}

fn verdict(request: &Request, grant: &Grant, identity: bool) -> Verdict {
    let identity = if identity {
        vec![policy(ALLOW_ALL)]
    } else {
        Vec::new()
    };
    let layers = Layers::none()
        .identity(&identity)
        .grants(std::slice::from_ref(grant));
    evaluate(request, &layers).verdict
}

#[test]
fn a_grant_allows_its_grantee_its_operations() {
    let owner = "111122223333".parse().unwrap();
    let role = || Caller::role(OWNERS_ROLE).unwrap().session("build-7");
    let user = || Caller::user("arn:aws:iam::111122223333:user/alice").unwrap();
    let federated = || Caller::parse("arn:aws:sts::111122223333:federated-user/carol").unwrap();
    let (allowed, denied) = (Verdict::Allowed, Verdict::Denied);
    // grantee, caller, action, whether the caller's own policies allow it, verdict, page
    let rows = [
        // "A grant […] gives the grantee principal permission": no other policy is needed.
        (OWNERS_ROLE, role(), "kms:Decrypt", false, allowed, GRANTS),
        (OWNERS_ROLE, role(), "kms:Encrypt", false, denied, GRANTS),
        (
            OWNERS_ROLE,
            role(),
            "kms:CreateGrant",
            false,
            allowed,
            CREATE_GRANT,
        ),
        (OWNERS_ROLE, user(), "kms:Decrypt", false, denied, GRANTS),
        // "The grantee principal can be […] an IAM user, role, federated user, assumed role user."
        (SESSION, role(), "kms:Decrypt", false, allowed, CREATE_GRANT),
        (
            SESSION,
            Caller::role(OWNERS_ROLE).unwrap().session("other"),
            "kms:Decrypt",
            false,
            denied,
            CREATE_GRANT,
        ),
        (
            "arn:aws:iam::111122223333:user/alice",
            user(),
            "kms:Decrypt",
            false,
            allowed,
            CREATE_GRANT,
        ),
        (
            "arn:aws:iam::111122223333:user/alice",
            user(),
            "kms:ListGrants",
            true,
            denied,
            GRANTS,
        ),
        (
            "arn:aws:sts::111122223333:federated-user/carol",
            federated(),
            "kms:Decrypt",
            false,
            allowed,
            CREATE_GRANT,
        ),
        (
            "ec2.amazonaws.com",
            Caller::service("ec2.amazonaws.com"),
            "kms:Decrypt",
            false,
            allowed,
            CREATE_GRANT,
        ),
        (
            "ec2.amazonaws.com",
            Caller::service("s3.amazonaws.com"),
            "kms:Decrypt",
            false,
            denied,
            CREATE_GRANT,
        ),
        // An account hands on to its own policies, as in a key policy.
        (
            "arn:aws:iam::111122223333:root",
            Caller::root(owner),
            "kms:Decrypt",
            false,
            allowed,
            CREATE_GRANT,
        ),
        (
            "arn:aws:iam::111122223333:root",
            role(),
            "kms:Decrypt",
            false,
            denied,
            CREATE_GRANT,
        ),
        (
            "arn:aws:iam::111122223333:root",
            role(),
            "kms:Decrypt",
            true,
            allowed,
            CREATE_GRANT,
        ),
        (
            "arn:aws:iam::444455556666:root",
            role(),
            "kms:Decrypt",
            true,
            denied,
            CREATE_GRANT,
        ),
        (
            "arn:aws:iam::444455556666:root",
            Caller::role(OTHERS_ROLE).unwrap(),
            "kms:Decrypt",
            true,
            allowed,
            EXTERNAL,
        ),
        (
            "arn:aws:iam::444455556666:root",
            Caller::role(OTHERS_ROLE).unwrap(),
            "kms:Decrypt",
            false,
            denied,
            EXTERNAL,
        ),
        (
            OTHERS_ROLE,
            Caller::role(OTHERS_ROLE).unwrap(),
            "kms:Decrypt",
            true,
            allowed,
            EXTERNAL,
        ),
        // "… or use grants": whether the other account's policies are needed too, no page says.
        (
            OTHERS_ROLE,
            Caller::role(OTHERS_ROLE).unwrap(),
            "kms:Decrypt",
            false,
            Verdict::Unknown,
            EXTERNAL,
        ),
        // KMS takes no wildcard for a grantee.
        ("*", role(), "kms:Decrypt", true, denied, CREATE_GRANT),
    ];
    for (grantee, caller, action, identity, expected, page) in rows {
        let grant = Grant::new("g", grantee, ["Decrypt", "CreateGrant"]);
        let found = verdict(&by(caller.clone(), action), &grant, identity);
        assert_eq!(
            found, expected,
            "{grantee} {caller} {action} {identity}: {page}"
        );
    }
}

/// An encryption context
type Pairs = &'static [(&'static str, &'static str)];

/// <https://docs.aws.amazon.com/kms/latest/APIReference/API_GrantConstraints.html>
#[test]
fn constraints_hold_operations_to_their_encryption_context() {
    let pairs = |pairs: &[(&str, &str)]| -> BTreeMap<String, String> {
        let owned = |(key, value): &(&str, &str)| ((*key).to_owned(), (*value).to_owned());
        pairs.iter().map(owned).collect()
    };
    let equals = || GrantConstraint::EncryptionContextEquals(pairs(&[("app", "images")]));
    let subset = || GrantConstraint::EncryptionContextSubset(pairs(&[("app", "images")]));
    let (allowed, denied) = (Verdict::Allowed, Verdict::Denied);
    let rows: [(_, &str, Pairs, Verdict); 10] = [
        (equals(), "kms:Decrypt", &[("app", "images")], allowed),
        (
            equals(),
            "kms:Decrypt",
            &[("app", "images"), ("x", "y")],
            denied,
        ),
        (equals(), "kms:Decrypt", &[("app", "Images")], denied),
        (equals(), "kms:Decrypt", &[("App", "images")], denied),
        (equals(), "kms:Decrypt", &[], denied),
        (
            subset(),
            "kms:Decrypt",
            &[("app", "images"), ("x", "y")],
            allowed,
        ),
        (subset(), "kms:Decrypt", &[("x", "y")], denied),
        (subset(), "kms:GenerateDataKeyWithoutPlaintext", &[], denied),
        // "Grant constraints are not applied to operations that do not support an encryption context."
        (equals(), "kms:DescribeKey", &[], allowed),
        // A grant made under it has to be as strict; which one is asked for is not known.
        (equals(), "kms:CreateGrant", &[], Verdict::Unknown),
    ];
    let operations = [
        "Decrypt",
        "GenerateDataKeyWithoutPlaintext",
        "DescribeKey",
        "CreateGrant",
    ];
    for (constraint, action, context, expected) in rows {
        let text = format!("{constraint:?} {action} {context:?}");
        let grant = Grant::new("g", OWNERS_ROLE, operations).under(constraint);
        let asked = request(OWNERS_ROLE, action).encryption_context(context.iter().copied());
        assert_eq!(verdict(&asked, &grant, false), expected, "{text}");
    }
    let grant = Grant::new("g", OWNERS_ROLE, operations).under(equals());
    let layers = Layers::none().grants(std::slice::from_ref(&grant));
    let decision = evaluate(&request(OWNERS_ROLE, "kms:Decrypt"), &layers);
    assert_eq!(
        decision.verdict,
        Verdict::Unknown,
        "nobody told the context"
    );
    assert!(
        decision
            .to_string()
            .contains(&Unclear::EncryptionContext.to_string())
    );
}

#[test]
fn a_denial_of_the_key_policy_wins_over_a_grant() {
    let grant = [Grant::new("g", OWNERS_ROLE, ["Decrypt"])];
    let key_policy = policy(DENY_ALL);
    let layers = Layers::none().resource(&key_policy).grants(&grant);
    let decision = evaluate(&request(OWNERS_ROLE, "kms:Decrypt"), &layers);
    assert_eq!(decision.verdict, Verdict::Denied);
    assert!(decision.is_denied_explicitly());
}

#[test]
fn grants_that_were_not_told_leave_a_denial_unknown() {
    let layers = Layers {
        grants: crate::policy::evaluate::Told::Unknown,
        ..Layers::none()
    };
    let decision = evaluate(&request(OWNERS_ROLE, "kms:Decrypt").nothing_else(), &layers);
    assert_eq!(decision.verdict, Verdict::Unknown);
    assert!(decision.to_string().contains("grants"), "{decision}");
}
