//! The face of the widget towards JavaScript: converts calls, replies and events, and decides nothing.

pub mod client;
pub mod convert;
pub mod event;
pub mod host_page;
pub mod options;
pub mod pending;
