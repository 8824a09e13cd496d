mod copies;
#[cfg(feature = "distribution")]
mod distribution;

use super::html;
use crate::backend::simulator::{ImageSpec, NewKey, World};
use crate::error::Error;
use crate::id::{AccountId, KeyArn};
use crate::outcome::Report;
use crate::policy::KeyPolicy;
use crate::policy::evaluate::{Caller, Layers, Request, evaluate};
use crate::principal::{Principal, PrincipalSet};
use crate::request::{KeyAccess, ParameterRequest, ShareRequest, ShareRequestBuilder};
use crate::sharer::{Sharer, SimulatedSharer};

struct Scene {
    sharer: SimulatedSharer,
    request: ShareRequestBuilder,
    world: World,
}

fn scene() -> Scene {
    let (world, owner) = (World::new(), "999999999999".parse().unwrap());
    let region = "us-east-1".parse().unwrap();
    let image = world.register_image(&region, owner, ImageSpec::named("<b>golden</b>"));
    Scene {
        sharer: SimulatedSharer::new(world.backend(owner)),
        request: ShareRequest::builder()
            .region(&region)
            .image(&image)
            .account("111111111111"),
        world,
    }
}

#[tokio::test]
async fn html_shows_what_comes_from_outside_and_never_runs_it() {
    let Scene {
        sharer, request, ..
    } = scene();
    let request = request.tag("<script>", "\"&'").build().unwrap();
    let plan = sharer.plan(&request).await.unwrap();
    let page = html::plan(&plan);
    assert!(
        page.contains("+ &lt;script&gt; = &quot;&amp;&#39;"),
        "{page}"
    );
    assert!(!page.contains("<script"), "{page}");
    assert!(page.contains("<td>ModifyImageAttribute</td>"), "{page}");
    let report = sharer.share(&request).await.unwrap();
    assert!(html::report(&report).contains("Done: 2 calls, read back."));
    let verification = sharer.verify(&request).await.unwrap();
    let page = html::verification(&verification);
    assert!(page.contains("<td>111111111111</td><td>yes</td>"), "{page}");
}

#[tokio::test]
async fn an_empty_plan_says_so_and_has_no_table() {
    let Scene {
        sharer, request, ..
    } = scene();
    let request = request.build().unwrap();
    sharer.share(&request).await.unwrap();
    let plan = sharer.plan(&request).await.unwrap();
    assert!(
        plan.to_string()
            .ends_with("Nothing to do: everything is as asked for.\n"),
        "{plan}"
    );
    assert!(!html::plan(&plan).contains("<table>"));
}

#[tokio::test]
async fn a_report_says_what_failed_with_the_request_id() {
    let Scene {
        sharer,
        request,
        world,
    } = scene();
    let request = request.build().unwrap();
    world.deny("999999999999".parse().unwrap(), "ModifyImageAttribute");
    let Err(Error::Incomplete(report)) = sharer.share(&request).await else {
        panic!("it was done");
    };
    let text = report.to_string();
    assert!(text.contains("Incomplete: 0 of 1 call done."), "{text}");
    assert!(text.contains("UnauthorizedOperation"), "{text}");
    assert!(text.contains("request sim-"), "{text}");
}

#[test]
fn html_of_policies_and_decisions_never_runs_what_comes_from_outside() {
    let text = r#"{"Statement": {"Sid": "<b>no</b>", "Effect": "Deny", "Principal": "*",
        "Action": "kms:*", "Resource": "*"}}"#;
    let policy = KeyPolicy::parse(text).unwrap();
    let shown = html::key_policy(&policy);
    assert!(
        shown.contains("1 statement, 0 of ours; 115 of 32768 bytes"),
        "{shown}"
    );
    assert!(shown.contains("&lt;b&gt;no&lt;/b&gt;"), "{shown}");

    let caller = Caller::root("111111111111".parse().unwrap());
    let request = Request::new(caller, "kms:Decrypt", "*", "111111111111".parse().unwrap());
    let typed = policy.to_policy().unwrap();
    let decision = evaluate(&request, &Layers::none().resource(&typed));
    assert_eq!(
        html::decision(&decision),
        "<div class=\"ami-share\"><p>denied</p><ul><li>resource policy, statement 0 \
         `&lt;b&gt;no&lt;/b&gt;`: denies</li></ul></div>"
    );
}

