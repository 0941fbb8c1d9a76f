//! What a page leaves here for the window of its call, when the two cannot speak with each other: taken once, by whoever
//! has the code, and forgotten soon.

use bandyer_protocol::Timestamp;
use serde_json::{Map, Value};
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

/// A window is there within seconds.
const LIFE_MS: i64 = 60_000;
/// Letters of a code: 128 bits, as hexadecimal digits.
const CODE_LENGTH: usize = 32;
/// Bytes of one, as JSON: names and pictures of two, colours, tools.
pub const MAX_BYTES: usize = 64 * 1024;
/// So many wait at most.
const MOST: usize = 4_096;

/// What is left, as JSON.
pub type Handover = Map<String, Value>;

struct Left {
    what: Handover,
    at: Timestamp,
}

impl Left {
    fn is_good(&self, now: Timestamp) -> bool {
        (0..LIFE_MS).contains(&now.since(self.at))
    }
}

#[derive(Default)]
pub struct Handovers {
    waiting: Mutex<HashMap<String, Left>>,
}

impl Handovers {
    /// False for a code that is none, and when too many wait.
    pub fn leave(&self, code: &str, what: Handover, now: Timestamp) -> bool {
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        waiting.retain(|_, left| left.is_good(now));
        let good = code.len() == CODE_LENGTH && code.bytes().all(|byte| byte.is_ascii_hexdigit());
        if !good || waiting.len() >= MOST {
            return false;
        }
        waiting.insert(code.to_owned(), Left { what, at: now });
        true
    }

    /// Once: the second who asks gets nothing.
    pub fn take(&self, code: &str, now: Timestamp) -> Option<Handover> {
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        waiting.remove(code).filter(|left| left.is_good(now)).map(|left| left.what)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CODE: &str = "00112233445566778899aabbccddeeff";

    fn what(word: &str) -> Handover {
        Map::from_iter([("word".to_owned(), Value::from(word))])
    }

    #[test]
    fn it_is_taken_once_and_not_late() {
        let handovers = Handovers::default();
        assert!(handovers.leave(CODE, what("a"), Timestamp(0)));
        assert_eq!(handovers.take(CODE, Timestamp(1)), Some(what("a")));
        assert_eq!(handovers.take(CODE, Timestamp(2)), None, "a second time");
        assert!(handovers.leave(CODE, what("b"), Timestamp(0)));
        assert_eq!(handovers.take(CODE, Timestamp(LIFE_MS)), None, "late");
    }

    #[test]
    fn codes_that_can_be_guessed_are_none_and_there_is_an_end_to_how_many_wait() {
        let handovers = Handovers::default();
        for code in ["", "1", &CODE[1..], &format!("{CODE}0"), &CODE.replace('f', "g")] {
            assert!(!handovers.leave(code, what("a"), Timestamp(0)), "{code}");
        }
        for number in 0..MOST {
            assert!(handovers.leave(&format!("{number:032x}"), what("a"), Timestamp(0)));
        }
        assert!(!handovers.leave(CODE, what("a"), Timestamp(1)));
        assert!(handovers.leave(CODE, what("a"), Timestamp(LIFE_MS)), "the old ones are gone");
    }
}
