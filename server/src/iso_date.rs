//! Dates as REST writes them: ISO 8601, UTC, with milliseconds.

use bandyer_protocol::Timestamp;
use time::format_description::well_known::Rfc3339;
use time::{Date, OffsetDateTime};

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

/// A moment with its offset, or a day, which stands for its first moment in UTC. `None` for anything else.
pub fn parse(text: &str) -> Option<Timestamp> {
    let moment = OffsetDateTime::parse(text, &Rfc3339).ok().or_else(|| first_moment(text))?;
    i64::try_from(moment.unix_timestamp_nanos() / 1_000_000).ok().map(Timestamp)
}

fn first_moment(text: &str) -> Option<OffsetDateTime> {
    if text.len() != "2022-01-10".len() || !text.bytes().all(|b| b.is_ascii_digit() || b == b'-') {
        return None;
    }
    let mut parts = text.splitn(3, '-');
    let (year, month, day) =
        (parts.next()?.parse().ok()?, parts.next()?.parse::<u8>().ok()?, parts.next()?.parse().ok()?);
    let date = Date::from_calendar_date(year, month.try_into().ok()?, day).ok()?;
    Some(date.midnight().assume_utc())
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

    #[test]
    fn moments_and_days_are_read_and_nothing_else() {
        assert_eq!(parse("2022-01-10T11:41:19.000Z"), Some(Timestamp(1_641_814_879_000)));
        assert_eq!(parse("2022-01-10T12:41:19.007+01:00"), Some(Timestamp(1_641_814_879_007)));
        assert_eq!(parse("2022-01-10"), Some(Timestamp(1_641_772_800_000)));
        for wrong in [
            "",
            "yesterday",
            "2022-13-01",
            "2022-02-30",
            "1641814879",
            "2022-01-10T11:41",
            "2022-1-10",
            "+022-01-10",
        ] {
            assert_eq!(parse(wrong), None, "{wrong}");
        }
    }
}
