//! Two users with two devices each, and every order in which they can call, accept, decline, hang up, wait, vanish and
//! come back: whatever happens, both sides hear the same one end, and nobody is left busy.

use crate::{Connect, Delivery, Hub, HubSettings, Input, SessionKey, sync};
use bandyer_protocol::*;
use bandyer_records::{Role, UserRecord, Write};
use bandyer_store::{MemoryStore, Store};
use std::collections::{BTreeMap, BTreeSet};

/// Devices 1 and 2 are anna's, 3 and 4 bob's.
const DEVICES: [(u64, &str); 4] = [(1, "anna"), (2, "anna"), (3, "bob"), (4, "bob")];
const DEPTH: usize = 6;

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Deed {
    Create(u64),
    Accept(u64),
    Decline(u64),
    HangUp(u64),
    Vanish(u64),
    Return(u64),
    Wait,
    /// The server is killed and started again; who was there comes back.
    Restart,
}

/// What a device believes.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Belief {
    pub(super) ringing: bool,
    pub(super) calling: bool,
    pub(super) talking: bool,
    /// It was told that the present call is over.
    pub(super) ends: u32,
}

pub(super) struct World {
    pub(super) hub: Hub,
    pub(super) store: MemoryStore,
    pub(super) now: Timestamp,
    pub(super) call: Option<CallAlias>,
    lines: BTreeMap<u64, SessionKey>,
    seats: BTreeMap<u64, (CallAlias, SessionId)>,
    /// The device that is coming back to its seat.
    resuming: Option<u64>,
    pub(super) beliefs: BTreeMap<u64, Belief>,
    next: u64,
}

/// Nobody explores as many orders within a minute.
fn settings() -> HubSettings {
    HubSettings { rings_per_minute: 1_000, ..HubSettings::default() }
}

fn alias(name: &str) -> UserAlias {
    UserAlias::parse(name).unwrap()
}

impl World {
    pub(super) fn new() -> Self {
        let mut world = Self {
            hub: Hub::new(settings()),
            store: MemoryStore::default(),
            now: Timestamp(1_000_000),
            call: None,
            lines: BTreeMap::new(),
            seats: BTreeMap::new(),
            resuming: None,
            beliefs: BTreeMap::new(),
            next: 100,
        };
        for name in ["anna", "bob"] {
            let user = UserRecord { role: Role::Plus, ..UserRecord::new(alias(name), Timestamp(0)) };
            world.store.apply(&Write::PutUser(user)).unwrap();
        }
        world.store.commit().unwrap();
        for (device, _) in DEVICES {
            world.connect(device);
        }
        world
    }

    fn connect(&mut self, device: u64) {
        self.next += 1;
        let session = SessionKey(self.next);
        let session_id = SessionId::parse(&format!("s{}", self.next)).unwrap();
        self.lines.insert(device, session);
        let user = alias(DEVICES[device as usize - 1].1);
        let connect = Connect {
            session,
            session_id,
            re: RequestId(1),
            missed: Box::new(sync::part(&self.store, &user, None, None, 100).unwrap()),
            user,
            scope: None,
            issued_at: Timestamp(0),
            expires_at: Timestamp(i64::MAX / 4),
            features: Features::default(),
        };
        // Whatever it believed of a ring, the welcome knows better.
        let belief = self.beliefs.entry(device).or_default();
        belief.ringing = false;
        self.input(&Input::Connect(connect));
    }

    fn input(&mut self, input: &Input) {
        let outcome = self.hub.handle(input, self.now, &self.store);
        outcome.writes.iter().for_each(|write| self.store.apply(write).unwrap());
        self.store.commit().unwrap();
        self.hub.committed();
        self.hear(outcome.deliveries);
    }

    pub(super) fn ask(&mut self, device: u64, message: impl Into<ClientMessage>) {
        let message = message.into();
        if let Some(session) = self.lines.get(&device) {
            self.input(&Input::Request { session: *session, re: RequestId(2), message });
        }
    }

