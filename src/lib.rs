//! The widget: Yew components around the pure `core`.

pub mod app;
pub mod components;
pub mod files;
pub mod hooks;
pub mod i18n;
pub mod store;
pub mod styles;
pub mod theme;
