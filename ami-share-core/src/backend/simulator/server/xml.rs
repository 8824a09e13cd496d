use std::borrow::Cow;

use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesEnd, BytesStart, BytesText, Event};

use super::super::call::Service;
use super::super::refusal::Refusal;

/// An element of an answer
#[derive(Clone, Debug)]
pub(crate) struct Element {
    name: Cow<'static, str>,
    namespace: Option<&'static str>,
    content: Content,
}

#[derive(Clone, Debug)]
enum Content {
    Text(Cow<'static, str>),
    Elements(Vec<Element>),
}

impl Element {
    pub(crate) fn new(name: impl Into<Cow<'static, str>>, fields: Vec<Self>) -> Self {
        Self {
            name: name.into(),
            namespace: None,
            content: Content::Elements(fields),
        }
    }

    pub(crate) fn text(
        name: impl Into<Cow<'static, str>>,
        text: impl Into<Cow<'static, str>>,
    ) -> Self {
        Self {
            name: name.into(),
            namespace: None,
            content: Content::Text(text.into()),
        }
    }

    pub(crate) fn flag(name: &'static str, flag: bool) -> Self {
        Self::text(name, if flag { "true" } else { "false" })
    }

    /// One of the items of an EC2 list
    pub(crate) fn item(fields: Vec<Self>) -> Self {
        Self::new("item", fields)
    }

    /// A list of EC2
    pub(crate) fn list(name: &'static str, items: impl IntoIterator<Item = Self>) -> Self {
        Self::new(name, items.into_iter().collect())
    }

    pub(crate) fn in_namespace(self, namespace: &'static str) -> Self {
        Self {
            namespace: Some(namespace),
            ..self
        }
    }

    pub(crate) fn to_bytes(&self) -> Vec<u8> {
        let mut writer = Writer::new(Vec::new());
        // INVARIANT: writing into memory does not fail.
        let written = writer
            .write_event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)))
            .and_then(|()| self.write(&mut writer));
        written.unwrap_or_else(|error| unreachable!("{error}"));
        writer.into_inner()
    }

    fn write(&self, writer: &mut Writer<Vec<u8>>) -> std::io::Result<()> {
        let mut start = BytesStart::new(self.name.as_ref());
        if let Some(namespace) = self.namespace {
            start.push_attribute(("xmlns", namespace));
        }
        match &self.content {
            Content::Elements(elements) if elements.is_empty() => {
                writer.write_event(Event::Empty(start))
            }
            Content::Elements(elements) => {
                writer.write_event(Event::Start(start))?;
                for element in elements {
                    element.write(writer)?;
                }
                writer.write_event(Event::End(BytesEnd::new(self.name.as_ref())))
            }
            Content::Text(text) => {
                writer.write_event(Event::Start(start))?;
                writer.write_event(Event::Text(BytesText::from_escaped(escaped(text))))?;
                writer.write_event(Event::End(BytesEnd::new(self.name.as_ref())))
            }
        }
    }
}

/// Whether XML 1.0 can hold a character
pub(crate) fn is_allowed(character: char) -> bool {
    matches!(character, '\t' | '\n' | '\r' | ' '..='\u{FFFD}' | '\u{10000}'..)
}

/// A reader would take a carriage return for a line break, if it were not escaped
fn escaped(text: &str) -> Cow<'_, str> {
    let is_plain = |c: char| is_allowed(c) && !matches!(c, '<' | '>' | '&' | '"' | '\'' | '\r');
    if text.chars().all(is_plain) {
        return text.into();
    }
    let mut escaped = String::with_capacity(text.len() + 16);
    for character in text.chars() {
        match character {
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '&' => escaped.push_str("&amp;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&apos;"),
            '\r' => escaped.push_str("&#13;"),
            character if is_allowed(character) => escaped.push(character),
            _ => escaped.push(char::REPLACEMENT_CHARACTER),
        }
    }
    escaped.into()
}

/// What IAM and STS answer
pub(crate) fn query_response(
    service: Service,
    action: &str,
    fields: Vec<Element>,
    request_id: &str,
) -> Element {
    let namespace = match service {
        Service::Iam => "https://iam.amazonaws.com/doc/2010-05-08/",
        _ => "https://sts.amazonaws.com/doc/2011-06-15/",
    };
    Element::new(
        format!("{action}Response"),
        vec![
            Element::new(format!("{action}Result"), fields),
            Element::new(
                "ResponseMetadata",
                vec![Element::text("RequestId", request_id.to_owned())],
            ),
        ],
    )
    .in_namespace(namespace)
}

/// How IAM and STS refuse
pub(crate) fn query_error(refusal: &Refusal, request_id: &str) -> Element {
    Element::new(
        "ErrorResponse",
        vec![
            Element::new(
                "Error",
                vec![
                    Element::text(
                        "Type",
                        if refusal.status() < 500 {
                            "Sender"
                        } else {
                            "Receiver"
                        },
                    ),
                    Element::text("Code", refusal.code.clone()),
                    Element::text("Message", refusal.message.clone()),
                ],
            ),
            Element::text("RequestId", request_id.to_owned()),
        ],
    )
}
