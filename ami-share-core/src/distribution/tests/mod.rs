//! Each test states what a writer of distributions can rely on.

mod document;
mod image_builder;
mod mutated;
mod packer;
mod problems;
mod rules;
mod schema;

use super::*;

const YAML: &str = include_str!("../../../../examples/distributions/golden-image.yaml");
const TOML: &str = include_str!("../../../../examples/distributions/share.toml");
const JSON: &str = include_str!("../../../../examples/distributions/copy.json");

fn id<T: std::str::FromStr>(text: &str) -> T
where
    T::Err: std::fmt::Debug,
{
    text.parse().unwrap()
}

/// What was not taken over, as `field: why`
fn not_taken(imported: &Imported) -> Vec<String> {
    imported.not_taken.iter().map(ToString::to_string).collect()
}

/// One thing that was not taken over, by the beginning of its field and a part of the reason
#[track_caller]
fn leaves(imported: &Imported, field: &str, why: &str) {
    let left = not_taken(imported);
    let is_it = |text: &&String| text.starts_with(&format!("`{field}`")) && text.contains(why);
    assert!(
        left.iter().any(|text| is_it(&text)),
        "{field}: {why}\n{left:#?}"
    );
}
