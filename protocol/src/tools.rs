//! Tools: what a participant of a call may do in it besides talking. The server enforces them.

use crate::error_code::{ErrorCode, Failure};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::{Map, Value};

macro_rules! tools {
    ($($(#[$meta:meta])* $name:ident = $word:literal,)*) => {
        /// One tool.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Tool { $($(#[$meta])* $name,)* }

        impl Tool {
            pub const EVERY: &[Self] = &[$(Tool::$name),*];

            /// The public word.
            pub fn as_str(self) -> &'static str {
                match self { $(Tool::$name => $word,)* }
            }
        }
    };
}

tools! {
    /// Messages. The word of the option is that of the chat as a whole.
    Chat = "chat",
    ScreenSharing = "screen_sharing",
    FileUpload = "file_upload",
    Snapshot = "snapshot",
    LiveEdit = "live_edit",
    /// To send where one points; everybody may see it.
    LivePointer = "live_pointer",
    /// One's own picture becomes the large one at the others. Only the host site gives it, to a room.
    PresentToEveryone = "present_to_everyone",
    /// To open the board.
    Whiteboard = "whiteboard",
    WbAddFile = "wb_add_file",
    WbCursor = "wb_cursor",
    WbText = "wb_text",
    WbShape = "wb_shape",
    WbPen = "wb_pen",
    WbEraser = "wb_eraser",
}

/// What the tool `whiteboard` is made of.
pub const BOARD_TOOLS: [Tool; 6] =
    [Tool::WbAddFile, Tool::WbCursor, Tool::WbText, Tool::WbShape, Tool::WbPen, Tool::WbEraser];

/// A set of tools. Written as the list of their words; those that are not known are passed over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Tools(u16);

impl Tools {
    pub const NONE: Self = Self(0);

    /// What is on where nobody says anything: everything but `present_to_everyone`.
    pub const ALL: Self = Self(((1 << Tool::EVERY.len()) - 1) & !Self::bit(Tool::PresentToEveryone));

    const fn bit(tool: Tool) -> u16 {
        1 << tool as u16
    }

    pub const fn has(self, tool: Tool) -> bool {
        self.0 & Self::bit(tool) != 0
    }

    #[must_use]
    pub const fn with(self, tool: Tool, on: bool) -> Self {
        Self(if on { self.0 | Self::bit(tool) } else { self.0 & !Self::bit(tool) })
    }

    /// What is on in both.
    #[must_use]
    pub const fn and(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    /// What is on of what a room gives (`self`), for somebody who asks for no more than that. What only rooms give nobody
    /// has to ask for.
    #[must_use]
    pub const fn within(self, asked: Option<Self>) -> Self {
        match asked {
            Some(asked) => self.and(asked.with(Tool::PresentToEveryone, true)),
            None => self,
        }
    }

    /// All parts of the whiteboard.
    #[must_use]
    pub fn with_board(self, on: bool) -> Self {
        BOARD_TOOLS.iter().fold(self.with(Tool::Whiteboard, on), |tools, tool| tools.with(*tool, on))
    }

    /// The tools that are on.
    pub fn list(self) -> impl Iterator<Item = Tool> {
        Tool::EVERY.iter().copied().filter(move |tool| self.has(*tool))
    }

    /// # Errors
    /// `tool_not_allowed` when it is off.
    pub fn need(self, tool: Tool) -> Result<(), Failure> {
        if self.has(tool) { Ok(()) } else { Err(tool.refusal()) }
    }
}

/// As the host site writes them: an object of tools that are on or off. What is not named is off, and a name that is no tool
/// is passed over.
impl Tools {
    /// # Errors
    /// The word of a tool that is neither on nor off; an empty one when it is no object.
    pub fn from_object(value: &Value) -> Result<Self, &'static str> {
        let Value::Object(asked) = value else { return Err("") };
        let plain = Tool::EVERY.iter().filter(|tool| !BOARD_TOOLS.contains(tool));
        plain
            .filter(|tool| **tool != Tool::Whiteboard)
            .try_fold(board_of(asked)?, |tools, tool| Ok(tools.with(*tool, switch(*tool, asked)?)))
    }

    /// Every tool by its word; the whiteboard is an object where only parts of it are on.
    pub fn to_object(self) -> Value {
        let switches = |tools: &mut dyn Iterator<Item = &Tool>| -> Map<String, Value> {
            tools.map(|tool| (tool.as_str().to_owned(), self.has(*tool).into())).collect()
        };
        let mut object = switches(&mut Tool::EVERY.iter().filter(|tool| !BOARD_TOOLS.contains(tool)));
        let parts = BOARD_TOOLS.iter().filter(|tool| self.has(**tool)).count();
        if self.has(Tool::Whiteboard) && parts < BOARD_TOOLS.len() {
            let board = switches(&mut BOARD_TOOLS.iter());
            object.insert(Tool::Whiteboard.as_str().to_owned(), Value::Object(board));
        }
        Value::Object(object)
    }
}

fn board_of(asked: &Map<String, Value>) -> Result<Tools, &'static str> {
    match asked.get(Tool::Whiteboard.as_str()) {
        Some(Value::Object(parts)) => {
            let opened = Tools::NONE.with(Tool::Whiteboard, true);
            BOARD_TOOLS.iter().try_fold(opened, |tools, tool| Ok(tools.with(*tool, switch(*tool, parts)?)))
        }
        Some(_) | None => Ok(Tools::NONE.with_board(switch(Tool::Whiteboard, asked)?)),
    }
}

