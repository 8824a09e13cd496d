//! Every example runs, and shows what it is there to show.
#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used)]

#[cfg(feature = "aws")]
mod support;

use std::path::Path;
use std::process::Command;

/// Runs an example that this test's build has made, and gives what it printed
fn run(name: &str) -> String {
    run_with(name, &[])
}

fn run_with(name: &str, arguments: &[&str]) -> String {
    let test = std::env::current_exe().expect("a test has a path");
    let profile = test
        .ancestors()
        .nth(2)
        .expect("target/<profile>/deps/<test>");
    let example = profile.join("examples").join(name);
    let output = Command::new(&example)
        .args(arguments)
        .env("AWS_ACCESS_KEY_ID", "moto")
        .env("AWS_SECRET_ACCESS_KEY", "moto")
        .output()
        .unwrap_or_else(|error| panic!("{} does not start: {error}", example.display()));
    let text = String::from_utf8(output.stdout).unwrap();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{name} failed:\n{text}\n{errors}");
    text
}

#[test]
fn quickstart_shares_verifies_and_revokes() {
    let text = run("quickstart");
    let shown = |part: &str| assert!(text.contains(part), "no `{part}` in:\n{text}");
    shown("Plan: 2 to add, 0 to remove, in 2 calls.");
    shown("Verified: everything is as asked for.");
    shown("333333333333 can launch: true");
    shown("444444444444 can launch: false");
    shown("Nothing to do: everything is as asked for.");
    shown("mend: share with accounts instead, or call DisableImageBlockPublicAccess first");
    assert!(text.trim_end().ends_with("or the public)"), "{text}");
}

#[test]
fn encrypted_image_opens_its_key_explains_and_closes_it() {
    let text = run("encrypted_image");
    let shown = |part: &str| assert!(text.contains(part), "no `{part}` in:\n{text}");
    shown("statements: 4 added, 0 changed, 0 removed, 1 unchanged");
    shown("+ statement `AmiShareAccountsUse`:");
    shown("Verified: everything is as asked for.");
    shown("333333333333 can launch: true");
    shown("222222222222 can launch: false");
    shown("222222222222 cannot launch ami-");
    shown("mend: call ModifyImageAttribute to add `222222222222`");
    shown("is an AWS managed key, which cannot be shared");
    shown("mend: call CopyImage with a customer managed key as KmsKeyId");
    let (_, revoked) = text.split_once("--- Revoked").unwrap();
    assert_eq!(revoked.matches("can launch: false").count(), 4, "{text}");
}

#[test]
fn copy_image_copies_for_the_owner_and_then_into_recipients() {
    let text = run("copy_image");
    let (owner, recipients) = text.split_once("--- Recipients").unwrap();
    assert!(owner.contains("golden-shareable"), "{text}");
    assert_eq!(
        recipients.matches("can launch its copy").count(),
        4,
        "{text}"
    );
    assert!(
        !recipients.contains("its copy in us-east-1: false"),
        "{text}"
    );
    assert!(
        recipients.contains("can launch the owner's: false"),
        "{text}"
    );
    let (_, again) = text.split_once("--- Again").unwrap();
    assert!(again.contains("Nothing to do"), "{text}");
}

#[cfg(all(feature = "distribution", feature = "simulator-server"))]
#[test]
fn distribute_runs_the_file_that_stands_beside_it() {
    let text = run("distribute");
    let shown = |part: &str| assert!(text.contains(part), "no `{part}` in:\n{text}");
    shown("shared in 3 Regions");
    shown("Done: ");
    assert_eq!(text.matches("can launch ami-").count(), 9, "{text}");
    assert_eq!(text.matches(": true").count(), 6, "{text}");
    shown("Verified: everything is as asked for.");
    shown("Nothing to do: everything is as asked for.");
}

#[test]
fn embed_in_service_runs_its_service() {
    let text = run("embed_in_service");
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines.get(..2), Some(&["Now", "Before"][..]), "{text}");
    assert!(text.contains("an owner always has access"), "{text}");
}

#[test]
fn golden_image_pipeline_reaches_production() {
    let text = run("golden_image_pipeline");
    for part in [
        "== development",
        "== staging",
        "== production",
        "555555555555 can launch: true",
    ] {
        assert!(text.contains(part), "no `{part}` in:\n{text}");
    }
}

#[test]
fn who_may_use_this_key_says_who_why_and_what_is_suspicious() {
    let text = run("who_may_use_this_key");
    for part in [
        "111122223333:root: allowed\n  resource policy, statement 0 `Enable IAM User Permissions`",
        "role/Intern: denied\n  resource policy, statement 4 `Not for interns`: denies",
        "role/Builder: unknown",
        "`AIDAEXAMPLEID12345678` is the id of a role or user that was deleted",
        "statement `Look at it in our OU`: it is open to every AWS account",
    ] {
        assert!(text.contains(part), "no `{part}` in:\n{text}");
    }
    let told = run_with(
        "who_may_use_this_key",
        &["--context", "aws:PrincipalOrgID=o-exampleorg1"],
    );
    assert!(told.contains("policy by itself: direct"), "{told}");
}

