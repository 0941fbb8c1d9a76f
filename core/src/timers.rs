//! The clocks the widget may run. Each has a name; starting a running one restarts it.

use bandyer_protocol::{ChatId, RequestId};

/// The name of a timer, by who hears of it.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum TimerId {
    Session(SessionTimer),
    Chat(ChatTimer),
    Call(CallTimer),
    /// The short notice goes away.
    NoticeEnds,
}

/// Of the connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum SessionTimer {
    /// Next attempt to connect.
    Reconnect,
    /// `create` gives up on an unreachable server.
    Connect,
    /// Time for the next ping, or the answer to the last one is overdue.
    Heartbeat,
    /// A request was not answered.
    Request(RequestId),
    TokenWarning,
    TokenExpiry,
}

/// Of chats.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum ChatTimer {
    /// The other user stopped typing without saying so.
    TypingEnds(ChatId),
    /// A rate-limited or failed send may go out again.
    Resend,
    /// The chats of the first list are announced, one turn after `create` was answered: the host page has added its
    /// listeners by then.
    Announce,
    /// Drafts are written to storage at most this often.
    SaveDrafts,
    /// Kept texts of chats that did not turn up are given up.
    ForgetStrays,
}

/// Of calls.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum CallTimer {
    /// A refused microphone is asked for again.
    AskMicAgain,
    /// A broken connection between the browsers is started over again.
    RestartRtc,
    /// A first connection between the browsers is not there after all that time.
    GiveUpRtc,
    SnackEnds,
    /// The window of the call has not come.
    AwaitWindow,
    /// The server asked for a pause before a question about a call is asked again.
    AskAgain,
}
