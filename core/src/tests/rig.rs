//! A shell without a browser: keeps the state, the clock and what was asked for.

use crate::action::{ChatAction, PanelAction, Saved, SocketEvent, UserAction};
use crate::options::{Options, Tools};
use crate::timers::{ChatTimer, SessionTimer, TimerId};
use crate::{Action, ApiCall, ApiCallId, ApiError, ApiReply, ClientEvent, Effect, State, update};
use bandyer_protocol::*;

pub fn alias(text: &str) -> UserAlias {
    UserAlias::parse(text).unwrap()
}

pub fn chat_with(other: &str) -> ChatId {
    ChatId::between(&alias("anna"), &alias(other)).unwrap()
}

pub fn profile(name: &str) -> UserProfile {
    UserProfile {
        alias: alias(name),
        first_name: None,
        last_name: None,
        email: None,
        image: None,
        can_video: true,
    }
}

pub fn message(other: &str, seq: u64, sender: &str, text: &str) -> Message {
    Message {
        chat: chat_with(other),
        seq: Seq(seq),
        sender: alias(sender),
        client_id: ClientMessageId::parse(&format!("{sender}-{seq}")).unwrap(),
        body: MessageBody::Text(text.into()),
        at: Timestamp(1_000_000 + seq as i64),
    }
}

/// A chat of anna with so many messages of the other side, the last `unread` of them unread.
pub fn summary(other: &str, last: u64, unread: u32) -> ChatSummary {
    ChatSummary {
        chat: chat_with(other),
        incarnation: 1,
        created_at: Timestamp(1),
        created_by: alias("anna"),
        last_seq: Seq(last),
        last_message: (last > 0).then(|| message(other, last, other, "hi")),
        cut: false,
        read_seq: Seq(last - u64::from(unread)),
        peer_read_seq: Seq(0),
        unread,
    }
}

pub fn sync(cursor: u64, chats: Vec<ChatSummary>) -> Sync {
    let profiles = chats.iter().map(|c| profile(c.chat.other(&alias("anna")).unwrap().as_str())).collect();
    Sync {
        complete: true,
        cursor: Cursor(cursor),
        more: false,
        chats,
        removed: vec![],
        profiles,
        present: vec![],
    }
}

/// What the search field says while this is in it.
pub fn search(text: &str) -> PanelAction {
    PanelAction::Search { text: text.into(), key: crate::letters::key(text) }
}

pub struct Rig {
    pub state: State,
    pub now: Timestamp,
    pub cursor: u64,
    /// Of the server's database.
    pub epoch: Epoch,
    /// What the next welcome says of a ring.
    pub ringing: Option<Dial>,
    /// And of a call that another page has.
    pub elsewhere: Option<Elsewhere>,
    calls: u32,
    lines: u32,
}

/// Life of the token in the rig.
pub const LIFE_MS: i64 = 600_000;

impl Rig {
    pub fn new() -> Self {
        let options =
            Options { access_token: "t".into(), chat: true, tools: Tools::ALL, ..Options::default() };
        Self::with(options, "5eed")
    }

    pub fn with(options: Options, seed: &str) -> Self {
        Self {
            state: State::new(options, seed),
            now: Timestamp(1_000_000),
            cursor: 0,
            epoch: Epoch::parse("first").unwrap(),
            ringing: None,
            elsewhere: None,
            calls: 0,
            lines: 0,
        }
    }

    /// Connected as anna, everything restored, chats announced.
    pub fn connected(chats: Vec<ChatSummary>) -> Self {
        let mut rig = Self::new();
        rig.api(ApiCall::Create);
        rig.act(Action::Socket(SocketEvent::Opened));
        rig.welcome(sync(10, chats));
        rig.act(Action::Restored(Saved::default()));
        rig.act(Action::Timer(TimerId::Chat(ChatTimer::Announce)));
        rig
    }

    pub fn act(&mut self, action: Action) -> Vec<Effect> {
        update(&mut self.state, action, self.now)
    }

    pub fn user(&mut self, action: impl Into<UserAction>) -> Vec<Effect> {
        self.act(Action::User(action.into()))
    }

    /// The open conversation stands at its end; the lowest message on the screen is this.
    pub fn look(&mut self, other: &str, lowest: u64) -> Vec<Effect> {
        let lowest = Some(Seq(lowest));
        self.user(ChatAction::Looked { chat: chat_with(other), at_bottom: true, lowest })
    }

    pub fn timer(&mut self, timer: TimerId) -> Vec<Effect> {
        self.act(Action::Timer(timer))
    }

    pub fn pass(&mut self, ms: i64) {
        self.now = self.now.plus_ms(ms);
    }

    pub fn api(&mut self, call: ApiCall) -> Vec<Effect> {
        self.calls += 1;
        self.act(Action::Api(ApiCallId(self.calls), call))
    }

    fn frame(
        &mut self,
        re: Option<RequestId>,
        step: Option<CursorStep>,
        msg: impl Into<ServerMessage>,
    ) -> Vec<Effect> {
        let msg = msg.into();
        self.act(Action::Server(Box::new(ServerEnvelope { v: PROTOCOL_VERSION, re, step, msg })))
    }

    /// A passing event, or one about the session.
    pub fn told(&mut self, msg: impl Into<ServerMessage>) -> Vec<Effect> {
        self.frame(None, None, msg)
    }

