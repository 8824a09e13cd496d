use super::*;

/// An organization managed by account 90, with an OU in an OU, and one account in each place
struct Tree {
    organization: Principal,
    outer: Principal,
    inner: Principal,
}

const AT_ROOT: usize = 91;
const IN_OUTER: usize = 92;
const IN_INNER: usize = 93;

fn manager() -> AccountId {
    account(90)
}

impl Tree {
    fn plant(world: &World) -> Self {
        let organization: Principal = world.create_organization(manager()).unwrap().into();
        let outer: Principal = world
            .create_organizational_unit(&organization)
            .unwrap()
            .into();
        let inner: Principal = world.create_organizational_unit(&outer).unwrap().into();
        for (parent, number) in [
            (&organization, AT_ROOT),
            (&outer, IN_OUTER),
            (&inner, IN_INNER),
        ] {
            world.create_account(parent, account(number)).unwrap();
        }
        Self {
            organization,
            outer,
            inner,
        }
    }
}

#[tokio::test]
async fn an_organization_lets_all_its_accounts_in_and_no_other() {
    let scene = Scene::new();
    let tree = Tree::plant(&scene.world);
    scene.world.create_organization(stranger()).unwrap();
    scene.add(&[tree.organization]).await.unwrap();
    for number in 90..=IN_INNER {
        assert!(scene.launches(account(number)), "{number}");
    }
    assert!(!scene.launches(stranger()));
    assert!(!scene.launches(recipient()));
}

#[tokio::test]
async fn an_ou_lets_in_what_is_in_it_and_below_it() {
    let scene = Scene::new();
    let tree = Tree::plant(&scene.world);
    scene.add(&[tree.outer]).await.unwrap();
    assert!(scene.launches(account(IN_OUTER)));
    assert!(scene.launches(account(IN_INNER)));
    assert!(!scene.launches(account(AT_ROOT)));
    assert!(!scene.launches(manager()));
}

#[tokio::test]
async fn access_follows_an_account_in_and_out_of_an_ou() {
    let scene = Scene::new();
    let tree = Tree::plant(&scene.world);
    scene.add(std::slice::from_ref(&tree.inner)).await.unwrap();
    scene
        .world
        .move_account(account(IN_INNER), &tree.outer)
        .unwrap();
    assert!(!scene.launches(account(IN_INNER)));
    scene
        .world
        .move_account(account(AT_ROOT), &tree.inner)
        .unwrap();
    assert!(scene.launches(account(AT_ROOT)));
    scene.world.remove_account(account(AT_ROOT)).unwrap();
    assert!(!scene.launches(account(AT_ROOT)));
}

#[tokio::test]
async fn removing_an_account_entry_leaves_the_access_through_the_organization() {
    let scene = Scene::new();
    let tree = Tree::plant(&scene.world);
    let member = Principal::Account(account(AT_ROOT));
    scene
        .add(&[tree.organization, member.clone()])
        .await
        .unwrap();
    scene.modify(&[], &[member]).await.unwrap();
    assert!(scene.launches(account(AT_ROOT)));
}

#[tokio::test]
async fn an_arn_with_another_management_account_lets_nobody_in() {
    let scene = Scene::new();
    let tree = Tree::plant(&scene.world);
    let wrong = tree
        .organization
        .to_string()
        .replace(&manager().to_string(), &account(AT_ROOT).to_string());
    scene.add(&[wrong.parse().unwrap()]).await.unwrap();
    assert!(!scene.launches(account(AT_ROOT)));
}

#[tokio::test]
async fn the_management_account_lists_nested_ous_too() {
    let world = World::new();
    let tree = Tree::plant(&world);
    let backend = world.backend(manager());
    for (principal, expected) in [
        (tree.organization, vec![90, AT_ROOT, IN_OUTER, IN_INNER]),
        (tree.outer, vec![IN_OUTER, IN_INNER]),
        (tree.inner, vec![IN_INNER]),
        (account(7).into(), vec![7]),
    ] {
        let listed = backend.list_accounts_under(&region(), &principal).await;
        let expected: Vec<AccountId> = expected.into_iter().map(account).collect();
        assert_eq!(listed.unwrap(), expected);
    }
}

