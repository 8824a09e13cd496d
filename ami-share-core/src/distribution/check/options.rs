use std::collections::BTreeSet;

use super::super::after::DistributionTags;
use super::super::document::Distribution;
use super::super::template::Template;
use super::Checker;
use crate::document::At;
use crate::resource::TagProblem;

impl Checker<'_> {
    pub(super) fn copies(&mut self) {
        let copies = &self.draft.copies;
        let at = At::TOP.field("copies");
        if let Some(minutes) = copies.completion_minutes
            && !((15..=2880).contains(&minutes) && minutes.is_multiple_of(15))
        {
            let problem = format!("EBS does not take {minutes} minutes");
            let expected = "give 15 to 2880 in steps of 15";
            self.wrong(&at.field("completion_minutes"), problem, expected);
        }
        if copies.time_limit_minutes == Some(0) {
            let expected = "give at least 1";
            self.wrong(
                &at.field("time_limit_minutes"),
                "no copy is done in 0 minutes",
                expected,
            );
        }
        if let Some(images) = copies.images_in_flight
            && !(1..=300).contains(&images)
        {
            let problem = format!("{images} copies at once are not possible");
            let expected = "give 1 to 300, which is EC2's quota for a Region";
            self.wrong(&at.field("images_in_flight"), problem, expected);
        }
        if copies.snapshots_in_flight == Some(0) {
            let problem = "without a snapshot in flight nothing is copied";
            self.wrong(&at.field("snapshots_in_flight"), problem, "give at least 1");
        }
        self.image_name(&at.field("name"), &copies.name);
        if let Some(description) = &copies.description
            && description.literal().chars().count() > 255
        {
            let expected = "EC2 takes at most 255 characters";
            self.wrong(
                &at.field("description"),
                "the description is too long",
                expected,
            );
        }
    }

    /// As far as that can be known while the words are not replaced
    fn image_name(&mut self, at: &At<'_>, name: &Template) {
        let literal = name.literal();
        let is_taken = |c: char| c.is_ascii_alphanumeric() || "()[] ./-'@_".contains(c);
        let has_words = literal != name.as_str();
        let expected = "give 3 to 128 letters, digits and `()[] ./-'@_`";
        if let Some(other) = literal.chars().find(|&c| !is_taken(c)) {
            self.wrong(
                at,
                format!("`{other}` cannot be in the name of an image"),
                expected,
            );
        } else if literal.len() > 128 || literal.len() < 3 && !has_words {
            self.wrong(
                at,
                format!("the name has {} characters", literal.len()),
                expected,
            );
        }
    }

    pub(super) fn tags(&mut self) {
        const PREFIX: &str = DistributionTags::SHARED_PREFIX;
        let tags = &self.draft.tags;
        let at = At::TOP.field("tags");
        self.tag_set(&at.field("image"), &tags.image);
        self.tag_set(&at.field("snapshots"), &tags.snapshots);
        self.tag_set(&at.field("recipients"), &tags.recipients);
        let shared = at.field("shared");
        for (key, value) in &tags.shared {
            let at = shared.field(key);
            if let Some(rest) = key.strip_prefix(PREFIX) {
                let problem = format!("`{PREFIX}` is put before each key here");
                self.wrong(&at, problem, format!("give `{rest}` alone"));
                continue;
            }
            let written = [(format!("{PREFIX}{key}"), value.clone())].into();
            if key.is_empty() {
                self.wrong(&at, "a tag key is empty", "give it 1 to 113 characters");
            } else if let Some(problem) = TagProblem::find_in(&written).first() {
                let text = problem.to_string();
                let (problem, expected) = text.split_once(": ").unwrap_or((&text, "change it"));
                self.wrong(&at, problem, expected);
            }
        }
        let distributed = [Distribution::DISTRIBUTED, Distribution::DISTRIBUTED_DATE];
        let mut count = tags.image.len() + tags.shared.len();
        if self.draft.distributed_tags {
            count += distributed.len();
            for key in distributed {
                if tags.image.contains_key(key) {
                    let expected = "take it out, or take `distributed_tags` out";
                    let problem = format!("`distributed_tags` writes the tag `{key}`");
                    self.wrong(&at.field("image").field(key), problem, expected);
                }
            }
        }
        if count > TagProblem::MOST && tags.image.len() <= TagProblem::MOST {
            let problem = format!("the image would get {count} tags");
            self.wrong(
                &at,
                problem,
                format!("a resource holds at most {}", TagProblem::MOST),
            );
        }
    }

    pub(super) fn parameters(&mut self) {
        let draft = self.draft;
        let at = At::TOP.field("parameters");
        let lists = [
            ("owner", &draft.parameters.owner),
            ("recipients", &draft.parameters.recipients),
        ];
        for (field, names) in lists {
            let at = at.field(field);
            let mut seen = BTreeSet::new();
            for (index, name) in names.iter().enumerate() {
                let at = at.item(index);
                if !seen.insert(name) {
                    self.wrong(
                        &at,
                        format!("`{name}` is there twice"),
                        "name each parameter once",
                    );
                }
                self.parameter_name(&at, name);
            }
        }
    }

    /// By the rules of
    /// [`PutParameter`](https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_PutParameter.html)
    fn parameter_name(&mut self, at: &At<'_>, name: &Template) {
        let literal = name.literal();
        let text = name.as_str();
        let is_taken = |c: char| c.is_ascii_alphanumeric() || "._-/".contains(c);
        let expected = "give letters, digits and `._-/`, such as `/golden/web`";
        let start = text.strip_prefix('/').unwrap_or(text).to_ascii_lowercase();
        if text.is_empty() || literal.len() > 1011 {
            self.wrong(
                at,
                format!("the name has {} characters", literal.len()),
                "give 1 to 1,011",
            );
        } else if let Some(other) = literal.chars().find(|&c| !is_taken(c)) {
            self.wrong(
                at,
                format!("`{other}` cannot be in the name of a parameter"),
                expected,
            );
        } else if start.starts_with("aws") || start.starts_with("ssm") {
            let problem = format!("`{name}` starts with `aws` or `ssm`, which are AWS's own");
            self.wrong(at, problem, "choose another name");
        } else if literal.contains('/') && !text.starts_with('/') {
            let problem = format!("`{name}` has levels, and does not start with `/`");
            self.wrong(at, problem, format!("give `/{name}`"));
        }
    }

    pub(super) fn predecessors(&mut self) {
        let Some(predecessors) = &self.draft.predecessors else {
            return;
        };
        let at = At::TOP.field("predecessors");
        if predecessors.filter().is_empty() && !self.is_lost(&at) {
            self.wrong(
                &at,
                "it takes all images of the account",
                "give `name`, `tags`, or both",
            );
        }
        self.name_pattern(&at.field("name"), predecessors.name.as_deref());
        self.tag_set(&at.field("tags"), &predecessors.tags);
        if predecessors.keep_last == 0 {
            let problem = "the image that is distributed would be deprecated";
            self.wrong(&at.field("keep_last"), problem, "give at least 1");
        }
    }

    pub(super) fn rehearsal(&mut self) {
        let Some(launch) = self.draft.rehearse.with() else {
            return;
        };
        let at = At::TOP.field("rehearse");
        let at = at.field("subnets");
        for (account, subnets) in &launch.subnets {
            let name = account.to_string();
            let at = at.field(&name);
            self.is_recipient(&at, *account, "subnets");
            for region in subnets.keys() {
                self.is_region(&at.field(region.as_str()), region, "subnet");
            }
        }
    }

    pub(super) fn protection(&mut self) {
        let at = At::TOP.field("protection");
        if let Some(days) = self.draft.protection.deprecate_after_days
            && !(1..=3650).contains(&days)
        {
            let problem = format!("an image cannot be deprecated after {days} days");
            self.wrong(
                &at.field("deprecate_after_days"),
                problem,
                "give 1 to 3650, which is 10 years",
            );
        }
    }
}
