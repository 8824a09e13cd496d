use super::*;
use crate::id::{Region, SnapshotId};
use crate::policy::evaluate::KeyState;
use crate::principal::Principal;
use crate::request::{CopyMaker, CopyRequestBuilder, DeregistrationProtection};
use crate::resource::fixture::{self, OWNER, set};
use crate::resource::{
    BootSettings, ImageState, Key, KeyManager, ObservedCopies, ObservedDestination, Reading,
    RootDevice, Snapshot, Timestamp,
};

const IMAGE: &str = "ami-00000001";
const RECIPIENT: &str = "222222222222";
const ORGANIZATION: &str = "arn:aws:organizations::123456789012:organization/o-exampleorg1";

fn details(id: &str) -> ImageDetails {
    ImageDetails {
        image: fixture::image(id, &[], None).image,
        description: Some("as approved".into()),
        created: None,
        deprecation: None,
        deregistration_protection: Some("disabled".into()),
        last_launched: None,
        source: None,
        boot: BootSettings::default(),
    }
}

fn key(account: &str, region: &str) -> Key {
    let arn = format!("arn:aws:kms:{region}:{account}:key/1234abcd-12ab-34cd-56ef-1234567890ab");
    Key {
        arn: arn.parse().unwrap(),
        manager: KeyManager::Customer,
        state: KeyState::Enabled,
        spec: "SYMMETRIC_DEFAULT".into(),
        usage: "ENCRYPT_DECRYPT".into(),
    }
}

/// What there is for a request: a source of [`OWNER`], who calls, and each account with a role and a key
fn world(request: &CopyRequest) -> ObservedCopies {
    let owner: AccountId = OWNER.parse().unwrap();
    let destination = |destination: &Destination| {
        let account = match request.made_by() {
            CopyMaker::Recipient => destination.account.unwrap_or(owner),
            CopyMaker::Owner => owner,
        };
        ObservedDestination {
            destination: destination.clone(),
            account,
            has_role: true,
            key: request
                .key_for(destination)
                .map(|_| Reading::Known(key(&account.to_string(), destination.region.as_str()))),
            copies: Reading::Known(Vec::new()),
            snapshots: Vec::new(),
        }
    };
    ObservedCopies {
        caller: owner,
        source: Some(details(IMAGE)),
        permissions: None,
        destinations: request.destinations().iter().map(destination).collect(),
    }
}

fn request() -> CopyRequestBuilder {
    CopyRequest::builder().source("us-east-1", IMAGE)
}

fn to_recipient() -> CopyRequestBuilder {
    request().to_account(RECIPIENT).key("alias/golden")
}

/// The plan of a request in a world that was changed
fn planned_in(
    builder: CopyRequestBuilder,
    change: impl FnOnce(&mut ObservedCopies),
) -> Result<CopyPlan, CopyRefusals> {
    let request = builder.build().unwrap();
    let mut observed = world(&request);
    change(&mut observed);
    plan_copies(&request, observed)
}

fn planned(builder: CopyRequestBuilder) -> CopyPlan {
    planned_in(builder, |_| {}).unwrap()
}

fn refused(
    builder: CopyRequestBuilder,
    change: impl FnOnce(&mut ObservedCopies),
) -> Vec<CopyRefusal> {
    let refusals = planned_in(builder, change).unwrap_err();
    let text = refusals.to_string();
    assert!(text.starts_with("refused before anything was written: "));
    for refusal in refusals.as_slice() {
        let mend = refusal.mend();
        assert!(!mend.is_empty() && text.contains(&mend), "{refusal}");
        for line in [refusal.to_string(), mend] {
            assert!(!line.contains('\n') && !line.ends_with('.'), "{line}");
        }
    }
    refusals.as_slice().to_vec()
}

fn source(observed: &mut ObservedCopies) -> &mut ImageDetails {
    observed.source.as_mut().unwrap()
}

fn encrypt(observed: &mut ObservedCopies) {
    source(observed).image.snapshots[0].encrypted = Some(true);
}

fn digest_in(plan: &CopyPlan) -> &str {
    &plan.copies()[0].image_tags[COPY_TAG]
}

// What is refused

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

// What a copy is known by

