//! The walls inside `src` and `server/src`: who may use whom, read off the source text.
#![expect(clippy::unwrap_used, reason = "a test may fail by panicking")]

use std::fs;
use std::path::{Path, PathBuf};

/// What the module of the board must not pull in: all of the widget.
const THE_WIDGET: &[&str] = &[
    "crate::api",
    "crate::app",
    "crate::hooks",
    "crate::services",
    "crate::store",
    "crate::tracks",
    "crate::widget",
    "bandyer_core::update",
    "bandyer_core::State",
];

/// Rooms, by the path below the package root, and what their code must not mention.
const WALLS: &[(&str, &[&str])] = &[
    ("protocol/src", &["web_sys", "js_sys", "wasm_bindgen", "yew", "bandyer_core"]),
    ("core/src", &["web_sys", "js_sys", "wasm_bindgen", "yew", "gloo", "std::time", "SystemTime"]),
    ("core/src/session", &["crate::chats", "crate::calls", "crate::panel", "crate::users"]),
    ("core/src/chats", &["crate::session", "crate::calls", "crate::panel", "crate::users"]),
    ("core/src/calls", &["crate::session", "crate::chats", "crate::panel", "crate::users"]),
    ("core/src/panel.rs", &["crate::session", "crate::chats", "crate::calls", "crate::users"]),
    ("core/src/users.rs", &["crate::session", "crate::chats", "crate::calls", "crate::panel"]),
    (
        "core/src/board",
        &["crate::session", "crate::chats", "crate::calls", "crate::panel", "crate::users", "crate::state"],
    ),
    ("core/src/action.rs", SLICES),
    ("core/src/api", SLICES),
    ("core/src/effect.rs", SLICES),
    ("core/src/media.rs", SLICES),
    ("core/src/notice.rs", SLICES),
    ("core/src/questions.rs", SLICES),
    ("core/src/saved.rs", SLICES),
    ("core/src/step.rs", SLICES),
    ("core/src/timers.rs", SLICES),
    ("records/src", IMPURE),
    ("hub/src", IMPURE),
    ("store/src", &["bandyer_hub", "bandyer_turn", "bandyer_server", "tokio", "axum"]),
    ("turn/src", &["bandyer_protocol", "bandyer_records", "bandyer_hub", "bandyer_store", "bandyer_server"]),
    ("server/src/engine", &["axum", "tokio::net", "crate::auth", "crate::delivery", "crate::state"]),
    ("server/src/engine", HANDLERS),
    ("server/src/delivery", &["crate::auth", "crate::state", "crate::webhooks"]),
    ("server/src/delivery", HANDLERS),
    ("server/src/auth", &["crate::engine", "crate::delivery", "crate::state", "crate::webhooks"]),
    ("server/src/auth", HANDLERS),
    ("server/src/state.rs", HANDLERS),
    ("server/src/files", &["crate::engine", "crate::delivery", "crate::state", "crate::webhooks"]),
    ("server/src/files", HANDLERS),
    ("server/src/avatar_folder.rs", &["crate::state"]),
    ("server/src/avatar_folder.rs", HANDLERS),
    ("server/src/relay_rights.rs", &["crate::engine", "crate::delivery", "crate::state", "crate::webhooks"]),
    ("server/src/relay_rights.rs", HANDLERS),
    ("server/src/sockets", &["crate::engine", "crate::delivery", "crate::state", "crate::webhooks"]),
    ("server/src/sockets", HANDLERS),
    ("server/src/webhooks", &["axum", "crate::auth", "crate::delivery", "crate::state"]),
    ("server/src/webhooks", HANDLERS),
    ("server/src/links", &["crate::engine", "crate::delivery", "crate::state", "crate::webhooks"]),
    ("server/src/links", HANDLERS),
    ("server/src/refusal.rs", &["crate::engine", "crate::state", "bandyer_store"]),
    ("server/src/refusal.rs", HANDLERS),
    ("server/src/config", &["axum::extract", "crate::engine", "crate::state", "bandyer_store"]),
    ("server/src/config", HANDLERS),
    ("server/src/engine/queue.rs", OTHER_CLOCKS),
    ("server/src/auth", OTHER_CLOCKS),
    ("server/src/webhooks", OTHER_CLOCKS),
    ("server/src/ws", OTHER_CLOCKS),
    ("server/src/rest", OTHER_CLOCKS),
    ("server/src/uploads.rs", OTHER_CLOCKS),
    ("server/src/uploads/receive.rs", OTHER_CLOCKS),
    ("server/src/uploads/deliver.rs", OTHER_CLOCKS),
    ("server/src/pages/connect.rs", OTHER_CLOCKS),
    ("server/src/pages/demo.rs", OTHER_CLOCKS),
    ("server/src/ice.rs", OTHER_CLOCKS),
    ("server/src/farewell.rs", OTHER_CLOCKS),
    ("server/src/call_window.rs", OTHER_CLOCKS),
    ("server/src/handovers.rs", OTHER_CLOCKS),
    ("server/src/call_window.rs", OTHER_CLOCKS),
    ("server/src/handovers.rs", OTHER_CLOCKS),
    ("server/src/chores.rs", OTHER_CLOCKS),
    ("server/src/server.rs", OTHER_CLOCKS),
    ("server/src/ws", &["crate::rest", "crate::uploads", "crate::pages", "crate::webhooks", "crate::router"]),
    ("server/src/rest", &["crate::ws", "crate::uploads", "crate::pages", "crate::router", "crate::server"]),
    ("server/src/uploads", &["crate::ws", "crate::rest", "crate::pages", "crate::webhooks", "crate::router"]),
    (
        "server/src/pages",
        &["crate::ws", "crate::uploads", "crate::webhooks", "crate::router", "crate::server"],
    ),
    ("server/src/openapi", &["crate::state", "crate::ws", "crate::uploads", "crate::pages", "crate::router"]),
    ("server/src/ice.rs", &["crate::ws", "crate::rest", "crate::uploads", "crate::pages", "crate::router"]),
    ("server/src/farewell.rs", &["crate::ws", "crate::uploads", "crate::pages", "crate::router"]),
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
    ("src/board", THE_WIDGET),
    ("src/components/whiteboard", THE_WIDGET),
    ("src/desk", &["crate::api", "crate::services", "crate::components", "crate::board", "crate::store"]),
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

/// One clock is handed around, which tests turn.
const OTHER_CLOCKS: &[&str] = &["clock::now", "SystemTime"];

/// Whom nothing in the server knows but the router, which names them all, and the server, which starts it.
const HANDLERS: &[&str] = &[
    "crate::ws",
    "crate::rest",
    "crate::uploads",
    "crate::pages",
    "crate::ice",
    "crate::farewell",
    "crate::call_window",
    "crate::health",
    "crate::router",
    "crate::server",
];

/// Whom the ground files of core do not know: slices, and what knows them all.
const SLICES: &[&str] = &[
    "crate::session",
    "crate::chats",
    "crate::calls",
    "crate::panel",
    "crate::users",
    "crate::state",
    "crate::select",
    "crate::update",
];

/// What makes a decision depend on more than its arguments.
const IMPURE: &[&str] = &[
    "bandyer_store",
    "bandyer_turn",
    "bandyer_server",
    "tokio",
    "axum",
    "hyper",
    "rusqlite",
    "getrandom",
    "rand::",
    "uuid",
    "std::time",
    "SystemTime",
    "Instant",
    "std::fs",
    "std::net",
    "std::thread",
];

#[test]
fn every_room_keeps_to_its_neighbours() {
    let mut breaches = Vec::new();
    for (room, forbidden) in WALLS {
        for file in shipped(room) {
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
        assert!(!shipped(room).is_empty(), "nothing at {room}: has it moved?");
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

/// The files of a room that are no tests.
fn shipped(room: &str) -> Vec<PathBuf> {
    let files = sources(room);
    let tests: Vec<String> = files.iter().flat_map(|file| test_modules(file)).collect();
    let is_test = |file: &PathBuf| {
        let inside = file.strip_prefix(root()).unwrap().with_extension("");
        inside.components().any(|part| tests.iter().any(|name| part.as_os_str() == name.as_str()))
    };
    files.into_iter().filter(|file| !is_test(file)).collect()
}

/// Names of the files that this one takes in for tests only.
fn test_modules(file: &Path) -> Vec<String> {
    let text = fs::read_to_string(file).unwrap();
    let lines = text.lines().zip(text.lines().skip(1));
    let names = lines.filter(|(first, _)| *first == "#[cfg(test)]").filter_map(|(_, second)| {
        second.strip_prefix("mod ").and_then(|rest| rest.strip_suffix(';')).map(str::to_owned)
    });
    names.collect()
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// The files of a room: the file itself, or `room.rs` and everything below `room/`.
fn sources(room: &str) -> Vec<PathBuf> {
    let path = root().join(room);
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
    let code = text.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default();
    code.lines().map(|line| line.split("//").next().unwrap_or_default()).collect::<Vec<_>>().join("\n")
}
