use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::iam::between;
use super::wire::Wire;

const MANAGEMENT: &str = "111122223333";
const OUTSIDER: &str = "999900001111";

async fn ask(wire: &Wire, key: &str, operation: &str, input: Value) -> (u16, Value) {
    let target = format!("AWSOrganizationsV20161128.{operation}");
    wire.json_in("us-east-1", key, "organizations", &target, input)
        .await
}

async fn done(wire: &Wire, operation: &str, input: Value) -> Value {
    let (status, answer) = ask(wire, MANAGEMENT, operation, input).await;
    assert_eq!(status, 200, "{operation}: {answer}");
    answer
}

async fn refused_to(wire: &Wire, key: &str, operation: &str, input: Value) -> String {
    let (status, answer) = ask(wire, key, operation, input).await;
    assert_eq!(status, 400, "{operation}: {answer}");
    answer["__type"].as_str().unwrap().to_owned()
}

async fn refused(wire: &Wire, operation: &str, input: Value) -> String {
    refused_to(wire, MANAGEMENT, operation, input).await
}

async fn create_account(wire: &Wire, name: &str) -> String {
    let input = json!({"AccountName": name, "Email": format!("{name}@example.com")});
    let made = done(wire, "CreateAccount", input).await;
    let status = &made["CreateAccountStatus"];
    assert_eq!(status["State"], "SUCCEEDED");
    status["AccountId"].as_str().unwrap().to_owned()
}

/// An organization with an OU `outer` in its root and an OU `inner` in that
struct Tree {
    wire: Wire,
    root: String,
    outer: String,
    inner: String,
}

impl Tree {
    async fn plant() -> Self {
        let wire = Wire::start().await;
        done(&wire, "CreateOrganization", json!({"FeatureSet": "ALL"})).await;
        let roots = done(&wire, "ListRoots", json!({})).await;
        let root = roots["Roots"][0]["Id"].as_str().unwrap().to_owned();
        let outer = Self::unit(&wire, &root, "outer").await;
        let inner = Self::unit(&wire, &outer, "inner").await;
        Self {
            wire,
            root,
            outer,
            inner,
        }
    }

    async fn unit(wire: &Wire, parent: &str, name: &str) -> String {
        let input = json!({"ParentId": parent, "Name": name});
        let made = done(wire, "CreateOrganizationalUnit", input).await;
        let id = made["OrganizationalUnit"]["Id"].as_str().unwrap();
        id.to_owned()
    }
}

#[tokio::test]
async fn ids_arns_and_paths_have_the_forms_of_aws() {
    let tree = Tree::plant().await;
    let described = done(&tree.wire, "DescribeOrganization", json!({})).await;
    let organization = &described["Organization"];
    assert_eq!(organization["Id"], "o-0000000001");
    assert_eq!(organization["MasterAccountId"], MANAGEMENT);
    assert_eq!(
        organization["MasterAccountArn"],
        "arn:aws:organizations::111122223333:account/o-0000000001/111122223333"
    );
    let roots = done(&tree.wire, "ListRoots", json!({})).await;
    assert_eq!(
        roots["Roots"][0]["Arn"],
        "arn:aws:organizations::111122223333:root/o-0000000001/r-0001"
    );
    let middle = tree.inner.split('-').nth(1);
    assert_eq!(middle, tree.root.strip_prefix("r-"));
    let input = json!({"OrganizationalUnitId": tree.inner});
    let unit = done(&tree.wire, "DescribeOrganizationalUnit", input).await;
    assert_eq!(
        unit["OrganizationalUnit"],
        json!({
            "Id": tree.inner,
            "Arn": format!("arn:aws:organizations::111122223333:ou/o-0000000001/{}", tree.inner),
            "Name": "inner",
            "Path": format!("o-0000000001/r-0001/{}/{}/", tree.outer, tree.inner),
        })
    );
}

#[tokio::test]
async fn an_account_is_made_at_the_root_and_moved_from_where_it_is() {
    let tree = Tree::plant().await;
    let wire = &tree.wire;
    let account = create_account(wire, "builds").await;
    let parents = done(wire, "ListParents", json!({"ChildId": account})).await;
    assert_eq!(
        parents["Parents"],
        json!([{"Id": tree.root, "Type": "ROOT"}])
    );
    let to_inner = |source: &str| json!({"AccountId": account, "SourceParentId": source, "DestinationParentId": tree.inner});
    assert_eq!(
        refused(wire, "MoveAccount", to_inner(&tree.outer)).await,
        "SourceParentNotFoundException"
    );
    done(wire, "MoveAccount", to_inner(&tree.root)).await;
    for source in [&tree.inner, &tree.root] {
        assert_eq!(
            refused(wire, "MoveAccount", to_inner(source)).await,
            "DuplicateAccountException",
            "from {source}"
        );
    }
    let nowhere = json!({"AccountId": account, "SourceParentId": tree.inner,
        "DestinationParentId": "ou-0001-aaaaaaaa"});
    assert_eq!(
        refused(wire, "MoveAccount", nowhere).await,
        "DestinationParentNotFoundException"
    );
    let described = done(wire, "DescribeAccount", json!({"AccountId": account})).await;
    let described = &described["Account"];
    assert_eq!(described["Name"], "builds");
    assert_eq!(described["Email"], "builds@example.com");
    assert_eq!(described["State"], "ACTIVE");
    assert_eq!(described["JoinedMethod"], "CREATED");
    let path = format!(
        "o-0000000001/r-0001/{}/{}/{account}/",
        tree.outer, tree.inner
    );
    assert_eq!(described["Paths"], json!([path]));
    let children = json!({"ParentId": tree.inner, "ChildType": "ACCOUNT"});
    assert_eq!(
        done(wire, "ListChildren", children).await["Children"],
        json!([{"Id": account, "Type": "ACCOUNT"}])
    );
    let children = json!({"ParentId": tree.outer, "ChildType": "ORGANIZATIONAL_UNIT"});
    assert_eq!(
        done(wire, "ListChildren", children).await["Children"],
        json!([{"Id": tree.inner, "Type": "ORGANIZATIONAL_UNIT"}])
    );
}

