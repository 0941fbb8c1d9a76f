//! Whatever happens, and in whatever order: no panic, one answer for each call of the host page, one end for each call,
//! and nothing of a call is left on when there is none.

use super::*;
use crate::ApiCallId;
use crate::action::{RtcProblem, WindowBlock, WindowEvent};
use crate::calls::DialState;
use crate::options::Mode;
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};

#[derive(Debug, Clone)]
enum Deed {
    Create(CallType),
    Join,
    HangUp,
    /// `answer` (true) or `decline` of the call object of whatever rings.
    Host(bool),
    User(usize),
    Ring,
    /// Something about the newest call, or one before it.
    Event(usize, u32),
    /// One of the unanswered questions is answered, well or not.
    Answer(usize, usize),
    Media(usize, MediaWant, bool),
    Rtc(usize, bool),
    /// Of the window of a call, and of other pages.
    Window(usize),
    Cut,
    /// The line comes back, and the server knows the newest ring, another, or none.
    Back(usize),
    Timer(usize),
    Leave,
}

fn deed() -> impl Strategy<Value = Deed> {
    let call_type = || {
        prop_oneof![Just(CallType::AudioOnly), Just(CallType::AudioUpgradable), Just(CallType::AudioVideo)]
    };
    let want = || prop_oneof![Just(MediaWant::Mic), Just(MediaWant::Camera), Just(MediaWant::Screen)];
    prop_oneof![
        4 => call_type().prop_map(Deed::Create),
        2 => Just(Deed::Join),
        2 => Just(Deed::HangUp),
        2 => any::<bool>().prop_map(Deed::Host),
        8 => (0usize..17).prop_map(Deed::User),
        4 => Just(Deed::Ring),
        8 => (0usize..9, 0u32..2).prop_map(|(event, age)| Deed::Event(event, age)),
        12 => (0usize..4, 0usize..8).prop_map(|(which, how)| Deed::Answer(which, how)),
        5 => (0usize..6, want(), any::<bool>()).prop_map(|(event, want, old)| Deed::Media(event, want, old)),
        4 => (0usize..9, any::<bool>()).prop_map(|(event, old)| Deed::Rtc(event, old)),
        3 => (0usize..9).prop_map(Deed::Window),
        2 => Just(Deed::Cut),
        3 => (0usize..3).prop_map(Deed::Back),
        3 => (0usize..7).prop_map(Deed::Timer),
        1 => Just(Deed::Leave),
    ]
}

struct Play {
    rig: Rig,
    asked: u32,
    answers: BTreeMap<u32, u32>,
    /// The newest call the server has made.
    newest: u32,
    /// What the host page was told of each call.
    told: BTreeMap<CallAlias, Vec<String>>,
    open: BTreeSet<MediaWant>,
    watched: bool,
    connected: bool,
    tone: Tone,
}

fn room(number: u32) -> CallAlias {
    CallAlias::parse(&format!("room_{number}")).unwrap()
}

impl Play {
    fn new(mode: Mode) -> Self {
        let mut rig = rig();
        rig.state.options = Rc::new(Options { mode, ..(*rig.state.options).clone() });
        Self {
            rig,
            asked: 1,
            answers: BTreeMap::from([(1, 1)]),
            newest: 0,
            told: BTreeMap::new(),
            open: BTreeSet::new(),
            watched: false,
            connected: false,
            tone: Tone::Silence,
        }
    }

    fn api(&mut self, call: ApiCall) -> Vec<Effect> {
        self.asked += 1;
        self.rig.act(Action::Api(ApiCallId(self.asked), call))
    }

    fn call(&self, number: u32, initiator: &str) -> Call {
        Call { call: room(number), ..call(initiator, CallType::AudioVideo) }
    }

    fn ring(&mut self) -> Dial {
        self.newest += 1;
        Dial { call: self.call(self.newest, "bob"), caller: profile("bob") }
    }

    fn take(&mut self, deed: &Deed) {
        let effects = self.effects(deed);
        self.note(&effects);
        self.check(deed);
    }

