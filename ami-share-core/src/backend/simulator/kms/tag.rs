//! Tags of keys.

use std::collections::BTreeMap;

use super::super::call::Caller;
use super::super::refusal::Refusal;
use super::super::state::State;
use super::authorize::Ask;
use super::find::Naming;
use super::kind::check_length;
use super::page::{Limit, Paging};
use crate::backend::Page;

/// The most tags of one key
const MOST: usize = 50;

impl State {
    pub(crate) fn tag_key(
        &mut self,
        caller: Caller<'_>,
        key_id: &str,
        tags: &[(String, String)],
    ) -> Result<(), Refusal> {
        const ACTION: &str = "kms:TagResource";
        let tags = check_tags(tags)?;
        let arn = self.resolve(caller, key_id, Naming::Key, ACTION)?;
        let ask = Ask::of(caller.identity, ACTION).key_values("aws:TagKeys", tags.keys().cloned());
        let key = self.permit(caller, &arn, ask)?;
        let mut all = key.tags.clone();
        all.extend(tags);
        if all.len() > MOST {
            return Err(too_many());
        }
        self.key_mut(&arn)?.tags = all;
        Ok(())
    }

    pub(crate) fn untag_key(
        &mut self,
        caller: Caller<'_>,
        key_id: &str,
        names: &[String],
    ) -> Result<(), Refusal> {
        const ACTION: &str = "kms:UntagResource";
        for name in names {
            check_length(name, "tagKeys", 1, 128)?;
        }
        let arn = self.resolve(caller, key_id, Naming::Key, ACTION)?;
        let ask = Ask::of(caller.identity, ACTION).key_values("aws:TagKeys", names.iter().cloned());
        self.permit(caller, &arn, ask)?;
        let tags = &mut self.key_mut(&arn)?.tags;
        tags.retain(|name, _| !names.contains(name));
        Ok(())
    }

    pub(crate) fn list_key_tags(
        &self,
        caller: Caller<'_>,
        key_id: &str,
        paging: &Paging,
    ) -> Result<Page<(String, String)>, Refusal> {
        const ACTION: &str = "kms:ListResourceTags";
        let arn = self.resolve(caller, key_id, Naming::Key, ACTION)?;
        let key = self.permit(caller, &arn, Ask::of(caller.identity, ACTION))?;
        let limit = Limit {
            default: 50,
            most: 50,
        };
        let tags = key.tags.iter();
        let items = tags.map(|(name, value)| (name.clone(), (name.clone(), value.clone())));
        self.page(&(ACTION, &arn), paging, limit, items)
    }
}

/// The tags by key, if KMS takes them
pub(super) fn check_tags(tags: &[(String, String)]) -> Result<BTreeMap<String, String>, Refusal> {
    let mut all = BTreeMap::new();
    for (name, value) in tags {
        check_length(name, "tags.tagKey", 1, 128)?;
        check_length(value, "tags.tagValue", 0, 256)?;
        if name.to_ascii_lowercase().starts_with("aws:") {
            return Err(Refusal::new(
                "TagException",
                "Tag keys that begin with aws: are reserved.",
            ));
        }
        if all.insert(name.clone(), value.clone()).is_some() {
            return Err(Refusal::new("TagException", "Duplicate tag keys"));
        }
    }
    if all.len() > MOST {
        return Err(too_many());
    }
    Ok(all)
}

fn too_many() -> Refusal {
    Refusal::new(
        "LimitExceededException",
        format!("A KMS key has at most {MOST} tags."),
    )
}
