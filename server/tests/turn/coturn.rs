//! Debian's coturn on either side: its client against our server, its server against our credentials.

use crate::house::{House, SECRET, SOON, minted, minted_at};
use crate::ports::free_port;
use bandyer_protocol::Timestamp;
use bandyer_server::clock;
use bandyer_turn::probe::{Arrived, Failed, Probe};
use futures_util::future::join_all;
use std::net::SocketAddr;
use std::process::{Child, Command, Output, Stdio};
use std::time::Duration;

const NEEDED: &str = "Debian's package coturn is needed: `cargo xtask tools`, or apt-get install coturn";

/// Ends with the test.
pub struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn quietly(command: &mut Command) -> Running {
    Running(command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect(NEEDED))
}

/// coturn's client, with credentials of ours.
async fn uclient(house: &House, name: &str, password: &str, arguments: &[&str]) -> Output {
    let mut command = Command::new("turnutils_uclient");
    command.args(["-u", name, "-w", password, "-p", &house.address().port().to_string()]);
    command.args(arguments).arg("127.0.0.1").stdin(Stdio::null());
    let running = tokio::task::spawn_blocking(move || command.output().expect(NEEDED));
    tokio::time::timeout(Duration::from_secs(40), running).await.expect("turnutils_uclient hangs").unwrap()
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr)
}

/// How many messages came back, of how many.
fn returned(output: &Output) -> (u32, u32) {
    let said = said(output);
    let number = |name: &str| {
        let line = said.lines().rfind(|line| line.contains(name)).unwrap_or_else(|| panic!("{said}"));
        let rest = line.rsplit(name).next().unwrap();
        let digits: String =
            rest.chars().skip_while(|c| !c.is_ascii_digit()).take_while(char::is_ascii_digit).collect();
        digits.parse().unwrap_or_else(|_| panic!("{said}"))
    };
    (number("tot_recv_msgs"), number("tot_send_msgs"))
}

#[tokio::test]
async fn coturns_client_talks_to_itself_through_two_relays_of_ours() {
    let house = House::start(|config| config.turn_quota = 50);
    let (name, password) = minted("anna");
    let ways =
        [&["-y", "-c", "-n", "10"][..], &["-y", "-c", "-n", "10", "-t"], &["-y", "-c", "-s", "-n", "10"]];
    let running = ways.map(|way| uclient(&house, &name, &password, way));
    for (way, output) in ways.iter().zip(join_all(running).await) {
        let (back, sent) = returned(&output);
        assert!(sent >= 10 && back == sent, "{way:?}: {}", said(&output));
    }
}

#[tokio::test]
async fn coturns_client_reaches_a_peer_through_ours() {
    let house = House::start(|config| {
        config.turn_quota = 50;
        config.turn_allow_peer = vec!["127.0.0.0/8".parse().unwrap()];
    });
    let port = free_port().to_string();
    let _peer = quietly(Command::new("turnutils_peer").args(["-L", "127.0.0.1", "-p", &port]));
    let (name, password) = minted("anna");
    let common = ["-e", "127.0.0.1", "-r", &port, "-n", "10", "-m", "2"];
    let ways = [
        &["-c"][..],
        &["-c", "-t"],
        &["-c", "-s"],
        &["-c", "-g"],
        &["-c", "-G"],
        &["-c", "-l", "1203", "-t"],
    ]
    .map(|way| [&common, way].concat());
    let running = ways.iter().map(|way| uclient(&house, &name, &password, way));
    for (way, output) in ways.iter().zip(join_all(running).await) {
        let (back, sent) = returned(&output);
        assert!(sent == 20 && back == sent, "{way:?}: {}", said(&output));
    }
}

#[tokio::test]
async fn coturns_client_gets_nowhere_with_wrong_credentials_or_to_forbidden_peers() {
    let house = House::start(|_| {});
    let (name, password) = minted("anna");
    let (old, of_old) = minted_at("anna", Timestamp(clock::now().0 - 601_000));
    for (name, password, expected) in [
        (&name, "d3Jvbmc=", "Cannot complete Allocation"),
        (&old, &of_old, "Cannot complete Allocation"),
        (&name, &password, "403 (Forbidden)"),
    ] {
        let output = uclient(&house, name, password, &["-e", "127.0.0.1", "-r", "9", "-c", "-n", "1"]).await;
        assert!(said(&output).contains(expected), "{expected}: {}", said(&output));
    }
}

