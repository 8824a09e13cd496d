//! What is refused before anything is written.

use super::*;

#[test]
fn promise_4_a_source_that_is_not_there_or_not_available_is_refused() {
    let found = refused(to_recipient(), |observed| observed.source = None);
    assert!(matches!(&found[..], [CopyRefusal::SourceNotFound { .. }]));
    for state in [
        ImageState::Pending,
        ImageState::Disabled,
        ImageState::Failed,
    ] {
        let found = refused(to_recipient(), |observed| {
            source(observed).image.state = state.clone();
            source(observed).image.state_reason = Some("why".into());
        });
        assert_eq!(
            found,
            [CopyRefusal::NotAvailable {
                image: IMAGE.parse().unwrap(),
                state,
                reason: Some("why".into())
            }]
        );
    }
}

#[test]
fn promise_4_only_the_owner_opens_the_source_for_others() {
    let somebody = "333333333333";
    let found = refused(to_recipient(), |observed| {
        source(observed).image.owner = somebody.parse().unwrap();
    });
    assert!(
        matches!(&found[..], [CopyRefusal::NotOwner { owner, .. }] if owner.to_string() == somebody),
        "{found:?}"
    );
    // Who copies for itself needs nobody to open anything.
    let own = request().to_region("us-east-1").key("alias/golden");
    let plan = planned_in(own, |observed| {
        source(observed).image.owner = somebody.parse().unwrap();
    });
    assert!(plan.is_ok(), "{plan:?}");
}

#[test]
fn promise_4_images_of_the_marketplace_stay_in_their_account() {
    let with_code = |observed: &mut ObservedCopies| {
        source(observed).image.product_codes = vec!["code".into()];
    };
    let found = refused(to_recipient(), with_code);
    assert!(matches!(&found[..], [CopyRefusal::HasProductCodes { .. }]));
    let own = planned_in(request().to_region("eu-west-1"), with_code);
    assert!(own.is_ok(), "{own:?}");
    let owner_made = to_recipient().made_by(CopyMaker::Owner);
    assert!(planned_in(owner_made, with_code).is_ok());
}

#[test]
fn promise_4_instance_store_is_neither_encrypted_nor_copied_by_others() {
    let of_store = |observed: &mut ObservedCopies| {
        source(observed).image.root_device = RootDevice::InstanceStore;
        source(observed).image.snapshots.clear();
    };
    let is_refused = |found: &[CopyRefusal]| {
        assert!(
            matches!(found, [CopyRefusal::InstanceStore { .. }]),
            "{found:?}"
        );
    };
    is_refused(&refused(request().to_account(RECIPIENT), of_store));
    let keyed = request().to_region("eu-west-1").key("alias/golden");
    is_refused(&refused(keyed, of_store));
    assert!(planned_in(request().to_region("eu-west-1"), of_store).is_ok());
}

#[test]
fn promise_4_an_account_without_a_role_is_refused_once_and_by_name() {
    let regions = to_recipient().to_regions(["us-east-1", "eu-west-1"]);
    let found = refused(regions, |observed| {
        for destination in &mut observed.destinations {
            destination.has_role = false;
        }
    });
    let account = RECIPIENT.parse().unwrap();
    assert_eq!(found, [CopyRefusal::NoRole { account }]);
    assert!(found[0].mend().contains(RECIPIENT));
}

#[test]
fn promise_4_a_destination_that_cannot_be_looked_at_is_refused() {
    let found = refused(to_recipient(), |observed| {
        observed.destinations[0].copies = Reading::Unknown {
            because: "no".into(),
        };
    });
    assert!(
        matches!(&found[..], [CopyRefusal::DestinationUnreadable { because, .. }] if because == "no")
    );
}

#[test]
fn promise_4_a_copy_that_aws_would_encrypt_under_a_default_key_needs_a_key() {
    for builder in [
        request().to_account(RECIPIENT),
        request().to_region("eu-west-1"),
        request()
            .to_account(RECIPIENT)
            .made_by(CopyMaker::Owner)
            .to_region("eu-west-1"),
    ] {
        let found = refused(builder.clone(), encrypt);
        assert!(
            matches!(&found[..], [CopyRefusal::KeyMissing(_)]),
            "{found:?}"
        );
        assert!(planned_in(builder, |_| {}).is_ok(), "nothing is encrypted");
    }
    // Within the account and the Region the key of the source stays.
    assert!(planned_in(request().to_region("us-east-1"), encrypt).is_ok());
}

/// Who calls is not known before: the request cannot tell that the account's key is for that copy
#[test]
fn promise_4_an_own_key_of_another_region_is_refused_and_not_left_out() {
    let there = key(OWNER, "eu-west-1").arn;
    let alias = format!("arn:aws:kms:eu-west-1:{OWNER}:alias/golden");
    for encrypted in [false, true] {
        let with = |key: &str| {
            let own = request().to_region("us-east-1").account_key(OWNER, key);
            refused(own, |observed| {
                source(observed).image.snapshots[0].encrypted = Some(encrypted);
            })
        };
        let found = with(there.as_str());
        assert!(
            matches!(&found[..], [CopyRefusal::KeyOfOtherRegion { key, .. }] if *key == there),
            "{found:?}"
        );
        let found = with(&alias);
        assert!(
            matches!(&found[..], [CopyRefusal::KeyUnreadable { key, .. }] if key.as_str() == alias),
            "{found:?}"
        );
    }
}

