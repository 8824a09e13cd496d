use proptest::prelude::*;

use super::*;
use crate::policy::samples::{ADMIN, as_kms_stores_it, foreign_policy, wanted};
use crate::policy::{KeyStatements, ServiceRole};

fn parse(text: &str) -> KeyPolicy {
    KeyPolicy::parse(text).unwrap()
}

fn with(statements: &str) -> KeyPolicy {
    parse(&format!(
        r#"{{"Version":"2012-10-17","Statement":[{statements}]}}"#
    ))
}

fn account() -> KeyStatements {
    KeyStatements::new().account("444455556666".parse().unwrap())
}

const GRANT_TO_ACCOUNT: &str = r#"{"Sid":"AmiShareAccountsCreateGrant","Effect":"Allow","Principal":{"AWS":"arn:aws:iam::444455556666:root"},"Action":"kms:CreateGrant","Resource":"*","Condition":{"Bool":{"kms:GrantIsForAWSResource":"true"}}}"#;
const USE_BY_ACCOUNT: &str = r#"{"Sid":"AmiShareAccountsUse","Effect":"Allow","Principal":{"AWS":"arn:aws:iam::444455556666:root"},"Action":["kms:Decrypt","kms:DescribeKey","kms:GenerateDataKeyWithoutPlaintext","kms:ReEncryptFrom","kms:ReEncryptTo"],"Resource":"*"}"#;

#[test]
fn ours_are_put_behind_the_others() {
    let patched = with(ADMIN).patched(&account()).unwrap();
    assert_eq!(
        patched.policy(),
        &with(&format!("{ADMIN},{USE_BY_ACCOUNT},{GRANT_TO_ACCOUNT}"))
    );
    assert_eq!(
        patched.added(),
        ["AmiShareAccountsUse", "AmiShareAccountsCreateGrant"]
    );
    assert!(patched.changed().is_empty() && patched.removed().is_empty());
    assert!(!patched.is_unchanged());
}

#[test]
fn a_new_statement_looks_like_its_neighbour() {
    let pretty = parse(
        "{\r\n\t\"Statement\": [\r\n\t\t{\r\n\t\t\t\"Effect\": \"Allow\",\r\n\t\t\t\"Principal\": \
         {\"AWS\": \"111122223333\"},\r\n\t\t\t\"Action\": \"kms:*\",\r\n\t\t\t\"Resource\": \"*\"\
         \r\n\t\t}\r\n\t]\r\n}",
    );
    let text = pretty
        .patched(&account())
        .unwrap()
        .into_policy()
        .to_string();
    assert!(
        text.contains("\r\n\t\t},\r\n\t\t{\r\n\t\t\t\"Sid\": \"AmiShareAccountsUse\",\r\n"),
        "{text}"
    );
    assert!(
        text.contains("\r\n\t\t\t\t\"AWS\": \"arn:aws:iam::444455556666:root\"\r\n"),
        "{text}"
    );

    // As KMS prints what it stores.
    let stored = parse(
        "{\n  \"Version\" : \"2012-10-17\",\n  \"Statement\" : [ {\n    \"Effect\" : \"Allow\",\n    \
         \"Principal\" : {\n      \"AWS\" : \"arn:aws:iam::111122223333:root\"\n    },\n    \
         \"Action\" : \"kms:*\",\n    \"Resource\" : \"*\"\n  } ]\n}",
    );
    let text = stored
        .patched(&account())
        .unwrap()
        .into_policy()
        .to_string();
    assert!(
        text.contains("  }, {\n    \"Sid\" : \"AmiShareAccountsUse\",\n    \"Effect\""),
        "{text}"
    );
    assert!(
        text.contains("\n    \"Action\" : [ \"kms:Decrypt\", \"kms:DescribeKey\", "),
        "{text}"
    );
    assert!(text.ends_with("\n  } ]\n}"), "{text}");
}

