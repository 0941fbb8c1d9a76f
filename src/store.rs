//! The one place where state changes: a queue of actions, `core::update`, then the effects it asked for. It knows no
//! browser; the clock and the effect runner are handed in, and components reach it through Yew's context.

use crate::subscribers::{Subscribers, Subscription};
use bandyer_core::{Action, Effect, Options, State, update};
use bandyer_protocol::Timestamp;
use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::rc::Rc;

/// A handle to the state of one widget. Clones are the same store, and two stores are equal only when they are.
#[derive(Clone)]
pub struct Store(Rc<Inner>);

type Runner = Rc<dyn Fn(Effect)>;

struct Inner {
    state: RefCell<State>,
    now: Box<dyn Fn() -> Timestamp>,
    runner: RefCell<Option<Runner>>,
    queue: RefCell<VecDeque<Action>>,
    draining: Cell<bool>,
    closed: Cell<bool>,
    subscribers: Subscribers,
}

impl PartialEq for Store {
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
    }
}

impl Store {
    pub fn new(state: State, now: impl Fn() -> Timestamp + 'static) -> Self {
        Self(Rc::new(Inner {
            state: RefCell::new(state),
            now: Box::new(now),
            runner: RefCell::default(),
            queue: RefCell::default(),
            draining: Cell::new(false),
            closed: Cell::new(false),
            subscribers: Subscribers::default(),
        }))
    }

    /// Who carries out effects. Without a runner they are lost.
    pub fn run_effects(&self, runner: impl Fn(Effect) + 'static) {
        *self.0.runner.borrow_mut() = Some(Rc::new(runner));
    }

    /// A snapshot. It costs a handful of reference counts, and unlike a borrow it can be kept across a dispatch.
    pub fn state(&self) -> State {
        self.0.state.borrow().clone()
    }

    pub fn now(&self) -> Timestamp {
        (self.0.now)()
    }

    /// Applies the action and everything that follows from it before control returns. Called again from inside
    /// (by an effect or a subscriber), the action waits for its turn. After [`Store::close`] nothing happens.
    pub fn dispatch(&self, action: Action) {
        let inner = &self.0;
        if inner.closed.get() {
            return;
        }
        inner.queue.borrow_mut().push_back(action);
        if inner.draining.replace(true) {
            return;
        }
        while self.drain() {
            self.0.subscribers.tell();
        }
        inner.draining.set(false);
    }

    /// Works the queue off; false when it was empty.
    fn drain(&self) -> bool {
        let mut worked = false;
        while let Some(action) = self.next_action() {
            worked = true;
            let now = self.now();
            // The borrow ends here: effects and subscribers see the new state.
            let effects = update(&mut self.0.state.borrow_mut(), action, now);
            for effect in effects {
                self.run(effect);
            }
        }
        worked
    }

    fn next_action(&self) -> Option<Action> {
        self.0.queue.borrow_mut().pop_front()
    }

    fn run(&self, effect: Effect) {
        let runner = self.0.runner.borrow().clone();
        if let Some(runner) = runner {
            runner(effect);
        }
    }

    /// Calls `f` after each dispatch until the subscription is dropped.
    pub fn subscribe(&self, f: impl Fn() + 'static) -> Subscription {
        self.0.subscribers.add(f)
    }

    /// Ends the store: what is queued is dropped, later actions are ignored, runner, subscribers and what was known
    /// are let go.
    pub fn close(&self) {
        self.0.closed.set(true);
        self.0.state.replace(State::new(Options::default(), ""));
        // Dropped with no borrow held: their destructors may come back here.
        drop((self.0.queue.take(), self.0.runner.take()));
        self.0.subscribers.forget_all();
    }

    pub fn is_closed(&self) -> bool {
        self.0.closed.get()
    }
}
