//! Short words to the person.

/// What a notice says; the words are the views'.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Notice {
    FileTooLarge,
    UploadFailed,
    DownloadFailed,
    MessageTooLong,
    /// The other side removed the chat that was open.
    ChatRemoved,
    RateLimited,
    /// The other side declined the call.
    CallDeclined,
    /// Nobody answered the call.
    CallUnanswered,
    /// Something the user sent did not get to the server.
    NotSent,
}

impl Notice {
    /// How a call ended: the panel that a call brought up stays until it was said.
    pub(crate) fn is_of_call(self) -> bool {
        match self {
            Notice::CallDeclined | Notice::CallUnanswered => true,
            Notice::FileTooLarge
            | Notice::UploadFailed
            | Notice::DownloadFailed
            | Notice::MessageTooLong
            | Notice::ChatRemoved
            | Notice::RateLimited
            | Notice::NotSent => false,
        }
    }
}
