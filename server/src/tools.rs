//! The tools of a participant: which there are, and how the host site writes them.

use crate::refusal::{Refusal, RestCode};
use serde_json::{Map, Value};

/// On or off.
const SWITCHES: [&str; 7] =
    ["chat", "screen_sharing", "file_upload", "snapshot", "live_edit", "live_pointer", "present_to_everyone"];

/// What the whiteboard is made of; each on or off.
const WHITEBOARD: [&str; 6] = ["wb_add_file", "wb_cursor", "wb_text", "wb_shape", "wb_pen", "wb_eraser"];

/// Every tool, on.
pub fn all() -> Value {
    let mut tools: Map<String, Value> =
        SWITCHES.iter().map(|name| ((*name).to_owned(), true.into())).collect();
    tools.insert("whiteboard".to_owned(), true.into());
    tools.insert("present_to_everyone".to_owned(), false.into());
    Value::Object(tools)
}

/// What was asked for with the rest switched off. A name that is no tool is left out: later versions have more.
///
/// # Errors
/// `invalid_tools` when something is not true or false.
pub fn read(asked: &Value) -> Result<Value, Refusal> {
    let Value::Object(asked) = asked else {
        return Err(RestCode::InvalidTools.into());
    };
    let mut tools = Map::new();
    for name in SWITCHES {
        tools.insert(name.to_owned(), switch(name, asked.get(name))?.into());
    }
    let whiteboard = match asked.get("whiteboard") {
        Some(Value::Object(parts)) => {
            let mut board = Map::new();
            for name in WHITEBOARD {
                board.insert(name.to_owned(), switch(name, parts.get(name))?.into());
            }
            Value::Object(board)
        }
        other => switch("whiteboard", other)?.into(),
    };
    tools.insert("whiteboard".to_owned(), whiteboard);
    Ok(Value::Object(tools))
}

fn switch(name: &str, value: Option<&Value>) -> Result<bool, Refusal> {
    match value {
        None | Some(Value::Null) => Ok(false),
        Some(Value::Bool(on)) => Ok(*on),
        Some(Value::Number(number)) if number.as_u64() == Some(0) => Ok(false),
        Some(Value::Number(number)) if number.as_u64() == Some(1) => Ok(true),
        Some(_) => Err(RestCode::InvalidTools.because(format!("tools: {name} must be true or false"))),
    }
}

/// The tools as they were stored, or all of them.
pub fn stored(text: Option<&str>) -> Value {
    text.and_then(|text| serde_json::from_str(text).ok()).unwrap_or_else(all)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_is_not_named_is_off_and_what_is_no_tool_is_left_out() {
        let none = read(&json!({})).unwrap();
        assert!(none.as_object().unwrap().values().all(|on| on == &json!(false)), "{none}");
        let some = read(&json!({"chat": true, "whiteboard": {"wb_pen": 1}, "teleport": true})).unwrap();
        assert_eq!((&some["chat"], &some["snapshot"]), (&json!(true), &json!(false)));
        assert_eq!(
            (&some["whiteboard"]["wb_pen"], &some["whiteboard"]["wb_text"]),
            (&json!(true), &json!(false))
        );
        assert!(some.get("teleport").is_none());
    }

    #[test]
    fn what_is_neither_on_nor_off_is_refused() {
        for wrong in [
            json!(null),
            json!([]),
            json!("all"),
            json!({"chat": "yes"}),
            json!({"chat": 2}),
            json!({"whiteboard": {"wb_pen": []}}),
        ] {
            assert_eq!(read(&wrong).unwrap_err().code, RestCode::InvalidTools, "{wrong}");
        }
    }
}
