use super::fake::{Fake, Sent};
use super::home;
use crate::api_error::ApiErrorKind;
use crate::backend::Backend;
use crate::id::{AccountId, Region};

const ORGANIZATION: &str = "arn:aws:organizations::111111111111:organization/o-123example";
const UNIT: &str = "arn:aws:organizations::111111111111:ou/o-123example/ou-1234-5example";
const DESCRIBED: &str = r#"{"Organization":{"Id":"o-123example"}}"#;

fn accounts(texts: &[&str]) -> Vec<AccountId> {
    texts.iter().map(|text| text.parse().unwrap()).collect()
}

#[tokio::test]
async fn pages_are_followed_even_empty_ones_and_only_active_accounts_count() {
    let fake = Fake::new(|sent: &Sent| {
        let body = match sent.action.as_str() {
            "DescribeOrganization" => DESCRIBED,
            _ if sent.body.contains("third") => {
                r#"{"Accounts":[{"Id":"111111111111","Status":"ACTIVE"},
                    {"Id":"555555555555","Status":"SUSPENDED"}]}"#
            }
            _ if sent.body.contains("second") => r#"{"Accounts":[],"NextToken":"third"}"#,
            _ => {
                r#"{"Accounts":[{"Id":"333333333333","State":"ACTIVE","Status":"SUSPENDED"},
                    {"Id":"222222222222","State":"CLOSED","Status":"ACTIVE"},
                    {"Id":"444444444444","State":"RESTING","Status":"ACTIVE"}],
                    "NextToken":"second"}"#
            }
        };
        Some((200, body.to_owned()))
    });

    let organization = ORGANIZATION.parse().unwrap();
    let found = fake
        .backend()
        .await
        .list_accounts_under(&home(), &organization)
        .await
        .unwrap();

    assert_eq!(found, accounts(&["111111111111", "333333333333"]));
    assert_eq!(fake.sent().len(), 4);
}

#[tokio::test]
async fn honest_answers_another_organization_is_not_listed_as_the_named_one() {
    let fake = Fake::always(200, r#"{"Organization":{"Id":"o-anotherone"}}"#);

    let organization = ORGANIZATION.parse().unwrap();
    let backend = fake.backend().await;
    let error = backend.list_accounts_under(&home(), &organization).await;

    let error = error.unwrap_err();
    assert_eq!(error.kind(), ApiErrorKind::NotFound);
    assert!(error.message().contains("`o-anotherone`"), "{error}");
    assert!(error.message().contains("`o-123example`"), "{error}");
    assert_eq!(fake.sent().len(), 1);
}

#[tokio::test]
async fn honest_answers_an_organization_without_accounts_cannot_be() {
    let fake = Fake::new(|sent: &Sent| {
        let body = match sent.action.as_str() {
            "DescribeOrganization" => DESCRIBED,
            _ => r#"{"Accounts":[]}"#,
        };
        Some((200, body.to_owned()))
    });

    let organization = ORGANIZATION.parse().unwrap();
    let backend = fake.backend().await;
    let error = backend.list_accounts_under(&home(), &organization).await;

    assert!(error.unwrap_err().message().contains("has no accounts"));
}

#[tokio::test]
async fn an_account_without_state_or_id_is_an_error() {
    for (account, says) in [
        (
            r#"{"Id":"111111111111"}"#,
            "the state of an account is missing",
        ),
        (r#"{"State":"ACTIVE"}"#, "the id of an account is missing"),
    ] {
        let fake = Fake::always(200, format!(r#"{{"Accounts":[{account}]}}"#));
        let backend = fake.backend().await;
        let unit = UNIT.parse().unwrap();
        let error = backend.list_accounts_under(&home(), &unit).await;
        let error = error.unwrap_err();
        assert_eq!(error.kind(), ApiErrorKind::Other);
        assert!(error.message().contains(says), "{error}");
    }
}

#[tokio::test]
async fn codes_of_organizations_are_kept() {
    let body = r#"{"__type":"com.amazonaws.organizations.v20161128#AccessDeniedException",
        "Message":"You don't have permissions to access this resource."}"#;
    let fake = Fake::always(400, body);

    let backend = fake.backend().await;
    let unit = UNIT.parse().unwrap();
    let error = backend.list_accounts_under(&home(), &unit).await;
    let error = error.unwrap_err();

    assert_eq!(error.code(), Some("AccessDeniedException"));
    assert_eq!(error.kind(), ApiErrorKind::AccessDenied);
    assert_eq!(error.operation(), "ListAccountsForParent");
    assert!(error.message().contains("permissions"), "{error}");
}

#[tokio::test]
async fn each_partition_has_its_endpoint() {
    let body = r#"{"Accounts":[],"OrganizationalUnits":[]}"#;
    for (region, host) in [
        ("eu-central-1", "organizations.us-east-1.amazonaws.com"),
        ("us-gov-east-1", "organizations.us-gov-west-1.amazonaws.com"),
        (
            "cn-north-1",
            "organizations.cn-northwest-1.amazonaws.com.cn",
        ),
    ] {
        let fake = Fake::always(200, body);
        let region: Region = region.parse().unwrap();
        let backend = fake.backend().await;
        let unit = UNIT.parse().unwrap();
        let none = backend.list_accounts_under(&region, &unit).await;
        assert!(none.unwrap().is_empty());
        let uri = &fake.sent()[0].uri;
        assert!(uri.starts_with(&format!("https://{host}")), "{uri}");
    }
}
