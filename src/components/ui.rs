//! Small pieces without knowledge of chats.

pub mod avatar;
pub mod button;
pub mod empty;
pub mod icon;
pub mod modal;
pub mod video;
