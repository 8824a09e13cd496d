//! Random worlds, requests and faults, judged by the simulator's own rules.

use proptest::prelude::*;

use super::*;
use crate::access::Answer;
use crate::request::RemovalLimit;

const PEOPLE: u64 = 6;

/// A step in a story: who is named, which way, and where it breaks off
#[derive(Clone, Debug)]
struct Act {
    named: Vec<u64>,
    organization: bool,
    unit: bool,
    for_copy: bool,
    direction: u8,
    broken_write: Option<(usize, bool)>,
}

prop_compose! {
    fn act()(
        named in prop::collection::vec(1..=PEOPLE, 0..4),
        (organization, unit, for_copy) in any::<(bool, bool, bool)>(),
        direction in 0_u8..3,
        broken_write in prop::option::of((0_usize..4, any::<bool>())),
    ) -> Act {
        Act { named, organization, unit, for_copy, direction, broken_write }
    }
}

/// Who can launch and who can copy, by the simulator's own rules
fn access(scene: &Scene) -> Vec<(bool, bool)> {
    (1..=PEOPLE)
        .map(|number| {
            (
                scene.can_launch(account(number), 0),
                scene.can_copy(account(number), 0),
            )
        })
        .collect()
}

/// What verify says of every account is what the simulator, by its own rules, says too
async fn verify_agrees(scene: &Scene) -> Result<(), TestCaseError> {
    let everyone = scene
        .request()
        .accounts((1..=PEOPLE).map(account))
        .snapshots(SnapshotSharing::ForCopy)
        .build()
        .unwrap();
    let verification = scene.sharer().verify(&everyone).await.unwrap();
    let answer = |yes| if yes { Answer::Yes } else { Answer::No };
    for (check, (launch, copy)) in verification.images()[0]
        .principals
        .iter()
        .zip(access(scene))
    {
        prop_assert_eq!(check.launch.answer, answer(launch), "{:?}", check);
        prop_assert_eq!(
            check.copy.as_ref().unwrap().answer,
            answer(copy),
            "{:?}",
            check
        );
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn promise_1_nobody_gets_in_who_was_not_named_whatever_fails(acts in prop::collection::vec(act(), 1..5)) {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_time()
            .start_paused(true)
            .build()
            .unwrap();
        runtime.block_on(story(acts))?;
    }
}

/// Accounts 1 and 2 are in the OU, 3 is in the organization, 4 to 6 are in neither
async fn story(acts: Vec<Act>) -> Result<(), TestCaseError> {
    let scene = Scene::new(1);
    let world = &scene.world;
    let organization: Principal = world.create_organization(scene.owner).unwrap().into();
    let unit: Principal = world
        .create_organizational_unit(&organization)
        .unwrap()
        .into();
    for (number, parent) in [(1, &unit), (2, &unit), (3, &organization)] {
        world.create_account(parent, account(number)).unwrap();
    }
    for act in acts {
        let groups = [(act.organization, &organization), (act.unit, &unit)];
        let builder = scene
            .request()
            .accounts(act.named.iter().map(|number| account(*number)))
            .principals(groups.iter().filter(|(on, _)| *on).map(|(_, group)| *group))
            .snapshots(if act.for_copy {
                SnapshotSharing::ForCopy
            } else {
                SnapshotSharing::LeaveAsIs
            });
        let builder = match act.direction {
            0 => builder.share(),
            1 => builder.revoke(),
            _ => builder.exactly(RemovalLimit::Unlimited),
        };
        let Ok(request) = builder.build() else {
            continue;
        };
        let before = access(&scene);
        let mut faulty = scene.faulty();
        if let Some((passes, answer_lost)) = act.broken_write {
            let fault = if answer_lost {
                Fault::LoseAnswer
            } else {
                Fault::LoseRequest
            };
            faulty = faulty.fail_write(passes, fault);
        }
        let result = BackendSharer::new(faulty).share(&request).await;
        let after = access(&scene);
        for number in 1..=PEOPLE {
            let at = number as usize - 1;
            let named = act.named.contains(&number)
                || act.organization && number <= 3
                || act.unit && number <= 2;
            if !named || act.direction == 1 {
                prop_assert!(after[at].0 <= before[at].0, "{number} got in: {act:?}");
                prop_assert!(after[at].1 <= before[at].1, "{number} can copy: {act:?}");
            }
            if act.direction != 1 && act.for_copy && !before[at].0 && after[at].0 {
                prop_assert!(
                    after[at].1,
                    "{number} can launch before it can copy: {act:?}"
                );
            }
            let refused = matches!(result, Err(Error::Refused(_)));
            if refused {
                prop_assert_eq!(after[at], before[at], "refused, and {} changed", number);
            } else if act.direction == 2 && result.is_ok() {
                prop_assert_eq!(
                    after[at].0,
                    named,
                    "exactly, account {}: {:?}",
                    number,
                    &act
                );
            } else if act.direction == 0 && named && result.is_ok() {
                prop_assert!(after[at].0, "{number} does not get in: {act:?}");
                prop_assert!(
                    after[at].1 || !act.for_copy,
                    "{number} cannot copy: {act:?}"
                );
            }
        }
        verify_agrees(&scene).await?;
        if result.is_ok() {
            world.clear_calls();
            prop_assert!(scene.sharer().share(&request).await.unwrap().is_empty());
            prop_assert_eq!(scene.writes(), 0);
        }
    }
    Ok(())
}