#[tokio::test]
async fn an_email_address_makes_one_account() {
    let tree = Tree::plant().await;
    create_account(&tree.wire, "builds").await;
    let again = json!({"AccountName": "other", "Email": "builds@example.com"});
    let made = done(&tree.wire, "CreateAccount", again).await;
    let status = &made["CreateAccountStatus"];
    assert_eq!(status["State"], "FAILED");
    assert_eq!(status["FailureReason"], "EMAIL_ALREADY_EXISTS");
    let id = json!({"CreateAccountRequestId": status["Id"]});
    let read = done(&tree.wire, "DescribeCreateAccountStatus", id).await;
    assert_eq!(&read["CreateAccountStatus"], status);
    let failed = json!({"States": ["FAILED"]});
    let listed = done(&tree.wire, "ListCreateAccountStatus", failed).await;
    assert_eq!(listed["CreateAccountStatuses"], json!([status]));
}

#[tokio::test]
async fn the_management_account_may_become_administrator_of_a_new_account() {
    let tree = Tree::plant().await;
    let account = create_account(&tree.wire, "builds").await;
    let role = format!("arn:aws:iam::{account}:role/OrganizationAccountAccessRole");
    let params = [("RoleArn", role.as_str()), ("RoleSessionName", "setup")];
    let (status, answer) = tree
        .wire
        .query(MANAGEMENT, "sts", "AssumeRole", &params)
        .await;
    assert_eq!(status, 200, "{answer}");
    let (key, token) = (
        between(&answer, "AccessKeyId"),
        between(&answer, "SessionToken"),
    );
    let (status, answer) = tree
        .wire
        .query_with_token(&key, &token, "iam", "ListRoles", &[])
        .await;
    assert_eq!(status, 200, "{answer}");
    let (status, _) = tree
        .wire
        .query(OUTSIDER, "sts", "AssumeRole", &params)
        .await;
    assert_eq!(status, 403);
}

#[tokio::test]
async fn listings_come_in_pages_of_twenty_whose_tokens_belong_to_them() {
    let tree = Tree::plant().await;
    for number in 0..24 {
        create_account(&tree.wire, &format!("account-{number}")).await;
    }
    let mut ids = BTreeSet::new();
    let mut input = json!({});
    let mut tokens = Vec::new();
    loop {
        let page = done(&tree.wire, "ListAccounts", input).await;
        let accounts = page["Accounts"].as_array().unwrap();
        assert!(accounts.len() <= 20);
        ids.extend(
            accounts
                .iter()
                .map(|a| a["Id"].as_str().unwrap().to_owned()),
        );
        match page.get("NextToken") {
            Some(token) => {
                tokens.push(token.clone());
                input = json!({"NextToken": token});
            }
            None => break,
        }
    }
    assert_eq!(ids.len(), 25);
    let other = json!({"ParentId": tree.root, "NextToken": tokens[0]});
    assert_eq!(
        refused(&tree.wire, "ListAccountsForParent", other).await,
        "InvalidInputException"
    );
    let many = json!({"MaxResults": 21});
    assert_eq!(
        refused(&tree.wire, "ListAccounts", many).await,
        "InvalidInputException"
    );
}

