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
    /// Something the user sent did not get to the server.
    NotSent,
}
