//! The desk: what two people do in a call beside talking. Its views and what they know are a module of their own
//! (`wasm/desk`, feature `desk`: `src/board.rs`), which no page loads that only chats. Here is what both sides know.

pub mod link;
pub mod scene;
