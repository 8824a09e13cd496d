use std::collections::BTreeMap;

use super::super::field::Field;
use super::Import;
use crate::id::AccountId;

impl Import<'_> {
    pub(super) fn parameters(&mut self, owner: Option<AccountId>) {
        let mut lists: Vec<(String, Vec<Parameter>)> = Vec::new();
        let given: Vec<(String, Option<&Field>)> = self
            .regions
            .iter()
            .map(|one| match &one.parameters {
                Some((at, field)) => (at.clone(), Some(*field)),
                None => (format!("{}.ssmParameterConfigurations", one.at), None),
            })
            .collect();
        for (at, field) in given {
            let mut list = Vec::new();
            for (index, one) in items(field).iter().enumerate() {
                list.extend(self.parameter(&format!("{at}[{index}]"), one, owner));
            }
            lists.push((at, list));
        }
        let mut in_recipients: BTreeMap<String, Vec<AccountId>> = BTreeMap::new();
        let at = lists.first().map(|(at, _)| at.clone()).unwrap_or_default();
        for parameter in self.in_all(&lists) {
            match parameter.account {
                Some(account) => in_recipients
                    .entry(parameter.name)
                    .or_default()
                    .push(account),
                None => {
                    let name = self.take.parsed(&at, &Field::literal(parameter.name));
                    self.take.draft.parameters.owner.extend(name);
                }
            }
        }
        for (name, accounts) in in_recipients {
            let recipients = &self.take.draft.recipients;
            let is_all = recipients.organizations.is_empty()
                && recipients.organizational_units.is_empty()
                && recipients
                    .accounts
                    .iter()
                    .all(|account| accounts.contains(account))
                && accounts
                    .iter()
                    .all(|account| recipients.accounts.contains(account));
            if is_all {
                let name = self.take.parsed(&at, &Field::literal(name));
                self.take.draft.parameters.recipients.extend(name);
            } else {
                let why = format!(
                    "`{name}` is written in some accounts alone, and a distribution writes it in each recipient"
                );
                self.take.leave(at.as_str(), why);
            }
        }
    }

    fn parameter(
        &mut self,
        at: &str,
        field: &Field,
        owner: Option<AccountId>,
    ) -> Option<Parameter> {
        let (key, name) = field
            .find("parameterName")
            .unwrap_or(("parameterName", &Field::Nothing));
        let name = self.take.text(&format!("{at}.{key}"), name)?;
        let account = match field.find("amiAccountId") {
            Some((key, account)) => Some(
                self.take
                    .parsed::<AccountId>(&format!("{at}.{key}"), account)?,
            ),
            None => None,
        };
        let is_image = |kind: &Field| kind.text().as_deref() == Ok("aws:ec2:image");
        if let Some((key, kind)) = field.find("dataType")
            && !is_image(kind)
        {
            let why = "a distribution writes it with data type `aws:ec2:image`";
            self.take.leave(format!("{at}.{key}"), why);
        }
        Some(Parameter {
            account: account.filter(|account| Some(*account) != owner),
            name,
        })
    }
}

fn items(field: Option<&Field>) -> &[Field] {
    match field {
        Some(Field::List(items)) => items,
        _ => &[],
    }
}

/// A parameter, with the account that it is written in if that is not the owner's
#[derive(Clone, PartialEq)]
struct Parameter {
    account: Option<AccountId>,
    name: String,
}

impl std::fmt::Display for Parameter {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.name)
    }
}
