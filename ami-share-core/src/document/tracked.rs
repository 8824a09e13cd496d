//! A deserializer around another one that knows where it is, and what to leave out.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::fmt;

use serde::de::value::StrDeserializer;
use serde::de::{
    DeserializeSeed, Deserializer, Error, Expected, IgnoredAny, IntoDeserializer, MapAccess,
    SeqAccess, Visitor,
};

use super::at::At;
use super::repair::Repairs;
use super::slip::{Raised, SlipKind, expectation};

/// What all levels of one reading share
#[derive(Debug)]
pub(super) struct Reader<'r> {
    pub(super) repairs: &'r Repairs,
    /// What went wrong, while the parser underneath passes on an error of its own
    raised: RefCell<Option<Raised>>,
}

impl<'r> Reader<'r> {
    pub(super) fn new(repairs: &'r Repairs) -> Self {
        Self {
            repairs,
            raised: RefCell::new(None),
        }
    }

    /// Hands an error to the parser underneath
    fn pass<E: Error>(&self, raised: Raised) -> E {
        self.raised.replace(Some(raised));
        E::custom("see what was raised")
    }

    /// What an error of the parser stands for: the one that it was handed, or its own
    fn back<E: fmt::Display>(&self, error: E, at: &At<'_>, expected: &str) -> Raised {
        let own = || Raised {
            path: Some(at.path()),
            kind: SlipKind::Value {
                problem: one_line(&error.to_string()),
                expected: expectation(expected),
            },
        };
        self.raised.take().unwrap_or_else(own)
    }
}

/// Without the place, which is told beside it
fn one_line(text: &str) -> String {
    let line = text.lines().next().unwrap_or_default();
    let end = line.rfind(" at line ").unwrap_or(line.len());
    line.get(..end).unwrap_or(line).to_owned()
}

/// A deserializer at its place
pub(super) struct Tracked<'p, D> {
    pub(super) inner: D,
    pub(super) reader: &'p Reader<'p>,
    pub(super) at: &'p At<'p>,
}

macro_rules! forward {
    ($($method:ident($($argument:ident: $type:ty),*))*) => {
        $(
            fn $method<V: Visitor<'de>>(
                self,
                $($argument: $type,)*
                visitor: V,
            ) -> Result<V::Value, Self::Error> {
                let (reader, at) = (self.reader, self.at);
                let expected = (&visitor as &dyn Expected).to_string();
                let visitor = TrackedVisitor { visitor, reader, at };
                let result = self.inner.$method($($argument,)* visitor);
                result.map_err(|error| reader.back(error, at, &expected))
            }
        )*
    };
}

impl<'de, D: Deserializer<'de>> Deserializer<'de> for Tracked<'_, D> {
    type Error = Raised;

    forward! {
        deserialize_any()
        deserialize_bool()
        deserialize_i8()
        deserialize_i16()
        deserialize_i32()
        deserialize_i64()
        deserialize_u8()
        deserialize_u16()
        deserialize_u32()
        deserialize_u64()
        deserialize_f32()
        deserialize_f64()
        deserialize_char()
        deserialize_str()
        deserialize_string()
        deserialize_bytes()
        deserialize_byte_buf()
        deserialize_option()
        deserialize_unit()
        deserialize_unit_struct(name: &'static str)
        deserialize_newtype_struct(name: &'static str)
        deserialize_seq()
        deserialize_tuple(length: usize)
        deserialize_tuple_struct(name: &'static str, length: usize)
        deserialize_map()
        deserialize_identifier()
        deserialize_ignored_any()
    }

    /// From a map alone: serde's derived code would take a list of the fields' values too
    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Self::Error> {
        self.deserialize_map(MapAlone(visitor))
    }

    /// By its word: documents have no other variants
    fn deserialize_enum<V: Visitor<'de>>(
        self,
        name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Self::Error> {
        let at = self.at;
        let word = <String as serde::Deserialize>::deserialize(self)?;
        let word: StrDeserializer<'_, Raised> = word.as_str().into_deserializer();
        word.deserialize_enum(name, variants, visitor)
            .map_err(|raised| raised.at(|| at.path()))
    }
}

struct MapAlone<V>(V);

impl<'de, V: Visitor<'de>> Visitor<'de> for MapAlone<V> {
    type Value = V::Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.expecting(f)
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
        self.0.visit_map(map)
    }
}

/// What a type does with a value, at its place
struct TrackedVisitor<'p, V> {
    visitor: V,
    reader: &'p Reader<'p>,
    at: &'p At<'p>,
}

macro_rules! visit {
    ($($method:ident($type:ty))*) => {
        $(
            fn $method<E: Error>(self, value: $type) -> Result<Self::Value, E> {
                let (reader, at) = (self.reader, self.at);
                let result = self.visitor.$method(value);
                result.map_err(|raised: Raised| reader.pass(raised.at(|| at.path())))
            }
        )*
    };
}

