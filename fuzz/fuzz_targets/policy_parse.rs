//! Any text is read or refused; what is read is printed as it was, and is a typed policy too.

#![no_main]

use ami_share_core::policy::{KeyPolicy, KeyStatements};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    match KeyPolicy::parse(text) {
        Ok(policy) => {
            assert_eq!(policy.to_string(), text);
            policy.to_policy().expect("a document is a typed policy");
            let _ = policy.lint();
            let _ = KeyStatements::found_in(&policy);
            assert!(policy.diff(&policy).is_empty());
        }
        Err(error) => assert!(!error.to_string().contains('\n')),
    }
});
