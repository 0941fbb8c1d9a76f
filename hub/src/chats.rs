//! Chats and their messages: what may be sent, what it is numbered, who hears of it.

use super::board::drop_boards;
use super::sync::summary;
use super::{AdminReply, Decision, Delivery, Hub, Origin, Outcome, Refusal, SessionKey, refusal};
use bandyer_protocol::visible::is_blank;
use bandyer_protocol::{
    Attachment, ChatId, ChatNews, ClientMessageId, CursorStep, ErrorCode, Failure, Message, MessageBody,
    PROTOCOL_VERSION, Seq, ServerEnvelope, ServerMessage, Timestamp, UploadId, UserAlias,
};
use bandyer_records::{
    BoardsOf, CallFiles, ChatRecord, Reader, Side, UploadPlace, UploadRecord, UserRecord, Write,
};

impl Hub {
    /// Stores a message once, however often it is sent under the same client id.
    #[expect(clippy::too_many_arguments, reason = "what a message consists of, plus the surroundings")]
    pub(super) fn send_message(
        &mut self,
        sender: &UserAlias,
        chat: &ChatId,
        client_id: &ClientMessageId,
        body: &MessageBody,
        origin: Option<Origin>,
        now: Timestamp,
        reader: &dyn Reader,
    ) -> Result<(Outcome, Message), Refusal> {
        let (mut chat, side) = self.chat_of_user(chat, sender, reader)?;
        self.check_text(body)?;
        if let Some(stored) = reader.message_by_client_id(sender, client_id)? {
            return sent_before(stored, &chat.id, body, origin);
        }
        self.existing_user(chat.user(side.other()), reader)?;
        let body = deliverable(body, sender, &chat.id, reader)?;
        self.know_cursors(&chat.users, reader)?;
        chat.revision = self.records.next_revision(reader)?;
        chat.last_seq = chat.last_seq.next();
        chat.unread[side.other().index()] += 1;
        let message = Message {
            chat: chat.id.clone(),
            seq: chat.last_seq,
            sender: sender.clone(),
            client_id: client_id.clone(),
            body,
            at: now,
        };
        let event = ServerMessage::Chat(ChatNews::MessageAdded { message: message.clone() });
        let deliveries = self.announce(&chat, origin, |_| event.clone());
        self.records.put_chat(chat.clone());
        let writes = vec![Write::AddMessage(message.clone()), Write::PutChat(chat)];
        Ok((Outcome { writes, deliveries, ..Outcome::default() }, message))
    }

    /// A message the host site sends in a user's name.
    pub(super) fn send_for(
        &mut self,
        sender: &UserAlias,
        to: &UserAlias,
        client_id: &ClientMessageId,
        text: &str,
        now: Timestamp,
        reader: &dyn Reader,
    ) -> Decision {
        self.existing_user(sender, reader)?;
        let chat = refusal::chat_of(sender, to)?;
        let body = MessageBody::Text(text.to_owned());
        let (outcome, message) = self.send_message(sender, &chat, client_id, &body, None, now, reader)?;
        Ok(outcome.answering(AdminReply::Message(Box::new(message))))
    }

    /// Moves the read marker forward, never back nor beyond the last message.
    pub(super) fn mark_read(
        &mut self,
        user: &UserAlias,
        chat: &ChatId,
        seq: Seq,
        origin: Origin,
        reader: &dyn Reader,
    ) -> Decision {
        let (mut chat, side) = self.chat_of_user(chat, user, reader)?;
        let (own, before) = (side.index(), chat.read[side.index()]);
        let upto = seq.min(chat.last_seq);
        if upto <= before {
            return Ok(origin.reply(ServerMessage::Done));
        }
        chat.unread[own] = if upto == chat.last_seq {
            0
        } else {
            let now_read = reader.count_between(&chat.id, chat.user(side.other()), before, upto)?;
            chat.unread[own].saturating_sub(now_read)
        };
        chat.read[own] = upto;
        self.know_cursors(&chat.users, reader)?;
        chat.revision = self.records.next_revision(reader)?;
        let event =
            ServerMessage::Chat(ChatNews::ReadMoved { chat: chat.id.clone(), user: user.clone(), seq: upto });
        let mut deliveries = self.announce(&chat, None, |_| event.clone());
        deliveries.push(origin.reply_delivery(ServerMessage::Done));
        self.records.put_chat(chat.clone());
        Ok(Outcome { writes: vec![Write::PutChat(chat)], deliveries, ..Outcome::default() })
    }

