//! Microphones, cameras and screens: asked for in time, doubted in time, let go of in time.

use super::*;

#[test]
fn what_is_sent_is_told_when_it_changes() {
    let mut rig = talking(CallType::AudioVideo);
    let media = |mic, camera| Signal::Media(MediaState { mic, camera, screen: false });
    assert_eq!(said(&rig.opened(MediaWant::Mic)), [media(true, false)]);
    assert_eq!(said(&rig.opened(MediaWant::Camera)), [media(true, true)]);
    let effects = rig.user(CallAction::ToggleMic);
    assert_eq!(media_commands(&effects), [&MediaCommand::Mute(true)]);
    assert_eq!(said(&effects), [media(false, true)]);
    assert_eq!(rig.state.calls.local.mic, Source::Muted);
    let effects = rig.user(CallAction::ToggleCamera);
    assert_eq!(media_commands(&effects), [&MediaCommand::Close(MediaWant::Camera)], "off releases it");
    assert_eq!(said(&effects), [media(false, false)]);
    assert_eq!(opens(&rig.user(CallAction::ToggleCamera)), [(false, true)]);
    assert_eq!(said(&rig.user(CallAction::ToggleMic)), [media(true, false)]);
    assert_eq!(rig.state.calls.devices.camera.as_deref(), Some("d1"));
}

#[test]
fn a_camera_that_fails_leaves_the_microphone() {
    // Both fail because of one, and the browser names a microphone.
    for order in [[MediaWant::Camera, MediaWant::Mic], [MediaWant::Mic, MediaWant::Camera]] {
        let mut rig = dialing(CallType::AudioVideo);
        let named = |want| want == MediaWant::Mic;
        let mut effects = rig.failed(order[0], MediaProblem::Refused, named(order[0]));
        effects.extend(rig.failed(order[1], MediaProblem::Refused, named(order[1])));
        assert_eq!(opens(&effects), [(true, false)], "the microphone alone, once");
        rig.opened(MediaWant::Mic);
        assert_eq!(rig.state.calls.local.mic, Source::On);
        assert_eq!(rig.state.calls.local.camera, Source::Failed(MediaProblem::Refused));
        // It is said once there is a place to say it.
        rig.answered("bob");
        assert_eq!(active(&rig).snack, Some(Snack::Problem(MediaWant::Camera, MediaProblem::Refused)));
    }
    // What an earlier call's devices say is not heard.
    let mut rig = dialing(CallType::AudioVideo);
    let round = rig.state.calls.round.wrapping_sub(1);
    let late = MediaEvent::Opened { round, want: MediaWant::Camera, device: None };
    assert!(rig.act(Action::Media(late)).is_empty());
}

#[test]
fn a_microphone_that_fails_alone_too_is_not_asked_for_without_end() {
    let mut rig = talking(CallType::AudioVideo);
    assert_eq!(opens(&rig.failed(MediaWant::Camera, MediaProblem::InUse, true)), [(false, true)]);
    assert_eq!(opens(&rig.failed(MediaWant::Mic, MediaProblem::InUse, true)), [(true, false)]);
    assert!(opens(&rig.failed(MediaWant::Camera, MediaProblem::InUse, true)).is_empty());
    let effects = rig.failed(MediaWant::Mic, MediaProblem::InUse, true);
    assert!(
        opens(&effects).is_empty() && started(&effects, &TimerId::Call(CallTimer::AskMicAgain)).is_none()
    );
    assert_eq!(rig.state.calls.local.mic, Source::Failed(MediaProblem::InUse));
    assert_eq!(active(&rig).snack, Some(Snack::Problem(MediaWant::Mic, MediaProblem::InUse)));
    // The person may ask again.
    assert_eq!(opens(&rig.user(CallAction::AskAgain(MediaWant::Mic))), [(true, false)]);
    assert_eq!(opens(&rig.user(CallAction::AskAgain(MediaWant::Camera))), [(false, true)]);
}

