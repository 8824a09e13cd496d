//! Whether a statement applies to a request, and what a policy answers.

use super::Request;
use super::condition::holds;
use super::matching::{matches, matches_resource};
use super::principal::{Covered, covers};
use super::reason::{Finding, Layer, Reason, Reasons};
use super::truth::{Truth, Unclear};
use crate::policy::{Effect, PatternList, Policy, Statement};

/// What the statements of a policy come to
#[derive(Clone, Copy, Debug)]
pub(super) struct Answer {
    pub(super) deny: Truth,
    pub(super) allow: Covered,
}

impl Answer {
    pub(super) const SILENT: Self = Self {
        deny: Truth::No,
        allow: Covered::NOT,
    };

    /// What a policy that was not told may answer
    pub(super) fn unknown() -> Self {
        let unknown = Truth::Unknown(Unclear::Layer);
        Self {
            deny: unknown,
            allow: Covered {
                anyone: unknown,
                direct: unknown,
                role: unknown,
                account: unknown,
            },
        }
    }

    pub(super) fn or(&self, other: &Self) -> Self {
        Self {
            deny: self.deny.or(other.deny),
            allow: self.allow.or(&other.allow),
        }
    }
}

/// Where a policy stands: in which layer, as which of its policies
#[derive(Clone, Copy, Debug)]
pub(super) struct At {
    pub(super) layer: Layer,
    pub(super) policy: usize,
}

/// What a policy answers; `bounded` is whether the caller has a permissions boundary
pub(super) fn answer(
    policy: &Policy,
    at: At,
    request: &Request,
    bounded: Truth,
    reasons: &mut Reasons,
) -> Answer {
    let mut all = Answer::SILENT;
    for (index, statement) in policy.statements.iter().enumerate() {
        let acts = names(statement.action.as_ref(), |pattern| {
            matches(pattern, &request.action, request)
        });
        if acts == Truth::No {
            continue;
        }
        let covered = principal(statement, at.layer, request, bounded);
        let whom = covered.at_all();
        let reaches = names(statement.resource.as_ref(), |pattern| {
            matches_resource(pattern, &request.resource, request)
        });
        let concerns = acts.and(whom).and(reaches);
        if concerns == Truth::No {
            continue;
        }
        let (holds, hinge) = conditions(policy, statement, request);
        let place = |finding| Reason {
            layer: at.layer,
            policy: Some(at.policy),
            statement: Some(index),
            sid: statement.sid.clone(),
            finding,
        };
        let applies = concerns.and(holds);
        match applies {
            Truth::No => {
                if let Some(condition) = hinge.and_then(|hinge| statement.conditions.get(hinge)) {
                    reasons.push(place(Finding::ConditionFails {
                        effect: statement.effect,
                        operator: condition.operator.clone(),
                        key: condition.key.clone(),
                    }));
                }
            }
            Truth::Unknown(why) => {
                let condition = match concerns {
                    Truth::Yes => hinge.and_then(|hinge| statement.conditions.get(hinge)),
                    _ => None,
                };
                reasons.push(place(Finding::Unclear {
                    effect: Some(statement.effect),
                    why,
                    condition: condition.map(|c| (c.operator.clone(), c.key.clone())),
                }));
            }
            Truth::Yes => reasons.push(place(match statement.effect {
                Effect::Allow => Finding::Allows,
                Effect::Deny => Finding::Denies,
            })),
        }
        match statement.effect {
            Effect::Deny => all.deny = all.deny.or(applies),
            Effect::Allow => {
                let rest = acts.and(reaches).and(holds);
                all.allow = all.allow.or(&covered.when(rest));
            }
        }
    }
    all
}

/// Whom the statement speaks of; statements of identity policies speak of their holder
fn principal(statement: &Statement, layer: Layer, request: &Request, bounded: Truth) -> Covered {
    let all = |truth| Covered {
        direct: truth,
        ..Covered::NOT
    };
    match (&statement.principal, layer.names_principals()) {
        (Some(list), true) => covers(list, statement.effect, &request.caller, bounded),
        (None, false) => all(Truth::Yes),
        (None, true) => all(Truth::Unknown(Unclear::NoPrincipal)),
        (Some(_), false) => all(Truth::Unknown(Unclear::PrincipalKind)),
    }
}

/// Whether a list of patterns, or what it leaves out, has the thing; without a list there is no effect
fn names(list: Option<&PatternList>, one: impl Fn(&crate::policy::Pattern) -> Truth) -> Truth {
    let Some(list) = list else {
        return Truth::No;
    };
    let any = Truth::any(list.patterns.iter().map(one));
    if list.negated { any.not() } else { any }
}

/// Whether all conditions hold, and the index of the one that decides against it
fn conditions(policy: &Policy, statement: &Statement, request: &Request) -> (Truth, Option<usize>) {
    let mut all = (Truth::Yes, None);
    for (index, condition) in statement.conditions.iter().enumerate() {
        match holds(condition, request, policy.version) {
            Truth::No => return (Truth::No, Some(index)),
            Truth::Unknown(why) if all.0.is_yes() => all = (Truth::Unknown(why), Some(index)),
            Truth::Unknown(_) | Truth::Yes => {}
        }
    }
    all
}
