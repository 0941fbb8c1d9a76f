//! Runs the hub on a thread of its own: gathers what is waiting into one transaction, lets the hub decide, commits,
//! and only then lets replies and events out. That is the group commit, and the reason an acknowledgement can be
//! believed.

mod handle;
mod presence;
mod tap;

pub use handle::HubHandle;
pub use tap::JournalTap;

use crate::clock;
use crate::metrics as names;
use crate::ws::Outbox;
use axum::extract::ws::Utf8Bytes;
use bandyer_hub::{
    AdminFailure, AdminReply, AdminRequest, CloseReason, Connect, Delivery, Hub, Input, Outcome, SessionKey,
    refuse, storage_failure,
};
use bandyer_protocol::{PROTOCOL_VERSION, ServerEnvelope, ServerMessage, SessionNews, Timestamp, UploadId};
use bandyer_records::{StoreError, Write};
use bandyer_store::Store;
use metrics::{counter, gauge, histogram};
use presence::PresenceRows;
use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::sync::{Arc, mpsc};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};
use tokio::sync::{mpsc::UnboundedSender, oneshot};

/// Most inputs decided in one transaction.
const MOST_IN_BATCH: usize = 512;

type Answer = oneshot::Sender<Result<AdminReply, AdminFailure>>;

pub enum Command {
    Connect {
        connect: Connect,
        outbox: Arc<Outbox>,
    },
    /// A request of a connected socket.
    Input(Input),
    Disconnect {
        session: SessionKey,
    },
    Admin {
        request: AdminRequest,
        answer: Answer,
    },
    /// Answers whether a commit is possible.
    Probe {
        answer: oneshot::Sender<bool>,
    },
    /// Finishes what is queued, tells everybody to come back later, and ends the thread.
    Stop {
        reconnect_after_ms: u32,
    },
}

impl Command {
    fn is_cleanup(&self) -> bool {
        matches!(self, Command::Disconnect { .. } | Command::Stop { .. })
    }
}

/// Starts the thread. It ends at [`Command::Stop`], or when every handle is gone.
///
/// # Errors
/// When the system gives no thread.
pub fn start<S: Store + 'static>(
    hub: Hub,
    store: S,
    lost_uploads: UnboundedSender<UploadId>,
    tap: Arc<JournalTap>,
) -> std::io::Result<(HubHandle, JoinHandle<()>)> {
    let (sender, queue) = mpsc::channel();
    let queued = Arc::new(AtomicUsize::new(0));
    let handle = HubHandle::new(sender, queued.clone());
    let engine = Engine {
        hub,
        store,
        queue,
        queued,
        outboxes: HashMap::new(),
        lost_uploads,
        tap,
        presence: PresenceRows::default(),
    };
    let thread = std::thread::Builder::new().name("hub".to_owned()).spawn(move || {
        let _last_resort = LastResort;
        engine.run();
    })?;
    Ok((handle, thread))
}

/// A server whose hub has died of a defect would refuse everybody and look alive. Nothing acknowledged is lost by
/// ending at once, and whoever watches the process starts it again.
struct LastResort;

impl Drop for LastResort {
    fn drop(&mut self) {
        if std::thread::panicking() {
            tracing::error!("the hub has died; the server ends");
            std::process::abort();
        }
    }
}

struct Engine<S> {
    hub: Hub,
    store: S,
    queue: Receiver<Command>,
    queued: Arc<AtomicUsize>,
    outboxes: HashMap<SessionKey, Arc<Outbox>>,
    lost_uploads: UnboundedSender<UploadId>,
    tap: Arc<JournalTap>,
    presence: PresenceRows,
}

/// What a batch has written so far.
#[derive(Default)]
struct Applied {
    messages: u64,
    /// Rows of the journal are among it.
    journal: bool,
    /// Those about who came and went are.
    presence: bool,
}

/// What one turn has gathered.
#[derive(Default)]
struct Batch {
    inputs: Vec<Input>,
    /// One per input; set for administrative requests.
    answers: Vec<Option<Answer>>,
    probes: Vec<oneshot::Sender<bool>>,
    stop: Option<u32>,
}

impl<S: Store> Engine<S> {
    fn run(mut self) {
        while let Some(batch) = self.gather() {
            let stop = batch.stop;
            self.turn(batch);
            if let Some(reconnect_after_ms) = stop {
                self.say_goodbye(reconnect_after_ms);
                return;
            }
        }
    }

