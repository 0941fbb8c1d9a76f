//! Pictures and screens, who may send them, and what a person is shown and hears of them.

use super::*;

#[test]
fn audio_becomes_video_only_with_the_servers_word_and_never_in_an_audio_only_call() {
    let mut rig = talking(CallType::AudioUpgradable);
    let effects = rig.user(CallAction::ToggleCamera);
    assert!(opens(&effects).is_empty());
    assert!(matches!(sent(&effects)[..], [ClientMessage::Call(CallRequest::Upgrade { .. })]));
    let mut effects = rig.told(CallNews::Upgraded { call: call_alias(), by: alias("anna") });
    effects.extend(rig.answer(asked!(Upgrade), ServerMessage::Done));
    assert_eq!(opens(&effects), [(false, true)], "once");
    // From now on it is a video call.
    rig.opened(MediaWant::Camera);
    rig.user(CallAction::ToggleCamera);
    assert_eq!(opens(&rig.user(CallAction::ToggleCamera)), [(false, true)]);
    let mut rig = talking(CallType::AudioUpgradable);
    rig.user(CallAction::ToggleCamera);
    rig.refuse(asked!(Upgrade), ErrorCode::VideoNotPermitted);
    assert_eq!(active(&rig).snack, Some(Snack::CannotVideo));
    let mut rig = talking(CallType::AudioOnly);
    assert!(media_commands(&rig.user(CallAction::ToggleCamera)).is_empty());
    assert_eq!(active(&rig).snack, Some(Snack::AudioOnlyCall));
}

#[test]
fn the_other_sides_upgrade_opens_no_camera_here() {
    let mut rig = talking(CallType::AudioUpgradable);
    let effects = rig.told(CallNews::Upgraded { call: call_alias(), by: alias("bob") });
    assert!(opens(&effects).is_empty() && active(&rig).video);
    assert_eq!(opens(&rig.user(CallAction::ToggleCamera)), [(false, true)], "nothing is left to be asked");
}

#[test]
fn who_may_not_send_video_is_told_so() {
    let mut rig = talking(CallType::AudioUpgradable);
    let mut me = (**rig.state.users.me.as_ref().unwrap()).clone();
    me.profile.can_video = false;
    Rc::make_mut(&mut rig.state.users).me = Some(Rc::new(me));
    let effects = rig.user(CallAction::ToggleCamera);
    assert!(sent(&effects).is_empty() && media_commands(&effects).is_empty());
    assert_eq!(active(&rig).snack, Some(Snack::CannotVideo));
}

#[test]
fn no_camera_is_opened_while_an_audio_call_rings() {
    for call_type in [CallType::AudioOnly, CallType::AudioUpgradable] {
        let mut rig = dialing(call_type);
        let effects = rig.user(CallAction::ToggleCamera);
        assert!(media_commands(&effects).is_empty() && sent(&effects).is_empty());
    }
}

#[test]
fn a_screen_is_shared_and_stopped_here_or_by_the_browsers_own_button() {
    let mut rig = talking(CallType::AudioOnly);
    rig.set(|options| options.screen_sharing_extension_id = "ext".into());
    let round = rig.state.calls.round;
    let effects = rig.user(CallAction::ShareScreen(ScreenKind::Dynamic));
    let open = MediaCommand::OpenScreen { round, kind: ScreenKind::Dynamic, extension: "ext".into() };
    assert_eq!(media_commands(&effects), [&open]);
    assert!(
        media_commands(&rig.user(CallAction::ShareScreen(ScreenKind::Static))).is_empty(),
        "one at a time"
    );
    let screen = |screen| Signal::Media(MediaState { screen, ..MediaState::default() });
    assert_eq!(said(&rig.opened(MediaWant::Screen)), [screen(true)]);
    let effects = rig.user(CallAction::StopScreen);
    assert_eq!(media_commands(&effects), [&MediaCommand::Close(MediaWant::Screen)]);
    assert_eq!(said(&effects), [screen(false)]);
    rig.user(CallAction::ShareScreen(ScreenKind::Static));
    rig.opened(MediaWant::Screen);
    let effects = rig.act(Action::Media(MediaEvent::Ended { round, want: MediaWant::Screen }));
    assert_eq!(said(&effects), [screen(false)]);
    assert_eq!(active(&rig).snack, None, "the person did it");
    // A picker that is closed is no failure.
    rig.user(CallAction::ShareScreen(ScreenKind::Static));
    rig.failed(MediaWant::Screen, MediaProblem::Dismissed, true);
    assert_eq!((rig.state.calls.local.screen, active(&rig).snack), (Source::Off, None));
    rig.user(CallAction::ShareScreen(ScreenKind::Static));
    rig.failed(MediaWant::Screen, MediaProblem::ExtensionMissing, true);
    assert_eq!(active(&rig).snack, Some(Snack::Problem(MediaWant::Screen, MediaProblem::ExtensionMissing)));
    rig.set(|options| options.tools = Tools::default());
    assert!(
        media_commands(&rig.user(CallAction::ShareScreen(ScreenKind::Static))).is_empty(),
        "not a tool here"
    );
}

