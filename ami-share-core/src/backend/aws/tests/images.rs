use super::fake::{Fake, REQUEST_ID, Sent, ec2_error, images};
use super::{home, image_id, image_ids};
use crate::api_error::ApiErrorKind;
use crate::backend::Backend;
use crate::principal::{Principal, PrincipalSet};
use crate::resource::ImageState;

#[tokio::test]
async fn least_calls_a_thousand_ids_are_one_call() {
    let fake = Fake::new(|sent| {
        let first = sent.field("ImageId.1").unwrap();
        Some((200, images(&[&first], None)))
    });

    let found = fake
        .backend()
        .await
        .describe_images(&home(), &image_ids(1_001))
        .await
        .unwrap();

    assert_eq!(found.len(), 2);
    let counts: Vec<usize> = fake.sent().iter().map(|s| s.count("ImageId.")).collect();
    assert_eq!(counts, [1_000, 1]);
    for sent in fake.sent() {
        assert_eq!(sent.field("IncludeDisabled").as_deref(), Some("true"));
        assert_eq!(sent.field("IncludeDeprecated").as_deref(), Some("true"));
        assert_eq!(sent.field("MaxResults"), None, "EC2 refuses it next to ids");
    }
}

#[tokio::test]
async fn repeated_ids_are_asked_once() {
    let fake = Fake::always(200, images(&[], None));
    let id = image_id();

    let ids = [id.clone(), id];
    let found = fake.backend().await.describe_images(&home(), &ids).await;

    assert!(
        found.unwrap().is_empty(),
        "what does not come back is left out"
    );
    assert_eq!(fake.sent()[0].count("ImageId."), 1);
}

#[tokio::test]
async fn the_next_page_is_asked_for() {
    let ids = image_ids(2);
    let (first, second) = (ids[0].to_string(), ids[1].to_string());
    let fake = Fake::new(move |sent| {
        Some(match sent.field("NextToken").as_deref() {
            None => (200, images(&[&first], Some("more"))),
            Some("more") => (200, images(&[], Some("even more"))),
            Some(_) => (200, images(&[&second], None)),
        })
    });

    let found = fake.backend().await.describe_images(&home(), &ids).await;

    let found: Vec<_> = found.unwrap().into_iter().map(|image| image.id).collect();
    assert_eq!(found, ids);
}

#[tokio::test]
async fn missing_images_are_left_out_by_filters_of_200() {
    let fake = Fake::new(|sent: &Sent| {
        if sent.count("ImageId.") > 0 {
            return Some((400, ec2_error("InvalidAMIID.NotFound", "not there")));
        }
        let first = sent.field("Filter.1.Value.1").unwrap();
        Some((200, images(&[&first], None)))
    });

    let found = fake
        .backend()
        .await
        .describe_images(&home(), &image_ids(450))
        .await
        .unwrap();

    assert_eq!(found.len(), 3);
    let sent = fake.sent();
    let filters = sent.iter().map(|s| s.count("Filter.1.Value."));
    assert_eq!(filters.collect::<Vec<_>>(), [0, 200, 200, 50]);
    assert_eq!(sent[1].field("Filter.1.Name").as_deref(), Some("image-id"));
    assert_eq!(sent[1].field("IncludeDisabled").as_deref(), Some("true"));
}

#[tokio::test]
async fn honest_answers_an_image_that_cannot_be_read_is_an_error() {
    let without_owner = images(&[image_id().as_str()], None)
        .replace("<imageOwnerId>111111111111</imageOwnerId>", "");
    let odd_id = images(&["ami-odd"], None);
    let odd_snapshot = images(&[image_id().as_str()], None).replace(
        "<rootDeviceType>",
        "<blockDeviceMapping><item><ebs><snapshotId>odd</snapshotId></ebs></item>\
         </blockDeviceMapping><rootDeviceType>",
    );
    for (body, says) in [
        (without_owner, "the owner of an image is missing"),
        (odd_id, "`ami-odd`"),
        (odd_snapshot, "`odd`"),
    ] {
        let backend = Fake::always(200, body).backend().await;
        let error = backend.describe_images(&home(), &[image_id()]).await;
        let error = error.unwrap_err();
        assert_eq!(error.kind(), ApiErrorKind::Other);
        assert!(error.message().contains("could not be read"), "{error}");
        assert!(error.message().contains(says), "{error}");
    }
}