#[cfg(feature = "aws")]
#[tokio::test]
async fn share_on_aws_plans_shares_and_revokes_on_moto() {
    let moto = support::Moto::start().await;
    let image = moto.register_image("golden").await;
    let example = |extra: &[&str]| {
        let common = [
            "--region",
            "us-east-1",
            "--image",
            image.as_str(),
            "--principal",
        ];
        let endpoint = ["222222222222", "--endpoint-url", moto.endpoint()];
        run_with("share_on_aws", &[&common, &endpoint[..], extra].concat())
    };
    let shown = |text: &str, part: &str| assert!(text.contains(part), "no `{part}` in:\n{text}");
    let planned = example(&["--plan-only"]);
    shown(&planned, "+ 222222222222");
    assert!(!planned.contains("Done"), "{planned}");
    let shared = example(&["--for-copy"]);
    shown(&shared, "Done: 2 calls, read back.");
    shown(&shared, "Verified: everything is as asked for.");
    shown(&example(&["--for-copy"]), "Nothing to do");
    shown(&example(&["--revoke"]), "Done: 2 calls, read back.");
    shown(&example(&["--revoke"]), "Nothing to do");
}

#[test]
fn every_example_is_short() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples");
    let mut found = 0;
    for entry in folder.read_dir().unwrap() {
        let path = entry.unwrap().path();
        if path
            .extension()
            .is_some_and(|extension| extension == "rs" || extension == "py")
        {
            let lines = std::fs::read_to_string(&path).unwrap().lines().count();
            // A cluster has to be set up and one of its workers lost before there is something to show.
            let most = if path.ends_with("distribute_on_ray.py") {
                180
            } else {
                130
            };
            assert!(lines < most, "{} has {lines} lines", path.display());
            found += 1;
        }
    }
    assert!(found >= 4, "only {found} examples were found");
}

/// The command is for users and for tests in any language: it has to say where it listens, load and
/// save
#[cfg(all(feature = "simulator-server", unix))]
#[test]
fn simulator_serves_a_world_file_and_saves_it_at_the_end() {
    use std::io::{BufRead, BufReader, Read, Write};
    use std::net::TcpStream;
    use std::process::Stdio;

    let test = std::env::current_exe().expect("a test has a path");
    let profile = test
        .ancestors()
        .nth(2)
        .expect("target/<profile>/deps/<test>");
    let saved = profile.join("simulator-example.json");
    let mut server = Command::new(profile.join("examples/simulator"))
        .args([
            "--port",
            "0",
            "--world",
            "examples/worlds/organization.yaml",
            "--save",
        ])
        .arg(&saved)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut endpoint = String::new();
    let stdout = server.stdout.as_mut().unwrap();
    BufReader::new(stdout).read_line(&mut endpoint).unwrap();
    let address = endpoint.trim().strip_prefix("http://").unwrap();

    let mut stream = TcpStream::connect(address).unwrap();
    let request = "GET /_simulator/health HTTP/1.1\r\nHost: s\r\nConnection: close\r\n\r\n";
    stream.write_all(request.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 200 OK"), "{answer}");

    let id = server.id().to_string();
    assert!(Command::new("kill").arg(&id).status().unwrap().success());
    assert!(server.wait().unwrap().success());
    let text = std::fs::read_to_string(&saved).unwrap();
    let world: serde_json::Value = serde_json::from_str(&text).unwrap();
    let id = world.pointer("/organizations/0/id").unwrap();
    assert_eq!(id, "o-exampleorg1");
}

#[cfg(feature = "simulator-server")]
#[test]
fn simulator_says_what_it_takes_and_what_it_does_not() {
    assert!(run_with("simulator", &["--help"]).contains("--world FILE"));
    let test = std::env::current_exe().expect("a test has a path");
    let profile = test
        .ancestors()
        .nth(2)
        .expect("target/<profile>/deps/<test>");
    for (arguments, status, expected) in [
        (&["--moon"][..], 2, "--moon"),
        (&["--port", "many"], 2, "many"),
        (
            &["--world", "/nowhere/world.yaml"],
            1,
            "/nowhere/world.yaml: the file cannot be read",
        ),
        (&["--world", "Cargo.toml"], 1, "line 1"),
    ] {
        let output = Command::new(profile.join("examples/simulator"))
            .args(arguments)
            .output()
            .unwrap();
        let errors = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(status), "{errors}");
        assert!(errors.contains(expected), "{errors}");
        assert!(output.stdout.is_empty());
    }
}