    fn hear(&mut self, deliveries: Vec<Delivery>) {
        for delivery in deliveries {
            let Delivery::To { sessions, envelope } = delivery else { continue };
            for session in sessions {
                let device = self.lines.iter().find(|(_, line)| **line == session).map(|(device, _)| *device);
                if let Some(device) = device {
                    self.learn(device, &envelope.msg);
                }
            }
        }
    }

    fn learn(&mut self, device: u64, message: &ServerMessage) {
        let user = alias(DEVICES[device as usize - 1].1);
        let belief = self.beliefs.entry(device).or_default();
        match message {
            ServerMessage::Session(SessionNews::Welcome(welcome)) => {
                belief.ringing = welcome.ringing.is_some()
            }
            ServerMessage::Call(CallNews::Dialed(dial)) => {
                assert!(!belief.ringing, "one ring per device");
                self.call = Some(dial.call.call.clone());
                belief.ringing = true;
            }
            ServerMessage::Call(CallNews::Entered(entry)) => {
                self.call = Some(entry.call.call.clone());
                self.seats.insert(device, (entry.call.call.clone(), entry.seat.clone()));
                belief.ringing = false;
                belief.calling = entry.phase == CallPhase::Dialing;
                belief.talking = entry.phase == CallPhase::Connected;
            }
            ServerMessage::Call(CallNews::Answered { by, .. }) => {
                belief.ringing = false;
                belief.talking = belief.calling && *by != user;
                belief.calling = false;
            }
            ServerMessage::Call(CallNews::Declined { .. })
            | ServerMessage::Call(CallNews::Stopped { .. }) => {
                assert!(belief.ringing || belief.calling, "an end without a ring: {message:?}");
                (belief.ringing, belief.calling) = (false, false);
                belief.ends += 1;
            }
            ServerMessage::Call(CallNews::Ended { .. }) => {
                assert!(belief.talking, "an end without a call");
                belief.talking = false;
                belief.ends += 1;
            }
            ServerMessage::Error(failure)
                if failure.code == ErrorCode::CallNotFound && self.resuming == Some(device) =>
            {
                // Came back, and it was over.
                (belief.calling, belief.talking) = (false, false);
                self.seats.remove(&device);
            }
            _ => {}
        }
    }

    pub(super) fn carry_out(&mut self, deed: Deed) {
        let call = self.call.clone();
        match deed {
            Deed::Create(device) => {
                let callee = alias(if DEVICES[device as usize - 1].1 == "anna" { "bob" } else { "anna" });
                self.next += 1;
                let key = ClientMessageId::parse(&format!("k{}", self.next)).unwrap();
                self.ask(
                    device,
                    ClientMessage::Call(CallRequest::Create { key, callee, terms: CallTerms::default() }),
                );
            }
            Deed::Accept(device) => call.into_iter().for_each(|call| {
                self.ask(device, ClientMessage::Call(CallRequest::Accept { call, tools: None }))
            }),
            Deed::Decline(device) => call.into_iter().for_each(|call| {
                self.ask(
                    device,
                    ClientMessage::Call(CallRequest::Decline { call, reason: DeclineReason::None }),
                );
            }),
            Deed::HangUp(device) => call.into_iter().for_each(|call| {
                self.ask(device, CallRequest::HangUp { call, reason: HangUpReason::Wish });
            }),
            Deed::Vanish(device) => {
                if let Some(session) = self.lines.remove(&device) {
                    self.input(&Input::Disconnect { session });
                }
            }
            Deed::Return(device) => self.come_back(device),
            Deed::Restart => {
                let here: Vec<u64> = std::mem::take(&mut self.lines).into_keys().collect();
                self.restart();
                here.into_iter().for_each(|device| self.come_back(device));
            }
            Deed::Wait => self.wait(46_000),
        }
        self.agree();
    }

    fn come_back(&mut self, device: u64) {
        if self.lines.contains_key(&device) {
            return;
        }
        self.connect(device);
        let belief = self.beliefs[&device].clone();
        let seat = self.seats.get(&device).cloned();
        if let Some((call, seat)) = seat.filter(|_| belief.calling || belief.talking) {
            self.resuming = Some(device);
            self.ask(device, CallRequest::Resume { call, seat });
            self.resuming = None;
        }
    }

