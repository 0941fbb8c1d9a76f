//! What the host page gets to see: reference §1.6, §3 and §14, to the letter.

use crate::page::{alias, chat, evaluate, function, message, profile};
use bandyer_chat_widget::api::{convert, event::event, options::options};
use bandyer_core::api::{ApiErrorCode, CallChoice, ChatLoaded};
use bandyer_core::options::{CallType, Language, Mode, Tool, Tools};
use bandyer_core::users::{User, Users};
use bandyer_core::{ApiCall, ApiError, ApiReply, ClientEvent, Options, State};
use bandyer_protocol::{DisconnectReason, Presence, Timestamp};
use std::rc::Rc;
use wasm_bindgen::JsValue;
use wasm_bindgen_test::wasm_bindgen_test;

const AT: Timestamp = Timestamp(1_641_814_879_000);

fn state() -> State {
    let me = User {
        profile: profile("anna"),
        name: "anna".to_owned(),
        key: "anna".to_owned(),
        image: None,
        presence: Presence::Online,
        described: true,
    };
    let users = Users { me: Some(Rc::new(me)), ..Users::default() };
    State { users: Rc::new(users), ..State::new(Options::default(), "00") }
}

/// As JSON, with a mark on what is a `Date`: `JSON.stringify` alone would hide the difference.
fn written(value: &JsValue) -> String {
    let write = function(
        "(value) => JSON.stringify(value, function (key, text) {
            return this[key] instanceof Date ? 'Date ' + text : text;
        })",
    );
    let write: js_sys::Function = wasm_bindgen::JsCast::dyn_into(write).unwrap();
    write.call1(&JsValue::UNDEFINED, value).unwrap().as_string().unwrap_or_else(|| "undefined".to_owned())
}

fn told(client_event: &ClientEvent) -> String {
    let (name, payload) = event(client_event, &state());
    format!("{name} {}", written(&payload))
}

#[wasm_bindgen_test]
fn message_events() {
    let sent = message(3, "anna", "hi <b>");
    let expected = r##"{"id":"anna#bob:3","chat":"anna#bob","participants":["bob"],"text":"hi <b>","timestamp":"Date 2023-11-14T22:13:20.000Z","sender":"anna"}"##;
    assert_eq!(told(&ClientEvent::MessageSent(sent.clone())), format!("message_sent {expected}"));
    assert_eq!(told(&ClientEvent::MessageReceived(sent.clone())), format!("message_received {expected}"));
    assert_eq!(told(&ClientEvent::MessageRead(sent)), format!("message_read {expected}"));
}

