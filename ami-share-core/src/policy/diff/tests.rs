use proptest::prelude::*;

use super::*;
use crate::policy::samples::{ADMIN, as_kms_stores_it, foreign_policy};
use crate::report;

fn policy(statements: &str) -> KeyPolicy {
    KeyPolicy::parse(&format!(
        r#"{{"Version": "2012-10-17", "Statement": [{statements}]}}"#
    ))
    .unwrap()
}

#[test]
fn a_diff_reads_by_statement_and_value() {
    let old = r#"{"Sid": "Use", "Effect": "Allow", "Principal": {"AWS": ["111122223333", "444455556666"]},
        "Action": "kms:Decrypt", "Resource": "*", "Condition": {"Bool": {"aws:SecureTransport": true}}}"#;
    let new = r#"{"Sid": "Use", "Effect": "Allow", "Principal": {"AWS": ["arn:aws:iam::444455556666:root", "555566667777"]},
        "Action": ["kms:DescribeKey", "kms:Decrypt"], "Resource": "*"}"#;
    let gone = r#"{"Effect": "Deny", "Principal": "*", "Action": "kms:Encrypt", "Resource": "*"}"#;
    let added = r#"{"Sid": "A<b>", "Effect": "Deny", "Principal": "*", "Action": "kms:Sign", "Resource": "*"}"#;
    let diff =
        policy(&format!("{ADMIN}, {old}, {gone}")).diff(&policy(&format!("{ADMIN},{new},{added}")));
    let expected = r#"statements: 1 added, 1 changed, 1 removed, 1 unchanged
  statement `Enable IAM User Permissions`: unchanged
~ statement `Use`:
-   Principal.AWS: 111122223333
+   Principal.AWS: 555566667777
    Principal.AWS: 1 unchanged
+   Action: kms:DescribeKey
    Action: 1 unchanged
-   Condition.Bool.aws:SecureTransport: true
- `Statement[2]`:
-   {
-     "Effect": "Deny",
-     "Principal": "*",
-     "Action": "kms:Encrypt",
-     "Resource": "*"
-   }
+ statement `A<b>`:
+   {
+     "Sid": "A<b>",
+     "Effect": "Deny",
+     "Principal": "*",
+     "Action": "kms:Sign",
+     "Resource": "*"
+   }"#;
    assert_eq!(diff.to_string(), expected);
    let html = report::html::policy_diff(&diff);
    assert!(
        html.contains("<ins>+ statement `A&lt;b&gt;`:</ins>\n") && !html.contains("<b>"),
        "{html}"
    );
}

#[test]
fn version_and_id_are_told_too() {
    let old = KeyPolicy::parse(r#"{"Statement": []}"#).unwrap();
    let new = KeyPolicy::parse(r#"{"Version": "2012-10-17", "Id": "x", "Statement": []}"#).unwrap();
    let diff = old.diff(&new);
    assert!(!diff.is_empty());
    assert!(
        diff.to_string()
            .ends_with("- Version: 2008-10-17\n+ Version: 2012-10-17\n- Id: none\n+ Id: `x`")
    );
    assert_eq!(old.diff(&old).summary(), "no change");
}

proptest! {
    #[test]
    fn a_diff_is_empty_when_both_mean_the_same(one in foreign_policy(), other in foreign_policy()) {
        let one = KeyPolicy::parse(&one).unwrap();
        let other = KeyPolicy::parse(&other).unwrap();
        let stored = KeyPolicy::parse(&as_kms_stores_it(one.as_str())).unwrap();
        prop_assert!(one.diff(&stored).is_empty());
        prop_assert_eq!(one.diff(&other).is_empty(), one.is_equivalent_to(&other));
    }
}
