//! Those who want to hear that something has changed.

use std::cell::{Cell, RefCell};
use std::rc::{Rc, Weak};

/// Clones are the same list.
#[derive(Clone, Default)]
pub struct Subscribers(Rc<List>);

type Subscriber = Rc<dyn Fn()>;

#[derive(Default)]
struct List {
    all: RefCell<Vec<(u32, Subscriber)>>,
    next: Cell<u32>,
}

impl Subscribers {
    /// Calls `f` at each [`Subscribers::tell`] until the subscription is dropped.
    pub fn add(&self, f: impl Fn() + 'static) -> Subscription {
        let id = self.0.next.get();
        self.0.next.set(id.wrapping_add(1));
        self.0.all.borrow_mut().push((id, Rc::new(f)));
        Subscription { list: Rc::downgrade(&self.0), id }
    }

    /// No borrow is held while they run: they may come back here.
    pub fn tell(&self) {
        let ids: Vec<u32> = self.0.all.borrow().iter().map(|(id, _)| *id).collect();
        for id in ids {
            // Looked up one by one: an earlier subscriber may have ended this one.
            let found = self.0.all.borrow().iter().find(|(known, _)| *known == id).map(|(_, f)| f.clone());
            if let Some(subscriber) = found {
                subscriber();
            }
        }
    }

    /// Nobody is told any more.
    pub fn forget_all(&self) {
        // Dropped with no borrow held: their destructors may come back here.
        drop(self.0.all.take());
    }
}

/// Ends a subscription when dropped.
#[must_use]
pub struct Subscription {
    list: Weak<List>,
    id: u32,
}

impl Drop for Subscription {
    fn drop(&mut self) {
        if let Some(list) = self.list.upgrade() {
            list.all.borrow_mut().retain(|(id, _)| *id != self.id);
        }
    }
}