#[tokio::test]
async fn a_failed_image_is_told_of_with_its_reason() {
    let body = images(&[image_id().as_str()], None)
        .replace("available", "failed")
        .replace("<rootDeviceType>ebs</rootDeviceType>", "")
        .replace(
            "</imageId>",
            "</imageId><stateReason><code>x</code><message>no access to the key</message>\
             </stateReason>",
        );

    let backend = Fake::always(200, body).backend().await;
    let found = backend.describe_images(&home(), &[image_id()]).await;

    let found = found.unwrap();
    assert_eq!(found[0].state, ImageState::Failed);
    assert_eq!(
        found[0].state_reason.as_deref(),
        Some("no access to the key")
    );
}

#[tokio::test]
async fn public_images_are_counted_over_all_pages() {
    let ids = image_ids(3);
    let pages = [
        [ids[0].to_string(), ids[1].to_string()].to_vec(),
        vec![ids[2].to_string()],
    ];
    let fake = Fake::new(move |sent| {
        let (page, next) = match sent.field("NextToken") {
            None => (&pages[0], Some("more")),
            Some(_) => (&pages[1], None),
        };
        let ids: Vec<&str> = page.iter().map(String::as_str).collect();
        Some((200, images(&ids, next)))
    });

    let count = fake.backend().await.count_public_images(&home()).await;

    assert_eq!(count.unwrap(), 3);
    let sent = &fake.sent()[0];
    assert_eq!(sent.field("Owner.1").as_deref(), Some("self"));
    assert_eq!(sent.field("Filter.1.Name").as_deref(), Some("is-public"));
    assert_eq!(sent.field("Filter.1.Value.1").as_deref(), Some("true"));
    assert_eq!(sent.field("MaxResults").as_deref(), Some("1000"));
}

#[tokio::test]
async fn shared_images_come_a_page_at_a_time() {
    let fake = Fake::always(200, images(&[image_id().as_str()], Some("more")));
    let backend = fake.backend().await;

    let page = backend.describe_shared_images(&home(), None).await.unwrap();
    assert_eq!(page.items[0].id, image_id());
    assert_eq!(page.next_token.as_deref(), Some("more"));
    backend
        .describe_shared_images(&home(), page.next_token)
        .await
        .unwrap();

    let sent = fake.sent();
    assert_eq!(sent[0].field("ExecutableBy.1").as_deref(), Some("self"));
    assert_eq!(sent[0].count("ExecutableBy."), 1);
    assert_eq!(sent[0].field("MaxResults").as_deref(), Some("1000"));
    assert_eq!(sent[1].field("NextToken").as_deref(), Some("more"));
}

#[tokio::test]
async fn launch_permissions_are_written_in_the_structured_form() {
    const ORGANIZATION: &str = "arn:aws:organizations::111111111111:organization/o-123example";
    const UNIT: &str = "arn:aws:organizations::111111111111:ou/o-123example/ou-1234-5example";
    let fake = Fake::always(
        200,
        "<ModifyImageAttributeResponse><return>true</return></ModifyImageAttributeResponse>",
    );
    let parse = |text: &str| text.parse::<Principal>().unwrap();
    let add = [parse("012345678901"), parse(ORGANIZATION), parse(UNIT)];

    let request_id = fake
        .backend()
        .await
        .modify_launch_permissions(&home(), &image_id(), &add, &[parse("all")])
        .await
        .unwrap();

    assert_eq!(request_id.as_deref(), Some(REQUEST_ID));
    let sent = &fake.sent()[0];
    let field = |name: &str| sent.field(&format!("LaunchPermission.{name}"));
    assert_eq!(field("Add.1.UserId").as_deref(), Some("012345678901"));
    assert_eq!(
        field("Add.2.OrganizationArn").as_deref(),
        Some(ORGANIZATION)
    );
    assert_eq!(field("Add.3.OrganizationalUnitArn").as_deref(), Some(UNIT));
    assert_eq!(field("Remove.1.Group").as_deref(), Some("all"));
    assert_eq!(sent.count("LaunchPermission."), 4, "{}", sent.body);
    assert_eq!(sent.count("OperationType"), 0);
}

