//! What calls leave behind: rows of the journal, the note of a call nobody answered.

use super::LiveState;
use crate::{Hub, Outcome, Refusal};
use bandyer_protocol::{
    ChatId, ChatNews, ClientMessageId, Message, MessageBody, ServerMessage, Timestamp, UserAlias,
};
use bandyer_records::{ChatRecord, JournalKind, JournalRecord, Reader, Write};

pub(super) fn row(
    state: &LiveState,
    kind: JournalKind,
    user: &UserAlias,
    data: &serde_json::Value,
    at: Timestamp,
) -> Write {
    let in_session = matches!(
        kind,
        JournalKind::Joined
            | JournalKind::Left
            | JournalKind::SessionStarted
            | JournalKind::SessionEnded
            | JournalKind::Feedback
    );
    Write::AddJournal(JournalRecord {
        id: 0,
        at,
        kind,
        user: Some(user.clone()),
        room: Some(state.call.call.clone()),
        session: in_session.then(|| state.session.clone()),
        data: data.to_string(),
    })
}

pub(super) fn bare(state: &LiveState, kind: JournalKind, user: &UserAlias, at: Timestamp) -> Write {
    row(state, kind, user, &serde_json::json!({}), at)
}

/// Who calls, or declines, again and again leaves one note.
const NOTED_AGAIN_MS: i64 = 300_000;

/// The newest message of the chat says the same already.
fn noted_just_now(newest: Option<Message>, sender: &UserAlias, body: &MessageBody, now: Timestamp) -> bool {
    newest.is_some_and(|message| {
        let same = &message.body == body && &message.sender == sender;
        same && (0..NOTED_AGAIN_MS).contains(&now.since(message.at))
    })
}

impl Hub {
    /// Notes in the chat of the two, if there is one, what came of a ring: that nobody answered the one who calls, or that
    /// the one who is called declined. Told like any message, and once: the name of the call is its client id.
    pub(super) fn note_call(
        &mut self,
        state: &LiveState,
        (sender, body): (&UserAlias, MessageBody),
        now: Timestamp,
        reader: &dyn Reader,
    ) -> Result<Outcome, Refusal> {
        let Some(id) = ChatId::between(&state.call.participants[0], &state.call.participants[1]) else {
            return Ok(Outcome::default());
        };
        let chat = self.records.chat(&id, reader)?.filter(|chat| !chat.removed).cloned();
        let client_id = ClientMessageId::parse(state.call.call.as_str()).ok();
        let (Some(chat), Some(client_id)) = (chat, client_id) else { return Ok(Outcome::default()) };
        let Some(side) = chat.side_of(sender) else { return Ok(Outcome::default()) };
        if reader.message_by_client_id(sender, &client_id)?.is_some() {
            return Ok(Outcome::default());
        }
        if noted_just_now(reader.message(&chat.id, chat.last_seq)?, sender, &body, now) {
            return Ok(Outcome::default());
        }
        self.know_cursors(&chat.users, reader)?;
        let mut chat: ChatRecord = chat;
        chat.revision = self.records.next_revision(reader)?;
        chat.last_seq = chat.last_seq.next();
        chat.unread[side.other().index()] += 1;
        let message = Message {
            chat: chat.id.clone(),
            seq: chat.last_seq,
            sender: sender.clone(),
            client_id,
            body,
            at: now,
        };
        let event = ServerMessage::Chat(ChatNews::MessageAdded { message: message.clone() });
        let deliveries = self.announce(&chat, None, |_| event.clone());
        self.records.put_chat(chat.clone());
        Ok(Outcome {
            writes: vec![Write::AddMessage(message), Write::PutChat(chat)],
            deliveries,
            ..Outcome::default()
        })
    }
}
