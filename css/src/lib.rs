//! Styles written beside their components. stylist parses and scopes them while compiling, so that a mistake is a
//! compile error, and what ships is the finished text instead of a syntax tree and the code that writes it out.

use proc_macro::{TokenStream, TokenTree};
use std::path::Path;
use stylist::ast::{Sheet, ToStyleStr};

/// `css!(r"…")` → a `crate::styles::Css`: rules for one class, named after their content. `&` stands for the class.
#[proc_macro]
pub fn css(input: TokenStream) -> TokenStream {
    let style = literal(input).and_then(|source| scoped(&source));
    code(style.map(|(class, text)| format!("crate::styles::Css {{ class: {class:?}, text: {text:?} }}")))
}

/// `css_file!("styles/base.css")` → the text of a sheet below the package root, without comments and indentation.
#[proc_macro]
pub fn css_file(input: TokenStream) -> TokenStream {
    let text = literal(input).and_then(|path| {
        let path = Path::new(&std::env::var("CARGO_MANIFEST_DIR").unwrap_or_default()).join(path);
        let source =
            std::fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))?;
        // The unused constant makes the compiler watch the file.
        Ok(format!("{{ const _: &str = include_str!({path:?}); {:?} }}", compact(&source)))
    });
    code(text)
}

/// Compiles to `code`, or to its error.
fn code(code: Result<String, String>) -> TokenStream {
    let code = code.unwrap_or_else(|message| format!("compile_error!({message:?})"));
    code.parse().unwrap_or_default()
}

/// The content of the one string literal of the input, which may be raw but must do without escapes.
fn literal(input: TokenStream) -> Result<String, String> {
    let mut tokens = input.into_iter();
    let (Some(TokenTree::Literal(literal)), None) = (tokens.next(), tokens.next()) else {
        return Err("expected one string literal".to_owned());
    };
    let text = literal.to_string();
    let raw = text.starts_with('r');
    let inner = text.trim_start_matches('r').trim_matches('#');
    let inner = inner.strip_prefix('"').and_then(|inner| inner.strip_suffix('"'));
    match inner {
        Some(inner) if raw || !inner.contains('\\') => Ok(inner.to_owned()),
        _ => Err("expected a string literal without escapes; use r#\"…\"#".to_owned()),
    }
}

/// Class name and scoped rules.
fn scoped(source: &str) -> Result<(String, String), String> {
    let sheet: Sheet = source.parse().map_err(|error| format!("stylist cannot read this: {error}"))?;
    let class = format!("bw-{:08x}", hash(source));
    let text = compact(&sheet.to_style_str(Some(&class)));
    Ok((class, text))
}

/// FNV-1a.
fn hash(text: &str) -> u32 {
    text.bytes().fold(0x811c_9dc5, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193))
}

/// Without comments, and with every run of white space as one blank or none. Texts in quotes stay as they are.
fn compact(css: &str) -> String {
    let mut out = String::with_capacity(css.len());
    let mut rest = css.chars().peekable();
    let mut quote = None;
    while let Some(c) = rest.next() {
        if quote.is_some() {
            out.push(c);
            if c == '\\' {
                out.extend(rest.next());
            } else if quote == Some(c) {
                quote = None;
            }
        } else if c == '/' && rest.peek() == Some(&'*') {
            skip_comment(&mut rest);
        } else if c.is_whitespace() {
            if !out.ends_with([' ', '{', '}', ';', ',']) && !out.is_empty() {
                out.push(' ');
            }
        } else {
            if matches!(c, '{' | '}') && out.ends_with(' ') {
                out.pop();
            }
            if c == '}' && out.ends_with(';') {
                out.pop();
            }
            quote = matches!(c, '"' | '\'').then_some(c);
            out.push(c);
        }
    }
    out
}

fn skip_comment(rest: &mut impl Iterator<Item = char>) {
    let mut last = ' ';
    for c in rest {
        if last == '*' && c == '/' {
            return;
        }
        last = c;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rules_are_scoped_to_a_class_named_after_them() {
        let (class, text) = scoped("color: red; &:hover, .mine { color: var(--x, blue); }").unwrap();
        assert_eq!(class.len(), 11);
        assert_eq!(
            text,
            format!(".{class}{{color: red}}.{class}:hover,.{class} .mine{{color: var(--x,blue)}}")
        );
        assert_eq!(scoped("color: red;").unwrap().0, scoped("color: red;").unwrap().0);
        assert_ne!(scoped("color: red;").unwrap().0, scoped("color: blue;").unwrap().0);
    }

    #[test]
    fn what_stylist_cannot_read_is_an_error() {
        assert!(scoped("color: red; .open {").is_err());
    }

    #[test]
    fn compacting_drops_comments_and_keeps_what_is_quoted() {
        let css = "/* a * b */ :host { all : initial !important; }\n\n  .a  .b > c{ content: \" /* no */ \\\"  \" ;\n top: 0 }";
        assert_eq!(
            compact(css),
            ":host{all : initial !important}.a .b > c{content: \" /* no */ \\\"  \" ;top: 0}"
        );
        assert_eq!(
            compact("@media (max-width: 5px) and (x) { a { b: calc(1px + 2px) } }"),
            "@media (max-width: 5px) and (x){a{b: calc(1px + 2px)}}"
        );
    }
}
