//! What all lists have in common: a part is asked for, newest first, and the answer tells whether there is more.

use crate::rest::iso_date;
use crate::rest::refusal::{Refusal, RestCode};
use bandyer_records::{Period, Slice};

const DEFAULT_LIMIT: u32 = 20;
const MAX_LIMIT: u32 = 100;

/// A part of a list as it was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Part {
    pub skip: u32,
    pub limit: u32,
}

/// What was found of it.
#[derive(Debug)]
pub struct Found<T> {
    pub items: Vec<T>,
    pub has_more: bool,
}

impl Part {
    /// # Errors
    /// `invalid_param` when a number is out of range.
    pub fn new(skip: Option<u64>, limit: Option<u64>) -> Result<Self, Refusal> {
        let skip = u32::try_from(skip.unwrap_or(0))
            .map_err(|_| RestCode::InvalidParam.because("skip: too large"))?;
        let limit = u32::try_from(limit.unwrap_or(DEFAULT_LIMIT.into())).unwrap_or(u32::MAX);
        if (1..=MAX_LIMIT).contains(&limit) {
            Ok(Self { skip, limit })
        } else {
            Err(RestCode::InvalidParam.because("limit: 1 to 100"))
        }
    }

    /// One entry more than was asked for, to see whether there is one.
    pub fn slice(self) -> Slice {
        Slice { skip: self.skip, limit: self.limit + 1 }
    }

    /// Cuts off the entry too many.
    pub fn found<T>(self, mut items: Vec<T>) -> Found<T> {
        let limit = self.limit as usize;
        let has_more = items.len() > limit;
        items.truncate(limit);
        Found { items, has_more }
    }
}

/// # Errors
/// `invalid_param` when one is no date.
pub fn period(from: Option<&str>, to: Option<&str>) -> Result<Period, Refusal> {
    let read = |name: &'static str, text: Option<&str>| match text {
        None | Some("") => Ok(None),
        Some(text) => iso_date::parse(text)
            .map(Some)
            .ok_or_else(|| RestCode::InvalidParam.because(format!("{name}: expected a date in ISO 8601"))),
    };
    Ok(Period { from: read("the first date", from)?, to: read("the last date", to)? })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_more_than_asked_for_tells_that_there_is_more() {
        let part = Part::new(None, Some(2)).unwrap();
        assert_eq!(part.slice(), Slice { skip: 0, limit: 3 });
        assert!(part.found(vec![1, 2, 3]).has_more);
        assert_eq!(part.found(vec![1, 2, 3]).items, [1, 2]);
        assert!(!part.found(vec![1, 2]).has_more);
        assert_eq!(Part::new(Some(7), None).unwrap(), Part { skip: 7, limit: 20 });
        for limit in [0, 101, u64::MAX] {
            assert_eq!(Part::new(None, Some(limit)).unwrap_err().code, RestCode::InvalidParam);
        }
        assert!(Part::new(Some(u64::MAX), None).is_err());
    }
}
