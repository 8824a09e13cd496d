use super::*;
use crate::access::Answer;
use crate::backend::RecipientBackend;
use crate::backend::simulator::{AllowedImages, AllowedImagesState, ImageCriterion};
use crate::outcome::{ParameterReport, RecipientOutcome, RecipientReport};
use crate::plan::{RecipientRefusal, Refusal};
use crate::request::{ParameterRequest, ParameterRequestBuilder};

const NAME: &str = "/golden/al2023";

fn wanted(scene: &Scene) -> ParameterRequestBuilder {
    ParameterRequest::builder(NAME).image_in(&scene.region, &scene.images[0])
}

async fn put(scene: &Scene, request: ParameterRequestBuilder) -> Result<ParameterReport, Error> {
    let sharer = scene.reaching_sharer();
    sharer.put_image_parameters(&request.build().unwrap()).await
}

async fn value(scene: &Scene, account: AccountId) -> Option<String> {
    let backend = scene.world.backend(account);
    let parameter = backend.get_parameter(&scene.region, NAME).await.unwrap();
    parameter.map(|parameter| parameter.value)
}

fn refusals(result: Result<ParameterReport, Error>) -> Vec<Refusal> {
    match result {
        Err(Error::Refused(refusals)) => refusals.as_slice().to_vec(),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_parameter_is_written_in_the_owner_and_in_recipients_once() {
    let scene = Scene::new(2).with_roles(2);
    scene.share_with(accounts(2)).await;
    scene.world.clear_calls();
    let request = || wanted(&scene).accounts(accounts(2));
    let report = put(&scene, request()).await.unwrap();
    assert_eq!(scene.writes(), 3);
    assert!(report.is_complete() && !report.is_empty());
    let id = scene.images[0].to_string();
    for account in [account(1), account(2), scene.owner] {
        assert_eq!(value(&scene, account).await, Some(id.clone()));
    }
    assert!(
        report
            .parameters()
            .iter()
            .all(|p| p.before.is_none() && p.version == Some(1))
    );
    scene.world.clear_calls();
    let again = put(&scene, request()).await.unwrap();
    assert!(again.is_empty(), "promise 5: {again}");
    assert_eq!(scene.writes(), 0);
    // The next image: what was there is told.
    let next = ParameterRequest::builder(NAME)
        .image_in(&scene.region, &scene.images[1])
        .recipients_only()
        .account(account(2));
    let report = put(&scene, next).await.unwrap();
    let [one] = report.parameters() else {
        panic!("{report}")
    };
    assert_eq!(one.before.as_ref().unwrap().value, id);
    assert_eq!(one.version, Some(2));
    assert_eq!(value(&scene, account(1)).await, Some(id));
    let json = serde_json::to_string(&report).unwrap();
    assert_eq!(
        serde_json::from_str::<ParameterReport>(&json).unwrap(),
        report
    );
    assert!(
        report
            .to_string()
            .contains("Done: 1 of 1 parameter written"),
        "{report}"
    );
}

#[tokio::test]
async fn promise_4_nothing_is_written_while_one_recipient_cannot_use_the_image() {
    let scene = Scene::new(1).with_roles(3);
    scene.share_with([account(1), account(3)]).await;
    let nobody = ImageCriterion::of_providers(["amazon"]);
    let allowed = AllowedImages::new(AllowedImagesState::Enabled, vec![nobody]);
    scene
        .world
        .set_allowed_images(account(3), &scene.region, allowed);
    scene.world.clear_calls();
    let refused = refusals(put(&scene, wanted(&scene).accounts(accounts(4).drain(..3))).await);
    let [
        Refusal::Recipient(RecipientRefusal::NotUsable { account: two, .. }),
        other,
    ] = refused.as_slice()
    else {
        panic!("{refused:?}")
    };
    assert_eq!(*two, account(2));
    assert!(
        other.to_string().contains("Allowed AMIs are enabled"),
        "{other}"
    );
    assert!(
        other
            .mend()
            .contains("ReplaceImageCriteriaInAllowedImagesSettings")
    );
    assert_eq!(scene.writes(), 0);
    let refused = refusals(put(&scene, wanted(&scene).account(account(4))).await);
    assert!(
        matches!(
            &refused[..],
            [Refusal::Recipient(RecipientRefusal::NotUsable { .. })]
        ),
        "a role that cannot be assumed: {refused:?}"
    );
}

#[tokio::test]
async fn promise_2_a_parameter_that_holds_something_else_is_refused_and_stays() {
    let scene = Scene::new(1).with_roles(1);
    scene.share_with([account(1)]).await;
    scene
        .world
        .put_parameter(&scene.region, account(1), NAME, "theirs")
        .unwrap();
    scene.world.clear_calls();
    let refused = refusals(put(&scene, wanted(&scene).account(account(1))).await);
    assert!(
        matches!(
            &refused[..],
            [Refusal::Recipient(
                RecipientRefusal::ParameterOfOtherType { .. }
            )]
        ),
        "{refused:?}"
    );
    assert_eq!(scene.writes(), 0);
    assert_eq!(value(&scene, account(1)).await.as_deref(), Some("theirs"));
    assert_eq!(value(&scene, scene.owner).await, None);
}

#[tokio::test]
async fn nothing_is_written_before_the_share_is_verified() {
    let scene = Scene::new(1).with_roles(2);
    scene.share_with([account(1)]).await;
    let share = scene.request().accounts(accounts(2)).build().unwrap();
    let request = || wanted(&scene).account(account(1)).after(share.clone());
    scene.world.clear_calls();
    match put(&scene, request()).await {
        Err(Error::NotVerified(verification)) => assert_eq!(verification.as_desired(), Answer::No),
        other => panic!("{other:?}"),
    }
    assert_eq!(scene.writes(), 0);
    scene.sharer().share(&share).await.unwrap();
    assert!(put(&scene, request()).await.unwrap().is_complete());
}

#[tokio::test(start_paused = true)]
async fn promise_6_and_8_a_write_that_fails_is_told_and_one_that_is_lost_is_read_back() {
    for (fault, expected) in [
        (Fault::Code("AccessDeniedException"), "failed"),
        (Fault::LoseAnswer, "done"),
        (Fault::LoseRequest, "unconfirmed"),
    ] {
        let scene = Scene::new(1).with_roles(1);
        scene.share_with([account(1)]).await;
        let backend = scene.faulty().fail("PutParameter", 1, fault);
        let request = wanted(&scene).account(account(1)).build().unwrap();
        let options = EngineOptions::default().with_concurrency(1);
        let sharer = BackendSharer::with_options(backend.clone(), options).with_roles(roles());
        let result = sharer.put_image_parameters(&request).await;
        assert!(backend.has_failed());
        let report = match result {
            Ok(report) => report,
            Err(Error::RecipientsIncomplete(report)) => {
                let text = Error::RecipientsIncomplete(report.clone()).to_string();
                assert!(text.starts_with("1 of 2 are as asked for"), "{text}");
                match *report {
                    RecipientReport::Parameters(report) => report,
                    other => panic!("{other:?}"),
                }
            }
            Err(other) => panic!("{other}"),
        };
        let second = &report.parameters()[1].outcome;
        let word = match second {
            RecipientOutcome::Failed { mend, .. } => {
                assert!(mend.as_ref().unwrap().contains("ssm:PutParameter"));
                "failed"
            }
            RecipientOutcome::Done { request_id: None } => "done",
            RecipientOutcome::Unconfirmed { .. } => "unconfirmed",
            other => panic!("{other:?}"),
        };
        assert_eq!(word, expected, "{report}");
        // A second run writes what is missing.
        let again = scene
            .reaching_sharer()
            .put_image_parameters(&request)
            .await
            .unwrap();
        assert_eq!(again.is_empty(), expected == "done");
    }
}

#[tokio::test]
async fn promise_6_a_parameter_that_is_not_read_is_mended_by_what_failed() {
    let scene = Scene::new(1).with_roles(1);
    scene.share_with([account(1)]).await;
    for (code, mend) in [
        ("AccessDeniedException", "allow ssm:GetParameter"),
        ("ExpiredTokenException", "renew the caller's credentials"),
        ("ThrottlingException", "again later"),
    ] {
        let backend = scene.faulty().fail("GetParameter", 0, Fault::Code(code));
        let request = wanted(&scene).account(account(1)).build().unwrap();
        let result = scene.reaching(backend).put_image_parameters(&request).await;
        let refused = refusals(result);
        assert!(refused[0].mend().contains(mend), "{refused:?}");
        let json = serde_json::to_string(&refused).unwrap();
        assert_eq!(
            serde_json::from_str::<Vec<Refusal>>(&json).unwrap(),
            refused
        );
    }
    assert_eq!(value(&scene, account(1)).await, None);
}

#[test]
fn what_no_world_could_hold_is_refused_with_the_field() {
    let request = ParameterRequest::builder("aws")
        .recipients_only()
        .build()
        .unwrap_err();
    let fields: Vec<&str> = request.problems().iter().map(|p| p.field()).collect();
    assert_eq!(fields, ["name", "images", "accounts"]);
    let image = |id| ParameterRequest::builder(NAME).image_in("us-east-1", id);
    let twice = image("ami-0123456789abcdef0")
        .image_in("us-east-1", "ami-0fedcba9876543210")
        .build();
    assert!(
        twice
            .unwrap_err()
            .to_string()
            .contains("two images are named in `us-east-1`")
    );
    let share = crate::request::ShareRequest::builder()
        .image_in("us-east-1", "ami-0fedcba9876543210")
        .account(account(1))
        .build()
        .unwrap();
    let stranger = image("ami-0123456789abcdef0").after(share).build();
    assert_eq!(stranger.unwrap_err().problems()[0].field(), "after");
}
