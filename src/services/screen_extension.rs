//! Sharing a screen through a browser extension, in browsers that have no picker of their own. The extension is asked
//! for a stream id by a message, as those of the original were.

use super::media::wishes;
use crate::js::{get, object};
use bandyer_core::calls::ScreenKind;
use futures::future::{Either, select};
use gloo_timers::future::TimeoutFuture;
use js_sys::{Function, Promise};
use std::pin::pin;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;

/// An extension that does not show its icon within this time, in milliseconds, is not there.
const PROBE_MS: u32 = 2_000;

/// A stream of the screen.
///
/// # Errors
/// `{name: 'ExtensionMissing'}` when there is no such extension, else what the browser says.
pub async fn capture(extension: &str, kind: ScreenKind) -> Result<JsValue, JsValue> {
    if extension.is_empty() || !is_installed(extension).await {
        return Err(missing());
    }
    let answer = JsFuture::from(ask(extension)?).await?;
    if !answer.is_object() {
        return Err(missing());
    }
    let id = get(&answer, "streamId").as_string().unwrap_or_default();
    if id.is_empty() {
        // The person closed the picker.
        return Err(object([("name", "NotAllowedError".into()), ("message", "".into())]));
    }
    let mandatory = object([
        ("chromeMediaSource", "desktop".into()),
        ("chromeMediaSourceId", id.into()),
        ("maxWidth", 1920.into()),
        ("maxHeight", 1080.into()),
        ("maxFrameRate", get(&get(&wishes::screen(kind), "frameRate"), "max")),
    ]);
    let video = object([("mandatory", mandatory)]);
    let constraints = object([("audio", JsValue::FALSE), ("video", video)]);
    let devices = web_sys::window().ok_or(JsValue::UNDEFINED)?.navigator().media_devices()?;
    JsFuture::from(devices.get_user_media_with_constraints(constraints.unchecked_ref())?).await
}

fn missing() -> JsValue {
    object([("name", "ExtensionMissing".into())])
}

/// Its icon can be loaded: that is how an installed extension shows itself to a page.
async fn is_installed(extension: &str) -> bool {
    let Some(document) = web_sys::window().and_then(|window| window.document()) else { return false };
    let Ok(picture) = document.create_element("img") else { return false };
    let loaded = Promise::new(&mut |yes, no| {
        crate::js::set(&picture, "onload", &yes);
        crate::js::set(&picture, "onerror", &no);
        crate::js::set(&picture, "src", &format!("chrome-extension://{extension}/icon.png").into());
    });
    match select(pin!(JsFuture::from(loaded)), pin!(TimeoutFuture::new(PROBE_MS))).await {
        Either::Left((loaded, _)) => loaded.is_ok(),
        Either::Right(_) => false,
    }
}

/// `chrome.runtime.sendMessage(id, {getStream: true}, answer => …)`
fn ask(extension: &str) -> Result<Promise, JsValue> {
    let window = web_sys::window().ok_or(JsValue::UNDEFINED)?;
    let runtime = get(&get(&window, "chrome"), "runtime");
    let send: Function = get(&runtime, "sendMessage").dyn_into().map_err(|_| missing())?;
    let message = object([("getStream", JsValue::TRUE)]);
    Ok(Promise::new(&mut |yes, no| {
        if send.call3(&runtime, &extension.into(), &message, &yes).is_err() {
            let _ = no.call1(&JsValue::UNDEFINED, &missing());
        }
    }))
}
