//! The walls inside `src`: who may use whom, read off the source text.
#![expect(clippy::unwrap_used, reason = "a test may fail by panicking")]

use std::fs;
use std::path::{Path, PathBuf};

/// Rooms, by the path below the package root, and what their code must not mention.
const WALLS: &[(&str, &[&str])] = &[
    ("protocol/src", &["web_sys", "js_sys", "wasm_bindgen", "yew", "bandyer_core"]),
    ("core/src", &["web_sys", "js_sys", "wasm_bindgen", "yew", "gloo", "std::time", "SystemTime"]),
    (
        "src/store.rs",
        &[
            "web_sys",
            "js_sys",
            "wasm_bindgen",
            "yew",
            "crate::api",
            "crate::services",
            "crate::components",
            "crate::app",
        ],
    ),
    (
        "src/hooks.rs",
        &["web_sys", "js_sys", "crate::api", "crate::services", "crate::components", "crate::app"],
    ),
    ("src/app.rs", &["crate::api", "crate::services", "crate::widget", "gloo_net"]),
    ("src/i18n.rs", &["crate::api", "crate::services", "crate::widget", "gloo_net"]),
    ("src/theme", &["crate::api", "crate::services", "crate::widget", "crate::store", "gloo_net"]),
    (
        "src/components",
        &["crate::api", "crate::services", "crate::widget", "gloo_net", "WebSocket", "XmlHttpRequest"],
    ),
    (
        "src/services",
        &["crate::api", "crate::components", "crate::app", "crate::hooks", "crate::theme", "crate::widget"],
    ),
    (
        "src/api",
        &[
            "crate::services",
            "crate::components",
            "crate::app",
            "crate::hooks",
            "crate::theme",
            "crate::widget",
        ],
    ),
    ("src/files.rs", &["crate::api", "crate::services", "crate::components", "crate::app", "crate::widget"]),
    ("src/tracks.rs", &["crate::api", "crate::services", "crate::components", "crate::app", "crate::widget"]),
    ("src/js.rs", &["crate::"]),
    ("src/styles.rs", &["crate::api", "crate::services", "crate::components", "crate::app", "crate::widget"]),
];

#[test]
fn every_room_keeps_to_its_neighbours() {
    let mut breaches = Vec::new();
    for (room, forbidden) in WALLS {
        for file in sources(room) {
            let code = code_of(&file);
            for word in forbidden.iter().filter(|word| code.contains(*word)) {
                breaches.push(format!("{} uses {word}", file.display()));
            }
        }
    }
    assert!(breaches.is_empty(), "{}", breaches.join("\n"));
}

#[test]
fn every_room_exists() {
    for (room, _) in WALLS {
        assert!(!sources(room).is_empty(), "nothing at {room}: has it moved?");
    }
}

/// Debug formatting pulls the names and layouts of whole types into the binary.
#[test]
fn nothing_that_ships_is_formatted_for_debugging() {
    let shipped = sources("src").into_iter().chain(sources("core/src"));
    let breaches: Vec<_> = shipped
        .filter(|file| !is_made_up(file) && code_of(file).contains(":?}"))
        .map(|file| file.display().to_string())
        .collect();
    assert!(breaches.is_empty(), "{{:?}} in {}", breaches.join(", "));
}

/// The showcase of made-up states and the tests are never part of a release.
fn is_made_up(file: &Path) -> bool {
    let names = ["showcase", "tests"];
    let rooms = file.components().map(|part| part.as_os_str().to_string_lossy().into_owned());
    rooms.skip_while(|part| part != "src").any(|part| names.iter().any(|name| part.starts_with(name)))
}

/// The files of a room: the file itself, or `room.rs` and everything below `room/`.
fn sources(room: &str) -> Vec<PathBuf> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(room);
    let mut found: Vec<PathBuf> =
        [path.clone(), path.with_extension("rs")].into_iter().filter(|path| path.is_file()).collect();
    found.dedup();
    let mut folders = vec![path];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).into_iter().flatten() {
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

/// The text without comments and without the tests at its end.
fn code_of(file: &Path) -> String {
    let text = fs::read_to_string(file).unwrap();
    let code = text.split("#[cfg(test)]").next().unwrap_or_default();
    code.lines().map(|line| line.split("//").next().unwrap_or_default()).collect::<Vec<_>>().join("\n")
}
