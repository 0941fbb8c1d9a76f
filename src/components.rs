//! What a person sees: one view per file, and only what it shows and reports. Decisions are the core's.
//!
//! What keeps state or must not be rendered along with its surroundings is a component; everything else is a plain
//! function that returns `Html`, because each component adds kilobytes of its own to the download.

pub mod announcer;
pub mod call_buttons;
pub mod call_failure;
pub mod call_view;
pub mod call_window;
pub mod chat_list;
pub mod cover;
pub mod dial_view;
pub mod feedback;
pub mod header;
pub mod inactive;
pub mod launcher;
pub mod loading;
pub mod network_bar;
pub mod notice;
pub mod panel;
pub mod person;
pub mod screen;
pub mod thread;
pub mod top_layer;
pub mod ui;
#[cfg(feature = "desk")]
pub mod whiteboard;
