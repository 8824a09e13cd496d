use std::fmt;
use std::str::FromStr;

use super::text::text_of_file;
use crate::id::{AccountId, IamPrincipalArn, Region};

/// A text in which `{name}`, `{region}`, `{account}` and `{source}` stand for what they say of one copy
///
/// ```
/// use ami_share_core::distribution::Template;
///
/// let template: Template = "/golden/{name}/{region}".parse()?;
/// assert!("{nane}".parse::<Template>().is_err());
/// # let _ = template;
/// # Ok::<(), String>(())
/// ```
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub struct Template(String);

/// What the words of a [`Template`] stand for
#[derive(Clone, Copy, Debug)]
pub struct TemplateValues<'a> {
    /// `{name}`: the name of the distributed image
    pub name: &'a str,
    /// `{region}`: the Region of the copy, or of the image that is shared
    pub region: &'a Region,
    /// `{account}`: the account that the copy, or the parameter, belongs to
    pub account: AccountId,
    /// `{source}`: the id of the distributed image
    pub source: &'a str,
}

impl Template {
    /// The words that can stand in braces
    pub const WORDS: [&'static str; 4] = ["name", "region", "account", "source"];

    /// The template as it was written
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The text with each word replaced
    pub fn fill(&self, values: TemplateValues<'_>) -> String {
        fill(&self.0, |word| match word {
            "name" => Some(values.name.to_owned()),
            "region" => Some(values.region.to_string()),
            "account" => Some(values.account.to_string()),
            "source" => Some(values.source.to_owned()),
            _ => None,
        })
    }

    /// The text around the words
    pub(super) fn literal(&self) -> String {
        fill(&self.0, |_| Some(String::new()))
    }
}

impl Default for Template {
    /// The image's own name
    fn default() -> Self {
        Self("{name}".to_owned())
    }
}

impl FromStr for Template {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        check(text, &Self::WORDS)?;
        Ok(Self(text.to_owned()))
    }
}

impl fmt::Display for Template {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

text_of_file!(Template);

/// The ARN of a role in each recipient account, with `{account}` in the place of the account's id, such
/// as `arn:aws:iam::{account}:role/AmiShare`
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct RoleTemplate(String);

impl RoleTemplate {
    /// The template as it was written
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The role in one account
    pub fn role(&self, account: AccountId) -> Option<IamPrincipalArn> {
        filled_role(&self.0, account)
    }
}

impl FromStr for RoleTemplate {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        const FORM: &str = "give `arn:aws:iam::{account}:role/<path and name>`";
        check(text, &["account"])?;
        if !text.contains("{account}") {
            return Err(format!(
                "`{text}` names the same role for all accounts: {FORM}"
            ));
        }
        // Any account does: it is the form that is asked for.
        let any = "111122223333".parse::<AccountId>().ok();
        match any.and_then(|account| filled_role(text, account)) {
            Some(_) if text.contains(":{account}:role/") => Ok(Self(text.to_owned())),
            _ => Err(format!("`{text}` is not the ARN of a role: {FORM}")),
        }
    }
}

impl fmt::Display for RoleTemplate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

text_of_file!(RoleTemplate);

fn filled_role(text: &str, account: AccountId) -> Option<IamPrincipalArn> {
    text.replace("{account}", &account.to_string()).parse().ok()
}

/// Whether each brace belongs to a word that there is
fn check(text: &str, words: &[&str]) -> Result<(), String> {
    let expected = || {
        let words: Vec<String> = words.iter().map(|word| format!("`{{{word}}}`")).collect();
        words.join(", ")
    };
    let mut rest = text;
    while let Some(at) = rest.find(['{', '}']) {
        let word = rest
            .get(at..)
            .and_then(|rest| rest.strip_prefix('{'))
            .and_then(|rest| rest.split_once('}'));
        let Some((word, behind)) = word else {
            return Err(format!(
                "`{text}` has a brace without its other one: the words are {}",
                expected()
            ));
        };
        if !words.contains(&word) {
            return Err(format!(
                "`{text}` has `{{{word}}}`, which is no word of a template: the words are {}",
                expected()
            ));
        }
        rest = behind;
    }
    Ok(())
}

/// Replaces each word in braces once, so that braces in a value stay as they are
fn fill(text: &str, value: impl Fn(&str) -> Option<String>) -> String {
    let mut filled = String::new();
    let mut rest = text;
    while let Some((before, behind)) = rest.split_once('{') {
        filled.push_str(before);
        let word = behind.split_once('}');
        match word.and_then(|(word, behind)| Some((value(word)?, behind))) {
            Some((value, behind)) => {
                filled.push_str(&value);
                rest = behind;
            }
            None => {
                filled.push('{');
                rest = behind;
            }
        }
    }
    filled.push_str(rest);
    filled
}