#[test]
fn the_same_copy_has_the_same_digest_and_another_one_has_another() {
    let first = planned(to_recipient());
    assert_eq!(digest_in(&first), digest_in(&planned(to_recipient())));
    // What can be mended on a copy that is there makes no other copy.
    let mended = to_recipient()
        .image_tag("a", "b")
        .snapshot_tag("a", "b")
        .description("else")
        .share_with(["444444444444"])
        .completion_minutes(15)
        .protect(DeregistrationProtection::WithCooldown)
        .to_account("333333333333");
    assert_eq!(digest_in(&first), digest_in(&planned(mended)));
    let mut others = vec![
        planned(to_recipient().name("{name} two")),
        planned(
            request()
                .to("222222222222", "eu-west-1")
                .key("alias/golden"),
        ),
        planned(request().to_account("333333333333").key("alias/golden")),
        planned(request().to_account(RECIPIENT)),
        planned(to_recipient().made_by(CopyMaker::Owner)),
        planned(request().to_own_account().key("alias/golden")),
        planned(
            CopyRequest::builder()
                .source("us-east-1", "ami-00000002")
                .to_account(RECIPIENT)
                .key("alias/golden"),
        ),
    ];
    let rotated = planned_in(to_recipient(), |observed| {
        let other = RECIPIENT.replace('2', "5");
        observed.destinations[0].key = Some(Reading::Known(key(&other, "us-east-1")));
    });
    others.push(rotated.unwrap());
    others.push(first);
    let digests: std::collections::BTreeSet<&str> = others.iter().map(digest_in).collect();
    assert_eq!(digests.len(), others.len(), "{digests:?}");
}

/// A digest stands in tags of copies for years: a release that makes another one copies everything again
#[test]
fn promise_8_a_digest_stays_what_it_was() {
    assert_eq!(
        digest_in(&planned(to_recipient())),
        "75593e37a1278160afa40c0b79333f49"
    );
}

/// A copy of the request's, as it would be found
fn copy_of(plan: &CopyPlan, id: &str, state: ImageState) -> ImageDetails {
    let planned = &plan.copies()[0];
    let mut copy = details(id);
    copy.image.owner = planned.account;
    copy.image.state = state;
    copy.image.tags = planned.image_tags.clone();
    copy.description = planned.description.clone();
    copy
}

fn found_among(builder: CopyRequestBuilder, states: &[(&str, ImageState)]) -> PlannedCopy {
    let plan = planned(builder.clone());
    let copies = states.iter();
    let copies = copies.map(|(id, state)| copy_of(&plan, id, state.clone()));
    let mut copies: Vec<ImageDetails> = copies.collect();
    // Another copy of the same source is no copy of this kind.
    let mut other = copy_of(&plan, "ami-0000ffff", ImageState::Available);
    other.image.tags.insert(COPY_TAG.into(), "another".into());
    copies.insert(0, other);
    let again = planned_in(builder, |observed| {
        observed.destinations[0].copies = Reading::Known(copies);
    });
    again.unwrap().copies()[0].clone()
}

#[test]
fn promise_8_what_is_available_is_taken_before_what_is_pending() {
    let (pending, available) = (
        ("ami-0000000a", ImageState::Pending),
        ("ami-0000000b", ImageState::Available),
    );
    let image = |found: &PlannedCopy| found.found.image().map(ToString::to_string);
    let both = found_among(to_recipient(), &[pending.clone(), available.clone()]);
    assert_eq!(image(&both).as_deref(), Some("ami-0000000b"));
    assert!(matches!(both.found, FoundCopy::Available { .. }));
    let one = found_among(to_recipient(), &[pending]);
    assert!(matches!(one.found, FoundCopy::Pending { .. }), "{one:?}");
    assert_eq!(found_among(to_recipient(), &[]).found, FoundCopy::Nothing);
}

#[test]
fn copies_that_failed_are_counted_and_not_taken() {
    let failed = [
        ("ami-0000000a", ImageState::Failed),
        ("ami-0000000b", ImageState::Other("error".into())),
        ("ami-0000000c", ImageState::Deregistered),
    ];
    let found = found_among(to_recipient(), &failed);
    assert_eq!(found.found, FoundCopy::Nothing);
    assert_eq!(found.failed_before, 3);
}

/// It is there and in nobody's way, but it is no copy that could be used
#[test]
fn promise_6_a_disabled_copy_is_not_taken_for_an_available_one() {
    let found = found_among(to_recipient(), &[("ami-0000000a", ImageState::Disabled)]);
    assert_eq!(found.found, FoundCopy::Nothing);
}

