//! The embedded TURN server as clients meet it: real sockets, our own small client, and Debian's coturn on either side.

#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]

mod abuse;
mod coturn;
mod doctor;
mod house;
mod limits;
mod peers;
mod ports;
mod relaying;
