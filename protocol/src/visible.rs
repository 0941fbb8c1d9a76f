//! What can be seen of a text: whether there is anything, and what it is without characters that only mislead.

/// True when nothing of a text would be seen: it is empty, or made of blanks, control characters and characters that
/// have no width.
pub fn is_blank(text: &str) -> bool {
    text.chars()
        .all(|c| c.is_whitespace() || c.is_control() || is_misleading(c) || is_joiner(c) || has_no_ink(c))
}

/// The text without characters that hide, or change the direction of, what stands beside them, and without blanks
/// around it: `invoice<override>fdp.exe` must not be shown as `invoiceexe.pdf`.
///
/// A joiner (U+200C, U+200D) stays where it joins: Persian, Indic scripts and families of emoji are spelt with it. So
/// do the tags that make a black flag the flag of a region.
pub fn clean(text: &str) -> String {
    let mut kept = String::with_capacity(text.len());
    let mut in_flag = false;
    for c in text.chars() {
        in_flag = c == BLACK_FLAG || (in_flag && is_tag(c));
        let joins =
            is_joiner(c) && kept.chars().next_back().is_some_and(|last| !last.is_ascii() && !is_joiner(last));
        if joins || (is_tag(c) && in_flag) || !(is_joiner(c) || is_misleading(c)) {
            kept.push(c);
        }
    }
    kept.trim().to_owned()
}

const BLACK_FLAG: char = '\u{1f3f4}';

/// Zero width joiner and non-joiner.
fn is_joiner(c: char) -> bool {
    matches!(c, '\u{200c}' | '\u{200d}')
}

fn is_tag(c: char) -> bool {
    matches!(c, '\u{e0020}'..='\u{e007f}')
}

/// Marks, overrides and isolates of writing direction, zero-width spaces, line and paragraph separators, the byte
/// order mark, annotations, and tags.
fn is_misleading(c: char) -> bool {
    matches!(
        c,
        '\u{061c}'
            | '\u{180e}'
            | '\u{200b}'
            | '\u{200e}'..='\u{200f}'
            | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}'
            | '\u{feff}'
            | '\u{fff9}'..='\u{fffb}'
            | '\u{e0000}'..='\u{e007f}'
    )
}

/// Harmless among others, and nothing alone: soft hyphen, grapheme joiner, fillers, selectors, the empty Braille cell.
fn has_no_ink(c: char) -> bool {
    matches!(
        c,
        '\u{ad}'
            | '\u{34f}'
            | '\u{115f}'..='\u{1160}'
            | '\u{17b4}'..='\u{17b5}'
            | '\u{180b}'..='\u{180f}'
            | '\u{2800}'
            | '\u{3164}'
            | '\u{fe00}'..='\u{fe0f}'
            | '\u{ffa0}'
            | '\u{1bca0}'..='\u{1bca3}'
            | '\u{1d173}'..='\u{1d17a}'
            | '\u{e0100}'..='\u{e01ef}'
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_nobody_sees_is_blank() {
        for blank in [
            "",
            " \t\n",
            "\u{200b}",
            "\u{202e}",
            "\u{feff} \u{2060}",
            "\u{200d}\u{200c}",
            "\u{3164}",
            "\u{2800}\u{a0}",
            "\u{ad}\u{fe0f}",
        ] {
            assert!(is_blank(blank), "{blank:?}");
        }
        for seen in ["a", " . ", "می\u{200c}خواهم", "\u{200b}x", "👨‍👩‍👧", "\u{301}"] {
            assert!(!is_blank(seen), "{seen:?}");
        }
    }

    #[test]
    fn joiners_stay_where_they_join() {
        for kept in [
            "می\u{200c}خواهم.pdf",
            "नक्\u{200d}ष.txt",
            // Of Malayalam, at the end of a word.
            "അവന\u{d4d}\u{200d}.pdf",
            "👨\u{200d}👩\u{200d}👧.png",
            "❤\u{fe0f}\u{200d}🔥",
            "🏴\u{e0067}\u{e0062}\u{e0065}\u{e006e}\u{e0067}\u{e007f}.png",
            "שלום עולם.pdf",
        ] {
            assert_eq!(clean(kept), kept);
        }
    }

    #[test]
    fn what_misleads_goes() {
        for (given, left) in [
            ("invoice\u{202e}fdp.exe", "invoicefdp.exe"),
            ("a\u{200b}b\u{feff}", "ab"),
            ("\u{2066}x\u{2069}\u{200f}", "x"),
            ("a\u{200d}b\u{200c}", "ab"),
            ("\u{200d}\u{200c}", ""),
            ("می\u{200c}\u{200c}\u{200d}x", "می\u{200c}x"),
            ("x\u{e0067}\u{e007f}", "x"),
            ("\u{202e} \u{200b}", ""),
            ("a\u{2028}b", "ab"),
        ] {
            assert_eq!(clean(given), left, "{given:?}");
        }
    }
}
