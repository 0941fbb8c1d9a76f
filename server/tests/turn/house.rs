//! A TURN server of its own for each test, and clients with credentials.

use bandyer_hub::ice::{IceSettings, credential};
use bandyer_protocol::{Timestamp, UserAlias, secret::Secret};
use bandyer_server::clock::{self, Clock};
use bandyer_server::config::Config;
use bandyer_server::config::turn::settings;
use bandyer_turn::counters::TURN_DROPPED;
use bandyer_turn::probe::Probe;
use bandyer_turn::{Admission, TimeOfDay, Turn};
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};
use std::net::SocketAddr;
use std::time::{Duration, Instant};

pub const SECRET: &str = "the-turn-secret-of-the-tests";
/// What surely happens does so within this, however busy the machine.
pub const SOON: Duration = Duration::from_secs(30);

pub struct House {
    pub turn: Turn,
    metrics: PrometheusHandle,
    /// What it goes by.
    pub clock: Clock,
}

impl House {
    /// On any port of the loopback address.
    pub fn start(change: impl FnOnce(&mut Config)) -> Self {
        let mut config = Config::default();
        change(&mut config);
        let listen = vec![SocketAddr::from(([127, 0, 0, 1], 0))];
        let clock = Clock::settable();
        let time = {
            let clock = clock.clone();
            TimeOfDay::new(move || clock.now().0 / 1000)
        };
        let secret = Secret(SECRET.to_owned());
        let settings = settings(&config, listen, &secret, Admission::everybody(), time);
        let recorder = PrometheusBuilder::new().build_recorder();
        let turn = metrics::with_local_recorder(&recorder, || Turn::start(settings).unwrap());
        Self { turn, metrics: recorder.handle(), clock }
    }

    pub fn address(&self) -> SocketAddr {
        self.turn.addresses()[0]
    }

    pub async fn udp(&self, user: &str) -> Probe {
        let (name, password) = minted(user);
        Probe::over_udp(self.address(), &name, &password).await.unwrap()
    }

    pub async fn tcp(&self, user: &str) -> Probe {
        let (name, password) = minted(user);
        Probe::over_tcp(self.address(), &name, &password).await.unwrap()
    }

    /// Waits until the server has got as far.
    pub async fn until(&self, what: &str, reached: impl Fn(&Turn) -> bool) {
        let limit = Instant::now() + SOON;
        while !reached(&self.turn) {
            assert!(Instant::now() < limit, "never: {what}: {:?}", self.turn.counts());
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// Waits until the server has withheld so many packets from peers, or from clients, that they must not reach.
    pub async fn until_withheld(&self, count: u64) {
        let line = format!("{TURN_DROPPED}{{cause=\"forbidden_peer\"}} {count}");
        self.until(&line, |_| self.metrics.render().contains(&line)).await;
    }
}

/// What the server gives a widget.
pub fn minted(user: &str) -> (String, String) {
    minted_at(user, clock::now())
}

pub fn minted_at(user: &str, now: Timestamp) -> (String, String) {
    let settings = IceSettings {
        turn: vec!["turn:{host}".to_owned()],
        secret: Some(Secret(SECRET.to_owned())),
        ttl_s: 600,
        ..IceSettings::default()
    };
    let server = settings.servers(&UserAlias::parse(user).unwrap(), "session_1", now).remove(0);
    let (name, password) = (server.username.unwrap(), server.credential.unwrap().0);
    assert_eq!(password, credential(SECRET, &name));
    (name, password)
}
