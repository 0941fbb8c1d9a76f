//! House rules that no compiler checks: lengths of files and functions, a file's first line, order of keys, words that
//! do not belong.

use crate::{
    project::root,
    run::{Outcome, output, say},
};
use std::{fs, path::Path};

const MAX_LINES: usize = 500;
/// Of a function, without the texts and style sheets written in it; a component may be longer.
const MAX_FUNCTION_LINES: usize = 60;
const MAX_COMPONENT_LINES: usize = 80;
const ROOMS_WITHOUT_MEANING: [&str; 6] =
    ["mod.rs", "utils.rs", "helpers.rs", "common.rs", "manager.rs", "types.rs"];
const SOURCES: [&str; 6] = ["rs", "js", "mjs", "ts", "css", "html"];

pub fn tidy() -> Outcome {
    let root = root();
    let listing = output(
        "git",
        &["-C", &root.to_string_lossy(), "ls-files", "--cached", "--others", "--exclude-standard"],
    )
    .ok_or("git cannot list the project's files")?;
    let mut faults = Vec::new();
    let mut count = 0;
    for name in listing.lines() {
        // A file that is neither text nor there any more has no lines to judge.
        if let Ok(text) = fs::read_to_string(root.join(name)) {
            count += 1;
            faults.extend(faults_of(name, &text).into_iter().map(|fault| format!("{name}: {fault}")));
        }
    }
    if faults.is_empty() {
        say(&format!("tidy: {count} files"));
        return Ok(());
    }
    Err(format!("tidy found:\n  {}", faults.join("\n  ")))
}

fn faults_of(name: &str, text: &str) -> Vec<String> {
    let mut faults = Vec::new();
    let path = Path::new(name);
    let extension = path.extension().and_then(|extension| extension.to_str()).unwrap_or_default();
    let lines = text.lines().count();
    if SOURCES.contains(&extension) && lines > MAX_LINES {
        faults.push(format!("{lines} lines; past {MAX_LINES} there is a second room inside"));
    }
    if extension == "rs" {
        if !text.starts_with("//! ") {
            faults.push("must open with one `//!` sentence: what lives here".to_owned());
        }
        let file = path.file_name().and_then(|file| file.to_str()).unwrap_or_default();
        if ROOMS_WITHOUT_MEANING.contains(&file) {
            faults.push("is a name that says nothing".to_owned());
        }
        faults.extend(long_functions(text));
    }
    if name.starts_with("locales/") && extension == "json" {
        faults.extend(unsorted_key(text));
    }
    faults.extend(foreign_words(text));
    faults
}

/// Functions past their length. The code is formatted, so a function ends at the first brace that stands where it began.
fn long_functions(text: &str) -> Vec<String> {
    let lines: Vec<&str> = text.lines().collect();
    let mut faults = Vec::new();
    for (at, line) in lines.iter().enumerate() {
        let Some(name) = function_name(line) else { continue };
        let indent = line.len() - line.trim_start().len();
        let end = format!("{}}}", " ".repeat(indent));
        let body = &lines[at..];
        let Some(last) = body.iter().position(|line| *line == end) else { continue };
        let component = lines[..at].iter().rev().take(3).any(|line| line.trim() == "#[component]");
        let most = if component { MAX_COMPONENT_LINES } else { MAX_FUNCTION_LINES };
        let length = lines_of_code(&body[..=last]);
        if length > most {
            faults
                .push(format!("`{name}` has {length} lines; past {most} there is a second function inside"));
        }
    }
    faults
}

/// The name of the function whose head begins in this line.
fn function_name(line: &str) -> Option<&str> {
    const BEFORE: [&str; 6] = ["pub", "pub(crate)", "pub(super)", "async", "const", "extern"];
    let mut words = line.split_whitespace().skip_while(|word| BEFORE.contains(word));
    let name = (words.next()? == "fn").then(|| words.next())??;
    (!line.trim_end().ends_with(';')).then(|| name.split(['(', '<']).next())?
}

