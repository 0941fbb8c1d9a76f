//! Calls in a window of their own: what the page that called does, and what it leaves to the window.

use super::*;
use crate::action::{WindowBlock, WindowEvent};
use crate::calls::CallWindow;
use crate::effect::WindowCommand;
use crate::options::Mode;

fn with_window() -> Rig {
    let mut rig = rig();
    let options = Options { mode: Mode::Window, feedback: true, ..(*rig.state.options).clone() };
    rig.state.options = Rc::new(options);
    rig
}

fn commands(effects: &[Effect]) -> Vec<WindowCommand> {
    let command = |effect: &Effect| match effect {
        Effect::Window(command) => Some(command.clone()),
        _ => None,
    };
    effects.iter().filter_map(command).collect()
}

fn touches_devices(effects: &[Effect]) -> bool {
    let opens = |effect: &Effect| {
        matches!(effect, Effect::Media(MediaCommand::Open { .. }) | Effect::Rtc(RtcCommand::Open { .. }))
    };
    effects.iter().any(opens)
}

fn there(phase: CallPhase, window: bool) -> Elsewhere {
    Elsewhere { call: call("anna", CallType::AudioVideo), phase, peer: profile("bob"), window }
}

fn taken(rig: &mut Rig) -> Vec<Effect> {
    rig.told(CallNews::Elsewhere(Box::new(there(CallPhase::Connected, true))))
}

fn dials(rig: &mut Rig) -> Vec<Effect> {
    let mut effects = create(rig, CallType::AudioVideo);
    effects.extend(rig.act(Action::Window(WindowEvent::Opened)));
    let entry = entry("anna", CallPhase::Dialing, CallType::AudioVideo);
    effects.extend(rig.answer(asked!(Create), entry));
    effects
}

/// anna's call is in its window, and bob has answered.
fn mirrors() -> Rig {
    let mut rig = with_window();
    dials(&mut rig);
    rig.told(CallNews::Elsewhere(Box::new(there(CallPhase::Dialing, true))));
    rig.answered("bob");
    rig.began();
    rig
}

#[test]
fn the_window_opens_first_and_the_page_opens_neither_device_nor_connection() {
    let mut rig = with_window();
    let effects = dials(&mut rig);
    assert!(matches!(effects[0], Effect::Window(WindowCommand::Open)), "within the click: {effects:?}");
    assert_eq!(commands(&effects)[1..], [WindowCommand::Admit { call: call_alias() }]);
    assert!(!touches_devices(&effects), "{effects:?}");
    taken(&mut rig);
    assert_eq!(told(&rig.answered("bob")), ["answered by bob"]);
    let effects = rig.began();
    assert_eq!(told(&effects), ["started"]);
    assert!(!touches_devices(&effects));
    assert_eq!(rig.state.calls.front(), Some(CallFront::Window(CallWindow::There)));
    assert!(
        commands(&rig.act(Action::Leaving)).is_empty() && sent(&rig.act(Action::Leaving)).is_empty(),
        "it goes on without the page"
    );
    assert_eq!(told(&rig.ended("bob", EndReason::HungUp)), ["ended by bob"]);
    assert_eq!(rig.state.calls.front(), Some(CallFront::Feedback));
}

#[test]
fn an_accepted_ring_is_given_to_the_window_once_it_is_this_devices() {
    let mut rig = with_window();
    dialed(&mut rig);
    let effects = rig.user(CallAction::Accept);
    assert!(matches!(effects[0], Effect::Window(WindowCommand::Open)), "{effects:?}");
    assert!(!touches_devices(&effects) && commands(&effects).len() == 1);
    let effects = rig.answer(asked!(Accept), entry("bob", CallPhase::Connected, CallType::AudioVideo));
    assert_eq!(commands(&effects), [WindowCommand::Admit { call: call_alias() }]);
}

#[test]
fn the_page_hangs_up_and_so_does_a_window_that_is_closed() {
    for closed in [false, true] {
        let mut rig = mirrors();
        let effects =
            if closed { rig.act(Action::Window(WindowEvent::Closed)) } else { rig.user(CallAction::HangUp) };
        assert!(
            matches!(sent(&effects)[..], [ClientMessage::Call(CallRequest::HangUp { .. })]),
            "{effects:?}"
        );
        assert_eq!(commands(&effects), [WindowCommand::Close]);
        assert_eq!(told(&rig.answer(asked!(Close), ServerMessage::Done)), ["ended by anna"]);
    }
}

#[test]
fn a_blocked_window_hangs_nothing_up_and_is_opened_by_a_click() {
    let mut rig = with_window();
    create(&mut rig, CallType::AudioVideo);
    rig.act(Action::Window(WindowEvent::Blocked(WindowBlock::Blocker)));
    let effects = rig.answer(asked!(Create), entry("anna", CallPhase::Dialing, CallType::AudioVideo));
    assert!(commands(&effects).is_empty() && !touches_devices(&effects));
    let blocked = CallWindow::Blocked(WindowBlock::Blocker);
    assert_eq!(rig.state.calls.front(), Some(CallFront::Window(blocked)));
    rig.answered("bob");
    rig.began();
    assert_eq!(rig.state.calls.front(), Some(CallFront::Window(blocked)));
    assert_eq!(commands(&rig.user(CallAction::OpenWindow)), [WindowCommand::Open]);
    let effects = rig.act(Action::Window(WindowEvent::Opened));
    assert_eq!(commands(&effects), [WindowCommand::Admit { call: call_alias() }]);
}

