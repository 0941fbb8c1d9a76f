//! Places in an order, as texts that are compared byte by byte: there is always one between two others, so that moving
//! something is one change of one thing.
//!
//! A place is a whole number and a fraction. The first letter says how many digits the number has (`a` for one, `b` for two,
//! …; `Z`, `Y`, … for those below zero), so that putting things in front one after the other makes places longer only by
//! the logarithm.

/// Longest place, in characters.
pub const MAX_ORDER_CHARS: usize = 64;

/// Where the first thing stands.
pub const FIRST_ORDER: &str = "a0";

const DIGITS: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/// Whether a text is a place.
pub fn valid_order(order: &str) -> bool {
    let bytes = order.as_bytes();
    let whole = bytes.first().and_then(|head| digits_of(*head));
    bytes.len() <= MAX_ORDER_CHARS
        && whole.is_some_and(|digits| bytes.len() > digits)
        && bytes.iter().all(|byte| value(*byte).is_some())
        // Nothing fits before a fraction of nothing but naughts.
        && whole.is_some_and(|digits| bytes.len() == digits + 1 || !order.ends_with('0'))
}

/// A place behind `after` and before `before`; without one of them at that end. `None` when there is none: they are not in
/// order, are no places, or are so close that it would be too long.
pub fn order_between(after: Option<&str>, before: Option<&str>) -> Option<String> {
    if ![after, before].into_iter().flatten().all(valid_order) {
        return None;
    }
    let found = match (after, before) {
        (None, None) => Some(FIRST_ORDER.to_owned()),
        (Some(after), None) => step(split(after)?.0, true),
        (None, Some(before)) => ahead_of(before),
        (Some(after), Some(before)) if after < before => between(after, before),
        (Some(_), Some(_)) => None,
    };
    found.filter(|order| order.len() <= MAX_ORDER_CHARS)
}

fn ahead_of(before: &str) -> Option<String> {
    let (whole, fraction) = split(before)?;
    if fraction.is_empty() { step(whole, false) } else { Some(whole.to_owned()) }
}

fn between(after: &str, before: &str) -> Option<String> {
    let ((low, low_part), (high, high_part)) = (split(after)?, split(before)?);
    if low == high {
        return Some(format!("{low}{}", middle(low_part, Some(high_part))?));
    }
    let next = step(low, true)?;
    if next.as_str() < before { Some(next) } else { Some(format!("{low}{}", middle(low_part, None)?)) }
}

fn value(digit: u8) -> Option<usize> {
    DIGITS.iter().position(|one| *one == digit)
}

fn digits_of(head: u8) -> Option<usize> {
    match head {
        b'a'..=b'z' => Some(usize::from(head - b'a') + 1),
        b'A'..=b'Z' => Some(usize::from(b'Z' - head) + 1),
        _ => None,
    }
}

/// The whole number with its letter, and the fraction.
fn split(order: &str) -> Option<(&str, &str)> {
    let digits = digits_of(*order.as_bytes().first()?)?;
    order.split_at_checked(digits + 1)
}

/// The whole number one further up or down, in one more or fewer digits where it has to be.
fn step(whole: &str, up: bool) -> Option<String> {
    let (full, empty) = if up { (61, b'0') } else { (0, b'z') };
    let mut bytes = whole.as_bytes().to_vec();
    let (head, digits) = bytes.split_first_mut()?;
    for digit in digits.iter_mut().rev() {
        let at = value(*digit)?;
        if at != full {
            *digit = *DIGITS.get(if up { at + 1 } else { at - 1 })?;
            return String::from_utf8(bytes).ok();
        }
        *digit = empty;
    }
    let head = match (*head, up) {
        (b'z', true) | (b'A', false) => return None,
        (b'Z', true) => b'a',
        (b'a', false) => b'Z',
        (head, true) => head + 1,
        (head, false) => head - 1,
    };
    let digits = vec![empty; digits_of(head)?];
    String::from_utf8([vec![head], digits].concat()).ok()
}

/// A fraction between two; without the upper one below one. Neither ends in a naught, nor does the answer.
fn middle(low: &str, high: Option<&str>) -> Option<String> {
    let (low, high) = (low.as_bytes(), high.map(str::as_bytes));
    let digit = |bytes: &[u8], at: usize| bytes.get(at).map_or(Some(0), |byte| value(*byte));
    let (mut found, mut high, mut at) = (String::new(), high, 0);
    loop {
        let below = digit(low, at)?;
        let above = match high {
            Some(high) => digit(high, at)?,
            None => DIGITS.len(),
        };
        if above > below + 1 {
            found.push(char::from(*DIGITS.get((below + above) / 2)?));
            return Some(found);
        }
        found.push(char::from(*DIGITS.get(below)?));
        if above > below {
            high = None;
        }
        at += 1;
        if at > MAX_ORDER_CHARS {
            return None;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_is_a_place_between_any_two() {
        let mut orders = vec![FIRST_ORDER.to_owned()];
        // Wherever one more is put, by a fixed but scattered choice.
        for turn in 0..2_000_usize {
            let at = turn.wrapping_mul(2_654_435_761) % (orders.len() + 1);
            let after = at.checked_sub(1).map(|at| orders[at].as_str());
            let found = order_between(after, orders.get(at).map(String::as_str)).unwrap();
            assert!(valid_order(&found), "{found}");
            orders.insert(at, found);
        }
        assert!(orders.windows(2).all(|pair| pair[0] < pair[1]));
        assert!(orders.iter().all(|order| order.len() < 20));
    }

    #[test]
    fn many_in_front_or_behind_stay_short() {
        let (mut front, mut back) = (FIRST_ORDER.to_owned(), FIRST_ORDER.to_owned());
        for _ in 0..50_000 {
            let (next, last) =
                (order_between(Some(&front), None).unwrap(), order_between(None, Some(&back)).unwrap());
            assert!(next > front && last < back);
            (front, back) = (next, last);
        }
        assert!(front.len() <= 4 && back.len() <= 4, "{front} {back}");
    }

    #[test]
    fn always_between_the_same_two_ends_some_day() {
        let (low, mut high) = ("a0", "a1".to_owned());
        let mut count = 0;
        while let Some(found) = order_between(Some(low), Some(&high)) {
            assert!(low < found.as_str() && found < high && valid_order(&found));
            high = found;
            count += 1;
        }
        assert!(count > 300, "only {count}");
    }

    #[test]
    fn what_is_no_place_is_none() {
        for text in
            ["", "a", "b0", "0", "a00", "a10", "é0", "a0 ", "a0é", "-", &format!("a0{}", "1".repeat(64))]
        {
            assert!(!valid_order(text), "{text}");
            assert_eq!(order_between(Some(text), None), None, "{text}");
        }
        assert_eq!(order_between(Some("a1"), Some("a1")), None);
        assert_eq!(order_between(Some("a2"), Some("a1")), None);
        assert!(valid_order("a0") && valid_order("Zz") && valid_order("b00V"));
    }
}
