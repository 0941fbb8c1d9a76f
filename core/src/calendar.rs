//! Local days, for the date dividers of a conversation. Formatting is for the browser.

use bandyer_protocol::Timestamp;

const MINUTE_MS: i64 = 60_000;
const DAY_MS: i64 = 86_400_000;
/// Probing steps over this much time: no place changes its clocks twice within it.
const PROBE_MS: i64 = 21 * DAY_MS;

/// A calendar day of the local time zone, as days since 1970-01-01. To format it, take it as midnight UTC
/// ([`Day::utc_midnight`]) and format in UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Day(pub i64);

impl Day {
    /// Midnight of that calendar day in UTC.
    pub fn utc_midnight(self) -> Timestamp {
        Timestamp(self.0.saturating_mul(DAY_MS))
    }
}

/// The local time zone as a table: since when which offset holds. `Default` is UTC.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct TimeZone {
    /// Minutes east of UTC before the first change.
    base: i32,
    /// Ascending.
    changes: Vec<(Timestamp, i32)>,
}

impl TimeZone {
    /// Builds the table for a span of time by asking for the offset at points in it, in minutes east of UTC. (The
    /// browser: `-new Date(ms).getTimezoneOffset()`.)
    pub fn probe(from: Timestamp, to: Timestamp, offset_at: impl Fn(Timestamp) -> i32) -> Self {
        let base = offset_at(from);
        let mut changes = Vec::new();
        let (mut at, mut offset) = (from, base);
        while at < to {
            let next = at.plus_ms(PROBE_MS);
            let found = offset_at(next);
            if found != offset {
                changes.push((first_with(at, next, |point| offset_at(point) == found), found));
            }
            (at, offset) = (next, found);
        }
        Self { base, changes }
    }

    /// The local calendar day of a point in time.
    pub fn day(&self, at: Timestamp) -> Day {
        let past = self.changes.partition_point(|(since, _)| *since <= at);
        let offset =
            past.checked_sub(1).and_then(|i| self.changes.get(i)).map_or(self.base, |(_, offset)| *offset);
        Day(at.plus_ms(i64::from(offset) * MINUTE_MS).0.div_euclid(DAY_MS))
    }
}

/// The first minute in `(low, high]` for which `holds`, which is false at `low` and true at `high`.
fn first_with(low: Timestamp, high: Timestamp, holds: impl Fn(Timestamp) -> bool) -> Timestamp {
    let (mut low, mut high) = (low.0, high.0);
    while high - low > MINUTE_MS {
        let middle = low + (high - low) / 2;
        if holds(Timestamp(middle)) { high = middle } else { low = middle }
    }
    // Clocks change on a full minute.
    Timestamp(high.div_euclid(MINUTE_MS) * MINUTE_MS)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Rome in 2026: summer time from 29 March, 01:00 UTC, to 25 October, 01:00 UTC.
    fn rome(at: Timestamp) -> i32 {
        if (1_774_746_000_000..1_792_890_000_000).contains(&at.0) { 120 } else { 60 }
    }

    #[test]
    fn finds_the_changes_of_a_zone_to_the_minute() {
        let zone = TimeZone::probe(Timestamp(1_767_225_600_000), Timestamp(1_798_761_600_000), rome);
        assert_eq!(
            zone.changes,
            vec![(Timestamp(1_774_746_000_000), 120), (Timestamp(1_792_890_000_000), 60)]
        );
        // 4 July 2026, 22:30 UTC is the 5th in Rome; in January 23:30 UTC is needed for that.
        assert_eq!(zone.day(Timestamp(1_783_204_200_000)), Day(20_639));
        assert_eq!(zone.day(Timestamp(1_767_306_600_000)), Day(20_454));
        assert_eq!(TimeZone::default().day(Timestamp(-1)), Day(-1));
        assert_eq!(Day(20_639).utc_midnight(), Timestamp(1_783_209_600_000));
    }
}
