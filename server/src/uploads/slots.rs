//! How many transfers of one user run at once.

use bandyer_protocol::UserAlias;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

/// Cheap to clone.
#[derive(Debug, Clone)]
pub struct Slots {
    most: u32,
    running: Arc<Mutex<HashMap<UserAlias, u32>>>,
}

impl Slots {
    pub fn new(most: u32) -> Self {
        Self { most, running: Arc::default() }
    }

    /// A place for one more transfer, as long as the returned value lives; `None` when all are taken.
    pub fn take(&self, user: &UserAlias) -> Option<Slot> {
        let mut running = self.running.lock().unwrap_or_else(PoisonError::into_inner);
        let count = running.entry(user.clone()).or_default();
        if *count >= self.most {
            return None;
        }
        *count += 1;
        Some(Slot { slots: self.clone(), user: user.clone() })
    }
}

/// Frees its place on drop.
pub struct Slot {
    slots: Slots,
    user: UserAlias,
}

impl Drop for Slot {
    fn drop(&mut self) {
        let mut running = self.slots.running.lock().unwrap_or_else(PoisonError::into_inner);
        match running.get_mut(&self.user) {
            Some(count) if *count > 1 => *count -= 1,
            Some(_) => drop(running.remove(&self.user)),
            None => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_user_has_so_many_places_and_gets_them_back() {
        let slots = Slots::new(6);
        let (anna, bob) = (UserAlias::parse("anna").unwrap(), UserAlias::parse("bob").unwrap());
        let mut taken: Vec<_> = (0..6).map(|_| slots.take(&anna).unwrap()).collect();
        assert!(slots.take(&anna).is_none());
        assert!(slots.take(&bob).is_some());
        taken.pop();
        assert!(slots.take(&anna).is_some());
        drop(taken);
        assert!(slots.running.lock().unwrap().is_empty());
    }
}
