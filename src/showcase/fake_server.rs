//! The other side of the socket as a function: enough of it for every view.

use bandyer_protocol::{
    CallNews, CallPhase, CallRequest, CallTerms, ChatId, ChatNews, ChatRequest, ChatSummary, ClientEnvelope,
    ClientMessage, ClientMessageId, Cursor, CursorStep, ErrorCode, Failure, Features, Limits, Message,
    MessageBody, PROTOCOL_VERSION, PageDirection, Seq, ServerEnvelope, ServerMessage, SessionId, SessionNews,
    SessionRequest, Sync, Timestamp, UserAlias, Welcome,
};
use std::collections::BTreeMap;

pub struct FakeServer {
    pub chats: BTreeMap<ChatId, FakeChat>,
    /// The next message is refused for good.
    pub refuse: bool,
    /// The next call is refused.
    pub refuse_call: Option<Failure>,
    cursor: u64,
}

pub struct FakeChat {
    pub messages: Vec<Message>,
    pub read: Seq,
    pub peer_read: Seq,
    pub created_at: Timestamp,
}

impl FakeServer {
    pub fn new(chats: BTreeMap<ChatId, FakeChat>) -> Self {
        Self { chats, refuse: false, refuse_call: None, cursor: 1 }
    }

    pub fn answer(&mut self, request: &ClientEnvelope, now: Timestamp) -> ServerEnvelope {
        let msg = match &request.msg {
            ClientMessage::Session(SessionRequest::Authenticate(_)) => {
                ServerMessage::Session(SessionNews::Welcome(Box::new(self.welcome(now))))
            }
            ClientMessage::Chat(ChatRequest::SendMessage { .. }) if std::mem::take(&mut self.refuse) => {
                ServerMessage::Error(Failure::new(ErrorCode::InvalidMessage, "refused"))
            }
            ClientMessage::Chat(ChatRequest::SendMessage { chat, client_id, body }) => {
                let mut added = self.store(chat, super::people::ME, client_id.clone(), body.clone(), now);
                added.re = Some(request.id);
                return added;
            }
            ClientMessage::Chat(ChatRequest::FetchMessages { chat, from, direction, limit }) => {
                self.page(chat, *from, *direction, *limit)
            }
            ClientMessage::Call(CallRequest::Create { terms, .. }) => match self.refuse_call.take() {
                Some(failure) => ServerMessage::Error(failure),
                None => ServerMessage::Call(CallNews::Entered(Box::new(super::calls::entry(
                    *terms,
                    CallPhase::Dialing,
                )))),
            },
            ClientMessage::Call(CallRequest::Join { .. }) => ServerMessage::Call(CallNews::Entered(
                Box::new(super::calls::entry(CallTerms::default(), CallPhase::Waiting)),
            )),
            ClientMessage::Call(CallRequest::ShareFile { call, upload }) => {
                super::calls::shared(call, upload)
            }
            ClientMessage::Session(SessionRequest::Ping) => ServerMessage::Session(SessionNews::Pong),
            _ => ServerMessage::Done,
        };
        ServerEnvelope { v: PROTOCOL_VERSION, re: Some(request.id), step: None, msg }
    }

    /// Someone else's message.
    pub fn add(&mut self, chat: &ChatId, sender: &str, body: MessageBody, now: Timestamp) -> ServerEnvelope {
        let client_id = super::people::client_id(&format!("x{}", self.cursor));
        self.store(chat, sender, client_id, body, now)
    }

    fn store(
        &mut self,
        chat: &ChatId,
        sender: &str,
        client_id: ClientMessageId,
        body: MessageBody,
        now: Timestamp,
    ) -> ServerEnvelope {
        let step = CursorStep { prev: Cursor(self.cursor), cursor: Cursor(self.cursor + 1) };
        self.cursor += 1;
        let known = self.chats.get_mut(chat);
        let seq = known.as_ref().map_or(Seq(1), |chat| last(&chat.messages).next());
        let message = Message {
            chat: chat.clone(),
            seq,
            sender: super::people::alias(sender),
            client_id,
            body,
            at: now,
        };
        if let Some(known) = known {
            known.messages.push(message.clone());
        }
        ServerEnvelope {
            v: PROTOCOL_VERSION,
            re: None,
            step: Some(step),
            msg: ServerMessage::Chat(ChatNews::MessageAdded { message }),
        }
    }

    fn page(&self, chat: &ChatId, from: Seq, direction: PageDirection, limit: u32) -> ServerMessage {
        let all = self.chats.get(chat).map(|chat| chat.messages.as_slice()).unwrap_or_default();
        let limit = limit as usize;
        let fits = |message: &&Message| match direction {
            PageDirection::Before => message.seq < from,
            PageDirection::After => message.seq > from,
        };
        let found: Vec<&Message> = all.iter().filter(fits).collect();
        let skip = match direction {
            PageDirection::Before => found.len().saturating_sub(limit),
            PageDirection::After => 0,
        };
        let has_more = found.len() > limit;
        let messages = found.into_iter().skip(skip).take(limit).cloned().collect();
        ServerMessage::Chat(ChatNews::Messages { chat: chat.clone(), messages, has_more })
    }

    fn welcome(&self, now: Timestamp) -> Welcome {
        let me: UserAlias = super::people::alias(super::people::ME);
        let chats = self.chats.iter().map(|(id, chat)| summary(id, chat, &me)).collect();
        Welcome {
            session: SessionId::parse("s1").unwrap_or_else(|_| unreachable!("a valid id")),
            user: super::people::profile(super::people::ME),
            now,
            issued_at: now,
            expires_at: now.plus_ms(3_600_000),
            limits: Limits::default(),
            epoch: Epoch::parse("showcase").unwrap_or_else(|_| unreachable!("a valid epoch")),
            features: Features::own(),
            ringing: None,
            elsewhere: None,
            sync: Sync {
                complete: true,
                cursor: Cursor(self.cursor),
                more: false,
                chats,
                removed: Vec::new(),
                profiles: super::people::profiles(),
                present: super::people::present(),
            },
        }
    }
}

fn last(messages: &[Message]) -> Seq {
    messages.last().map_or(Seq(0), |message| message.seq)
}

fn summary(id: &ChatId, chat: &FakeChat, me: &UserAlias) -> ChatSummary {
    let unread =
        chat.messages.iter().filter(|message| message.seq > chat.read && &message.sender != me).count();
    ChatSummary {
        chat: id.clone(),
        incarnation: 1,
        created_at: chat.created_at,
        created_by: me.clone(),
        last_seq: last(&chat.messages),
        last_message: chat.messages.last().cloned(),
        cut: false,
        read_seq: chat.read,
        peer_read_seq: chat.peer_read,
        unread: u32::try_from(unread).unwrap_or(u32::MAX),
    }
}
