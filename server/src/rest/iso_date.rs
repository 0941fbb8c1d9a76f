//! Dates as REST writes them: ISO 8601, UTC, with milliseconds.

use bandyer_protocol::Timestamp;
use time::OffsetDateTime;

/// `2022-01-10T11:41:19.000Z`. A point in time beyond the calendar counts as 1970.
pub fn iso(at: Timestamp) -> String {
    let date = OffsetDateTime::from_unix_timestamp_nanos(i128::from(at.0) * 1_000_000);
    let date = date.unwrap_or(OffsetDateTime::UNIX_EPOCH);
    format!(
        "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z",
        date.year(),
        u8::from(date.month()),
        date.day(),
        date.hour(),
        date.minute(),
        date.second(),
        date.millisecond()
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_carry_milliseconds_and_a_z() {
        assert_eq!(iso(Timestamp(1_641_814_879_000)), "2022-01-10T11:41:19.000Z");
        assert_eq!(iso(Timestamp(951_782_400_007)), "2000-02-29T00:00:00.007Z");
        assert_eq!(iso(Timestamp(i64::MAX)), "1970-01-01T00:00:00.000Z");
    }
}
