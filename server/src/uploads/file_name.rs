//! File names as people choose them, made harmless: for display in a chat and for the `Content-Disposition` header.

use std::fmt::Write;

/// Longest file name, in characters.
pub const MAX_NAME_CHARS: usize = 255;

/// What a nameless file is called.
const NAMELESS: &str = "file";

/// The last part of a path of either kind, without control characters and without characters that change the
/// direction of text (`invoice<override>fdp.exe` must not be shown as `invoiceexe.pdf`). Never empty, never `.` or
/// `..`; a name that is too long loses its middle and keeps its extension.
pub fn clean(name: &str) -> String {
    let last = name.rsplit(['/', '\\']).find(|part| !part.trim().is_empty()).unwrap_or("");
    let visible: String = last.chars().filter(|c| !c.is_control() && !is_invisible(*c)).collect();
    let trimmed = visible.trim().trim_end_matches(['.', ' ']);
    if trimmed.is_empty() { NAMELESS.to_owned() } else { shorten(trimmed) }
}

/// Marks, overrides and isolates of writing direction, zero-width characters, line and paragraph separators, the
/// byte order mark, and the deprecated tag characters.
fn is_invisible(c: char) -> bool {
    matches!(
        c,
        '\u{061c}'
            | '\u{180e}'
            | '\u{200b}'..='\u{200f}'
            | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}'
            | '\u{feff}'
            | '\u{fff9}'..='\u{fffb}'
            | '\u{e0000}'..='\u{e007f}'
    )
}

fn shorten(name: &str) -> String {
    let count = name.chars().count();
    if count <= MAX_NAME_CHARS {
        return name.to_owned();
    }
    let extension = name.rfind('.').map_or("", |dot| &name[dot..]);
    let tail = if extension.chars().count() <= 16 { extension } else { "" };
    let head = MAX_NAME_CHARS - tail.chars().count();
    name.chars().take(head).chain(tail.chars()).collect()
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
        for nothing in ["", ".", "..", "/", "//", "\\", " . ", "\u{202e}", "\0"] {
            assert_eq!(clean(nothing), "file", "{nothing:?}");
        }
    }

    #[test]
    fn control_and_direction_characters_are_removed() {
        assert_eq!(clean("a\r\nSet-Cookie: x\0.txt"), "aSet-Cookie: x.txt");
        assert_eq!(clean("invoice\u{202e}fdp.exe"), "invoicefdp.exe");
        assert_eq!(clean("\u{2066}x\u{2069}\u{200f}.txt"), "x.txt");
        assert_eq!(clean("שלום עולם.pdf"), "שלום עולם.pdf");
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