#[wasm_bindgen_test]
fn chat_loaded_names_both_and_writes_the_last_time_as_text() {
    let loaded = |last_message| {
        ClientEvent::ChatLoaded(Box::new(ChatLoaded {
            chat: chat(),
            last_message,
            created_at: AT,
            created_by: alias("bob"),
            unread: 2,
        }))
    };
    assert_eq!(
        told(&loaded(Some(message(1, "bob", "hello")))),
        r##"chat_loaded {"chat":"anna#bob","participants":["anna","bob"],"lastMessage":{"author":"bob","message":"hello","timestamp":"2023-11-14T22:13:20.000Z"},"dateCreated":"Date 2022-01-10T11:41:19.000Z","createdBy":"bob","unreadMessages":2}"##
    );
    assert!(told(&loaded(None)).contains(r#""lastMessage":{},"#));
}

#[wasm_bindgen_test]
fn the_other_events() {
    let (user, expires_at) = (alias("bob"), AT);
    let expected = [
        (
            ClientEvent::TypingStarted { user: user.clone(), chat: chat() },
            r##"typing_started {"userAlias":"bob","chat":"anna#bob","participants":["bob"]}"##,
        ),
        (
            ClientEvent::UserConnected { user: user.clone() },
            r#"user_connected {"userAlias":"bob","status":"online"}"#,
        ),
        (
            ClientEvent::UserDisconnected { user },
            r#"user_disconnected {"userAlias":"bob","status":"offline"}"#,
        ),
        (
            ClientEvent::AccessTokenIsAboutToExpire { expires_at },
            r#"access_token_is_about_to_expire {"expiresAt":"2022-01-10T11:41:19.000Z"}"#,
        ),
        (
            ClientEvent::AccessTokenExpired { expires_at },
            r#"access_token_expired {"expiresAt":"2022-01-10T11:41:19.000Z"}"#,
        ),
        (
            ClientEvent::ForceDisconnect { reason: DisconnectReason::UserDeleted },
            r#"force_disconnect {"reason":"user_deleted"}"#,
        ),
    ];
    for (event, text) in expected {
        assert_eq!(told(&event), text);
    }
}

#[wasm_bindgen_test]
fn replies() {
    let reply = |reply| written(&convert::reply(&reply));
    assert_eq!(reply(ApiReply::Done), "undefined");
    assert_eq!(reply(ApiReply::True), "true");
    assert_eq!(reply(ApiReply::Created { user: alias("anna") }), r#"{"userAlias":"anna"}"#);
    assert_eq!(
        reply(ApiReply::TokenUpdated { expires_at: AT }),
        r#"{"expiresAt":"2022-01-10T11:41:19.000Z"}"#
    );
    let (user, status) = (alias("bob"), Presence::Busy);
    assert_eq!(
        reply(ApiReply::User { user: user.clone(), status }),
        r#"{"userAlias":"bob","status":"busy"}"#
    );
    assert_eq!(
        reply(ApiReply::Users { users: vec![(user, status)] }),
        r#"[{"userAlias":"bob","status":"busy"}]"#
    );
}

#[wasm_bindgen_test]
fn rejections_carry_the_original_keys() {
    let rejected = |code, server_code| {
        written(&convert::error(&ApiError { code, message: "why".to_owned(), server_code }))
    };
    assert_eq!(
        rejected(ApiErrorCode::CreateChat, Some("user_not_found")),
        r#"{"name":"Error","code":"create_channel_oto_error","message":"why","reason":"user_not_found","errors":[{"code":"user_not_found","message":"why"}]}"#
    );
    assert_eq!(
        rejected(ApiErrorCode::ChatNotFound, None),
        r#"{"name":"channel_not_found","code":"channel_not_found","message":"why"}"#
    );
    assert_eq!(
        rejected(ApiErrorCode::UserNotFound, Some("user_not_found")),
        r#"{"name":"Error","code":3096,"message":"why","reason":"user_not_found"}"#
    );
    assert_eq!(
        rejected(ApiErrorCode::TokenRefused, Some("access_token_invalid_user")),
        r#"{"name":"Error","code":"access_token_invalid_user","message":"why","reason":"access_token_invalid_user"}"#
    );
    assert!(rejected(ApiErrorCode::Refused, Some("access_token_invalid")).contains("SocketConnectionError"));
}

#[wasm_bindgen_test]
fn calls_take_anything() {
    let call = |name, arguments| convert::call(name, &evaluate(arguments));
    assert_eq!(call("addChat", "['bob']"), Some(ApiCall::AddChat { user: "bob".to_owned() }));
    assert_eq!(call("addChat", "[null]"), Some(ApiCall::AddChat { user: String::new() }));
    assert_eq!(call("addChat", "undefined"), Some(ApiCall::AddChat { user: String::new() }));
    assert_eq!(
        call("composeMessage", "['bob', 'text', 1]"),
        Some(ApiCall::ComposeMessage { user: "bob".to_owned(), message: "text".to_owned(), send: true })
    );
    assert_eq!(
        call(
            "createCall",
            "[['bob', 7], {callType: 'audio_only', call_type: 'audio_video', recording: 1, isAdmin: 0}]"
        ),
        Some(ApiCall::CreateCall {
            users: vec!["bob".to_owned()],
            choice: CallChoice {
                call_type: Some(CallType::AudioOnly),
                record: Some(true),
                recording_type: None,
                is_admin: Some(false),
            },
        })
    );
    let nothing = ApiCall::CreateCall { users: Vec::new(), choice: CallChoice::default() };
    assert_eq!(call("createCall", "[]"), Some(nothing));
    assert_eq!(call("hangUp", "['room_1']"), Some(ApiCall::HangUp { call: "room_1".to_owned() }));
    assert_eq!(call("noSuchMethod", "[]"), None);
}

fn read_options(code: &str, browser: Option<&str>) -> Options {
    options(&function(code), browser, AT)
}

#[wasm_bindgen_test]
fn options_have_their_defaults_and_tools_overrule_chat() {
    let plain = read_options("{ accessToken: 'a', environment: 'sandbox' }", None);
    assert!(plain.chat && !plain.hidden && plain.access_token == "a");
    assert_eq!((plain.tools, plain.call_type, plain.mode), (Tools::ALL, CallType::AudioVideo, Mode::Embed));
    for (code, chat) in [
        ("{ chat: false }", false),
        ("{ chat: null }", true),
        ("{ chat: 0 }", false),
        ("{ chat: false, tools: { chat: true } }", true),
        ("{ chat: true, tools: {} }", false),
        ("{ chat: false, tools: null }", false),
    ] {
        assert_eq!(read_options(code, None).chat, chat, "{code}");
    }
    let tools = read_options("{ tools: { file_upload: 1, whiteboard: { wb_pen: 'yes' } } }", None).tools;
    assert!(tools.has(Tool::FileUpload) && !tools.has(Tool::Snapshot) && tools.has(Tool::Whiteboard));
    assert!(tools.has(Tool::WbPen) && !tools.has(Tool::WbText) && !tools.has(Tool::Chat));
    assert_eq!(read_options("{ tools: { whiteboard: true } }", None).tools, Tools::NONE.with_board(true));
    let chatless = read_options("{ chat: false }", None).tools;
    assert_eq!(chatless, Tools::ALL.with(Tool::Chat, false));
    assert_eq!(read_options("{ tools: { present_to_everyone: true } }", None).tools, Tools::NONE);
}

#[wasm_bindgen_test]
fn the_language_is_the_chosen_one_or_the_browsers_or_italian() {
    for (code, browser, language) in [
        ("{ language: 'en' }", Some("it-IT"), Language::En),
        ("{ language: 'it' }", Some("en"), Language::It),
        ("{ language: 'de' }", Some("en-GB"), Language::En),
        ("{}", Some("en-US"), Language::En),
        ("{}", Some("fr"), Language::It),
        ("{}", None, Language::It),
    ] {
        assert_eq!(read_options(code, browser).language, language, "{code} {browser:?}");
    }
}

#[wasm_bindgen_test]
fn only_texts_colour_anything() {
    let layout = read_options(
        "{ layout: { header: { background: 'red', color: 5 }, launcher: 'blue', fontFamily: {},
            get body() { throw new Error('no') }, feedback: { buttons: { color: 'green' } } } }",
        None,
    )
    .layout;
    assert_eq!((layout.header.background.as_deref(), layout.header.color.as_deref()), (Some("red"), None));
    assert_eq!((layout.launcher.background, layout.font_family, layout.body.background), (None, None, None));
    assert_eq!(layout.feedback_buttons.color.as_deref(), Some("green"));
}
