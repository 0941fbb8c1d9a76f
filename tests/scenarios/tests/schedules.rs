//! Random schedules: whatever users, network, disk and server do, and in whatever order, the promises hold at rest.
#![expect(clippy::unwrap_used, reason = "a failing test may panic")]

use bandyer_core::action::{ChatAction, PanelAction};
use bandyer_core::api::ApiCall;
use bandyer_core::chats::OutgoingState;
use bandyer_protocol::{ChatId, ClientMessageId, UserAlias};
use bandyer_scenarios::World;
use bandyer_scenarios::trouble::{Trouble, trouble};
use proptest::prelude::*;
use std::collections::BTreeSet;

const DEVICES: [(&str, &str); 3] = [("a1", "anna"), ("a2", "anna"), ("b1", "bob")];

#[derive(Debug, Clone)]
enum Step {
    Write {
        device: usize,
        to_carl: bool,
    },
    Compose {
        device: usize,
        to_carl: bool,
    },
    Open {
        device: usize,
    },
    Toggle {
        device: usize,
    },
    BackToList {
        device: usize,
    },
    Older {
        device: usize,
    },
    Ask {
        device: usize,
    },
    AddChat {
        device: usize,
    },
    RemoveChat {
        device: usize,
    },
    Reload {
        device: usize,
    },
    Restore {
        device: usize,
    },
    Up {
        device: usize,
        twice: bool,
    },
    Down {
        device: usize,
    },
    Turn {
        most: usize,
    },
    Pass {
        ms: i64,
    },
    Cut {
        device: usize,
        tell_device: bool,
        tell_server: bool,
    },
    /// The line breaks, and is back as far as the welcome.
    Blink {
        device: usize,
    },
    /// The page is loaded anew and connects, but its storage does not answer yet.
    ComeBack {
        device: usize,
    },
    /// Everything under way between a device and the server arrives.
    Pump {
        device: usize,
    },
    /// A durable event gets lost on an intact line: no network does that, but a defect may.
    LoseEvent {
        device: usize,
    },
    Trouble(Trouble),
    LimitRate {
        requests: u32,
    },
    Restart,
}

fn step(removals: bool) -> impl Strategy<Value = Step> {
    let device = || 0..DEVICES.len();
    prop_oneof![
        6 => (device(), prop::bool::weighted(0.2)).prop_map(|(device, to_carl)| Step::Write { device, to_carl }),
        2 => (device(), any::<bool>()).prop_map(|(device, to_carl)| Step::Compose { device, to_carl }),
        2 => device().prop_map(|device| Step::Open { device }),
        1 => device().prop_map(|device| Step::Toggle { device }),
        1 => device().prop_map(|device| Step::BackToList { device }),
        1 => device().prop_map(|device| Step::Older { device }),
        1 => device().prop_map(|device| Step::Ask { device }),
        1 => device().prop_map(|device| Step::AddChat { device }),
        1 => device().prop_map(move |device| {
            if removals { Step::RemoveChat { device } } else { Step::Down { device } }
        }),
        1 => device().prop_map(|device| Step::Reload { device }),
        2 => device().prop_map(|device| Step::Restore { device }),
        12 => (device(), prop::bool::weighted(0.1)).prop_map(|(device, twice)| Step::Up { device, twice }),
        12 => device().prop_map(|device| Step::Down { device }),
        8 => (0usize..5).prop_map(|most| Step::Turn { most }),
        5 => prop_oneof![0i64..500, 500i64..4_000, Just(31_000i64)].prop_map(|ms| Step::Pass { ms }),
        2 => (device(), any::<bool>(), any::<bool>())
            .prop_map(|(device, tell_device, tell_server)| Step::Cut { device, tell_device, tell_server }),
        3 => device().prop_map(|device| Step::Blink { device }),
        1 => device().prop_map(|device| Step::ComeBack { device }),
        3 => device().prop_map(|device| Step::Pump { device }),
        2 => device().prop_map(|device| Step::LoseEvent { device }),
        4 => trouble().prop_map(Step::Trouble),
        1 => (1u32..4).prop_map(|requests| Step::LimitRate { requests }),
        1 => Just(Step::Restart),
    ]
}