#[test]
fn a_refused_microphone_is_asked_for_again_while_the_call_goes_on() {
    let mut rig = talking(CallType::AudioVideo);
    rig.failed(MediaWant::Camera, MediaProblem::Refused, false);
    let effects = rig.failed(MediaWant::Mic, MediaProblem::Refused, false);
    assert!(opens(&effects).is_empty(), "both were meant");
    assert_eq!(started(&effects, &TimerId::Call(CallTimer::AskMicAgain)), Some(1_000));
    assert_eq!(active(&rig).snack, Some(Snack::Problem(MediaWant::Mic, MediaProblem::Refused)));
    rig.user(CallAction::DismissSnack);
    for _ in 0..3 {
        assert_eq!(opens(&rig.timer(TimerId::Call(CallTimer::AskMicAgain))), [(true, false)]);
        let source = rig.state.calls.local.mic;
        assert_eq!(source, Source::Failed(MediaProblem::Refused), "nothing flickers while it is asked for");
        let effects = rig.failed(MediaWant::Mic, MediaProblem::Refused, false);
        assert_eq!(started(&effects, &TimerId::Call(CallTimer::AskMicAgain)), Some(1_000));
        assert_eq!(active(&rig).snack, None, "said once");
    }
    rig.timer(TimerId::Call(CallTimer::AskMicAgain));
    let effects = rig.opened(MediaWant::Mic);
    assert!(effects.contains(&Effect::StopTimer(TimerId::Call(CallTimer::AskMicAgain))));
    assert!(opens(&rig.timer(TimerId::Call(CallTimer::AskMicAgain))).is_empty());
    // Not after the call.
    rig.failed(MediaWant::Mic, MediaProblem::Refused, false);
    rig.ended("bob", EndReason::HungUp);
    assert!(opens(&rig.timer(TimerId::Call(CallTimer::AskMicAgain))).is_empty());
}

#[test]
fn a_missing_microphone_is_taken_when_it_is_plugged_in() {
    let mut rig = talking(CallType::AudioOnly);
    let effects = rig.failed(MediaWant::Mic, MediaProblem::NotFound, false);
    assert!(media_commands(&effects).is_empty(), "devices are watched already");
    assert_eq!(active(&rig).snack, Some(Snack::NoMicrophone));
    let mics = vec![crate::calls::Device { id: "m".into(), label: String::new() }];
    let devices = crate::calls::Devices { mics, ..Default::default() };
    assert_eq!(opens(&rig.act(Action::Media(MediaEvent::Devices(devices.clone())))), [(true, false)]);
    assert!(opens(&rig.act(Action::Media(MediaEvent::Devices(devices)))).is_empty());
}

#[test]
fn each_of_two_is_tried_alone_when_the_other_may_have_been_the_trouble() {
    for problem in [MediaProblem::NotFound, MediaProblem::InUse, MediaProblem::Unknown] {
        for (there, missing) in [(MediaWant::Camera, MediaWant::Mic), (MediaWant::Mic, MediaWant::Camera)] {
            let mut rig = talking(CallType::AudioVideo);
            let mut effects = rig.failed(MediaWant::Camera, problem, false);
            effects.extend(rig.failed(MediaWant::Mic, problem, false));
            assert_eq!(opens(&effects), [(false, true), (true, false)], "{problem:?}: each alone");
            let local = rig.state.calls.local;
            assert_eq!(
                (local.mic, local.camera, active(&rig).snack),
                (Source::Opening, Source::Opening, None)
            );
            let effects = [rig.opened(there), rig.failed(missing, problem, false)].concat();
            assert!(opens(&effects).is_empty(), "no end of trying");
            let local = rig.state.calls.local;
            let of = |want| if want == MediaWant::Mic { local.mic } else { local.camera };
            assert_eq!(
                (of(there), of(missing)),
                (Source::On, Source::Failed(problem)),
                "the right one is named"
            );
        }
    }
    // Of a refusal, only what the browser names was not meant.
    let mut rig = talking(CallType::AudioVideo);
    let mut effects = rig.failed(MediaWant::Camera, MediaProblem::Refused, true);
    effects.extend(rig.failed(MediaWant::Mic, MediaProblem::Refused, false));
    assert_eq!(opens(&effects), [(false, true)]);
}

#[test]
fn mute_pressed_while_the_microphone_opens_holds_when_it_is_there() {
    let mute = |muted| MediaCommand::Mute(muted);
    let mut rig = talking(CallType::AudioVideo);
    assert_eq!(media_commands(&rig.user(CallAction::ToggleMic)), [&mute(true)], "known before it comes");
    assert!(rig.state.calls.is_muted());
    assert!(said(&rig.opened(MediaWant::Mic)).is_empty(), "nothing is sent, nothing is told");
    assert_eq!(rig.state.calls.local.mic, Source::Muted);
    // Pressed twice it is as if it had not been pressed.
    let mut rig = talking(CallType::AudioVideo);
    rig.user(CallAction::ToggleMic);
    assert_eq!(media_commands(&rig.user(CallAction::ToggleMic)), [&mute(false)]);
    rig.opened(MediaWant::Mic);
    assert_eq!(rig.state.calls.local.mic, Source::On);
}

