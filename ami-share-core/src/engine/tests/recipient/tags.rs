use super::*;
use crate::backend::Backend;
use crate::backend::simulator::Faults;
use crate::outcome::{RecipientOutcome, RecipientReport, RecipientTagReport};
use crate::plan::{RecipientRefusal, Refusal};
use crate::request::{RecipientTagRequest, RecipientTagRequestBuilder};
use crate::resource::Tags;

fn wanted(scene: &Scene) -> RecipientTagRequestBuilder {
    RecipientTagRequest::builder()
        .region(&scene.region)
        .images(&scene.images)
}

async fn tag(
    scene: &Scene,
    request: RecipientTagRequestBuilder,
) -> Result<RecipientTagReport, Error> {
    let sharer = scene.reaching_sharer();
    sharer.tag_for_recipients(&request.build().unwrap()).await
}

async fn tags(scene: &Scene, account: AccountId, image: usize) -> Tags {
    let backend = scene.world.backend(account);
    let found = backend
        .describe_images(&scene.region, &scene.images[image..=image])
        .await;
    found.unwrap()[0].tags.clone()
}

fn as_tags(pairs: &[(&str, &str)]) -> Tags {
    pairs
        .iter()
        .map(|(k, v)| ((*k).into(), (*v).into()))
        .collect()
}

#[tokio::test]
async fn what_the_owner_shares_is_seen_by_every_recipient_and_written_once() {
    let scene = Scene::with(vec![
        ImageSpec::named("one").tag("team", "images"),
        ImageSpec::named("two").tag("ec2:SharedTag/os", "windows"),
        ImageSpec::named("three"),
    ]);
    scene.share_with(accounts(2)).await;
    scene.world.clear_calls();
    let report = tag(&scene, wanted(&scene).tag("os", "linux"))
        .await
        .unwrap();
    assert_eq!(
        scene.writes(),
        1,
        "promise 7: one call for images that lack the same"
    );
    assert_eq!(report.tags().len(), 3);
    let replaced = &report
        .tags()
        .iter()
        .find(|t| t.image == scene.images[1])
        .unwrap()
        .replaced;
    assert_eq!(*replaced, as_tags(&[("ec2:SharedTag/os", "windows")]));
    for account in accounts(2) {
        assert_eq!(
            tags(&scene, account, 1).await,
            as_tags(&[("ec2:SharedTag/os", "linux")])
        );
    }
    let own = as_tags(&[("ec2:SharedTag/os", "linux"), ("team", "images")]);
    assert_eq!(tags(&scene, scene.owner, 0).await, own, "promise 2");
    scene.world.clear_calls();
    let again = tag(&scene, wanted(&scene).tag("ec2:SharedTag/os", "linux"))
        .await
        .unwrap();
    assert!(again.is_empty(), "promise 5: {again}");
    assert_eq!(scene.writes(), 0);
    let json = serde_json::to_string(&report).unwrap();
    assert_eq!(
        serde_json::from_str::<RecipientTagReport>(&json).unwrap(),
        report
    );
}

#[tokio::test]
async fn a_recipient_tags_for_itself_by_its_role() {
    let scene = Scene::new(2).with_roles(2);
    scene.share_with(accounts(2)).await;
    let backend = scene.world.backend(account(1));
    let first = [scene.images[0].clone().into()];
    backend
        .create_tags(&scene.region, &first, &as_tags(&[("stage", "prod")]))
        .await
        .unwrap();
    scene.world.clear_calls();
    let request = || wanted(&scene).accounts(accounts(2)).tag("stage", "prod");
    let report = tag(&scene, request()).await.unwrap();
    assert_eq!(scene.writes(), 2, "one image has it already: {report}");
    for account in accounts(2) {
        for image in 0..2 {
            assert_eq!(
                tags(&scene, account, image).await,
                as_tags(&[("stage", "prod")])
            );
        }
    }
    assert!(tags(&scene, scene.owner, 0).await.is_empty());
    assert!(tag(&scene, request()).await.unwrap().is_empty());
}

#[tokio::test]
async fn promise_4_what_cannot_be_tagged_is_refused_before_the_first_write() {
    let many = (0..50).fold(ImageSpec::named("full"), |spec, number| {
        spec.tag(format!("key-{number}"), "")
    });
    let scene = Scene::with(vec![many]).with_roles(2);
    scene.share_with([account(1)]).await;
    scene.world.clear_calls();
    let refused = |result: Result<RecipientTagReport, Error>| match result {
        Err(Error::Refused(refusals)) => refusals.as_slice().to_vec(),
        other => panic!("{other:?}"),
    };
    let refusals = refused(tag(&scene, wanted(&scene).tag("os", "linux")).await);
    assert!(
        matches!(&refusals[..], [Refusal::TooManyTags { count: 51, .. }]),
        "{refusals:?}"
    );
    let request = wanted(&scene).accounts(accounts(2)).tag("stage", "prod");
    let refusals = refused(tag(&scene, request).await);
    assert!(
        matches!(
            &refusals[..],
            [Refusal::Recipient(RecipientRefusal::NotUsable { .. })]
        ),
        "{refusals:?}"
    );
    let stranger = BackendSharer::new(scene.world.backend(account(1)));
    let request = wanted(&scene).tag("os", "linux").build().unwrap();
    let refusals = refused(stranger.tag_for_recipients(&request).await);
    assert!(
        matches!(&refusals[..], [Refusal::NotOwner { .. }]),
        "{refusals:?}"
    );
    assert_eq!(scene.writes(), 0);
}

