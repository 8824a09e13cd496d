use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::access::Answer;
use crate::id::{AccountId, ImageId, Region};
use crate::principal::{Principal, PrincipalSet};
use crate::request::{Direction, ShareRequest};
use crate::resource::{ImageUsage, Reading, Timestamp};

/// Which accounts use images, and how much
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct ImageUsageReport {
    version: ImageUsageReportVersion,
    images: Vec<UsedImage>,
}

/// The versions of the JSON form that this release reads
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
enum ImageUsageReportVersion {
    #[default]
    #[serde(rename = "ami-share/usage/1")]
    One,
}

/// Who uses one image
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct UsedImage {
    /// The Region
    pub region: Region,
    /// The image
    pub image: ImageId,
    /// Its owner
    pub owner: AccountId,
    /// When an instance was last launched from it, by anybody, as far as EC2 tells; up to 24 hours late
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_launched: Option<Timestamp>,
    /// The id of EC2's report, which EC2 keeps for 30 days; none where it made none
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub report: Option<String>,
    /// The accounts that the report is about; none for all. More than were asked for, where a report was
    /// pending already that tells of them too
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub asked: BTreeSet<AccountId>,
    /// Who uses it beside its owner, and what with
    pub usage: Reading<Vec<ImageUsage>>,
}

impl ImageUsageReport {
    pub(crate) fn new(images: Vec<UsedImage>) -> Self {
        Self {
            version: ImageUsageReportVersion::default(),
            images,
        }
    }

    /// Every image, by Region and id
    pub fn images(&self) -> &[UsedImage] {
        &self.images
    }

    /// Whether EC2 told all that was asked
    pub fn is_complete(&self) -> bool {
        self.images
            .iter()
            .all(|image| image.usage.known().is_some())
    }
}

/// An account that uses an image which it would lose
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Hurt {
    /// The Region
    pub region: Region,
    /// The image
    pub image: ImageId,
    /// The account; none where it is not known who uses the image
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub account: Option<AccountId>,
    /// What it uses the image with
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub usage: Vec<ImageUsage>,
    /// Yes where the request takes the image from the account itself; unknown where that hangs on who
    /// belongs to an organization or OU, or where usage was not read
    pub answer: Answer,
    /// Why, in one line
    pub because: String,
}

/// Who would be hurt by a request that takes access away: the accounts that use its images
///
/// A guard before a revoke: carry it out where nobody is named here. Instances that run go on running;
/// what launches new ones (Auto Scaling groups, launch templates) fails. An account that the request takes
/// an image from may keep it through an organization or OU: that is not looked at. The owner is never hurt.
/// A request that only shares hurts nobody. Nothing is called.
pub fn hurt_by(report: &ImageUsageReport, request: &ShareRequest) -> Vec<Hurt> {
    let principals = request.principals();
    let loses = match request.direction() {
        Direction::Share => return Vec::new(),
        Direction::Revoke => loses_by_revoke,
        Direction::Exactly { .. } => loses_by_exactly,
    };
    let images = request.images().iter();
    let wanted = images.flat_map(|(region, ids)| ids.iter().map(move |id| (region, id)));
    let mut hurt = Vec::new();
    for (region, id) in wanted {
        let not_known = |because: String| Hurt {
            region: region.clone(),
            image: id.clone(),
            account: None,
            usage: Vec::new(),
            answer: Answer::Unknown,
            because,
        };
        let mut images = report.images().iter();
        let Some(used) = images.find(|used| used.region == *region && used.image == *id) else {
            hurt.push(not_known(
                "the report does not tell of the image".to_owned(),
            ));
            continue;
        };
        let usage = match &used.usage {
            Reading::Known(usage) => usage,
            Reading::Unknown { because } => {
                hurt.push(not_known(format!("who uses it was not read: {because}")));
                continue;
            }
        };
        if !asked_about_all(used, request) {
            hurt.push(not_known(
                "some who lose it were not asked about".to_owned(),
            ));
        }
        let counted = usage.iter().filter(|usage| usage.count > 0);
        let accounts: BTreeSet<AccountId> = counted.map(|usage| usage.account).collect();
        for account in accounts {
            if account == used.owner {
                continue;
            }
            let Some((answer, because)) = loses(principals, account) else {
                continue;
            };
            let of_account = usage.iter().filter(|usage| usage.account == account);
            hurt.push(Hurt {
                account: Some(account),
                usage: of_account.cloned().collect(),
                answer,
                ..not_known(because)
            });
        }
    }
    hurt
}

/// Whether the report was of everybody, or of all accounts that a revoke names and of nobody else
fn asked_about_all(used: &UsedImage, request: &ShareRequest) -> bool {
    let is_asked = |principal: &Principal| match principal {
        Principal::Account(account) => used.asked.contains(account),
        _ => false,
    };
    let revokes = request.direction() == Direction::Revoke;
    used.asked.is_empty() || revokes && request.principals().iter().all(is_asked)
}

fn loses_by_revoke(principals: &PrincipalSet, account: AccountId) -> Option<(Answer, String)> {
    if principals.contains(&Principal::Account(account)) {
        return Some((Answer::Yes, "the request takes it from the account".into()));
    }
    let mut groups = principals.iter().filter(is_group);
    let group = groups.next()?;
    let because = format!("the account may have it through `{group}`");
    Some((Answer::Unknown, because))
}

fn loses_by_exactly(principals: &PrincipalSet, account: AccountId) -> Option<(Answer, String)> {
    if principals.contains(&Principal::Account(account)) || principals.contains(&Principal::Public)
    {
        return None;
    }
    match principals.iter().find(is_group) {
        Some(group) => {
            let because = format!("the account keeps it if it belongs to `{group}`");
            Some((Answer::Unknown, because))
        }
        None => Some((Answer::Yes, "the request does not name the account".into())),
    }
}

fn is_group(principal: &&Principal) -> bool {
    !matches!(principal, Principal::Account(_))
}