#[test]
fn a_window_that_never_comes_is_said() {
    let mut rig = with_window();
    dials(&mut rig);
    rig.timer(TimerId::Call(CallTimer::AwaitWindow));
    let never = CallFront::Window(CallWindow::Blocked(WindowBlock::NeverCame));
    assert_eq!(rig.state.calls.front(), Some(never));
    taken(&mut rig);
    rig.answered("bob");
    assert_eq!(rig.state.calls.front(), Some(CallFront::Window(CallWindow::There)), "it came late");
}

#[test]
fn the_call_goes_on_in_the_page_with_a_connection_from_nothing() {
    let mut rig = with_window();
    dials(&mut rig);
    rig.act(Action::Window(WindowEvent::Opened));
    rig.timer(TimerId::Call(CallTimer::AwaitWindow));
    rig.answered("bob");
    rig.began();
    let effects = rig.user(CallAction::GoOnHere);
    assert!(matches!(sent(&effects)[..], [ClientMessage::Call(CallRequest::Take)]));
    assert_eq!(commands(&effects), [WindowCommand::Close]);
    assert!(touches_devices(&effects));
    let effects = rig.answer(asked!(Take), entry("anna", CallPhase::Connected, CallType::AudioVideo));
    assert!(
        effects.iter().any(|effect| matches!(effect, Effect::Rtc(RtcCommand::Open { offers: true, .. })))
    );
    assert!(told(&effects).is_empty(), "nothing is told twice");
    assert_eq!(rig.state.calls.front(), Some(CallFront::Call));
}

#[test]
fn a_page_loaded_anew_finds_the_call_and_another_tab_is_told_nothing_of_it() {
    for first in [true, false] {
        let mut rig = if first { Rig::new() } else { with_window() };
        if first {
            let options = Options { mode: Mode::Window, ..(*rig.state.options).clone() };
            rig = Rig::with(options, "5eed");
            rig.elsewhere = Some(there(CallPhase::Connected, true));
            rig.api(ApiCall::Create);
            rig.act(Action::Socket(SocketEvent::Opened));
            rig.welcome(sync(10, vec![summary("bob", 0, 0)]));
        } else {
            taken(&mut rig);
        }
        let seen = Some(CallFront::Window(CallWindow::There)).filter(|_| first);
        assert_eq!(rig.state.calls.front(), seen);
        assert!(select::can_go_back_to_call(&rig.state));
        let ended = told(&rig.ended("bob", EndReason::HungUp));
        assert_eq!(ended, if first { vec!["ended by bob"] } else { Vec::new() });
    }
}

#[test]
fn a_page_in_embed_mode_has_nothing_to_do_with_the_window_of_another() {
    let mut rig = rig();
    assert!(taken(&mut rig).is_empty());
    assert!(!rig.state.calls.is_busy());
}

#[test]
fn a_line_that_was_lost_tells_how_the_call_in_the_window_stands() {
    let mut rig = mirrors();
    rig.elsewhere = Some(there(CallPhase::Connected, true));
    rig.cut();
    let effects = rig.back();
    assert!(sent(&effects).is_empty() && told(&effects).is_empty(), "{effects:?}");
    assert_eq!(rig.state.calls.front(), Some(CallFront::Window(CallWindow::There)));
    rig.cut();
    rig.elsewhere = None;
    assert_eq!(told(&rig.back()), ["ended"]);
    assert!(!rig.state.calls.is_busy());
}

#[test]
fn a_page_left_before_its_window_took_the_call_lets_it_wait() {
    let mut rig = with_window();
    dials(&mut rig);
    assert!(matches!(
        sent(&rig.act(Action::Leaving))[..],
        [ClientMessage::Call(CallRequest::StepOut { .. })]
    ));
}

fn in_window() -> Rig {
    let mut rig = rig();
    let url = "https://chat.example.com/connect/call/call-from-widget/true".to_owned();
    let effects = rig.api(ApiCall::JoinCallUrl { url });
    assert!(matches!(sent(&effects)[..], [ClientMessage::Call(CallRequest::Take)]));
    let effects = rig.answer(asked!(Join), entry("anna", CallPhase::Connected, CallType::AudioVideo));
    assert!(touches_devices(&effects));
    rig
}

#[test]
fn the_window_itself_takes_the_call_and_waits_for_its_own_reload() {
    let mut rig = in_window();
    assert!(matches!(
        sent(&rig.act(Action::Leaving))[..],
        [ClientMessage::Call(CallRequest::StepOut { .. })]
    ));
    // Another window of the same call came after it.
    let effects = taken(&mut rig);
    assert!(released(&effects));
    assert_eq!(told(&effects), ["ended"]);
}

#[test]
fn the_other_side_begins_anew_when_a_page_takes_the_call_over() {
    let mut rig = connected(CallType::AudioVideo);
    let moved = CallNews::PeerMoved {
        call: call_alias(),
        offers: true,
        offer_number: 4_000,
        ice_servers: Vec::new(),
    };
    let effects = rig.told(moved);
    let rtc: Vec<&RtcCommand> = effects
        .iter()
        .filter_map(|e| if let Effect::Rtc(command) = e { Some(command) } else { None })
        .collect();
    assert!(
        matches!(rtc[..], [RtcCommand::Close, RtcCommand::Open { offers: true, offer_number: 4_000, .. }]),
        "{rtc:?}"
    );
    assert!(sent(&effects).iter().any(|message| matches!(
        message,
        ClientMessage::Call(CallRequest::ReportMedia { connected: false, .. })
    )));
    let Stage::Active(active) = &rig.state.calls.stage else { panic!("over") };
    assert_eq!(active.link, Link::Reconnecting);
}
