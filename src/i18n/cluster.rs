//! What people take for one letter: it may be many characters, such as a flag, a family, or a letter with its accents.

use bandyer_core::letters::is_mark;
use wasm_bindgen::prelude::*;

/// More marks than this on one letter are no writing any more.
const MOST_CHARS: usize = 12;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_namespace = Intl)]
    type Segmenter;
    #[wasm_bindgen(constructor, js_namespace = Intl, catch)]
    fn new() -> Result<Segmenter, JsValue>;
    #[wasm_bindgen(method, catch)]
    fn segment(this: &Segmenter, text: &str) -> Result<Segments, JsValue>;

    type Segments;
    #[wasm_bindgen(method, catch)]
    fn containing(this: &Segments, place: u32) -> Result<Segment, JsValue>;

    type Segment;
    #[wasm_bindgen(method, getter)]
    fn segment(this: &Segment) -> String;
}

/// The first letter of a text as the browser knows letters, else as far as is known here.
pub fn first_cluster(text: &str) -> String {
    if text.is_empty() {
        return String::new();
    }
    let head: String = text.chars().take(4 * MOST_CHARS).collect();
    let segment = Segmenter::new().and_then(|segmenter| segmenter.segment(&head)?.containing(0));
    let found = segment.map_or_else(|_| plain_cluster(&head), |found| found.segment());
    found.chars().take(MOST_CHARS).collect()
}

/// A character with the marks on it and what is joined to it: flags, families, skin tones.
pub fn plain_cluster(text: &str) -> String {
    let flag = |c: char| matches!(c, '\u{1f1e6}'..='\u{1f1ff}');
    let joins = |c: char| {
        is_mark(c) || matches!(c, '\u{200d}' | '\u{1f3fb}'..='\u{1f3ff}' | '\u{e0020}'..='\u{e007f}')
    };
    let mut cluster = String::new();
    let mut previous = None;
    for c in text.chars().take(MOST_CHARS) {
        let continues = match previous {
            None => true,
            Some('\u{200d}') => true,
            Some(before) => joins(c) || (flag(before) && flag(c) && cluster.len() == before.len_utf8()),
        };
        if !continues {
            break;
        }
        cluster.push(c);
        previous = Some(c);
    }
    cluster
}

#[cfg(test)]
mod tests {
    use super::plain_cluster;

    #[test]
    fn a_letter_keeps_what_belongs_to_it() {
        for (text, expected) in [
            ("Anna", "A"),
            ("e\u{301}a", "e\u{301}"),
            ("🇮🇹🇫🇷", "🇮🇹"),
            ("👩‍👩‍👧‍👦👍", "👩‍👩‍👧‍👦"),
            ("👍🏽x", "👍🏽"),
            ("❤️x", "❤️"),
            ("", ""),
        ] {
            assert_eq!(plain_cluster(text), expected);
        }
    }
}
