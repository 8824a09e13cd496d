use ami_share_core::backend::Backend;
use ami_share_core::id::AccountId;
use ami_share_core::{ApiErrorKind, Principal};

use super::support::{Moto, OWNER};
use super::{ORGANIZATION, RECIPIENT, UNIT, calls, home};

#[tokio::test]
async fn an_organization_and_its_units_are_expanded() {
    let moto = Moto::start().await;
    let backend = moto.backend().await;
    let organizations = aws_sdk_organizations::Client::new(&moto.owner_config().await);
    let created = organizations.create_organization().send().await.unwrap();
    let organization = created.organization().unwrap().arn().unwrap();
    let roots = organizations.list_roots().send().await.unwrap();
    let root = roots.roots().first().unwrap().id().unwrap();
    let outer = create_unit(&organizations, root, "outer").await;
    let inner = create_unit(&organizations, outer.rsplit('/').next().unwrap(), "inner").await;
    let mut in_outer = Vec::new();
    let mut in_inner = Vec::new();
    for n in 0..25 {
        let into = if n < 22 { &outer } else { &inner };
        let account = create_account(&organizations, root, into, n).await;
        if n < 22 { &mut in_outer } else { &mut in_inner }.push(account);
    }
    let list = async |principal: &str| {
        let principal: Principal = principal.parse().unwrap();
        backend.list_accounts_under(&home(), &principal).await
    };

    in_inner.sort();
    assert_eq!(list(&inner).await.unwrap(), in_inner);
    let mut in_both = [in_outer, in_inner].concat();
    in_both.sort();
    moto.counter().reset();
    assert_eq!(list(&outer).await.unwrap(), in_both);
    assert_eq!(
        moto.counter().by_action(),
        calls(&[
            // Two pages of the outer one, one of the inner one.
            ("ListAccountsForParent", 3),
            ("ListOrganizationalUnitsForParent", 2),
        ])
    );
    let mut everybody = in_both;
    everybody.push(OWNER.parse().unwrap());
    everybody.sort();
    assert_eq!(list(organization).await.unwrap(), everybody);

    let account = [RECIPIENT.parse::<AccountId>().unwrap()];
    assert_eq!(list(RECIPIENT).await.unwrap(), account);
    let public = list("all").await.unwrap_err();
    assert_eq!(public.code(), Some("InvalidInputException"));
    let foreign = list(ORGANIZATION).await.unwrap_err();
    assert_eq!(foreign.kind(), ApiErrorKind::NotFound, "{foreign}");
    assert!(foreign.message().contains("o-123example"), "{foreign}");
    let unknown = list(UNIT).await.unwrap_err();
    assert_eq!(unknown.kind(), ApiErrorKind::NotFound, "{unknown}");
}

#[tokio::test]
async fn without_an_organization_the_code_says_so() {
    let moto = Moto::start().await;
    let backend = moto.backend().await;
    let organization = ORGANIZATION.parse().unwrap();

    let error = backend.list_accounts_under(&home(), &organization).await;

    let error = error.unwrap_err();
    assert_eq!(error.code(), Some("AWSOrganizationsNotInUseException"));
    assert_eq!(error.operation(), "DescribeOrganization");
}

async fn create_unit(
    organizations: &aws_sdk_organizations::Client,
    parent: &str,
    name: &str,
) -> String {
    let created = organizations
        .create_organizational_unit()
        .parent_id(parent)
        .name(name)
        .send()
        .await
        .unwrap();
    let unit = created.organizational_unit().unwrap();
    unit.arn().unwrap().to_owned()
}

async fn create_account(
    organizations: &aws_sdk_organizations::Client,
    root: &str,
    unit: &str,
    number: usize,
) -> AccountId {
    let created = organizations
        .create_account()
        .account_name(format!("account-{number}"))
        .email(format!("account-{number}@example.com"))
        .send()
        .await
        .unwrap();
    let account = created
        .create_account_status()
        .unwrap()
        .account_id()
        .unwrap();
    organizations
        .move_account()
        .account_id(account)
        .source_parent_id(root)
        .destination_parent_id(unit.rsplit('/').next().unwrap())
        .send()
        .await
        .unwrap();
    account.parse().unwrap()
}