#[tokio::test]
async fn honest_answers_permissions_of_an_unknown_kind_are_an_error() {
    let answer = |entries: &str| {
        format!(
            "<DescribeImageAttributeResponse><launchPermission>{entries}</launchPermission>\
             </DescribeImageAttributeResponse>"
        )
    };
    let known = "<item><userId>111111111111</userId></item>";
    for (entry, says) in [
        ("<item><planet>mars</planet></item>", "does not know"),
        ("<item><group>friends</group></item>", "`friends`"),
        ("<item><userId>12</userId></item>", "`12`"),
    ] {
        let fake = Fake::always(200, answer(&format!("{known}{entry}")));
        let backend = fake.backend().await;
        let error = backend
            .describe_launch_permissions(&home(), &image_id())
            .await;
        let error = error.unwrap_err();
        assert_eq!(error.kind(), ApiErrorKind::Other);
        assert!(error.message().contains(says), "{error}");
    }
    let backend = Fake::always(200, answer(known)).backend().await;
    let permissions = backend
        .describe_launch_permissions(&home(), &image_id())
        .await;
    let expected = PrincipalSet::from_iter(["111111111111".parse().unwrap()]);
    assert_eq!(permissions.unwrap(), expected);
}

#[tokio::test]
async fn honest_answers_no_list_is_not_an_empty_list() {
    let images = Fake::always(200, "<DescribeImagesResponse/>")
        .backend()
        .await;
    let permissions = "<DescribeImageAttributeResponse/>";
    let permissions = Fake::always(200, permissions).backend().await;
    for error in [
        images.count_public_images(&home()).await.unwrap_err(),
        images
            .describe_images(&home(), &[image_id()])
            .await
            .unwrap_err(),
        images
            .describe_shared_images(&home(), None)
            .await
            .unwrap_err(),
        permissions
            .describe_launch_permissions(&home(), &image_id())
            .await
            .unwrap_err(),
    ] {
        assert_eq!(error.kind(), ApiErrorKind::Other);
        assert!(error.message().contains("is missing"), "{error}");
    }
    let empty =
        "<DescribeImageAttributeResponse><launchPermission/></DescribeImageAttributeResponse>";
    let empty = Fake::always(200, empty).backend().await;
    let nobody = empty
        .describe_launch_permissions(&home(), &image_id())
        .await;
    assert!(nobody.unwrap().is_empty());
}

#[tokio::test]
async fn a_cancellation_that_did_nothing_is_an_error() {
    let answer = |done: bool| {
        format!(
            "<CancelImageLaunchPermissionResponse><return>{done}</return>\
             </CancelImageLaunchPermissionResponse>"
        )
    };
    let backend = Fake::always(200, answer(true)).backend().await;
    let done = backend
        .cancel_image_launch_permission(&home(), &image_id())
        .await;
    assert_eq!(done.unwrap().as_deref(), Some(REQUEST_ID));

    let backend = Fake::always(200, answer(false)).backend().await;
    let not_done = backend
        .cancel_image_launch_permission(&home(), &image_id())
        .await;
    let error = not_done.unwrap_err();
    assert_eq!(error.request_id(), Some(REQUEST_ID));
    assert!(error.message().contains("nothing was cancelled"), "{error}");
}
