//! Points in time as people read them, by the browser's `Intl` in the widget's language and the device's time zone.

use crate::js::dictionary;
use bandyer_core::calendar::Day;
use bandyer_protocol::Timestamp;
use js_sys::{Array, Date, Function};
use std::cell::OnceCell;
use wasm_bindgen::prelude::*;
use yew::AttrValue;

const MINUTE: i64 = 60_000;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;
/// Largest unit first. Months and years are averages: nobody counts days that far back.
const UNITS: [(i64, &str); 6] = [
    (365 * DAY, "year"),
    (30 * DAY, "month"),
    (7 * DAY, "week"),
    (DAY, "day"),
    (HOUR, "hour"),
    (MINUTE, "minute"),
];

/// Formatters are expensive to make, so each is made on first use and kept.
pub struct Dates {
    language: &'static str,
    time: OnceCell<Function>,
    short: OnceCell<Function>,
    day_and_time: OnceCell<Function>,
    day: OnceCell<Function>,
    day_of_other_year: OnceCell<Function>,
    relative: OnceCell<js_sys::Intl::RelativeTimeFormat>,
}

impl Dates {
    pub fn new(language: &'static str) -> Self {
        Self {
            language,
            time: OnceCell::new(),
            short: OnceCell::new(),
            day_and_time: OnceCell::new(),
            day: OnceCell::new(),
            day_of_other_year: OnceCell::new(),
            relative: OnceCell::new(),
        }
    }

    /// Only the time for today, date and time for any other day; the year only when it is not this one.
    pub fn message_time(&self, at: Timestamp, now: Timestamp) -> AttrValue {
        if same_day(at, now) {
            return self.time(at);
        }
        if local(at).get_full_year() != local(now).get_full_year() {
            return self.day_and_time(at);
        }
        let options = [("day", "numeric"), ("month", "short"), ("hour", "2-digit"), ("minute", "2-digit")];
        call(self.short.get_or_init(|| self.formatter(&options)), at)
    }

    pub fn time(&self, at: Timestamp) -> AttrValue {
        let format = self.time.get_or_init(|| self.formatter(&[("hour", "2-digit"), ("minute", "2-digit")]));
        call(format, at)
    }

    pub fn day_and_time(&self, at: Timestamp) -> AttrValue {
        let options = [("dateStyle", "medium"), ("timeStyle", "short")];
        call(self.day_and_time.get_or_init(|| self.formatter(&options)), at)
    }

    /// A day as a heading, with the year only when it is not this one.
    pub fn day(&self, day: Day, today: Day) -> AttrValue {
        let at = day.utc_midnight();
        let this_year = local(at).get_utc_full_year() == local(today.utc_midnight()).get_utc_full_year();
        let (kept, first) = if this_year {
            (&self.day, ("weekday", "long"))
        } else {
            (&self.day_of_other_year, ("year", "numeric"))
        };
        let options = [first, ("day", "numeric"), ("month", "long"), ("timeZone", "UTC")];
        call(kept.get_or_init(|| self.formatter(&options)), at)
    }

    /// The largest single unit, or `None` within the last minute (and for a clock that runs ahead of ours).
    pub fn ago(&self, at: Timestamp, now: Timestamp) -> Option<AttrValue> {
        let (count, unit) = largest_unit(now.since(at))?;
        let relative = self.relative.get_or_init(|| {
            js_sys::Intl::RelativeTimeFormat::new(&self.locales(), &dictionary(&[("style", "narrow")]))
        });
        #[expect(clippy::cast_precision_loss, reason = "a small count")]
        let text = relative.format(-(count as f64), unit);
        Some(String::from(text).into())
    }

    fn formatter(&self, wanted: &[(&str, &str)]) -> Function {
        js_sys::Intl::DateTimeFormat::new(&self.locales(), &dictionary(wanted)).format()
    }

    /// The person's own variety of the language when the browser names one (English is written 3:04 PM here and
    /// 15:04 there), else the plain language.
    fn locales(&self) -> Array {
        let mine = web_sys::window().map(|window| window.navigator().languages()).unwrap_or_default();
        // Systems hand tags to their browsers that `Intl` refuses, such as `en-US@posix`.
        let found = mine.iter().find(|tag| {
            let language = tag.as_string().and_then(|tag| tag.split('-').next().map(str::to_ascii_lowercase));
            language.as_deref() == Some(self.language) && canonical(tag).is_ok()
        });
        Array::of1(&found.unwrap_or_else(|| JsValue::from_str(self.language)))
    }
}

/// Whether two points in time fall on the same day where the device is.
pub fn same_day(a: Timestamp, b: Timestamp) -> bool {
    // Cheap way out: further apart than the longest day (25 hours, when clocks go back).
    a.since(b).abs() <= 25 * HOUR && day_number(a) == day_number(b)
}

fn day_number(at: Timestamp) -> (u32, u32, u32) {
    let date = local(at);
    (date.get_full_year(), date.get_month(), date.get_date())
}

#[expect(clippy::cast_precision_loss, reason = "milliseconds since 1970 stay far below 2^53")]
fn local(at: Timestamp) -> Date {
    Date::new(&JsValue::from_f64(at.0 as f64))
}

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_namespace = Intl, js_name = getCanonicalLocales, catch)]
    fn canonical(tag: &JsValue) -> Result<Array, JsValue>;
}

fn call(format: &Function, at: Timestamp) -> AttrValue {
    let text = format.call1(&JsValue::UNDEFINED, &local(at)).ok().and_then(|text| text.as_string());
    text.unwrap_or_default().into()
}

fn largest_unit(age_ms: i64) -> Option<(i64, &'static str)> {
    UNITS.iter().find(|(ms, _)| age_ms >= *ms).map(|(ms, unit)| (age_ms / ms, *unit))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_largest_single_unit_counts() {
        assert_eq!(largest_unit(-5), None);
        assert_eq!(largest_unit(59_999), None);
        assert_eq!(largest_unit(60_000), Some((1, "minute")));
        assert_eq!(largest_unit(59 * MINUTE), Some((59, "minute")));
        assert_eq!(largest_unit(25 * HOUR), Some((1, "day")));
        assert_eq!(largest_unit(8 * DAY), Some((1, "week")));
        assert_eq!(largest_unit(70 * DAY), Some((2, "month")));
        assert_eq!(largest_unit(800 * DAY), Some((2, "year")));
    }
}
