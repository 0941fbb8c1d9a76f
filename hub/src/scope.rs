//! What a call link opens: one call, and the chat of its two users. Not an account: whoever has the link sees, does and
//! hears nothing else of the user it is bound to.

use bandyer_protocol::board::{BoardNews, BoardRequest};
use bandyer_protocol::{
    CallAlias, CallNews, CallRequest, ChatId, ChatNews, ChatRequest, ClientMessage, ErrorCode, Failure,
    ServerMessage, SessionRequest, UserAlias, UserNews, UserRequest,
};
use bandyer_records::RoomRecord;
use serde::{Deserialize, Serialize};

/// Stands in the access token; a token without one opens the whole account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Scope {
    pub call: CallAlias,
    pub chat: ChatId,
    /// For the window of that call: it may take the user's place there from another page.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub window: bool,
}

impl Scope {
    /// Whether this user may ask that. Where a link leads is looked up later, and what a device missed is cut down to
    /// the chat where it is read.
    fn allows(&self, user: &UserAlias, message: &ClientMessage) -> bool {
        match message {
            ClientMessage::Session(
                SessionRequest::Authenticate(_)
                | SessionRequest::RefreshToken { .. }
                | SessionRequest::Resync { .. }
                | SessionRequest::Ping,
            ) => true,
            ClientMessage::User(UserRequest::ListOnline) => true,
            ClientMessage::User(UserRequest::Get { user: other }) => self.names(other),
            ClientMessage::Chat(request) => self.allows_chat(user, request),
            ClientMessage::Call(request) => self.allows_call(request),
            ClientMessage::Board(request) => self.allows_board(request),
        }
    }

    fn allows_board(&self, request: &BoardRequest) -> bool {
        match request {
            BoardRequest::Open { room, .. }
            | BoardRequest::Apply { room, .. }
            | BoardRequest::Close { room } => room == &self.call,
        }
    }

    fn allows_chat(&self, user: &UserAlias, request: &ChatRequest) -> bool {
        match request {
            ChatRequest::SendMessage { chat, .. }
            | ChatRequest::MarkRead { chat, .. }
            | ChatRequest::Typing { chat }
            | ChatRequest::FetchMessages { chat, .. } => chat == &self.chat,
            ChatRequest::Add { user: other } => self.chat.other(user).as_ref() == Some(other),
            // A history that belongs to both for good.
            ChatRequest::Remove { .. } => false,
        }
    }

    fn allows_call(&self, request: &CallRequest) -> bool {
        match request {
            CallRequest::Join { .. } => true,
            // Which call it is, the hub looks at.
            CallRequest::Take => self.window,
            CallRequest::Resume { call, .. }
            | CallRequest::StepOut { call }
            | CallRequest::Accept { call, .. }
            | CallRequest::Decline { call, .. }
            | CallRequest::HangUp { call, .. }
            | CallRequest::ReportMedia { call, .. }
            | CallRequest::Signal { call, .. }
            | CallRequest::Upgrade { call }
            | CallRequest::GetIceServers { call }
            | CallRequest::ShareFile { call, .. }
            | CallRequest::Rate { call, .. } => call == &self.call,
            // Another call.
            CallRequest::Create { .. } | CallRequest::Cancel { .. } => false,
        }
    }

    /// Whether this user's news of that kind are for those who have only this scope.
    pub(super) fn hears(&self, message: &ServerMessage) -> bool {
        match message {
            ServerMessage::Chat(news) => self.hears_of_chat(news),
            ServerMessage::Call(news) => self.hears_of_call(news),
            ServerMessage::Board(news) => self.hears_of_board(news),
            ServerMessage::User(UserNews::Status { .. }) => true,
            ServerMessage::User(UserNews::Changed(profile)) => self.names(&profile.alias),
            // Of many people: cut down to two where they are made.
            ServerMessage::User(UserNews::Online { .. } | UserNews::PresenceChanged { .. })
            | ServerMessage::Unknown => false,
            // What concerns the session itself, and answers to what the scope allows.
            ServerMessage::Session(_) | ServerMessage::Done | ServerMessage::Error(_) => true,
        }
    }

    fn hears_of_board(&self, news: &BoardNews) -> bool {
        match news {
            BoardNews::Opened(part) => part.room == self.call,
            BoardNews::Applied { room, .. } | BoardNews::Changed { room, .. } => room == &self.call,
        }
    }

    fn hears_of_chat(&self, news: &ChatNews) -> bool {
        match news {
            ChatNews::MessageAdded { message } => message.chat == self.chat,
            ChatNews::Added { summary, .. } => summary.chat == self.chat,
            ChatNews::ReadMoved { chat, .. }
            | ChatNews::Removed { chat }
            | ChatNews::Messages { chat, .. }
            | ChatNews::Typing { chat, .. } => chat == &self.chat,
        }
    }

    fn hears_of_call(&self, news: &CallNews) -> bool {
        match news {
            CallNews::Entered(entry) => entry.call.call == self.call,
            CallNews::Dialed(dial) => dial.call.call == self.call,
            CallNews::Elsewhere(there) => there.call.call == self.call,
            CallNews::IceServers { .. } => true,
            CallNews::Answered { call, .. }
            | CallNews::Declined { call, .. }
            | CallNews::Stopped { call, .. }
            | CallNews::Started { call, .. }
            | CallNews::Ended { call, .. }
            | CallNews::PeerLine { call, .. }
            | CallNews::PeerMoved { call, .. }
            | CallNews::Signaled { call, .. }
            | CallNews::Upgraded { call, .. }
            | CallNews::FileShared { call, .. }
            | CallNews::EndsSoon { call, .. } => call == &self.call,
        }
    }

    /// One of the two users.
    pub(super) fn names(&self, user: &UserAlias) -> bool {
        self.chat.other(user).is_some()
    }
}

/// Asked at the edge, where some requests are answered, and again by the hub, which trusts no edge.
///
/// # Errors
/// `out_of_scope` for what lies outside; without a scope nothing does.
pub fn within(scope: Option<&Scope>, user: &UserAlias, message: &ClientMessage) -> Result<(), Failure> {
    if scope.is_none_or(|scope| scope.allows(user, message)) { Ok(()) } else { Err(out_of_scope()) }
}

/// A room that was closed takes with it whatever its links opened.
///
/// # Errors
/// `access_token_invalid`.
pub fn stands(room: Option<&RoomRecord>) -> Result<(), Failure> {
    match room {
        Some(room) if !room.disabled && !room.deleted => Ok(()),
        Some(_) | None => Err(Failure::new(ErrorCode::InvalidToken, "the room of the token is closed")),
    }
}

pub fn out_of_scope() -> Failure {
    Failure::new(ErrorCode::OutOfScope, "the token opens one call and the chat of its users")
}
