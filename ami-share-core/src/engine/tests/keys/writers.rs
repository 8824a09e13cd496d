//! Several writers on one key policy, which KMS does not let anybody compare and swap.

use std::sync::Arc;
use std::time::Duration;

use super::*;
use crate::backend::simulator::Faults;

const WRITERS: u64 = 8;

/// Each writer shares an image of its own under the one key, with accounts of its own
async fn rounds(rounds: u64, settle_time: Duration, latency: Faults) {
    let under: Vec<&[usize]> = vec![&[0]; WRITERS as usize];
    let locked = Arc::new(Locked::new(1, &under));
    locked.scene.world.set_faults(latency);
    let writers: Vec<_> = (0..WRITERS)
        .map(|writer| {
            let locked = locked.clone();
            tokio::spawn(async move {
                let scene = &locked.scene;
                let options = EngineOptions::default().with_key_settle_time(settle_time);
                let sharer = BackendSharer::with_options(scene.backend(), options);
                let image = &scene.images[writer as usize];
                for round in 1..=rounds {
                    let request = ShareRequest::builder()
                        .region(&scene.region)
                        .image(image)
                        .account(account(1_000 * writer + round))
                        .build()
                        .unwrap();
                    sharer.share(&request).await.unwrap();
                    if round % 3 == 0 {
                        sharer.revoke(&request).await.unwrap();
                    }
                }
            })
        })
        .collect();
    for writer in writers {
        writer.await.unwrap();
    }
    let expected: Vec<AccountId> = (0..WRITERS)
        .flat_map(|writer| (1..=rounds).map(move |round| (writer, round)))
        .filter(|(_, round)| round % 3 != 0)
        .map(|(writer, round)| account(1_000 * writer + round))
        .collect();
    let found: Vec<AccountId> = locked.ours(0).account_ids().copied().collect();
    assert_eq!(found, expected);
    let puts = locked.scene.world.calls();
    let puts = puts.iter().filter(|call| call.operation == "PutKeyPolicy");
    let alone = WRITERS * (rounds + rounds / 3);
    assert!(
        puts.count() as u64 > alone,
        "they did not get into each other's way"
    );
}

#[tokio::test(start_paused = true)]
async fn promise_8_eight_writers_of_one_key_policy_lose_nothing_of_each_other_s() {
    for seed in 0..6 {
        let latency = Duration::from_millis(30);
        let latency = Faults::none().seed(seed).latency(latency, latency * 2);
        rounds(12, Duration::from_millis(250), latency).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn promise_8_eight_writers_on_several_threads_lose_nothing_of_each_other_s() {
    let latency = Duration::from_millis(1);
    let latency = Faults::none().latency(latency, latency * 3);
    rounds(4, Duration::from_millis(100), latency).await;
}