/// A coturn that lets through too much: also to this machine.
pub async fn coturn(folder: &tempfile::TempDir) -> (Running, SocketAddr) {
    let secret = format!("--static-auth-secret={SECRET}");
    launch(
        folder,
        &["-n", "--realm", "turn.example.com", "--use-auth-secret", &secret, "--allow-loopback-peers"],
    )
    .await
}

/// A coturn on the loopback address.
async fn launch(folder: &tempfile::TempDir, arguments: &[&str]) -> (Running, SocketAddr) {
    let port = free_port();
    let path = |name: &str| folder.path().join(name).display().to_string();
    let mut command = Command::new("turnserver");
    command.args(arguments).args(["-L", "127.0.0.1", "-E", "127.0.0.1", "-p", &port.to_string()]);
    command.args([
        "--no-tls",
        "--no-dtls",
        "--no-cli",
        "--cli-password=x",
        "--simple-log",
        "--log-file",
        &path("log"),
    ]);
    command.args(["--pidfile", &path("pid"), "--userdb", &path("db")]);
    let running = quietly(&mut command);
    let address = SocketAddr::from(([127, 0, 0, 1], port));
    for _ in 0..100 {
        let mut probe = Probe::over_udp(address, "", "").await.unwrap();
        if tokio::time::timeout(Duration::from_millis(200), probe.binding())
            .await
            .is_ok_and(|answer| answer.is_ok())
        {
            return (running, address);
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    drop(running);
    panic!("coturn does not start: {}", std::fs::read_to_string(path("log")).unwrap_or_default());
}

#[tokio::test]
async fn our_credentials_open_a_coturn_with_the_same_secret() {
    let folder = tempfile::tempdir().unwrap();
    let (_running, address) = coturn(&folder).await;
    let (anna_name, anna_password) = minted("anna");
    let (bob_name, bob_password) = minted("bob");
    let mut anna = Probe::over_udp(address, &anna_name, &anna_password).await.unwrap();
    let mut bob = Probe::over_tcp(address, &bob_name, &bob_password).await.unwrap();
    let (a, b) = (anna.allocate().await.unwrap(), bob.allocate().await.unwrap());
    anna.bind_channel(0x4000, b).await.unwrap();
    bob.permit(a).await.unwrap();
    anna.send_on(0x4000, b"hello").await.unwrap();
    assert_eq!(bob.arrived(SOON).await.unwrap(), Arrived::From { peer: a, data: b"hello".to_vec() });

    let (old, of_old) = minted_at("anna", Timestamp(clock::now().0 - 601_000));
    for (name, password) in [(&anna_name, "d3Jvbmc="), (&old, &of_old)] {
        let mut stranger = Probe::over_udp(address, name, password).await.unwrap();
        assert_eq!(stranger.allocate().await, Err(Failed::Refused(401)), "{name}");
    }
}

/// The configuration of coturn in the operator's guide, with paths and ports of this test.
fn guide() -> String {
    let guide = include_str!("../../../docs/operations.md");
    let block = guide.split("```ini").find(|block| block.contains("use-auth-secret")).unwrap();
    let block = block.split("```").next().unwrap();
    let kept =
        |line: &&str| !["cert=", "pkey=", "tls-", "listening-"].iter().any(|start| line.starts_with(start));
    let lines = block.lines().filter(kept).map(|line| match line.strip_prefix("static-auth-secret=") {
        Some(_) => format!("static-auth-secret={SECRET}"),
        None => line.to_owned(),
    });
    lines.collect::<Vec<_>>().join("\n") + "\n"
}

#[tokio::test]
async fn the_coturn_of_the_guide_refuses_what_is_inside_and_nothing_else() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("turnserver.conf");
    std::fs::write(&file, guide()).unwrap();
    let (_running, address) = launch(&folder, &["-c", file.to_str().unwrap()]).await;
    let (name, password) = minted("anna");
    let mut anna = Probe::over_udp(address, &name, &password).await.unwrap();
    anna.allocate().await.unwrap();
    for peer in
        ["127.0.0.1:9", "10.0.0.1:9", "169.254.169.254:80", "192.168.1.1:9", "100.64.0.1:9", "172.20.0.1:9"]
    {
        assert_eq!(anna.permit(peer.parse().unwrap()).await, Err(Failed::Refused(403)), "{peer}");
    }
    for peer in ["8.8.8.8:9", "1.1.1.1:9", "203.0.114.1:9", "172.32.0.1:9"] {
        assert_eq!(anna.permit(peer.parse().unwrap()).await, Ok(()), "{peer}");
    }
}
