//! What slices ask the server, as plain data: the session numbers the questions and knows by them whom an answer is for.

use crate::api::ApiCallId;
use bandyer_protocol::{CallAlias, ChatId, ClientMessageId, Failure, Seq, ServerMessage};

/// What the session asked, and for whom.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Question {
    Authenticate,
    Ping,
    Resync,
    /// To take the token of that call, which waits with the token: over a lost line, too.
    RefreshToken(ApiCallId),
    AddChat(ApiCallId),
    RemoveChat {
        call: ApiCallId,
        chat: ChatId,
    },
    GetUser(ApiCallId),
    ListOnline(ApiCallId),
    /// Answers nobody waits for.
    Chat(ChatQuestion),
    Call(CallQuestion),
}

impl Question {
    /// The call that waits for the answer.
    pub fn call(&self) -> Option<ApiCallId> {
        match self {
            Question::RemoveChat { call, .. } => Some(*call),
            Question::AddChat(call) | Question::GetUser(call) | Question::ListOnline(call) => Some(*call),
            Question::Authenticate
            | Question::Ping
            | Question::Resync
            | Question::RefreshToken(_)
            | Question::Chat(_)
            | Question::Call(_) => None,
        }
    }

    /// Asked again when the line was lost before the answer came.
    pub(crate) fn is_kept(&self) -> bool {
        match self {
            Question::Call(question) => question.is_kept(),
            Question::Authenticate
            | Question::Ping
            | Question::Resync
            | Question::RefreshToken(_)
            | Question::AddChat(_)
            | Question::RemoveChat { .. }
            | Question::GetUser(_)
            | Question::ListOnline(_)
            | Question::Chat(_) => self.call().is_some(),
        }
    }
}

/// A question about one chat.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ChatQuestion {
    /// Older messages, wanted by scrolling or opening.
    Older(ChatId),
    /// Messages after the last known one: a gap to close before anything newer is shown.
    Gap(ChatId),
    Send {
        chat: ChatId,
        client_id: ClientMessageId,
    },
    MarkRead {
        chat: ChatId,
        seq: Seq,
    },
    /// The message the other user has read last, wanted for `message_read`.
    Receipt {
        chat: ChatId,
        seq: Seq,
    },
    Typing(ChatId),
}

impl ChatQuestion {
    /// The chat it is about.
    pub fn chat(&self) -> &ChatId {
        match self {
            ChatQuestion::Older(chat) | ChatQuestion::Gap(chat) | ChatQuestion::Typing(chat) => chat,
            ChatQuestion::Send { chat, .. }
            | ChatQuestion::MarkRead { chat, .. }
            | ChatQuestion::Receipt { chat, .. } => chat,
        }
    }
}

/// A question about calls. The number is the round of the call: a later one takes no notice of
/// the answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CallQuestion {
    Create(u32),
    /// To give up a call that was never answered for, by its key.
    Cancel(ClientMessageId),
    Join(u32),
    Resume(u32),
    Accept(u32),
    /// To have the call here, and not in its window.
    Take(u32),
    /// Decline, stop and hang up.
    Close(u32),
    /// Out of a call this device is in by mistake.
    Leave,
    /// With the number of the signal, which no later call has again.
    Signal(u32),
    Upgrade(u32),
    /// Whether the browsers are connected.
    Link(u32),
    IceServers(u32),
    Share(ClientMessageId),
    Rate(CallAlias),
}

impl CallQuestion {
    /// Asked again by the session when the line was lost before the answer came. All others depend on the place in the
    /// call, which has to be taken again first.
    pub(crate) fn is_kept(&self) -> bool {
        match self {
            CallQuestion::Create(_)
            | CallQuestion::Join(_)
            | CallQuestion::Take(_)
            | CallQuestion::Rate(_) => true,
            CallQuestion::Resume(_)
            | CallQuestion::Cancel(_)
            | CallQuestion::Accept(_)
            | CallQuestion::Close(_)
            | CallQuestion::Leave
            | CallQuestion::Signal(_)
            | CallQuestion::Upgrade(_)
            | CallQuestion::Link(_)
            | CallQuestion::IceServers(_)
            | CallQuestion::Share(_) => false,
        }
    }

    /// The call it is about; `None` when it says so by itself.
    pub(crate) fn round(&self) -> Option<u32> {
        match self {
            CallQuestion::Create(round)
            | CallQuestion::Join(round)
            | CallQuestion::Take(round)
            | CallQuestion::Resume(round)
            | CallQuestion::Accept(round)
            | CallQuestion::Close(round)
            | CallQuestion::Upgrade(round)
            | CallQuestion::Link(round)
            | CallQuestion::IceServers(round) => Some(*round),
            CallQuestion::Leave
            | CallQuestion::Cancel(_)
            | CallQuestion::Signal(_)
            | CallQuestion::Share(_)
            | CallQuestion::Rate(_) => None,
        }
    }
}

/// How a question ended.
#[derive(Debug, Clone, PartialEq)]
pub enum Answer {
    Given(ServerMessage),
    Refused(Failure),
    /// None came in time.
    Missing,
}
