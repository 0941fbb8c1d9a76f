//! Between JavaScript values and the public API as data. Nothing is trusted to be of the type it should be.

pub use crate::js::{get, object, put};
use bandyer_core::api::{ApiErrorCode, CallChoice, CallInfo};
use bandyer_core::calls::CallFailure;
use bandyer_core::select::{self, ChatInfo};
use bandyer_core::{ApiCall, ApiError, ApiReply, State};
use bandyer_protocol::{Call, CallType, Message, Presence, RecordingType, Timestamp, UserAlias};
use js_sys::{Array, Date, Reflect};
use wasm_bindgen::{JsCast, JsValue};

pub fn list(items: impl Iterator<Item = JsValue>) -> JsValue {
    items.collect::<Array>().into()
}

#[expect(clippy::cast_precision_loss, reason = "a Date holds milliseconds as a float too")]
pub fn date(at: Timestamp) -> Date {
    Date::new(&JsValue::from_f64(at.0 as f64))
}

/// ISO 8601 in UTC; an impossible date gives the empty text instead of throwing.
pub fn iso(at: Timestamp) -> JsValue {
    let date = date(at);
    if date.get_time().is_nan() { "".into() } else { date.to_iso_string().into() }
}

/// The method `name` with its arguments; `None` when there is no such method.
pub fn call(name: &str, arguments: &JsValue) -> Option<ApiCall> {
    let argument = |index: u32| Reflect::get_u32(arguments, index).unwrap_or(JsValue::UNDEFINED);
    let text = |index| argument(index).as_string().unwrap_or_default();
    Some(match name {
        "create" => ApiCall::Create,
        "logout" => ApiCall::Logout,
        "updateAccessToken" => ApiCall::UpdateAccessToken { token: text(0) },
        "addChat" => ApiCall::AddChat { user: text(0) },
        "removeChat" => ApiCall::RemoveChat { user: text(0) },
        "selectChat" => ApiCall::SelectChat { user: text(0) },
        "composeMessage" => {
            ApiCall::ComposeMessage { user: text(0), message: text(1), send: argument(2).is_truthy() }
        }
        "getUser" => ApiCall::GetUser { user: text(0) },
        "getUsersStatusList" => ApiCall::GetUsersStatusList,
        "showWidget" => ApiCall::ShowWidget,
        "hideWidget" => ApiCall::HideWidget,
        "openWidget" => ApiCall::OpenWidget,
        "closeWidget" => ApiCall::CloseWidget,
        "toggleWidget" => ApiCall::ToggleWidget,
        "createCall" => ApiCall::CreateCall { users: texts(&argument(0)), choice: choice(&argument(1)) },
        "joinCallURL" => ApiCall::JoinCallUrl { url: text(0) },
        "answerCall" => ApiCall::AnswerCall { call: text(0) },
        "declineCall" => ApiCall::DeclineCall { call: text(0) },
        "hangUp" => ApiCall::HangUp { call: text(0) },
        "setExtensionUrl" => ApiCall::SetExtensionUrl { url: text(0) },
        _ => return None,
    })
}

/// The texts of an array; what is none of either is left out.
fn texts(value: &JsValue) -> Vec<String> {
    let Some(array) = value.dyn_ref::<Array>() else { return Vec::new() };
    array.iter().filter_map(|item| item.as_string()).collect()
}

/// The options of `createCall`. A call type nobody knows is the default one, as the original has it.
fn choice(options: &JsValue) -> CallChoice {
    let given = |key| Some(get(options, key)).filter(|value| !value.is_undefined() && !value.is_null());
    let word = |key| get(options, key).as_string();
    let call_type = word("callType").or_else(|| word("call_type"));
    let record = given("record").or_else(|| given("recording"));
    CallChoice {
        call_type: call_type.map(|word| CallType::parse(&word).unwrap_or_default()),
        record: record.map(|_| get(options, "record").is_truthy() || get(options, "recording").is_truthy()),
        recording_type: word("recordingType").and_then(|word| RecordingType::parse(&word)),
        is_admin: given("isAdmin").map(|value| value.is_truthy()),
    }
}

/// A call without its status, which lives on.
fn call_object(info: &CallInfo) -> JsValue {
    object([
        ("callAlias", info.call.call.as_str().into()),
        ("callDirection", info.direction.as_str().into()),
        ("callParticipants", aliases(&info.call.participants)),
        ("callOptions", call_options(&info.call)),
    ])
}

fn call_options(call: &Call) -> JsValue {
    object([
        ("record", call.record.into()),
        ("recordingType", call.recording_type.as_str().into()),
        ("creationDate", iso(call.created_at)),
        ("callType", call.call_type.as_str().into()),
        ("live", call.live.into()),
    ])
}

/// A call as its events show it.
pub fn call_event(name: &str, info: &CallInfo) -> JsValue {
    let event = call_object(info);
    put(&event, "event", &name.into());
    event
}

/// The answer of a synchronous getter; `undefined` when there is no such getter.
pub fn read(name: &str, state: &State) -> JsValue {
    let message = |found: Option<&Message>| found.map_or(JsValue::NULL, |found| message(found, state));
    match name {
        "getChats" => list(select::chats(state).iter().map(chat_info)),
        "getUnreadMessages" => list(select::unread_messages(state).iter().map(|(chat, unread)| {
            object([("chat", chat.as_str().into()), ("unreadMessages", (*unread).into())])
        })),
        "getLastMessageReceived" => message(select::last_received(state)),
        "getLastMessageSent" => message(select::last_sent(state)),
        _ => JsValue::UNDEFINED,
    }
}

