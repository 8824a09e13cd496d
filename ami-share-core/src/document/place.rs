use std::cell::RefCell;
use std::fmt;

use serde::de::{
    DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Unexpected, Visitor,
};

use super::at::Part;

/// Fails where the path ends, so that the parser tells the line
#[derive(Clone, Copy)]
pub(super) struct Place<'a> {
    pub(super) path: &'a [Part],
    /// Whether the end is the key instead of its value
    pub(super) at_key: bool,
    /// What stands at the end, once it was reached
    pub(super) found: &'a RefCell<Option<String>>,
}

impl Place<'_> {
    fn here<E: Error>(self, found: Unexpected<'_>) -> E {
        self.found.replace(Some(in_words(found)));
        E::custom("it is here")
    }

    /// At a value that is no map and no list
    fn end<E: Error>(self, found: Unexpected<'_>) -> Result<(), E> {
        if self.path.is_empty() {
            return Err(self.here(found));
        }
        Err(E::custom("nothing is below"))
    }
}

impl<'de> DeserializeSeed<'de> for Place<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Place<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("nothing")
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<(), E> {
        self.end(Unexpected::Bool(value))
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<(), E> {
        self.end(Unexpected::Signed(value))
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<(), E> {
        self.end(Unexpected::Unsigned(value))
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<(), E> {
        self.end(Unexpected::Float(value))
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<(), E> {
        self.end(Unexpected::Str(value))
    }

    fn visit_unit<E: Error>(self) -> Result<(), E> {
        self.end(Unexpected::Unit)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let [Part::Field(name), rest @ ..] = self.path else {
            return Err(self.here(Unexpected::Map));
        };
        let rest = Place { path: rest, ..self };
        let key = Key { name, rest };
        while let Some(is_here) = map.next_key_seed(key)? {
            if is_here {
                return map.next_value_seed(rest);
            }
            map.next_value::<IgnoredAny>()?;
        }
        Err(A::Error::custom("there is no such key"))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<(), A::Error> {
        let [Part::Item(index), rest @ ..] = self.path else {
            return Err(self.here(Unexpected::Seq));
        };
        for _ in 0..*index {
            items.next_element::<IgnoredAny>()?;
        }
        items.next_element_seed(Place { path: rest, ..self })?;
        Err(A::Error::custom("there is no such item"))
    }
}

/// Whether a key is the one on the path
#[derive(Clone, Copy)]
struct Key<'a> {
    name: &'a str,
    rest: Place<'a>,
}

impl<'de> DeserializeSeed<'de> for Key<'_> {
    type Value = bool;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<bool, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl Visitor<'_> for Key<'_> {
    type Value = bool;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a key")
    }

    fn visit_str<E: Error>(self, key: &str) -> Result<bool, E> {
        if key == self.name && self.rest.at_key && self.rest.path.is_empty() {
            return Err(self.rest.here(Unexpected::Str(key)));
        }
        Ok(key == self.name)
    }
}

/// What a value is, in the words of one who writes a file
pub(super) fn in_words(found: Unexpected<'_>) -> String {
    match found {
        Unexpected::Bool(value) => format!("`{value}`"),
        Unexpected::Unsigned(value) => format!("the number `{value}`"),
        Unexpected::Signed(value) => format!("the number `{value}`"),
        Unexpected::Float(value) => format!("the number `{value}`"),
        Unexpected::Char(value) => format!("the text `{value}`"),
        Unexpected::Str(value) => {
            let mut text: String = value.chars().take(100).collect();
            if text.len() < value.len() {
                text.push('…');
            }
            format!("the text `{}`", text.replace('\n', " "))
        }
        Unexpected::Unit | Unexpected::Option => "nothing".to_owned(),
        Unexpected::Seq => "a list".to_owned(),
        Unexpected::Map => "a map of keys".to_owned(),
        other => other.to_string(),
    }
}
