//! File names as people choose them, made harmless: for display in a chat and for the `Content-Disposition` header.

use bandyer_protocol::visible::{self, is_blank};
use std::fmt::Write;

/// Longest file name, in characters.
pub const MAX_NAME_CHARS: usize = 255;

/// What a nameless file is called.
const NAMELESS: &str = "file";

/// The last part of a path of either kind, without control characters and without characters that only mislead, see
/// [`visible::clean`]. Never blank, never `.` or `..`; a name that is too long loses its middle and keeps its extension.
pub fn clean(name: &str) -> String {
    let last = name.rsplit(['/', '\\']).find(|part| !part.trim().is_empty()).unwrap_or("");
    let printable: String = last.chars().filter(|c| !c.is_control()).collect();
    let visible = visible::clean(&printable);
    let trimmed = visible.trim_end_matches(['.', ' ']);
    if is_blank(trimmed) { NAMELESS.to_owned() } else { shorten(trimmed) }
}

fn shorten(name: &str) -> String {
    let count = name.chars().count();
    if count <= MAX_NAME_CHARS {
        return name.to_owned();
    }
    let extension = name.rfind('.').map_or("", |dot| &name[dot..]);
    let tail = if extension.chars().count() <= 16 { extension } else { "" };
    let head = MAX_NAME_CHARS - tail.chars().count();
    // Cut behind a joiner, it would join the extension.
    visible::clean(&name.chars().take(head).chain(tail.chars()).collect::<String>())
}

/// The value of `Content-Disposition` that makes any browser save the file under `name`
/// (<https://www.rfc-editor.org/rfc/rfc6266>): a plain ASCII fallback and the full name in percent-encoded UTF-8.
pub fn attachment(name: &str) -> String {
    let plain: String =
        name.chars()
            .map(|c| {
                if c.is_ascii_graphic() && !matches!(c, '"' | '\\' | '%' | ';') || c == ' ' { c } else { '_' }
            })
            .collect();
    let mut value = format!("attachment; filename=\"{plain}\"; filename*=UTF-8''");
    for byte in name.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_' | b'~') {
            value.push(char::from(byte));
        } else {
            // Writing to a String cannot fail.
            let _ = write!(value, "%{byte:02X}");
        }
    }
    value
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn path_parts_are_cut_off() {
        assert_eq!(clean("../../etc/passwd"), "passwd");
        assert_eq!(clean(r"C:\Users\me\holiday.png"), "holiday.png");
        assert_eq!(clean("folder/"), "folder");
        for nothing in ["", ".", "..", "/", "//", "\\", " . ", "\u{202e}", "\0", "\u{200d}", "\u{3164}"] {
            assert_eq!(clean(nothing), "file", "{nothing:?}");
        }
    }

    #[test]
    fn control_and_direction_characters_are_removed() {
        assert_eq!(clean("a\r\nSet-Cookie: x\0.txt"), "aSet-Cookie: x.txt");
        assert_eq!(clean("invoice\u{202e}fdp.exe"), "invoicefdp.exe");
        assert_eq!(clean("\u{2066}x\u{2069}\u{200f}.txt"), "x.txt");
        assert_eq!(clean("a\u{200b}b\u{feff}.txt"), "ab.txt");
        for kept in ["שלום עולם.pdf", "می\u{200c}خواهم.pdf", "👨\u{200d}👩\u{200d}👧.png"]
        {
            assert_eq!(clean(kept), kept);
        }
    }

    #[test]
    fn a_long_name_keeps_its_extension() {
        let name = clean(&format!("{}.jpeg", "é".repeat(400)));
        assert_eq!(name.chars().count(), MAX_NAME_CHARS);
        assert!(name.ends_with("é.jpeg"));
        assert_eq!(clean(&format!("a.{}", "b".repeat(400))).chars().count(), MAX_NAME_CHARS);
    }

    #[test]
    fn the_header_cannot_be_broken_out_of() {
        let value = attachment("a\"; filename=evil.exe \u{e9}%.html");
        assert_eq!(
            value,
            "attachment; filename=\"a__ filename=evil.exe __.html\"; \
             filename*=UTF-8''a%22%3B%20filename%3Devil.exe%20%C3%A9%25.html"
        );
    }
}
