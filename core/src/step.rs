//! How slices answer: each touches only itself, and hands back steps. `update` carries them out in order.

use crate::api::{ApiError, ApiReply, CallId, ClientEvent};
use crate::calls::CallQuestion;
use crate::chats::ChatRequest;
use crate::effect::Effect;
use crate::options::Options;
use crate::panel::Notice;
use crate::session::Request;
use crate::timers::TimerId;
use bandyer_protocol::{
    ChatId, ClientMessage, DisconnectReason, Failure, Limits, ServerMessage, SessionId, Sync, Timestamp,
    UserAlias, UserProfile, Welcome,
};
use std::rc::Rc;

/// One thing to be done after a slice changed.
#[derive(Debug, Clone, PartialEq)]
pub enum Step {
    /// Something in the world.
    Do(Effect),
    /// A question to the server; the session numbers it and knows the answer when it comes.
    Ask(Request, ClientMessage),
    /// Something other slices must know.
    Told(Transition),
}

/// What happened in one slice and matters to others.
#[derive(Debug, Clone, PartialEq)]
pub enum Transition {
    /// The line is up; `first` for the first time.
    Welcomed { welcome: Box<Welcome>, first: bool },
    /// What was missed has arrived.
    Synced(Box<Sync>),
    /// The line is down: nothing sent over it will be answered.
    LineLost,
    /// An event of the server, in its order.
    Event(ServerMessage),
    /// The answer to a question about a chat.
    Answered(ChatRequest, Answer),
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
    /// The answer to a question about a call.
    CallAnswered(CallQuestion, Answer),
}

/// How a question about a chat ended.
#[derive(Debug, Clone, PartialEq)]
pub enum Answer {
    Given(ServerMessage),
    Refused(Failure),
    /// None came in time.
    Missing,
}

/// Why a session is over.
#[derive(Debug, Clone, PartialEq)]
pub enum End {
    /// By the host page, or by the button of an inactive view.
    LoggedOut(Option<CallId>),
    TokenExpired,
    Disconnected(DisconnectReason),
    /// `create` was refused or could not reach the server; its call is answered already.
    CreateFailed,
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
    /// The chat a person is looking at.
    pub in_front: Option<ChatId>,
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

/// An event for the host page.
pub(crate) fn emit(event: ClientEvent) -> Step {
    Step::Do(Effect::Emit(event))
}

/// The one answer to a call.
pub(crate) fn reply(call: CallId, result: Result<ApiReply, ApiError>) -> Step {
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
