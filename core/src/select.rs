//! Questions about the state: the public synchronous getters, and what views derive. All are cheap enough to be
//! asked after every change.

mod calls;

pub use calls::{
    CallBlocked, CallButton, CallButtons, Person, call_buttons, call_front, call_peer, call_status,
    can_go_back_to_call, can_video, fresh_files, keeps_screen_on, view_blocks_chat,
};

use crate::chats::{Chat, Rows};
use crate::options::Tool;
use crate::panel::View;
use crate::session::Phase;
use crate::state::State;
use crate::users::User;
use bandyer_protocol::{ChatId, Message, Presence, Timestamp, UserAlias};
use std::rc::Rc;

/// One entry of `getChats()`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChatInfo {
    pub chat: ChatId,
    pub unread: u32,
    /// The other user.
    pub participant: UserAlias,
    pub last_message: Option<Message>,
}

/// `isAuthenticated()`: true from the first welcome until log-out, expiry or force-disconnect, also while
/// reconnecting.
pub fn is_authenticated(state: &State) -> bool {
    state.session.is_authenticated()
}

/// `getChats()`: newest last message first.
pub fn chats(state: &State) -> Vec<ChatInfo> {
    ordered(state)
        .map(|chat| ChatInfo {
            chat: chat.id.clone(),
            unread: chat.unread,
            participant: chat.other.clone(),
            last_message: chat.last_message.clone(),
        })
        .collect()
}

/// `getUnreadMessages()`: every chat with something unread, in list order.
pub fn unread_messages(state: &State) -> Vec<(ChatId, u32)> {
    ordered(state).filter(|chat| chat.unread > 0).map(|chat| (chat.id.clone(), chat.unread)).collect()
}

/// `getLastMessageReceived()`, of this session.
pub fn last_received(state: &State) -> Option<&Message> {
    state.chats.last_received.as_ref()
}

/// `getLastMessageSent()`, of this session.
pub fn last_sent(state: &State) -> Option<&Message> {
    state.chats.last_sent.as_ref()
}

/// The number on the launcher: chats with something unread, not messages.
pub fn unread_chats(state: &State) -> usize {
    state.chats.by_id.values().filter(|chat| chat.unread > 0).count()
}

/// This user; `None` before the first welcome.
pub fn me(state: &State) -> Option<&Rc<User>> {
    state.users.me.as_ref()
}

/// The alias of this user; `None` before the first welcome.
pub fn my_alias(state: &State) -> Option<&UserAlias> {
    state.users.me.as_ref().map(|user| &user.profile.alias)
}

/// The chat a person is looking at, when they look at the page. A call in front covers it.
pub fn chat_in_front(state: &State) -> Option<&ChatId> {
    state.panel.chat_in_front().filter(|_| state.calls.front().is_none())
}

/// What the list view shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ChatList {
    /// The chats, filtered and in order.
    Rows(Rc<Vec<ChatId>>),
    Loading,
    /// The user has no chat at all.
    NoChats,
    /// Search or filter match none.
    NoMatch,
    /// The chat module is off.
    ChatOff,
}

/// The chat list under the search text and the online filter of the panel.
pub fn chat_list(state: &State) -> ChatList {
    if !state.options.chat {
        return ChatList::ChatOff;
    }
    if !state.chats.loaded {
        return ChatList::Loading;
    }
    if state.chats.order.is_empty() {
        return ChatList::NoChats;
    }
    let wanted = &state.panel.search_key;
    if wanted.is_empty() && !state.panel.online_only {
        return ChatList::Rows(state.chats.order.clone());
    }
    let rows: Vec<ChatId> = ordered(state)
        .filter(|chat| !state.panel.online_only || state.users.presence(&chat.other) == Presence::Online)
        .filter(|chat| state.users.key(&chat.other).contains(wanted))
        .map(|chat| chat.id.clone())
        .collect();
    if rows.is_empty() { ChatList::NoMatch } else { ChatList::Rows(Rc::new(rows)) }
}

/// A chat and the user at its other end, for a row of the list or the head of a conversation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChatView {
    pub chat: Rc<Chat>,
    /// The name to show.
    pub name: String,
    /// Picture address; `None` shows initials.
    pub image: Option<String>,
    pub presence: Presence,
}

/// One chat as its row and its head show it; `None` when it is gone.
pub fn chat_view(state: &State, id: &ChatId) -> Option<ChatView> {
    let chat = chat(state, id)?.clone();
    Some(ChatView {
        name: state.users.name(&chat.other).to_owned(),
        image: state.users.get(&chat.other).and_then(|user| user.image.clone()),
        presence: state.users.presence(&chat.other),
        chat,
    })
}

/// The chat with this id.
pub fn chat<'a>(state: &'a State, id: &ChatId) -> Option<&'a Rc<Chat>> {
    state.chats.by_id.get(id)
}

/// The chat with that user.
pub fn chat_with<'a>(state: &'a State, other: &UserAlias) -> Option<&'a Rc<Chat>> {
    chat(state, &ChatId::between(my_alias(state)?, other)?)
}

/// The chat whose conversation is selected, visible or not.
pub fn selected_chat(state: &State) -> Option<&ChatId> {
    match &state.panel.view {
        View::Conversation(chat) => Some(chat),
        View::List | View::Inactive(_) => None,
    }
}

/// The rows of a conversation; `None` when the chat is gone.
pub fn rows(state: &State, id: &ChatId) -> Option<Rows> {
    let chat = chat(state, id)?;
    let me = my_alias(state)?.clone();
    Some(Rows::new(chat.thread.clone(), me, chat.peer_read_seq, &state.options.time_zone))
}

/// The yellow strip: the line is down and it is no announced restart.
pub fn network_down(state: &State) -> bool {
    state.session.phase == Phase::Reconnecting && !state.session.quiet
}

/// Before the first welcome: the panel shows its loader.
pub fn is_starting(state: &State) -> bool {
    state.session.phase == Phase::Starting
}

/// Files may be attached.
pub fn can_attach(state: &State) -> bool {
    state.options.tools.has(Tool::FileUpload)
}

/// The time by the server's clock, for relative times.
pub fn server_time(state: &State, now: Timestamp) -> Timestamp {
    now.plus_ms(state.session.clock_offset_ms)
}

fn ordered(state: &State) -> impl Iterator<Item = &Rc<Chat>> {
    state.chats.order.iter().filter_map(|id| state.chats.by_id.get(id))
}
