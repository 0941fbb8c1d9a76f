//! What goes from browser to browser past the server, over the one data channel of a call: what is gone in a second.
//! Frames may be lost, may overtake each other, and do not go at all where there is no channel.

use serde::{Deserialize, Serialize};

/// One frame, as JSON text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Frame {
    /// The first one of each side: it hears frames.
    Hello {
        /// [`crate::PROTOCOL_VERSION`] of that side.
        v: u16,
    },
}

/// Longest frame, in bytes. Every browser takes as much in one piece.
pub const MAX_FRAME_BYTES: usize = 16_384;

impl Frame {
    /// Reads a frame; `None` for one that is too long, broken, or of a newer widget: it is passed over.
    pub fn read(text: &str) -> Option<Self> {
        if text.len() > MAX_FRAME_BYTES {
            return None;
        }
        serde_json::from_str(text).ok()
    }

    /// As it travels; `None` when it is too long.
    pub fn write(&self) -> Option<String> {
        serde_json::to_string(self).ok().filter(|text| text.len() <= MAX_FRAME_BYTES)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_frame_is_read_as_it_was_written_and_others_are_passed_over() {
        let hello = Frame::Hello { v: 1 };
        assert_eq!(hello.write().as_deref(), Some(r#"{"hello":{"v":1}}"#));
        assert_eq!(Frame::read(r#"{"hello":{"v":1,"more":true}}"#), Some(hello));
        for text in ["", "{}", "null", r#"{"newer":{}}"#, r#"{"hello":{}}"#] {
            assert_eq!(Frame::read(text), None, "{text}");
        }
        let long = format!(r#"{{"hello":{{"v":1,"x":"{}"}}}}"#, "x".repeat(MAX_FRAME_BYTES));
        assert_eq!(Frame::read(&long), None);
    }
}
