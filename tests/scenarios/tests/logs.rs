//! What may stand in the server's log: above `debug` nothing that a person wrote or is called, read off the source text.
#![expect(clippy::unwrap_used, reason = "a test may fail by panicking")]

use std::fs;
use std::path::{Path, PathBuf};

const CRATES: [&str; 5] = ["records/src", "hub/src", "store/src", "turn/src", "server/src"];
const LOUD: [&str; 3] = ["tracing::error!(", "tracing::warn!(", "tracing::info!("];

/// Values that are nobody's: causes, addresses of this machine and of the host site's, numbers, words of ours.
const HARMLESS: &[&str] = &[
    "error",
    "address",
    "turn",
    "relays",
    "ports",
    "requests",
    "reply",
    "cause",
    "code",
    "receiver",
    "row",
    "most",
    "wanted",
    "count",
    // Where wrong API keys come from.
    "from",
    // In the server's own folder.
    "path",
    "next_s",
    "database",
    "host.public",
    "settings.ports",
    "database.display()",
];

#[test]
fn nothing_personal_is_logged_above_debug() {
    let mut breaches = Vec::new();
    let mut seen = 0;
    for file in CRATES.iter().flat_map(|room| sources(room)) {
        let text = fs::read_to_string(&file).unwrap();
        let text = text.split("\n#[cfg(test)]\nmod tests").next().unwrap();
        for entry in LOUD.iter().flat_map(|word| text.split(word).skip(1)) {
            seen += 1;
            let fields = fields_of(entry);
            let values = fields.split(',').map(str::trim).filter(|field| !field.is_empty());
            for value in values {
                // Whole values, as `?` writes them, have names and texts inside.
                if value.contains('?') || !is_harmless(value) {
                    breaches.push(format!("{}: {value}", file.display()));
                }
            }
        }
    }
    assert!(seen > 20, "where are they?");
    assert!(breaches.is_empty(), "{}", breaches.join("\n"));
}

/// What stands before the text of an entry.
fn fields_of(entry: &str) -> &str {
    entry.split('"').next().unwrap_or_default()
}

fn is_harmless(field: &str) -> bool {
    let named = field.split_once('=').map_or(field, |(name, _)| name);
    HARMLESS.contains(&named.trim().trim_start_matches('%'))
}

fn sources(room: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(room)];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                found.push(path);
            }
        }
    }
    found
}
