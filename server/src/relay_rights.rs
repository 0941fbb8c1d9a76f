//! Who may have a relay of the TURN server: whoever is in a call, as long as it goes on, and for a while whoever tries
//! whether a call would connect. The TURN server asks; the hub's decisions and the edge tell.

use bandyer_hub::Seated;
use bandyer_protocol::{Timestamp, UserAlias};
use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};
use uuid::Uuid;

/// Whoever has the secret may look whether the server works: `bandyer-server doctor` does.
pub const DOCTOR: &str = "doctor";

/// Cheap to clone.
#[derive(Debug, Clone, Default)]
pub struct RelayRights(Arc<RwLock<Rights>>);

#[derive(Debug, Default)]
struct Rights {
    /// By session.
    calls: HashMap<String, Vec<UserAlias>>,
    trials: HashMap<UserAlias, Trial>,
}

/// A user tries relays outside of a call.
#[derive(Debug)]
struct Trial {
    /// Never the same again, so that what was given out before means nothing after a dismissal or a restart.
    purpose: String,
    until: Timestamp,
}

impl RelayRights {
    /// Whether the holder of a name, `<user>:<purpose>`, may have a relay now.
    pub fn admits(&self, holder: &str) -> bool {
        let Some((user, purpose)) = holder.split_once(':') else { return false };
        let rights = self.read();
        let is_in = |users: &Vec<UserAlias>| users.iter().any(|one| one.as_str() == user);
        let tries = || {
            let user = UserAlias::parse(user).ok();
            user.and_then(|user| rights.trials.get(&user)).is_some_and(|trial| trial.purpose == purpose)
        };
        purpose == DOCTOR || rights.calls.get(purpose).is_some_and(is_in) || tries()
    }

    pub fn seat(&self, Seated { session, users }: Seated) {
        let mut rights = self.write();
        if users.is_empty() {
            rights.calls.remove(&session);
        } else {
            rights.calls.insert(session, users);
        }
    }

    /// The user may try relays until then. Answers the purpose of the name.
    pub fn try_out(&self, user: &UserAlias, until: Timestamp) -> String {
        let mut rights = self.write();
        let trial = rights
            .trials
            .entry(user.clone())
            .or_insert_with(|| Trial { purpose: format!("trial_{}", Uuid::new_v4().simple()), until });
        trial.until = trial.until.max(until);
        trial.purpose.clone()
    }

    /// The user may try nothing any more.
    pub fn dismiss(&self, user: &UserAlias) {
        self.write().trials.remove(user);
    }

    /// Ends trials whose time is over.
    pub fn tidy(&self, now: Timestamp) {
        self.write().trials.retain(|_, trial| trial.until > now);
    }

    fn read(&self) -> RwLockReadGuard<'_, Rights> {
        self.0.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, Rights> {
        self.0.write().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn user(name: &str) -> UserAlias {
        UserAlias::parse(name).unwrap()
    }

    #[test]
    fn who_is_in_a_call_has_the_right_until_it_is_over() {
        let rights = RelayRights::default();
        let seat = |names: &[&str]| {
            let users = names.iter().map(|name| user(name)).collect();
            rights.seat(Seated { session: "s1".to_owned(), users });
        };
        let admitted = || ["anna:s1", "bob:s1", "anna:s2", "anna", ":s1"].map(|holder| rights.admits(holder));
        assert_eq!(admitted(), [false; 5]);
        seat(&["anna"]);
        assert_eq!(admitted(), [true, false, false, false, false]);
        seat(&["anna", "bob"]);
        assert_eq!(admitted(), [true, true, false, false, false]);
        seat(&[]);
        assert_eq!(admitted(), [false; 5]);
    }

    #[test]
    fn what_was_given_for_a_trial_means_nothing_after_its_end() {
        let rights = RelayRights::default();
        let name = |until| format!("anna:{}", rights.try_out(&user("anna"), Timestamp(until)));
        let first = name(1000);
        assert_eq!(name(2000), first, "one at a time");
        assert!(rights.admits(&first) && !rights.admits(&first.replace("anna", "bob")));
        rights.tidy(Timestamp(1999));
        assert!(rights.admits(&first));
        rights.tidy(Timestamp(2000));
        assert!(!rights.admits(&first));
        let second = name(3000);
        assert!(rights.admits(&second) && !rights.admits(&first));
        rights.dismiss(&user("anna"));
        assert!(!rights.admits(&second));
    }
}