#[test]
fn a_browser_that_answers_after_the_end_leaves_no_light_on() {
    let mut rig = dialing(CallType::AudioVideo);
    rig.stopped("anna", StopReason::DialTimeout);
    let effects = rig.opened(MediaWant::Camera);
    assert_eq!(media_commands(&effects), [&MediaCommand::ReleaseAll]);
    assert_eq!(rig.state.calls.local.camera, Source::Off);
}

#[test]
fn the_screen_stays_lit_while_a_video_call_is_looked_at() {
    let lit = |effects: &[Effect]| -> Vec<bool> {
        let command = |command: &&MediaCommand| match command {
            MediaCommand::KeepScreenOn(on) => Some(*on),
            _ => None,
        };
        media_commands(effects).iter().filter_map(command).collect()
    };
    let mut rig = dialing(CallType::AudioVideo);
    assert_eq!(lit(&rig.answered("bob")), [true]);
    for (action, on) in [
        (UserAction::Call(CallAction::BackToChat), vec![false]),
        (UserAction::Call(CallAction::BackToCall), vec![true]),
        (UserAction::Panel(PanelAction::Toggle), vec![false]),
        (UserAction::Panel(PanelAction::Toggle), vec![true]),
        (UserAction::Call(CallAction::ToggleMic), vec![]),
        (UserAction::Call(CallAction::HangUp), vec![false]),
    ] {
        assert_eq!(lit(&rig.user(action.clone())), on, "{action:?}");
    }
    // Voice alone needs no screen; video that comes later does.
    let mut rig = dialing(CallType::AudioUpgradable);
    assert!(lit(&rig.answered("bob")).is_empty());
    let upgraded = rig.told(CallNews::Upgraded { call: call_alias(), by: alias("bob") });
    assert_eq!(lit(&upgraded), [true]);
    assert_eq!(lit(&rig.ended("bob", EndReason::HungUp)), [false]);
}

#[test]
fn sound_that_is_blocked_asks_for_one_tap() {
    let mut rig = talking(CallType::AudioOnly);
    rig.act(Action::Media(MediaEvent::PlaybackBlocked));
    assert!(rig.state.calls.playback_blocked);
    assert_eq!(media_commands(&rig.user(CallAction::AllowPlayback)), [&MediaCommand::Play]);
    assert!(!rig.state.calls.playback_blocked);
    rig.act(Action::Media(MediaEvent::PlaybackBlocked));
    rig.ended("bob", EndReason::HungUp);
    assert!(!rig.state.calls.playback_blocked);
}

#[test]
fn a_line_in_the_call_view_goes_away() {
    let mut rig = talking(CallType::AudioOnly);
    let effects = rig.user(CallAction::ToggleCamera);
    assert_eq!(started(&effects, &TimerId::Call(CallTimer::SnackEnds)), Some(6_000));
    rig.timer(TimerId::Call(CallTimer::SnackEnds));
    assert_eq!(active(&rig).snack, None);
    rig.told(CallNews::EndsSoon { call: call_alias(), in_ms: 30_000 });
    assert_eq!(active(&rig).snack, Some(Snack::EndsSoon));
    assert_eq!(active(&rig).ends_soon, Some((30_000, rig.now)));
}
