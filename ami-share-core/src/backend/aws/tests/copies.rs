//! Copies of images, and what is done to them afterwards.

use super::fake::{Fake, REQUEST_ID, Sent};
use super::{home, image_id, key};
use crate::api_error::ApiErrorKind;
use crate::backend::{CopyBackend, NewCopy};
use crate::id::{ImageId, Region};
use crate::resource::Tags;

const COPIED: &str =
    "<CopyImageResponse><imageId>ami-0fedcba9876543210</imageId></CopyImageResponse>";

/// What a test copies; it is lent to a [`NewCopy`]
struct Source {
    region: Region,
    image: ImageId,
    tags: Tags,
    none: Tags,
}

impl Source {
    fn new() -> Self {
        Self {
            region: "us-east-1".parse().unwrap(),
            image: image_id(),
            tags: Tags::from([("team".to_owned(), "images & more".to_owned())]),
            none: Tags::new(),
        }
    }

    fn copy(&self) -> NewCopy<'_> {
        NewCopy {
            source_region: &self.region,
            source: &self.image,
            name: "golden",
            description: None,
            key: None,
            copy_tags: false,
            image_tags: &self.none,
            snapshot_tags: &self.none,
            client_token: None,
            completion_minutes: None,
        }
    }
}

/// The fields of a form in the order of their names, without those that every request has
fn fields(sent: &Sent) -> Vec<String> {
    let names = sent.body.split('&').filter_map(|field| {
        let (name, _) = field.split_once('=')?;
        let value = sent.field(name)?;
        (!["Action", "Version"].contains(&name)).then(|| format!("{name}={value}"))
    });
    let mut fields: Vec<String> = names.collect();
    fields.sort();
    fields
}

#[tokio::test]
async fn a_copy_is_asked_for_in_its_own_region_with_all_that_was_given() {
    let fake = Fake::always(200, COPIED);
    let (source, key) = (Source::new(), key());
    let copy = NewCopy {
        description: Some("every night"),
        key: Some(&key),
        copy_tags: true,
        image_tags: &source.tags,
        snapshot_tags: &source.tags,
        client_token: Some("token-1"),
        completion_minutes: Some(45),
        ..source.copy()
    };

    let backend = fake.backend().await;
    let (image, request_id) = backend.copy_image(&home(), &copy).await.unwrap();

    assert_eq!(image.as_str(), "ami-0fedcba9876543210");
    assert_eq!(request_id.as_deref(), Some(REQUEST_ID));
    let sent = &fake.sent()[0];
    assert_eq!(sent.uri, "https://ec2.eu-central-1.amazonaws.com/");
    assert_eq!(
        fields(sent),
        [
            "ClientToken=token-1".to_owned(),
            "CopyImageTags=true".to_owned(),
            "Description=every night".to_owned(),
            "Encrypted=true".to_owned(),
            format!("KmsKeyId={key}"),
            "Name=golden".to_owned(),
            "SnapshotCopyCompletionDurationMinutes=45".to_owned(),
            format!("SourceImageId={}", source.image),
            "SourceRegion=us-east-1".to_owned(),
            "TagSpecification.1.ResourceType=image".to_owned(),
            "TagSpecification.1.Tag.1.Key=team".to_owned(),
            "TagSpecification.1.Tag.1.Value=images & more".to_owned(),
            "TagSpecification.2.ResourceType=snapshot".to_owned(),
            "TagSpecification.2.Tag.1.Key=team".to_owned(),
            "TagSpecification.2.Tag.1.Value=images & more".to_owned(),
        ]
    );
}

#[tokio::test]
async fn without_a_key_nothing_is_said_of_encryption_and_no_empty_thing_is_sent() {
    let fake = Fake::always(200, COPIED);
    let source = Source::new();
    let copy = NewCopy {
        client_token: Some("token-1"),
        ..source.copy()
    };

    let backend = fake.backend().await;
    backend.copy_image(&home(), &copy).await.unwrap();

    assert_eq!(
        fields(&fake.sent()[0]),
        [
            "ClientToken=token-1".to_owned(),
            "Name=golden".to_owned(),
            format!("SourceImageId={}", source.image),
            "SourceRegion=us-east-1".to_owned(),
        ]
    );
}