/// A world with two chats, and everything that was written in it.
struct Play {
    world: World,
    bob: ChatId,
    carl: ChatId,
    /// Device, chat, text.
    written: Vec<(usize, ChatId, String)>,
    /// Messages that were shown as not sent at some time: a retry may bring them out of order.
    failed: BTreeSet<ClientMessageId>,
    removed: bool,
}

impl Play {
    fn new() -> Self {
        let mut world = World::new(&["anna", "bob", "carl"], &DEVICES);
        world.settle();
        for user in ["bob", "carl"] {
            world.call(0, ApiCall::AddChat { user: user.into() });
        }
        world.settle();
        world.check();
        let chat = |text| ChatId::parse(text).unwrap();
        let (bob, carl) = (chat("anna#bob"), chat("anna#carl"));
        Self { world, bob, carl, written: Vec::new(), failed: BTreeSet::new(), removed: false }
    }

    /// The chat a device writes to; bob knows only one.
    fn chat(&self, device: usize, to_carl: bool) -> ChatId {
        if to_carl && DEVICES[device].1 == "anna" { self.carl.clone() } else { self.bob.clone() }
    }

    fn partner(&self, device: usize, to_carl: bool) -> String {
        self.chat(device, to_carl).other(&UserAlias::parse(DEVICES[device].1).unwrap()).unwrap().to_string()
    }

    /// A new text, if the device knows the chat at the moment.
    fn text(&mut self, device: usize, chat: &ChatId) -> Option<String> {
        let state = &self.world.devices[device].state;
        let known = state.session.is_authenticated() && state.chats.by_id.contains_key(chat);
        let text = format!("{}-{}", DEVICES[device].0, self.written.len());
        known.then(|| {
            self.written.push((device, chat.clone(), text.clone()));
            text
        })
    }

    fn take(&mut self, step: &Step) {
        let world = &mut self.world;
        match *step {
            Step::Write { device, to_carl } => self.write(device, to_carl),
            Step::Compose { device, to_carl } => self.compose(device, to_carl),
            Step::Open { device } => {
                let chat = self.bob.clone();
                self.world.call(device, ApiCall::OpenWidget);
                self.world.user(device, ChatAction::Open(chat));
            }
            Step::Toggle { device } => world.user(device, PanelAction::Toggle),
            Step::BackToList { device } => world.user(device, PanelAction::BackToList),
            Step::Older { device } => {
                let chat = self.bob.clone();
                self.world.user(device, ChatAction::NeedOlder { chat });
            }
            Step::Ask { device } => {
                world.call(device, ApiCall::GetUser { user: "carl".into() });
                world.call(device, ApiCall::GetUsersStatusList);
            }
            Step::AddChat { device } => {
                let user = self.partner(device, false);
                self.world.call(device, ApiCall::AddChat { user });
            }
            Step::RemoveChat { device } => {
                let user = self.partner(device, false);
                self.removed = true;
                self.world.call(device, ApiCall::RemoveChat { user });
            }
            Step::Reload { device } => world.reload(device),
            Step::Restore { device } => world.restore(device),
            Step::Up { device, twice } => {
                world.deliver_up(device, twice);
            }
            Step::Down { device } => {
                world.deliver_down(device);
            }
            Step::Turn { most } => world.turn(most),
            Step::Pass { ms } => world.pass(ms),
            Step::Cut { device, tell_device, tell_server } => world.cut(device, tell_device, tell_server),
            Step::Blink { device } => self.blink(device),
            Step::ComeBack { device } => {
                world.reload(device);
                world.connect(device);
            }
            Step::Pump { device } => world.pump(device),
            Step::LoseEvent { device } => world.lose_event(device),
            Step::Trouble(ref trouble) => world.trouble(trouble),
            Step::LimitRate { requests } => world.refusing = requests,
            Step::Restart => world.restart(),
        }
        self.note_failures();
    }

