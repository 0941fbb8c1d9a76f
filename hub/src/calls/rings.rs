//! How often it may ring: nobody rings others, or is rung at, more than a few times a minute.

use bandyer_protocol::{ErrorCode, Failure, Timestamp, UserAlias};
use std::collections::{HashMap, VecDeque};

const MINUTE_MS: i64 = 60_000;
/// With so many users remembered, those of earlier minutes are looked for and forgotten.
const MANY: usize = 4_096;

/// The rings of the last minute. After a restart nobody has rung.
#[derive(Debug, Default)]
pub(super) struct Rings {
    made: Minute,
    heard: Minute,
    /// Who rang whom in the open batch.
    open: Vec<(UserAlias, UserAlias)>,
}

impl Rings {
    /// Counts a ring of `caller` at `callee`, of whom the first may make `most` in a minute. Several may call the same
    /// person, who hears at most twice as many.
    ///
    /// # Errors
    /// When there were too many: it does not ring, and may later.
    pub(super) fn ring(
        &mut self,
        caller: &UserAlias,
        callee: &UserAlias,
        most: u32,
        now: Timestamp,
    ) -> Result<(), Failure> {
        let most = usize::try_from(most).unwrap_or(usize::MAX);
        let wait =
            self.made.wait(caller, most, now).max(self.heard.wait(callee, most.saturating_mul(2), now));
        if wait > 0 {
            let mut failure = Failure::new(ErrorCode::TooManyRings, "it rang too often within a minute");
            failure.retry_after_ms = u32::try_from(wait).ok();
            return Err(failure);
        }
        self.made.count(caller, now);
        self.heard.count(callee, now);
        self.open.push((caller.clone(), callee.clone()));
        Ok(())
    }

    /// The batch is stored.
    pub(super) fn committed(&mut self) {
        self.open.clear();
    }

    /// The batch is lost, and nobody has rung in it.
    pub(super) fn uncommitted(&mut self) {
        for (caller, callee) in std::mem::take(&mut self.open) {
            self.made.take_back(&caller);
            self.heard.take_back(&callee);
        }
    }
}

#[derive(Debug, Default)]
struct Minute(HashMap<UserAlias, VecDeque<Timestamp>>);

impl Minute {
    /// Milliseconds until there is room for one more.
    fn wait(&mut self, user: &UserAlias, most: usize, now: Timestamp) -> i64 {
        let Some(rings) = self.0.get_mut(user) else { return 0 };
        rings.retain(|at| is_recent(*at, now));
        let oldest = rings.len().checked_sub(most).and_then(|over| rings.get(over));
        oldest.map_or(0, |at| at.plus_ms(MINUTE_MS).since(now).max(1))
    }

    fn take_back(&mut self, user: &UserAlias) {
        if let Some(rings) = self.0.get_mut(user) {
            rings.pop_back();
        }
    }

    fn count(&mut self, user: &UserAlias, now: Timestamp) {
        if self.0.len() >= MANY {
            self.0.retain(|_, rings| rings.back().is_some_and(|at| is_recent(*at, now)));
        }
        self.0.entry(user.clone()).or_default().push_back(now);
    }
}

/// Also false for a time that is yet to come: the clock was set back.
fn is_recent(at: Timestamp, now: Timestamp) -> bool {
    (0..MINUTE_MS).contains(&now.since(at))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn user(name: &str) -> UserAlias {
        UserAlias::parse(name).unwrap()
    }

    fn ring(rings: &mut Rings, caller: &str, callee: &str, at: i64) -> Result<(), Option<u32>> {
        let done = rings.ring(&user(caller), &user(callee), 3, Timestamp(at));
        done.map_err(|failure| {
            assert_eq!(failure.code, ErrorCode::TooManyRings);
            failure.retry_after_ms
        })
    }

    #[test]
    fn a_caller_has_so_many_rings_a_minute_and_then_as_many_again() {
        let mut rings = Rings::default();
        for (callee, at) in [("b", 0), ("c", 10), ("d", 20)] {
            assert_eq!(ring(&mut rings, "a", callee, at), Ok(()));
        }
        assert_eq!(ring(&mut rings, "a", "e", 30), Err(Some(59_970)));
        assert_eq!(ring(&mut rings, "a", "e", 59_999), Err(Some(1)));
        assert_eq!(ring(&mut rings, "a", "e", 60_000), Ok(()));
        assert_eq!(ring(&mut rings, "a", "e", 60_001), Err(Some(9)));
        assert_eq!(ring(&mut rings, "z", "b", 30), Ok(()), "others are free to");
    }

    #[test]
    fn what_was_not_stored_did_not_ring() {
        let mut rings = Rings::default();
        for _ in 0..10 {
            assert_eq!(ring(&mut rings, "a", "b", 0), Ok(()));
            assert_eq!(ring(&mut rings, "c", "b", 0), Ok(()));
            rings.uncommitted();
        }
        for at in 0..3 {
            assert_eq!(ring(&mut rings, "a", "b", at), Ok(()));
            rings.committed();
        }
        rings.uncommitted();
        assert!(ring(&mut rings, "a", "b", 3).is_err(), "what was stored did");
    }

    #[test]
    fn nobody_is_rung_at_without_end_by_many() {
        let mut rings = Rings::default();
        for caller in 0..6 {
            assert_eq!(ring(&mut rings, &format!("c{caller}"), "victim", 0), Ok(()));
        }
        assert!(ring(&mut rings, "c7", "victim", 1).is_err());
        assert_eq!(ring(&mut rings, "c7", "somebody", 1), Ok(()), "what was refused does not count");
    }

    #[test]
    fn those_of_earlier_minutes_are_forgotten_and_a_clock_set_back_locks_nobody_out() {
        let mut rings = Rings::default();
        for number in 0..MANY {
            ring(&mut rings, &format!("c{number}"), &format!("v{number}"), 0).unwrap();
        }
        ring(&mut rings, "a", "b", MINUTE_MS).unwrap();
        assert_eq!(rings.made.0.len(), 1);
        for _ in 0..2 {
            ring(&mut rings, "a", "b", MINUTE_MS).unwrap();
        }
        assert_eq!(ring(&mut rings, "a", "b", 0), Ok(()));
    }
}
