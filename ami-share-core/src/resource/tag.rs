use std::collections::BTreeMap;

/// Tags by key, in the order of their keys
pub type Tags = BTreeMap<String, String>;

/// Why EC2 would not take a tag
/// ([tag restrictions](https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/Using_Tags.html#tag-restrictions))
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum TagProblem {
    /// The key is empty
    #[error("a tag key is empty: give it 1 to 127 characters")]
    EmptyKey,
    /// The key starts with `aws:`, in any case
    #[error("tag key `{key}` starts with `aws:`, which is AWS's own: choose another prefix")]
    ReservedKey {
        /// The key
        key: String,
    },
    /// The key is over 127 characters
    #[error("tag key `{key}` has {characters} characters: shorten it to 127")]
    LongKey {
        /// The key
        key: String,
        /// Its length in characters
        characters: usize,
    },
    /// The value is over 256 characters
    #[error("the value of tag `{key}` has {characters} characters: shorten it to 256")]
    LongValue {
        /// The key
        key: String,
        /// The value's length in characters
        characters: usize,
    },
    /// There are more than 50 of them
    #[error("{count} tags are given: a resource holds at most 50")]
    TooMany {
        /// How many
        count: usize,
    },
}

impl TagProblem {
    /// The most user tags a resource can have
    pub const MOST: usize = 50;
    const KEY_CHARACTERS: usize = 127;
    pub(crate) const VALUE_CHARACTERS: usize = 256;

    /// Whether a tag is AWS's own: it is not counted and cannot be written
    pub fn is_reserved(key: &str) -> bool {
        key.get(..4)
            .is_some_and(|start| start.eq_ignore_ascii_case("aws:"))
    }

    /// All that is wrong with a set of tags by itself
    pub fn find_in(tags: &Tags) -> Vec<Self> {
        let mut problems = Vec::new();
        if tags.len() > Self::MOST {
            problems.push(Self::TooMany { count: tags.len() });
        }
        for (key, value) in tags {
            if key.is_empty() {
                problems.push(Self::EmptyKey);
            }
            if Self::is_reserved(key) {
                problems.push(Self::ReservedKey { key: key.clone() });
            }
            let characters = key.chars().count();
            if characters > Self::KEY_CHARACTERS {
                problems.push(Self::LongKey {
                    key: key.clone(),
                    characters,
                });
            }
            let characters = value.chars().count();
            if characters > Self::VALUE_CHARACTERS {
                problems.push(Self::LongValue {
                    key: key.clone(),
                    characters,
                });
            }
        }
        problems
    }
}