#[test]
fn what_was_pressed_meanwhile_holds_for_another_device_and_after_a_refusal() {
    // Muted while another microphone is on its way.
    let mut rig = talking(CallType::AudioVideo);
    rig.opened(MediaWant::Mic);
    rig.opened(MediaWant::Camera);
    rig.user(CallAction::ChooseMic("m2".into()));
    rig.user(CallAction::ToggleMic);
    rig.opened(MediaWant::Mic);
    assert_eq!(rig.state.calls.local.mic, Source::Muted);
    // The camera put out while another one is on its way.
    rig.user(CallAction::ChooseCamera("d2".into()));
    let effects = rig.user(CallAction::ToggleCamera);
    assert_eq!(media_commands(&effects), [&MediaCommand::Close(MediaWant::Camera)]);
    assert_eq!(media_commands(&rig.opened(MediaWant::Camera)), [&MediaCommand::Close(MediaWant::Camera)]);
    assert_eq!(rig.state.calls.local.camera, Source::Off);
    // Muted before the person was asked, refused, and allowed late.
    let mut rig = talking(CallType::AudioOnly);
    rig.user(CallAction::ToggleMic);
    rig.failed(MediaWant::Mic, MediaProblem::Refused, false);
    rig.timer(TimerId::Call(CallTimer::AskMicAgain));
    rig.opened(MediaWant::Mic);
    assert_eq!(rig.state.calls.local.mic, Source::Muted);
    // Who presses the button of a microphone that failed wants to be heard; who tries again wants it as it was.
    for (action, source) in
        [(CallAction::ToggleMic, Source::On), (CallAction::AskAgain(MediaWant::Mic), Source::Muted)]
    {
        let mut rig = talking(CallType::AudioOnly);
        rig.user(CallAction::ToggleMic);
        rig.failed(MediaWant::Mic, MediaProblem::InUse, false);
        assert_eq!(opens(&rig.user(action)), [(true, false)]);
        rig.opened(MediaWant::Mic);
        assert_eq!(rig.state.calls.local.mic, source);
    }
    // A device chosen while another one opens is the one that is asked for.
    let mut rig = talking(CallType::AudioOnly);
    let effects = rig.user(CallAction::ChooseMic("m2".into()));
    assert!(
        matches!(media_commands(&effects)[..], [MediaCommand::Open { mic: true, camera: false, mic_id: Some(id), .. }] if id == "m2")
    );
}

#[test]
fn a_camera_or_screen_that_is_not_wanted_any_more_is_not_shown_when_it_comes() {
    let mut rig = talking(CallType::AudioVideo);
    let close = |want| MediaCommand::Close(want);
    assert_eq!(media_commands(&rig.user(CallAction::ToggleCamera)), [&close(MediaWant::Camera)]);
    assert_eq!(rig.state.calls.local.camera, Source::Off);
    let effects = rig.opened(MediaWant::Camera);
    assert_eq!(media_commands(&effects), [&close(MediaWant::Camera)]);
    assert!(said(&effects).is_empty());
    assert!(rig.failed(MediaWant::Camera, MediaProblem::InUse, false).is_empty(), "nobody misses it");
    // Pressed once more, it is asked for once more.
    assert_eq!(opens(&rig.user(CallAction::ToggleCamera)), [(false, true)]);
    rig.opened(MediaWant::Camera);
    assert_eq!(rig.state.calls.local.camera, Source::On);
    // A screen, while the person is still choosing.
    rig.user(CallAction::ShareScreen(ScreenKind::Static));
    assert_eq!(media_commands(&rig.user(CallAction::StopScreen)), [&close(MediaWant::Screen)]);
    let effects = rig.opened(MediaWant::Screen);
    assert_eq!(media_commands(&effects), [&close(MediaWant::Screen)]);
    assert!(said(&effects).is_empty());
}

