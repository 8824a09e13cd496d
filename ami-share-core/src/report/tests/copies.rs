use super::html;
use crate::backend::simulator::{Faults, ImageSpec, NewKey, World};
use crate::error::Error;
use crate::id::{AccountId, ImageId, Region};
use crate::outcome::CopyReport;
use crate::plan::CopyPlan;
use crate::request::{CopyMaker, CopyRequest, CopyRequestBuilder, SourceAccess};
use crate::{Roles, Sharer, SimulatedSharer};

/// The owner of an encrypted image, and an account with a role and a key
struct Scene {
    world: World,
    sharer: SimulatedSharer,
    image: ImageId,
}

const RECIPIENT: &str = "222222222222";

fn scene() -> Scene {
    let world = World::new();
    let owner: AccountId = "999999999999".parse().unwrap();
    let recipient: AccountId = RECIPIENT.parse().unwrap();
    let region: Region = "us-east-1".parse().unwrap();
    for account in [owner, recipient] {
        let key = world.create_key(&region, account, NewKey::new());
        world.create_alias("alias/golden", &key).unwrap();
    }
    let spec = ImageSpec::named("<b>golden</b>").encrypted_snapshot();
    let image = world.register_image(&region, owner, spec);
    let trust = r#"{"Version": "2012-10-17", "Statement": [{"Effect": "Allow",
        "Action": "sts:AssumeRole", "Principal": {"AWS": "arn:aws:iam::999999999999:root"}}]}"#;
    let role = world.create_role(recipient, "AmiShare", trust).unwrap();
    let policy = r#"{"Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}"#;
    world.put_role_policy(&role, "all", policy).unwrap();
    let roles = Roles::builder().template("arn:aws:iam::{account}:role/AmiShare");
    let sharer = SimulatedSharer::new(world.backend(owner));
    Scene {
        sharer: sharer.with_roles(roles.build().unwrap()),
        world,
        image,
    }
}

impl Scene {
    fn request(&self) -> CopyRequestBuilder {
        CopyRequest::builder()
            .source("us-east-1", &self.image)
            .name("golden {region}")
            .key("alias/golden")
    }

    async fn plan(&self, request: CopyRequestBuilder) -> CopyPlan {
        let request = request.build().unwrap();
        self.sharer.plan_copies(&request).await.unwrap()
    }

