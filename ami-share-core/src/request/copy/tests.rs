use super::*;
use crate::request::RequestProblem;

const IMAGE: &str = "ami-0123456789abcdef0";

fn request() -> CopyRequestBuilder {
    CopyRequest::builder().source("us-east-1", IMAGE)
}

fn problems(builder: CopyRequestBuilder) -> Vec<RequestProblem> {
    builder.build().unwrap_err().problems().to_vec()
}

fn shown(request: &CopyRequest) -> Vec<String> {
    let destinations = request.destinations().iter();
    destinations.map(Destination::to_string).collect()
}

#[test]
fn copies_go_to_every_account_in_every_region() {
    let own = request().build().unwrap();
    assert_eq!(shown(&own), ["us-east-1"]);
    let elsewhere = request()
        .to_regions(["eu-west-1", "us-east-2"])
        .build()
        .unwrap();
    assert_eq!(shown(&elsewhere), ["eu-west-1", "us-east-2"]);
    let theirs = request()
        .to_accounts(["222222222222", "333333333333"])
        .to_region("eu-west-1")
        .to("444444444444", "us-west-2")
        .build()
        .unwrap();
    assert_eq!(
        shown(&theirs),
        [
            "222222222222/eu-west-1",
            "333333333333/eu-west-1",
            "444444444444/us-west-2"
        ]
    );
    let both = request()
        .to_account("222222222222")
        .to_own_account()
        .build()
        .unwrap();
    assert_eq!(shown(&both), ["us-east-1", "222222222222/us-east-1"]);
    let one = request().to("444444444444", "us-west-2").build().unwrap();
    assert_eq!(shown(&one), ["444444444444/us-west-2"]);
}

#[test]
fn the_closest_key_counts_and_a_multi_region_key_is_its_replica() {
    let multi = "arn:aws:kms:us-east-1:111122223333:key/mrk-1234abcd12ab34cd56ef1234567890ab";
    let request = request()
        .to_accounts(["222222222222", "333333333333"])
        .to_regions(["us-east-1", "eu-west-1"])
        .key("alias/default")
        .key_in("eu-west-1", multi)
        .account_key("222222222222", "alias/theirs")
        .account_key_in("222222222222", "us-east-1", "alias/here")
        .build()
        .unwrap();
    let caller = "111122223333".parse().unwrap();
    let keys: Vec<String> = request
        .destinations()
        .iter()
        .map(|to| format!("{to} {}", request.key_for(to, caller).unwrap()))
        .collect();
    assert_eq!(
        keys,
        [
            "222222222222/eu-west-1 alias/theirs".to_owned(),
            "222222222222/us-east-1 alias/here".to_owned(),
            format!(
                "333333333333/eu-west-1 {}",
                multi.replace("us-east-1", "eu-west-1")
            ),
            "333333333333/us-east-1 alias/default".to_owned(),
        ]
    );
}

#[test]
fn promise_4_what_no_world_allows_is_refused_all_at_once() {
    let single = "arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab";
    let found = problems(
        request()
            .to_regions(["eu-west-1", "cn-north-1"])
            .key(single)
            .name("{name} of {team}")
            .completion_minutes(20)
            .image_tag("aws:mine", "")
            .share_with(["all"])
            .limits(CopyLimits {
                images: 301,
                ..CopyLimits::default()
            }),
    );
    let fields: Vec<&str> = found.iter().map(RequestProblem::field).collect();
    assert_eq!(
        fields,
        [
            "destinations",
            "keys",
            "keys",
            "name",
            "tags",
            "completion_minutes",
            "images",
            "permissions"
        ]
    );
    assert!(found[3].to_string().contains("{team}"), "{}", found[3]);
}

#[test]
fn promise_4_a_key_for_where_no_copy_goes_is_a_slip() {
    let there = || request().to("222222222222", "eu-west-1");
    let slips = [
        there().key_in("eu-west-2", "alias/a"),
        there().account_key("222222222223", "alias/a"),
        there().account_key_in("222222222222", "us-east-1", "alias/a"),
    ];
    let told = [
        "`eu-west-2`",
        "222222222223",
        "`222222222222` in `us-east-1`",
    ];
    for (slip, told) in slips.into_iter().zip(told) {
        let found = problems(slip);
        let [problem @ RequestProblem::KeyOfNoDestination { .. }] = &found[..] else {
            panic!("{found:?}");
        };
        assert_eq!(problem.field(), "keys");
        assert!(problem.to_string().contains(told), "{problem}");
    }
    // It is not known who calls: each account may be the one that copies for itself.
    let own = request().to_region("eu-west-1");
    let own = own.account_key_in("222222222222", "eu-west-1", "alias/a");
    assert!(
        own.clone()
            .account_key("333333333333", "alias/a")
            .build()
            .is_ok()
    );
    let elsewhere = own.account_key_in("333333333333", "us-east-1", "alias/a");
    assert_eq!(problems(elsewhere).len(), 1);
    // What could not be read may be what the key is for.
    let unread = there()
        .to_account("12")
        .account_key("333333333333", "alias/a");
    assert_eq!(problems(unread).len(), 1);
}

#[test]
fn an_id_that_cannot_be_read_is_named_and_does_not_look_like_none() {
    let found = problems(
        CopyRequest::builder()
            .source("us-east-1", "ami-1")
            .to_account("12"),
    );
    assert!(
        found
            .iter()
            .all(|problem| matches!(problem, RequestProblem::Id(_))),
        "{found:?}"
    );
    let none = problems(CopyRequest::builder());
    assert!(none.contains(&RequestProblem::NoSource));
}

#[test]
fn a_request_survives_json_and_json_is_checked_too() {
    let request = request()
        .to_account("222222222222")
        .key("alias/golden")
        .replicate_permissions()
        .source_access(SourceAccess::Close)
        .build()
        .unwrap();
    let json = serde_json::to_string(&request).unwrap();
    assert_eq!(serde_json::from_str::<CopyRequest>(&json).unwrap(), request);
    let wrong = json.replace("\"images\":100", "\"images\":0");
    assert_ne!(wrong, json);
    let error = serde_json::from_str::<CopyRequest>(&wrong).unwrap_err();
    assert!(error.to_string().contains("`images` is 0"), "{error}");
}
