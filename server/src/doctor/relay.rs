//! The TURN server that widgets are told of: does it answer, relay, and refuse what it must?

use super::report::Report;
use super::site::{here, is_local};
use crate::clock;
use crate::config::Config;
use crate::config::turn::{Wanted, wanted};
use crate::relay_rights::DOCTOR;
use bandyer_hub::ice::IceSettings;
use bandyer_protocol::UserAlias;
use bandyer_protocol::secret::Secret;
use bandyer_turn::addresses::is_public;
use bandyer_turn::probe::{Failed, Probe};
use std::net::SocketAddr;
use std::time::Duration;
use tokio::net::lookup_host;

const TURN: &str = "TURN";
const SOON: Duration = Duration::from_secs(3);

/// Nothing a relay may reach: this machine, its neighbours, the metadata of clouds.
const FORBIDDEN: [&str; 6] =
    ["127.0.0.1:9", "0.0.0.0:9", "10.0.0.1:9", "169.254.169.254:80", "192.168.1.1:9", "100.64.0.1:9"];

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    Udp,
    Tcp,
}

impl Way {
    fn as_str(self) -> &'static str {
        match self {
            Way::Udp => "UDP",
            Way::Tcp => "TCP",
        }
    }
}

/// One way to a TURN server.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Target {
    address: SocketAddr,
    way: Way,
}

pub async fn examine(config: &Config, report: &mut Report) {
    let embedded = match wanted(config) {
        Ok(Wanted::Off) => Vec::new(),
        Ok(Wanted::ByDefault(addresses) | Wanted::Explicit(addresses)) => addresses,
        Err(error) => return report.fail(TURN, error.to_string(), "Correct the setting `turn`."),
    };
    settings(config, &embedded, report);
    let targets = if embedded.is_empty() { told(config, report).await } else { both(&embedded) };
    if targets.is_empty() {
        return if config.turn_url.is_empty() {
            report.warn(TURN, "is off", "Calls across NAT will not connect: set `turn` or `turn_url`.");
        };
    }
    let Some(ice) = credentials(config, report) else { return };
    let mut working = Vec::new();
    for target in &targets {
        if answers(target, &ice, report).await {
            working.push(target);
        }
    }
    if let Some(first) = working.first() {
        relays(first, &ice, report).await;
        refuses(config, first, &ice, report).await;
    }
}

/// What can be told without asking anybody.
fn settings(config: &Config, embedded: &[SocketAddr], report: &mut Report) {
    let far = config.public_url.as_deref().is_some_and(|url| !is_local(url));
    if far && !embedded.is_empty() && embedded.iter().all(|address| address.ip().is_loopback()) {
        report.fail(
            TURN,
            "listens on the loopback address only, and browsers are elsewhere",
            "Set turn = [\"0.0.0.0:3478\"], and open UDP and TCP 3478 and the UDP ports of relays in the firewall.",
        );
    }
    if !embedded.is_empty() && config.turn_ports.count() < config.turn_allocations {
        report.warn(
            TURN,
            format!("{} ports for {} allocations", config.turn_ports.count(), config.turn_allocations),
            "Widen turn_ports, or lower turn_allocations.",
        );
    }
}

fn both(addresses: &[SocketAddr]) -> Vec<Target> {
    let ways = |address: &SocketAddr| [Way::Udp, Way::Tcp].map(|way| Target { address: here(*address), way });
    addresses.iter().flat_map(ways).collect()
}

/// Where the addresses lead that widgets are told.
async fn told(config: &Config, report: &mut Report) -> Vec<Target> {
    let mut targets = Vec::new();
    for url in &config.turn_url {
        let Some((authority, way)) = parts(url) else {
            report.warn(
                TURN,
                format!("{url} is not tried: doctor speaks no TLS to TURN"),
                "Try it with a browser.",
            );
            continue;
        };
        let authority = authority.replace("{host}", "localhost");
        match lookup_host(&authority).await.ok().and_then(|mut found| found.next()) {
            Some(address) => targets.push(Target { address, way }),
            None => {
                report.fail(TURN, format!("{url}: the name has no address"), "Correct turn_url, or the DNS.")
            }
        }
    }
    targets
}

/// Host with port, and transport, of a `turn:` address.
fn parts(url: &str) -> Option<(String, Way)> {
    let rest = url.strip_prefix("turn:")?;
    let (authority, query) = rest.split_once('?').unwrap_or((rest, ""));
    let way = if query == "transport=tcp" { Way::Tcp } else { Way::Udp };
    let has_port = authority.rsplit_once(':').is_some_and(|(_, port)| port.parse::<u16>().is_ok());
    Some((if has_port { authority.to_owned() } else { format!("{authority}:3478") }, way))
}

