//! Drives `update` as a shell would, and looks at what it asks for.

mod api;
mod board;
mod calls;
mod chats;
mod composer;
mod kept;
mod panel;
mod parts;
mod rig;
mod rows;
mod session;
mod tokens;
mod uploads;
mod users;
