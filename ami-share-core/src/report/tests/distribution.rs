use serde_json::json;

use crate::backend::simulator::{ImageSpec, NewKey, World};
use crate::distribution::Distribution;
use crate::error::Error;
use crate::report::html;
use crate::sharer::SimulatedSharer;
use crate::{ApplyOptions, Distributor};

fn scene() -> (World, SimulatedSharer, Distribution) {
    let (world, owner) = (World::new(), "999999999999".parse().unwrap());
    let region = "us-east-1".parse().unwrap();
    let elsewhere = "eu-west-1".parse().unwrap();
    let key = world.create_key(&elsewhere, owner, NewKey::new());
    world.create_alias("alias/golden", &key).unwrap();
    let image = world.register_image(&region, owner, ImageSpec::named("golden"));
    let distribution = json!({
        "version": "ami-share/distribution/1",
        "image": {"region": region, "id": image},
        "regions": ["us-east-1", "eu-west-1"],
        "recipients": {"accounts": ["111111111111"]},
        "keys": {"default": "alias/golden"},
        "tags": {"image": {"<script>": "&"}},
    });
    let distribution = Distribution::from_json(&distribution.to_string()).unwrap();
    let sharer = SimulatedSharer::new(world.backend(owner));
    (world, sharer, distribution)
}

#[tokio::test(start_paused = true)]
async fn a_distribution_tells_what_it_would_do_and_what_it_did() {
    let (_, sharer, distribution) = scene();
    let plan = sharer.plan_distribution(&distribution).await.unwrap();
    let text = plan.to_string();
    for part in [
        "shared in 2 Regions, 1 principal",
        "eu-west-1  999999999999  copy        \"golden\" under arn:aws:kms:eu-west-1",
        "us-east-1  999999999999  share       with 1 principal, in 1 call",
        "In eu-west-1 the image is shared when the owner's copy is there.",
        "Plan: 1 copy to make, 1 call to share, 1 setting to make.",
    ] {
        assert!(text.contains(part), "no `{part}` in:\n{text}");
    }
    let page = html::distribution_plan(&plan);
    assert!(page.contains("&lt;script&gt; = &amp;"), "{page}");
    assert!(!page.contains("<script"), "{page}");
    let verified = sharer.verify_distribution(&distribution).await.unwrap();
    let text = verified.to_string();
    assert!(text.contains("it is not there"), "{text}");
    assert!(
        text.ends_with("Not as asked for: see the rows marked `no`.\n"),
        "{text}"
    );

    let options = ApplyOptions::just_planned();
    let report = sharer.apply_distribution(&plan, &options).await.unwrap();
    let text = report.to_string();
    assert!(text.contains("copied, shared in 2 calls"), "{text}");
    assert!(text.ends_with("Done: 2 shards, 5 writes.\n"), "{text}");
    assert!(html::distribution_report(&report).contains("<td>done</td>"));
    let shard = report.shards()[0].to_string();
    assert!(
        shard.contains("Done: owner 999999999999/eu-west-1"),
        "{shard}"
    );
    assert!(html::shard_report(&report.shards()[0]).contains("owner"));

    let plan = sharer.plan_distribution(&distribution).await.unwrap();
    let text = plan.to_string();
    assert!(
        text.ends_with("Nothing to do: everything is as asked for.\n"),
        "{text}"
    );
    let verified = sharer.verify_distribution(&distribution).await.unwrap();
    let text = verified.to_string();
    assert!(
        text.ends_with("Verified: everything is as asked for.\n"),
        "{text}"
    );
    assert!(html::distribution_verification(&verified).contains("1 principal launch"));
}

#[tokio::test(start_paused = true)]
async fn a_shard_that_failed_says_why_in_its_row() {
    let (world, sharer, distribution) = scene();
    let plan = sharer.plan_distribution(&distribution).await.unwrap();
    world.deny("999999999999".parse().unwrap(), "ModifyImageAttribute");
    let options = ApplyOptions::just_planned();
    let applied = sharer.apply_distribution(&plan, &options).await;
    let Err(Error::DistributionIncomplete(report)) = applied else {
        panic!("{applied:?}");
    };
    let text = report.to_string();
    assert!(text.contains("incomplete  owner"), "{text}");
    assert!(text.contains("UnauthorizedOperation"), "{text}");
    assert!(text.contains("Incomplete: 0 of 2 shards done"), "{text}");
}