fn credentials(config: &Config, report: &mut Report) -> Option<(String, String)> {
    let secret = match &config.turn_secret {
        Some(secret) => Some(secret.0.clone()),
        None => {
            std::fs::read_to_string(config.data.join("turn-secret")).ok().map(|text| text.trim().to_owned())
        }
    };
    let Some(secret) = secret else {
        report.fail(
            TURN,
            "is not tried: its secret cannot be read",
            "Start the server once, or run doctor as its user.",
        );
        return None;
    };
    let ice = IceSettings {
        turn: vec!["turn:doctor".to_owned()],
        secret: Some(Secret(secret)),
        ttl_s: 60,
        ..IceSettings::default()
    };
    let user = UserAlias::parse("doctor").ok()?;
    let server = ice.servers(&user, DOCTOR, clock::now()).pop()?;
    Some((server.username?, server.credential?.0))
}

async fn open(target: &Target, (name, password): &(String, String)) -> Result<Probe, Failed> {
    match target.way {
        Way::Udp => Probe::over_udp(target.address, name, password).await,
        Way::Tcp => Probe::over_tcp(target.address, name, password).await,
    }
}

/// A binding, and an allocation with credentials as widgets get them.
async fn answers(target: &Target, ice: &(String, String), report: &mut Report) -> bool {
    let (address, way) = (target.address, target.way.as_str());
    let tried = async {
        let mut probe = open(target, ice).await?;
        probe.binding().await?;
        let relay = probe.allocate().await?;
        // Gives it back; a server that does not take it back gives it up by itself.
        let _ = probe.refresh(0).await;
        Ok(relay)
    };
    match tried.await {
        Ok(relay) => {
            report.ok(
                TURN,
                format!("{address} over {way} answers, takes our credentials and gives the relay {relay}"),
            );
            if !relay.ip().is_loopback() && !is_public(relay.ip()) {
                report.warn(
                    TURN,
                    format!("the relay {relay} is an address of a private network"),
                    "Where users are outside that network, set turn_external_ip to the public address.",
                );
            }
            true
        }
        Err(Failed::Refused(401)) => {
            report.fail(
                TURN,
                format!("{address} over {way} does not know our credentials"),
                "turn_secret must be what that server has (coturn: static-auth-secret), and the clocks must agree.",
            );
            false
        }
        Err(failed) => {
            report.fail(
                TURN,
                format!("{address} over {way}: {failed}"),
                "Is it running? Is the port taken by another program, or closed by the firewall? See the server's log.",
            );
            false
        }
    }
}

/// A datagram from one allocation to another.
async fn relays(target: &Target, ice: &(String, String), report: &mut Report) {
    let tried = async {
        let (mut here, mut there) = (open(target, ice).await?, open(target, ice).await?);
        let (a, b) = (here.allocate().await?, there.allocate().await?);
        here.permit(b).await?;
        there.permit(a).await?;
        here.send(b, b"is anybody there?").await?;
        let arrived = there.arrived(SOON).await.map(drop);
        let _ = (here.refresh(0).await, there.refresh(0).await);
        arrived
    };
    match tried.await {
        Ok(()) => report.ok(TURN, "relays a packet between two allocations"),
        Err(failed) => report.fail(
            TURN,
            format!("does not relay a packet between two allocations: {failed}"),
            "The ports of relays have to be open, also from this machine to itself (coturn: also its denied-peer-ip).",
        ),
    }
}

/// Peers that nobody may reach through us.
async fn refuses(config: &Config, target: &Target, ice: &(String, String), report: &mut Report) {
    let peers = FORBIDDEN.iter().filter_map(|text| text.parse::<SocketAddr>().ok());
    let opened =
        |peer: &SocketAddr| config.turn_allow_peer.iter().any(|network| network.contains(&peer.ip()));
    let tried = async {
        let mut probe = open(target, ice).await?;
        probe.allocate().await?;
        let mut granted = Vec::new();
        for peer in peers.filter(|peer| !opened(peer)) {
            match probe.permit(peer).await {
                Ok(()) => granted.push(peer.ip().to_string()),
                Err(Failed::Refused(_)) => {}
                Err(other) => return Err(other),
            }
        }
        let _ = probe.refresh(0).await;
        Ok(granted)
    };
    match tried.await {
        Ok(granted) if granted.is_empty() => report.ok(TURN, "refuses peers inside, as it must"),
        Ok(granted) => report.fail(
            TURN,
            format!("grants permissions towards {}", granted.join(", ")),
            "Users could reach your network through it: give coturn the denied-peer-ip lines of docs/operations.md.",
        ),
        Err(failed) => report.fail(TURN, format!("what it refuses cannot be told: {failed}"), "See the lines above."),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_of_turn_servers_are_understood() {
        assert_eq!(parts("turn:t.example"), Some(("t.example:3478".to_owned(), Way::Udp)));
        assert_eq!(parts("turn:t.example:80?transport=tcp"), Some(("t.example:80".to_owned(), Way::Tcp)));
        assert_eq!(parts("turn:[2a00::1]:80?transport=udp"), Some(("[2a00::1]:80".to_owned(), Way::Udp)));
        assert_eq!(parts("turn:[2a00::1]"), Some(("[2a00::1]:3478".to_owned(), Way::Udp)));
        assert_eq!(parts("turns:t.example"), None);
    }
}
