//! The WebSocket edge: from upgrade to close. Meaning lives in the hub.

mod connection;
mod session;
mod wire;

pub use connection::upgrade;
