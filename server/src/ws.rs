//! The WebSocket edge: from upgrade to close. Meaning lives in the hub.

mod connection;
mod limiter;
mod session;
mod sockets;
mod wire;

pub use connection::upgrade;
pub use sockets::Sockets;
