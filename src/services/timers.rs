//! The core's timers, by their names. Dropping the service stops them all.

use crate::store::Store;
use bandyer_core::Action;
use bandyer_core::timers::TimerId;
use gloo_timers::callback::Timeout;
use std::cell::RefCell;
use std::rc::Rc;

/// Longer delays make a browser fire at once.
const LONGEST_MS: u32 = i32::MAX.unsigned_abs();

pub struct Timers {
    store: Store,
    running: Rc<RefCell<Vec<(TimerId, Timeout)>>>,
}

impl Timers {
    pub fn new(store: Store) -> Self {
        Self { store, running: Rc::default() }
    }

    /// Starts a timer, or starts it over.
    pub fn start(&self, id: TimerId, ms: u32) {
        let (store, running, fired) = (self.store.clone(), Rc::clone(&self.running), id.clone());
        let timeout = Timeout::new(ms.min(LONGEST_MS), move || {
            let own = take(&running, &fired);
            store.dispatch(Action::Timer(fired));
            // Kept until here: it owns this very closure.
            drop(own);
        });
        self.stop(&id);
        self.running.borrow_mut().push((id, timeout));
    }

    pub fn stop(&self, id: &TimerId) {
        drop(take(&self.running, id));
    }

    /// Fires a running timer now: the page may not live until its time comes.
    pub fn hurry(&self, id: TimerId) {
        if take(&self.running, &id).is_some() {
            self.store.dispatch(Action::Timer(id));
        }
    }

    pub fn stop_all(&self) {
        self.running.borrow_mut().clear();
    }
}

fn take(running: &RefCell<Vec<(TimerId, Timeout)>>, id: &TimerId) -> Option<Timeout> {
    let index = running.borrow().iter().position(|(known, _)| known == id)?;
    Some(running.borrow_mut().swap_remove(index).1)
}