#[test]
fn promise_2_a_lone_statement_gets_its_list_and_loses_it_again() {
    let lone = parse(&format!(r#"{{"Statement" : {ADMIN} }}"#));
    let patched = lone.patched(&account()).unwrap();
    assert!(
        patched
            .policy()
            .as_str()
            .starts_with(&format!("{{\"Statement\" : [{ADMIN} , {{"))
    );
    let again = patched
        .policy()
        .patched(&account().account("555566667777".parse().unwrap()));
    let back = again
        .unwrap()
        .policy()
        .patched(&KeyStatements::new())
        .unwrap();
    assert_eq!(back.policy(), &lone);
    // A list of one that was there before stays.
    for list in ["[{}]", "[ {} ]", "[{} ]", "[\n{}\n]"] {
        let text = format!("{{\"Statement\":{}}}", list.replace("{}", ADMIN));
        let patched = parse(&text).patched(&account()).unwrap().into_policy();
        let back = patched.patched(&KeyStatements::new()).unwrap();
        assert_eq!(back.policy().as_str(), text);
    }
}

#[test]
fn promise_5_what_kms_stores_of_ours_is_no_change() {
    let first = with(ADMIN).patched(&account()).unwrap().into_policy();
    let stored = parse(&as_kms_stores_it(first.as_str()));
    let patched = stored.patched(&account()).unwrap();
    assert!(patched.is_unchanged());
    assert_eq!(patched.policy(), &stored);
    assert_eq!(patched.administration(), &Administration::Untouched);
    assert_eq!(patched.diff().to_string().lines().next(), Some("no change"));
}

#[test]
fn promise_5_what_is_not_to_be_written_is_not_refused() {
    let dead = format!(
        r#"{ADMIN},{{"Effect":"Allow","Principal":{{"AWS":"AROAEXAMPLEID1234567"}},"Action":"kms:Decrypt","Resource":"*"}},{USE_BY_ACCOUNT},{GRANT_TO_ACCOUNT}"#
    );
    assert!(with(&dead).patched(&account()).unwrap().is_unchanged());
}

#[test]
fn ours_are_changed_where_they_stand_and_doubles_go() {
    let edited = USE_BY_ACCOUNT.replace("kms:Decrypt", "kms:*");
    let old = r#"{"Sid":"AmiShareOld","Effect":"Allow","Principal":"*"}"#;
    let policy = with(&format!(
        "{edited} ,{ADMIN}, {old},{GRANT_TO_ACCOUNT},  {USE_BY_ACCOUNT}"
    ));
    let patched = policy.patched(&account()).unwrap();
    assert_eq!(
        patched.policy(),
        &with(&format!("{USE_BY_ACCOUNT} ,{ADMIN},{GRANT_TO_ACCOUNT}"))
    );
    assert!(patched.added().is_empty());
    assert_eq!(patched.changed(), ["AmiShareAccountsUse"]);
    assert_eq!(patched.removed(), ["AmiShareOld", "AmiShareAccountsUse"]);
}

#[test]
fn promise_2_ours_go_from_before_and_between_others() {
    let other = r#"{"Effect":"Deny","Principal":"*","NotAction":"kms:*","Resource":"*"}"#;
    for (found, left) in [
        (
            format!("[ {USE_BY_ACCOUNT},\n{ADMIN} ]"),
            format!("[ {ADMIN} ]"),
        ),
        (
            format!("[{USE_BY_ACCOUNT} , {ADMIN}]"),
            format!("[{ADMIN}]"),
        ),
        (
            format!("[ {USE_BY_ACCOUNT} ,{GRANT_TO_ACCOUNT},{ADMIN}\t,\t{other} ]"),
            format!("[ {ADMIN}\t,\t{other} ]"),
        ),
        (
            format!("[{ADMIN} , {USE_BY_ACCOUNT} , {other}]"),
            format!("[{ADMIN} , {other}]"),
        ),
    ] {
        let patched = parse(&format!("{{\"Statement\":{found}}}")).patched(&KeyStatements::new());
        let expected = format!("{{\"Statement\":{left}}}");
        assert_eq!(patched.unwrap().policy().as_str(), expected);
    }
}

#[test]
fn promise_4_a_dead_principal_of_others_is_refused_with_the_mend() {
    for principal in ["AIDACKCEVSQ6C2EXAMPLE", "AROADBQP57FF2AEXAMPLE"] {
        let statement = format!(
            r#"{{"Sid":"Old team","Effect":"Deny","NotPrincipal":{{"AWS":["*","{principal}"]}},"Action":"kms:Decrypt","Resource":"*"}}"#
        );
        let error = with(&format!("{ADMIN},{statement}"))
            .patched(&account())
            .unwrap_err();
        let told = format!("{error}: {}", error.mend());
        assert!(
            told.contains("statement `Old team`") && told.contains(principal),
            "{told}"
        );
        assert!(told.contains("take the id out"), "{told}");
    }
    // A dead one of ours goes with the patch.
    let ours = USE_BY_ACCOUNT.replace("arn:aws:iam::444455556666:root", "AROADBQP57FF2AEXAMPLE");
    assert!(with(&format!("{ADMIN},{ours}")).patched(&account()).is_ok());
}

#[test]
fn promise_4_a_policy_over_32768_bytes_is_refused() {
    let wanted = KeyStatements::new()
        .accounts((0..500_u64).map(|number| format!("{number:012}").parse().unwrap()));
    let error = with(ADMIN).patched(&wanted).unwrap_err();
    assert!(
        matches!(error, PatchError::TooLarge { bytes } if bytes > 32_768),
        "{error}"
    );
    assert!(error.mend().contains("organization"));
}

#[test]
fn promise_4_the_administration_of_the_key_is_kept() {
    let key = "arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab";
    let wanted = account().for_key(key.parse().unwrap());
    let admin = |from: &str, to: &str| {
        let patched = with(&ADMIN.replace(from, to)).patched(&wanted);
        patched.map(|patched| patched.administration().to_string())
    };
    for (from, to) in [
        ("", ""),
        ("kms:*", "kms:Put*"),
        ("kms:*", "KMS:?utKeyPolicy"),
        (
            "arn:aws:iam::111122223333:root",
            "arn:aws:iam::111122223333:role/Admin",
        ),
        ("arn:aws:iam::111122223333:root", "111122223333"),
    ] {
        let told = admin(from, to).unwrap();
        assert!(told.contains("keeps the policy"), "{to}: {told}");
    }
    for (from, to) in [
        ("kms:*", "kms:Get*"),
        ("\"Action\":\"kms:*\",", ""),
        ("\"Action\"", "\"NotAction\""),
    ] {
        assert_eq!(admin(from, to), Err(PatchError::Lockout), "{to}");
    }
    for (from, to) in [
        ("111122223333", "999988887777"),
        ("\"Resource\":\"*\"", "\"Resource\":\"arn:aws:kms:*\""),
        (
            "\"Resource\"",
            "\"Condition\":{\"Bool\":{\"aws:MultiFactorAuthPresent\":true}},\"Resource\"",
        ),
        ("\"Allow\"", "\"Deny\""),
    ] {
        let told = admin(from, to).unwrap();
        assert!(
            told.contains("unknown") && told.contains("Enable IAM"),
            "{to}: {told}"
        );
    }
}

#[test]
fn variables_need_a_policy_of_2012() {
    let wanted = account().service_role(ServiceRole::AutoScaling);
    let policy = parse(&format!(
        r#"{{"Version":"2008-10-17","Statement":[{ADMIN}]}}"#
    ));
    let error = policy.patched(&wanted).unwrap_err();
    assert_eq!(error, PatchError::NoVariables);
    assert!(error.mend().contains("2012-10-17"));
    assert!(with(ADMIN).patched(&wanted).is_ok());
}

#[test]
fn promise_1_nothing_of_ours_is_open_to_the_world() {
    let statement = |condition: &str| {
        let text = format!(
            r#"{{"Sid":"AmiShareOrganizationsUse","Effect":"Allow","Principal":{{"AWS":["*"]}},"Action":"kms:Decrypt","Resource":"*"{condition}}}"#
        );
        let policy = with(&text);
        check::is_open(policy.statements().next().unwrap())
    };
    assert!(!statement(
        r#","Condition":{"StringEquals":{"aws:PrincipalOrgID":"o-exampleorg1"}}"#
    ));
    for open in [
        "",
        r#","Condition":{"StringEqualsIfExists":{"aws:PrincipalOrgID":"o-exampleorg1"}}"#,
        r#","Condition":{"ForAllValues:StringEquals":{"aws:PrincipalOrgID":"o-exampleorg1"}}"#,
        r#","Condition":{"StringLike":{"aws:PrincipalOrgID":"o-*"}}"#,
        r#","Condition":{"StringEquals":{"aws:PrincipalOrgID":[]}}"#,
        r#","Condition":{"StringEquals":{"aws:PrincipalOrgID":["o-exampleorg1","${aws:PrincipalOrgID}"]}}"#,
        r#","Condition":{"Null":{"aws:PrincipalOrgID":"false"}}"#,
    ] {
        assert!(statement(open), "{open}");
    }
}

#[test]
fn accounts_are_written_with_the_partition_of_the_policy() {
    let policy = with(&ADMIN.replace("arn:aws:", "arn:aws-us-gov:"));
    let patched = policy.patched(&account()).unwrap().into_policy();
    assert!(
        patched
            .as_str()
            .contains("arn:aws-us-gov:iam::444455556666:root"),
        "{patched}"
    );
}

#[test]
fn promise_4_recipients_of_another_partition_are_refused() {
    let organization = "arn:aws-cn:organizations::444455556666:organization/o-exampleorg1";
    let wanted = account().organization(&organization.parse().unwrap());
    let error = with(ADMIN).patched(&wanted).unwrap_err();
    assert_eq!(
        error.to_string(),
        "nothing is shared between partitions: `aws`, `aws-cn`"
    );
}

#[test]
fn a_policy_is_saved_as_its_text() {
    let policy = with(ADMIN);
    let saved = serde_json::to_string(&policy).unwrap();
    assert_eq!(serde_json::from_str::<KeyPolicy>(&saved).unwrap(), policy);
    assert!(serde_json::from_str::<KeyPolicy>("\"{}\"").is_err());
}

proptest! {
    #[test]
    fn promise_2_statements_of_others_survive_any_patch(text in foreign_policy(), wanted in wanted()) {
        let policy = parse(&text);
        let Ok(patched) = policy.patched(&wanted) else { return Ok(()) };
        let others = |policy: &KeyPolicy| -> Vec<String> {
            let others = policy.statements().filter(|statement| !statement.is_ours());
            others.map(|statement| statement.as_str().to_owned()).collect()
        };
        prop_assert_eq!(others(patched.policy()), others(&policy));
        prop_assert_eq!(policy.id(), patched.policy().id());
        prop_assert_eq!(policy.version(), patched.policy().version());
    }

    #[test]
    fn promise_2_taking_ours_out_gives_the_first_bytes_back(
        text in foreign_policy(),
        stories in prop::collection::vec(wanted(), 1..4),
    ) {
        let mut policy = parse(&text);
        for wanted in &stories {
            if let Ok(patched) = policy.patched(wanted) {
                policy = patched.into_policy();
            }
        }
        if let Ok(back) = policy.patched(&KeyStatements::new()) {
            prop_assert_eq!(back.policy().as_str(), text);
        }
    }

    #[test]
    fn promise_5_a_patch_done_is_no_change_in_any_rendering(text in foreign_policy(), wanted in wanted()) {
        if let Ok(patched) = parse(&text).patched(&wanted) {
            let again = patched.policy().patched(&wanted).unwrap();
            prop_assert!(again.is_unchanged());
            prop_assert_eq!(again.policy(), patched.policy());
            let stored = parse(&as_kms_stores_it(patched.policy().as_str()));
            let again = stored.patched(&wanted).unwrap();
            prop_assert!(again.is_unchanged(), "{}", again.diff());
        }
    }

    #[test]
    fn promise_2_any_path_to_the_same_statements_ends_the_same(
        text in foreign_policy(),
        first in wanted(),
        second in wanted(),
    ) {
        let policy = parse(&text);
        let (Ok(one), Ok(other)) = (policy.patched(&first), policy.patched(&second)) else {
            return Ok(());
        };
        let Ok(one) = one.policy().patched(&second) else { return Ok(()) };
        prop_assert!(one.policy().is_equivalent_to(other.policy()), "{}\n{}", one.policy(), other.policy());
    }
}
