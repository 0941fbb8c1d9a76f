//! What a person sees: one component per file, and only what it shows and reports. Decisions are the core's.

pub mod announcer;
pub mod chat_list;
pub mod header;
pub mod inactive;
pub mod launcher;
pub mod loading;
pub mod network_bar;
pub mod notice;
pub mod panel;
pub mod screen;
pub mod thread;
pub mod ui;
