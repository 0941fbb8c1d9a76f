//! The widget: Yew components around the pure `core`.

pub mod api;
pub mod app;
#[cfg(feature = "desk")]
pub mod board;
mod broken;
pub mod components;
pub mod desk;
pub mod files;
pub mod hooks;
pub mod i18n;
mod js;
mod random;
mod roots;
pub mod services;
mod shield;
#[cfg(feature = "showcase")]
pub mod showcase;
pub mod store;
pub mod styles;
pub mod subscribers;
pub mod theme;
pub mod tracks;
pub mod widget;
