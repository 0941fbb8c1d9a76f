//! `docs/protocol.md` names every message and every error code, and its examples are real frames.
#![expect(clippy::unwrap_used, reason = "a failing test may panic")]

use bandyer_protocol::{ClientEnvelope, PROTOCOL_VERSION, ServerEnvelope};
use std::path::{Path, PathBuf};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

fn document() -> String {
    std::fs::read_to_string(root().join("docs/protocol.md")).unwrap()
}

/// The names a golden file's message travels under, as the document writes them: `chat.typing`.
fn message_path(file: &Path) -> String {
    let frame: serde_json::Value = serde_json::from_str(&std::fs::read_to_string(file).unwrap()).unwrap();
    path(&frame["msg"])
}

fn path(message: &serde_json::Value) -> String {
    match message {
        serde_json::Value::String(name) => name.clone(),
        message => {
            let (name, inner) = message.as_object().unwrap().iter().next().unwrap();
            let group = ["session", "user", "chat", "call", "board"].contains(&name.as_str());
            if group { format!("{name}.{}", path(inner)) } else { name.clone() }
        }
    }
}

#[test]
fn every_message_is_described() {
    let text = document();
    for side in ["client", "server"] {
        let folder = root().join(format!("protocol/tests/golden/v{PROTOCOL_VERSION}")).join(side);
        for entry in std::fs::read_dir(folder).unwrap() {
            let name = message_path(&entry.unwrap().path());
            assert!(text.contains(&format!("`{name}`")), "{name} is missing in docs/protocol.md");
        }
    }
}

#[test]
fn every_error_code_is_described() {
    let text = document();
    let source = std::fs::read_to_string(root().join("protocol/src/error_code.rs")).unwrap();
    let (_, list) = source.split_once("error_codes! {\n").unwrap();
    let mut found = 0;
    for line in list.lines().filter(|line| line.contains(" = \"")) {
        let code = line.split('"').nth(1).unwrap();
        assert!(text.contains(&format!("`{code}`")), "{code} is missing in docs/protocol.md");
        found += 1;
    }
    assert!(found > 20, "only {found} codes were found");
}

#[test]
fn every_example_is_a_frame() {
    let text = document();
    let mut examples = 0;
    for block in text.split("```json\n").skip(1) {
        let frame = block.split("```").next().unwrap();
        let client = serde_json::from_str::<ClientEnvelope>(frame).is_ok();
        let server = serde_json::from_str::<ServerEnvelope>(frame).is_ok();
        assert!(client != server, "{frame}");
        examples += 1;
    }
    assert_eq!(examples, 4);
}
