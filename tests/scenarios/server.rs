//! The server: the real engine with the real hub, over a store without a disk; able to fail at any point, and to die.

use crate::boards::Seen;
use bandyer_hub::sync::{self, Part};
use bandyer_hub::{AdminRequest, Connect, Delivery, Hub, HubSettings, Input, Seated, SessionKey, pages};
use bandyer_protocol::{
    Attachment, CallAlias, ChatId, ChatRequest, ClientEnvelope, ClientMessage, Cursor, ErrorCode, Failure,
    Message, PROTOCOL_VERSION, Presence, RequestId, ServerEnvelope, ServerMessage, SessionId, SessionNews,
    SessionRequest, ShapeId, Timestamp, UploadId, UserAlias,
};
use bandyer_records::{
    BoardRecord, Boards, ChatRecord, JournalRecord, Reader, Role, RoomRecord, ShapeRange, ShapeRecord,
    StoreError, UploadPlace, UploadRecord, UserRecord, Write,
};
use bandyer_server::engine::{Deliver, Engine};
use bandyer_store::memory::Troubles;
use bandyer_store::{MemoryStore, Store};
use std::collections::{BTreeMap, BTreeSet};

/// What the server wants sent, or closed.
#[derive(Debug)]
pub enum Out {
    Frame(SessionKey, Box<ServerEnvelope>),
    Close(SessionKey),
}

/// What the engine lets out, until the network takes it.
#[derive(Default)]
struct Post {
    out: Vec<Out>,
    admitted: BTreeSet<SessionKey>,
}

impl Deliver for Post {
    fn admit(&mut self, session: SessionKey) {
        self.admitted.insert(session);
    }

    fn deliver(&mut self, delivery: Delivery) {
        match delivery {
            Delivery::To { sessions, envelope } => {
                self.out.extend(
                    sessions.into_iter().map(|session| Out::Frame(session, Box::new(envelope.clone()))),
                );
            }
            Delivery::Everyone { envelope, .. } => {
                let frame = |session: &SessionKey| Out::Frame(*session, Box::new(envelope.clone()));
                self.out.extend(self.admitted.iter().map(frame));
            }
            Delivery::Close { session, .. } => self.out.push(Out::Close(session)),
        }
    }

    fn lose(&mut self, _: UploadId) {}

    fn seat(&mut self, _: Seated) {}

    fn dismiss(&mut self, _: &UserAlias) {}

    fn journal_grew(&mut self) {}

    fn row_of(&self, _: &Message) -> Option<JournalRecord> {
        None
    }
}

pub struct Server {
    engine: Engine<MemoryStore, Post>,
    inbox: Vec<Input>,
    users: BTreeMap<SessionKey, UserAlias>,
    lives: u8,
}

