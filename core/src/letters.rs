//! Small letters for comparing names. The standard library's tables know every script and would be a tenth of what
//! the widget's data weighs; the ranges here are the scripts that have capitals in everyday use.

/// The text with small letters: Latin with its accents, Greek, Cyrillic and Armenian. Other letters stay.
pub fn lower(text: &str) -> String {
    text.chars().map(small).collect()
}

fn small(c: char) -> char {
    let code = u32::from(c);
    let odd = code % 2 == 1;
    let small = match code {
        0x41..=0x5a | 0xc0..=0xd6 | 0xd8..=0xde | 0x391..=0x3a1 | 0x3a3..=0x3ab | 0x410..=0x42f => code + 32,
        // Turkish İ: the rest of the world writes its small letter with one dot too.
        0x130 => 0x69,
        // Pairs of a capital and its small letter, the capital even.
        0x100..=0x12f | 0x132..=0x137 | 0x14a..=0x177 | 0x1e00..=0x1e95 | 0x1ea0..=0x1eff if !odd => code + 1,
        0x460..=0x481 | 0x48a..=0x4bf | 0x4d0..=0x52f if !odd => code + 1,
        // And odd.
        0x139..=0x148 | 0x179..=0x17e | 0x4c1..=0x4ce if odd => code + 1,
        0x178 => 0xff,
        0x386 => 0x3ac,
        0x388..=0x38a => code + 37,
        0x38c => 0x3cc,
        0x38e | 0x38f => code + 63,
        0x400..=0x40f => code + 80,
        0x4c0 => 0x4cf,
        0x531..=0x556 => code + 48,
        _ => code,
    };
    char::from_u32(small).unwrap_or(c)
}

/// What a text is searched by: small letters without their marks, and single blanks between words. The text is taken as
/// Unicode decomposes it (NFKD), which browsers do.
pub fn key(decomposed: &str) -> String {
    let letters: String = decomposed.chars().filter(|c| !is_mark(*c)).collect();
    let words: Vec<&str> = letters.split_whitespace().collect();
    let mut key = String::with_capacity(letters.len());
    for c in lower(&words.join(" ")).chars() {
        match c {
            'ß' | 'ẞ' => key.push_str("ss"),
            'æ' => key.push_str("ae"),
            'œ' => key.push_str("oe"),
            'ø' => key.push('o'),
            'ł' => key.push('l'),
            'đ' | 'ð' => key.push('d'),
            'ı' => key.push('i'),
            'ς' => key.push('σ'),
            _ => key.push(c),
        }
    }
    key
}

/// Marks on letters that people leave out when they type, and what cannot be seen.
pub fn is_mark(c: char) -> bool {
    matches!(c,
        '\u{ad}' | '\u{300}'..='\u{36f}' | '\u{483}'..='\u{489}' | '\u{591}'..='\u{5bd}' | '\u{5bf}' | '\u{5c1}'..='\u{5c7}'
        | '\u{610}'..='\u{61a}' | '\u{640}' | '\u{64b}'..='\u{65f}' | '\u{670}' | '\u{1ab0}'..='\u{1aff}'
        | '\u{1dc0}'..='\u{1dff}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2064}'
        | '\u{2066}'..='\u{2069}' | '\u{20d0}'..='\u{20ff}' | '\u{3099}' | '\u{309a}' | '\u{fe00}'..='\u{fe0f}'
        | '\u{fe20}'..='\u{fe2f}' | '\u{feff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_has_no_marks_no_capitals_and_no_spare_blanks() {
        for (text, expected) in [
            ("Jose\u{301}", "jose"),
            ("  Bob \u{a0} Ross ", "bob ross"),
            ("Weiß GROẞ", "weiss gross"),
            ("I\u{307}stanbul ısı", "istanbul isi"),
            ("Søren Łukasz Đorđe Ægir", "soren lukasz dorde aegir"),
            ("ΣΟΦΟΣ σοφός", "σοφοσ σοφόσ"),
            ("か\u{3099}くせい", "かくせい"),
            ("مُحَمَّد", "محمد"),
            ("zero\u{200b}width\u{feff}", "zerowidth"),
            ("花子", "花子"),
            (" \u{301} ", ""),
        ] {
            assert_eq!(key(text), expected, "{text}");
        }
    }

    #[test]
    fn small_letters_are_those_of_the_standard_library() {
        for c in ('\0'..'\u{180}').chain('\u{370}'..'\u{590}').chain('\u{1e00}'..'\u{1f00}') {
            // Two letters of one, and letters no keyboard has.
            if matches!(c, 'İ' | 'ẞ' | 'Ͱ'..='Ϳ' | 'Ϗ'..='Ͽ') {
                continue;
            }
            assert_eq!(Some(small(c)), c.to_lowercase().next(), "{c}");
        }
        assert_eq!(lower("ÉLODIE ΣΟΦΊΑ Жанна 花子 Ⅳ"), "élodie σοφία жанна 花子 Ⅳ");
    }
}