fn switch(tool: Tool, asked: &Map<String, Value>) -> Result<bool, &'static str> {
    match asked.get(tool.as_str()) {
        None | Some(Value::Null) => Ok(false),
        Some(Value::Bool(on)) => Ok(*on),
        Some(Value::Number(number)) if number.as_u64().is_some_and(|number| number < 2) => {
            Ok(number.as_u64() == Some(1))
        }
        Some(_) => Err(tool.as_str()),
    }
}

impl Tool {
    /// Why something was refused for which this is needed.
    pub fn refusal(self) -> Failure {
        let reason = format!("the tool {} is off for this user", self.as_str());
        Failure { tool: Some(self.as_str().to_owned()), ..Failure::new(ErrorCode::ToolNotAllowed, reason) }
    }
}

impl Serialize for Tools {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.list().map(Tool::as_str))
    }
}

impl<'de> Deserialize<'de> for Tools {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let words = Vec::<String>::deserialize(deserializer)?;
        let known = Tool::EVERY.iter().filter(|tool| words.iter().any(|word| word == tool.as_str()));
        Ok(known.fold(Self::NONE, |tools, tool| tools.with(*tool, true)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tools_are_written_by_their_words_and_unknown_ones_are_passed_over() {
        let some = Tools::NONE.with(Tool::Chat, true).with(Tool::WbPen, true);
        assert_eq!(serde_json::to_string(&some).unwrap(), r#"["chat","wb_pen"]"#);
        assert_eq!(serde_json::from_str::<Tools>(r#"["wb_pen","teleport","chat"]"#).unwrap(), some);
        assert_eq!(serde_json::from_str::<Tools>("[]").unwrap(), Tools::NONE);
    }

    #[test]
    fn a_host_site_writes_them_as_an_object() {
        let read = |text: &str| Tools::from_object(&serde_json::from_str(text).unwrap());
        let pen = Tools::NONE.with(Tool::Whiteboard, true).with(Tool::WbPen, true).with(Tool::Chat, true);
        assert_eq!(read(r#"{"chat":1,"whiteboard":{"wb_pen":true,"wb_text":0},"teleport":[]}"#), Ok(pen));
        for (text, tools) in [
            ("{}", Tools::NONE),
            (r#"{"whiteboard":true,"snapshot":null}"#, Tools::NONE.with_board(true)),
            (r#"{"whiteboard":{}}"#, Tools::NONE.with(Tool::Whiteboard, true)),
            (r#"{"present_to_everyone":true}"#, Tools::NONE.with(Tool::PresentToEveryone, true)),
        ] {
            assert_eq!(read(text), Ok(tools), "{text}");
        }
        for tools in [Tools::ALL, Tools::NONE, pen, pen.with_board(true).with(Tool::WbText, false)] {
            assert_eq!(Tools::from_object(&tools.to_object()), Ok(tools));
        }
        let wrong = [r#"{"chat":"yes"}"#, r#"{"chat":2}"#, r#"{"whiteboard":{"wb_pen":[]}}"#, "[]", "null"];
        assert_eq!(wrong.map(|text| read(text).unwrap_err()), ["chat", "chat", "wb_pen", "", ""]);
    }

    #[test]
    fn asking_only_ever_restricts() {
        let room = Tools::ALL.with(Tool::PresentToEveryone, true).with(Tool::Chat, false);
        assert_eq!(room.within(None), room);
        assert_eq!(room.within(Some(Tools::ALL)), room);
        assert_eq!(room.within(Some(Tools::NONE)), Tools::NONE.with(Tool::PresentToEveryone, true));
        let pen = Tools::NONE.with_board(true).with(Tool::WbText, false);
        assert!(
            !Tools::ALL.within(Some(pen)).has(Tool::WbText) && Tools::ALL.within(Some(pen)).has(Tool::WbPen)
        );
        assert!(!Tools::ALL.has(Tool::PresentToEveryone));
        let refused = Tools::ALL.with(Tool::WbEraser, false).need(Tool::WbEraser).unwrap_err();
        assert_eq!((refused.code, refused.tool.as_deref()), (ErrorCode::ToolNotAllowed, Some("wb_eraser")));
    }
}
