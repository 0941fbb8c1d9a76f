//! Which view is in front, and whether anything is visible at all.

use crate::step::{End, Step, start_timer, stop_timer};
use crate::timers::TimerId;
use bandyer_protocol::{ChatId, DisconnectReason};

/// A notice stays this long.
const NOTICE_MS: u32 = 5_000;

/// The slice of what is visible.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Panel {
    /// `display: none` when false.
    pub shown: bool,
    /// The panel is open, not only the launcher.
    pub expanded: bool,
    pub view: View,
    pub search: String,
    pub online_only: bool,
    /// A short notice in the panel, for things no other place tells.
    pub notice: Option<Notice>,
    /// `addChat` calls under way; the launcher shows it.
    pub adding: u32,
}

/// What the open panel shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum View {
    List,
    Conversation(ChatId),
    Inactive(InactiveReason),
}

/// Why nothing can be done any more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InactiveReason {
    TokenExpired,
    Disconnected(DisconnectReason),
}

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

impl Panel {
    /// The panel as `create` leaves it: closed, and maybe hidden.
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

    /// The chat whose conversation is selected, visible or not.
    pub fn selected(&self) -> Option<&ChatId> {
        match &self.view {
            View::Conversation(chat) => Some(chat),
            View::List | View::Inactive(_) => None,
        }
    }

    /// Selects a conversation, unless the session is over.
    pub(crate) fn select(&mut self, chat: ChatId) {
        match self.view {
            View::List | View::Conversation(_) => self.view = View::Conversation(chat),
            View::Inactive(_) => {}
        }
    }

    pub(crate) fn back_to_list(&mut self) {
        match self.view {
            View::List | View::Conversation(_) => self.view = View::List,
            View::Inactive(_) => {}
        }
    }

    /// Visible and open.
    pub(crate) fn bring_up(&mut self) {
        self.shown = true;
        self.expanded = true;
    }

    pub(crate) fn add_chat_ended(&mut self, added: bool) {
        self.adding = self.adding.saturating_sub(1);
        if added {
            self.bring_up();
        }
    }

    pub(crate) fn chat_gone(&mut self, chat: &ChatId) -> Vec<Step> {
        if self.selected() != Some(chat) {
            return Vec::new();
        }
        self.view = View::List;
        self.notify(Notice::ChatRemoved)
    }

    pub(crate) fn notify(&mut self, notice: Notice) -> Vec<Step> {
        self.notice = Some(notice);
        vec![start_timer(TimerId::NoticeEnds, NOTICE_MS)]
    }

    pub(crate) fn dismiss_notice(&mut self) -> Vec<Step> {
        self.notice = None;
        vec![stop_timer(TimerId::NoticeEnds)]
    }

    pub(crate) fn ended(&mut self, end: &End) {
        self.notice = None;
        match end {
            End::TokenExpired => self.view = View::Inactive(InactiveReason::TokenExpired),
            End::Disconnected(reason) => self.view = View::Inactive(InactiveReason::Disconnected(*reason)),
            End::LoggedOut(_) | End::CreateFailed => self.view = View::List,
        }
    }
}
