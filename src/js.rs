//! Plain JavaScript values: making objects, reading properties that may not be there.

use js_sys::{Array, Object, Reflect};
use wasm_bindgen::{JsCast, JsValue};

/// A plain object of these properties. They are defined and not assigned: a page may have put setters, or what cannot be
/// written, on the prototype that all objects share.
pub fn object<const N: usize>(properties: [(&str, JsValue); N]) -> JsValue {
    let entries: Array = properties.into_iter().map(|(key, value)| Array::of2(&key.into(), &value)).collect();
    Object::from_entries(&entries).unwrap_or_default().into()
}

/// Gives an object of ours a property of its own, whatever it inherits.
pub fn put(object: &JsValue, key: &str, value: &JsValue) {
    let descriptor = heir_of_nobody();
    set(&descriptor, "value", value);
    for flag in ["writable", "enumerable", "configurable"] {
        set(&descriptor, flag, &JsValue::TRUE);
    }
    if let Some(object) = object.dyn_ref::<Object>() {
        // Only what is frozen refuses, and ours is not.
        let _ = Reflect::define_property(object, &key.into(), &descriptor);
    }
}

/// Options for the browser: nothing that a page may have added to all objects is taken for one of them.
pub fn dictionary(properties: &[(&str, &str)]) -> Object {
    let dictionary = heir_of_nobody();
    for (key, value) in properties {
        set(&dictionary, key, &JsValue::from_str(value));
    }
    dictionary
}

fn heir_of_nobody() -> Object {
    let nobody = JsValue::NULL;
    Object::create(nobody.unchecked_ref())
}

/// Sets a property, or runs its setter; an object that does not take it stays as it is.
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
