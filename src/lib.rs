//! The widget: Yew components around the pure `core`.

pub mod api;
pub mod app;
mod broken;
pub mod components;
pub mod files;
#[cfg(feature = "gallery")]
pub mod gallery;
pub mod hooks;
pub mod i18n;
mod js;
mod roots;
pub mod services;
pub mod store;
pub mod styles;
pub mod theme;
pub mod tracks;
pub mod widget;
