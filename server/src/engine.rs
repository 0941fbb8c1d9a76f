//! Lets the hub decide, and makes it durable: all that waits in one transaction, and only what is committed gets out.
//! That is the group commit, and the reason an acknowledgement can be believed.
//!
//! One rule for whatever fails, be it a read, a write or the commit: nothing of the transaction is kept, neither in the
//! store nor in the hub, and every input has its turn again, alone. So a defect costs nobody but whoever ran into it,
//! and what needs no disk happens whatever the disk does: a socket that closed is gone.
//!
//! The engine is a stepper: no thread, no clock, no socket. `queue` runs it in the server, the scenarios run it by hand.

mod handle;
mod presence;
mod queue;
mod tap;

pub use handle::HubHandle;
pub use queue::{Command, start};
pub use tap::JournalTap;

use crate::metrics as names;
use bandyer_hub::{
    AdminFailure, AdminReply, Delivery, Hub, Input, Outcome, Seated, SessionKey, refuse, storage_failure,
};
use bandyer_protocol::{Message, Timestamp, UploadId, UserAlias};
use bandyer_records::{JournalRecord, StoreError, StoreResult, Write};
use bandyer_store::Store;
use metrics::{counter, histogram};
use presence::PresenceRows;
use std::slice;
use std::time::Instant;

/// What an administrative request is answered.
pub type Answer = Result<AdminReply, AdminFailure>;

/// Where what was decided leaves to. Everything it is given is committed.
pub trait Deliver {
    /// The hub hears of the socket now: from here on it gets what is for everybody.
    fn admit(&mut self, session: SessionKey);

    fn deliver(&mut self, delivery: Delivery);

    /// Nothing refers to the file any more.
    fn lose(&mut self, upload: UploadId);

    /// Who is in that call now.
    fn seat(&mut self, seated: Seated);

    /// The user may use the server no more.
    fn dismiss(&mut self, user: &UserAlias);

    /// Rows were added to the journal.
    fn journal_grew(&mut self);

    /// The row of the journal that goes with a message, as long as somebody waits for messages there.
    fn row_of(&self, message: &Message) -> Option<JournalRecord>;
}

/// The hub, its store, and the way out.
pub struct Engine<S, D> {
    hub: Hub,
    store: S,
    out: D,
    presence: PresenceRows,
}

/// What a transaction has written so far.
#[derive(Default)]
struct Applied {
    writes: usize,
    messages: u64,
    /// Rows of the journal are among it.
    journal: bool,
    /// Those about who came and went are.
    presence: bool,
}

impl<S: Store, D: Deliver> Engine<S, D> {
    pub fn new(hub: Hub, store: S, out: D) -> Self {
        let mut engine = Self { hub, store, out, presence: PresenceRows::default() };
        engine.seat();
        engine
    }

    pub fn hub(&self) -> &Hub {
        &self.hub
    }

    pub fn store(&self) -> &S {
        &self.store
    }

    pub fn store_mut(&mut self) -> &mut S {
        &mut self.store
    }

    pub fn out_mut(&mut self) -> &mut D {
        &mut self.out
    }

    /// When [`Engine::turn`] has something to do, even without an input.
    pub fn next_deadline(&self) -> Option<Timestamp> {
        self.hub.next_deadline().into_iter().chain(self.presence.due_at()).min()
    }

    /// Decides the inputs, in their order, and whatever is due at `now`; lets out what came of it. One answer for each
    /// input, for those that were administrative.
    pub fn turn(&mut self, mut inputs: Vec<Input>, now: Timestamp) -> Vec<Option<Answer>> {
        let asked = inputs.len();
        inputs.extend(self.hub.due(now));
        for input in &inputs {
            if let Input::Connect(connect) = input {
                self.out.admit(connect.session);
            }
        }
        let outcomes = self.decide(&inputs, now);
        // Before anybody hears of a call what may be had for it.
        self.seat();
        let mut answers: Vec<_> = outcomes.into_iter().map(|outcome| self.release(outcome)).collect();
        answers.truncate(asked);
        for delivery in self.hub.tick(now) {
            self.out.deliver(delivery);
        }
        self.presence.add(self.hub.take_presence_rows(), now);
        if self.presence.is_due(now) {
            self.note_presence(now);
        }
        answers
    }

    /// The last turn: what waits is written down, and every socket is told when to come back.
    pub fn stop(&mut self, reconnect_after_ms: u32, now: Timestamp) {
        if self.presence.due_at().is_some() {
            self.note_presence(now);
        }
        for delivery in self.hub.goodbye(reconnect_after_ms) {
            self.out.deliver(delivery);
        }
    }

    /// Whether the store commits right now.
    pub fn can_commit(&mut self) -> bool {
        let proof = self.store.probe();
        if let Err(error) = &proof {
            tracing::warn!(%error, "the database does not commit");
        }
        proof.is_ok()
    }

    fn decide(&mut self, inputs: &[Input], now: Timestamp) -> Vec<Outcome> {
        self.together(inputs, now).unwrap_or_else(|error| {
            self.undo(inputs, &error, now);
            self.one_by_one(inputs, error, now)
        })
    }

