//! What is wished of devices, in the browser's words.

use crate::js::{get, object, set};
use bandyer_core::calls::ScreenKind;
use js_sys::Promise;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{MediaDevices, MediaStreamTrack};

/// Frames a second of a camera, as the original's.
const CAMERA_FPS: u32 = 24;

fn ideal(value: impl Into<JsValue>) -> JsValue {
    object([("ideal", value.into())])
}

/// The chosen one if it is there, else another.
pub fn mic(device: Option<&str>) -> JsValue {
    let wish = object([]);
    if let Some(device) = device {
        set(&wish, "deviceId", &ideal(device));
    }
    wish
}

pub fn camera(device: Option<&str>) -> JsValue {
    let wish = object([("width", ideal(640)), ("height", ideal(480)), ("frameRate", ideal(CAMERA_FPS))]);
    if let Some(device) = device {
        set(&wish, "deviceId", &ideal(device));
    }
    wish
}

fn frames(kind: ScreenKind) -> u32 {
    match kind {
        ScreenKind::Static => 5,
        ScreenKind::Dynamic => 30,
    }
}

/// Limits of a screen that is sent.
pub fn screen(kind: ScreenKind) -> JsValue {
    let most = |value: u32| object([("max", value.into())]);
    object([("width", most(1920)), ("height", most(1080)), ("frameRate", most(frames(kind)))])
}

/// `None` where the browser has no picker of its own.
///
/// # Errors
/// When the browser refuses at once.
pub fn ask_screen(devices: &MediaDevices, kind: ScreenKind) -> Result<Option<Promise>, JsValue> {
    if !get(devices, "getDisplayMedia").is_function() {
        return Ok(None);
    }
    let wish = object([("video", screen(kind)), ("audio", JsValue::TRUE)]);
    devices.get_display_media_with_constraints(wish.unchecked_ref()).map(Some)
}

/// Tells the encoder what matters: sharp letters, or smooth motion.
pub fn hint(track: &MediaStreamTrack, kind: ScreenKind) {
    let word = match kind {
        ScreenKind::Static => "detail",
        ScreenKind::Dynamic => "motion",
    };
    set(track, "contentHint", &word.into());
}

/// The id of the device behind a track.
pub fn device_of(track: &MediaStreamTrack) -> Option<String> {
    get(&track.get_settings(), "deviceId").as_string().filter(|id| !id.is_empty())
}
