//! What the engine and those who read the journal tell each other: whether messages are wanted in it, and that there
//! is something new.

use bandyer_protocol::{Message, MessageBody};
use bandyer_records::{JournalKind, JournalRecord};
use std::sync::atomic::{AtomicBool, Ordering};
use tokio::sync::watch;

#[derive(Debug)]
pub struct JournalTap {
    /// Messages are written down only while somebody waits for them: a chat is not to pay for webhooks it has not.
    messages: AtomicBool,
    written: watch::Sender<()>,
}

impl Default for JournalTap {
    fn default() -> Self {
        Self { messages: AtomicBool::new(false), written: watch::Sender::new(()) }
    }
}

impl JournalTap {
    pub fn want_messages(&self, wanted: bool) {
        self.messages.store(wanted, Ordering::Relaxed);
    }

    /// Becomes ready when rows were committed since it was last asked.
    pub fn written(&self) -> watch::Receiver<()> {
        self.written.subscribe()
    }

    pub fn announce(&self) {
        self.written.send_replace(());
    }

    /// The row that goes with a message, as long as messages are wanted.
    pub fn row_of(&self, message: &Message) -> Option<JournalRecord> {
        if !self.messages.load(Ordering::Relaxed) {
            return None;
        }
        match message.body {
            MessageBody::Text(_) | MessageBody::File(_) => Some(JournalRecord {
                id: 0,
                at: message.at,
                kind: JournalKind::MessageSent,
                user: Some(message.sender.clone()),
                room: None,
                session: None,
                data: serde_json::json!({ "chat": message.chat, "seq": message.seq }).to_string(),
            }),
            // Nobody wrote it.
            MessageBody::MissedCall(_) | MessageBody::DeclinedCall(_) | MessageBody::Unknown => None,
        }
    }
}
