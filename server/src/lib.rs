//! The server: an axum edge around a pure hub. `Server::start` embeds it; the binary is a thin shell around that.

pub mod app;
pub mod clock;
pub mod config;
mod data_folder;
pub mod delivery;
mod descriptors;
pub mod doctor;
mod door;
pub mod engine;
pub mod error;
mod health;
pub mod ice;
pub mod links;
mod listen;
pub mod log;
pub mod metrics;
mod openapi;
pub mod origin;
pub mod pages;
mod private;
mod read_pool;
pub mod rest;
pub mod secrets;
pub mod server;
mod slots;
pub mod tls;
pub mod token;
pub mod uploads;
pub mod webhooks;
pub mod ws;

pub use config::Config;
pub use server::Server;