    /// Nothing is left but what was stored.
    pub(super) fn restart(&mut self) {
        self.lines.clear();
        self.next += 1;
        let mut seed = [0; 16];
        seed[..8].copy_from_slice(&self.next.to_be_bytes());
        self.hub = Hub::new(HubSettings { seed, ..settings() });
        self.hub.restore(&self.store, self.now).unwrap();
    }

    pub(super) fn wait(&mut self, ms: i64) {
        self.now = self.now.plus_ms(ms);
        for input in self.hub.due(self.now) {
            self.input(&input);
        }
        self.hub.tick(self.now);
    }

    /// Those who are connected never believe different things.
    fn agree(&self) {
        let connected = |device: &u64| self.lines.contains_key(device);
        let talking = |user: &str| {
            DEVICES
                .iter()
                .filter(|(device, name)| *name == user && self.beliefs[device].talking)
                .map(|(device, _)| *device)
                .collect::<Vec<_>>()
        };
        let (anna, bob) = (talking("anna"), talking("bob"));
        assert!(anna.iter().filter(|device| connected(device)).count() <= 1, "{:?}", self.beliefs);
        assert!(bob.iter().filter(|device| connected(device)).count() <= 1, "{:?}", self.beliefs);
        let state = self.hub.calls.of_user(&alias("anna"));
        for (device, belief) in &self.beliefs {
            if connected(device) && (belief.talking || belief.calling || belief.ringing) {
                assert!(state.is_some(), "{device} believes in a call that is none: {:?}", self.beliefs);
            }
        }
        assert_eq!(
            self.hub.calls.is_busy(&alias("anna")),
            self.hub.calls.is_busy(&alias("bob")),
            "in a dialed call both are busy, or neither"
        );
    }

    fn fingerprint(&self) -> String {
        let state = self.hub.calls.of_user(&alias("anna")).map(|state| {
            let place = |side: usize| {
                let device =
                    |line| self.lines.iter().find(|(_, known)| **known == line).map(|(device, _)| *device);
                state.sides[side].place.as_ref().map(|place| (place.line.map(device), place.lost_at))
            };
            (state.rings(), place(0), place(1), state.call.initiator.clone())
        });
        let here: BTreeSet<&u64> = self.lines.keys().collect();
        format!(
            "{state:?} {here:?} {:?}",
            self.beliefs.values().map(|b| (b.ringing, b.calling, b.talking)).collect::<Vec<_>>()
        )
    }
}

fn deeds() -> Vec<Deed> {
    let mut deeds = vec![Deed::Create(1), Deed::Create(3), Deed::Wait, Deed::Restart];
    for (device, _) in DEVICES {
        deeds.extend([
            Deed::Accept(device),
            Deed::Decline(device),
            Deed::HangUp(device),
            Deed::Vanish(device),
            Deed::Return(device),
        ]);
    }
    deeds
}

#[test]
fn in_every_order_both_sides_agree_and_nobody_is_left_busy() {
    let mut seen: BTreeSet<String> = BTreeSet::new();
    let mut open: Vec<Vec<Deed>> = vec![Vec::new()];
    let mut ended = 0;
    while let Some(path) = open.pop() {
        for deed in deeds() {
            let mut world = World::new();
            path.iter().chain([&deed]).for_each(|deed| world.carry_out(*deed));
            if !seen.insert(format!("{} {}", path.len() + 1, world.fingerprint())) {
                continue;
            }
            if path.len() + 1 < DEPTH {
                open.push(path.iter().copied().chain([deed]).collect());
            }
            // Everybody goes: the call must end by itself.
            for (device, _) in DEVICES {
                world.carry_out(Deed::Vanish(device));
            }
            world.wait(31_000);
            world.wait(46_000);
            world.wait(31_000);
            assert!(!world.hub.calls.is_busy(&alias("anna")), "anna is left busy after {path:?} {deed:?}");
            assert!(!world.hub.calls.is_busy(&alias("bob")), "bob is left busy after {path:?} {deed:?}");
            ended += 1;
        }
    }
    assert!(ended > 500, "only {ended} states were seen");
}