#[tokio::test]
async fn the_columns_of_a_table_line_up() {
    let Scene {
        sharer, request, ..
    } = scene();
    let request = request.account("222222222222").build().unwrap();
    let text = sharer.verify(&request).await.unwrap().to_string();
    let lines: Vec<&str> = text.lines().collect();
    let column = |line: &str, word: &str| line.find(word).unwrap();
    assert_eq!(
        column(lines[0], "principal"),
        column(lines[1], "111111111111")
    );
    assert_eq!(column(lines[0], "can launch"), column(lines[2], "no"));
    assert_eq!(column(lines[0], "why"), column(lines[1], "it has no"));
}

#[tokio::test]
async fn a_parameter_is_named_in_text_and_html() {
    let Scene {
        sharer, request, ..
    } = scene();
    let request = request.build().unwrap();
    let (region, images) = request.images().iter().next().unwrap();
    let image = images.iter().next().unwrap();
    let request = ParameterRequest::builder("/golden/web").image_in(region, image);
    let request = request.build().unwrap();
    let report = sharer.put_image_parameters(&request).await.unwrap();
    assert!(report.to_string().contains("parameter /golden/web"));
    let page = html::parameters(&report);
    assert!(page.contains("parameter /golden/web: Done: 1 of"), "{page}");
}

/// An image under a key of its owner, which is not its default key
fn under_a_key(world: &World) -> (KeyArn, ShareRequestBuilder) {
    let (owner, region) = (
        "999999999999".parse().unwrap(),
        "us-east-1".parse().unwrap(),
    );
    let key = world.create_key(&region, owner, NewKey::new());
    let spec = ImageSpec::named("secret").encrypted_with(&key);
    let image = world.register_image(&region, owner, spec);
    let request = ShareRequest::builder().region(&region).image(&image);
    (key, request)
}

fn numbered(count: u64) -> impl Iterator<Item = AccountId> {
    (1..=count).map(|number| format!("{number:012}").parse().unwrap())
}

#[tokio::test]
async fn a_plan_shows_the_statements_that_change_in_a_key_policy_and_cuts_long_lists() {
    let Scene { sharer, world, .. } = scene();
    let (key, request) = under_a_key(&world);
    let first = request.clone().account("222222222222").build().unwrap();
    sharer.share(&first).await.unwrap();
    let plan = sharer
        .plan(&request.accounts(numbered(30)).build().unwrap())
        .await
        .unwrap();
    let text = plan.to_string();
    let shown = |part: &str| assert!(text.contains(part), "no `{part}` in:\n{text}");
    shown(&format!("~ policy of {key}  # recipients need the key"));
    shown("statements: 0 added, 2 changed, 0 removed, 1 unchanged");
    shown("~ statement `AmiShareAccountsUse`:");
    shown("+   Principal.AWS: 000000000020\n        +   … and 10 more\n");
    shown("    Principal.AWS: 1 unchanged");
    shown("Plan: 30 to add, 0 to remove, 1 key policy to change, in 2 calls.");
    assert!(!text.contains("000000000021"), "{text}");
    assert!(!text.contains("Enable IAM User Permissions"), "{text}");

    let page = html::plan(&plan);
    assert!(
        page.contains(&format!("<td>+30 -0 of {key}</td>")),
        "{page}"
    );
    assert!(
        page.contains("<ins>+   Principal.AWS: 000000000020</ins>\n<ins>+   … and 10 more</ins>"),
        "{page}"
    );
}

