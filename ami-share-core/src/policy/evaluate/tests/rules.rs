//! The rules that other evaluators miss, each by a case that shows it.

use super::{OTHERS_ROLE, OWNERS_ROLE, decide, policy, request};
use crate::policy::evaluate::{Access, Caller, Layers, Request, Verdict, access_by, evaluate};

/// What a key policy of one statement answers a role about `kms:Decrypt`
fn access(role: &str, statement: &str) -> Access {
    let request = request(role, "kms:Decrypt").nothing_else();
    access_by(&policy(statement), &request)
}

fn allow(principal: &str) -> String {
    format!(r#"{{"Effect": "Allow", {principal}, "Action": "kms:*", "Resource": "*"}}"#)
}

#[test]
fn a_key_policy_has_four_answers() {
    let account = allow(r#""Principal": {"AWS": "111122223333"}"#);
    let role = allow(r#""Principal": {"AWS": "arn:aws:iam::111122223333:role/Builder"}"#);
    let anyone = allow(r#""Principal": "*""#);
    let deny = account.replace("Allow", "Deny");
    assert_eq!(access(OWNERS_ROLE, &account), Access::Account);
    assert_eq!(access(OWNERS_ROLE, &role), Access::Direct);
    assert_eq!(access(OTHERS_ROLE, &anyone), Access::Direct);
    assert_eq!(access(OTHERS_ROLE, &account), Access::None);
    assert_eq!(
        access(OWNERS_ROLE, &format!("{role}, {deny}")),
        Access::Deny
    );
}

#[test]
fn across_accounts_both_sides_have_to_allow() {
    let key_policy = policy(&allow(r#""Principal": {"AWS": "444455556666"}"#));
    let own = [policy(
        r#"{"Effect": "Allow", "Action": "kms:Decrypt", "Resource": "*"}"#,
    )];
    let asked = request(OTHERS_ROLE, "kms:Decrypt").nothing_else();
    let none = Layers::none();
    let both = none.resource(&key_policy).identity(&own);
    assert_eq!(evaluate(&asked, &both).verdict, Verdict::Allowed);
    for one in [none.resource(&key_policy), none.identity(&own)] {
        assert_eq!(evaluate(&asked, &one).verdict, Verdict::Denied);
    }
}

#[test]
fn a_statement_without_action_or_resource_has_no_effect_in_kms() {
    for statement in [
        r#"{"Effect": "Allow", "Principal": "*", "Action": "kms:*"}"#,
        r#"{"Effect": "Allow", "Principal": "*", "Resource": "*"}"#,
    ] {
        assert_eq!(access(OWNERS_ROLE, statement), Access::None, "{statement}");
    }
}

#[test]
fn no_wildcard_stands_in_the_arn_of_a_principal() {
    let statement = allow(r#""Principal": {"AWS": "arn:aws:iam::111122223333:role/*"}"#);
    assert_eq!(access(OWNERS_ROLE, &statement), Access::None);
}

#[test]
fn an_account_alone_in_not_principal_spares_nobody_but_root() {
    let open = allow(r#""Principal": "*""#);
    let deny = allow(r#""NotPrincipal": {"AWS": "111122223333"}"#).replace("Allow", "Deny");
    let both = format!("{open}, {deny}");
    assert_eq!(access(OWNERS_ROLE, &both), Access::Deny);
    let root = Caller::root("111122223333".parse().unwrap());
    let by_root = request(OWNERS_ROLE, "kms:Decrypt").by(root).nothing_else();
    assert_eq!(access_by(&policy(&both), &by_root), Access::Direct);
}

#[test]
fn for_all_values_on_an_absent_key_opens_the_key_to_everybody() {
    let statement = r#"{"Effect": "Allow", "Principal": "*", "Action": "kms:*", "Resource": "*",
        "Condition": {"ForAllValues:StringLike": {"aws:PrincipalOrgPaths": "o-a/r-b/*"}}}"#;
    assert_eq!(access(OTHERS_ROLE, statement), Access::Direct);
}

#[test]
fn a_service_linked_role_passes_the_policies_of_organizations() {
    let key_policy = policy(&allow(r#""Principal": "*""#));
    let nothing = [vec![policy(
        r#"{"Effect": "Deny", "Principal": "*", "Action": "*", "Resource": "*"}"#,
    )]];
    let layers = Layers::none()
        .resource(&key_policy)
        .resource_control(&nothing);
    let linked =
        "arn:aws:iam::111122223333:role/aws-service-role/x.amazonaws.com/AWSServiceRoleForX";
    let verdict = |role| evaluate(&request(role, "kms:Decrypt").nothing_else(), &layers).verdict;
    assert_eq!(verdict(linked), Verdict::Allowed);
    assert_eq!(verdict(OWNERS_ROLE), Verdict::Denied);
}

/// "Permissions that are granted directly to a session are not limited by an implicit deny in an
/// identity-based policy, a permissions boundary, or session policy."
#[test]
fn a_grant_to_the_session_itself_is_not_limited_by_a_silent_session_policy() {
    let silent = [policy(
        r#"{"Effect": "Allow", "Action": "ec2:*", "Resource": "*"}"#,
    )];
    let verdict = |principal: &str| {
        let key_policy = policy(&allow(principal));
        let layers = Layers::none().resource(&key_policy).session(&silent);
        evaluate(&request(OWNERS_ROLE, "kms:Decrypt").nothing_else(), &layers).verdict
    };
    let session =
        r#""Principal": {"AWS": "arn:aws:sts::111122223333:assumed-role/Builder/build-7"}"#;
    let role = r#""Principal": {"AWS": "arn:aws:iam::111122223333:role/Builder"}"#;
    assert_eq!(verdict(session), Verdict::Allowed);
    assert_eq!(verdict(role), Verdict::Denied);
    assert_eq!(verdict(r#""Principal": "*""#), Verdict::Unknown);
}

#[test]
fn an_action_without_a_key_needs_no_key_policy() {
    let own = [policy(
        r#"{"Effect": "Allow", "Action": "kms:CreateKey", "Resource": "*"}"#,
    )];
    let owner = "111122223333".parse().unwrap();
    let caller = Caller::role(OWNERS_ROLE).unwrap();
    let asked = Request::new(caller, "kms:CreateKey", "*", owner).nothing_else();
    let layers = Layers::none().identity(&own);
    assert_eq!(evaluate(&asked, &layers).verdict, Verdict::Allowed);
}

#[test]
fn a_decision_names_the_statement_and_the_condition_that_decide() {
    let statement = r#"{"Sid": "Grant", "Effect": "Allow", "Principal": {"AWS": "111122223333"},
        "Action": "kms:CreateGrant", "Resource": "*",
        "Condition": {"Bool": {"kms:GrantIsForAWSResource": "true"}}}"#;
    let asked = request(OWNERS_ROLE, "kms:CreateGrant").key("KMS:grantisforawsresource", "false");
    assert_eq!(
        decide(statement, &asked).to_string(),
        "denied\n  resource policy, statement 0 `Grant`: would allow, but `Bool` on \
         `kms:GrantIsForAWSResource` does not hold\n  resource policy: nothing allows it\n  \
         identity policies: nothing allows it"
    );
}
