//! One page that wires the slices together.

use crate::{Action, Effect, State};
use bandyer_protocol::Timestamp;

pub fn update(_state: &mut State, _action: Action, _now: Timestamp) -> Vec<Effect> {
    Vec::new()
}
