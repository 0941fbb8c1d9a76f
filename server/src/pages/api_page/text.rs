//! Text to HTML: escaping, and the little markup that descriptions use.

use std::fmt::Write;

pub fn escape(text: &str) -> String {
    let mut html = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => html.push_str("&amp;"),
            '<' => html.push_str("&lt;"),
            '>' => html.push_str("&gt;"),
            '"' => html.push_str("&quot;"),
            '\'' => html.push_str("&#39;"),
            _ => html.push(c),
        }
    }
    html
}

/// One paragraph: what stands between backticks is code.
pub fn inline(text: &str) -> String {
    let mut html = String::new();
    for (index, part) in text.split('`').enumerate() {
        // Writing to a String cannot fail.
        let _ = if index % 2 == 1 {
            write!(html, "<code>{}</code>", escape(part))
        } else {
            write!(html, "{}", escape(part))
        };
    }
    html
}

/// Paragraphs, separated by blank lines.
pub fn prose(text: &str) -> String {
    let paragraphs = text.split("\n\n").map(str::trim).filter(|part| !part.is_empty());
    paragraphs
        .map(|part| format!("<p>{}</p>", inline(&part.replace('\n', " "))))
        .collect::<Vec<_>>()
        .join("\n")
}