#[test]
fn a_plan_is_empty_when_every_copy_is_there_and_lacks_nothing() {
    let plan = planned(to_recipient());
    assert!(!plan.is_empty());
    assert_eq!(plan.recipients(), set(&[RECIPIENT]));
    let mut copy = copy_of(&plan, "ami-0000000a", ImageState::Available);
    let with = |copy: &ImageDetails| {
        let copies = vec![copy.clone()];
        let plan = planned_in(to_recipient(), |observed| {
            observed.destinations[0].copies = Reading::Known(copies);
        });
        plan.unwrap()
    };
    let done = with(&copy);
    assert!(done.is_empty(), "{done:?}");
    assert!(done.recipients().is_empty(), "nobody copies any more");
    copy.image.tags.insert(SOURCE_TAG.into(), "else".into());
    assert!(!with(&copy).is_empty());
}

// What it is to be like

#[test]
fn source_tags_go_along_asked_ones_win_and_ours_are_always_there() {
    let theirs = |observed: &mut ObservedCopies| {
        let tags = [
            ("team", "web"),
            ("stage", "test"),
            ("aws:cloudformation:stack-name", "x"),
            ("AWS:of-old", "x"),
            ("ec2:SharedTag/os", "linux"),
            (COPY_TAG, "of an earlier copy"),
            (SOURCE_TAG, "us-east-1/ami-0000ffff"),
        ];
        let tags = tags.map(|(key, value)| (key.to_owned(), value.to_owned()));
        source(observed).image.tags = tags.into();
    };
    let builder = to_recipient().image_tag("stage", "live");
    let plan = planned_in(builder.clone(), theirs).unwrap();
    let copy = &plan.copies()[0];
    let tags: Vec<(&str, &str)> = copy
        .image_tags
        .iter()
        .map(|(key, value)| (key.as_str(), value.as_str()))
        .collect();
    let digest = digest_in(&plan).to_owned();
    assert_eq!(
        tags,
        [
            (COPY_TAG, digest.as_str()),
            (SOURCE_TAG, "us-east-1/ami-00000001"),
            ("ec2:SharedTag/os", "linux"),
            ("stage", "live"),
            ("team", "web"),
        ]
    );
    let keys: Vec<&String> = copy.snapshot_tags.keys().collect();
    assert_eq!(keys, [COPY_TAG, SOURCE_TAG]);
    let without = planned_in(builder.copy_tags(false), theirs).unwrap();
    let keys: Vec<&String> = without.copies()[0].image_tags.keys().collect();
    assert_eq!(keys, [COPY_TAG, SOURCE_TAG, "stage"]);
    // Nobody passes a copy off as another one.
    let forged = planned(
        to_recipient()
            .image_tag(COPY_TAG, "mine")
            .snapshot_tag(SOURCE_TAG, "x"),
    );
    assert_eq!(digest_in(&forged), digest);
    assert_eq!(
        forged.copies()[0].snapshot_tags[SOURCE_TAG],
        "us-east-1/ami-00000001"
    );
}

#[test]
fn copies_are_shared_with_whom_the_request_says_and_never_with_their_owner() {
    let shared = |builder: CopyRequestBuilder, with: &[&str]| {
        let plan = planned_in(builder, |observed| {
            observed.permissions = Some(Reading::Known(set(with)));
        });
        plan.unwrap().copies()[0].share_with.clone()
    };
    let everyone = [RECIPIENT, "333333333333", ORGANIZATION, "all"];
    let nobody = set(&[]);
    assert_eq!(shared(to_recipient(), &everyone), nobody);
    let replicated = set(&["333333333333", ORGANIZATION]);
    let builder = to_recipient().replicate_permissions();
    assert_eq!(shared(builder, &everyone), replicated);
    let builder = to_recipient().share_with([RECIPIENT, "444444444444"]);
    assert_eq!(shared(builder, &everyone), set(&["444444444444"]));
    // A copy that the owner makes for an account is shared with that account, whatever else is asked.
    let made = to_recipient().made_by(CopyMaker::Owner);
    assert_eq!(shared(made.clone(), &everyone), set(&[RECIPIENT]));
    let replicated = set(&[RECIPIENT, "333333333333", ORGANIZATION]);
    assert_eq!(shared(made.replicate_permissions(), &everyone), replicated);
    let owner: Principal = OWNER.parse().unwrap();
    let own = request().to_region("eu-west-1").share_with([owner]);
    assert_eq!(shared(own, &everyone), nobody);
}

