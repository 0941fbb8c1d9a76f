//! The server as a widget meets it: a real one on a free port, spoken to over a real socket.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test ends where something unexpected happens"
)]

mod calls;
mod chats;
mod client;
mod durability;
mod farewell;
mod frames;
mod limits;
mod long_lists;
mod process;
mod relays;
mod removal;
mod restart;
mod restore;
mod sending;
mod storage;
mod sync;
mod tokens;
mod users;
mod world;