impl Server {
    pub fn new(users: &[&str]) -> Self {
        let mut server = Self {
            engine: Engine::new(hub(0), MemoryStore::default(), Post::default()),
            inbox: Vec::new(),
            users: BTreeMap::new(),
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

    /// What goes wrong at the store from now on.
    pub fn troubles(&mut self) -> &mut Troubles {
        self.engine.store_mut().troubles()
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
                let known = sync::known(self.engine.store(), request.cursor, request.epoch.as_ref());
                let missed = known.ok().and_then(|since| self.missed(&user, since));
                let Some(missed) = missed else {
                    return vec![error(session, re, ErrorCode::StorageUnavailable)];
                };
                self.users.insert(session, user.clone());
                self.inbox.push(Input::Connect(Connect {
                    session,
                    session_id,
                    re,
                    issued_at: Timestamp(0),
                    expires_at: Timestamp(i64::MAX / 4),
                    missed,
                    user,
                    scope: None,
                    features: request.features.clone(),
                }));
                Vec::new()
            }
            ClientMessage::Session(SessionRequest::Resync { cursor }) => {
                let Some(user) = self.users.get(&session) else { return Vec::new() };
                let Some(missed) = self.missed(user, Some(cursor)) else {
                    return vec![error(session, re, ErrorCode::StorageUnavailable)];
                };
                self.inbox.push(Input::CatchUp { session, re, missed });
                Vec::new()
            }
            ClientMessage::Session(SessionRequest::Ping) => {
                vec![reply(session, re, ServerMessage::Session(SessionNews::Pong))]
            }
            ClientMessage::Chat(ChatRequest::FetchMessages { chat, from, direction, limit }) => {
                let Some(user) = self.users.get(&session) else { return Vec::new() };
                let page = pages::Page { chat, from, direction, limit };
                let page = pages::fetch(self.engine.store(), user, &page, HubSettings::default().limits);
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

    /// What a device does not know yet, in parts so small that most lists need several. `None` when the store fails.
    fn missed(&self, user: &UserAlias, since: Option<Cursor>) -> Option<Box<Part>> {
        sync::part(self.engine.store(), user, None, since, 2).ok().map(Box::new)
    }

    /// A file was uploaded for a call, over HTTP.
    pub fn upload(&mut self, owner: &UserAlias, call: &CallAlias, attachment: &Attachment) {
        let (owner, attachment) = (owner.clone(), attachment.clone());
        let place = UploadPlace::Call(call.clone());
        let record = UploadRecord { place, owner, attachment, created_at: Timestamp(0) };
        let store = self.engine.store_mut();
        assert!(store.apply(&Write::AddUpload(record)).is_ok() && store.commit().is_ok());
    }

    /// A room that the host site made.
    pub fn add_room(&mut self, room: RoomRecord) {
        let store = self.engine.store_mut();
        assert!(store.apply(&Write::PutRoom(room)).is_ok() && store.commit().is_ok());
    }

    /// A board as it is kept: the pages that are there, and their shapes.
    pub fn board(&self, room: &CallAlias) -> Seen {
        let board = self.engine.store().board(room).ok().flatten();
        let mut pages = board.unwrap_or_else(|| BoardRecord::new(room.clone())).pages;
        pages.retain(|page| !page.erased);
        pages.sort_by(|a, b| (&a.order, &a.id).cmp(&(&b.order, &b.id)));
        let there = self
            .every_shape(room)
            .into_iter()
            .filter(|record| !record.erased && pages.iter().any(|page| page.id == record.shape.page));
        let shapes = there.map(|record| (record.shape.id.clone(), record.shape)).collect();
        Seen { pages, shapes }
    }

    /// The shapes of a board, erased ones too.
    pub fn shapes_ever(&self, room: &CallAlias) -> BTreeSet<ShapeId> {
        self.every_shape(room).into_iter().map(|record| record.shape.id).collect()
    }

    fn every_shape(&self, room: &CallAlias) -> Vec<ShapeRecord> {
        let range = ShapeRange { after: 0, from: None, erased_after: 0, limit: u32::MAX, bytes: u64::MAX };
        self.engine.store().shapes(room, &range).unwrap_or_default()
    }

    /// The edge refuses a request without asking the hub.
    pub fn limit_rate(&self, session: SessionKey, frame: &ClientEnvelope) -> Out {
        let failure =
            Failure { retry_after_ms: Some(300), ..Failure::new(ErrorCode::RateLimited, "too many") };
        reply(session, frame.id, ServerMessage::Error(failure))
    }

    pub fn disconnect(&mut self, session: SessionKey) {
        self.users.remove(&session);
        self.engine.out_mut().admitted.remove(&session);
        self.inbox.push(Input::Disconnect { session });
    }

    /// One turn of the engine with at most `most` inputs.
    pub fn turn(&mut self, most: usize, now: Timestamp) -> Vec<Out> {
        let rest = self.inbox.split_off(most.min(self.inbox.len()));
        let batch = std::mem::replace(&mut self.inbox, rest);
        self.engine.turn(batch, now);
        std::mem::take(&mut self.engine.out_mut().out)
    }

    /// Says that it goes down, after all that waits.
    pub fn stop(&mut self, now: Timestamp) -> Vec<Out> {
        let mut out = self.turn(usize::MAX, now);
        self.engine.stop(500, now);
        out.append(&mut self.engine.out_mut().out);
        out
    }

    /// Dies in the middle of a batch, before the commit or `after` it: whatever was not committed is gone, nothing of it
    /// was told to anybody, and everybody's socket is gone too.
    pub fn die(&mut self, in_batch: usize, after: bool, now: Timestamp) {
        let down = (!after).then(|| StoreError::Locked("by the end".to_owned()));
        *self.troubles() = Troubles { down, ..Troubles::default() };
        self.turn(in_batch, now);
        let mut store = std::mem::take(self.engine.store_mut());
        *store.troubles() = Troubles::default();
        store.roll_back();
        self.lives += 1;
        let mut hub = hub(self.lives);
        assert!(hub.restore(&store, now).is_ok(), "calls that went on cannot be read");
        self.engine = Engine::new(hub, store, Post::default());
        self.inbox.clear();
        self.users.clear();
    }

    pub fn is_idle(&self) -> bool {
        self.inbox.is_empty()
    }

    /// When something is due by itself.
    pub fn next_deadline(&self) -> Option<Timestamp> {
        self.engine.next_deadline()
    }

    /// Everybody whom the hub takes for being there, and how.
    pub fn present(&self) -> BTreeMap<UserAlias, Presence> {
        self.engine.hub().online().into_iter().collect()
    }

    /// How many sockets the hub knows.
    pub fn sockets(&self) -> usize {
        self.engine.hub().session_count()
    }

    pub fn chats_of(&self, user: &UserAlias) -> Vec<ChatRecord> {
        self.engine
            .store()
            .chats_of(user)
            .unwrap_or_default()
            .into_iter()
            .filter(|chat| !chat.removed)
            .collect()
    }

    /// Every message of a chat, oldest first.
    pub fn messages(&self, chat: &ChatId) -> Vec<Message> {
        let all = (bandyer_protocol::Seq(0), bandyer_protocol::PageDirection::After);
        self.engine.store().messages(chat, all.0, all.1, u32::MAX - 1).unwrap_or_default()
    }

    /// Where a device of the user stands that has seen everything.
    pub fn cursor_of(&self, user: &UserAlias) -> Cursor {
        let all = self.engine.store().chats_of(user).unwrap_or_default();
        all.iter().map(|chat| chat.revision).max().unwrap_or_default()
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