    /// Waits for the first input, then takes along what else is there. `None` when nobody can send any more.
    fn gather(&mut self) -> Option<Batch> {
        let mut batch = Batch::default();
        let deadline = self.hub.next_deadline().into_iter().chain(self.presence.due_at()).min();
        let first = match deadline {
            None => self.queue.recv().ok()?,
            Some(deadline) => {
                let wait = u64::try_from(deadline.since(clock::now())).unwrap_or(0);
                match self.queue.recv_timeout(Duration::from_millis(wait)) {
                    Ok(command) => command,
                    Err(RecvTimeoutError::Timeout) => return Some(batch),
                    Err(RecvTimeoutError::Disconnected) => return None,
                }
            }
        };
        let mut taken = 1;
        self.add(&mut batch, first);
        while taken < MOST_IN_BATCH
            && batch.stop.is_none()
            && let Ok(command) = self.queue.try_recv()
        {
            taken += 1;
            self.add(&mut batch, command);
        }
        self.queued.fetch_sub(taken, Ordering::Relaxed);
        Some(batch)
    }

    fn add(&mut self, batch: &mut Batch, command: Command) {
        let (input, answer) = match command {
            Command::Connect { connect, outbox } => {
                self.outboxes.insert(connect.session, outbox);
                (Input::Connect(connect), None)
            }
            Command::Input(input) => (input, None),
            Command::Disconnect { session } => (Input::Disconnect { session }, None),
            Command::Admin { request, answer } => (Input::Admin(request), Some(answer)),
            Command::Probe { answer } => return batch.probes.push(answer),
            Command::Stop { reconnect_after_ms } => return batch.stop = Some(reconnect_after_ms),
        };
        batch.inputs.push(input);
        batch.answers.push(answer);
    }

    fn turn(&mut self, mut batch: Batch) {
        let now = clock::now();
        let outcomes = match self.decide(&batch.inputs, now) {
            Ok(outcomes) => outcomes,
            Err(error) => self.refuse_all(&batch.inputs, &error, now),
        };
        for (outcome, answer) in outcomes.into_iter().zip(batch.answers.drain(..)) {
            self.release(outcome, answer);
        }
        for input in &batch.inputs {
            if let Input::Disconnect { session } = input {
                self.outboxes.remove(session);
            }
        }
        self.carry_out_due(now);
        for delivery in self.hub.tick(clock::now()) {
            self.deliver(delivery);
        }
        let now = clock::now();
        self.presence.add(self.hub.take_presence_rows(), now);
        if self.presence.is_due(now) || (batch.stop.is_some() && self.presence.due_at().is_some()) {
            self.note_presence(now);
        }
        self.answer_probes(batch.probes);
        gauge!(names::SESSIONS).set(self.hub.session_count() as f64);
    }

    /// Decides everything and makes it durable, or nothing.
    fn decide(&mut self, inputs: &[Input], now: Timestamp) -> Result<Vec<Outcome>, StoreError> {
        let mut outcomes = Vec::with_capacity(inputs.len());
        let mut applied = Applied::default();
        for input in inputs {
            let outcome = self.hub.handle(input, now, &self.store);
            if !outcome.writes.is_empty() && !applied.presence {
                self.apply_presence(&mut applied)?;
            }
            self.apply(&outcome.writes, &mut applied)?;
            outcomes.push(outcome);
        }
        let started = Instant::now();
        self.store.commit()?;
        self.hub.committed();
        if applied.presence {
            self.presence.written();
        }
        if applied.journal {
            self.tap.announce();
        }
        if outcomes.iter().any(|outcome| !outcome.writes.is_empty()) {
            histogram!(names::COMMIT_SECONDS).record(started.elapsed());
            histogram!(names::BATCH_SIZE).record(inputs.len() as f64);
            counter!(names::MESSAGES).increment(applied.messages);
        }
        Ok(outcomes)
    }

    /// What calls ask for by themselves: rings nobody answers, sides that do not come back.
    fn carry_out_due(&mut self, now: Timestamp) {
        let outcomes = self.hub.due(now, &self.store);
        if outcomes.is_empty() {
            return;
        }
        let mut applied = Applied::default();
        let stored = outcomes.iter().try_for_each(|outcome| self.apply(&outcome.writes, &mut applied));
        match stored.and_then(|()| self.store.commit()) {
            Ok(()) => {
                self.hub.committed();
                if applied.journal {
                    self.tap.announce();
                }
                outcomes.into_iter().for_each(|outcome| self.release(outcome, None));
            }
            Err(error) => {
                self.refuse_all(&[], &error, now);
            }
        }
    }

