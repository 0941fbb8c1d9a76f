//! How much of one thing somebody may hold at once: transfers of a user, connections of an address.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Arc, Mutex, PoisonError};
use tokio_util::sync::CancellationToken;

/// Cheap to clone; the clones count together.
#[derive(Debug, Clone)]
pub struct Slots<K> {
    most: u32,
    taken: Arc<Mutex<HashMap<K, Taken>>>,
}

/// What somebody holds.
#[derive(Debug, Default)]
struct Taken {
    count: u32,
    over: CancellationToken,
}

impl<K: Eq + Hash + Clone> Slots<K> {
    pub fn new(most: u32) -> Self {
        Self { most, taken: Arc::default() }
    }

    /// One more for `holder`, as long as the returned value lives; `None` when all are taken.
    pub fn take(&self, holder: &K) -> Option<Slot<K>> {
        let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        let of_holder = taken.entry(holder.clone()).or_default();
        if of_holder.count >= self.most {
            if of_holder.count == 0 {
                taken.remove(holder);
            }
            return None;
        }
        of_holder.count += 1;
        Some(Slot { slots: self.clone(), holder: holder.clone(), over: of_holder.over.clone() })
    }

    /// Whatever the holder does with the places taken so far is to end.
    pub fn end(&self, holder: &K) {
        let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(of_holder) = taken.get_mut(holder) {
            std::mem::take(&mut of_holder.over).cancel();
        }
    }
}

/// Frees its place on drop.
#[derive(Debug)]
pub struct Slot<K: Eq + Hash + Clone> {
    slots: Slots<K>,
    holder: K,
    over: CancellationToken,
}

impl<K: Eq + Hash + Clone> Slot<K> {
    /// Set when what it was taken for is to end.
    pub fn over(&self) -> &CancellationToken {
        &self.over
    }
}

impl<K: Eq + Hash + Clone> Drop for Slot<K> {
    fn drop(&mut self) {
        let mut taken = self.slots.taken.lock().unwrap_or_else(PoisonError::into_inner);
        match taken.get_mut(&self.holder) {
            Some(of_holder) if of_holder.count > 1 => of_holder.count -= 1,
            Some(_) => drop(taken.remove(&self.holder)),
            None => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everybody_has_so_many_places_and_gets_them_back() {
        let slots = Slots::new(6);
        let (anna, bob) = ("anna", "bob");
        let mut taken: Vec<_> = (0..6).map(|_| slots.take(&anna).unwrap()).collect();
        assert!(slots.take(&anna).is_none());
        assert!(slots.take(&bob).is_some());
        taken.pop();
        assert!(slots.take(&anna).is_some());
        drop(taken);
        assert!(slots.taken.lock().unwrap().is_empty());
    }

    #[test]
    fn what_one_does_ends_for_all_places_of_theirs_and_no_later_ones() {
        let slots = Slots::new(3);
        let (first, second, other) =
            (slots.take(&"anna").unwrap(), slots.take(&"anna").unwrap(), slots.take(&"bob").unwrap());
        slots.end(&"anna");
        slots.end(&"nobody");
        let later = slots.take(&"anna").unwrap();
        let over = [first, second, other, later].map(|slot| slot.over().is_cancelled());
        assert_eq!(over, [true, true, false, false]);
    }
}
