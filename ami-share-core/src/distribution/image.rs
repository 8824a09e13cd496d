use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::text::text_of_file;
use crate::id::{ImageId, Region};
use crate::resource::Tags;

/// Which image is distributed, as a file says it: a Region and exactly one of `id`, `parameter` and
/// `newest`
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[cfg_attr(test, schemars(extend("oneOf" = [
    {"required": ["id"]}, {"required": ["parameter"]}, {"required": ["newest"]}
])))]
#[serde(deny_unknown_fields)]
pub struct DraftImage {
    /// The Region that the image is in
    pub region: Region,
    /// The image's id, or `ssm:` and the name of a parameter that holds it, such as `ssm:/golden/web`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<ImageRef>,
    /// The name of the parameter of Systems Manager, in the same Region, that holds the image's id
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parameter: Option<ParameterName>,
    /// The newest image of the account that the name and the tags fit
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub newest: Option<ImageFilter>,
}

/// The image that is distributed
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct SourceImage {
    /// The Region that it is in
    pub region: Region,
    /// How it is found there
    pub by: ImageSource,
}

/// How the image is found in its Region
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum ImageSource {
    /// By its id
    Id(ImageId),
    /// By a parameter of Systems Manager that holds its id
    Parameter(ParameterName),
    /// By its name and tags: of the account's own images that fit, the one with the latest creation
    /// date
    Newest(ImageFilter),
}

/// The account's own images that the name and all tags fit
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct ImageFilter {
    /// The image's name, in the pattern of EC2's filters: `*` for any text, `?` for one character
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Tags that the image has, by key
    #[serde(default, skip_serializing_if = "Tags::is_empty")]
    pub tags: Tags,
}

impl ImageFilter {
    /// Whether it says nothing, and so would take any image
    pub fn is_empty(&self) -> bool {
        self.name.is_none() && self.tags.is_empty()
    }
}

/// An image id, or `ssm:` and the name of a parameter that holds it
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum ImageRef {
    /// The id itself
    Id(ImageId),
    /// The parameter that holds it
    Parameter(ParameterName),
}

impl FromStr for ImageRef {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text.strip_prefix("ssm:") {
            Some(name) => name.parse().map(Self::Parameter),
            None => text.parse().map(Self::Id).map_err(|_| {
                format!(
                    "`{text}` is not an image: give `ami-` and 8 or 17 hexadecimal digits, or `ssm:` \
                     and the name of a parameter"
                )
            }),
        }
    }
}

impl fmt::Display for ImageRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Id(id) => id.fmt(f),
            Self::Parameter(name) => write!(f, "ssm:{name}"),
        }
    }
}

text_of_file!(ImageRef);

/// The name of a parameter of Systems Manager, such as `/golden/web`; a version or a label may stand
/// behind it, as in `/golden/web:3`
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub struct ParameterName(String);

impl ParameterName {
    /// The most characters that Systems Manager takes
    const CHARACTERS: usize = 1011;

    /// The name as text
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for ParameterName {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (name, selector) = match text.split_once(':') {
            Some((name, selector)) => (name, Some(selector)),
            None => (text, None),
        };
        let is_taken = |byte: u8| byte.is_ascii_alphanumeric() || b"._-/".contains(&byte);
        let is_name = (1..=Self::CHARACTERS).contains(&name.len()) && name.bytes().all(is_taken);
        let is_selector = |text: &str| {
            let is_taken = |byte: u8| byte.is_ascii_alphanumeric() || b"._-".contains(&byte);
            (1..=100).contains(&text.len()) && text.bytes().all(is_taken)
        };
        if is_name && selector.is_none_or(is_selector) {
            Ok(Self(text.to_owned()))
        } else {
            Err(format!(
                "`{text}` is not the name of a parameter: give letters, digits and `._-/`, such as \
                 `/golden/web`"
            ))
        }
    }
}

impl fmt::Display for ParameterName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

text_of_file!(ParameterName);
