//! How slices answer: each touches only itself, and hands back steps. `update` carries them out in order.

use crate::api::{ApiCallId, ApiError, ApiReply, ClientEvent};
use crate::effect::Effect;
use crate::notice::Notice;
use crate::options::Options;
use crate::questions::{Answer, CallQuestion, ChatQuestion, Question};
use crate::timers::TimerId;
use bandyer_protocol::{
    CallNews, ChatId, ChatNews, ClientMessage, DisconnectReason, Limits, SessionId, Sync, Timestamp,
    UserAlias, UserNews, UserProfile, Welcome,
};
use std::rc::Rc;

/// One thing to be done after a slice changed.
#[derive(Debug, Clone, PartialEq)]
pub enum Step {
    /// Something in the world.
    Do(Effect),
    /// A question to the server; the session numbers it and knows the answer when it comes.
    Ask(Question, ClientMessage),
    /// Something other slices must know.
    Told(Transition),
}

/// What happened in one slice and matters to others.
#[derive(Debug, Clone, PartialEq)]
pub enum Transition {
    /// The line is up.
    Welcomed { welcome: Box<Welcome>, beginning: Beginning },
    /// What was missed has arrived.
    Synced(Box<Sync>),
    /// The line is down: nothing sent over it will be answered.
    LineLost,
    /// News of people, in the server's order.
    User(UserNews),
    /// News of chats, in the server's order.
    Chat(ChatNews),
    /// News of calls, in the server's order.
    Call(CallNews),
    /// The answer to a question about a chat.
    ChatAnswered(ChatQuestion, Answer),
    /// The answer to a question about a call.
    CallAnswered(CallQuestion, Answer),
    /// An `addChat` call ended, well or not.
    AddChatEnded { added: bool },
    /// A chat was removed, and everything that belonged to it.
    ChatGone(ChatId),
    /// The server carried out this device's own wish to remove a chat.
    OwnRemoval(ChatId),
    /// The other user created a chat that was not there.
    ChatCreatedByOther,
    /// A short word to the user.
    Notice(Notice),
    /// The session is about to be over: the last moment to say something to the server, when there is a line.
    Ending { line: bool },
    /// The session is over.
    Ended(End),
    /// A call wants to be seen.
    CallUp,
    /// Somebody to know of.
    Learn(Box<UserProfile>),
    /// The person chose a conversation that is there.
    ChatChosen(ChatId),
    /// The launcher opened the panel.
    PanelOpened,
    /// The person wants to go on with this one in the chat.
    PeerChosen(UserAlias),
    /// An unread count cannot be told from what this device holds.
    CountLost,
    /// The feedback view was put away.
    FeedbackClosed,
}

/// How a line stands to the one before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Beginning {
    /// There was none.
    First,
    /// It goes on where that one ended.
    Again,
    /// The server's database is another one now: what this device holds of messages is void.
    Anew,
}

/// Why a session is over.
#[derive(Debug, Clone, PartialEq)]
pub enum End {
    /// By the host page, or by the button of an inactive view.
    LoggedOut(Option<ApiCallId>),
    TokenExpired,
    Disconnected(DisconnectReason),
    /// Widget and server do not understand each other any more.
    Outdated(Outdated),
    /// `create` was refused or could not reach the server; its call is answered already.
    CreateFailed,
}

/// Which of the two is too old for the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outdated {
    /// The page was opened before the server was updated.
    Page,
    /// The server is older than the page.
    Server,
}

/// What a slice may know of the others.
#[derive(Debug, Clone)]
pub struct World {
    /// By the clock of this device.
    pub now: Timestamp,
    /// By the clock of the server.
    pub server_now: Timestamp,
    /// This user; `None` before the first welcome.
    pub me: Option<UserAlias>,
    /// The id of the present line.
    pub session: Option<SessionId>,
    /// This user may send video.
    pub can_video: bool,
    /// The chat a person is looking at, when they look at the page.
    pub in_front: Option<ChatId>,
    /// The page can be seen.
    pub visible: bool,
    /// Questions reach the server now.
    pub online: bool,
    pub limits: Limits,
    pub options: Rc<Options>,
}

impl World {
    /// True for this user's own alias.
    pub fn is_me(&self, user: &UserAlias) -> bool {
        self.me.as_ref() == Some(user)
    }
}

/// A question to the server.
pub(crate) fn ask(question: Question, message: impl Into<ClientMessage>) -> Step {
    Step::Ask(question, message.into())
}

/// An event for the host page.
pub(crate) fn emit(event: ClientEvent) -> Step {
    Step::Do(Effect::Emit(event))
}

/// The one answer to a call.
pub(crate) fn reply(call: ApiCallId, result: Result<ApiReply, ApiError>) -> Step {
    Step::Do(Effect::Reply(call, result))
}

/// (Re)starts a timer.
pub(crate) fn start_timer(timer: TimerId, ms: u32) -> Step {
    Step::Do(Effect::StartTimer(timer, ms))
}

/// Stops a timer, running or not.
pub(crate) fn stop_timer(timer: TimerId) -> Step {
    Step::Do(Effect::StopTimer(timer))
}