#[tokio::test]
async fn grants_of_a_key_are_counted_in_plans_and_reports() {
    let Scene { sharer, world, .. } = scene();
    let (key, request) = under_a_key(&world);
    let request = request
        .accounts(numbered(30))
        .key_access(KeyAccess::Grant)
        .build()
        .unwrap();
    let plan = sharer.plan(&request).await.unwrap();
    let text = plan.to_string();
    let shown = |part: &str| assert!(text.contains(part), "no `{part}` in:\n{text}");
    shown(&format!("+ 30 grants of {key}  # recipients need the key"));
    shown("+ arn:aws:iam::000000000020:root\n        + … and 10 more\n");
    shown("Plan: 30 to add, 0 to remove, 30 grants to make, in 31 calls.");
    assert_eq!(html::plan(&plan).matches("<td>CreateGrant</td>").count(), 1);
    let report = sharer.share(&request).await.unwrap().to_string();
    assert!(report.contains(&format!("{key}  30 grants")), "{report}");
    assert!(report.contains("Done: 31 calls, read back."), "{report}");
}

#[tokio::test]
async fn a_verification_names_the_layer_that_says_no_with_its_mend() {
    let Scene { sharer, world, .. } = scene();
    let (key, request) = under_a_key(&world);
    let request = request
        .account("222222222222")
        .key_access(KeyAccess::Leave)
        .build()
        .unwrap();
    sharer.share(&request).await.unwrap();
    let verification = sharer.verify(&request).await.unwrap();
    let text = verification.to_string();
    let said = format!(
        "  key policy          no      neither the policy nor a grant of `{key}` allows \
         kms:CreateGrant\n                              mend: call PutKeyPolicy with a statement \
         for it, or CreateGrant with GranteePrincipal arn:aws:iam::222222222222:root\n"
    );
    assert!(text.contains("222222222222 cannot launch ami-"), "{text}");
    assert!(text.contains(&said), "{text}");
    // Layers that let it in, and what only copying needs, are no reason.
    for other in [
        "  image state",
        "  launch permission",
        "  snapshot permission",
    ] {
        assert!(!text.contains(other), "{text}");
    }
    let page = html::verification(&verification);
    assert!(page.contains("<td>key policy</td><td>no</td>"), "{page}");
}

#[tokio::test]
async fn an_explanation_tells_every_layer_of_every_principal() {
    let Scene { sharer, world, .. } = scene();
    let (_, request) = under_a_key(&world);
    let request = request.account("222222222222").build().unwrap();
    sharer.share(&request).await.unwrap();
    let (region, ids) = request.images().first_key_value().unwrap();
    let image = ids.first().unwrap();
    let asked = PrincipalSet::from_iter(
        ["222222222222", "333333333333"].map(|id| Principal::Account(id.parse().unwrap())),
    );
    let text = sharer
        .explain(region, image, &asked)
        .await
        .unwrap()
        .to_string();
    for part in [
        &format!("222222222222 can launch {image}, and cannot copy it:\n  image state         yes"),
        &format!("\n333333333333 cannot launch {image}, and cannot copy it:\n"),
        "  launch permission   no      it has no launch permission\n",
        "mend: call ModifyImageAttribute to add `333333333333`\n",
        "  key state           yes     ",
        "\n1 of 2 principals can launch.\n",
    ] {
        assert!(text.contains(part), "no `{part}` in:\n{text}");
    }
    assert!(!text.contains("as asked for"), "{text}");
    let gone = "ami-0123456789abcdef0".parse().unwrap();
    let gone = sharer.explain(region, &gone, &asked).await;
    assert!(gone.unwrap().to_string().contains("was not found in"));
}

#[tokio::test]
async fn a_report_that_was_saved_reads_back_equal() {
    let Scene {
        sharer, request, ..
    } = scene();
    let report = sharer.share(&request.build().unwrap()).await.unwrap();
    let saved = serde_json::to_string(&report).unwrap();
    assert_eq!(serde_json::from_str::<Report>(&saved).unwrap(), report);
}
