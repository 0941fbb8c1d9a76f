//! Calls as the host page and the person see them.

mod any_order;
mod begin;
mod connecting;
mod crossing;
mod ends;
mod files;
mod line;
mod media;
mod mending;
mod pulse;
mod ring;
mod shown;
mod window;

use super::rig::{Rig, alias, chat_with, emitted, profile, replies, sent, started, summary, sync};
use crate::action::{CallAction, ChatAction, MediaEvent, PanelAction, RtcEvent, SocketEvent, UserAction};
use crate::api::{ApiErrorCode, CallChoice, CallInfo};
use crate::calls::{
    CallFailure, CallFront, Direction, Link, MediaProblem, MediaSlot, MediaWant, Quality, ScreenKind, Snack,
    Source, Stage,
};
use crate::effect::{MediaCommand, RtcCommand, Tone};
use crate::options::{Options, Tools};
use crate::questions::{CallQuestion, Question};
use crate::timers::{CallTimer, SessionTimer, TimerId};
use crate::{Action, ApiCall, ApiReply, ClientEvent, Effect, select};
use bandyer_protocol::*;
use std::rc::Rc;

fn call_alias() -> CallAlias {
    CallAlias::parse("room_1").unwrap()
}

fn call(initiator: &str, call_type: CallType) -> Call {
    let other = if initiator == "anna" { "bob" } else { "anna" };
    Call {
        call: call_alias(),
        initiator: Some(alias(initiator)),
        participants: [alias(initiator), alias(other)],
        call_type,
        record: false,
        recording_type: RecordingType::Automatic,
        live: true,
        created_at: Timestamp(1_000_000),
    }
}

fn entry(initiator: &str, phase: CallPhase, call_type: CallType) -> ServerMessage {
    ServerMessage::Call(CallNews::Entered(Box::new(CallEntry {
        call: call(initiator, call_type),
        phase,
        seat: SessionId::parse("s1").unwrap(),
        peer: profile("bob"),
        ice_servers: Vec::new(),
        offers: initiator == "anna",
        offer_number: 1,
        is_admin: false,
        tools: Tools::ALL,
    })))
}

fn rig() -> Rig {
    Rig::connected(vec![summary("bob", 0, 0)])
}

fn create(rig: &mut Rig, call_type: CallType) -> Vec<Effect> {
    let choice = CallChoice { call_type: Some(call_type), ..CallChoice::default() };
    rig.api(ApiCall::CreateCall { users: vec!["bob".into()], choice })
}

/// The one unanswered question of a kind.
macro_rules! asked {
    ($kind:ident) => {
        |request: &Question| matches!(request, Question::Call(CallQuestion::$kind(..)))
    };
}
use asked;

/// anna calls bob, and it rings there.
fn dialing(call_type: CallType) -> Rig {
    let mut rig = rig();
    create(&mut rig, call_type);
    rig.answer(asked!(Create), entry("anna", CallPhase::Dialing, call_type));
    rig.answer(asked!(Signal), ServerMessage::Done);
    rig
}

/// The same, accepted by bob, both in.
fn talking(call_type: CallType) -> Rig {
    let mut rig = dialing(call_type);
    rig.answered("bob");
    rig.began();
    rig
}

/// The same, and the browsers have found each other.
fn connected(call_type: CallType) -> Rig {
    let mut rig = talking(call_type);
    let round = rig.state.calls.round;
    rig.act(Action::Rtc(RtcEvent::Connected { round }));
    rig.answer(asked!(Link), ServerMessage::Done);
    rig
}

/// bob calls anna.
fn ringing() -> Rig {
    let mut rig = rig();
    dialed(&mut rig);
    rig
}

fn ring() -> Dial {
    Dial { call: call("bob", CallType::AudioVideo), caller: profile("bob") }
}

fn dialed(rig: &mut Rig) -> Vec<Effect> {
    rig.told(CallNews::Dialed(Box::new(ring())))
}

/// Another ring, of carl.
fn other_ring() -> Dial {
    let call = Call {
        call: CallAlias::parse("room_2").unwrap(),
        initiator: Some(alias("carl")),
        participants: [alias("carl"), alias("anna")],
        ..call("bob", CallType::AudioOnly)
    };
    Dial { call, caller: profile("carl") }
}

/// What the host page was told, in short.
fn told(effects: &[Effect]) -> Vec<String> {
    emitted(effects).into_iter().filter_map(short).collect()
}