    pub(super) fn typing(
        &mut self,
        user: &UserAlias,
        chat: &ChatId,
        origin: Origin,
        reader: &dyn Reader,
    ) -> Decision {
        let (chat, side) = self.chat_of_user(chat, user, reader)?;
        let msg = ServerMessage::Chat(ChatNews::Typing { chat: chat.id.clone(), user: user.clone() });
        let event = ServerEnvelope { v: PROTOCOL_VERSION, re: None, step: None, msg };
        let mut outcome = origin.reply(ServerMessage::Done);
        outcome.deliveries.extend(self.tell(chat.user(side.other()), None, event));
        Ok(outcome)
    }

    /// Creates the chat, or finds it.
    pub(super) fn add_chat(
        &mut self,
        by: &UserAlias,
        with: &UserAlias,
        origin: Option<Origin>,
        now: Timestamp,
        reader: &dyn Reader,
    ) -> Result<(Outcome, ChatRecord), Refusal> {
        let id = refusal::chat_of(by, with)?;
        self.existing_user(with, reader)?;
        let known = self.records.chat(&id, reader)?.cloned();
        if let Some(chat) = known.as_ref().filter(|chat| !chat.removed) {
            let side = chat.side_of(by).unwrap_or(Side::First);
            let added = self.chat_added(chat, side, reader)?;
            let outcome = origin.map(|origin| origin.reply(added)).unwrap_or_default();
            return Ok((outcome, chat.clone()));
        }
        if origin.is_some() {
            self.may_open(by, reader)?;
        }
        let users = id.participants();
        self.know_cursors(&users, reader)?;
        let chat = ChatRecord {
            id,
            users,
            incarnation: known.map_or(0, |chat| chat.incarnation) + 1,
            created_at: now,
            created_by: by.clone(),
            removed: false,
            revision: self.records.next_revision(reader)?,
            last_seq: Seq(0),
            read: [Seq(0); 2],
            unread: [0; 2],
        };
        let seen =
            [self.chat_added(&chat, Side::First, reader)?, self.chat_added(&chat, Side::Second, reader)?];
        let mut deliveries = self.announce(&chat, origin, |side| seen[side.index()].clone());
        // News of presence told them nothing of each other before.
        let [first, second] = &chat.users;
        deliveries.extend(self.roster.introduce(first, second));
        deliveries.extend(self.roster.introduce(second, first));
        self.records.put_chat(chat.clone());
        Ok((Outcome { writes: vec![Write::PutChat(chat.clone())], deliveries, ..Outcome::default() }, chat))
    }

    /// What users open has a limit; what the host site opens for them has none.
    fn may_open(&self, user: &UserAlias, reader: &dyn Reader) -> Result<(), Refusal> {
        let most = self.settings.chats_per_user;
        if reader.opened_by(user)? >= most {
            let reason = format!("a user may open {most} chats");
            return Err(Failure::new(ErrorCode::TooManyChats, reason).into());
        }
        Ok(())
    }