/// How many lines there are; lines that are nothing but text, and what stands inside raw texts, are not counted.
fn lines_of_code(lines: &[&str]) -> usize {
    let mut inside = None;
    let mut count = 0;
    for line in lines {
        match inside {
            Some(end) if line.contains(end) => inside = None,
            Some(_) => {}
            None => {
                count += usize::from(!is_text(line));
                inside = open_raw_text(line);
            }
        }
    }
    count
}

fn is_text(line: &str) -> bool {
    let line = line.trim().trim_end_matches(',');
    line.len() > 1 && line.starts_with('"') && line.ends_with('"')
}

/// What ends the raw text that this line opens and does not close.
fn open_raw_text(line: &str) -> Option<&'static str> {
    let texts = [("r#\"", "\"#"), ("r\"", "\"")];
    texts.into_iter().find_map(|(begin, end)| {
        let (_, rest) = line.rsplit_once(begin)?;
        (!rest.contains(end)).then_some(end)
    })
}

/// The first key that is smaller than the one before it. Locale files are flat, one key a line.
fn unsorted_key(text: &str) -> Option<String> {
    let keys: Vec<&str> =
        text.lines().filter_map(|line| line.trim().strip_prefix('"')?.split('"').next()).collect();
    let pair = keys.windows(2).find(|pair| pair[0] >= pair[1])?;
    Some(format!("key `{}` must come before `{}`", pair[1], pair[0]))
}

/// Paths of somebody's machine, and marks of unfinished work. Spelled in halves so that this file passes.
fn foreign_words(text: &str) -> Vec<String> {
    let words = [["/ro", "ot/"], ["/ho", "me/"], ["/wo", "rk/"], ["FIX", "ME"], ["TO", "DO:"], ["XX", "X "]];
    let found = words.iter().map(|halves| halves.concat()).filter(|word| text.contains(word.as_str()));
    found.map(|word| format!("contains `{word}`")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_good_file_has_no_faults() {
        assert_eq!(faults_of("src/dial.rs", "//! Ringing.\n"), Vec::<String>::new());
        assert_eq!(
            faults_of("locales/en.json", "{\n  \"a\": \"x\",\n  \"b\": \"y\"\n}\n"),
            Vec::<String>::new()
        );
    }

    #[test]
    fn each_rule_is_enforced() {
        assert_eq!(faults_of("src/dial.rs", "fn main() {}").len(), 1);
        assert_eq!(faults_of("src/utils.rs", "//! Things.\n").len(), 1);
        assert_eq!(faults_of("a.css", &"\n".repeat(MAX_LINES + 1)).len(), 1);
        assert_eq!(faults_of("src/dial.rs", &function("pub fn dial", MAX_FUNCTION_LINES + 1)).len(), 1);
        assert_eq!(faults_of("locales/en.json", "{\n  \"b\": \"x\",\n  \"a\": \"y\"\n}\n").len(), 1);
        assert_eq!(faults_of("a.md", &format!("see {}someone", ["/ho", "me/"].concat())).len(), 1);
    }

    /// A file with one function of so many lines.
    fn function(head: &str, lines: usize) -> String {
        format!("//! Ringing.\n\n{head}() {{\n{}}}\n", "    ring();\n".repeat(lines - 2))
    }

    #[test]
    fn functions_are_counted_without_their_style_sheets_and_components_may_be_longer() {
        let most = MAX_FUNCTION_LINES;
        assert_eq!(faults_of("src/dial.rs", &function("fn dial", most)), Vec::<String>::new());
        assert_eq!(faults_of("src/dial.rs", &function("pub(super) async fn dial", most + 1)).len(), 1);
        let component = function("#[component]\npub fn Dial", MAX_COMPONENT_LINES);
        assert_eq!(faults_of("src/dial.rs", &component), Vec::<String>::new());
        let sheet =
            function("fn style", 4).replacen("ring();", &format!("css!(r#\"{}\"#)", "\n".repeat(most)), 1);
        assert_eq!(faults_of("src/dial.rs", &sheet), Vec::<String>::new());
    }
}