#[tokio::test]
async fn only_management_and_delegated_administrators_list() {
    let tree = Tree::plant().await;
    let wire = &tree.wire;
    let account = create_account(wire, "audit").await;
    let list = |key: String| async move { ask(wire, &key, "ListAccounts", json!({})).await };
    assert_eq!(
        refused_to(wire, OUTSIDER, "ListAccounts", json!({})).await,
        "AWSOrganizationsNotInUseException"
    );
    assert_eq!(
        refused_to(wire, &account, "ListAccounts", json!({})).await,
        "AccessDeniedException"
    );
    assert_eq!(
        ask(wire, &account, "DescribeOrganization", json!({}))
            .await
            .0,
        200
    );
    let delegate = json!({"AccountId": account, "ServicePrincipal": "inspector2.amazonaws.com"});
    done(wire, "RegisterDelegatedAdministrator", delegate.clone()).await;
    assert_eq!(
        refused(wire, "RegisterDelegatedAdministrator", delegate.clone()).await,
        "AccountAlreadyRegisteredException"
    );
    assert_eq!(list(account.clone()).await.0, 200);
    let unit = json!({"ParentId": tree.root, "Name": "more"});
    assert_eq!(
        refused_to(wire, &account, "CreateOrganizationalUnit", unit).await,
        "AccessDeniedException"
    );
    let delegates = done(wire, "ListDelegatedAdministrators", json!({})).await;
    assert_eq!(
        delegates["DelegatedAdministrators"][0]["Id"],
        json!(account)
    );
    done(wire, "DeregisterDelegatedAdministrator", delegate).await;
    assert_eq!(list(account.clone()).await.0, 400);
}

#[tokio::test]
async fn an_ou_is_deleted_when_it_is_empty_and_has_a_name_of_its_own() {
    let tree = Tree::plant().await;
    let wire = &tree.wire;
    let unit = |id: &str| json!({"OrganizationalUnitId": id});
    assert_eq!(
        refused(wire, "DeleteOrganizationalUnit", unit(&tree.outer)).await,
        "OrganizationalUnitNotEmptyException"
    );
    let twin = json!({"ParentId": tree.root, "Name": "outer"});
    assert_eq!(
        refused(wire, "CreateOrganizationalUnit", twin).await,
        "DuplicateOrganizationalUnitException"
    );
    let other = Tree::unit(wire, &tree.root, "other").await;
    let rename = json!({"OrganizationalUnitId": other, "Name": "outer"});
    assert_eq!(
        refused(wire, "UpdateOrganizationalUnit", rename).await,
        "DuplicateOrganizationalUnitException"
    );
    done(wire, "DeleteOrganizationalUnit", unit(&other)).await;
    assert_eq!(
        refused(wire, "DescribeOrganizationalUnit", unit(&other)).await,
        "OrganizationalUnitNotFoundException"
    );
    assert_eq!(
        refused(wire, "DescribeOrganizationalUnit", unit("outer")).await,
        "InvalidInputException"
    );
    let fresh = Tree::unit(wire, &tree.root, "fresh").await;
    assert_ne!(fresh, other);
    let gone = json!({"ParentId": other});
    assert_eq!(
        refused(wire, "ListOrganizationalUnitsForParent", gone).await,
        "ParentNotFoundException"
    );
}

#[tokio::test]
async fn an_account_leaves_or_is_closed() {
    let tree = Tree::plant().await;
    let wire = &tree.wire;
    let account = json!({"AccountId": create_account(wire, "builds").await});
    done(wire, "CloseAccount", account.clone()).await;
    assert_eq!(
        refused(wire, "CloseAccount", account.clone()).await,
        "AccountAlreadyClosedException"
    );
    let described = done(wire, "DescribeAccount", account.clone()).await;
    assert_eq!(described["Account"]["Status"], "SUSPENDED");
    done(wire, "RemoveAccountFromOrganization", account.clone()).await;
    assert_eq!(
        refused(wire, "DescribeAccount", account).await,
        "AccountNotFoundException"
    );
    let management = json!({"AccountId": MANAGEMENT});
    assert_eq!(
        refused(wire, "RemoveAccountFromOrganization", management).await,
        "MasterCannotLeaveOrganizationException"
    );
    assert_eq!(
        refused(wire, "CreateOrganization", json!({})).await,
        "AlreadyInOrganizationException"
    );
}

#[tokio::test]
async fn a_policy_can_ask_for_the_organization_of_the_caller() {
    let tree = Tree::plant().await;
    let wire = &tree.wire;
    let account = create_account(wire, "builds").await;
    let trust = format!(
        r#"{{"Statement": [{{"Effect": "Allow", "Principal": {{"AWS": "*"}},
            "Action": "sts:AssumeRole", "Condition": {{
                "StringEquals": {{"aws:PrincipalOrgID": "o-0000000001"}},
                "ForAnyValue:StringLike": {{"aws:PrincipalOrgPaths": "o-0000000001/r-0001/{}/*"}}}}}}]}}"#,
        tree.outer
    );
    let role = wire
        .world
        .create_role(MANAGEMENT.parse().unwrap(), "Door", &trust)
        .unwrap();
    let params = [("RoleArn", role.as_str()), ("RoleSessionName", "in")];
    for key in [OUTSIDER, account.as_str()] {
        assert_eq!(
            wire.query(key, "sts", "AssumeRole", &params).await.0,
            403,
            "{key}"
        );
    }
    let movement = json!({"AccountId": account, "SourceParentId": tree.root,
        "DestinationParentId": tree.inner});
    done(wire, "MoveAccount", movement).await;
    let (status, answer) = wire.query(&account, "sts", "AssumeRole", &params).await;
    assert_eq!(status, 200, "{answer}");
}