    /// Deletes the chat's messages and files for both, and leaves a tombstone.
    pub(super) fn remove_chat(
        &mut self,
        user: &UserAlias,
        chat: &ChatId,
        origin: Option<Origin>,
        reader: &dyn Reader,
    ) -> Decision {
        let (chat, _) = self.chat_of_user(chat, user, reader)?;
        let lost_uploads = reader.uploads_of(&chat.id)?;
        let in_calls = drop_files(reader.call_uploads(&CallFiles::Between(chat.users.clone()))?);
        let users = chat.users.clone();
        self.know_cursors(&users, reader)?;
        let revision = self.records.next_revision(reader)?;
        let tombstone = ChatRecord {
            removed: true,
            revision,
            last_seq: Seq(0),
            read: [Seq(0); 2],
            unread: [0; 2],
            ..chat
        };
        let event = ServerMessage::Chat(ChatNews::Removed { chat: tombstone.id.clone() });
        let deliveries = self.announce(&tombstone, origin, |_| event.clone());
        self.records.put_chat(tombstone.clone());
        let writes = vec![Write::ClearChat(tombstone.id.clone()), Write::PutChat(tombstone)];
        let mut outcome = Outcome { writes, deliveries, lost_uploads, ..Outcome::default() };
        outcome.follow(in_calls);
        outcome.follow(drop_boards(&BoardsOf::Both(users), reader)?);
        Ok(outcome)
    }

    pub(super) fn add_upload(
        &mut self,
        upload: &UploadRecord,
        now: Timestamp,
        reader: &dyn Reader,
    ) -> Decision {
        match &upload.place {
            UploadPlace::Chat(chat) => {
                self.chat_of_user(chat, &upload.owner, reader)?;
            }
            UploadPlace::Call(call) => {
                self.call_of(&upload.owner, call)?;
                self.may_upload(&upload.owner, call, reader)?;
            }
        }
        let writes = vec![Write::AddUpload(UploadRecord { created_at: now, ..upload.clone() })];
        Ok(Outcome { writes, ..Outcome::default() }.answering(AdminReply::Done))
    }

    pub(super) fn existing_user(
        &mut self,
        alias: &UserAlias,
        reader: &dyn Reader,
    ) -> Result<&UserRecord, Refusal> {
        let user = self.records.user(alias, reader)?.filter(|user| !user.deleted);
        user.ok_or_else(refusal::user_not_found)
    }

    fn chat_of_user(
        &mut self,
        chat: &ChatId,
        user: &UserAlias,
        reader: &dyn Reader,
    ) -> Result<(ChatRecord, Side), Refusal> {
        let record = self.records.chat(chat, reader)?.filter(|chat| !chat.removed);
        let side = record.and_then(|chat| chat.side_of(user));
        record.cloned().zip(side).ok_or_else(refusal::chat_not_found)
    }

    fn chat_added(
        &mut self,
        chat: &ChatRecord,
        side: Side,
        reader: &dyn Reader,
    ) -> Result<ServerMessage, Refusal> {
        Ok(ServerMessage::Chat(ChatNews::Added {
            summary: Box::new(summary(chat, side, reader)?),
            profile: Box::new(self.profile(chat.user(side.other()), reader)?),
        }))
    }

    /// Tells every socket of both users of a change that has the chat's revision, each from where it stands; the
    /// socket it came from gets it as its reply. To be called before the changed chat is remembered.
    pub(super) fn announce(
        &mut self,
        chat: &ChatRecord,
        origin: Option<Origin>,
        event: impl Fn(Side) -> ServerMessage,
    ) -> Vec<Delivery> {
        let mut deliveries = Vec::with_capacity(3);
        // Where those stand who see this chat alone.
        let before = self.records.revision_of(&chat.id).unwrap_or_default();
        for side in [Side::First, Side::Second] {
            let user = chat.user(side);
            let prev = self.roster.cursor_of(user).unwrap_or_default();
            // Whoever comes back meanwhile reads the cursor anew.
            self.roster.set_cursor(user, chat.revision);
            let (mut whole, mut narrow) = (Vec::new(), Vec::new());
            for session in self.roster.sessions_of(user) {
                match self.roster.scope_of(*session) {
                    None => whole.push(*session),
                    Some(scope) if scope.chat == chat.id => narrow.push(*session),
                    Some(_) => {}
                }
            }
            for (sessions, prev) in [(whole, prev), (narrow, before)] {
                let step = Some(CursorStep { prev, cursor: chat.revision });
                let envelope = ServerEnvelope { v: PROTOCOL_VERSION, re: None, step, msg: event(side) };
                deliveries.extend(to_each(sessions, origin, envelope));
            }
        }
        deliveries
    }

