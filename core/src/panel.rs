//! Which view is in front, and whether anything is visible at all.

use bandyer_protocol::{ChatId, DisconnectReason};

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Panel {
    /// `display: none` when false.
    pub shown: bool,
    /// The panel is open, not only the launcher.
    pub expanded: bool,
    pub view: View,
    pub search: String,
    pub online_only: bool,
    /// A short notice at the lower edge of the panel.
    pub notice: Option<Notice>,
    /// `addChat` calls under way; the launcher shows it.
    pub adding: u32,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum View {
    List,
    Conversation(ChatId),
    Inactive(InactiveReason),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InactiveReason {
    TokenExpired,
    Disconnected(DisconnectReason),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Notice {
    FileTooLarge,
    UploadFailed,
    DownloadFailed,
    MessageTooLong,
    /// The other side removed the chat that was open.
    ChatRemoved,
    RateLimited,
}

impl Panel {
    pub fn new(hidden: bool) -> Self {
        Self {
            shown: !hidden,
            expanded: false,
            view: View::List,
            search: String::new(),
            online_only: false,
            notice: None,
            adding: 0,
        }
    }

    /// The chat a person is looking at: messages that arrive there are read.
    pub fn chat_in_front(&self) -> Option<&ChatId> {
        match &self.view {
            View::Conversation(chat) if self.expanded && self.shown => Some(chat),
            View::Conversation(_) | View::List | View::Inactive(_) => None,
        }
    }
}