    /// Everything in one transaction, or nothing.
    fn together(&mut self, inputs: &[Input], now: Timestamp) -> StoreResult<Vec<Outcome>> {
        let mut applied = Applied::default();
        let mut outcomes = Vec::with_capacity(inputs.len());
        for input in inputs {
            let outcome = self.hear(input, now)?;
            if !outcome.writes.is_empty() && !applied.presence && self.presence.goes_along() {
                self.apply_presence(&mut applied)?;
            }
            self.apply(&outcome.writes, &mut applied)?;
            outcomes.push(outcome);
        }
        self.commit(&applied)?;
        if applied.writes > 0 {
            histogram!(names::BATCH_SIZE).record(inputs.len() as f64);
        }
        Ok(outcomes)
    }

    /// Each input in a transaction of its own, after all of them in one have failed with `error`.
    fn one_by_one(&mut self, inputs: &[Input], error: StoreError, now: Timestamp) -> Vec<Outcome> {
        let mut locked = Some(error).filter(is_lock);
        let mut outcomes = Vec::with_capacity(inputs.len());
        for input in inputs {
            outcomes.push(self.alone(input, locked.as_ref(), now).unwrap_or_else(|error| {
                self.undo(slice::from_ref(input), &error, now);
                let refusal = refuse(input, storage_failure(&error).into());
                locked = locked.take().or_else(|| Some(error).filter(is_lock));
                refusal
            }));
        }
        outcomes
    }

    /// Nobody waits a second time for a lock that was waited for in vain.
    fn alone(&mut self, input: &Input, locked: Option<&StoreError>, now: Timestamp) -> StoreResult<Outcome> {
        let mut applied = Applied::default();
        let outcome = self.hear(input, now)?;
        if let Some(error) = locked.filter(|_| !outcome.writes.is_empty()) {
            return Err(error.clone());
        }
        self.apply(&outcome.writes, &mut applied)?;
        self.commit(&applied)?;
        Ok(outcome)
    }

    fn hear(&mut self, input: &Input, now: Timestamp) -> StoreResult<Outcome> {
        let mut outcome = self.hub.handle(input, now, &self.store);
        outcome.fault.take().map_or(Ok(outcome), Err)
    }

    /// Applies what was decided, and writes messages down in the journal as well while somebody waits for them.
    fn apply(&mut self, writes: &[Write], applied: &mut Applied) -> StoreResult<()> {
        applied.writes += writes.len();
        for write in writes {
            self.store.apply(write)?;
            if let Write::AddMessage(message) = write {
                applied.messages += 1;
                if let Some(row) = self.out.row_of(message) {
                    self.store.apply(&Write::AddJournal(row))?;
                    applied.journal = true;
                }
            }
            applied.journal |= matches!(write, Write::AddJournal(_));
        }
        Ok(())
    }

    fn apply_presence(&mut self, applied: &mut Applied) -> StoreResult<()> {
        for row in self.presence.rows() {
            self.store.apply(row)?;
            applied.journal = true;
        }
        applied.presence = true;
        Ok(())
    }

    fn commit(&mut self, applied: &Applied) -> StoreResult<()> {
        let started = Instant::now();
        self.store.commit()?;
        self.hub.committed();
        if applied.presence {
            self.presence.written();
        }
        if applied.journal {
            self.out.journal_grew();
        }
        if applied.writes > 0 {
            histogram!(names::COMMIT_SECONDS).record(started.elapsed());
            counter!(names::MESSAGES).increment(applied.messages);
        }
        Ok(())
    }

    /// Store and hub are as after the last commit, but for sockets that are gone.
    fn undo(&mut self, inputs: &[Input], error: &StoreError, now: Timestamp) {
        tracing::error!(%error, requests = inputs.len(), "a transaction was not stored");
        counter!(names::COMMIT_FAILURES).increment(1);
        self.store.roll_back();
        for delivery in self.hub.uncommitted(inputs, now) {
            self.out.deliver(delivery);
        }
    }

    /// Writes down who came and went, when nothing else took it along. A disk that is full must not keep anybody out.
    fn note_presence(&mut self, now: Timestamp) {
        let mut applied = Applied::default();
        let stored = self.apply_presence(&mut applied).and_then(|()| self.commit(&applied));
        if let Err(error) = stored {
            self.undo(&[], &error, now);
            self.presence.not_written(now);
        }
    }

    fn seat(&mut self) {
        for seated in self.hub.take_seated() {
            self.out.seat(seated);
        }
    }

    fn release(&mut self, outcome: Outcome) -> Option<Answer> {
        for user in &outcome.dismissed {
            self.out.dismiss(user);
        }
        for delivery in outcome.deliveries {
            self.out.deliver(delivery);
        }
        for upload in outcome.lost_uploads {
            self.out.lose(upload);
        }
        outcome.answer
    }
}

fn is_lock(error: &StoreError) -> bool {
    match error {
        StoreError::Locked(_) => true,
        StoreError::Unavailable(_) | StoreError::Defect(_) => false,
    }
}
