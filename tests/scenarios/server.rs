//! The server: the real hub and the in-memory store, run in batches as the engine does, and able to fail and to die.

use bandyer_hub::{
    AdminRequest, Connect, Delivery, Hub, HubSettings, Input, Outcome, SessionKey, pages, refuse,
    storage_failure,
};
use bandyer_protocol::{
    Attachment, CallAlias, ChatId, ChatRequest, ClientEnvelope, ClientMessage, Cursor, ErrorCode, Failure,
    PROTOCOL_VERSION, RequestId, ServerEnvelope, ServerMessage, SessionId, SessionNews, SessionRequest,
    Timestamp, UserAlias,
};
use bandyer_records::{ChatRecord, Reader, Role, StoreResult, UploadPlace, UploadRecord, UserRecord, Write};
use bandyer_store::{MemoryStore, Store};
use std::collections::BTreeMap;

/// What the server wants sent, or closed.
#[derive(Debug)]
pub enum Out {
    Frame(SessionKey, Box<ServerEnvelope>),
    Close(SessionKey),
}

pub struct Server {
    hub: Hub,
    pub store: MemoryStore,
    inbox: Vec<Input>,
    users: BTreeMap<SessionKey, UserAlias>,
    /// Fails the next commit.
    pub failing: bool,
    lives: u8,
}

impl Server {
    pub fn new(users: &[&str]) -> Self {
        let mut server = Self {
            hub: hub(0),
            store: MemoryStore::default(),
            inbox: Vec::new(),
            users: BTreeMap::new(),
            failing: false,
            lives: 0,
        };
        for user in users {
            let Ok(alias) = UserAlias::parse(user) else { unreachable!("names in tests are valid") };
            let user = UserRecord { role: Role::Plus, ..UserRecord::new(alias, Timestamp(0)) };
            server.inbox.push(Input::Admin(AdminRequest::CreateUser(user)));
        }
        server.turn(usize::MAX, Timestamp(0));
        server
    }

    /// A frame arrived at the edge. Pages are read at once, beside the hub, as the real edge does.
    pub fn receive(&mut self, session: SessionKey, frame: ClientEnvelope) -> Vec<Out> {
        let re = frame.id;
        match frame.msg {
            ClientMessage::Session(SessionRequest::Authenticate(request)) => {
                let (Ok(user), Ok(session_id)) =
                    (UserAlias::parse(&request.token.0), SessionId::parse(&format!("s{}", session.0)))
                else {
                    return vec![error(session, re, ErrorCode::InvalidToken)];
                };
                self.users.insert(session, user.clone());
                self.inbox.push(Input::Connect(Connect {
                    session,
                    session_id,
                    re,
                    user,
                    issued_at: Timestamp(0),
                    expires_at: Timestamp(i64::MAX / 4),
                    cursor: request.cursor,
                }));
                Vec::new()
            }
            ClientMessage::Session(SessionRequest::Ping) => {
                vec![reply(session, re, ServerMessage::Session(SessionNews::Pong))]
            }
            ClientMessage::Chat(ChatRequest::FetchMessages { chat, from, direction, limit }) => {
                let Some(user) = self.users.get(&session) else { return Vec::new() };
                let page = pages::Page { chat, from, direction, limit };
                let page = pages::fetch(&self.store, user, &page, HubSettings::default().limits);
                let message = page
                    .unwrap_or_else(|refusal| ServerMessage::Error(refusal.into_failure().into_failure()));
                vec![reply(session, re, message)]
            }
            message => {
                self.inbox.push(Input::Request { session, re, message });
                Vec::new()
            }
        }
    }

    /// A file was uploaded for a call, over HTTP.
    pub fn upload(&mut self, owner: &UserAlias, call: &CallAlias, attachment: &Attachment) {
        let (owner, attachment) = (owner.clone(), attachment.clone());
        let place = UploadPlace::Call(call.clone());
        let record = UploadRecord { place, owner, attachment, created_at: Timestamp(0) };
        assert!(self.store.apply(&Write::AddUpload(record)).is_ok() && self.store.commit().is_ok());
    }

    /// The edge refuses a request without asking the hub.
    pub fn limit_rate(&self, session: SessionKey, frame: &ClientEnvelope) -> Out {
        let failure =
            Failure { retry_after_ms: Some(300), ..Failure::new(ErrorCode::RateLimited, "too many") };
        reply(session, frame.id, ServerMessage::Error(failure))
    }

    pub fn disconnect(&mut self, session: SessionKey) {
        self.users.remove(&session);
        self.inbox.push(Input::Disconnect { session });
    }

