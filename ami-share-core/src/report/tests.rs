use super::html;
use crate::backend::simulator::{ImageSpec, World};
use crate::error::Error;
use crate::policy::KeyPolicy;
use crate::policy::evaluate::{Caller, Layers, Request, evaluate};
use crate::request::{ShareRequest, ShareRequestBuilder};
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
