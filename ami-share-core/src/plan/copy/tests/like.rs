//! What a copy is to be like.

use super::*;

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
