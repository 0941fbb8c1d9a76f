//! What the stores keep of webhooks: whom to tell, of what, and how far it got.

use bandyer_protocol::Timestamp;
use std::collections::BTreeMap;

/// In which form a hook is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum HookVersion {
    V0,
    V1,
}

impl HookVersion {
    pub fn as_str(self) -> &'static str {
        match self {
            HookVersion::V0 => "v0",
            HookVersion::V1 => "v1",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        match text {
            "v0" => Some(HookVersion::V0),
            "v1" => Some(HookVersion::V1),
            _ => None,
        }
    }
}

/// A hook is known by its version and address.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct HookKey {
    pub version: HookVersion,
    pub url: String,
}

/// An address of the host site that is told of events.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HookRecord {
    pub key: HookKey,
    /// The events by their public names, and since when.
    pub events: BTreeMap<String, Timestamp>,
    /// The last row of the journal that it was told of, or that is past.
    pub position: u64,
    /// When the unbroken series of failures began that it is in.
    pub failing_since: Option<Timestamp>,
}
