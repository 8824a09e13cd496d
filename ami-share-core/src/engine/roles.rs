use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

use crate::backend::Role;
use crate::id::{AccountId, IamPrincipalArn, ParseIdError};
use crate::request::{RequestError, RequestProblem};
use crate::resource::{TagProblem, Tags};

/// By which role each account is reached
/// ([roles across accounts](https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_common-scenarios_aws-accounts.html))
///
/// ```
/// use ami_share_core::Roles;
///
/// let roles = Roles::builder()
///     .template("arn:aws:iam::{account}:role/AmiShare")
///     .role("222222222222", "arn:aws:iam::222222222222:role/Another")
///     .external_id("golden-images")
///     .build()?;
/// # Ok::<(), ami_share_core::request::RequestError>(())
/// ```
#[derive(Clone, Eq, PartialEq)]
pub struct Roles {
    template: Option<String>,
    accounts: BTreeMap<AccountId, IamPrincipalArn>,
    external_id: Option<String>,
    session_name: String,
    session_tags: Tags,
    duration: Duration,
}

impl Roles {
    /// The name of sessions where none is set
    pub const SESSION_NAME: &str = "ami-share";
    /// How long a session lasts where that is not set: an hour, which every role allows
    pub const DURATION: Duration = Duration::from_secs(3_600);

    /// Starts with no role at all
    pub fn builder() -> RolesBuilder {
        RolesBuilder::default()
    }

    /// The role of an account, if it has one: its own, or the one that the template makes
    pub fn role_of(&self, account: AccountId) -> Option<Role> {
        let own = self.accounts.get(&account).cloned();
        let arn = own.or_else(|| {
            let template = self.template.as_ref()?;
            // INVARIANT: `build` tried the template with an account.
            template.replace(ACCOUNT, &account.to_string()).parse().ok()
        })?;
        Some(Role {
            arn,
            external_id: self.external_id.clone(),
            session_name: self.session_name.clone(),
            session_tags: self.session_tags.clone(),
            duration: self.duration,
        })
    }
}

/// The external id is never shown
impl fmt::Debug for Roles {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Roles")
            .field("template", &self.template)
            .field("accounts", &self.accounts)
            .field("session_name", &self.session_name)
            .field("duration", &self.duration)
            .finish_non_exhaustive()
    }
}

/// What stands for the account's id in a template
const ACCOUNT: &str = "{account}";

/// Gathers [`Roles`]; made by [`Roles::builder`]
#[derive(Clone, Default)]
#[must_use]
pub struct RolesBuilder {
    template: Option<String>,
    accounts: BTreeMap<AccountId, IamPrincipalArn>,
    external_id: Option<String>,
    session_name: Option<String>,
    session_tags: Tags,
    duration: Option<Duration>,
    problems: Vec<RequestProblem>,
}

/// The external id is never shown
impl fmt::Debug for RolesBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RolesBuilder")
            .field("template", &self.template)
            .field("accounts", &self.accounts)
            .finish_non_exhaustive()
    }
}

impl RolesBuilder {
    /// Reaches every account by a role of the same name: an ARN with `{account}` for the account's id
    pub fn template(mut self, arn: impl Into<String>) -> Self {
        self.template = Some(arn.into());
        self
    }

    /// Reaches one account by this role, whatever the template makes
    pub fn role<A, R>(mut self, account: A, role: R) -> Self
    where
        A: TryInto<AccountId>,
        R: TryInto<IamPrincipalArn>,
        ParseIdError: From<A::Error> + From<R::Error>,
    {
        let account = account.try_into().map_err(ParseIdError::from);
        let role = role.try_into().map_err(ParseIdError::from);
        match (account, role) {
            (Ok(account), Ok(role)) => {
                self.accounts.insert(account, role);
            }
            (account, role) => self.problems.extend(
                [account.err(), role.err()]
                    .into_iter()
                    .flatten()
                    .map(Into::into),
            ),
        }
        self
    }

    /// Tells roles the external id that their trust policies ask for, 2 to 1,224 characters
    pub fn external_id(mut self, id: impl Into<String>) -> Self {
        self.external_id = Some(id.into());
        self
    }

    /// Sets the name of the sessions, which CloudTrail shows: by default
    /// [`SESSION_NAME`](Roles::SESSION_NAME)
    pub fn session_name(mut self, name: impl Into<String>) -> Self {
        self.session_name = Some(name.into());
        self
    }

    /// Adds a tag of the sessions; the roles' trust policies must allow `sts:TagSession`
    pub fn session_tag(mut self, key: impl Into<String>, value: impl Into<String>) -> Self {
        self.session_tags.insert(key.into(), value.into());
        self
    }

