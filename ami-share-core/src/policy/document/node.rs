use std::borrow::Cow;
use std::ops::Range;

/// A value and where it stands in the text
#[derive(Clone, Debug)]
pub(in crate::policy) struct Node {
    pub(in crate::policy) range: Range<usize>,
    pub(in crate::policy) value: Json,
}

#[derive(Clone, Debug)]
pub(in crate::policy) enum Json {
    Bool,
    List(Vec<Node>),
    Null,
    Number,
    Object(Vec<Member>),
    Text { escaped: bool },
}

#[derive(Clone, Debug)]
pub(in crate::policy) struct Member {
    pub(in crate::policy) name: Node,
    pub(in crate::policy) value: Node,
}

impl Node {
    /// The value as it stands in the text
    pub(in crate::policy) fn raw<'a>(&self, text: &'a str) -> &'a str {
        text.get(self.range.clone()).unwrap_or_default()
    }

    /// What a string says; the text of a boolean or number
    pub(in crate::policy) fn text<'a>(&self, text: &'a str) -> Cow<'a, str> {
        let raw = self.raw(text);
        match self.value {
            // INVARIANT: the escapes were read once when the text was parsed.
            Json::Text { escaped: true } => {
                Cow::Owned(serde_json::from_str(raw).unwrap_or_default())
            }
            Json::Text { escaped: false } => {
                Cow::Borrowed(raw.get(1..raw.len() - 1).unwrap_or_default())
            }
            _ => Cow::Borrowed(raw),
        }
    }

    /// The members of an object; none of anything else
    pub(in crate::policy) fn members(&self) -> &[Member] {
        match &self.value {
            Json::Object(members) => members,
            _ => &[],
        }
    }

    pub(in crate::policy) fn member(&self, text: &str, name: &str) -> Option<&Node> {
        self.members()
            .iter()
            .find(|member| member.name.text(text) == name)
            .map(|member| &member.value)
    }

    /// The items of a list, or the value itself
    pub(in crate::policy) fn items(&self) -> &[Node] {
        match &self.value {
            Json::List(items) => items,
            _ => std::slice::from_ref(self),
        }
    }
}
