//! Random destinations, requests and failures; what the simulator says of the end.

use proptest::prelude::*;

use super::lease::Lease;
use super::*;

#[derive(Clone, Debug)]
struct Story {
    accounts: Vec<u64>,
    own: bool,
    regions: Vec<usize>,
    owner_makes: bool,
    closes: bool,
    keeps: bool,
    images_at_once: usize,
    share_with: Vec<u64>,
    takes: u64,
    time_limit: Option<u32>,
    failing: Vec<u64>,
    broken: Option<(usize, u8)>,
}

const REGIONS: [&str; 3] = ["us-east-1", "eu-west-1", "ap-southeast-2"];

prop_compose! {
    fn story()(
        accounts in prop::collection::btree_set(1_u64..=3, 0..=3),
        regions in prop::collection::btree_set(0_usize..3, 1..=3),
        (own, owner_makes, closes, keeps) in any::<(bool, bool, bool, bool)>(),
        images_at_once in 1_usize..4,
        share_with in prop::collection::btree_set(1_u64..=5, 0..=2),
        takes in 0_u64..8,
        time_limit in prop::option::weighted(0.3, 1_u32..12),
        failing in prop::collection::vec(1_u64..8, 0..3),
        broken in prop::option::of((0_usize..70, 0_u8..5)),
    ) -> Story {
        Story {
            own: own || accounts.is_empty(),
            accounts: accounts.into_iter().collect(),
            regions: regions.into_iter().collect(),
            owner_makes,
            closes,
            keeps,
            images_at_once,
            share_with: share_with.into_iter().collect(),
            takes,
            time_limit,
            failing,
            broken,
        }
    }
}

impl Story {
    fn request(&self, lease: &Lease) -> CopyRequestBuilder {
        let scene = &lease.scene;
        let request = CopyRequest::builder()
            .source(&scene.scene.region, &scene.scene.images[0])
            .to_regions(self.regions.iter().map(|region| REGIONS[*region]))
            .to_accounts(self.accounts.iter().map(|number| account(*number)))
            .share_with(self.share_with.iter().map(|number| account(*number)))
            .key(ALIAS);
        let request = if self.own {
            request.to_own_account()
        } else {
            request
        };
        let request = if self.owner_makes {
            request.made_by(CopyMaker::Owner)
        } else {
            request
        };
        let request = if self.closes {
            request.source_access(SourceAccess::Close)
        } else {
            request
        };
        if self.keeps {
            request.on_failure(OnFailure::Keep)
        } else {
            request
        }
    }

    fn fault(&self) -> Option<(usize, Fault)> {
        let (at, fault) = self.broken?;
        let fault = match fault {
            0 => Fault::LoseAnswer,
            1 => Fault::LoseRequest,
            2 => Fault::Code("UnauthorizedOperation"),
            3 => Fault::Code("InternalError"),
            _ => Fault::Code("RequestLimitExceeded"),
        };
        Some((at, fault))
    }
}

/// Nobody launches a copy but its owner, the account that it is for, and who is named
fn nobody_else_gets_in(story: &Story, lease: &Lease) -> Result<(), TestCaseError> {
    for made in lease.scene.there() {
        for number in (1..=5).chain([STRANGER]) {
            let who = account(number);
            let world = &lease.scene.scene.world;
            let judged = world.can_launch(&made.region, who, &made.image);
            let may = made.owner == who
                || story.share_with.contains(&number)
                || story.owner_makes && story.accounts.contains(&number);
            prop_assert!(
                may || !judged.allowed,
                "promise 1: {number} {made:?} {judged:?}"
            );
        }
    }
    Ok(())
}

async fn told(story: Story) -> Result<(), TestCaseError> {
    let lease = Lease::over(&REGIONS).await;
    let scene = &lease.scene;
    let faults = Faults::none().copies_take(minutes(story.takes), minutes(story.takes));
    let fails = |faults: Faults, copy: &u64| faults.copy_fails(*copy, "no reason");
    scene
        .scene
        .world
        .set_faults(story.failing.iter().fold(faults, fails));
    let limits = limits(|limits| {
        limits.images = story.images_at_once;
        limits.minutes = story.time_limit.unwrap_or(limits.minutes);
    });
    let request = story.request(&lease).limits(limits).build().unwrap();
    let mut faulty = scene.scene.faulty();
    if let Some((at, fault)) = story.fault() {
        faulty = faulty.fail_any(at, fault);
    }
    let result = scene.sharer_of(faulty).copy(&request).await;
    let copies_may_leave = match &result {
        Ok(report) => {
            prop_assert!(report.is_complete());
            false
        }
        Err(Error::CopyIncomplete(report)) => {
            prop_assert!(!report.is_complete());
            let is_told = !report.left_open().is_empty()
                || report.closed().iter().any(|closed| !closed.is_complete());
            let is_within = lease.now().is_within(&lease.before);
            prop_assert!(
                !story.closes || is_told || is_within,
                "promise 1: {:?}",
                lease.now()
            );
            let text = format!("{report:?}");
            text.contains("Left {") || text.contains("no answer")
        }
        Err(Error::Api(_) | Error::CopyRefused(_) | Error::Refused(_)) => {
            prop_assert_eq!(scene.scene.writes(), 0, "promise 4: {:?}", &result);
            false
        }
        Err(other) => return Err(TestCaseError::fail(format!("{other:?}"))),
    };
    if result.is_ok() && story.closes {
        prop_assert!(
            lease.now().is_within(&lease.before),
            "promise 1: {:?}",
            lease.now()
        );
    }
    nobody_else_gets_in(&story, &lease)?;
    if !story.keeps && !copies_may_leave {
        let there = scene.there();
        let is_fine = |made: &Made| made.state == ImageState::Available;
        prop_assert!(there.iter().all(is_fine), "{there:#?} {result:?}");
        prop_assert!(
            scene.orphans().is_empty(),
            "{:?} {result:?}",
            scene.orphans()
        );
    }

    // Again without faults and limits, and every copy is there once and works.
    scene.scene.world.set_faults(Faults::none());
    scene.scene.world.advance(minutes(60));
    let request = story.request(&lease).build().unwrap();
    let report = scene.sharer().copy(&request).await;
    let report = report.map_err(|error| TestCaseError::fail(format!("{error:?}")))?;
    prop_assert!(report.is_complete());
    nobody_else_gets_in(&story, &lease)?;
    let mut digests: Vec<String> = Vec::new();
    for made in scene.there() {
        if made.state == ImageState::Available {
            digests.push(made.digest);
        }
    }
    let wanted = request.destinations().len();
    prop_assert_eq!(digests.len(), wanted, "promise 8: {:#?}", scene.made());
    digests.sort_unstable();
    digests.dedup();
    prop_assert_eq!(digests.len(), wanted, "promise 8");
    scene.lose_the_source_key();
    for copy in report.copies() {
        let image = copy.image.as_ref().unwrap();
        let who = copy.destination.account.unwrap_or(copy.account);
        let world = &scene.scene.world;
        let judged = world.can_launch(&copy.destination.region, who, image);
        prop_assert!(judged.allowed, "{copy:?} {judged:?}");
    }
    scene.scene.world.clear_calls();
    scene.sharer().copy(&request).await.unwrap();
    prop_assert_eq!(scene.scene.writes(), 0, "promise 5");
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn promises_1_2_5_and_8_hold_for_copies_whatever_fails(story in story()) {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_time()
            .start_paused(true)
            .build()
            .unwrap();
        runtime.block_on(told(story))?;
    }
}