    fn effects(&mut self, deed: &Deed) -> Vec<Effect> {
        let round = |old: bool, rig: &Rig| rig.state.calls.round.wrapping_sub(u32::from(old));
        match deed {
            Deed::Create(call_type) => {
                let choice = CallChoice { call_type: Some(*call_type), ..CallChoice::default() };
                self.api(ApiCall::CreateCall { users: vec!["bob".into()], choice })
            }
            Deed::Join => self.api(ApiCall::JoinCallUrl { url: "https://x/t".into() }),
            Deed::HangUp => {
                let call =
                    self.rig.state.calls.info().map_or("none".into(), |info| info.call.call.to_string());
                self.api(ApiCall::HangUp { call })
            }
            Deed::Host(answer) => {
                let call =
                    self.rig.state.calls.info().map_or("none".into(), |info| info.call.call.to_string());
                self.api(if *answer { ApiCall::AnswerCall { call } } else { ApiCall::DeclineCall { call } })
            }
            Deed::User(action) => self.rig.user(user_action(*action)),
            Deed::Ring => {
                let dial = self.ring();
                self.rig.told(CallNews::Dialed(Box::new(dial)))
            }
            Deed::Event(event, age) => {
                let event = self.event(*event, room(self.newest.saturating_sub(*age)));
                self.rig.told(event)
            }
            Deed::Answer(which, how) => self.answer(*which, *how),
            Deed::Media(event, want, old) => {
                let event = media_event(*event, *want, round(*old, &self.rig));
                self.rig.act(Action::Media(event))
            }
            Deed::Rtc(event, old) => {
                let event = rtc_event(*event, round(*old, &self.rig));
                self.rig.act(Action::Rtc(event))
            }
            Deed::Window(event) => self.window(*event),
            Deed::Cut => self.rig.cut(),
            Deed::Back(ringing) => self.back(*ringing),
            Deed::Timer(timer) => self.rig.timer(
                [
                    TimerId::Call(CallTimer::AskAgain),
                    TimerId::Call(CallTimer::AskMicAgain),
                    TimerId::Call(CallTimer::RestartRtc),
                    TimerId::Call(CallTimer::GiveUpRtc),
                    TimerId::Call(CallTimer::SnackEnds),
                    TimerId::Call(CallTimer::AwaitWindow),
                    self.late(),
                ][*timer]
                    .clone(),
            ),
            Deed::Leave => self.rig.act(Action::Leaving),
        }
    }

    fn window(&mut self, event: usize) -> Vec<Effect> {
        let newest = self.call(self.newest, "anna");
        let present = self.rig.state.calls.info().map_or(newest, |info| (*info.call).clone());
        let elsewhere = |window| {
            let (call, phase, peer) = (present.clone(), CallPhase::Connected, profile("bob"));
            CallNews::Elsewhere(Box::new(Elsewhere { call, phase, peer, window }))
        };
        match event {
            0 => self.rig.act(Action::Window(WindowEvent::Opened)),
            1 => self.rig.act(Action::Window(WindowEvent::Blocked(WindowBlock::Blocker))),
            2 => self.rig.act(Action::Window(WindowEvent::Closed)),
            // One that nobody here heard of before is told of nothing.
            3 if self.rig.state.calls.info().is_some() => self.rig.told(elsewhere(true)),
            4 => self.rig.told(elsewhere(false)),
            5 => {
                let (call, offers, offer_number, ice_servers) = (present.call, true, 9, Vec::new());
                self.rig.told(CallNews::PeerMoved { call, offers, offer_number, ice_servers })
            }
            6 => self.rig.user(CallAction::GoOnHere),
            7 => self.rig.user(CallAction::OpenWindow),
            _ => self.rig.user(CallAction::FocusWindow),
        }
    }

    /// The time-out of the oldest question.
    fn late(&self) -> TimerId {
        let oldest = self.rig.state.session.requests.keys().next();
        oldest.map_or(TimerId::Call(CallTimer::SnackEnds), |id| TimerId::Session(SessionTimer::Request(*id)))
    }