fn short(event: &ClientEvent) -> Option<String> {
    Some(match event {
        ClientEvent::IncomingCall(call) => format!("call {}", call.direction.as_str()),
        ClientEvent::CallDialAnswered { executor, .. } => format!("answered by {executor}"),
        ClientEvent::CallDialDeclined { executor, reason, .. } => {
            format!("declined by {executor}: {}", reason.as_str())
        }
        ClientEvent::CallDialStopped { executor, reason, .. } => {
            format!("stopped by {executor}: {}", reason.as_str())
        }
        ClientEvent::CallStarted(_) => "started".into(),
        ClientEvent::CallEnded { executor: Some(executor), .. } => format!("ended by {executor}"),
        ClientEvent::CallEnded { executor: None, .. } => "ended".into(),
        _ => return None,
    })
}

fn opens(effects: &[Effect]) -> Vec<(bool, bool)> {
    let open = |effect: &Effect| match effect {
        Effect::Media(MediaCommand::Open { mic, camera, .. }) => Some((*mic, *camera)),
        _ => None,
    };
    effects.iter().filter_map(open).collect()
}

fn released(effects: &[Effect]) -> bool {
    effects.contains(&Effect::Media(MediaCommand::ReleaseAll))
        && effects.contains(&Effect::Rtc(RtcCommand::Close))
}

fn rejections(effects: &[Effect]) -> Vec<ApiErrorCode> {
    let code = |effect: &Effect| match effect {
        Effect::Reply(_, Err(error)) => Some(error.code),
        _ => None,
    };
    effects.iter().filter_map(code).collect()
}

fn media_commands(effects: &[Effect]) -> Vec<&MediaCommand> {
    effects
        .iter()
        .filter_map(|effect| if let Effect::Media(command) = effect { Some(command) } else { None })
        .collect()
}

/// Signals that were sent to the other side.
fn said(effects: &[Effect]) -> Vec<Signal> {
    sent(effects)
        .into_iter()
        .filter_map(|message| match message {
            ClientMessage::Call(CallRequest::Signal { signal, .. }) => Some(signal.clone()),
            _ => None,
        })
        .collect()
}

fn candidate(text: &str) -> Signal {
    Signal::Candidate { candidate: text.into(), mid: None, line: None, number: 1 }
}

fn active(rig: &Rig) -> &crate::calls::Active {
    match &rig.state.calls.stage {
        Stage::Active(active) => active,
        stage => panic!("{stage:?}"),
    }
}

impl Rig {
    /// The browser of this side wants something said.
    fn says(&mut self, text: &str) -> Vec<Effect> {
        let round = self.state.calls.round;
        self.act(Action::Rtc(RtcEvent::Signal { round, signal: candidate(text) }))
    }

    fn opened(&mut self, want: MediaWant) -> Vec<Effect> {
        let round = self.state.calls.round;
        self.act(Action::Media(MediaEvent::Opened { round, want, device: Some("d1".into()) }))
    }

    fn failed(&mut self, want: MediaWant, problem: MediaProblem, named: bool) -> Vec<Effect> {
        let round = self.state.calls.round;
        self.act(Action::Media(MediaEvent::Failed { round, want, problem, named }))
    }

    /// The line is cut.
    fn cut(&mut self) -> Vec<Effect> {
        self.act(Action::Socket(SocketEvent::Closed))
    }

    /// The line is back.
    fn back(&mut self) -> Vec<Effect> {
        self.timer(TimerId::Session(SessionTimer::Reconnect));
        self.act(Action::Socket(SocketEvent::Opened));
        let cursor = self.cursor;
        self.welcome(sync(cursor, vec![summary("bob", 0, 0)]))
    }

    fn ended(&mut self, by: &str, reason: EndReason) -> Vec<Effect> {
        self.told(CallNews::Ended { call: call_alias(), by: Some(alias(by)), reason })
    }

    fn answered(&mut self, by: &str) -> Vec<Effect> {
        self.told(CallNews::Answered { call: call_alias(), by: alias(by) })
    }

    fn stopped(&mut self, by: &str, reason: StopReason) -> Vec<Effect> {
        self.told(CallNews::Stopped { call: call_alias(), by: alias(by), reason })
    }

    fn began(&mut self) -> Vec<Effect> {
        let at = self.now;
        self.told(CallNews::Started { call: call_alias(), at })
    }

    fn set(&mut self, change: impl FnOnce(&mut Options)) {
        change(Rc::make_mut(&mut self.state.options));
    }
}

fn resumed(rig: &mut Rig, phase: CallPhase) -> Vec<Effect> {
    rig.answer(asked!(Resume), entry("anna", phase, CallType::AudioVideo))
}