    fn write(&mut self, device: usize, to_carl: bool) {
        let chat = self.chat(device, to_carl);
        if let Some(text) = self.text(device, &chat) {
            self.world.write(device, &chat, &text);
        }
    }

    fn compose(&mut self, device: usize, to_carl: bool) {
        let chat = self.chat(device, to_carl);
        let user = self.partner(device, to_carl);
        if let Some(message) = self.text(device, &chat) {
            self.world.call(device, ApiCall::ComposeMessage { user, message, send: true });
        }
    }

    fn blink(&mut self, device: usize) {
        self.world.cut(device, true, true);
        self.world.deliver_down(device);
        self.world.pass(6_500);
        self.world.connect(device);
    }

    fn note_failures(&mut self) {
        for device in &self.world.devices {
            for chat in device.state.chats.by_id.values() {
                let failed = chat.thread.outgoing.iter().filter(|out| out.state == OutgoingState::Failed);
                self.failed.extend(failed.map(|outgoing| outgoing.client_id.clone()));
            }
        }
    }

    /// The network is well again, pages whose `create` had failed are loaded anew, and the user presses "retry" on
    /// whatever was not sent.
    fn come_to_rest(&mut self) {
        for _ in 0..5 {
            for device in 0..DEVICES.len() {
                if self.world.devices[device].unmounted {
                    self.world.reload(device);
                }
            }
            self.world.settle();
            self.note_failures();
            let mut retried = false;
            for device in 0..DEVICES.len() {
                let chats =
                    self.world.devices[device].state.chats.by_id.values().cloned().collect::<Vec<_>>();
                for chat in chats {
                    for outgoing in &chat.thread.outgoing {
                        retried = true;
                        let client_id = outgoing.client_id.clone();
                        self.world.user(device, ChatAction::Retry { chat: chat.id.clone(), client_id });
                    }
                }
            }
            if !retried && self.world.devices.iter().all(|device| !device.unmounted) {
                return;
            }
        }
    }

    /// Every text is stored once and, per device and chat, in the order it was written.
    fn nothing_lost_doubled_or_reordered(&self) {
        for chat in [&self.bob, &self.carl] {
            let stored = self.world.server.messages(chat);
            for (device, (name, _)) in DEVICES.iter().enumerate() {
                let own = |text: &str| text.starts_with(&format!("{name}-"));
                let written: Vec<&str> = self
                    .written
                    .iter()
                    .filter(|(by, to, _)| *by == device && to == chat)
                    .map(|(_, _, text)| text.as_str())
                    .collect();
                let all: Vec<&str> =
                    stored.iter().map(|m| m.body.as_text()).filter(|text| own(text)).collect();
                let found: BTreeSet<&str> = all.iter().copied().collect();
                assert_eq!(found.len(), all.len(), "doubled in {chat}: {all:?}");
                if !(self.removed && chat == &self.bob) {
                    assert_eq!(found, written.iter().copied().collect(), "lost in {chat}");
                }
                let steady: Vec<&str> = stored
                    .iter()
                    .filter(|message| {
                        own(message.body.as_text()) && !self.failed.contains(&message.client_id)
                    })
                    .map(|message| message.body.as_text())
                    .collect();
                let expected: Vec<&str> = written.into_iter().filter(|text| steady.contains(text)).collect();
                assert_eq!(steady, expected, "reordered in {chat}");
            }
        }
    }
}

fn run(steps: &[Step]) {
    let mut play = Play::new();
    for step in steps {
        play.take(step);
    }
    play.come_to_rest();
    play.world.check();
    play.world.check_presence();
    play.world.same_on(0, 1);
    play.nothing_lost_doubled_or_reordered();
}

/// A few seconds' worth; more on request, by proptest's own variable.
fn cases() -> u32 {
    std::env::var("PROPTEST_CASES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(128)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: cases(), failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_promises_hold_whatever_happens(steps in prop::collection::vec(step(false), 1..160)) {
        run(&steps);
    }

    #[test]
    fn the_promises_hold_while_chats_come_and_go(steps in prop::collection::vec(step(true), 1..160)) {
        run(&steps);
    }
}