    async fn incomplete(&self, request: CopyRequestBuilder) -> CopyReport {
        match self.sharer.copy(&request.build().unwrap()).await {
            Err(Error::CopyIncomplete(report)) => *report,
            other => panic!("{other:?}"),
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_plan_of_copies_tells_each_copy_and_what_is_opened() {
    let scene = scene();
    let request = scene.request().to_account(RECIPIENT);
    let request = request.source_access(SourceAccess::Close);
    let plan = scene.plan(request.clone()).await;
    let text = plan.to_string();
    let shown = |part: &str| assert!(text.contains(part), "no `{part}` in:\n{text}");
    shown(&format!(
        "Copy {} \"<b>golden</b>\" of us-east-1: 1 copy\n",
        scene.image
    ));
    shown("destination             account       copy  key");
    shown("222222222222/us-east-1  222222222222        arn:aws:kms:us-east-1:222222222222:key/");
    shown("  to make  \"golden us-east-1\"\n");
    shown(
        "The source is opened for the accounts that copy it, and closed again when the copies have \
         ended:\n\nShare: 1 image, 1 principal\n",
    );
    shown(&plan.open().unwrap().to_string());
    assert!(text.ends_with("\nPlan: 1 copy to make.\n"), "{text}");

    let page = html::copy_plan(&plan);
    assert!(page.contains("<td>to make</td>"), "{page}");
    assert!(page.contains("<td>ModifyImageAttribute</td>"), "{page}");
    let closed = page.matches("<div").count() == page.matches("</div>").count();
    assert!(closed && page.starts_with("<div class=\"ami-share\"><p>Plan: 1 copy to make.</p>"));

    scene.sharer.copy(&request.build().unwrap()).await.unwrap();
    let kept = scene.request().to_account(RECIPIENT);
    let plan = scene.plan(kept.clone()).await;
    let text = plan.to_string();
    assert!(text.contains("  available  \"golden us-east-1\""), "{text}");
    assert!(!text.contains("opened"), "{text}");
    let nothing = "Nothing to do: every copy is there, as asked for.\n";
    assert!(text.ends_with(nothing), "{text}");
    let more = kept.image_tag("stage", "live").share_with(["333333333333"]);
    let text = scene.plan(more).await.to_string();
    assert!(text.contains("lacks CreateTags, for 1 principal"), "{text}");
    assert!(text.contains("Copies of 222222222222 that are there are shared:\n\nShare: "));
    let summary = "Plan: 0 copies to make, 1 there already, 1 to set on those.\n";
    assert!(text.ends_with(summary), "{text}");
}

#[tokio::test(start_paused = true)]
async fn a_report_of_copies_tells_what_was_opened_and_closed() {
    let scene = scene();
    let request = scene.request().to_account(RECIPIENT);
    let request = request.source_access(SourceAccess::Close).build().unwrap();
    let report = scene.sharer.copy(&request).await.unwrap();
    let text = report.to_string();
    let shown = |part: &str| assert!(text.contains(part), "no `{part}` in:\n{text}");
    shown("222222222222/us-east-1  222222222222  ami-");
    shown("  copied   request sim-");
    shown("\nThe source was opened:\n\noutcome  Region     call");
    shown("\nThe source was closed again:\n\noutcome  Region     call");
    assert!(
        text.ends_with("\nDone: 1 copied, 0 there already.\n"),
        "{text}"
    );
    let page = html::copy_report(&report);
    assert!(page.contains("<td>copied</td>"), "{page}");
    assert!(
        page.contains("<p>The source was closed again:</p><div"),
        "{page}"
    );
    let saved = serde_json::to_string(&report).unwrap();
    assert_eq!(serde_json::from_str::<CopyReport>(&saved).unwrap(), report);
}

#[tokio::test(start_paused = true)]
async fn a_report_of_copies_tells_why_one_failed_what_to_do_and_what_is_left() {
    let scene = scene();
    let reason = "<i>Given key ID is not accessible.</i>";
    scene.world.set_faults(Faults::none().copy_fails(1, reason));
    let owner = "999999999999".parse().unwrap();
    scene.world.deny(owner, "DeleteSnapshot");
    let report = scene.incomplete(scene.request()).await;
    let text = report.to_string();
    let shown = |part: &str| assert!(text.contains(part), "no `{part}` in:\n{text}");
    shown(
        "  failed   <i>Given key ID is not accessible.</i> (let the one who copies use both keys: ",
    );
    shown(", left behind: snap-");
    shown("UnauthorizedOperation");
    shown("Incomplete: 0 of 1 copy as asked for.\n");
    let page = html::copy_report(&report);
    assert!(page.contains("&lt;i&gt;Given key ID"), "{page}");
    assert!(!page.contains("<i>"), "{page}");
}

#[tokio::test(start_paused = true)]
async fn a_report_of_copies_notes_what_is_left_open() {
    let scene = scene();
    let fault = crate::backend::simulator::Fault::on("ModifyImageAttribute").call(2);
    let faults = Faults::none().with(fault.refused_with("UnauthorizedOperation"));
    scene.world.set_faults(faults);
    let request = scene.request().to_account(RECIPIENT);
    let request = request.source_access(SourceAccess::Close);
    let text = scene.incomplete(request).await.to_string();
    let summary = "Incomplete: 1 of 1 copy as asked for; the source was not closed again.\n";
    assert!(text.contains(summary), "{text}");
}

#[tokio::test(start_paused = true)]
async fn long_lists_of_copies_are_cut_and_none_that_failed_is() {
    let scene = scene();
    scene
        .world
        .set_faults(Faults::none().copy_fails(29, "no reason"));
    let accounts = (1..=30).map(|number| format!("{number:012}"));
    let request = scene.request().to_accounts(accounts);
    let request = request.name("{name} {account}").made_by(CopyMaker::Owner);
    let request = request.name("{account}");
    let plan = scene.plan(request.clone()).await;
    let text = plan.to_string();
    assert_eq!(text.matches("  to make  ").count(), 20);
    assert!(text.contains("\n… and 10 more\n"), "{text}");
    let report = scene.incomplete(request).await;
    let text = report.to_string();
    assert_eq!(text.matches("  copied   ").count(), 20, "{text}");
    assert_eq!(text.matches("  failed   ").count(), 1, "{text}");
    assert!(text.contains("\n… and 9 more\n"), "{text}");
    assert!(text.contains("Incomplete: 29 of 30 copies as asked for.\n"));
    assert_eq!(
        html::copy_report(&report)
            .matches("<td>copied</td>")
            .count(),
        20
    );
}
