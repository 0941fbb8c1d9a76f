//! What the two browsers of a call tell each other.

use serde::{Deserialize, Serialize};

/// What one browser tells the other about their connection. The server passes it on to the other side's seat only. While
/// it rings it takes signals from the caller alone, and keeps them until the accept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Signal {
    Description {
        kind: SdpKind,
        /// Numbers offers, each higher than the one before, from [`crate::CallEntry::offer_number`] on; an answer repeats
        /// the number of its offer. An answer to any offer but the newest is not heard.
        number: u64,
        /// At most [`MAX_SDP_BYTES`].
        sdp: String,
    },
    /// An empty text ends the candidates of a section.
    Candidate {
        /// At most [`MAX_CANDIDATE_BYTES`].
        candidate: String,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        mid: Option<String>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        line: Option<u16>,
        /// The number of the description it belongs to.
        number: u64,
    },
    /// What this side sends from now on.
    Media(MediaState),
    /// The side that answers wants another way between the browsers: the other one is to offer anew.
    Restart,
}

/// Longest session description, in bytes.
pub const MAX_SDP_BYTES: usize = 32_768;
/// Longest candidate line, in bytes.
pub const MAX_CANDIDATE_BYTES: usize = 1_024;
/// Half of an offer/answer exchange.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SdpKind {
    Offer,
    Answer,
}

/// What a side sends: false is silence, or no picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct MediaState {
    pub mic: bool,
    pub camera: bool,
    pub screen: bool,
}
