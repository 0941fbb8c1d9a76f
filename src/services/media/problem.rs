//! Why a device does not come, out of what the browser says and of where the widget lives.

use crate::js::get;
use bandyer_core::calls::{MediaProblem, MediaWant};
use js_sys::{Function, Reflect};
use wasm_bindgen::{JsCast, JsValue};

/// What the error of `getUserMedia` or `getDisplayMedia` means; `undefined` stands for a browser without devices.
pub fn of(error: &JsValue, want: MediaWant) -> MediaProblem {
    let Some(window) = web_sys::window() else { return MediaProblem::Unsupported };
    if error.is_undefined() {
        let secure = get(&window, "isSecureContext").is_truthy();
        return if secure { MediaProblem::Unsupported } else { MediaProblem::NotSecure };
    }
    let name = get(error, "name").as_string().unwrap_or_default();
    match name.as_str() {
        "NotAllowedError" | "SecurityError" | "PermissionDeniedError" => refused(&window, error, want),
        "NotFoundError" | "DevicesNotFoundError" | "OverconstrainedError" => MediaProblem::NotFound,
        "NotReadableError" | "TrackStartError" => MediaProblem::InUse,
        "ExtensionMissing" => MediaProblem::ExtensionMissing,
        "NotSupportedError" => MediaProblem::Unsupported,
        _ => MediaProblem::Unknown,
    }
}

/// Who refused: the frame, the page's policy, or the person.
fn refused(window: &web_sys::Window, error: &JsValue, want: MediaWant) -> MediaProblem {
    let feature = match want {
        MediaWant::Mic => "microphone",
        MediaWant::Camera => "camera",
        MediaWant::Screen => "display-capture",
    };
    if !allowed(window, feature) {
        return if is_framed(window) { MediaProblem::FrameBlocked } else { MediaProblem::PolicyBlocked };
    }
    // A closed picker and a refusal of the system look alike but for this word.
    let by_system = get(error, "message").as_string().is_some_and(|text| text.contains("system"));
    if want == MediaWant::Screen && !by_system { MediaProblem::Dismissed } else { MediaProblem::Refused }
}

/// Whether the policy of this document allows it; a browser that does not tell allows it.
fn allowed(window: &web_sys::Window, feature: &str) -> bool {
    let Some(document) = window.document() else { return true };
    let policy = ["permissionsPolicy", "featurePolicy"]
        .into_iter()
        .map(|name| get(&document, name))
        .find(JsValue::is_object);
    let Some(policy) = policy else { return true };
    let Ok(asks) = get(&policy, "allowsFeature").dyn_into::<Function>() else { return true };
    asks.call1(&policy, &feature.into()).map_or(true, |answer| answer.is_truthy())
}

fn is_framed(window: &web_sys::Window) -> bool {
    let top = Reflect::get(window, &"top".into()).unwrap_or(JsValue::NULL);
    !js_sys::Object::is(&top, window)
}
