//! How much of one thing somebody may hold at once: transfers of a user, connections of an address.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Arc, Mutex, PoisonError};

/// Cheap to clone; the clones count together.
#[derive(Debug, Clone)]
pub struct Slots<K> {
    most: u32,
    taken: Arc<Mutex<HashMap<K, u32>>>,
}

impl<K: Eq + Hash + Clone> Slots<K> {
    pub fn new(most: u32) -> Self {
        Self { most, taken: Arc::default() }
    }

    /// One more for `holder`, as long as the returned value lives; `None` when all are taken.
    pub fn take(&self, holder: &K) -> Option<Slot<K>> {
        let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        let count = taken.entry(holder.clone()).or_default();
        if *count >= self.most {
            if *count == 0 {
                taken.remove(holder);
            }
            return None;
        }
        *count += 1;
        Some(Slot { slots: self.clone(), holder: holder.clone() })
    }
}

/// Frees its place on drop.
#[derive(Debug)]
pub struct Slot<K: Eq + Hash + Clone> {
    slots: Slots<K>,
    holder: K,
}

impl<K: Eq + Hash + Clone> Drop for Slot<K> {
    fn drop(&mut self) {
        let mut taken = self.slots.taken.lock().unwrap_or_else(PoisonError::into_inner);
        match taken.get_mut(&self.holder) {
            Some(count) if *count > 1 => *count -= 1,
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
}