#[tokio::test]
async fn nobody_else_lists_accounts() {
    let world = World::new();
    let tree = Tree::plant(&world);
    let other: Principal = world.create_organization(stranger()).unwrap().into();
    let other_unit: Principal = world.create_organizational_unit(&other).unwrap().into();
    let list = |caller: AccountId, principal: &Principal| {
        let backend = world.backend(caller);
        let principal = principal.clone();
        async move { backend.list_accounts_under(&region(), &principal).await }
    };
    let member = list(account(AT_ROOT), &tree.organization).await;
    assert_eq!(
        refused(member),
        ("ListAccounts".into(), "AccessDeniedException".into())
    );
    let member = list(account(AT_ROOT), &tree.outer).await;
    assert_eq!(
        refused(member),
        (
            "ListAccountsForParent".into(),
            "AccessDeniedException".into()
        )
    );
    let outsider = list(recipient(), &tree.organization).await;
    assert_eq!(code(outsider), "AWSOrganizationsNotInUseException");
    let other_manager = list(manager(), &other).await;
    assert_eq!(code(other_manager), "AccessDeniedException");
    let other_manager = list(manager(), &other_unit).await;
    assert_eq!(code(other_manager), "ParentNotFoundException");
    let public = list(manager(), &Principal::Public).await;
    assert_eq!(code(public), "InvalidInputException");
}

#[tokio::test]
async fn every_page_of_organizations_is_a_call() {
    let world = World::new();
    let organization: Principal = world.create_organization(manager()).unwrap().into();
    let unit: Principal = world
        .create_organizational_unit(&organization)
        .unwrap()
        .into();
    for number in 100..141 {
        world.create_account(&unit, account(number)).unwrap();
    }
    let backend = world.backend(manager());
    let listed = backend.list_accounts_under(&region(), &organization).await;
    assert_eq!(listed.unwrap().len(), 42);
    backend.list_accounts_under(&region(), &unit).await.unwrap();
    let operations: Vec<&str> = world.calls().iter().map(|call| call.operation).collect();
    let mut expected = vec!["ListAccounts"; 3];
    expected.extend(["ListAccountsForParent"; 3]);
    expected.push("ListOrganizationalUnitsForParent");
    assert_eq!(operations, expected);
}

#[test]
fn an_account_is_in_at_most_one_organization() {
    let world = World::new();
    let tree = Tree::plant(&world);
    let other: Principal = world.create_organization(stranger()).unwrap().into();
    assert_eq!(
        code(world.create_organization(account(AT_ROOT))),
        "AlreadyInOrganizationException"
    );
    assert_eq!(
        code(world.create_account(&other, account(AT_ROOT))),
        "DuplicateAccountException"
    );
    assert_eq!(
        code(world.move_account(account(AT_ROOT), &other)),
        "DestinationParentNotFoundException"
    );
    assert_eq!(
        code(world.remove_account(manager())),
        "MasterCannotLeaveOrganizationException"
    );
    world.remove_account(account(AT_ROOT)).unwrap();
    world.create_account(&other, account(AT_ROOT)).unwrap();
    assert_eq!(
        code(world.move_account(account(7), &tree.outer)),
        "AccountNotFoundException"
    );
}

#[test]
fn a_parent_must_be_there() {
    let world = World::new();
    let arn = "arn:aws:organizations::000000000090:ou/o-aaaaaaaaaa/ou-aaaa-bbbbbbbb";
    for parent in [
        arn.parse().unwrap(),
        Principal::Public,
        Principal::Account(manager()),
    ] {
        let unit = world.create_organizational_unit(&parent);
        assert_eq!(code(unit), "ParentNotFoundException");
        let joined = world.create_account(&parent, account(7));
        assert_eq!(code(joined), "ParentNotFoundException");
    }
}