fn chat_info(info: &ChatInfo) -> JsValue {
    object([
        ("chat", info.chat.as_str().into()),
        ("unreadMessages", info.unread.into()),
        ("participants", aliases([&info.participant])),
        ("lastMessage", last_message(info.last_message.as_ref(), |at| date(at).into())),
    ])
}

/// `{}` for a chat nobody wrote in.
pub fn last_message(message: Option<&Message>, time: fn(Timestamp) -> JsValue) -> JsValue {
    message.map_or_else(
        || object([]),
        |message| {
            object([
                ("author", message.sender.as_str().into()),
                ("message", message.body.as_text().into()),
                ("timestamp", time(message.at)),
            ])
        },
    )
}

/// A message as events and getters show it; `participants` is the other user only.
pub fn message(message: &Message, state: &State) -> JsValue {
    let other = select::my_alias(state).and_then(|me| message.chat.other(me));
    object([
        ("id", message.public_id().into()),
        ("chat", message.chat.as_str().into()),
        ("participants", aliases(other.as_ref())),
        ("text", message.body.as_text().into()),
        ("timestamp", date(message.at).into()),
        ("sender", message.sender.as_str().into()),
    ])
}

pub fn aliases<'a>(users: impl IntoIterator<Item = &'a UserAlias>) -> JsValue {
    list(users.into_iter().map(|user| user.as_str().into()))
}

pub fn user_status(user: &UserAlias, status: Presence) -> JsValue {
    object([("userAlias", user.as_str().into()), ("status", status.as_str().into())])
}

pub fn reply(reply: &ApiReply) -> JsValue {
    match reply {
        ApiReply::Done => JsValue::UNDEFINED,
        ApiReply::True => JsValue::TRUE,
        ApiReply::Created { user } => object([("userAlias", user.as_str().into())]),
        ApiReply::TokenUpdated { expires_at } => object([("expiresAt", iso(*expires_at))]),
        ApiReply::User { user, status } => user_status(user, *status),
        ApiReply::Call(info) => call_object(info),
        ApiReply::Users { users } => list(users.iter().map(|(user, status)| user_status(user, *status))),
    }
}

/// The public number of "no such user".
const NO_SUCH_USER: u32 = 3096;

/// A rejection as plain data, fit for crossing a frame; the loader makes an `Error` of it.
pub fn error(error: &ApiError) -> JsValue {
    if let ApiErrorCode::Call(failure) = error.code
        && !is_of_call_object(failure)
    {
        return failure.as_str().into();
    }
    let (name, code) = words(error.code);
    let server = error.server_code.map(JsValue::from_str);
    let code: JsValue = match error.code {
        ApiErrorCode::UserNotFound => NO_SUCH_USER.into(),
        ApiErrorCode::Refused | ApiErrorCode::TokenRefused => server.clone().unwrap_or_else(|| code.into()),
        _ => code.into(),
    };
    let rejection = rejection(name, &code, &error.message);
    if let Some(server) = server {
        put(&rejection, "reason", &server);
    }
    if matches!(error.code, ApiErrorCode::CreateChat | ApiErrorCode::DeleteChat) {
        let cause = error
            .server_code
            .map(|word| object([("code", word.into()), ("message", error.message.as_str().into())]));
        put(&rejection, "errors", &list(cause.into_iter()));
    }
    rejection
}

/// The methods of call objects reject with an `Error`, those of the page with the bare string.
fn is_of_call_object(failure: CallFailure) -> bool {
    use CallFailure::{AnswerFailed, HangUpOnEndedCall, NotRinging};
    matches!(failure, HangUpOnEndedCall | NotRinging | AnswerFailed)
}

pub fn rejection(name: &str, code: &JsValue, message: &str) -> JsValue {
    object([("name", name.into()), ("code", code.clone()), ("message", message.into())])
}

/// Class name and code of each kind of rejection.
fn words(code: ApiErrorCode) -> (&'static str, &'static str) {
    match code {
        ApiErrorCode::CreateChat => ("Error", "create_channel_oto_error"),
        ApiErrorCode::DeleteChat => ("Error", "delete_channel_error"),
        // The original's plain object was recognised by its name.
        ApiErrorCode::ChatNotFound => ("channel_not_found", "channel_not_found"),
        ApiErrorCode::InvalidMessage => ("Error", "invalid_message"),
        ApiErrorCode::UserNotFound => ("Error", "user_not_found"),
        ApiErrorCode::UserRequestFailed => ("Error", "user_request_failed"),
        ApiErrorCode::ServerNotReachable => {
            ("ServerInternalError", "socket_communication_center_server_not_reachable")
        }
        ApiErrorCode::ConnectionFailed => {
            ("ServerInternalError", "socket_communication_center_connection_failed")
        }
        ApiErrorCode::VersionDeprecated => {
            ("ServerInternalError", "socket_communication_center_version_deprecated")
        }
        ApiErrorCode::Refused => ("SocketConnectionError", "connection_refused"),
        ApiErrorCode::NotAuthenticated => NOT_AUTHENTICATED,
        ApiErrorCode::NotPermitted => ("Error", "not_permitted"),
        ApiErrorCode::TokenRefused => ("Error", "token_refused"),
        ApiErrorCode::Call(failure) => ("Error", failure.as_str()),
    }
}

/// The class name is the original's, as its source has it.
pub const NOT_AUTHENTICATED: (&str, &str) = ("BandyerChatWidgetNotAuthenticated", "not_authenticated");
