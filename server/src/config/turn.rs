//! What the settings mean for the embedded server: where it listens, what it gives out, what widgets are told.

use super::Config;
use crate::error::StartError;
use crate::secrets::{SecretKind, read_or_generate};
use bandyer_hub::ice::IceSettings;
use bandyer_protocol::secret::Secret;
use bandyer_turn::{Admission, PeerPolicy, TimeOfDay, TurnSettings};
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};

/// Registered for STUN and TURN.
pub const PORT: u16 = 3478;

/// Where the embedded server is to listen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Wanted {
    Off,
    /// Nobody said anything: it may fail.
    ByDefault(Vec<SocketAddr>),
    Explicit(Vec<SocketAddr>),
}

/// # Errors
/// When something in `turn` is no address.
pub fn wanted(config: &Config) -> Result<Wanted, StartError> {
    match &config.turn {
        None if !config.turn_url.is_empty() => Ok(Wanted::Off),
        None => {
            // A server on any free port is one of many: so is its TURN.
            let port = if config.listen.port() == 0 { 0 } else { PORT };
            Ok(Wanted::ByDefault(both_families(vec![SocketAddr::new(config.listen.ip(), port)])))
        }
        Some(list) if list.iter().any(|word| word == "off") => match &list[..] {
            [_] => Ok(Wanted::Off),
            _ => Err(StartError::Config("turn: `off` stands alone".to_owned())),
        },
        Some(list) => {
            let parse = |text: &String| {
                text.parse().map_err(|_| {
                    StartError::Config(format!(
                        "turn: {text} is neither off nor an address like 0.0.0.0:{PORT}"
                    ))
                })
            };
            list.iter().map(parse).collect::<Result<_, _>>().map(both_families).map(Wanted::Explicit)
        }
    }
}

/// "Everywhere" in IPv6 means IPv4 too, as people are used to. The sockets are two: IPv4 addresses in disguise would be
/// told to clients otherwise.
fn both_families(mut listen: Vec<SocketAddr>) -> Vec<SocketAddr> {
    let everywhere: Vec<u16> =
        listen.iter().filter(|address| address.ip() == Ipv6Addr::UNSPECIFIED).map(SocketAddr::port).collect();
    for port in everywhere {
        let ipv4 = SocketAddr::from((Ipv4Addr::UNSPECIFIED, port));
        if !listen.contains(&ipv4) {
            listen.push(ipv4);
        }
    }
    listen
}

/// Finds what contradicts itself, before anything is started.
///
/// # Errors
/// Names the setting.
pub fn check(config: &Config) -> Result<(), StartError> {
    let wrong = |cause: String| Err(StartError::Config(cause));
    let wanted = wanted(config)?;
    for (name, value) in [
        ("turn_quota", config.turn_quota),
        ("turn_allocations", config.turn_allocations),
        ("turn_bandwidth", config.turn_bandwidth),
        ("turn_lifetime_s", config.turn_lifetime_s),
    ] {
        if value == 0 {
            return wrong(format!("{name} must not be 0"));
        }
    }
    if !(60..=86_400).contains(&config.turn_ttl_s) {
        return wrong("turn_ttl_s must be 60 to 86400".to_owned());
    }
    if config.turn_secret.as_ref().is_some_and(|secret| secret.0.len() < 16) {
        return wrong("turn_secret must have at least 16 bytes".to_owned());
    }
    if let Some(url) = config.turn_url.iter().find(|url| !has_scheme(url, &["turn:", "turns:"])) {
        return wrong(format!("turn_url: {url} is not like turn:turn.example.com:{PORT}?transport=udp"));
    }
    if let Some(url) = config.stun_url.iter().find(|url| !has_scheme(url, &["stun:", "stuns:"])) {
        return wrong(format!("stun_url: {url} is not like stun:stun.example.com:{PORT}"));
    }
    if !config.turn_url.is_empty() && config.turn_secret.is_none() && wanted == Wanted::Off {
        return wrong("turn_url needs turn_secret, the static-auth-secret of that server".to_owned());
    }
    Ok(())
}

fn has_scheme(url: &str, schemes: &[&str]) -> bool {
    schemes.iter().any(|scheme| url.strip_prefix(scheme).is_some_and(|host| !host.is_empty()))
}

