use crate::principal::{Principal, PrincipalSet};

/// One permission attribute, which readers may see late
///
/// [Eventual consistency](https://docs.aws.amazon.com/ec2/latest/devguide/eventual-consistency.html):
/// what was just written may not be read back at once. AWS names no bound; here it is a number of
/// reads of the attribute. Launches, copies and visibility always go by the current value.
#[derive(Debug, Default)]
pub(super) struct Permissions {
    current: PrincipalSet,
    stale: Option<Stale>,
}

#[derive(Debug)]
struct Stale {
    value: PrincipalSet,
    reads_left: usize,
}

impl Permissions {
    pub(super) fn current(&self) -> &PrincipalSet {
        &self.current
    }

    /// What a reader of the attribute gets, who may be too early
    pub(super) fn read(&mut self) -> PrincipalSet {
        match &mut self.stale {
            Some(stale) if stale.reads_left > 0 => {
                stale.reads_left -= 1;
                stale.value.clone()
            }
            _ => {
                self.stale = None;
                self.current.clone()
            }
        }
    }

    /// Stores a value that the next `stale_reads` readers do not see yet
    pub(super) fn write(&mut self, value: PrincipalSet, stale_reads: usize) {
        let before = std::mem::replace(&mut self.current, value);
        self.stale = (stale_reads > 0).then_some(Stale {
            value: before,
            reads_left: stale_reads,
        });
    }

    pub(super) fn names(&self, principal: impl Into<Principal>) -> bool {
        self.current.contains(&principal.into())
    }

    pub(super) fn is_public(&self) -> bool {
        self.current.contains(&Principal::Public)
    }
}
