//! Public events: their names and payloads.

use super::convert::{aliases, call_event, date, iso, last_message, message, object, put, user_status};
use bandyer_core::api::CallInfo;
use bandyer_core::{ClientEvent, State};
use bandyer_protocol::{Presence, UserAlias};
use wasm_bindgen::JsValue;

/// The event's public name and what its listeners are given.
pub fn event(event: &ClientEvent, state: &State) -> (&'static str, JsValue) {
    match event {
        ClientEvent::ChatLoaded(loaded) => (
            "chat_loaded",
            object([
                ("chat", loaded.chat.as_str().into()),
                ("participants", aliases(&loaded.chat.participants())),
                // The one timestamp that is documented as a text.
                ("lastMessage", last_message(loaded.last_message.as_ref(), iso)),
                ("dateCreated", date(loaded.created_at).into()),
                ("createdBy", loaded.created_by.as_str().into()),
                ("unreadMessages", loaded.unread.into()),
            ]),
        ),
        ClientEvent::TypingStarted { user, chat } => (
            "typing_started",
            object([
                ("userAlias", user.as_str().into()),
                ("chat", chat.as_str().into()),
                ("participants", aliases([user])),
            ]),
        ),
        ClientEvent::MessageSent(sent) => ("message_sent", message(sent, state)),
        ClientEvent::MessageReceived(received) => ("message_received", message(received, state)),
        ClientEvent::MessageRead(read) => ("message_read", message(read, state)),
        ClientEvent::UserConnected { user } => ("user_connected", user_status(user, Presence::Online)),
        ClientEvent::UserDisconnected { user } => ("user_disconnected", user_status(user, Presence::Offline)),
        ClientEvent::AccessTokenIsAboutToExpire { expires_at } => {
            ("access_token_is_about_to_expire", object([("expiresAt", iso(*expires_at))]))
        }
        ClientEvent::AccessTokenExpired { expires_at } => {
            ("access_token_expired", object([("expiresAt", iso(*expires_at))]))
        }
        ClientEvent::IncomingCall(info) => called("incoming_call", info, None, None),
        ClientEvent::CallDialAnswered { call, executor } => {
            called("call_dial_answered", call, Some(executor), None)
        }
        ClientEvent::CallDialDeclined { call, executor, reason } => {
            called("call_dial_declined", call, Some(executor), Some(reason.as_str()))
        }
        ClientEvent::CallDialStopped { call, executor, reason } => {
            called("call_dial_stopped", call, Some(executor), Some(reason.as_str()))
        }
        ClientEvent::CallStarted(info) => called("call_started", info, None, None),
        ClientEvent::CallEnded { call, executor } => called("call_ended", call, executor.as_ref(), None),
        ClientEvent::ForceDisconnect { reason } => {
            ("force_disconnect", object([("reason", reason.as_str().into())]))
        }
    }
}

/// An event of a call: who did it, and why, where that is known.
fn called(
    name: &'static str,
    info: &CallInfo,
    executor: Option<&UserAlias>,
    reason: Option<&'static str>,
) -> (&'static str, JsValue) {
    let payload = call_event(name, info);
    if let Some(executor) = executor {
        put(&payload, "executor", &executor.as_str().into());
    }
    if let Some(reason) = reason {
        put(&payload, "reason", &reason.into());
    }
    (name, payload)
}
