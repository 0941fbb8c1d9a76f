//! Connections between the browsers that break: started over, and by whom.

use super::*;

#[test]
fn a_broken_connection_is_started_over_until_it_works() {
    let mut rig = connected(CallType::AudioVideo);
    let round = rig.state.calls.round;
    assert_eq!(active(&rig).link, Link::Connected);
    let effects = rig.act(Action::Rtc(RtcEvent::Broken { round }));
    assert_eq!(active(&rig).link, Link::Reconnecting);
    assert!(
        matches!(
            sent(&effects)[..],
            [
                ClientMessage::Call(CallRequest::ReportMedia { connected: false, .. }),
                ClientMessage::Call(CallRequest::GetIceServers { .. })
            ]
        ),
        "at once"
    );
    assert_eq!(started(&effects, &TimerId::Call(CallTimer::RestartRtc)), Some(2_000));
    let servers = vec![IceServer { urls: vec!["turn:x".into()], username: None, credential: None }];
    let effects = rig
        .answer(asked!(IceServers), ServerMessage::Call(CallNews::IceServers { servers: servers.clone() }));
    assert!(effects.contains(&Effect::Rtc(RtcCommand::Restart { ice_servers: servers })));
    let wish = ServerMessage::Call(CallNews::Signaled { call: call_alias(), signal: Signal::Restart });
    assert!(rig.told(wish.clone()).is_empty(), "that is being done");
    for wait in [4_000, 6_000, 6_000] {
        assert_eq!(
            started(&rig.timer(TimerId::Call(CallTimer::RestartRtc)), &TimerId::Call(CallTimer::RestartRtc)),
            Some(wait)
        );
        rig.refuse(asked!(IceServers), ErrorCode::Internal);
    }
    rig.timer(TimerId::Call(CallTimer::RestartRtc));
    let effects = rig.refuse(asked!(IceServers), ErrorCode::Internal);
    assert!(
        effects.contains(&Effect::Rtc(RtcCommand::Restart { ice_servers: Vec::new() })),
        "the old ones may still do"
    );
    let effects = rig.act(Action::Rtc(RtcEvent::Connected { round }));
    assert!(effects.contains(&Effect::StopTimer(TimerId::Call(CallTimer::RestartRtc))));
    assert_eq!(active(&rig).snack, Some(Snack::Reconnected));
    assert!(sent(&rig.timer(TimerId::Call(CallTimer::RestartRtc))).is_empty());
    assert_eq!(active(&rig).link, Link::Connected);
    assert_eq!(
        rig.told(wish),
        [Effect::Rtc(RtcCommand::Signal(Signal::Restart))],
        "the other side lost it alone"
    );
    let effects = rig.act(Action::Rtc(RtcEvent::Broken { round }));
    assert_eq!(started(&effects, &TimerId::Call(CallTimer::RestartRtc)), Some(2_000), "it begins anew");
}

#[test]
fn mending_waits_for_the_line_and_begins_with_it() {
    let mut rig = talking(CallType::AudioVideo);
    let round = rig.state.calls.round;
    rig.act(Action::Rtc(RtcEvent::Connected { round }));
    rig.cut();
    let effects = rig.act(Action::Rtc(RtcEvent::Broken { round }));
    assert!(!effects.iter().any(|e| matches!(e, Effect::Rtc(_))), "nobody would hear of it");
    assert_eq!(active(&rig).link, Link::Reconnecting);
    rig.back();
    let effects = resumed(&mut rig, CallPhase::Connected);
    assert!(
        sent(&effects)
            .iter()
            .any(|message| matches!(message, ClientMessage::Call(CallRequest::GetIceServers { .. })))
    );
    // And when it was the other side's line.
    rig.answer(asked!(IceServers), ServerMessage::Call(CallNews::IceServers { servers: Vec::new() }));
    rig.told(CallNews::PeerLine { call: call_alias(), up: false });
    assert!(active(&rig).peer_line_down);
    let effects = rig.told(CallNews::PeerLine { call: call_alias(), up: true });
    assert!(!active(&rig).peer_line_down);
    let media = |message: &ClientMessage| {
        matches!(message, ClientMessage::Call(CallRequest::Signal { signal: Signal::Media(_), .. }))
    };
    // It may have missed what is sent here, too.
    assert!(
        matches!(sent(&effects)[..], [said, ClientMessage::Call(CallRequest::GetIceServers { .. })] if media(said))
    );
}

