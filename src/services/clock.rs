//! This device's clock.

use bandyer_protocol::Timestamp;

pub fn now() -> Timestamp {
    #[expect(clippy::cast_possible_truncation, reason = "milliseconds are whole and far below 2^53")]
    Timestamp(js_sys::Date::now() as i64)
}
