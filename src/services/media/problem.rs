//! Why a device does not come, out of what the browser says and of where the widget lives.

use crate::js::get;
use bandyer_core::calls::{MediaProblem, MediaWant};
use js_sys::{Function, Reflect};
use wasm_bindgen::{JsCast, JsValue};

/// What the error of `getUserMedia` or `getDisplayMedia` means; `undefined` stands for a browser without devices.
pub fn of(error: &JsValue, want: MediaWant) -> MediaProblem {
    if error.is_undefined() {
        return if is_secure() { MediaProblem::Unsupported } else { MediaProblem::NotSecure };
    }
    let name = get(error, "name").as_string().unwrap_or_default();
    match name.as_str() {
        "NotAllowedError" | "SecurityError" | "PermissionDeniedError" => refused(error, want),
        "NotFoundError" | "DevicesNotFoundError" | "OverconstrainedError" => MediaProblem::NotFound,
        // Browsers do not agree on the name of a device that does not start, most often because another program has it.
        "NotReadableError" | "AbortError" | "TrackStartError" | "SourceUnavailableError" => unreadable(want),
        "ExtensionMissing" => MediaProblem::ExtensionMissing,
        "NotSupportedError" => MediaProblem::Unsupported,
        _ => MediaProblem::Unknown,
    }
}

/// A screen is nobody's alone.
fn unreadable(want: MediaWant) -> MediaProblem {
    match want {
        MediaWant::Mic | MediaWant::Camera => MediaProblem::InUse,
        MediaWant::Screen => MediaProblem::Unknown,
    }
}

/// Why this page may not use such a device, whatever the person says; `None` when it may.
pub fn forbidden(want: MediaWant) -> Option<MediaProblem> {
    // Without https there are no devices at all, and that is the trouble.
    let window = web_sys::window().filter(|_| is_secure())?;
    let feature = match want {
        MediaWant::Mic => "microphone",
        MediaWant::Camera => "camera",
        MediaWant::Screen => "display-capture",
    };
    if allowed(&window, feature) {
        return None;
    }
    Some(if is_framed(&window) { MediaProblem::FrameBlocked } else { MediaProblem::PolicyBlocked })
}

/// Who refused: the frame, the page's policy, or the person.
fn refused(error: &JsValue, want: MediaWant) -> MediaProblem {
    if let Some(problem) = forbidden(want) {
        return problem;
    }
    // A closed picker and a refusal of the system look alike but for this word.
    let by_system = get(error, "message").as_string().is_some_and(|text| text.contains("system"));
    if want == MediaWant::Screen && !by_system { MediaProblem::Dismissed } else { MediaProblem::Refused }
}

fn is_secure() -> bool {
    web_sys::window().is_some_and(|window| get(&window, "isSecureContext").is_truthy())
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
