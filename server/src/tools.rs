//! The tools of a participant, as the host site writes them.

use crate::refusal::{Refusal, RestCode};
use bandyer_protocol::Tools;
use serde_json::Value;

/// What was asked for with the rest switched off. A name that is no tool is left out: later versions have more.
///
/// # Errors
/// `invalid_tools` when something is not true or false.
pub fn read(asked: &Value) -> Result<Tools, Refusal> {
    Tools::from_object(asked).map_err(|word| match word {
        "" => RestCode::InvalidTools.into(),
        word => RestCode::InvalidTools.because(format!("tools: {word} must be true or false")),
    })
}

/// As the host site reads them.
pub fn told(tools: Option<Tools>) -> Value {
    tools.unwrap_or(Tools::ALL).to_object()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_is_not_named_is_off_and_what_is_no_tool_is_left_out() {
        let none = told(Some(read(&json!({})).unwrap()));
        assert!(none.as_object().unwrap().values().all(|on| on == &json!(false)), "{none}");
        let some = read(&json!({"chat": true, "whiteboard": {"wb_pen": 1}, "teleport": true})).unwrap();
        let some = told(Some(some));
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