#[tokio::test]
async fn promise_6_an_account_that_is_not_reached_is_refused_for_each_of_its_images() {
    let scene = Scene::new(2).with_roles(1);
    scene.share_with(accounts(2)).await;
    let request = wanted(&scene).accounts(accounts(2)).tag("stage", "prod");
    let refusals = match tag(&scene, request).await {
        Err(Error::Refused(refusals)) => refusals,
        other => panic!("{other:?}"),
    };
    let mut refused: Vec<_> = refusals
        .as_slice()
        .iter()
        .map(|refusal| match refusal {
            Refusal::Recipient(RecipientRefusal::NotUsable { image, account, .. }) => {
                (*account, image.clone())
            }
            other => panic!("{other:?}"),
        })
        .collect();
    refused.sort();
    let mut expected: Vec<_> = scene
        .images
        .iter()
        .map(|image| (account(2), image.clone()))
        .collect();
    expected.sort();
    assert_eq!(refused, expected);
}

#[tokio::test(start_paused = true)]
async fn promise_6_what_one_account_wrote_is_told_where_another_s_write_is_refused() {
    let scene = Scene::new(2).with_roles(2);
    scene.share_with(accounts(2)).await;
    let fault = Fault::Code("UnauthorizedOperation");
    let backend = scene.faulty().fail("CreateTags", 1, fault);
    let request = wanted(&scene).accounts(accounts(2)).tag("stage", "prod");
    let sharer = scene.reaching(backend);
    let request = request.build().unwrap();
    let report = match sharer.tag_for_recipients(&request).await {
        Err(Error::RecipientsIncomplete(report)) => match *report {
            RecipientReport::Tags(report) => report,
            other => panic!("{other:?}"),
        },
        other => panic!("{other:?}"),
    };
    assert_eq!(report.tags().len(), 4);
    for row in report.tags() {
        let number = scene.images.iter().position(|id| *id == row.image).unwrap();
        let is_there = !tags(&scene, row.account, number).await.is_empty();
        match &row.outcome {
            RecipientOutcome::Done { .. } => assert!(is_there, "{row:?}"),
            RecipientOutcome::Failed { mend, .. } => {
                assert!(mend.as_ref().unwrap().contains("ec2:CreateTags"));
                assert!(!is_there, "{row:?}");
            }
            other => panic!("{other:?}"),
        }
    }
    assert!(report.tags().iter().any(|row| row.outcome.is_good()));
    assert!(!report.is_complete());
}

#[tokio::test(start_paused = true)]
async fn promise_8_tags_that_show_late_are_waited_for_and_a_refusal_is_told_for_its_images() {
    let scene = Scene::new(1);
    scene.world.set_faults(Faults::none().stale_reads(2));
    let backend = scene.faulty().fail("CreateTags", 0, Fault::LoseAnswer);
    let request = wanted(&scene).tag("os", "linux").build().unwrap();
    let report = scene
        .reaching(backend)
        .tag_for_recipients(&request)
        .await
        .unwrap();
    assert_eq!(
        report.tags()[0].outcome,
        RecipientOutcome::Done { request_id: None }
    );
    let request = wanted(&scene).tag("os", "other").build().unwrap();
    let backend = scene
        .faulty()
        .fail("CreateTags", 0, Fault::Code("UnauthorizedOperation"));
    match scene.reaching(backend).tag_for_recipients(&request).await {
        Err(Error::RecipientsIncomplete(report)) => match *report {
            RecipientReport::Tags(report) => {
                assert!(
                    matches!(report.tags()[0].outcome, RecipientOutcome::Failed { .. }),
                    "{report}"
                );
            }
            other => panic!("{other:?}"),
        },
        other => panic!("{other:?}"),
    }
}

#[test]
fn keys_are_shared_by_owners_and_not_by_recipients() {
    let image = || RecipientTagRequest::builder().image_in("us-east-1", "ami-0123456789abcdef0");
    let error = image()
        .account(account(1))
        .tag("ec2:SharedTag/os", "linux")
        .build()
        .unwrap_err();
    assert_eq!(error.problems()[0].field(), "tags");
    assert!(
        image()
            .build()
            .unwrap_err()
            .to_string()
            .contains("no tag is given")
    );
    let long = image().tag("k".repeat(127), "").build().unwrap_err();
    assert!(long.to_string().contains("141 characters"), "{long}");
}