#[tokio::test(start_paused = true)]
async fn promise_8_a_copy_whose_answer_was_lost_is_asked_for_with_the_same_token() {
    for given in [Some("token-1"), None] {
        let fake = Fake::always(500, "");
        let backend = fake.builder().retry_attempts(3).build().await.unwrap();
        let source = Source::new();
        let copy = NewCopy {
            client_token: given,
            ..source.copy()
        };

        let error = backend.copy_image(&home(), &copy).await.unwrap_err();

        assert!(error.is_ambiguous());
        let tokens: Vec<_> = fake.sent().iter().map(|s| s.field("ClientToken")).collect();
        assert_eq!(tokens.len(), 3);
        assert!(tokens[0].is_some() && tokens.iter().all(|token| *token == tokens[0]));
        assert!(given.is_none_or(|given| tokens[0].as_deref() == Some(given)));
    }
}

#[tokio::test]
async fn honest_answers_a_copy_without_an_id_is_an_error_with_the_request_id() {
    let fake = Fake::always(200, "<CopyImageResponse/>");
    let source = Source::new();
    let copied = fake
        .backend()
        .await
        .copy_image(&home(), &source.copy())
        .await;

    let error = copied.unwrap_err();
    assert_eq!(error.kind(), ApiErrorKind::Other);
    assert!(error.message().contains("the id of the copy is missing"));
    assert_eq!(error.request_id(), Some(REQUEST_ID));
}

#[tokio::test]
async fn what_is_done_to_a_copy_is_sent_as_it_was_asked_for() {
    let fake = Fake::of_ec2("<return>true</return>");
    let backend = fake.backend().await;
    let (region, image) = (home(), image_id());
    let snapshot = "snap-0123456789abcdef0".parse().unwrap();
    let at = "2027-01-31T08:30:00Z".parse().unwrap();

    let answers = [
        backend.deregister_image(&region, &image).await,
        backend.delete_snapshot(&region, &snapshot).await,
        backend
            .modify_image_description(&region, &image, "of today")
            .await,
        backend
            .enable_image_deregistration_protection(&region, &image, true)
            .await,
        backend
            .enable_image_deregistration_protection(&region, &image, false)
            .await,
        backend.enable_image_deprecation(&region, &image, at).await,
    ];

    for answer in answers {
        assert_eq!(answer.unwrap().as_deref(), Some(REQUEST_ID));
    }
    let of_image = format!("ImageId={image}");
    let sent: Vec<(String, Vec<String>)> = fake
        .sent()
        .iter()
        .map(|sent| (sent.action.clone(), fields(sent)))
        .collect();
    let expected = [
        ("DeregisterImage", vec![of_image.clone()]),
        ("DeleteSnapshot", vec![format!("SnapshotId={snapshot}")]),
        (
            "ModifyImageAttribute",
            vec!["Description.Value=of today".to_owned(), of_image.clone()],
        ),
        (
            "EnableImageDeregistrationProtection",
            vec![of_image.clone(), "WithCooldown=true".to_owned()],
        ),
        (
            "EnableImageDeregistrationProtection",
            vec![of_image.clone(), "WithCooldown=false".to_owned()],
        ),
        (
            "EnableImageDeprecation",
            vec!["DeprecateAt=2027-01-31T08:30:00Z".to_owned(), of_image],
        ),
    ];
    assert_eq!(
        sent,
        expected.map(|(action, fields)| (action.to_owned(), fields))
    );
}

#[tokio::test]
async fn honest_answers_what_ec2_says_it_has_not_done_is_an_error() {
    let fake = Fake::of_ec2("<return>false</return>");
    let backend = fake.backend().await;
    let at = "2027-01-31T08:30:00Z".parse().unwrap();
    for answer in [
        backend.deregister_image(&home(), &image_id()).await,
        backend
            .enable_image_deprecation(&home(), &image_id(), at)
            .await,
    ] {
        let error = answer.unwrap_err();
        assert!(error.message().contains("nothing was done"), "{error}");
        assert_eq!(error.request_id(), Some(REQUEST_ID));
    }
}
