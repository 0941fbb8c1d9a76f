//! What views and the host page ask about calls.

use super::my_alias;
use crate::calls::{CallFront, Stage};
use crate::state::State;
use bandyer_protocol::{CallAlias, CallType, Presence, UserAlias};

/// The view of calls that covers the panel; `None` while chats are in front.
pub fn call_front(state: &State) -> Option<CallFront> {
    state.calls.front()
}

/// `selectChat`, and `composeMessage` without sending, are refused while a view of calls is in front.
pub fn view_blocks_chat(state: &State) -> bool {
    state.calls.front().is_some()
}

/// `callStatus` of a call object: `dialing`, `connected` or `ended`.
pub fn call_status(state: &State, call: &CallAlias) -> &'static str {
    match &state.calls.stage {
        Stage::Dial(dial) if &dial.call.call == call => "dialing",
        Stage::Active(active) if &active.call.call == call && active.started_at.is_none() => "dialing",
        Stage::Active(active) if &active.call.call == call => "connected",
        Stage::Idle | Stage::Requested(_) | Stage::Dial(_) | Stage::Active(_) | Stage::Closing(_) => "ended",
    }
}

/// Somebody, as views name and show him.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    pub alias: UserAlias,
    /// The name to show.
    pub name: String,
    /// Picture address; `None` shows initials.
    pub image: Option<String>,
    pub presence: Presence,
}

/// The other side of the call; `None` without a call, and while a link was not answered yet.
pub fn call_peer(state: &State) -> Option<Person> {
    let alias = match &state.calls.stage {
        Stage::Requested(requested) => requested.callee.as_ref()?,
        Stage::Dial(dial) => dial.call.other(my_alias(state)?)?,
        Stage::Active(active) => active.call.other(my_alias(state)?)?,
        Stage::Idle | Stage::Closing(_) => return None,
    };
    Some(Person {
        alias: alias.clone(),
        name: state.users.name(alias).to_owned(),
        image: state.users.get(alias).and_then(|user| user.image.clone()),
        presence: state.users.presence(alias),
    })
}

/// What the head of a conversation offers about calls.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CallButtons {
    /// One button or two, in this order.
    Start(Vec<CallButton>),
    /// There is a call, and the chat is in front of it.
    BackToCall,
}

/// A button that calls the other user of a conversation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CallButton {
    pub call_type: CallType,
    /// Why it cannot be pressed now; `None` when it can.
    pub blocked: Option<CallBlocked>,
}

/// Why nobody can be called now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CallBlocked {
    /// The line to the server is down.
    Offline,
    /// This user may not send video.
    CannotVideo,
    /// The last call is being ended.
    Busy,
}

/// The call buttons of a conversation: which there are depends on the option `callType`.
pub fn call_buttons(state: &State) -> CallButtons {
    if can_go_back_to_call(state) {
        return CallButtons::BackToCall;
    }
    let types: &[CallType] = match state.options.call_type {
        CallType::AudioOnly => &[CallType::AudioOnly],
        CallType::AudioUpgradable => &[CallType::AudioUpgradable],
        CallType::AudioVideo => &[CallType::AudioUpgradable, CallType::AudioVideo],
    };
    let button =
        |call_type: &CallType| CallButton { call_type: *call_type, blocked: blocked(state, *call_type) };
    CallButtons::Start(types.iter().map(button).collect())
}

fn blocked(state: &State, call_type: CallType) -> Option<CallBlocked> {
    if !state.session.is_online() {
        Some(CallBlocked::Offline)
    } else if state.calls.is_busy() {
        Some(CallBlocked::Busy)
    } else if call_type == CallType::AudioVideo && !can_video(state) {
        Some(CallBlocked::CannotVideo)
    } else {
        None
    }
}

/// There is a call, and it can be brought to the front.
pub fn can_go_back_to_call(state: &State) -> bool {
    state.calls.is_shown()
}

/// This user may send video.
pub fn can_video(state: &State) -> bool {
    state.users.me.as_ref().is_some_and(|me| me.profile.can_video)
}

/// A video call is being looked at: the screen must not go dark.
pub fn keeps_screen_on(state: &State) -> bool {
    let video = matches!(&state.calls.stage, Stage::Active(active) if active.video);
    video && state.panel.shown && state.panel.expanded && state.calls.front() == Some(CallFront::Call)
}

/// Received files of the call nobody has downloaded yet.
pub fn fresh_files(state: &State) -> u32 {
    state.calls.fresh_files()
}
