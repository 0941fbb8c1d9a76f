//! Addresses in a text. Only `http://`, `https://` and `www.` become links; everything stays text, never markup.

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Piece<'a> {
    Text(&'a str),
    /// Shown as written.
    Link(&'a str),
}

const STARTS: [&str; 3] = ["https://", "http://", "www."];

/// The text in pieces; put together they are the text again.
pub fn pieces(text: &str) -> Vec<Piece<'_>> {
    let mut found = Vec::new();
    let mut rest = text;
    let mut searched = 0;
    while let Some(start) = next_start(rest, searched) {
        let (_, from_start) = rest.split_at(start);
        let length = address_length(from_start);
        if length == 0 {
            // Nothing behind the `https://`: keep looking after it.
            searched = start + 1;
            continue;
        }
        let (before, address) = rest.split_at(start);
        let (address, after) = address.split_at(length);
        if !before.is_empty() {
            found.push(Piece::Text(before));
        }
        found.push(Piece::Link(address));
        rest = after;
        searched = 0;
    }
    if !rest.is_empty() {
        found.push(Piece::Text(rest));
    }
    found
}

/// Where the link leads. `www.` alone means https.
pub fn target(shown: &str) -> String {
    if starts_with(shown, "www.") { ["https://", shown].concat() } else { shown.to_owned() }
}

/// The first place from `from` on where an address begins. Latin letters before it make it a part of their word; other
/// scripts put words together without blanks, and `https://` begins something new there.
fn next_start(text: &str, from: usize) -> Option<usize> {
    let mut previous = text.get(..from).and_then(|before| before.chars().next_back());
    for (offset, c) in text.get(from..)?.char_indices() {
        let word_start = previous.is_none_or(|previous| !is_latin(previous));
        if word_start && matches!(c, 'h' | 'H' | 'w' | 'W') {
            let here = text.get(from + offset..).unwrap_or_default();
            if STARTS.iter().any(|start| starts_with(here, start)) {
                return Some(from + offset);
            }
        }
        previous = Some(c);
    }
    None
}

/// A letter or digit; outside ASCII, without tables to tell, everything but the usual punctuation.
fn is_letter(c: char) -> bool {
    let punctuation = matches!(c, '\u{80}'..='\u{bf}' | '\u{2000}'..='\u{206f}' | '\u{3000}'..='\u{303f}' | '\u{ff00}'..='\u{ff0f}');
    c.is_ascii_alphanumeric() || !(c.is_ascii() || punctuation)
}

/// Latin letters and digits.
fn is_latin(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '\u{c0}'..='\u{24f}' | '\u{1e00}'..='\u{1eff}')
}

/// Scripts whose words follow each other without blanks, or whose endings are written on to foreign words.
fn is_east_asian(c: char) -> bool {
    matches!(c, '\u{1100}'..='\u{11ff}' | '\u{2e80}'..='\u{2fff}' | '\u{3040}'..='\u{a4cf}' | '\u{ac00}'..='\u{d7ff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3ffff}')
}

/// What ends every address: blanks, what no address holds unwritten, and the punctuation that East Asian scripts use.
fn is_end(c: char) -> bool {
    c.is_whitespace()
        || c.is_control()
        || matches!(c, '<' | '>' | '"' | '\u{2018}'..='\u{201f}' | '\u{3000}'..='\u{303f}' | '\u{30fb}' | '\u{ff01}'..='\u{ff0f}' | '\u{ff1a}'..='\u{ff20}' | '\u{ff3b}'..='\u{ff40}' | '\u{ff5b}'..='\u{ff65}')
}

/// Where the sentence goes on that the address stands in: at an end, or where an East Asian letter follows a Latin one.
/// Of a host or a path in such a script every part begins with it.
fn end_of_address(text: &str, start: usize) -> usize {
    let mut previous = ' ';
    let mut labels = 0;
    for (place, c) in text.char_indices().skip_while(|(place, _)| *place < start) {
        let in_first_label = labels == 0;
        if is_end(c) || (is_east_asian(c) && is_latin(previous) && !in_first_label) {
            return place;
        }
        labels += u32::from(!c.is_alphanumeric());
        previous = c;
    }
    text.len()
}

fn starts_with(text: &str, start: &str) -> bool {
    text.get(..start.len()).is_some_and(|head| head.eq_ignore_ascii_case(start))
}

/// How much of the text, which begins with one of [`STARTS`], is the address: up to where it ends, without the
/// punctuation of the sentence around it. 0 when no host follows.
fn address_length(text: &str) -> usize {
    let start = STARTS.iter().find(|start| starts_with(text, start)).map_or(0, |start| start.len());
    let end = end_of_address(text, start);
    let address = without_punctuation(text.get(..end).unwrap_or_default());
    let host = address.get(start..).unwrap_or_default();
    let is_host = host.chars().next().is_some_and(|c| is_letter(c) || c == '[');
    let needs_dot = starts_with(text, "www.");
    if is_host && (!needs_dot || host.contains('.')) { address.len() } else { 0 }
}

