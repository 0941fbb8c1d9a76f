//! The `Range` header (<https://www.rfc-editor.org/rfc/rfc9110#name-range>), one range of bytes at a time.

/// Which part of a file to send.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// No range, or one we may ignore: several ranges, another unit, bad syntax.
    Whole,
    /// First and last byte, both included.
    Bytes { first: u64, last: u64 },
    /// The range lies behind the end.
    OutOfReach,
}

/// Reads the header for a file of `size` bytes.
pub fn part(header: Option<&str>, size: u64) -> Part {
    let Some(range) = header.and_then(|text| text.trim().strip_prefix("bytes=")) else { return Part::Whole };
    let Some((first, last)) = range.split_once('-') else { return Part::Whole };
    let (Ok(first), Ok(last)) = (number(first), number(last)) else { return Part::Whole };
    match (first, last) {
        (None, None) => Part::Whole,
        (None, Some(0)) => Part::OutOfReach,
        (None, Some(tail)) if size > 0 => Part::Bytes { first: size.saturating_sub(tail), last: size - 1 },
        (Some(first), Some(last)) if last < first => Part::Whole,
        (Some(first), last) if first < size => {
            Part::Bytes { first, last: last.map_or(size - 1, |last| last.min(size - 1)) }
        }
        (None | Some(_), _) => Part::OutOfReach,
    }
}

fn number(text: &str) -> Result<Option<u64>, ()> {
    match text.trim() {
        "" => Ok(None),
        digits if digits.bytes().all(|b| b.is_ascii_digit()) => digits.parse().map(Some).map_err(|_| ()),
        _ => Err(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_are_read_as_the_rfc_says() {
        let bytes = |first, last| Part::Bytes { first, last };
        for (header, expected) in [
            ("bytes=0-0", bytes(0, 0)),
            ("bytes=2-4", bytes(2, 4)),
            ("bytes=5-", bytes(5, 9)),
            ("bytes=5-500", bytes(5, 9)),
            ("bytes=-3", bytes(7, 9)),
            ("bytes=-30", bytes(0, 9)),
            ("bytes=10-", Part::OutOfReach),
            ("bytes=-0", Part::OutOfReach),
            ("bytes=4-2", Part::Whole),
            ("bytes=-", Part::Whole),
            ("bytes=0-1,3-4", Part::Whole),
            ("bytes=a-b", Part::Whole),
            ("bytes=+1-2", Part::Whole),
            ("bytes=99999999999999999999-", Part::Whole),
            ("lines=0-1", Part::Whole),
        ] {
            assert_eq!(part(Some(header), 10), expected, "{header}");
        }
        assert_eq!(part(None, 10), Part::Whole);
        assert_eq!(part(Some("bytes=0-"), 0), Part::OutOfReach);
        assert_eq!(part(Some("bytes=-1"), 0), Part::OutOfReach);
    }
}