    fn back(&mut self, ringing: usize) -> Vec<Effect> {
        if self.rig.state.session.line != crate::session::Line::Down {
            return Vec::new();
        }
        let present = match &self.rig.state.calls.stage {
            Stage::Dial(dial) if dial.seat.is_none() || dial.state == DialState::Accepted => {
                Some(Dial { call: (*dial.call).clone(), caller: profile("bob") })
            }
            _ => None,
        };
        self.rig.ringing = match ringing {
            0 => None,
            1 => present,
            _ => Some(self.ring()),
        };
        self.rig.back()
    }

    fn event(&self, event: usize, call: CallAlias) -> ServerMessage {
        match event {
            0 => ServerMessage::Call(CallNews::Answered { call, by: alias("bob") }),
            1 => ServerMessage::Call(CallNews::Answered { call, by: alias("anna") }),
            2 => ServerMessage::Call(CallNews::Declined {
                call,
                by: alias("bob"),
                reason: DeclineReason::None,
            }),
            3 => {
                ServerMessage::Call(CallNews::Stopped { call, by: alias("bob"), reason: StopReason::Hangup })
            }
            4 => ServerMessage::Call(CallNews::Started { call, at: self.rig.now }),
            5 => ServerMessage::Call(CallNews::Ended {
                call,
                by: Some(alias("bob")),
                reason: EndReason::Vanished,
            }),
            6 => ServerMessage::Call(CallNews::PeerLine { call, up: event.is_multiple_of(2) }),
            7 => ServerMessage::Call(CallNews::Signaled { call, signal: candidate("c") }),
            _ => ServerMessage::Call(CallNews::Upgraded { call, by: alias("anna") }),
        }
    }

    fn answer(&mut self, which: usize, how: usize) -> Vec<Effect> {
        let requests = &self.rig.state.session.requests;
        let Some((id, asked)) = requests.iter().nth(which.min(requests.len().saturating_sub(1))) else {
            return Vec::new();
        };
        let (id, request) = (*id, asked.question.clone());
        let Question::Call(question) = request else { return Vec::new() };
        if self.rig.state.session.line != crate::session::Line::Ready {
            return Vec::new();
        }
        let refusals = [ErrorCode::RateLimited, ErrorCode::CallNotFound, ErrorCode::InitiatorNotAvailable];
        let msg = match how {
            0..3 => ServerMessage::Error(Failure::new(refusals[how], "no")),
            3 => ServerMessage::Done,
            _ => self.good_answer(&question, how),
        };
        let frame = ServerEnvelope { v: PROTOCOL_VERSION, re: Some(id), step: None, msg };
        self.rig.act(Action::Server(Box::new(frame)))
    }

    fn good_answer(&mut self, question: &CallQuestion, how: usize) -> ServerMessage {
        let present = self.rig.state.calls.info().map(|info| (*info.call).clone());
        let call = match question {
            CallQuestion::Create(_) | CallQuestion::Join(_) => {
                self.newest += 1;
                self.call(self.newest, "anna")
            }
            CallQuestion::Accept(_) | CallQuestion::Resume(_) | CallQuestion::Take(_) => match present {
                Some(call) => call,
                None => return ServerMessage::Done,
            },
            CallQuestion::IceServers(_) => {
                return ServerMessage::Call(CallNews::IceServers { servers: Vec::new() });
            }
            _ => return ServerMessage::Done,
        };
        let phase = match (question, how) {
            (CallQuestion::Accept(_), _) => CallPhase::Connected,
            (_, 4..6) => CallPhase::Dialing,
            (CallQuestion::Join(_), 6) => CallPhase::Waiting,
            _ => CallPhase::Connected,
        };
        let seat = SessionId::parse("s1").unwrap();
        let (offers, offer_number) = (call.initiator == Some(alias("anna")), 1);
        let (peer, ice_servers) = (profile("bob"), Vec::new());
        let entry = CallEntry {
            call,
            phase,
            seat,
            peer,
            ice_servers,
            offers,
            offer_number,
            is_admin: false,
            tools: Tools::ALL,
        };
        ServerMessage::Call(CallNews::Entered(Box::new(entry)))
    }

