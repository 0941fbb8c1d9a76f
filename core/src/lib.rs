//! What the widget does, as one function: [`update`] takes the state, an action and the time, changes the state and
//! says what must be done about it. No browser, no clock, no randomness, no I/O: see ARCHITECTURE.md, invariant 1.

pub mod action;
pub mod api;
pub mod board;
pub mod calendar;
pub mod calls;
pub mod chats;
pub mod effect;
pub mod letters;
pub mod media;
mod notice;
pub mod options;
pub mod panel;
pub mod questions;
pub mod saved;
pub mod select;
pub mod session;
pub mod state;
mod step;
pub mod timers;
pub mod update;
pub mod users;

#[cfg(test)]
mod tests;

pub use action::Action;
pub use api::{ApiCall, ApiCallId, ApiError, ApiReply, ClientEvent};
pub use effect::Effect;
pub use options::Options;
pub use state::State;
pub use update::update;
