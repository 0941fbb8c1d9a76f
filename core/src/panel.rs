//! Which view is in front, and whether anything is visible at all.

use crate::action::PanelAction;
pub use crate::notice::Notice;
pub use crate::step::Outdated;
use crate::step::{End, Step, Transition, start_timer, stop_timer};
use crate::timers::TimerId;
use bandyer_protocol::{ChatId, DisconnectReason};

/// A notice stays this long.
const NOTICE_MS: u32 = 5_000;

/// The slice of what is visible.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Panel {
    /// `display: none` when false.
    pub shown: bool,
    /// The page itself can be seen: its tab is in front.
    pub visible: bool,
    /// The panel is open, not only the launcher.
    pub expanded: bool,
    pub view: View,
    /// As typed.
    pub search: String,
    /// What it is compared by.
    pub search_key: String,
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
    Outdated(Outdated),
}

impl Panel {
    /// The panel as `create` leaves it: closed, and maybe hidden.
    pub fn new(hidden: bool) -> Self {
        Self {
            shown: !hidden,
            visible: true,
            expanded: false,
            view: View::List,
            search: String::new(),
            search_key: String::new(),
            online_only: false,
            notice: None,
            adding: 0,
        }
    }

    /// The chat a person is looking at, when they look at the page.
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

    /// What the person did in the panel.
    pub(crate) fn user(&mut self, action: PanelAction) -> Vec<Step> {
        match action {
            PanelAction::Toggle => {
                self.expanded = !self.expanded;
                return self.expanded.then_some(Step::Told(Transition::PanelOpened)).into_iter().collect();
            }
            PanelAction::Close => self.expanded = false,
            PanelAction::Search { text, key } => (self.search, self.search_key) = (text, key),
            PanelAction::FilterOnline(only) => self.online_only = only,
            PanelAction::BackToList => return self.back_to_list(),
            PanelAction::DismissNotice => return self.dismiss_notice(),
        }
        Vec::new()
    }

    /// Selects a conversation, unless the session is over.
    pub(crate) fn select(&mut self, chat: ChatId) -> Vec<Step> {
        self.show(View::Conversation(chat))
    }

    pub(crate) fn back_to_list(&mut self) -> Vec<Step> {
        self.show(View::List)
    }

    fn show(&mut self, view: View) -> Vec<Step> {
        match self.view {
            View::List | View::Conversation(_) => self.view = view,
            View::Inactive(_) => {}
        }
        Vec::new()
    }

    /// The launcher is there, if it was not.
    pub(crate) fn appear(&mut self) -> Vec<Step> {
        self.shown = true;
        Vec::new()
    }

    /// Visible and open.
    pub(crate) fn bring_up(&mut self) {
        self.shown = true;
        self.expanded = true;
    }

    pub(crate) fn add_chat_ended(&mut self, added: bool) -> Vec<Step> {
        self.adding = self.adding.saturating_sub(1);
        if added {
            self.bring_up();
        }
        Vec::new()
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
            End::Outdated(outdated) => self.view = View::Inactive(InactiveReason::Outdated(*outdated)),
            End::LoggedOut(_) | End::CreateFailed => self.view = View::List,
        }
    }
}