/// What the embedded server needs to know of it.
pub fn settings(
    config: &Config,
    listen: Vec<SocketAddr>,
    secret: &Secret,
    admission: Admission,
    time: TimeOfDay,
) -> TurnSettings {
    TurnSettings {
        listen,
        external: config.turn_external_ip.clone(),
        ports: config.turn_ports,
        per_user: config.turn_quota,
        total: config.turn_allocations,
        bandwidth: config.turn_bandwidth,
        lifetime_s: config.turn_lifetime_s,
        policy: PeerPolicy {
            allow: config.turn_allow_peer.clone(),
            deny: config.turn_deny_peer.clone(),
            own: Vec::new(),
        },
        secret: secret.0.clone(),
        admission,
        time,
    }
}

/// The secret shared with the TURN server, be it embedded or not.
///
/// # Errors
/// When it has to be generated and cannot be.
pub fn secret(config: &Config) -> Result<Secret, StartError> {
    match &config.turn_secret {
        Some(secret) => Ok(secret.clone()),
        None => read_or_generate(&config.data, SecretKind::Turn).map(Secret),
    }
}

/// What widgets are told. `embedded` are the addresses it listens on; none when it does not run.
pub fn ice(config: &Config, secret: Secret, embedded: &[SocketAddr]) -> IceSettings {
    let own: Vec<String> = embedded.iter().map(|address| authority(config, *address)).collect();
    let stun = || own.iter().map(|own| format!("stun:{own}")).collect();
    let turn = || {
        let ways = |own: &String| ["udp", "tcp"].map(|way| format!("turn:{own}?transport={way}"));
        own.iter().flat_map(ways).collect()
    };
    IceSettings {
        stun: if config.stun_url.is_empty() { stun() } else { config.stun_url.clone() },
        turn: if config.turn_url.is_empty() { turn() } else { config.turn_url.clone() },
        secret: Some(secret),
        ttl_s: config.turn_ttl_s,
    }
}

/// The host is the one under which the widget reached us, unless we know better.
fn authority(config: &Config, address: SocketAddr) -> String {
    let external = config.turn_external_ip.iter().find(|ip| ip.is_ipv4() == address.is_ipv4());
    match external {
        Some(ip) => SocketAddr::new(*ip, address.port()).to_string(),
        None => format!("{{host}}:{}", address.port()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(change: impl FnOnce(&mut Config)) -> Config {
        let mut config = Config::default();
        change(&mut config);
        config
    }

    fn addresses(list: &[&str]) -> Vec<SocketAddr> {
        list.iter().map(|text| text.parse().unwrap()).collect()
    }

    #[test]
    fn it_listens_beside_the_server_unless_told_otherwise() {
        let word = |words: &[&str]| {
            let words = words.iter().map(|word| (*word).to_owned()).collect();
            wanted(&with(|config| config.turn = Some(words)))
        };
        assert_eq!(wanted(&Config::default()).unwrap(), Wanted::ByDefault(addresses(&["127.0.0.1:3478"])));
        assert_eq!(word(&["off"]).unwrap(), Wanted::Off);
        assert_eq!(word(&["[::]:1"]).unwrap(), Wanted::Explicit(addresses(&["[::]:1", "0.0.0.0:1"])));
        assert_eq!(
            word(&["0.0.0.0:1", "[::]:1"]).unwrap(),
            Wanted::Explicit(addresses(&["0.0.0.0:1", "[::]:1"]))
        );
        assert!(word(&["off", "0.0.0.0:1"]).is_err());
        assert!(word(&["0.0.0.0"]).is_err());
        let elsewhere = with(|config| config.turn_url = vec!["turn:turn.example:3478".to_owned()]);
        assert_eq!(wanted(&elsewhere).unwrap(), Wanted::Off);
        assert!(check(&elsewhere).is_err());
    }

    #[test]
    fn widgets_are_told_the_host_they_know_or_the_address_we_know() {
        let listen = ["0.0.0.0:3478".parse().unwrap()];
        let secret = || Secret("s".to_owned());
        let plain = ice(&Config::default(), secret(), &listen);
        assert_eq!(plain.stun, ["stun:{host}:3478"]);
        assert_eq!(plain.turn, ["turn:{host}:3478?transport=udp", "turn:{host}:3478?transport=tcp"]);
        let outside = with(|config| config.turn_external_ip = vec!["9.9.9.9".parse().unwrap()]);
        assert_eq!(ice(&outside, secret(), &listen).stun, ["stun:9.9.9.9:3478"]);
        let elsewhere = with(|config| config.turn_url = vec!["turns:t.example".to_owned()]);
        assert_eq!(ice(&elsewhere, secret(), &[]).turn, ["turns:t.example"]);
        assert!(ice(&Config::default(), secret(), &[]).turn.is_empty());
    }
}