#[test]
fn a_camera_that_waits_for_the_servers_word_can_be_put_out_again() {
    let granted = CallNews::Upgraded { call: call_alias(), by: alias("anna") };
    let mut rig = talking(CallType::AudioUpgradable);
    rig.user(CallAction::ToggleCamera);
    assert_eq!(rig.state.calls.local.camera, Source::Opening, "the press is seen at once");
    rig.user(CallAction::ToggleCamera);
    let effects = [rig.told(granted.clone()), rig.answer(asked!(Upgrade), ServerMessage::Done)].concat();
    assert!(opens(&effects).is_empty());
    // Off and on again: one question, one camera.
    let mut rig = talking(CallType::AudioUpgradable);
    rig.user(CallAction::ToggleCamera);
    rig.user(CallAction::ToggleCamera);
    assert!(sent(&rig.user(CallAction::ToggleCamera)).is_empty());
    let effects = [rig.told(granted), rig.answer(asked!(Upgrade), ServerMessage::Done)].concat();
    assert_eq!(opens(&effects), [(false, true)]);
    // Refused: it is off, and can be asked for again.
    let mut rig = talking(CallType::AudioUpgradable);
    rig.user(CallAction::ToggleCamera);
    rig.refuse(asked!(Upgrade), ErrorCode::RateLimited);
    assert_eq!(rig.state.calls.local.camera, Source::Off);
    assert!(matches!(
        sent(&rig.user(CallAction::ToggleCamera))[..],
        [ClientMessage::Call(CallRequest::Upgrade { .. })]
    ));
}

#[test]
fn every_problem_has_a_word_of_its_own() {
    use MediaProblem::*;
    let all = [
        NotSecure,
        FrameBlocked,
        PolicyBlocked,
        Refused,
        NotFound,
        InUse,
        Dismissed,
        Unsupported,
        ExtensionMissing,
        Unknown,
    ];
    let words: std::collections::BTreeSet<&str> = all.iter().map(|problem| problem.as_str()).collect();
    assert_eq!(words.len(), all.len());
    for problem in all.into_iter().filter(|problem| *problem != Dismissed) {
        let mut rig = talking(CallType::AudioVideo);
        rig.opened(MediaWant::Mic);
        rig.failed(MediaWant::Camera, problem, false);
        if rig.state.calls.local.camera == Source::Opening {
            // It was asked for together with the microphone, and now alone.
            rig.failed(MediaWant::Camera, problem, false);
        }
        assert_eq!(rig.state.calls.local.camera, Source::Failed(problem));
        assert_eq!(rig.state.calls.local.mic, Source::On, "the call goes on");
        assert_eq!(active(&rig).snack, Some(Snack::Problem(MediaWant::Camera, problem)));
    }
}

#[test]
fn a_device_that_is_unplugged_is_named_and_a_microphone_replaced() {
    let mut rig = talking(CallType::AudioVideo);
    let round = rig.state.calls.round;
    rig.opened(MediaWant::Mic);
    rig.opened(MediaWant::Camera);
    let effects = rig.act(Action::Media(MediaEvent::Ended { round, want: MediaWant::Camera }));
    assert_eq!(active(&rig).snack, Some(Snack::DeviceEnded(MediaWant::Camera)));
    assert_eq!(rig.state.calls.local.camera, Source::Off);
    assert!(opens(&effects).is_empty());
    assert_eq!(opens(&rig.user(CallAction::ToggleCamera)), [(false, true)]);
    rig.user(CallAction::ToggleMic);
    let effects = rig.act(Action::Media(MediaEvent::Ended { round, want: MediaWant::Mic }));
    assert_eq!(opens(&effects), [(true, false)]);
    // It was muted, and so is the one in its place.
    let effects = rig.opened(MediaWant::Mic);
    assert_eq!(media_commands(&effects)[..1], [&MediaCommand::Mute(true)]);
    assert_eq!(rig.state.calls.local.mic, Source::Muted);
}

#[test]
fn another_device_takes_the_place_of_the_first_without_a_gap() {
    let mut rig = talking(CallType::AudioVideo);
    rig.opened(MediaWant::Mic);
    rig.opened(MediaWant::Camera);
    let effects = rig.user(CallAction::ChooseCamera("d2".into()));
    assert!(
        matches!(media_commands(&effects)[..], [MediaCommand::Open { mic: false, camera: true, camera_id: Some(id), .. }] if id == "d2")
    );
    assert!(said(&effects).is_empty());
    assert_eq!(rig.state.calls.local.camera, Source::On, "the first is still sent");
    assert!(said(&rig.opened(MediaWant::Camera)).is_empty());
    // A muted microphone stays muted.
    rig.user(CallAction::ToggleMic);
    rig.user(CallAction::ChooseMic("m2".into()));
    assert_eq!(media_commands(&rig.opened(MediaWant::Mic)).len(), 1);
    assert_eq!(rig.state.calls.local.mic, Source::Muted);
    // If the new one does not come, the old one is not left on unseen.
    rig.user(CallAction::ChooseCamera("d3".into()));
    let effects = rig.failed(MediaWant::Camera, MediaProblem::InUse, true);
    assert_eq!(media_commands(&effects), [&MediaCommand::Close(MediaWant::Camera)]);
    // One that is off is not opened by a choice.
    let mut rig = talking(CallType::AudioUpgradable);
    assert!(media_commands(&rig.user(CallAction::ChooseCamera("d2".into()))).is_empty());
    assert_eq!(rig.state.calls.devices.camera.as_deref(), Some("d2"));
}

