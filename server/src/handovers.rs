//! What a page leaves here for the window of its call, when the two cannot speak with each other: taken once, by whoever
//! has the code, and forgotten soon.

use bandyer_protocol::{Timestamp, UserAlias};
use serde_json::{Map, Value};
use std::sync::{Mutex, PoisonError};

/// A window is there within seconds.
const LIFE_MS: i64 = 60_000;
/// Letters of a code: 128 bits, as hexadecimal digits.
const CODE_LENGTH: usize = 32;
/// Bytes of one, as JSON: names and pictures of two, colours, tools.
pub const MAX_BYTES: usize = 64 * 1024;
/// So many wait at most …
const MOST: usize = 4_096;
/// … and so many of one user: nobody takes everybody's places.
const MOST_OF_ONE: usize = 4;

/// What is left, as JSON.
pub type Handover = Map<String, Value>;

struct Left {
    code: String,
    user: UserAlias,
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
    /// The oldest first.
    waiting: Mutex<Vec<Left>>,
}

impl Handovers {
    /// Of the user's own that wait, the oldest goes when there are too many. False for a code that is none, or taken, and
    /// when too many of others wait.
    pub fn leave(&self, code: &str, user: &UserAlias, what: Handover, now: Timestamp) -> bool {
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        waiting.retain(|left| left.is_good(now) && !(left.code == code && left.user == *user));
        let good = code.len() == CODE_LENGTH && code.bytes().all(|byte| byte.is_ascii_hexdigit());
        if !good || waiting.iter().any(|left| left.code == code) {
            return false;
        }
        let own = waiting.iter().filter(|left| left.user == *user).count();
        if own >= MOST_OF_ONE
            && let Some(oldest) = waiting.iter().position(|left| left.user == *user)
        {
            waiting.remove(oldest);
        }
        if waiting.len() >= MOST {
            return false;
        }
        waiting.push(Left { code: code.to_owned(), user: user.clone(), what, at: now });
        true
    }

    /// Once: the second who asks gets nothing.
    pub fn take(&self, code: &str, now: Timestamp) -> Option<Handover> {
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        let found = waiting.iter().position(|left| left.code == code)?;
        let left = waiting.remove(found);
        left.is_good(now).then_some(left.what)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CODE: &str = "00112233445566778899aabbccddeeff";

    fn what(word: &str) -> Handover {
        Map::from_iter([("word".to_owned(), Value::from(word))])
    }

    fn user(number: usize) -> UserAlias {
        UserAlias::parse(&format!("user_{number}")).unwrap()
    }

    #[test]
    fn it_is_taken_once_and_not_late() {
        let handovers = Handovers::default();
        assert!(handovers.leave(CODE, &user(0), what("a"), Timestamp(0)));
        assert_eq!(handovers.take(CODE, Timestamp(1)), Some(what("a")));
        assert_eq!(handovers.take(CODE, Timestamp(2)), None, "a second time");
        assert!(handovers.leave(CODE, &user(0), what("b"), Timestamp(0)));
        assert_eq!(handovers.take(CODE, Timestamp(LIFE_MS)), None, "late");
    }

    #[test]
    fn codes_that_can_be_guessed_are_none_and_there_is_an_end_to_how_many_wait() {
        let handovers = Handovers::default();
        for code in ["", "1", &CODE[1..], &format!("{CODE}0"), &CODE.replace('f', "g")] {
            assert!(!handovers.leave(code, &user(0), what("a"), Timestamp(0)), "{code}");
        }
        for number in 0..MOST {
            assert!(handovers.leave(
                &format!("{number:032x}"),
                &user(number / MOST_OF_ONE + 1),
                what("a"),
                Timestamp(0)
            ));
        }
        assert!(!handovers.leave(CODE, &user(0), what("a"), Timestamp(1)));
        assert!(handovers.leave(CODE, &user(0), what("a"), Timestamp(LIFE_MS)), "the old ones are gone");
    }

    #[test]
    fn of_one_user_only_the_latest_wait() {
        let handovers = Handovers::default();
        let code = |number: usize| format!("{number:032x}");
        assert!(handovers.leave(CODE, &user(1), what("other"), Timestamp(0)));
        assert!(!handovers.leave(CODE, &user(0), what("mine"), Timestamp(0)), "another user's code");
        for number in 0..MOST {
            assert!(handovers.leave(&code(number), &user(0), what("mine"), Timestamp(0)));
        }
        let waits = |number: usize| handovers.take(&code(number), Timestamp(1)).is_some();
        assert_eq!((0..MOST).filter(|number| waits(*number)).count(), MOST_OF_ONE);
        assert_eq!(handovers.take(CODE, Timestamp(1)), Some(what("other")));
    }
}