    fn note(&mut self, effects: &[Effect]) {
        for effect in effects {
            match effect {
                Effect::Reply(call, _) => *self.answers.entry(call.0).or_default() += 1,
                Effect::Media(MediaCommand::Open { mic, camera, .. }) => {
                    self.open.extend(mic.then_some(MediaWant::Mic));
                    self.open.extend(camera.then_some(MediaWant::Camera));
                }
                Effect::Media(MediaCommand::OpenScreen { .. }) => {
                    self.open.insert(MediaWant::Screen);
                }
                Effect::Media(MediaCommand::Close(want)) => {
                    self.open.remove(want);
                }
                Effect::Media(MediaCommand::ReleaseAll) => self.open.clear(),
                Effect::Media(MediaCommand::Watch) => {
                    assert!(!self.watched, "watched twice");
                    self.watched = true;
                }
                Effect::Media(MediaCommand::Unwatch) => self.watched = false,
                Effect::Rtc(RtcCommand::Open { .. }) => self.connected = true,
                Effect::Rtc(RtcCommand::Close) => self.connected = false,
                Effect::Rtc(_) => assert!(self.connected, "a signal or restart without a connection"),
                Effect::Tone(tone) => self.tone = *tone,
                Effect::Emit(event) => self.hear(event),
                Effect::Send(envelope) => self.sent(&envelope.msg),
                _ => {}
            }
        }
    }

    fn sent(&self, message: &ClientMessage) {
        if let ClientMessage::Call(CallRequest::Signal { call, .. }) = message {
            assert!(self.connected, "nothing is said for a ring that was not accepted");
            assert!(self.rig.state.calls.info().is_some_and(|info| &info.call.call == call));
        }
    }

    fn hear(&mut self, event: &ClientEvent) {
        let (Some(word), Some(call)) = (short(event), call_of(event)) else { return };
        let told = self.told.entry(call).or_default();
        let over = |word: &String| ["declined", "stopped", "ended"].iter().any(|end| word.starts_with(end));
        assert!(!told.iter().any(over), "{word} after {told:?}");
        let kind = |word: &str| word.split(' ').next().map(str::to_owned);
        assert!(told.iter().all(|known| kind(known) != kind(&word)), "{word} after {told:?}");
        assert!(!word.starts_with("call") || told.is_empty(), "{word} after {told:?}");
        told.push(word);
    }

    fn check(&self, deed: &Deed) {
        let calls = &self.rig.state.calls;
        for (call, count) in &self.answers {
            assert_eq!(*count, 1, "answers to call {call} after {deed:?}");
        }
        let quiet = match &calls.stage {
            Stage::Dial(dial) => dial.is_unanswered(),
            Stage::Idle | Stage::Requested(_) | Stage::Active(_) | Stage::Closing(_) => !calls.is_shown(),
        };
        assert!(self.watched || self.open.is_empty(), "open and not watched after {deed:?}");
        if quiet {
            assert!(!self.watched, "still watched after {deed:?}");
            assert!(self.open.is_empty(), "{:?} left open after {deed:?}", self.open);
            assert!(!self.connected, "still connected after {deed:?}");
            assert_eq!(calls.local, crate::calls::LocalMedia::default());
        }
        let tone = match &calls.stage {
            Stage::Dial(dial) if dial.is_unanswered() => Tone::Ring,
            Stage::Dial(dial) if dial.direction == Direction::Outgoing => Tone::RingBack,
            Stage::Idle | Stage::Requested(_) | Stage::Dial(_) | Stage::Active(_) | Stage::Closing(_) => {
                Tone::Silence
            }
        };
        assert_eq!(self.tone, tone, "after {deed:?} in {:?}", calls.stage);
        assert!(calls.is_shown() || calls.front() != Some(CallFront::Call));
        let notice = self.rig.state.panel.notice;
        let says = notice.is_some_and(crate::panel::Notice::is_of_call);
        assert!(calls.before.is_none() || calls.is_shown() || calls.front().is_some() || says);
    }