    /// Sets how long a session lasts before it is renewed: 15 minutes to 12 hours, by default an hour
    ///
    /// Where the caller itself is a session of a role, AWS allows an hour at most.
    pub fn duration(mut self, duration: Duration) -> Self {
        self.duration = Some(duration);
        self
    }

    /// The roles
    ///
    /// # Errors
    ///
    /// All that is wrong with them: see [`RequestProblem`].
    pub fn build(self) -> Result<Roles, RequestError> {
        let mut problems = self.problems;
        let roles = Roles {
            template: self.template,
            accounts: self.accounts,
            external_id: self.external_id,
            session_name: self
                .session_name
                .unwrap_or_else(|| Roles::SESSION_NAME.into()),
            session_tags: self.session_tags,
            duration: self.duration.unwrap_or(Roles::DURATION),
        };
        roles.check(&mut problems);
        if problems.is_empty() {
            Ok(roles)
        } else {
            Err(RequestError::new(problems))
        }
    }
}

impl Roles {
    fn check(&self, problems: &mut Vec<RequestProblem>) {
        if let Some(template) = &self.template {
            let made = template.replace(ACCOUNT, "111122223333");
            if !template.contains(ACCOUNT) || !is_role(&made) {
                problems.push(RequestProblem::RoleTemplate {
                    template: template.clone(),
                });
            }
        }
        let users = self.accounts.values().filter(|arn| !is_role(arn.as_str()));
        problems.extend(users.map(|arn| RequestProblem::NoRole { arn: arn.clone() }));
        let others = self
            .accounts
            .iter()
            .filter(|(account, arn)| arn.account() != **account);
        problems.extend(others.map(|(account, arn)| RequestProblem::RoleOfOther {
            account: *account,
            arn: arn.clone(),
        }));
        let is_word = |byte: u8| byte.is_ascii_alphanumeric() || b"_+=,.@-".contains(&byte);
        let name = &self.session_name;
        if !(2..=64).contains(&name.len()) || !name.bytes().all(is_word) {
            problems.push(RequestProblem::SessionName { name: name.clone() });
        }
        if let Some(id) = &self.external_id {
            let is_word = |byte: u8| is_word(byte) || b":/".contains(&byte);
            if !(2..=1_224).contains(&id.len()) || !id.bytes().all(is_word) {
                problems.push(RequestProblem::ExternalId);
            }
        }
        let seconds = self.duration.as_secs();
        if !(900..=43_200).contains(&seconds) {
            problems.push(RequestProblem::LimitOutOfBounds {
                field: "duration",
                value: usize::try_from(seconds).unwrap_or(usize::MAX),
                least: 900,
                most: 43_200,
            });
        }
        let tags = TagProblem::find_in(&self.session_tags).into_iter();
        problems.extend(tags.map(Into::into));
    }
}

fn is_role(arn: &str) -> bool {
    arn.parse::<IamPrincipalArn>().is_ok() && arn.contains(":role/")
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn an_account_s_own_role_wins_over_the_template() {
        let roles = Roles::builder()
            .template("arn:aws:iam::{account}:role/path/AmiShare")
            .role("222222222222", "arn:aws:iam::222222222222:role/Another")
            .build()
            .unwrap();
        let arn = |account: &str| roles.role_of(account.parse().unwrap()).unwrap().arn;
        assert_eq!(
            arn("000000000001").as_str(),
            "arn:aws:iam::000000000001:role/path/AmiShare"
        );
        assert_eq!(
            arn("222222222222").as_str(),
            "arn:aws:iam::222222222222:role/Another"
        );
    }

    #[test]
    fn promise_9_an_external_id_is_not_shown() {
        let builder = Roles::builder().external_id("hidden-away");
        assert!(!format!("{builder:?}").contains("hidden"));
        let roles = builder
            .template("arn:aws:iam::{account}:role/A")
            .build()
            .unwrap();
        assert!(!format!("{roles:?}").contains("hidden"));
        let role = roles.role_of("222222222222".parse().unwrap()).unwrap();
        assert!(!format!("{role:?}").contains("hidden"));
        let error = Roles::builder()
            .external_id("hidden away")
            .build()
            .unwrap_err();
        assert!(!error.to_string().contains("hidden"), "{error}");
    }

    #[test]
    fn what_sts_would_refuse_is_refused_with_the_field() {
        let error = Roles::builder()
            .template("arn:aws:iam::222222222222:role/One")
            .role("222222222222", "arn:aws:iam::333333333333:role/Other")
            .role("333333333333", "arn:aws:iam::333333333333:user/Somebody")
            .session_name("a b")
            .external_id("x")
            .duration(Duration::from_secs(60))
            .build()
            .unwrap_err();
        let fields: Vec<&str> = error.problems().iter().map(RequestProblem::field).collect();
        assert_eq!(
            fields,
            [
                "template",
                "roles",
                "roles",
                "session_name",
                "external_id",
                "duration"
            ]
        );
    }
}
