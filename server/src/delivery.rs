//! Between the engine and the sockets: an outbox for each socket, filled by the hub's thread and emptied by the socket's
//! task.

mod outbox;

pub use outbox::Outbox;

use crate::engine::{Deliver, JournalTap};
use crate::files::Files;
use crate::relay_rights::RelayRights;
use axum::extract::ws::Utf8Bytes;
use bandyer_hub::{CloseReason, Delivery, Seated, SessionKey};
use bandyer_protocol::{Message, ServerEnvelope, UploadId, UserAlias};
use bandyer_records::JournalRecord;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::mpsc::UnboundedSender;

/// The outbox of every socket that has authenticated. Cheap to clone.
#[derive(Clone, Default)]
pub struct Outboxes {
    shelf: Arc<Mutex<Shelf>>,
}

#[derive(Default)]
struct Shelf {
    /// Their sockets are on their way to the hub: nothing is for them before their welcome.
    waiting: HashMap<SessionKey, Arc<Outbox>>,
    admitted: HashMap<SessionKey, Arc<Outbox>>,
    /// The engine has ended.
    over: bool,
}

impl Outboxes {
    /// An outbox for a socket that is about to be announced to the hub. To be given back with [`Outboxes::remove`].
    pub fn add(&self, session: SessionKey, outbox: Arc<Outbox>) {
        let mut shelf = self.lock();
        if shelf.over {
            outbox.close(CloseReason::Restarting);
        }
        shelf.waiting.insert(session, outbox);
    }

    pub fn remove(&self, session: SessionKey) {
        let mut shelf = self.lock();
        shelf.waiting.remove(&session);
        shelf.admitted.remove(&session);
    }

    fn lock(&self) -> MutexGuard<'_, Shelf> {
        self.shelf.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The engine's way out.
pub struct Post {
    pub outboxes: Outboxes,
    pub lost_uploads: UnboundedSender<UploadId>,
    pub tap: Arc<JournalTap>,
    pub files: Files,
    pub relay_rights: RelayRights,
}

impl Deliver for Post {
    fn admit(&mut self, session: SessionKey) {
        let mut shelf = self.outboxes.lock();
        if let Some(outbox) = shelf.waiting.remove(&session) {
            shelf.admitted.insert(session, outbox);
        }
    }

    fn deliver(&mut self, delivery: Delivery) {
        match delivery {
            Delivery::To { sessions, envelope } => {
                let Some(frame) = frame(&envelope) else { return };
                let shelf = self.outboxes.lock();
                for outbox in sessions.iter().filter_map(|session| shelf.admitted.get(session)) {
                    outbox.push(frame.clone());
                }
            }
            Delivery::Everyone { envelope, except } => {
                let Some(frame) = frame(&envelope) else { return };
                for (session, outbox) in &self.outboxes.lock().admitted {
                    if except.binary_search(session).is_err() {
                        outbox.push(frame.clone());
                    }
                }
            }
            Delivery::Close { session, reason } => {
                if let Some(outbox) = self.outboxes.lock().admitted.get(&session) {
                    outbox.close(reason);
                }
            }
        }
    }

    fn lose(&mut self, upload: UploadId) {
        // Nobody listens only while the server goes down; the bytes are swept at the next start.
        let _ = self.lost_uploads.send(upload);
    }

    fn seat(&mut self, seated: Seated) {
        self.relay_rights.seat(seated);
    }

    fn dismiss(&mut self, user: &UserAlias) {
        self.files.dismiss(user);
        self.relay_rights.dismiss(user);
    }

    fn journal_grew(&mut self) {
        self.tap.announce();
    }

    fn row_of(&self, message: &Message) -> Option<JournalRecord> {
        self.tap.row_of(message)
    }
}

/// Whoever comes too late for the last turn is told to come back.
impl Drop for Post {
    fn drop(&mut self) {
        let mut shelf = self.outboxes.lock();
        shelf.over = true;
        for outbox in shelf.waiting.values().chain(shelf.admitted.values()) {
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
