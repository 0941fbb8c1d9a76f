//! The WebSocket edge: from upgrade to close. Meaning lives in the hub.

mod connection;
mod limiter;
mod outbox;
mod session;
mod sockets;
mod wire;

pub use connection::upgrade;
pub use outbox::Outbox;
pub use sockets::Sockets;