/// A closing bracket stays when it closes one of the address's own. Counted once: a person may send ten thousand.
fn without_punctuation(mut address: &str) -> &str {
    let surplus = |open: char, close: char| {
        address.chars().fold(0_i64, |sum, c| sum + i64::from(c == close) - i64::from(c == open))
    };
    let (mut round, mut square) = (surplus('(', ')'), surplus('[', ']'));
    while let Some(last) = address.chars().next_back() {
        match last {
            '.' | ',' | ';' | ':' | '!' | '?' | '\'' | '*' | '_' | '~' | '»' | '”' | '’' | '…' => {}
            ')' if round > 0 => round -= 1,
            ']' if square > 0 => square -= 1,
            _ => break,
        }
        address = address.get(..address.len() - last.len_utf8()).unwrap_or_default();
    }
    address
}

#[cfg(test)]
mod tests {
    use super::*;

    fn links(text: &str) -> Vec<&str> {
        let pieces = pieces(text);
        let whole: String = pieces
            .iter()
            .map(|piece| match piece {
                Piece::Text(text) | Piece::Link(text) => *text,
            })
            .collect();
        assert_eq!(whole, text);
        pieces
            .into_iter()
            .filter_map(|piece| match piece {
                Piece::Link(link) => Some(link),
                Piece::Text(_) => None,
            })
            .collect()
    }

    #[test]
    fn finds_addresses_and_leaves_the_sentence_its_punctuation() {
        assert_eq!(links("see https://a.example/x?y=1#z."), ["https://a.example/x?y=1#z"]);
        assert_eq!(links("(http://a.example), www.b.example!"), ["http://a.example", "www.b.example"]);
        assert_eq!(links("https://a.example/x_(y)"), ["https://a.example/x_(y)"]);
        assert_eq!(links("«https://a.example»…"), ["https://a.example"]);
        assert_eq!(links("HTTPS://A.EXAMPLE"), ["HTTPS://A.EXAMPLE"]);
        assert_eq!(links("https://a.example\nhttps://b.example"), ["https://a.example", "https://b.example"]);
        assert_eq!(
            links("http://localhost:3000/a http://[::1]/"),
            ["http://localhost:3000/a", "http://[::1]/"]
        );
        assert_eq!(links("caffè https://è.example/ñ"), ["https://è.example/ñ"]);
    }

    #[test]
    fn finds_addresses_in_scripts_without_blanks() {
        for text in [
            "请看https://example.com/a，谢谢",
            "（https://example.com/a）",
            "「https://example.com/a」を見て",
            "https://example.com/aをご覧ください",
            "https://example.com/a에서 보세요",
            "ดูที่https://example.com/a ครับ",
            "ראו בhttps://example.com/a.",
            "см.https://example.com/a…",
            "“https://example.com/a”",
            "【https://example.com/a】https",
            "见：https://example.com/a。",
            "https://example.com/a\u{3000}次",
        ] {
            assert_eq!(links(text), ["https://example.com/a"], "{text}");
        }
        assert_eq!(links("访问https://example.com谢谢"), ["https://example.com"]);
        assert_eq!(links("www.example.com、www.example.org"), ["www.example.com", "www.example.org"]);
        assert_eq!(links("https://例え.jp/"), ["https://例え.jp/"]);
        assert_eq!(
            links("https://zh.wikipedia.org/wiki/维基百科"),
            ["https://zh.wikipedia.org/wiki/维基百科"]
        );
        assert_eq!(links("https://example.com/?q=東京&x=1"), ["https://example.com/?q=東京&x=1"]);
        assert_eq!(links("éhttps://example.com"), Vec::<&str>::new());
    }

    #[test]
    fn nothing_else_becomes_a_link() {
        for text in [
            "",
            "hello",
            "https://",
            "http:// x",
            "www.",
            "www.x",
            "xhttps://a.example",
            "javascript:alert(1)",
            "data:text/html,x",
            "ftp://a.example",
            "https://.",
            "mailto:a@b.example",
            "https://\u{0}",
        ] {
            assert_eq!(links(text), Vec::<&str>::new(), "{text}");
        }
        assert_eq!(links("https://a.example\"><script>"), ["https://a.example"]);
        assert_eq!(links("https://https://a.example"), ["https://https://a.example"]);
    }

    #[test]
    fn www_leads_to_https() {
        assert_eq!(target("www.a.example"), "https://www.a.example");
        assert_eq!(target("http://a.example"), "http://a.example");
    }

    #[test]
    fn a_long_text_without_links_is_searched_once() {
        let text = "w".repeat(200_000) + &" https://".repeat(20_000);
        assert_eq!(links(&text).len(), 0);
        assert_eq!(links(&("https://a.example".to_owned() + &")".repeat(100_000))), ["https://a.example"]);
    }
}
