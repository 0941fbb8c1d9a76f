//! What must hold of calls once the world has come to rest: both sides agree, one reason ends each, nobody is left busy,
//! nothing is left on.

use crate::World;
use crate::device::{Device, Page};
use bandyer_core::api::ClientEvent;
use bandyer_core::calls::{Link, LocalMedia, Stage};
use bandyer_core::effect::Tone;
use bandyer_protocol::{CallAlias, MediaState, Presence, UserAlias};
use std::collections::{BTreeMap, BTreeSet};

/// What one page was told of one call, in short.
pub type Story = Vec<String>;

impl World {
    /// Everything that is promised of calls in a world at rest.
    pub fn check_calls(&self) {
        let mut talking: BTreeMap<&CallAlias, Vec<&Device>> = BTreeMap::new();
        for device in self.devices.iter().filter(|device| !device.unmounted) {
            if let Some(call) = self.check_device(device) {
                talking.entry(call).or_default().push(device);
            }
        }
        for (call, devices) in &talking {
            let [one, other] = devices[..] else { panic!("{call} has {} devices in it", devices.len()) };
            assert_ne!(one.user, other.user, "both sides of {call}");
            hear_each_other(one, other);
            hear_each_other(other, one);
        }
        self.nobody_is_left_busy();
        for device in &self.devices {
            stories(&device.page).values().for_each(|story| makes_sense(story, false));
            for page in &device.earlier {
                stories(page).values().for_each(|story| makes_sense(story, true));
            }
        }
    }

    /// The call the device is in.
    fn check_device<'a>(&self, device: &'a Device) -> Option<&'a CallAlias> {
        let calls = &device.state.calls;
        let named = &device.user;
        match &calls.stage {
            Stage::Idle => {
                assert!(device.browser.open.is_empty(), "{:?} left on at {named}", device.browser.open);
                assert!(device.browser.connection.is_none(), "still connected at {named}");
                assert_eq!(calls.local, LocalMedia::default());
                assert!(
                    matches!(device.browser.tone, None | Some(Tone::Silence)),
                    "it still rings at {named}"
                );
                None
            }
            Stage::Active(active) => {
                assert!(
                    active.started_at.is_some() && active.link == Link::Connected,
                    "{active:?} at {named}"
                );
                assert!(!active.peer_line_down, "both lines are up");
                Some(&active.call.call)
            }
            stage => panic!("{named} did not come to rest: {stage:?}"),
        }
    }

    fn nobody_is_left_busy(&self) {
        let here = || self.devices.iter().filter(|device| !device.unmounted);
        let in_call = |user: &UserAlias| {
            here().any(|device| &device.user == user && matches!(device.state.calls.stage, Stage::Active(_)))
        };
        for device in here() {
            for user in here().map(|other| &other.user).filter(|user| **user != device.user) {
                let expected = if in_call(user) { Presence::Busy } else { Presence::Online };
                assert_eq!(device.state.users.presence(user), expected, "{user} as {} sees it", device.user);
                assert_eq!(self.server.present().get(user), Some(&expected), "{user} as the server sees it");
            }
        }
    }

    /// Each call has one reason for its end, and everybody was told the same. Only where no line was lost and no page
    /// reloaded: who was away may not have heard.
    pub fn check_reasons(&self) {
        let mut told: BTreeMap<CallAlias, Vec<(&UserAlias, Story)>> = BTreeMap::new();
        for (user, page) in self.pages() {
            for (call, story) in stories(page) {
                told.entry(call).or_default().push((user, story));
            }
        }
        for (call, stories) in told {
            let decided: BTreeSet<&String> = stories
                .iter()
                .filter_map(|(_, story)| story.last())
                .filter(|last| !last.ends_with("_on_another_device"))
                .collect();
            assert_eq!(decided.len(), 1, "one end for {call}: {stories:?}");
            // A page that gave up before its call had a name was never told of it.
            let sides: BTreeSet<&UserAlias> = stories.iter().map(|(user, _)| *user).collect();
            let started = stories.iter().filter(|(_, story)| story.contains(&"started".to_owned())).count();
            assert!(started == 0 || started == sides.len(), "all sides of {call}, or none: {stories:?}");
            let answered =
                stories.iter().filter(|(_, story)| story.iter().any(|word| word.starts_with("answered")));
            assert_eq!(answered.count(), started, "{call}: {stories:?}");
        }
    }

    fn pages(&self) -> impl Iterator<Item = (&UserAlias, &Page)> {
        self.devices.iter().flat_map(|device| {
            device.earlier.iter().chain([&device.page]).map(move |page| (&device.user, page))
        })
    }
}