    /// Writes down who came and went, when nothing else took it along. A disk that is full must not keep anybody out.
    fn note_presence(&mut self, now: Timestamp) {
        let mut applied = Applied::default();
        let stored = self.apply_presence(&mut applied).and_then(|()| self.store.commit());
        match stored {
            Ok(()) => {
                self.presence.written();
                self.tap.announce();
            }
            Err(error) => {
                self.store.roll_back();
                self.presence.not_written(now);
                tracing::warn!(%error, "who came and went was not written down");
            }
        }
    }

    fn apply_presence(&mut self, applied: &mut Applied) -> Result<(), StoreError> {
        for row in self.presence.rows() {
            self.store.apply(row)?;
            applied.journal = true;
        }
        applied.presence = true;
        Ok(())
    }

    /// Applies what was decided, and writes messages down in the journal as well while somebody waits for them.
    fn apply(&mut self, writes: &[Write], applied: &mut Applied) -> Result<(), StoreError> {
        for write in writes {
            self.store.apply(write)?;
            if let Write::AddMessage(message) = write {
                applied.messages += 1;
                if let Some(row) = self.tap.row_of(message) {
                    self.store.apply(&Write::AddJournal(row))?;
                    applied.journal = true;
                }
            }
            applied.journal |= matches!(write, Write::AddJournal(_));
        }
        Ok(())
    }

    fn refuse_all(&mut self, inputs: &[Input], error: &StoreError, now: Timestamp) -> Vec<Outcome> {
        tracing::error!(%error, requests = inputs.len(), "nothing of a batch was stored");
        counter!(names::COMMIT_FAILURES).increment(1);
        self.store.roll_back();
        self.hub.uncommitted(inputs.iter(), now);
        inputs.iter().map(|input| refuse(input, storage_failure(error).into())).collect()
    }

    fn release(&mut self, outcome: Outcome, answer: Option<Answer>) {
        for delivery in outcome.deliveries {
            self.deliver(delivery);
        }
        for upload in outcome.lost_uploads {
            // Nobody listens only while the server goes down; the bytes are swept at the next start.
            let _ = self.lost_uploads.send(upload);
        }
        if let Some((answer, result)) = answer.zip(outcome.answer) {
            // Whoever asked may have gone away.
            let _ = answer.send(result);
        }
    }

    fn deliver(&self, delivery: Delivery) {
        match delivery {
            Delivery::To { sessions, envelope } => {
                if let Some(frame) = frame(&envelope) {
                    for session in sessions {
                        self.push(session, &frame);
                    }
                }
            }
            Delivery::Everyone { envelope } => {
                if let Some(frame) = frame(&envelope) {
                    for outbox in self.outboxes.values() {
                        outbox.push(frame.clone());
                    }
                }
            }
            Delivery::Close { session, reason } => {
                if let Some(outbox) = self.outboxes.get(&session) {
                    outbox.close(reason);
                }
            }
        }
    }

    fn push(&self, session: SessionKey, frame: &Utf8Bytes) {
        if let Some(outbox) = self.outboxes.get(&session) {
            outbox.push(frame.clone());
        }
    }

    fn answer_probes(&mut self, probes: Vec<oneshot::Sender<bool>>) {
        if probes.is_empty() {
            return;
        }
        let healthy = match self.store.probe() {
            Ok(()) => true,
            Err(error) => {
                tracing::warn!(%error, "the database does not commit");
                false
            }
        };
        for probe in probes {
            let _ = probe.send(healthy);
        }
    }

    fn say_goodbye(&mut self, reconnect_after_ms: u32) {
        let msg = ServerMessage::Session(SessionNews::Restarting { reconnect_after_ms });
        self.deliver(Delivery::Everyone {
            envelope: ServerEnvelope { v: PROTOCOL_VERSION, re: None, step: None, msg },
        });
        for outbox in self.outboxes.values() {
            outbox.close(CloseReason::Restarting);
        }
    }
}

/// The frame of an envelope; serialized once, shared by everybody who gets it.
pub fn frame(envelope: &ServerEnvelope) -> Option<Utf8Bytes> {
    match serde_json::to_string(envelope) {
        Ok(text) => Some(text.into()),
        Err(error) => {
            tracing::error!(%error, "an envelope has no written form");
            None
        }
    }
}