    /// One batch of the engine: decides at most `most` inputs, commits, and lets out what came of it.
    pub fn turn(&mut self, most: usize, now: Timestamp) -> Vec<Out> {
        let rest = self.inbox.split_off(most.min(self.inbox.len()));
        let batch = std::mem::replace(&mut self.inbox, rest);
        let mut outcomes = self.decide(&batch, now);
        let failing = std::mem::take(&mut self.failing);
        if let Err(error) = self.commit(failing) {
            self.store.roll_back();
            self.hub.uncommitted(batch.iter(), now);
            outcomes = batch.iter().map(|input| refuse(input, storage_failure(&error).into())).collect();
        }
        outcomes.extend(self.carry_out_due(now));
        let deliveries = outcomes.into_iter().flat_map(|outcome| outcome.deliveries);
        deliveries.chain(self.hub.tick(now)).flat_map(|delivery| self.deliver(delivery)).collect()
    }

    fn commit(&mut self, failing: bool) -> StoreResult<()> {
        self.store.set_failing(failing);
        let committed = self.store.commit();
        self.store.set_failing(false);
        if committed.is_ok() {
            self.hub.committed();
        }
        committed
    }

    /// What calls ask for by themselves.
    fn carry_out_due(&mut self, now: Timestamp) -> Vec<Outcome> {
        let outcomes = self.hub.due(now, &self.store);
        for write in outcomes.iter().flat_map(|outcome| &outcome.writes) {
            assert!(self.store.apply(write).is_ok(), "a write of the hub does not fit: {write:?}");
        }
        if self.commit(false).is_ok() { outcomes } else { Vec::new() }
    }

    fn decide(&mut self, batch: &[Input], now: Timestamp) -> Vec<Outcome> {
        let mut outcomes = Vec::new();
        for input in batch {
            let outcome = self.hub.handle(input, now, &self.store);
            for write in &outcome.writes {
                assert!(self.store.apply(write).is_ok(), "a write of the hub does not fit: {write:?}");
            }
            outcomes.push(outcome);
        }
        outcomes
    }

    /// Dies in the middle of a batch: what was not committed is gone, and so is everybody's socket.
    pub fn die(&mut self, in_batch: usize, now: Timestamp) {
        let batch: Vec<Input> = self.inbox.drain(..in_batch.min(self.inbox.len())).collect();
        self.decide(&batch, now);
        self.store.roll_back();
        self.lives += 1;
        self.hub = hub(self.lives);
        assert!(self.hub.restore(&self.store, now).is_ok(), "calls that went on cannot be read");
        self.inbox.clear();
        self.users.clear();
    }

    pub fn is_idle(&self) -> bool {
        self.inbox.is_empty()
    }

    /// When presence has something to say.
    pub fn next_deadline(&self) -> Option<Timestamp> {
        self.hub.next_deadline()
    }

    pub fn chats_of(&self, user: &UserAlias) -> Vec<ChatRecord> {
        self.store.chats_of(user).unwrap_or_default().into_iter().filter(|chat| !chat.removed).collect()
    }

    /// Every message of a chat, oldest first.
    pub fn messages(&self, chat: &ChatId) -> Vec<bandyer_protocol::Message> {
        let all = (bandyer_protocol::Seq(0), bandyer_protocol::PageDirection::After);
        self.store.messages(chat, all.0, all.1, u32::MAX - 1).unwrap_or_default()
    }

    /// Where a device of the user stands that has seen everything.
    pub fn cursor_of(&self, user: &UserAlias) -> Cursor {
        let all = self.store.chats_of(user).unwrap_or_default();
        all.iter().map(|chat| chat.revision).max().unwrap_or_default()
    }

    fn deliver(&self, delivery: Delivery) -> Vec<Out> {
        match delivery {
            Delivery::To { sessions, envelope } => {
                sessions.into_iter().map(|session| Out::Frame(session, Box::new(envelope.clone()))).collect()
            }
            Delivery::Everyone { envelope } => {
                self.users.keys().map(|session| Out::Frame(*session, Box::new(envelope.clone()))).collect()
            }
            Delivery::Close { session, .. } => vec![Out::Close(session)],
        }
    }
}

/// A hub of a server's so-manieth life: it names calls like no other.
fn hub(life: u8) -> Hub {
    Hub::new(HubSettings { seed: [life; 16], ..HubSettings::default() })
}

fn reply(session: SessionKey, re: RequestId, msg: impl Into<ServerMessage>) -> Out {
    Out::Frame(
        session,
        Box::new(ServerEnvelope { v: PROTOCOL_VERSION, re: Some(re), step: None, msg: msg.into() }),
    )
}

fn error(session: SessionKey, re: RequestId, code: ErrorCode) -> Out {
    reply(session, re, ServerMessage::Error(Failure::new(code, "no")))
}
