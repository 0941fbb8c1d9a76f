//! Plain JavaScript values: making objects, reading properties that may not be there.

use js_sys::{Object, Reflect};
use wasm_bindgen::JsValue;

/// A plain object of these properties.
pub fn object<const N: usize>(properties: [(&str, JsValue); N]) -> JsValue {
    let object = Object::new();
    for (key, value) in properties {
        set(&object, key, &value);
    }
    object.into()
}

/// Sets a property; an object that does not take it stays as it is.
pub fn set(object: &JsValue, key: &str, value: &JsValue) {
    let _ = Reflect::set(object, &key.into(), value);
}

/// A property; `undefined` also for what has none, and for a getter that throws.
pub fn get(object: &JsValue, key: &str) -> JsValue {
    // Asked first, because the reference to a caught exception is never given back.
    if !object.is_object() {
        return JsValue::UNDEFINED;
    }
    Reflect::get(object, &key.into()).unwrap_or(JsValue::UNDEFINED)
}
