//! The [table of key states](https://docs.aws.amazon.com/kms/latest/developerguide/key-state.html).

use super::{OWNERS_ROLE, policy, request};
use crate::policy::evaluate::{KeyState, Layers, Verdict, evaluate};

const ALL: &str = r#"{"Effect": "Allow", "Principal": "*", "Action": "kms:*", "Resource": "*"}"#;

/// Operations, and their rows: `+` succeeds, `x` fails, `?` is not in the table, in the states
/// Enabled, Disabled, PendingImport, PendingDeletion, Unavailable, and Creating
const TABLE: [(&str, &str); 21] = [
    ("CancelKeyDeletion", "xxx+x?"),
    ("CreateAlias", "+++x+?"),
    ("CreateGrant", "+xxx+?"),
    ("Decrypt", "+xxxx?"),
    ("DeleteAlias", "++++++"),
    ("DescribeKey", "++++++"),
    ("DisableKey", "++xx+?"),
    ("EnableKey", "++xx+?"),
    ("Encrypt", "+xxxx?"),
    ("GenerateDataKey", "+xxxx?"),
    ("GenerateDataKeyWithoutPlaintext", "+xxxx?"),
    ("GetKeyPolicy", "++++++"),
    ("GetPublicKey", "+x?x??"),
    ("ListGrants", "++++++"),
    ("PutKeyPolicy", "++++++"),
    ("ReEncryptFrom", "+xxxx?"),
    ("ReEncryptTo", "+xxxx?"),
    ("RetireGrant", "++++++"),
    ("RevokeGrant", "++++++"),
    ("ScheduleKeyDeletion", "+++x+?"),
    ("TagResource", "+++x+?"),
];

const STATES: [&str; 6] = [
    "Enabled",
    "Disabled",
    "PendingImport",
    "PendingDeletion",
    "Unavailable",
    "Creating",
];

#[test]
fn operations_succeed_in_the_states_of_the_table() {
    let key_policy = policy(ALL);
    for (operation, row) in TABLE {
        let asked = request(OWNERS_ROLE, &format!("kms:{operation}")).nothing_else();
        for (state, mark) in STATES.iter().zip(row.chars()) {
            let state: KeyState = state.parse().unwrap();
            let layers = Layers::none().resource(&key_policy).key_state(state);
            let decision = evaluate(&asked, &layers);
            let expected = match mark {
                '+' => Verdict::Allowed,
                'x' => Verdict::Denied,
                _ => Verdict::Unknown,
            };
            assert_eq!(
                decision.verdict, expected,
                "{operation} {state}: {decision}"
            );
            if mark == 'x' {
                let text = decision.to_string();
                assert!(text.contains(&format!("in state `{state}`")), "{text}");
            }
        }
    }
}

#[test]
fn every_state_is_read_as_it_is_printed() {
    for state in STATES
        .into_iter()
        .chain(["PendingReplicaDeletion", "Updating"])
    {
        assert_eq!(state.parse::<KeyState>().unwrap().to_string(), state);
    }
    let error = "enabled".parse::<KeyState>().unwrap_err();
    assert!(
        error
            .to_string()
            .starts_with("`enabled` is not a key state")
    );
}