    fn check_text(&self, body: &MessageBody) -> Result<(), Refusal> {
        let MessageBody::Text(text) = body else {
            return Ok(());
        };
        let most = self.settings.limits.message_chars as usize;
        if is_blank(text) {
            return Err(Failure::new(ErrorCode::InvalidMessage, "the message is blank").into());
        }
        // A character has at most four bytes: most texts need no counting.
        if text.len() > most && text.chars().count() > most {
            let reason = format!("the message is longer than {most} characters");
            return Err(Failure::new(ErrorCode::InvalidMessage, reason).into());
        }
        Ok(())
    }
}

/// To those sockets, as a reply to the one it came from.
fn to_each(
    mut sessions: Vec<SessionKey>,
    origin: Option<Origin>,
    envelope: ServerEnvelope,
) -> impl Iterator<Item = Delivery> {
    let asking = origin.filter(|origin| sessions.contains(&origin.session));
    sessions.retain(|key| asking.is_none_or(|origin| origin.session != *key));
    let reply = asking.map(|origin| Delivery::To {
        sessions: vec![origin.session],
        envelope: ServerEnvelope { re: Some(origin.re), ..envelope.clone() },
    });
    let others = (!sessions.is_empty()).then_some(Delivery::To { sessions, envelope });
    reply.into_iter().chain(others)
}

pub(super) fn drop_unsent_uploads(before: Timestamp, reader: &dyn Reader) -> Decision {
    Ok(drop_files(reader.unsent_uploads(before)?).answering(AdminReply::Done))
}

/// Files nobody is to have any more: the rows go now, the bytes once that is stored.
pub(super) fn drop_files(lost_uploads: Vec<UploadId>) -> Outcome {
    let writes = lost_uploads.iter().cloned().map(Write::DropUpload).collect();
    Outcome { writes, lost_uploads, ..Outcome::default() }
}

fn sent_before(
    stored: Message,
    chat: &ChatId,
    body: &MessageBody,
    origin: Option<Origin>,
) -> Result<(Outcome, Message), Refusal> {
    let same = match (&stored.body, body) {
        (MessageBody::Text(stored), MessageBody::Text(sent)) => stored == sent,
        (MessageBody::File(stored), MessageBody::File(sent)) => stored.upload == sent.upload,
        (MessageBody::MissedCall(stored), MessageBody::MissedCall(sent)) => stored == sent,
        (MessageBody::DeclinedCall(stored), MessageBody::DeclinedCall(sent)) => stored == sent,
        (
            MessageBody::Text(_)
            | MessageBody::File(_)
            | MessageBody::MissedCall(_)
            | MessageBody::DeclinedCall(_)
            | MessageBody::Unknown,
            _,
        ) => false,
    };
    if !same || &stored.chat != chat {
        return Err(Failure::new(ErrorCode::ClientIdReused, "the client id names another message").into());
    }
    let again = ServerMessage::Chat(ChatNews::MessageAdded { message: stored.clone() });
    Ok((origin.map(|origin| origin.reply(again)).unwrap_or_default(), stored))
}

/// The body as it is stored: of a file, only what the server knows itself.
fn deliverable(
    body: &MessageBody,
    sender: &UserAlias,
    chat: &ChatId,
    reader: &dyn Reader,
) -> Result<MessageBody, Refusal> {
    match body {
        MessageBody::Text(text) => Ok(MessageBody::Text(text.clone())),
        MessageBody::Unknown => {
            Err(Failure::new(ErrorCode::UnknownMessage, "the server does not know this kind of message")
                .into())
        }
        MessageBody::MissedCall(_) | MessageBody::DeclinedCall(_) => {
            Err(Failure::new(ErrorCode::InvalidMessage, "only the server notes calls").into())
        }
        MessageBody::File(Attachment { upload, .. }) => {
            let stored = reader
                .upload(upload)?
                .filter(|stored| &stored.owner == sender && stored.place.chat() == Some(chat));
            let missing =
                || Failure::new(ErrorCode::UploadNotFound, "no such upload of this user in this chat");
            Ok(MessageBody::File(stored.ok_or_else(missing)?.attachment))
        }
    }
}
