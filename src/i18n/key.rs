//! What texts are searched by: the browser takes letters and their marks apart, the core leaves the marks out.

use bandyer_core::letters;
use js_sys::JsString;

/// The same for two texts that read the same, however they are written: `José` in one letter or two, with or without
/// its accent, in full width, with capitals.
pub fn of(text: &str) -> String {
    if text.is_ascii() {
        return letters::key(text);
    }
    letters::key(&String::from(JsString::from(text).normalize("NFKD")))
}
