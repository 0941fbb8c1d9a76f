//! House rules that no compiler checks: lengths of files, their first line, order of keys, words that do not belong.

use crate::{
    project::root,
    run::{Outcome, output, say},
};
use std::{fs, path::Path};

const MAX_LINES: usize = 500;
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
    }
    if name.starts_with("locales/") && extension == "json" {
        faults.extend(unsorted_key(text));
    }
    faults.extend(foreign_words(text));
    faults
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
        assert_eq!(faults_of("locales/en.json", "{\n  \"b\": \"x\",\n  \"a\": \"y\"\n}\n").len(), 1);
        assert_eq!(faults_of("a.md", &format!("see {}someone", ["/ho", "me/"].concat())).len(), 1);
    }
}
