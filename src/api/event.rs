//! Public events: their names and payloads.

use super::convert::{aliases, date, iso, last_message, message, object, user_status};
use bandyer_core::{ClientEvent, State};
use bandyer_protocol::Presence;
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
        ClientEvent::IncomingCall(_) => ("incoming_call", JsValue::UNDEFINED),
        ClientEvent::CallDialAnswered { .. } => ("call_dial_answered", JsValue::UNDEFINED),
        ClientEvent::CallDialDeclined { .. } => ("call_dial_declined", JsValue::UNDEFINED),
        ClientEvent::CallDialStopped { .. } => ("call_dial_stopped", JsValue::UNDEFINED),
        ClientEvent::CallStarted(_) => ("call_started", JsValue::UNDEFINED),
        ClientEvent::CallEnded { .. } => ("call_ended", JsValue::UNDEFINED),
        ClientEvent::ForceDisconnect { reason } => {
            ("force_disconnect", object([("reason", reason.as_str().into())]))
        }
    }
}
