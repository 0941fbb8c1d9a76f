//! The options of `create`, after validation. Options of features that are not built yet are kept.

use crate::calendar::TimeZone;
pub use bandyer_protocol::{CallType, RecordingType, Tool, Tools};

/// Who validates: the loader, synchronously and in the original's order. What arrives here is of the right type.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Options {
    pub access_token: String,
    pub environment: String,
    pub hidden: bool,
    pub chat: bool,
    pub call_type: CallType,
    pub mode: Mode,
    pub language: Language,
    pub record: bool,
    pub recording_type: RecordingType,
    pub is_admin: bool,
    pub feedback: bool,
    pub virtual_background: Option<VirtualBackground>,
    pub screen_sharing_extension_id: String,
    pub screen_sharing_extension_url: String,
    pub tools: Tools,
    pub layout: Layout,
    /// Where days begin for this user; not an option of the host, the widget reads it from the browser.
    pub time_zone: TimeZone,
}

/// The option `mode`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Mode {
    #[default]
    Embed,
    Window,
}

/// The option `language`, resolved.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Language {
    En,
    #[default]
    It,
}

/// The option `virtualBackground`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum VirtualBackground {
    Blur,
    Image,
}

/// The option `layout`, colours by part: any CSS background or colour; `None` keeps the theme's own.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Layout {
    pub header: Paint,
    pub header_button: Paint,
    pub body: Paint,
    pub launcher: Paint,
    pub message_sent: Paint,
    pub message_received: Paint,
    pub dial: Paint,
    pub call: Paint,
    pub feedback_body: Paint,
    pub feedback_buttons: Paint,
    pub font_family: Option<String>,
}

impl Layout {
    /// True when the host chose any colour: the widget then keeps to its light tokens instead of following the
    /// system's dark mode.
    pub fn paints_anything(&self) -> bool {
        [
            &self.header,
            &self.header_button,
            &self.body,
            &self.launcher,
            &self.message_sent,
            &self.message_received,
            &self.dial,
            &self.call,
            &self.feedback_body,
            &self.feedback_buttons,
        ]
        .iter()
        .any(|paint| paint.background.is_some() || paint.color.is_some())
    }
}

/// Two CSS values for one part.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Paint {
    pub background: Option<String>,
    pub color: Option<String>,
}
