//! What the desk is told of the call around it.

use bandyer_core::options::Language;
use bandyer_protocol::Tools;
use serde::{Deserialize, Serialize};

/// As JSON, each time that something of it has changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Scene {
    /// The alias of the call: its boards are those of its room.
    pub room: String,
    pub me: Side,
    pub peer: Side,
    pub language: String,
    /// The server hears what is said.
    pub connected: bool,
    /// It is said that it does not: not at once while it restarts.
    pub offline: bool,
    /// What this user may do in the call.
    pub tools: Tools,
}

/// One of the two people.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Side {
    pub alias: String,
    pub name: String,
}

/// The word of a language.
pub fn language_word(language: Language) -> &'static str {
    match language {
        Language::En => "en",
        Language::It => "it",
    }
}
