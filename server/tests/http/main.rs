//! The HTTP interface, over real HTTP against a real server: every route, and every way to be refused.

#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]

mod activity;
mod avatars;
mod call_window;
mod chats;
mod client;
mod connections;
mod credentials;
mod dismissal;
mod greed;
mod ice;
mod links;
mod lists;
mod messages;
mod openapi;
mod operations;
mod origins;
mod pages;
mod paths;
mod receiver;
mod rooms;
mod scopes;
mod sessions;
mod socket;
mod storage;
mod upload_limits;
mod uploads;
mod users;
mod webhook_pauses;
mod webhook_settings;
mod webhooks;
