//! What a paste is: the words on the clipboard, or its files. Spreadsheets and word processors put a picture of what was
//! copied beside its words, and file managers put the names of files beside the files.

/// Whether the files are what was copied, and not only another form of this text.
pub fn is_of_files(text: &str, names: &[String]) -> bool {
    !names.is_empty()
        && text.lines().map(str::trim).filter(|line| !line.is_empty()).all(|line| tells_of(line, names))
}

/// A line that names one of the files: its name, its path, or its address.
fn tells_of(line: &str, names: &[String]) -> bool {
    // What GNOME writes above the addresses of files.
    if matches!(line, "copy" | "cut" | "x-special/nautilus-clipboard") {
        return true;
    }
    let last = line.trim_end_matches(['/', '\\']).rsplit(['/', '\\']).next().unwrap_or_default();
    names.iter().any(|name| last == name || unescaped(last).as_deref() == Some(name))
}

/// The text that percent signs stand for in an address.
fn unescaped(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        if byte == b'%' {
            let digits = [rest.next()?, rest.next()?];
            bytes.push(u8::from_str_radix(std::str::from_utf8(&digits).ok()?, 16).ok()?);
        } else {
            bytes.push(byte);
        }
    }
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of_files(text: &str, names: &[&str]) -> bool {
        is_of_files(text, &names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>())
    }

    #[test]
    fn words_beside_a_picture_of_them_are_what_was_copied() {
        assert!(!of_files("a\tb", &["image.png"]));
        assert!(!of_files("report.pdf is late", &["image.png"]));
        assert!(!of_files("image", &["image.png"]));
        assert!(!of_files("words", &[]));
    }

    #[test]
    fn names_beside_files_are_not() {
        assert!(of_files("", &["image.png"]));
        assert!(of_files(" \n", &["image.png"]));
        assert!(of_files("plan.pdf", &["plan.pdf"]));
        assert!(of_files(
            "/srv/anna/plan.pdf\nfile:///srv/anna/caf%C3%A9%201.png",
            &["plan.pdf", "café 1.png"]
        ));
        assert!(of_files("C:\\Users\\Anna\\plan.pdf\r\n", &["plan.pdf"]));
        assert!(of_files("x-special/nautilus-clipboard\ncopy\nfile:///tmp/plan.pdf", &["plan.pdf"]));
        assert!(!of_files("/srv/anna/plan.pdf\nand a word", &["plan.pdf"]));
    }
}