#[test]
fn devices_are_watched_from_the_first_one_to_the_end_of_the_call() {
    let watches = |effects: &[Effect]| -> Vec<bool> {
        let watch = |command: &&MediaCommand| match command {
            MediaCommand::Watch => Some(true),
            MediaCommand::Unwatch => Some(false),
            _ => None,
        };
        media_commands(effects).iter().filter_map(watch).collect()
    };
    // The caller.
    let mut rig = rig();
    assert_eq!(watches(&create(&mut rig, CallType::AudioVideo)), [true]);
    rig.answer(asked!(Create), entry("anna", CallPhase::Dialing, CallType::AudioVideo));
    assert_eq!(watches(&rig.stopped("anna", StopReason::DialTimeout)), [false]);
    // The callee: not while it rings.
    assert!(watches(&dialed(&mut rig)).is_empty());
    assert_eq!(watches(&rig.user(CallAction::Accept)), [true]);
    rig.answer(asked!(Accept), entry("bob", CallPhase::Connected, CallType::AudioVideo));
    // Who comes by a link may open a device before the server has answered.
    let mut guest = self::rig();
    let join = guest.api(ApiCall::JoinCallUrl { url: "https://x/t".into() });
    assert_eq!(watches(&join), [true]);
    let joined = entry("bob", CallPhase::Waiting, CallType::AudioVideo);
    assert!(watches(&guest.answer(asked!(Join), joined)).is_empty());
    assert_eq!(watches(&guest.user(CallAction::HangUp)), [false]);
    // Neither the settings nor a device that fails or ends change it.
    for open in [true, false] {
        assert!(watches(&rig.user(CallAction::Settings(open))).is_empty());
    }
    assert!(watches(&rig.failed(MediaWant::Mic, MediaProblem::NotFound, false)).is_empty());
    let round = rig.state.calls.round;
    let ended = MediaEvent::Ended { round, want: MediaWant::Camera };
    assert!(watches(&rig.act(Action::Media(ended))).is_empty());
    assert_eq!(watches(&rig.user(CallAction::HangUp)), [false]);
}

#[test]
fn what_was_chosen_stays_chosen_while_devices_come_and_go_and_it_is_there() {
    let mut rig = talking(CallType::AudioUpgradable);
    let listed = |ids: &[&str]| {
        let cameras =
            ids.iter().map(|id| crate::calls::Device { id: (*id).into(), label: String::new() }).collect();
        Action::Media(MediaEvent::Devices(crate::calls::Devices { cameras, ..Default::default() }))
    };
    rig.act(listed(&["c1", "c2"]));
    rig.user(CallAction::ChooseCamera("c2".into()));
    rig.act(listed(&["c1", "c2", "c3"]));
    assert_eq!(rig.state.calls.devices.camera.as_deref(), Some("c2"));
    assert_eq!(rig.state.calls.devices.cameras.len(), 3);
    rig.act(listed(&["c1"]));
    assert_eq!(rig.state.calls.devices.camera, None);
}

#[test]
fn the_microphone_is_measured_while_the_settings_are_open() {
    let mut rig = talking(CallType::AudioOnly);
    assert!(media_commands(&rig.opened(MediaWant::Mic)).is_empty());
    assert_eq!(media_commands(&rig.user(CallAction::Settings(true))), [&MediaCommand::Measure(true)]);
    rig.act(Action::Media(MediaEvent::Level(7)));
    assert_eq!(rig.state.calls.devices.level, 3);
    rig.user(CallAction::ChooseMic("m2".into()));
    assert_eq!(
        media_commands(&rig.opened(MediaWant::Mic)),
        [&MediaCommand::Measure(true)],
        "the level of the new one"
    );
    assert_eq!(media_commands(&rig.user(CallAction::Settings(false))), [&MediaCommand::Measure(false)]);
    assert!(media_commands(&rig.opened(MediaWant::Mic)).is_empty());
}