    /// The session ends: nobody waits any more.
    fn end(mut self) {
        let effects = self.api(ApiCall::Logout);
        self.note(&effects);
        self.check(&Deed::Leave);
        assert_eq!(self.answers.len(), self.asked as usize, "some call was never answered");
        assert_eq!(self.rig.state.calls.stage, Stage::Idle);
        for (call, told) in &self.told {
            let last = told.last().unwrap();
            assert!(!last.starts_with("call") && last != "started", "{call} never ended: {told:?}");
        }
    }
}

fn call_of(event: &ClientEvent) -> Option<CallAlias> {
    let call = match event {
        ClientEvent::IncomingCall(call) | ClientEvent::CallStarted(call) => call,
        ClientEvent::CallDialAnswered { call, .. }
        | ClientEvent::CallDialDeclined { call, .. }
        | ClientEvent::CallDialStopped { call, .. }
        | ClientEvent::CallEnded { call, .. } => call,
        _ => return None,
    };
    Some(call.call.call.clone())
}

fn user_action(number: usize) -> UserAction {
    match number {
        0..3 => UserAction::Call(CallAction::Accept),
        3 => UserAction::Call(CallAction::Decline),
        4..6 => UserAction::Call(CallAction::HangUp),
        6 => UserAction::Call(CallAction::ToggleMic),
        7 => UserAction::Call(CallAction::ToggleCamera),
        8 => UserAction::Call(CallAction::ShareScreen(ScreenKind::Static)),
        9 => UserAction::Call(CallAction::StopScreen),
        10 => UserAction::Call(CallAction::BackToChat),
        11 => UserAction::Call(CallAction::BackToCall),
        12 => UserAction::Call(CallAction::AskAgain(MediaWant::Mic)),
        13 => UserAction::Call(CallAction::AskAgain(MediaWant::Camera)),
        14 => UserAction::Call(CallAction::ChooseMic("m".into())),
        15 => UserAction::Call(CallAction::Settings(true)),
        _ => UserAction::Call(CallAction::DismissFailure),
    }
}

fn media_event(event: usize, want: MediaWant, round: u32) -> MediaEvent {
    let failed = |problem, named| MediaEvent::Failed { round, want, problem, named };
    match event {
        0 | 1 => MediaEvent::Opened { round, want, device: None },
        2 => failed(MediaProblem::Refused, true),
        3 => failed(MediaProblem::Refused, false),
        4 => failed(MediaProblem::Dismissed, true),
        _ => MediaEvent::Ended { round, want },
    }
}

fn rtc_event(event: usize, round: u32) -> RtcEvent {
    match event {
        0 | 1 => RtcEvent::Signal { round, signal: candidate("own") },
        2 => RtcEvent::Connected { round },
        3 => RtcEvent::Broken { round },
        4 => RtcEvent::Failed { round, problem: RtcProblem::Unsupported },
        6 => RtcEvent::Frame { round, frame: Frame::Hello { v: PROTOCOL_VERSION } },
        7 => RtcEvent::FrameLost { round },
        5 => RtcEvent::Failed { round, problem: RtcProblem::Negotiation },
        _ => RtcEvent::Stream { round, slot: MediaSlot::PeerAudio, live: true },
    }
}

/// A few seconds' worth; more on request, by proptest's own variable.
fn cases() -> u32 {
    std::env::var("PROPTEST_CASES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(256)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: cases(), failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn nothing_is_left_behind_whatever_happens(deeds in prop::collection::vec(deed(), 1..80), window: bool) {
        let mut play = Play::new(if window { Mode::Window } else { Mode::Embed });
        for deed in &deeds {
            play.take(deed);
        }
        play.end();
    }
}