#[test]
fn names_are_made_by_the_template() {
    let names = |builder: CopyRequestBuilder| {
        let plan = planned(builder);
        let names = plan.copies().iter().map(|copy| copy.name.clone());
        names.collect::<Vec<_>>()
    };
    assert_eq!(names(to_recipient()), ["golden"]);
    let made = to_recipient().made_by(CopyMaker::Owner);
    assert_eq!(names(made.clone()), ["golden-222222222222"]);
    let all = made.name("{source} {name} {account} {region}");
    assert_eq!(names(all), ["ami-00000001 golden 222222222222 us-east-1"]);
    let unnamed = planned_in(to_recipient(), |observed| {
        source(observed).image.name = None
    });
    assert_eq!(unnamed.unwrap().copies()[0].name, IMAGE);
}

// What a copy that is there lacks

/// What the copy lacks that is as planned but for a change
fn lacks(
    builder: CopyRequestBuilder,
    change: impl FnOnce(&mut ImageDetails, &mut Vec<Snapshot>),
) -> Vec<&'static str> {
    let plan = planned(builder.clone());
    let mut copy = copy_of(&plan, "ami-0000000a", ImageState::Available);
    copy.deprecation = plan.request().deprecate_at();
    let protection = plan
        .request()
        .protection()
        .map(|protection| match protection {
            DeregistrationProtection::WithCooldown => "enabled-with-cooldown",
            DeregistrationProtection::WithoutCooldown => "enabled-without-cooldown",
        });
    copy.deregistration_protection = Some(protection.unwrap_or("disabled").into());
    let id: SnapshotId = copy.image.snapshots[0].id.clone();
    let mut snapshots = vec![Snapshot {
        id,
        encrypted: false,
        key: None,
        tags: plan.copies()[0].snapshot_tags.clone(),
    }];
    change(&mut copy, &mut snapshots);
    let plan = planned_in(builder, |observed| {
        observed.destinations[0].copies = Reading::Known(vec![copy]);
        observed.destinations[0].snapshots = snapshots;
    });
    match &plan.unwrap().copies()[0].found {
        FoundCopy::Available { settings, .. } => {
            settings.iter().map(CopySetting::operation).collect()
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_found_copy_lacks_what_differs_and_nothing_else() {
    let at: Timestamp = "2026-12-24T12:00:30Z".parse().unwrap();
    let full = || {
        to_recipient()
            .image_tag("a", "b")
            .snapshot_tag("c", "d")
            .description("mine")
            .protect(DeregistrationProtection::WithCooldown)
            .deprecate_at(at)
    };
    let nothing: [&str; 0] = [];
    assert_eq!(lacks(full(), |_, _| {}), nothing);
    // EC2 rounds to the minute.
    let rounded = "2026-12-24T12:01:00Z".parse().unwrap();
    assert_eq!(
        lacks(full(), |copy, _| copy.deprecation = Some(rounded)),
        nothing
    );
    assert_eq!(
        lacks(full(), |copy, _| copy.deprecation = None),
        ["EnableImageDeprecation"]
    );
    for text in [None, Some("disabled"), Some("enabled-without-cooldown")] {
        assert_eq!(
            lacks(full(), |copy, _| {
                copy.deregistration_protection = text.map(str::to_owned);
            }),
            ["EnableImageDeregistrationProtection"]
        );
    }
    assert_eq!(
        lacks(full(), |copy, _| copy.description = None),
        ["ModifyImageAttribute"]
    );
    let wrong = |tags: &mut Tags| *tags = [("a".to_owned(), "other".to_owned())].into();
    assert_eq!(
        lacks(full(), |copy, _| {
            copy.image.tags.insert("a".into(), "other".into());
            copy.image.tags.insert("others".into(), "stay".into());
        }),
        ["CreateTags"]
    );
    assert_eq!(
        lacks(full(), |_, snapshots| wrong(&mut snapshots[0].tags)),
        ["CreateTags"]
    );
    // What is not asked for is nobody's concern.
    assert_eq!(
        lacks(to_recipient(), |copy, _| {
            copy.deprecation = Some(at);
            copy.deregistration_protection = Some("enabled-with-cooldown".into());
            copy.image.tags.insert("others".into(), "stay".into());
        }),
        nothing
    );
}

#[test]
fn a_plan_survives_json() {
    let plan = planned(to_recipient().to_own_account().image_tag("a", "b"));
    let json = serde_json::to_string(&plan).unwrap();
    assert!(json.contains("ami-share/copy-plan/1"));
    assert_eq!(serde_json::from_str::<CopyPlan>(&json).unwrap(), plan);
    let newer = json.replace("copy-plan/1", "copy-plan/2");
    assert!(serde_json::from_str::<CopyPlan>(&newer).is_err());
    let region: Region = "us-east-1".parse().unwrap();
    assert_eq!(*plan.request().source_region(), region);
}
