//! The device's time zone, which its owner may change while the widget is open: travellers do.

use bandyer_core::calendar::TimeZone;
use bandyer_protocol::Timestamp;
use js_sys::Date;
use wasm_bindgen::JsValue;

/// How long before and after now days may have to be told apart.
const YEARS_BACK_MS: i64 = 15 * 366 * 86_400_000;
const YEARS_AHEAD_MS: i64 = 2 * 366 * 86_400_000;
const MONTH_MS: i64 = 30 * 86_400_000;

/// The zone as the core needs it.
pub fn probe(now: Timestamp) -> TimeZone {
    TimeZone::probe(now.plus_ms(-YEARS_BACK_MS), now.plus_ms(YEARS_AHEAD_MS), offset)
}

/// Tells zones apart cheaply: their offsets over the year around now, in minutes.
pub fn mark(now: Timestamp) -> [i32; 12] {
    let mut month = -6;
    [(); 12].map(|()| {
        month += 1;
        offset(now.plus_ms(month * MONTH_MS))
    })
}

/// Minutes east of UTC.
#[expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    reason = "whole numbers far below 2^53"
)]
fn offset(at: Timestamp) -> i32 {
    -Date::new(&JsValue::from_f64(at.0 as f64)).get_timezone_offset() as i32
}
