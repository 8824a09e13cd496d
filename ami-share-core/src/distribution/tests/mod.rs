//! Each test states what a writer of distributions can rely on.

mod document;
mod mutated;
mod problems;
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