    /// A durable event that joins.
    pub fn event(&mut self, msg: impl Into<ServerMessage>) -> Vec<Effect> {
        let step = self.step();
        self.frame(None, Some(step), msg)
    }

    /// A durable event before which another one got lost.
    pub fn event_after_loss(&mut self, msg: impl Into<ServerMessage>) -> Vec<Effect> {
        self.cursor += 1;
        self.event(msg)
    }

    fn step(&mut self) -> CursorStep {
        self.cursor += 1;
        CursorStep { prev: Cursor(self.cursor - 1), cursor: Cursor(self.cursor) }
    }

    /// The answer to the one unanswered question that fits.
    pub fn answer(
        &mut self,
        fits: impl Fn(&crate::questions::Question) -> bool,
        msg: ServerMessage,
    ) -> Vec<Effect> {
        let durable = matches!(
            msg,
            ServerMessage::Chat(ChatNews::MessageAdded { .. })
                | ServerMessage::Chat(ChatNews::Added { .. })
                | ServerMessage::Chat(ChatNews::Removed { .. })
        );
        let step = durable.then(|| self.step());
        self.answer_with(fits, step, msg)
    }

    pub fn answer_with(
        &mut self,
        fits: impl Fn(&crate::questions::Question) -> bool,
        step: Option<CursorStep>,
        msg: ServerMessage,
    ) -> Vec<Effect> {
        let asked: Vec<RequestId> = self
            .state
            .session
            .requests
            .iter()
            .filter(|(_, a)| fits(&a.question))
            .map(|(id, _)| *id)
            .collect();
        assert_eq!(asked.len(), 1, "questions under way: {:?}", self.state.session.requests);
        self.frame(Some(asked[0]), step, msg)
    }

    pub fn refuse(
        &mut self,
        fits: impl Fn(&crate::questions::Question) -> bool,
        code: ErrorCode,
    ) -> Vec<Effect> {
        self.answer(fits, ServerMessage::Error(Failure::new(code, "no")))
    }

    /// A frame of a server that speaks another version.
    pub fn version(&mut self, v: u16, re: Option<RequestId>, code: ErrorCode) -> Vec<Effect> {
        let msg = ServerMessage::Error(Failure::new(code, "no"));
        self.act(Action::Server(Box::new(ServerEnvelope { v, re, step: None, msg })))
    }

    /// What the one question under way is numbered.
    pub fn asked(&self) -> RequestId {
        *self.state.session.requests.keys().next_back().unwrap()
    }

    pub fn welcome(&mut self, sync: Sync) -> Vec<Effect> {
        self.welcome_as("anna", sync)
    }

    pub fn welcome_as(&mut self, user: &str, sync: Sync) -> Vec<Effect> {
        self.cursor = sync.cursor.0;
        self.lines += 1;
        let welcome = Welcome {
            session: SessionId::parse(&format!("s{}", self.lines)).unwrap(),
            user: profile(user),
            now: self.now,
            issued_at: self.now,
            expires_at: self.now.plus_ms(LIFE_MS),
            limits: Limits::default(),
            ringing: self.ringing.clone().map(Box::new),
            elsewhere: self.elsewhere.clone().map(Box::new),
            epoch: self.epoch.clone(),
            features: Features::own(),
            sync,
        };
        self.answer(
            |request| *request == crate::questions::Question::Authenticate,
            ServerMessage::Session(SessionNews::Welcome(Box::new(welcome))),
        )
    }

    /// The line breaks and comes back with what the server has to say.
    pub fn reconnect(&mut self, sync: Sync) -> Vec<Effect> {
        self.act(Action::Socket(SocketEvent::Closed));
        self.timer(TimerId::Session(SessionTimer::Reconnect));
        self.act(Action::Socket(SocketEvent::Opened));
        self.welcome(sync)
    }

    pub fn chat(&self, other: &str) -> &crate::chats::Chat {
        &self.state.chats.by_id[&chat_with(other)]
    }
}

/// What was sent.
pub fn sent(effects: &[Effect]) -> Vec<&ClientMessage> {
    effects
        .iter()
        .filter_map(|effect| match effect {
            Effect::Send(envelope) => Some(&envelope.msg),
            _ => None,
        })
        .collect()
}

/// The texts of sent messages.
pub fn sent_texts(effects: &[Effect]) -> Vec<&str> {
    sent(effects)
        .into_iter()
        .filter_map(|message| match message {
            ClientMessage::Chat(ChatRequest::SendMessage { body, .. }) => Some(body.as_text()),
            _ => None,
        })
        .collect()
}

pub fn emitted(effects: &[Effect]) -> Vec<&ClientEvent> {
    effects
        .iter()
        .filter_map(|effect| match effect {
            Effect::Emit(event) => Some(event),
            _ => None,
        })
        .collect()
}

pub fn replies(effects: &[Effect]) -> Vec<(u32, Result<&ApiReply, &ApiError>)> {
    effects
        .iter()
        .filter_map(|effect| match effect {
            Effect::Reply(call, result) => Some((call.0, result.as_ref())),
            _ => None,
        })
        .collect()
}

/// The delay a timer was started with.
pub fn started(effects: &[Effect], timer: &TimerId) -> Option<u32> {
    effects.iter().rev().find_map(|effect| match effect {
        Effect::StartTimer(id, ms) if id == timer => Some(*ms),
        _ => None,
    })
}
