//! What a side knows beyond the version of the protocol, by name.

use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// `user.changed`: news of names and pictures.
pub const PROFILES: &str = "profiles";

/// Boards: the group `board`.
pub const BOARD: &str = "board";

/// Names of features. One is never used again for something else, and one that is not known is passed over.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Features(BTreeSet<String>);

impl Features {
    /// Those of this build.
    pub fn own() -> Self {
        Self([BOARD, PROFILES].map(str::to_owned).into())
    }

    /// Without those that this build does not know, of which a client may name any number.
    pub fn known(mut self) -> Self {
        let own = Self::own();
        self.0.retain(|feature| own.has(feature));
        self
    }

    /// True when the side that named these knows that one.
    pub fn has(&self, feature: &str) -> bool {
        self.0.contains(feature)
    }
}
