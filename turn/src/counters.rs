//! What is counted of the relays.

use metrics::{Counter, Gauge, Unit, counter, describe_counter, describe_gauge, gauge};

pub const TURN_ALLOCATIONS: &str = "bandyer_turn_allocations";
pub const TURN_BYTES: &str = "bandyer_turn_relayed_bytes_total";
pub const TURN_REFUSALS: &str = "bandyer_turn_refusals_total";
pub const TURN_DROPPED: &str = "bandyer_turn_dropped_packets_total";

/// Tells whoever gathers metrics what they mean.
pub fn describe() {
    describe_gauge!(TURN_ALLOCATIONS, "Relays in use");
    describe_counter!(TURN_BYTES, Unit::Bytes, "Bytes relayed, to peers and to clients");
    describe_counter!(TURN_REFUSALS, "TURN requests refused, by STUN error code");
    describe_counter!(TURN_DROPPED, "Packets not relayed, by cause");
}

/// Looked up once: these are counted for every packet.
pub(crate) struct Counters {
    pub allocations: Gauge,
    pub up: Counter,
    pub down: Counter,
    pub too_fast: Counter,
    pub withheld: Counter,
}

impl Counters {
    pub fn new() -> Self {
        Self {
            allocations: gauge!(TURN_ALLOCATIONS),
            up: counter!(TURN_BYTES, "direction" => "to_peer"),
            down: counter!(TURN_BYTES, "direction" => "to_client"),
            too_fast: counter!(TURN_DROPPED, "cause" => "too_fast"),
            withheld: counter!(TURN_DROPPED, "cause" => "forbidden_peer"),
        }
    }
}
