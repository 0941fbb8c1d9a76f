//! What a file really is, judged by its first bytes and never by what its sender says.

/// How many of the first bytes are looked at.
pub const SNIFFED_BYTES: usize = 8192;

/// The type of anything we do not recognise.
pub const UNKNOWN: &str = "application/octet-stream";

/// What the first bytes tell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Content {
    pub media_type: String,
    /// A browser may show it as a picture: it cannot carry a script, and its declared size is sane.
    pub picture: bool,
}

/// The only types ever shown as a picture. SVG is a document that runs scripts, so it is not among them.
const PICTURES: [&str; 4] = ["image/png", "image/jpeg", "image/gif", "image/webp"];

/// A picture with more pixels would make the browser of the receiver choke; it is still a good file to download.
const MOST_PIXELS: u64 = 100_000_000;

/// Looks at the first [`SNIFFED_BYTES`] bytes of a file.
pub fn sniff(head: &[u8]) -> Content {
    let head = &head[..head.len().min(SNIFFED_BYTES)];
    // Markup first: a text that a browser could take for a page is named as one, whatever else it looks like.
    let media_type = markup(head)
        .or_else(|| infer::get(head).map(|kind| kind.mime_type()))
        .unwrap_or(if is_text(head) { "text/plain" } else { UNKNOWN });
    let picture = PICTURES.contains(&media_type) && has_sane_size(head);
    Content { media_type: media_type.to_owned(), picture }
}

/// The type a stored file is served as: its own when that is harmless, otherwise one that nothing renders or runs.
pub fn served_type(media_type: &str) -> &'static str {
    PICTURES.iter().find(|picture| **picture == media_type).copied().unwrap_or(UNKNOWN)
}

/// Whether these bytes open an HTML page, an SVG picture or any other XML. Browsers skip leading blanks and a byte
/// order mark before they decide, and so do we.
fn markup(head: &[u8]) -> Option<&'static str> {
    let bytes = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head);
    let start = bytes.iter().position(|b| !b.is_ascii_whitespace())?;
    if bytes[start] != b'<' {
        return None;
    }
    let text = String::from_utf8_lossy(&bytes[start..]).to_ascii_lowercase();
    if text.contains("<svg") {
        Some("image/svg+xml")
    } else if ["<!doctype html", "<html", "<head", "<body", "<script", "<iframe", "<!--", "<style", "<title"]
        .iter()
        .any(|tag| text.contains(tag))
    {
        Some("text/html")
    } else if text.starts_with("<?xml") {
        Some("text/xml")
    } else {
        None
    }
}

/// Text is UTF-8 without control characters other than blanks; a character cut at the end of the window is fine.
fn is_text(head: &[u8]) -> bool {
    let valid = match std::str::from_utf8(head) {
        Ok(text) => text,
        Err(error) if error.error_len().is_none() => {
            std::str::from_utf8(&head[..error.valid_up_to()]).unwrap_or_default()
        }
        Err(_) => return false,
    };
    !valid.is_empty() && valid.chars().all(|c| !c.is_control() || matches!(c, '\t' | '\n' | '\r' | '\u{c}'))
}

/// Whether the picture's header can be read, as far as it lies in the window, and declares a size worth showing.
/// A JPEG with a large preview in front of its header cannot be judged here and is believed.
fn has_sane_size(head: &[u8]) -> bool {
    let reader = image::ImageReader::new(std::io::Cursor::new(head)).with_guessed_format();
    match reader.map(image::ImageReader::into_dimensions) {
        Ok(Ok((width, height))) => u64::from(width) * u64::from(height) <= MOST_PIXELS,
        Ok(Err(_)) | Err(_) => head.starts_with(&[0xff, 0xd8]) && head.len() == SNIFFED_BYTES,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A 1×1 GIF.
    const GIF: &[u8] =
        b"GIF89a\x01\x00\x01\x00\x80\x00\x00\x00\x00\x00\xff\xff\xff!\xf9\x04\x01\x00\x00\x00\x00,\
        \x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x01D\x00;";

    fn png(width: u32, height: u32) -> Vec<u8> {
        let mut bytes = Vec::new();
        let picture = image::RgbImage::new(1, 1);
        picture.write_to(&mut std::io::Cursor::new(&mut bytes), image::ImageFormat::Png).unwrap();
        bytes[16..20].copy_from_slice(&width.to_be_bytes());
        bytes[20..24].copy_from_slice(&height.to_be_bytes());
        let crc = crc32(&bytes[12..29]);
        bytes[29..33].copy_from_slice(&crc.to_be_bytes());
        bytes
    }

    fn crc32(bytes: &[u8]) -> u32 {
        !bytes.iter().fold(!0u32, |crc, byte| {
            (0..8)
                .fold(crc ^ u32::from(*byte), |c, _| if c & 1 == 1 { (c >> 1) ^ 0xedb8_8320 } else { c >> 1 })
        })
    }

    #[test]
    fn real_pictures_are_pictures() {
        assert_eq!(sniff(GIF), Content { media_type: "image/gif".into(), picture: true });
        assert_eq!(sniff(&png(640, 480)), Content { media_type: "image/png".into(), picture: true });
    }

    #[test]
    fn a_decompression_bomb_is_a_file_and_no_picture() {
        assert_eq!(sniff(&png(60_000, 60_000)), Content { media_type: "image/png".into(), picture: false });
        assert!(!sniff(b"\x89PNG\r\n\x1a\nrubbish").picture);
    }

    #[test]
    fn documents_that_run_scripts_are_never_pictures() {
        for (bytes, media_type) in [
            (&b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>"[..], "image/svg+xml"),
            (b"\xef\xbb\xbf \n<?xml version='1.0'?><!DOCTYPE svg><SVG/>", "image/svg+xml"),
            (b"<!-- x --><html><script>alert(1)</script>", "text/html"),
            (b"  <!DOCTYPE HTML>", "text/html"),
            (b"<?xml version='1.0'?><note/>", "text/xml"),
            (b"alert(document.cookie)", "text/plain"),
            (b"", UNKNOWN),
            (b"\x00\x01\x02\x03", UNKNOWN),
        ] {
            let content = sniff(bytes);
            assert_eq!(content, Content { media_type: media_type.into(), picture: false }, "{bytes:?}");
            assert_eq!(served_type(&content.media_type), UNKNOWN);
        }
    }

    #[test]
    fn only_pictures_keep_their_type_when_served() {
        assert_eq!(served_type("image/png"), "image/png");
        assert_eq!(served_type("application/pdf"), UNKNOWN);
        assert_eq!(served_type("text/plain"), UNKNOWN);
    }
}