#[test]
fn nothing_is_offered_to_a_side_whose_line_is_down() {
    for connected in [true, false] {
        let mut rig = talking(CallType::AudioVideo);
        let round = rig.state.calls.round;
        if connected {
            rig.act(Action::Rtc(RtcEvent::Connected { round }));
            rig.act(Action::Rtc(RtcEvent::Broken { round }));
        } else {
            rig.timer(TimerId::Call(CallTimer::RestartRtc));
        }
        let line = |up| ServerMessage::Call(CallNews::PeerLine { call: call_alias(), up });
        rig.told(line(false));
        let nothing = |effects: Vec<Effect>| {
            let offers = |effect: &Effect| matches!(effect, Effect::Rtc(RtcCommand::Restart { .. }));
            assert!(!effects.iter().any(offers), "{effects:?}");
            assert!(sent(&effects).is_empty(), "{effects:?}");
        };
        nothing(
            rig.answer(asked!(IceServers), ServerMessage::Call(CallNews::IceServers { servers: Vec::new() })),
        );
        for _ in 0..3 {
            nothing(rig.timer(TimerId::Call(CallTimer::RestartRtc)));
        }
        let effects = rig.told(line(true));
        assert!(
            sent(&effects)
                .iter()
                .any(|message| matches!(message, ClientMessage::Call(CallRequest::GetIceServers { .. })))
        );
        let effects =
            rig.answer(asked!(IceServers), ServerMessage::Call(CallNews::IceServers { servers: Vec::new() }));
        assert!(effects.contains(&Effect::Rtc(RtcCommand::Restart { ice_servers: Vec::new() })));
    }
}

#[test]
fn a_way_that_came_back_while_servers_were_asked_for_is_looked_for_all_the_same() {
    let mut rig = talking(CallType::AudioVideo);
    let round = rig.state.calls.round;
    rig.act(Action::Rtc(RtcEvent::Connected { round }));
    rig.act(Action::Rtc(RtcEvent::Broken { round }));
    let wish = ServerMessage::Call(CallNews::Signaled { call: call_alias(), signal: Signal::Restart });
    assert!(rig.told(wish).is_empty(), "that is being done");
    rig.act(Action::Rtc(RtcEvent::Connected { round }));
    let effects =
        rig.answer(asked!(IceServers), ServerMessage::Call(CallNews::IceServers { servers: Vec::new() }));
    assert!(effects.contains(&Effect::Rtc(RtcCommand::Restart { ice_servers: Vec::new() })));
}

#[test]
fn a_first_connection_that_does_not_come_is_started_over() {
    let mut rig = dialing(CallType::AudioVideo);
    rig.answered("bob");
    let effects = rig.began();
    assert_eq!(started(&effects, &TimerId::Call(CallTimer::RestartRtc)), Some(10_000));
    let effects = rig.timer(TimerId::Call(CallTimer::RestartRtc));
    assert!(matches!(sent(&effects)[..], [ClientMessage::Call(CallRequest::GetIceServers { .. })]));
    let effects =
        rig.answer(asked!(IceServers), ServerMessage::Call(CallNews::IceServers { servers: Vec::new() }));
    assert!(effects.iter().any(|e| matches!(e, Effect::Rtc(RtcCommand::Restart { .. }))));
    assert_eq!(active(&rig).link, Link::Connecting, "it was never there");
}

#[test]
fn what_the_other_side_sends_is_shown_and_passed_on() {
    let mut rig = talking(CallType::AudioVideo);
    let round = rig.state.calls.round;
    let media = MediaState { mic: false, camera: true, screen: false };
    rig.told(CallNews::Signaled { call: call_alias(), signal: Signal::Media(media) });
    rig.act(Action::Rtc(RtcEvent::Stream { round, slot: MediaSlot::PeerCamera, live: true }));
    assert_eq!(active(&rig).peer, media);
    assert!(active(&rig).peer_streams.camera);
    let effects = rig.told(CallNews::Signaled { call: call_alias(), signal: candidate("theirs") });
    assert_eq!(effects, [Effect::Rtc(RtcCommand::Signal(candidate("theirs")))]);
    // Of another call, nothing is heard.
    let other = CallAlias::parse("room_2").unwrap();
    assert!(rig.told(CallNews::Signaled { call: other, signal: candidate("x") }).is_empty());
    let late = RtcEvent::Signal { round: round.wrapping_sub(1), signal: candidate("x") };
    assert!(rig.act(Action::Rtc(late)).is_empty());
}
