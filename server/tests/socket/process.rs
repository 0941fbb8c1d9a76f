//! The binary itself, as a process that can be killed.

use crate::world::TOKEN_SECRET;
use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Command, Stdio};

pub struct Process {
    child: Child,
    pub address: SocketAddr,
}

pub fn binary() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_bandyer-server"));
    for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("BANDYER_")) {
        command.env_remove(name);
    }
    command
}

impl Process {
    /// Starts the server and waits until it listens.
    pub fn start(data: &Path) -> Self {
        Self::start_listening(data).0
    }

    /// The same, and what it logged until then.
    pub fn start_listening(data: &Path) -> (Self, Vec<String>) {
        let mut child = binary()
            .args(["--listen", "127.0.0.1:0", "--log-format", "json"])
            .args(["--messages-per-second", "100000", "--message-burst", "100000"])
            .arg("--data")
            .arg(data)
            .env("BANDYER_TOKEN_SECRET", TOKEN_SECRET)
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
        let mut said = Vec::new();
        let address = lines
            .find_map(|line| {
                said.push(line.unwrap());
                let line: serde_json::Value = serde_json::from_str(said.last().unwrap()).unwrap();
                let listens = line["fields"]["message"] == "listening";
                line["fields"]["address"].as_str().filter(|_| listens).map(|address| address.parse().unwrap())
            })
            .expect("the server ended before it listened");
        // Whatever else it logs must not fill the pipe.
        std::thread::spawn(move || lines.for_each(drop));
        (Self { child, address }, said)
    }

    /// SIGKILL: no goodbye, no flush.
    pub fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn help_explains_every_option_with_its_true_default() {
    let help = binary().arg("--help").output().unwrap();
    let help = String::from_utf8(help.stdout).unwrap();
    let shown = binary().arg("--print-config").output().unwrap();
    let shown: toml::Table = String::from_utf8(shown.stdout).unwrap().parse().unwrap();
    assert!(shown.len() > 20);
    for (name, value) in shown {
        let flag = format!("--{}", name.replace('_', "-"));
        let env = format!("[env: BANDYER_{}", name.to_uppercase());
        assert!(help.contains(&flag) && help.contains(&env), "{name}");
        let value = match value {
            toml::Value::Array(_) => continue,
            toml::Value::String(text) => text,
            other => other.to_string(),
        };
        let about = help.split(&format!("{flag} ")).nth(1).or_else(|| help.split(&flag).nth(1)).unwrap();
        assert!(
            about.trim_start().split("[env:").next().unwrap().contains(&format!("[default: {value}]")),
            "{name} {value}"
        );
    }
}

#[test]
fn a_flag_beats_the_environment_beats_the_file_beats_the_default() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("server.toml");
    let text = "message_chars = 1\npage_size = 1\nmessage_burst = 1\norigins = [\"https://a.example\"]\n\
                api_key = \"file-key-file-key\"\n";
    std::fs::write(&file, text).unwrap();
    let output = binary()
        .env("BANDYER_CONFIG", &file)
        .env("BANDYER_PAGE_SIZE", "2")
        .env("BANDYER_MESSAGE_BURST", "2")
        .env("BANDYER_TOKEN_SECRET", "environment-secret-environment-secret")
        .args(["--message-burst", "3", "--print-config"])
        .output()
        .unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    let shown: toml::Table = text.parse().unwrap();
    let number = |name: &str| shown[name].as_integer().unwrap();
    assert_eq!([number("message_chars"), number("page_size"), number("message_burst")], [1, 2, 3]);
    assert_eq!(number("message_burst"), 3);
    assert_eq!(shown["origins"].as_array().unwrap().len(), 1);
    assert!(!text.contains("file-key") && !text.contains("environment-secret"), "{text}");
}

#[test]
fn bad_settings_are_named_and_end_the_start() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("server.toml");
    std::fs::write(&file, "mesage_chars = 1\n").unwrap();
    let file = file.to_str().unwrap();
    for (arguments, word) in [
        (vec!["--config", file], "mesage_chars"),
        (vec!["--config", "/nowhere.toml"], "/nowhere.toml"),
        (vec!["--token-secret", "short"], "32 bytes"),
        (vec!["--api-key", "short"], "16 bytes"),
        (vec!["--page-size", "0"], "page_size"),
        (vec!["--origins", "shop.example"], "shop.example"),
    ] {
        let output = binary().args(&arguments).arg("--print-config").output().unwrap();
        assert!(!output.status.success(), "{arguments:?}");
        let said = String::from_utf8(output.stderr).unwrap();
        assert!(said.contains(word), "{arguments:?}: {said}");
    }
}

#[test]
fn one_folder_has_one_server_at_a_time() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().to_str().unwrap();
    let mut first = Process::start(folder.path());
    let second =
        binary().args(["--listen", "127.0.0.1:0", "--turn", "off", "--data", data]).output().unwrap();
    assert!(!second.status.success());
    let said = String::from_utf8(second.stderr).unwrap();
    assert!(said.contains(data) && said.contains("another server"), "{said}");
    // Looking after the one that runs goes on.
    let listen = first.address.to_string();
    let arguments = ["--listen", &listen, "--turn", "off", "--data", data, "doctor"];
    let report = String::from_utf8(binary().args(arguments).output().unwrap().stdout).unwrap();
    assert!(report.contains("can be written to"), "{report}");
    first.kill();
    // However it ended, the folder is free again.
    Process::start(folder.path());
}

#[test]
fn a_folder_that_lost_its_database_is_not_taken_in_silence() {
    let folder = tempfile::tempdir().unwrap();
    Process::start(folder.path()).kill();
    for name in ["chat.db", "chat.db-wal", "chat.db-shm"] {
        let _ = std::fs::remove_file(folder.path().join(name));
    }
    let (_, said) = Process::start_listening(folder.path());
    assert!(said.iter().any(|line| line.contains("its database is not")), "{said:?}");
}