/// Everything one side's browser said since it last described itself has arrived at the other's, and in order; and the
/// other side knows what is sent. What was said before that may be lost with a line: it no longer counts.
fn hear_each_other(speaker: &Device, hearer: &Device) {
    let (Some(said), Some(heard)) = (&speaker.browser.connection, &hearer.browser.connection) else {
        panic!("no connection at {} or {}", speaker.user, hearer.user)
    };
    assert_ne!(said.offers(), heard.offers(), "one of them offers");
    let all: Vec<u32> = (said.described..=said.said).collect();
    let newest: Vec<u32> =
        heard.in_order().into_iter().skip_while(|number| *number != said.described).collect();
    assert_eq!(newest, all, "what {} said, as {} heard it", speaker.user, hearer.user);
    let Stage::Active(active) = &hearer.state.calls.stage else { panic!("{} is in no call", hearer.user) };
    let local = &speaker.state.calls.local;
    let sent =
        MediaState { mic: local.mic.is_on(), camera: local.camera.is_on(), screen: local.screen.is_on() };
    assert_eq!(active.peer, sent, "what {} sends, as {} knows it", speaker.user, hearer.user);
}

/// The events of one page, by call.
pub fn stories(page: &Page) -> BTreeMap<CallAlias, Story> {
    let mut stories: BTreeMap<CallAlias, Story> = BTreeMap::new();
    for (call, word) in page.events.iter().filter_map(word) {
        stories.entry(call.clone()).or_default().push(word);
    }
    stories
}

fn word(event: &ClientEvent) -> Option<(&CallAlias, String)> {
    let (call, word) = match event {
        ClientEvent::IncomingCall(call) => (call, format!("call {}", call.direction.as_str())),
        ClientEvent::CallDialAnswered { call, executor } => (call, format!("answered by {executor}")),
        ClientEvent::CallDialDeclined { call, executor, reason } => {
            (call, format!("declined by {executor}: {}", reason.as_str()))
        }
        ClientEvent::CallDialStopped { call, executor, reason } => {
            (call, format!("stopped by {executor}: {}", reason.as_str()))
        }
        ClientEvent::CallStarted(call) => (call, "started".to_owned()),
        ClientEvent::CallEnded { call, executor: Some(executor) } => (call, format!("ended by {executor}")),
        ClientEvent::CallEnded { call, executor: None } => (call, "ended".to_owned()),
        ClientEvent::ChatLoaded(_)
        | ClientEvent::TypingStarted { .. }
        | ClientEvent::MessageSent(_)
        | ClientEvent::MessageReceived(_)
        | ClientEvent::MessageRead(_)
        | ClientEvent::UserConnected { .. }
        | ClientEvent::UserDisconnected { .. }
        | ClientEvent::AccessTokenIsAboutToExpire { .. }
        | ClientEvent::AccessTokenExpired { .. }
        | ClientEvent::ForceDisconnect { .. } => return None,
    };
    Some((&call.call.call, word))
}

/// It begins once, is answered before it starts, and ends once. A page that is gone may have missed what came last.
fn makes_sense(story: &Story, gone: bool) {
    let kinds: Vec<&str> = story.iter().filter_map(|word| word.split(' ').next()).collect();
    let whole: [&[&str]; 5] = [
        &["call", "declined"],
        &["call", "stopped"],
        &["call", "answered", "started"],
        &["call", "answered", "started", "ended"],
        &["call", "answered", "ended"],
    ];
    let known = whole.iter().any(|whole| if gone { whole.starts_with(&kinds) } else { whole == &kinds });
    assert!(known, "{story:?}");
}