#[test]
fn promise_4_keys_that_cannot_encrypt_the_copy_are_refused() {
    let with = |change: fn(&mut Key)| {
        let found = refused(to_recipient(), |observed| {
            if let Some(Reading::Known(key)) = &mut observed.destinations[0].key {
                change(key);
            }
        });
        assert_eq!(found.len(), 1, "{found:?}");
        found.into_iter().next().unwrap()
    };
    let found = with(|key| key.manager = KeyManager::Aws);
    assert!(
        matches!(found, CopyRefusal::KeyAwsManaged { named, .. } if named.as_str() == "alias/golden")
    );
    let found = with(|found| found.arn = key(RECIPIENT, "eu-west-1").arn);
    assert!(matches!(found, CopyRefusal::KeyOfOtherRegion { .. }));
    let found = with(|key| key.spec = "RSA_2048".into());
    assert!(matches!(found, CopyRefusal::KeyOfOtherKind { .. }));
    let found = with(|key| key.usage = "SIGN_VERIFY".into());
    assert!(matches!(found, CopyRefusal::KeyOfOtherKind { .. }));
    for state in [
        KeyState::Disabled,
        KeyState::PendingDeletion,
        KeyState::PendingImport,
    ] {
        let found = refused(to_recipient(), |observed| {
            if let Some(Reading::Known(key)) = &mut observed.destinations[0].key {
                key.state = state;
            }
        });
        assert!(
            matches!(&found[..], [CopyRefusal::KeyState { state: told, .. }] if *told == state)
        );
    }
    for reading in [
        None,
        Some(Reading::Unknown {
            because: "NotFoundException".into(),
        }),
    ] {
        let found = refused(to_recipient(), |observed| {
            observed.destinations[0].key = reading;
        });
        assert!(matches!(&found[..], [CopyRefusal::KeyUnreadable { .. }]));
    }
}

#[test]
fn promise_4_a_name_that_ec2_does_not_take_is_refused() {
    for name in ["ab", &"n".repeat(129), "what?", "naïve"] {
        let found = refused(to_recipient().name(name), |_| {});
        assert!(
            matches!(&found[..], [CopyRefusal::Name { name: told, .. }] if told == name),
            "{found:?}"
        );
    }
    let longest = "n".repeat(128);
    for name in ["abc", "(a) [b] ./-'@_ 1", &longest] {
        planned(to_recipient().name(name));
    }
}

#[test]
fn promise_4_a_description_that_is_too_long_once_it_is_filled_is_refused() {
    // `{region}` has 8 characters, and `eu-west-1` has 9.
    let template = |characters: usize| format!("{}{{region}}", "d".repeat(characters - 9));
    let to = |characters| {
        let to = request().to(RECIPIENT, "eu-west-1").key("alias/golden");
        to.description(template(characters))
    };
    let fits = planned(to(255));
    let description = fits.copies()[0].description.as_deref().unwrap();
    assert!(description.ends_with("eu-west-1") && description.len() == 255);
    let found = refused(to(256), |_| {});
    assert!(
        matches!(
            &found[..],
            [CopyRefusal::Description {
                characters: 256,
                ..
            }]
        ),
        "{found:?}"
    );
    // Braces that are no placeholder are the user's own.
    let kept = planned(to_recipient().description("{team} {region}"));
    let description = kept.copies()[0].description.as_deref();
    assert_eq!(description, Some("{team} us-east-1"));
}

#[test]
fn promise_4_permissions_that_could_not_be_read_are_not_replicated_as_none() {
    let replicate = || to_recipient().replicate_permissions();
    for permissions in [
        None,
        Some(Reading::Unknown {
            because: "no".into(),
        }),
    ] {
        let found = refused(replicate(), |observed| observed.permissions = permissions);
        assert!(matches!(
            &found[..],
            [CopyRefusal::PermissionsUnreadable { .. }]
        ));
    }
}

#[test]
fn promise_4_more_tags_than_ec2_takes_are_refused_whosever_they_are() {
    let tagged = |count: usize| {
        move |observed: &mut ObservedCopies| {
            let tags = (0..count).map(|number| (format!("tag-{number}"), String::new()));
            source(observed).image.tags.extend(tags);
        }
    };
    // Two are our own.
    assert!(planned_in(to_recipient(), tagged(48)).is_ok());
    let found = refused(to_recipient(), tagged(49));
    assert!(matches!(&found[..], [CopyRefusal::Tags { problem }] if problem.contains("51 tags")));
    assert!(planned_in(to_recipient().copy_tags(false), tagged(49)).is_ok());
}

#[test]
fn promise_4_all_that_is_wrong_is_told_at_once() {
    let builder = to_recipient().to_account("333333333333").name("?");
    let found = refused(builder, |observed| {
        source(observed).image.state = ImageState::Disabled;
        source(observed).image.product_codes = vec!["code".into()];
        observed.destinations[0].has_role = false;
    });
    let kinds: Vec<String> = found
        .iter()
        .map(|refusal| serde_json::to_value(refusal).unwrap()["refusal"].to_string())
        .collect();
    assert_eq!(
        kinds,
        [
            "\"not_available\"",
            "\"has_product_codes\"",
            "\"no_role\"",
            "\"name\""
        ]
    );
}
