//! The options of `create`: from the object that the loader has validated to the core's own. What is missing or of
//! another type gets its default.

use super::convert::get;
use crate::i18n::zone;
use bandyer_core::Options;
use bandyer_core::options::{
    CallType, Language, Layout, Mode, Paint, RecordingType, Tool, Tools, VirtualBackground,
};
use bandyer_protocol::{BOARD_TOOLS, Timestamp};
use wasm_bindgen::JsValue;

/// Reads the public options. `browser_language` is the one the user likes best.
pub fn options(given: &JsValue, browser_language: Option<&str>, now: Timestamp) -> Options {
    let text = |key| get(given, key).as_string();
    let on = |key| get(given, key).is_truthy();
    let tools = get(given, "tools");
    let chat = chat(&get(given, "chat"), &tools);
    Options {
        access_token: text("accessToken").unwrap_or_default(),
        environment: text("environment").unwrap_or_default(),
        hidden: on("hidden"),
        chat,
        call_type: match text("callType").as_deref() {
            Some("audio_only") => CallType::AudioOnly,
            Some("audio_upgradable") => CallType::AudioUpgradable,
            _ => CallType::AudioVideo,
        },
        mode: if text("mode").as_deref() == Some("window") && !is_touched() {
            Mode::Window
        } else {
            Mode::Embed
        },
        language: language(text("language").as_deref(), browser_language),
        record: on("record"),
        recording_type: match text("recordingType").as_deref() {
            Some("manual") => RecordingType::Manual,
            _ => RecordingType::Automatic,
        },
        is_admin: on("isAdmin"),
        feedback: on("feedback"),
        virtual_background: match text("virtualBackground").as_deref() {
            Some("blur") => Some(VirtualBackground::Blur),
            Some("image") => Some(VirtualBackground::Image),
            _ => None,
        },
        screen_sharing_extension_id: text("screenSharingExtensionId").unwrap_or_default(),
        screen_sharing_extension_url: text("screenSharingExtensionURL").unwrap_or_default(),
        tools: if tools.is_truthy() { some_tools(&tools) } else { Tools::ALL.with(Tool::Chat, chat) },
        layout: layout(&get(given, "layout")),
        time_zone: zone::probe(now),
    }
}

/// Phones and tablets have tabs, and no windows beside each other: a call there stays in the page.
fn is_touched() -> bool {
    let query =
        web_sys::window().and_then(|window| window.match_media("(hover: none) and (pointer: coarse)").ok());
    query.flatten().is_some_and(|query| query.matches())
}

/// `tools` overrules the older `chat`, of which only a present falsy value switches off.
fn chat(chat: &JsValue, tools: &JsValue) -> bool {
    if tools.is_truthy() {
        return get(tools, "chat").is_truthy();
    }
    chat.is_null() || chat.is_undefined() || chat.is_truthy()
}

/// The chosen language, else the browser's, where there are texts for it.
fn language(chosen: Option<&str>, browser: Option<&str>) -> Language {
    match chosen {
        Some("en") => return Language::En,
        Some("it") => return Language::It,
        Some(_) | None => {}
    }
    match browser.and_then(|tag| tag.split('-').next()) {
        Some("en" | "EN") => Language::En,
        Some(_) | None => Language::It,
    }
}

fn some_tools(tools: &JsValue) -> Tools {
    let board = get(tools, Tool::Whiteboard.as_str());
    // The whole board, or those parts of it that are named.
    let parts = if board.is_object() { &board } else { tools };
    let all = !board.is_object() && board.is_truthy();
    Tool::EVERY.iter().fold(Tools::NONE, |given, tool| {
        let is_part = BOARD_TOOLS.contains(tool);
        let on = match tool {
            // Only rooms give it.
            Tool::PresentToEveryone => false,
            _ if is_part => all || (board.is_object() && get(parts, tool.as_str()).is_truthy()),
            _ => get(tools, tool.as_str()).is_truthy(),
        };
        given.with(*tool, on)
    })
}

fn layout(layout: &JsValue) -> Layout {
    let part = |key| paint(&get(layout, key));
    let feedback = get(layout, "feedback");
    Layout {
        header: part("header"),
        header_button: part("headerButton"),
        body: part("body"),
        launcher: part("launcher"),
        message_sent: part("messageSent"),
        message_received: part("messageReceived"),
        dial: part("dial"),
        call: part("call"),
        feedback_body: paint(&get(&feedback, "body")),
        feedback_buttons: paint(&get(&feedback, "buttons")),
        font_family: get(layout, "fontFamily").as_string(),
    }
}

fn paint(part: &JsValue) -> Paint {
    Paint { background: get(part, "background").as_string(), color: get(part, "color").as_string() }
}
