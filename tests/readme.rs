//! The Rust test of the README's "Test your own code against it", as it stands there.
#![allow(clippy::panic, clippy::unwrap_used)]

// <README>
use ami_share_core::backend::simulator::World;
use ami_share_core::{Error, ShareRequest, Sharer, SimulatedSharer};

#[tokio::test]
async fn a_new_customer_can_launch_the_golden_image() -> Result<(), Error> {
    let world = World::load_file("examples/worlds/organization.yaml").unwrap();
    let (region, customer) = ("eu-central-1".parse()?, "555566667777".parse()?);
    let image = "ami-0a1b2c3d4e5f60001".parse()?;
    assert!(!world.can_launch(&region, customer, &image).allowed);
    let sharer = SimulatedSharer::new(world.backend("222233334444".parse()?));
    release_to(&sharer, "555566667777").await?; // your code, which takes a `&dyn Sharer`
    assert!(world.can_launch(&region, customer, &image).allowed);
    Ok(())
}
// </README>

async fn release_to(sharer: &dyn Sharer, customer: &str) -> Result<(), Error> {
    let request = ShareRequest::builder()
        .region("eu-central-1")
        .image("ami-0a1b2c3d4e5f60001")
        .account(customer)
        .build()?;
    sharer.share(&request).await.map(drop)
}

#[test]
fn the_readme_shows_this_test() {
    let source = include_str!("readme.rs");
    let shown = source.split("// <README>\n").nth(1).unwrap();
    let shown = shown.split("// </README>\n").next().unwrap();
    assert!(include_str!("../README.md").contains(&format!("\n{shown}```\n")));
}

/// Its features are those that the test is built with, and all of core's are told
#[test]
fn the_features_that_are_needed_are_told() {
    let readme = include_str!("../README.md");
    let needed = "[dev-dependencies]\nami-share-core = { path = \"ami-share-core\", features = [\"simulator-server\"] }\n";
    let (_, after) = readme
        .split_once("## Test your own code against it")
        .unwrap();
    assert!(after.contains(needed));
    let told = include_str!("../ami-share-core/src/lib.rs");
    let manifest = include_str!("../ami-share-core/Cargo.toml");
    let (_, features) = manifest.split_once("\n[features]\n").unwrap();
    let (features, _) = features.split_once("\n[").unwrap();
    let names = features.lines().filter_map(|line| line.split_once(" = "));
    for (name, _) in names.filter(|(name, _)| *name != "default") {
        assert!(told.contains(&format!("`{name}`")), "`{name}` is not told");
    }
}

/// A promise is guarded by what the page names: files, and tests that start with a name or are it
#[test]
fn the_architecture_names_files_and_tests_that_are_there() {
    let page = include_str!("../ARCHITECTURE.md");
    let promises = page.split("## Promises and their tests").nth(1).unwrap();
    let everywhere = ["ami-share-core/src", "tests", "ami-share-py/tests"];
    let everywhere: String = everywhere
        .into_iter()
        .map(|root| text_under(root.as_ref()))
        .collect();
    let core = std::path::Path::new("ami-share-core/src");
    let mut tests = 0;
    for row in promises.lines().filter(|line| line.starts_with("| ")) {
        let mut place = std::path::PathBuf::new();
        for word in row.split('`').skip(1).step_by(2) {
            if word.contains('/') || word.ends_with(".rs") {
                let found = [core.join(word), word.into(), place.with_file_name(word)];
                let found = found.into_iter().find(|path| path.exists());
                place = found.unwrap_or_else(|| panic!("`{word}` is not there: {row}"));
            } else if word.starts_with("promise") {
                assert!(
                    defines(&text_under(&place), word),
                    "`{word}` is not in {place:?}"
                );
                tests += 1;
            } else if word.contains('_') {
                assert!(defines(&everywhere, word), "`{word}` is no test: {row}");
                tests += 1;
            }
        }
    }
    assert!(tests > 50, "{tests} tests were looked for");
}

/// Whether a text has a function of that name, or with `…` behind it one that starts so
fn defines(text: &str, name: &str) -> bool {
    let (name, end) = match name.strip_suffix('…') {
        Some(start) => (start, ""),
        None => (name, "("),
    };
    ["fn", "def"]
        .iter()
        .any(|keyword| text.contains(&format!("{keyword} {name}{end}")))
}

#[test]
fn a_test_that_is_not_there_is_not_taken_for_another() {
    let text = "fn promise_9_no_secret() {}\ndef test_promise_9() -> None:";
    assert!(defines(text, "promise_9_…") && defines(text, "promise_9_no_secret"));
    assert!(defines(text, "test_promise_9"));
    for name in ["promise_9", "promise_8_…", "test_promise_9_…", "no_secret"] {
        assert!(!defines(text, name), "{name}");
    }
}

fn text_under(path: &std::path::Path) -> String {
    if path.is_dir() {
        let entries = std::fs::read_dir(path).unwrap();
        return entries
            .map(|entry| text_under(&entry.unwrap().path()))
            .collect();
    }
    let source = path
        .extension()
        .is_some_and(|end| end == "rs" || end == "py");
    if source {
        std::fs::read_to_string(path).unwrap()
    } else {
        String::new()
    }
}
