//! `bandyer-server doctor` beside a server that runs, one that does not, and one that is open to too much.

use crate::coturn::coturn;
use crate::house::SECRET;
use crate::ports::free_port;
use std::io::{BufRead, BufReader};
use std::net::Ipv4Addr;
use std::path::Path;
use std::process::{Child, Command, Stdio};

struct Process(Child);

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn binary(arguments: &[&str], data: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_bandyer-server"));
    for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("BANDYER_")) {
        command.env_remove(name);
    }
    command.args(arguments).arg("--data").arg(data);
    command
}

/// Until it listens.
fn start(arguments: &[&str], data: &Path) -> Process {
    let mut child = binary(arguments, data).stderr(Stdio::piped()).spawn().unwrap();
    let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
    assert!(lines.any(|line| line.unwrap().contains("listening")), "the server ended");
    std::thread::spawn(move || lines.for_each(drop));
    Process(child)
}

/// Whether it is content, and what it says.
fn doctor(arguments: &[&str], data: &Path) -> (bool, String) {
    let output = binary(arguments, data).arg("doctor").output().unwrap();
    (output.status.success(), String::from_utf8(output.stdout).unwrap())
}

fn free() -> String {
    format!("127.0.0.1:{}", free_port())
}

fn lines<'a>(said: &'a str, verdict: &str) -> Vec<&'a str> {
    said.lines().filter(|line| line.split_whitespace().next() == Some(verdict)).collect()
}

#[test]
fn it_finds_a_running_server_well_and_a_stopped_one_not() {
    let folder = tempfile::tempdir().unwrap();
    let (listen, turn) = (free(), free());
    let settings = ["--listen", &listen, "--turn", &turn];
    let running = start(&settings, folder.path());
    let (content, said) = doctor(&settings, folder.path());
    assert!(content && lines(&said, "fail").is_empty(), "{said}");
    for line in [
        format!("server: answers at {listen}, and its database commits"),
        format!("TURN: {turn} over UDP answers"),
        format!("TURN: {turn} over TCP answers"),
        "TURN: relays a packet between two allocations".to_owned(),
        "TURN: refuses peers inside".to_owned(),
    ] {
        assert!(lines(&said, "ok").iter().any(|ok| ok.contains(&line)), "{line}: {said}");
    }
    let secret = std::fs::read_to_string(folder.path().join("turn-secret")).unwrap();
    assert!(!said.contains(secret.trim()));

    let wrong = [&settings[..], &["--turn-secret", "another-secret-than-that"]].concat();
    let (content, said) = doctor(&wrong, folder.path());
    assert!(!content && said.contains("does not know our credentials"), "{said}");

    drop(running);
    let (content, said) = doctor(&settings, folder.path());
    let failures = lines(&said, "fail");
    assert!(!content && failures.len() == 3, "{said}");
    assert!(failures[0].contains(&format!("does not answer at {listen}")), "{said}");
    assert!(failures[1].contains(&format!("{turn} over UDP")), "{said}");
}

#[tokio::test]
async fn it_says_when_a_coturn_leads_inside() {
    let folder = tempfile::tempdir().unwrap();
    let (_running, address) = coturn(&folder).await;
    let url = format!("turn:{address}?transport=udp");
    let listen = free();
    let settings = ["--listen", &listen, "--turn-url", &url, "--turn-secret", SECRET];
    let (content, said) = doctor(&settings, folder.path());
    assert!(!content, "{said}");
    assert!(
        lines(&said, "ok").iter().any(|line| line.contains(&format!("{address} over UDP answers"))),
        "{said}"
    );
    let open = lines(&said, "fail").into_iter().find(|line| line.contains("grants permissions towards"));
    assert!(
        open.is_some_and(|line| line.contains("127.0.0.1") && line.contains("169.254.169.254")),
        "{said}"
    );
}

#[test]
fn a_bad_setting_ends_the_start_and_the_doctor() {
    let folder = tempfile::tempdir().unwrap();
    for (arguments, word) in [
        (["--turn", "everywhere"], "everywhere"),
        (["--turn-allow-peer", "10.0.0.0/33"], "10.0.0.0/33"),
        (["--turn-deny-peer", "10.0.0"], "10.0.0"),
        (["--turn-ports", "9-1"], "9-1"),
        (["--turn-quota", "0"], "turn_quota"),
        (["--turn-ttl-s", "5"], "turn_ttl_s"),
        (["--turn-url", "http://turn.example.com"], "http://turn.example.com"),
        (["--turn-url", "turn:turn.example.com"], "turn_secret"),
        (["--turn-secret", "short"], "16 bytes"),
        (["--stun-url", "turn:a"], "stun_url"),
    ] {
        for task in [&[][..], &["doctor"]] {
            let output = binary(&arguments, folder.path()).args(task).output().unwrap();
            let said = String::from_utf8(output.stderr).unwrap();
            assert!(!output.status.success() && said.contains(word), "{arguments:?}: {said}");
        }
    }
}

#[test]
fn a_taken_default_port_is_told_and_the_server_goes_on() {
    // An address of this test's own: the port is a fixed one.
    let host = Ipv4Addr::from_bits(0x7f4d_0000 | std::process::id() & 0xffff).to_string();
    let taken = std::net::UdpSocket::bind(format!("{host}:3478")).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let port = free().rsplit_once(':').unwrap().1.to_owned();
    let listen = format!("{host}:{port}");
    let mut child = binary(&["--listen", &listen], folder.path()).stderr(Stdio::piped()).spawn().unwrap();
    let mut lines = BufReader::new(child.stderr.take().unwrap()).lines().map(Result::unwrap);
    let running = Process(child);
    let said: Vec<String> = lines.by_ref().take_while(|line| !line.contains("listening")).collect();
    assert!(
        said.iter().any(|line| line.contains("no TURN") && line.contains(&format!("{host}:3478"))),
        "{said:?}"
    );
    let (content, said) = doctor(&["--listen", &listen], folder.path());
    assert!(!content && said.contains(&format!("fail  TURN: {host}:3478 over UDP")), "{said}");
    drop((running, taken));
}
