//! No text makes the reader panic, and it takes nothing that the schema refuses.

use std::sync::LazyLock;

use proptest::prelude::*;
use serde_json::Value;

use super::schema::schema;
use super::*;

static SCHEMA: LazyLock<jsonschema::Validator> =
    LazyLock::new(|| jsonschema::validator_for(&schema()).unwrap());

/// A text with some of its bytes taken out, doubled or replaced
fn mutated(text: &'static str) -> impl Strategy<Value = String> {
    let length = text.chars().count();
    let edit = (0..length, 0..4_u8, "[ \\[\\]{}:,\"'#&*\n\t0-9a-z-]|\\PC");
    proptest::collection::vec(edit, 1..4).prop_map(|edits| {
        let mut characters: Vec<char> = text.chars().collect();
        for (at, kind, other) in edits {
            let Some(last) = characters.len().checked_sub(1) else {
                break;
            };
            let at = at.min(last);
            match kind {
                0 => drop(characters.remove(at)),
                1 => characters.insert(at, characters[at]),
                2 => characters.splice(at..=at, other.chars()).for_each(drop),
                _ => characters.truncate(at.max(1)),
            }
        }
        characters.into_iter().collect()
    })
}

/// The examples as JSON, with one value replaced by another one
fn replaced() -> impl Strategy<Value = Value> {
    let values = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        (0..4000_u32).prop_map(Value::from),
        "[a-z{}:/ -]{0,12}|[0-9]{11,13}|us-[a-z]{4}-[0-9]|alias/[a-z]{0,3}".prop_map(Value::from),
        Just(serde_json::json!([])),
        Just(serde_json::json!({})),
        Just(serde_json::json!({"a": "b"})),
    ];
    (0..3_usize, any::<prop::sample::Index>(), values).prop_map(|(example, place, value)| {
        let distribution = match example {
            0 => Distribution::from_yaml(YAML),
            1 => Distribution::from_toml(TOML),
            _ => Distribution::from_json(JSON),
        };
        let mut document = serde_json::to_value(distribution.unwrap()).unwrap();
        let mut pointers = Vec::new();
        pointers_of(&document, String::new(), &mut pointers);
        let pointer = place.get(&pointers);
        *document.pointer_mut(pointer).unwrap() = value;
        document
    })
}

fn pointers_of(value: &Value, at: String, pointers: &mut Vec<String>) {
    pointers.push(at.clone());
    match value {
        Value::Object(fields) => fields.iter().for_each(|(key, value)| {
            let key = key.replace('~', "~0").replace('/', "~1");
            pointers_of(value, format!("{at}/{key}"), pointers);
        }),
        Value::Array(items) => items.iter().enumerate().for_each(|(index, value)| {
            pointers_of(value, format!("{at}/{index}"), pointers);
        }),
        _ => {}
    }
}

/// An error says something, in one line, and stands on a line of the text
fn check(text: &str, read: Result<Distribution, DistributionError>) {
    let Err(error) = read else { return };
    assert!(!error.problems().is_empty());
    let lines = text.split('\n').count() as u64 + 1;
    for problem in error.problems() {
        assert!(
            problem.line.is_none_or(|line| (1..=lines).contains(&line)),
            "{problem}"
        );
        assert!(!problem.problem.is_empty());
    }
}

proptest! {
    #[test]
    fn no_mutated_file_makes_the_reader_panic(yaml in mutated(YAML), toml in mutated(TOML), json in mutated(JSON)) {
        check(&yaml, Distribution::from_yaml(&yaml));
        check(&toml, Distribution::from_toml(&toml));
        check(&json, Distribution::from_json(&json));
    }

    #[test]
    fn no_text_makes_the_reader_panic(text in "(\\PC|\n){0,200}|[a-z: \n{}\\[\\],*&!|>-]{0,60}") {
        check(&text, Distribution::from_yaml(&text));
        check(&text, Distribution::from_toml(&text));
        check(&text, Distribution::from_json(&text));
        let _ = (text.parse::<Template>(), text.parse::<RoleTemplate>(), text.parse::<ImageRef>());
    }

    #[test]
    fn what_the_reader_takes_the_schema_takes(document in replaced()) {
        if Distribution::from_json(&document.to_string()).is_ok() {
            let errors: Vec<String> = SCHEMA.iter_errors(&document).map(|error| error.to_string()).collect();
            prop_assert!(errors.is_empty(), "{document} {errors:?}");
        }
    }
}

#[test]
fn the_examples_are_valid_by_the_schema_as_they_are_written() {
    let yaml: Value = serde_saphyr::from_str(YAML).unwrap();
    let toml: Value = toml::from_str(TOML).unwrap();
    let json: Value = serde_json::from_str(JSON).unwrap();
    for document in [yaml, toml, json] {
        let errors: Vec<String> = SCHEMA
            .iter_errors(&document)
            .map(|error| error.to_string())
            .collect();
        assert!(errors.is_empty(), "{errors:?}");
    }
    let two = serde_json::json!({"version": "ami-share/distribution/1", "recipients": {},
        "image": {"region": "us-east-1", "id": "ami-12345678", "parameter": "/a"}});
    assert!(!SCHEMA.is_valid(&two));
    assert!(!SCHEMA.is_valid(&serde_json::json!({"version": "ami-share/distribution/1"})));
}

proptest! {
    #[test]
    fn no_mutated_file_of_another_tool_makes_an_importer_panic(
        hcl in mutated(super::packer::HCL),
        answer in mutated(super::image_builder::ANSWER),
        text in "\\PC{0,120}|[a-z\"{}\\[\\]=$%:, \n<-]{0,120}",
    ) {
        for text in [&hcl, &answer, &text] {
            let read = [Distribution::from_packer(text), Distribution::from_image_builder(text)];
            for imported in read.into_iter().flatten() {
                let json = imported.distribution.to_json();
                prop_assert_eq!(serde_json::from_str::<DistributionDraft>(&json).unwrap(), imported.distribution);
            }
        }
    }
}