impl<'de, V: Visitor<'de>> Visitor<'de> for TrackedVisitor<'_, V> {
    type Value = V::Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.visitor.expecting(f)
    }

    visit! {
        visit_bool(bool)
        visit_i64(i64)
        visit_i128(i128)
        visit_u64(u64)
        visit_u128(u128)
        visit_f64(f64)
        visit_str(&str)
        visit_borrowed_str(&'de str)
        visit_string(String)
    }

    fn visit_unit<E: Error>(self) -> Result<Self::Value, E> {
        let (reader, at) = (self.reader, self.at);
        let result = self.visitor.visit_unit();
        result.map_err(|raised: Raised| reader.pass(raised.at(|| at.path())))
    }

    fn visit_none<E: Error>(self) -> Result<Self::Value, E> {
        let (reader, at) = (self.reader, self.at);
        let result = self.visitor.visit_none();
        result.map_err(|raised: Raised| reader.pass(raised.at(|| at.path())))
    }

    fn visit_some<D: Deserializer<'de>>(self, inner: D) -> Result<Self::Value, D::Error> {
        let (reader, at) = (self.reader, self.at);
        let result = self.visitor.visit_some(Tracked { inner, reader, at });
        result.map_err(|raised| reader.pass(raised.at(|| at.path())))
    }

    fn visit_newtype_struct<D: Deserializer<'de>>(self, inner: D) -> Result<Self::Value, D::Error> {
        let (reader, at) = (self.reader, self.at);
        let result = self
            .visitor
            .visit_newtype_struct(Tracked { inner, reader, at });
        result.map_err(|raised| reader.pass(raised.at(|| at.path())))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, inner: A) -> Result<Self::Value, A::Error> {
        let (reader, at) = (self.reader, self.at);
        let items = TrackedSeq {
            inner,
            reader,
            at,
            next: 0,
        };
        let result = self.visitor.visit_seq(items);
        result.map_err(|raised| reader.pass(raised.at(|| at.path())))
    }

    fn visit_map<A: MapAccess<'de>>(self, inner: A) -> Result<Self::Value, A::Error> {
        let (reader, at) = (self.reader, self.at);
        let map = TrackedMap {
            inner,
            reader,
            at,
            key: String::new(),
            seen: BTreeSet::new(),
        };
        let result = self.visitor.visit_map(map);
        result.map_err(|raised| {
            let place = match &raised.kind {
                SlipKind::Twice { key } => at.field(key).path(),
                _ => at.path(),
            };
            reader.pass(raised.at(|| place))
        })
    }
}

struct TrackedSeq<'p, A> {
    inner: A,
    reader: &'p Reader<'p>,
    at: &'p At<'p>,
    next: usize,
}

impl<'de, A: SeqAccess<'de>> SeqAccess<'de> for TrackedSeq<'_, A> {
    type Error = Raised;

    fn next_element_seed<T: DeserializeSeed<'de>>(
        &mut self,
        seed: T,
    ) -> Result<Option<T::Value>, Raised> {
        let reader = self.reader;
        loop {
            let at = self.at.item(self.next);
            self.next += 1;
            if reader.repairs.is_left_out(&at.path()) {
                let left_out = self.inner.next_element::<IgnoredAny>();
                if left_out
                    .map_err(|error| reader.back(error, &at, "a value"))?
                    .is_none()
                {
                    return Ok(None);
                }
                continue;
            }
            let seed = TrackedSeed {
                seed,
                reader,
                at: &at,
            };
            let item = self.inner.next_element_seed(seed);
            return item.map_err(|error| reader.back(error, &at, "a value"));
        }
    }

    fn size_hint(&self) -> Option<usize> {
        self.inner.size_hint()
    }
}

struct TrackedMap<'p, A> {
    inner: A,
    reader: &'p Reader<'p>,
    at: &'p At<'p>,
    /// The key whose value comes next, as it is written
    key: String,
    seen: BTreeSet<String>,
}

impl<'de, A: MapAccess<'de>> MapAccess<'de> for TrackedMap<'_, A> {
    type Error = Raised;

    fn next_key_seed<K: DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, Raised> {
        let reader = self.reader;
        loop {
            let key = self.inner.next_key::<String>();
            let key = key.map_err(|error| reader.back(error, self.at, "a key"))?;
            let Some(key) = key else {
                return Ok(None);
            };
            let path = self.at.field(&key).path();
            if reader.repairs.is_left_out(&path) {
                let left_out = self.inner.next_value::<IgnoredAny>();
                left_out.map_err(|error| reader.back(error, self.at, "a value"))?;
                continue;
            }
            let name = reader.repairs.name_of(&path, &key);
            if !self.seen.insert(name.to_owned()) {
                let kind = SlipKind::Twice {
                    key: name.to_owned(),
                };
                return Err(Raised {
                    path: Some(path),
                    kind,
                });
            }
            let name: StrDeserializer<'_, Raised> = name.into_deserializer();
            let read = seed
                .deserialize(name)
                .map_err(|raised| raised.at(|| path))?;
            self.key = key;
            return Ok(Some(read));
        }
    }

    fn next_value_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<T::Value, Raised> {
        let (reader, at) = (self.reader, self.at.field(&self.key));
        let seed = TrackedSeed {
            seed,
            reader,
            at: &at,
        };
        let value = self.inner.next_value_seed(seed);
        value.map_err(|error| reader.back(error, &at, "a value"))
    }
}

struct TrackedSeed<'p, T> {
    seed: T,
    reader: &'p Reader<'p>,
    at: &'p At<'p>,
}

impl<'de, T: DeserializeSeed<'de>> DeserializeSeed<'de> for TrackedSeed<'_, T> {
    type Value = T::Value;

    fn deserialize<D: Deserializer<'de>>(self, inner: D) -> Result<T::Value, D::Error> {
        let (reader, at) = (self.reader, self.at);
        let value = self.seed.deserialize(Tracked { inner, reader, at });
        value.map_err(|raised| reader.pass(raised.at(|| at.path())))
    }
}
