//! Calls between real devices over the real hub: whole stories, and random schedules of everything that can go wrong.

use bandyer_core::action::CallAction;
use bandyer_core::api::{ApiCall, CallChoice};
use bandyer_core::calls::{CallFileState, CallFront, Stage};
use bandyer_protocol::{Attachment, CallType, ChatId, MessageBody, UploadId};
use bandyer_scenarios::World;
use bandyer_scenarios::calls::{Story, stories};
use bandyer_scenarios::trouble::{Trouble, trouble};
use proptest::prelude::*;

const DEVICES: [(&str, &str); 4] = [("a1", "anna"), ("a2", "anna"), ("b1", "bob"), ("b2", "bob")];
/// Longer than it rings, and than a call waits for somebody.
const LONG_MS: i64 = 46_000;

/// Two users with two devices each, and a chat between them.
fn world() -> World {
    let mut world = World::new(&["anna", "bob"], &DEVICES);
    world.settle();
    world.call(0, ApiCall::AddChat { user: "bob".into() });
    world.settle();
    world
}

fn create(world: &mut World, device: usize) {
    let other = if DEVICES[device].1 == "anna" { "bob" } else { "anna" };
    let choice = CallChoice { call_type: Some(CallType::AudioVideo), ..CallChoice::default() };
    world.call(device, ApiCall::CreateCall { users: vec![other.into()], choice });
}

/// Everything under way arrives, and no time goes by.
fn flow(world: &mut World) {
    for _ in 0..8 {
        for device in 0..DEVICES.len() {
            while world.browser(device) {}
            world.pump(device);
        }
    }
}

/// The one call a device was told of.
fn story(world: &World, device: usize) -> Story {
    let told = stories(&world.devices[device].page);
    assert!(told.len() <= 1, "{told:?}");
    told.into_values().next().unwrap_or_default()
}

fn is_talking(world: &World, device: usize) -> bool {
    matches!(world.devices[device].state.calls.stage, Stage::Active(_))
}

/// a1 calls, b1 accepts.
fn talking() -> World {
    let mut world = world();
    create(&mut world, 0);
    flow(&mut world);
    world.user(2, CallAction::Accept);
    world.settle();
    world
}

#[test]
fn a_call_is_made_accepted_and_hung_up() {
    let mut world = world();
    create(&mut world, 0);
    flow(&mut world);
    for device in [2, 3] {
        assert_eq!(world.devices[device].state.calls.front(), Some(CallFront::Dial));
        assert!(world.devices[device].browser.open.is_empty());
        assert!(world.devices[device].browser.connection.is_none(), "nothing is said before the accept");
    }
    world.user(2, CallAction::Accept);
    world.settle();
    world.check();
    world.check_calls();
    assert!(is_talking(&world, 0) && is_talking(&world, 2));
    world.user(2, CallAction::HangUp);
    world.settle();
    world.check();
    world.check_calls();
    world.check_reasons();
    let talk = ["answered by bob", "started", "ended by bob"];
    assert_eq!(story(&world, 0)[1..], talk);
    assert_eq!(story(&world, 2)[1..], talk);
    assert_eq!(story(&world, 3), ["call incoming", "stopped by bob: answered_on_another_device"]);
    assert!(story(&world, 1).is_empty(), "her other device has no part in it");
}

#[test]
fn a_call_nobody_answers_is_missed_and_noted_in_the_chat() {
    let mut world = world();
    create(&mut world, 0);
    world.settle();
    world.check();
    world.check_calls();
    world.check_reasons();
    for device in [0, 2, 3] {
        assert_eq!(story(&world, device).last().unwrap(), "stopped by anna: dial_timeout");
    }
    let chat = ChatId::parse("anna#bob").unwrap();
    let messages = world.server.messages(&chat);
    assert!(
        matches!(messages[..], [ref missed] if missed.body == MessageBody::MissedCall(CallType::AudioVideo))
    );
    assert_eq!(world.devices[2].state.chats.by_id[&chat].unread, 1);
    assert_eq!(world.devices[0].state.chats.by_id[&chat].unread, 0);
}

#[test]
fn both_call_at_once_and_one_of_them_rings() {
    let mut world = world();
    create(&mut world, 0);
    create(&mut world, 2);
    flow(&mut world);
    let ringing = (0..4).filter(|device| {
        matches!(&world.devices[*device].state.calls.stage, Stage::Dial(dial) if dial.is_unanswered())
    });
    let ringing: Vec<usize> = ringing.collect();
    assert!(ringing == [2, 3] || ringing == [0, 1], "{ringing:?}");
    world.user(ringing[0], CallAction::Accept);
    world.settle();
    world.check_calls();
    assert!(is_talking(&world, 0) && is_talking(&world, 2));
}

#[test]
fn a_cut_line_costs_a_call_nothing() {
    for (tell_device, tell_server) in [(true, true), (true, false), (false, true)] {
        let mut world = talking();
        let before = world.devices[0].browser.connection.as_ref().unwrap().said;
        world.cut(0, tell_device, tell_server);
        world.devices[0].browser.break_connection();
        while world.browser(0) {}
        world.settle();
        world.check();
        world.check_calls();
        assert!(is_talking(&world, 0) && is_talking(&world, 2));
        assert!(world.devices[0].browser.connection.as_ref().unwrap().said > before, "it was mended");
        assert_eq!(story(&world, 0).len(), 3, "and nobody was told of anything");
    }
}

#[test]
fn who_does_not_come_back_ends_the_call() {
    let mut world = talking();
    world.reload(0);
    world.settle();
    world.check();
    world.check_calls();
    assert_eq!(story(&world, 2).last().unwrap(), "ended by anna");
}

#[test]
fn who_leaves_the_page_ends_the_call_at_once() {
    let mut world = talking();
    world.leave(0);
    flow(&mut world);
    assert!(!is_talking(&world, 2));
    assert_eq!(story(&world, 2).last().unwrap(), "ended by anna");
    world.settle();
    world.check_calls();
}

#[test]
fn a_server_that_restarts_lets_calls_go_on() {
    for kill in [false, true] {
        let mut world = talking();
        if kill {
            world.kill(0)
        } else {
            world.restart()
        }
        world.settle();
        world.check();
        world.check_calls();
        assert!(is_talking(&world, 0) && is_talking(&world, 2));
        world.call(
            0,
            ApiCall::HangUp { call: stories(&world.devices[0].page).keys().next().unwrap().to_string() },
        );
        world.settle();
        world.check_calls();
        assert_eq!(story(&world, 2).last().unwrap(), "ended by anna");
    }
}

#[test]
fn what_was_hung_up_without_a_line_ends_at_the_other_side_when_the_line_is_back() {
    let mut world = talking();
    world.cut(0, true, true);
    while world.deliver_down(0) {}
    world.user(0, CallAction::HangUp);
    world.settle();
    world.check();
    world.check_calls();
    world.check_reasons();
    assert_eq!(story(&world, 2).last().unwrap(), "ended by anna");
}

#[test]
fn who_comes_back_first_sees_that_the_other_side_is_not_there() {
    let mut world = talking();
    for device in [0, 2] {
        world.cut(device, true, true);
        while world.deliver_down(device) {}
    }
    world.pass(6_500);
    world.pump(0);
    assert!(matches!(&world.devices[0].state.calls.stage, Stage::Active(active) if active.peer_line_down));
    world.settle();
    world.check_calls();
    assert!(is_talking(&world, 0) && is_talking(&world, 2));
}

#[test]
fn a_file_given_while_a_line_is_down_arrives_when_it_is_back_and_once() {
    let attachment = Attachment {
        upload: UploadId::parse("u1").unwrap(),
        name: "f.pdf".into(),
        size: 10,
        media_type: "application/pdf".into(),
        picture: false,
    };
    // The giver's line is down, or the receiver's, or the answer gets lost.
    for (cut_before, cut_after) in [(Some(0), None), (Some(2), None), (None, Some(0))] {
        let mut world = talking();
        let call = stories(&world.devices[0].page).into_keys().next().unwrap();
        if let Some(device) = cut_before {
            world.cut(device, true, true);
            while world.deliver_down(device) {}
        }
        world.give_file(0, &call, &attachment);
        if let Some(device) = cut_after {
            world.deliver_up(device, false);
            world.turn(usize::MAX);
            world.cut(device, true, true);
        }
        world.settle();
        world.check_calls();
        let files = |device: usize| &world.devices[device].state.calls.files;
        assert!(matches!(&files(0)[..], [file] if matches!(file.state, CallFileState::Given(_))));
        assert!(matches!(&files(2)[..], [file] if matches!(file.state, CallFileState::Received { .. })));
    }
}

#[derive(Debug, Clone)]
enum Step {
    Create {
        device: usize,
    },
    Accept {
        device: usize,
    },
    Decline {
        device: usize,
    },
    HangUp {
        device: usize,
    },
    Camera {
        device: usize,
    },
    Browser {
        device: usize,
    },
    Up {
        device: usize,
    },
    Down {
        device: usize,
    },
    Pump {
        device: usize,
    },
    Turn {
        most: usize,
    },
    Pass {
        ms: i64,
    },
    /// So much time that no ring is left, on lines that are well.
    Wait,
    Break {
        device: usize,
    },
    Cut {
        device: usize,
        tell_device: bool,
        tell_server: bool,
    },
    Blink {
        device: usize,
    },
    Reload {
        device: usize,
    },
    Leave {
        device: usize,
    },
    Trouble(Trouble),
    LimitRate {
        requests: u32,
    },
    Restart,
}

/// `rough` worlds lose lines, pages and servers.
fn step(rough: bool) -> impl Strategy<Value = Step> {
    let device = || 0..DEVICES.len();
    let calm = prop_oneof![
        4 => device().prop_map(|device| Step::Create { device }),
        5 => device().prop_map(|device| Step::Accept { device }),
        2 => device().prop_map(|device| Step::Decline { device }),
        2 => device().prop_map(|device| Step::HangUp { device }),
        1 => device().prop_map(|device| Step::Camera { device }),
        6 => device().prop_map(|device| Step::Browser { device }),
        8 => device().prop_map(|device| Step::Up { device }),
        8 => device().prop_map(|device| Step::Down { device }),
        4 => device().prop_map(|device| Step::Pump { device }),
        8 => (0usize..5).prop_map(|most| Step::Turn { most }),
        2 => prop_oneof![0i64..500, 500i64..5_000].prop_map(|ms| Step::Pass { ms }),
        1 => Just(Step::Wait),
    ];
    let wild = prop_oneof![
        1 => Just(Step::Pass { ms: LONG_MS }),
        2 => device().prop_map(|device| Step::Break { device }),
        3 => (device(), any::<bool>(), any::<bool>())
            .prop_map(|(device, tell_device, tell_server)| Step::Cut { device, tell_device, tell_server }),
        3 => device().prop_map(|device| Step::Blink { device }),
        1 => device().prop_map(|device| Step::Reload { device }),
        1 => device().prop_map(|device| Step::Leave { device }),
        4 => trouble().prop_map(Step::Trouble),
        1 => (1u32..4).prop_map(|requests| Step::LimitRate { requests }),
        1 => Just(Step::Restart),
    ];
    prop_oneof![8 => calm, u32::from(rough) * 2 => wild]
}

fn take(world: &mut World, step: &Step) {
    let user = |world: &mut World, device: usize, action| {
        if !world.devices[device].unmounted {
            world.user(device, action);
        }
    };
    match *step {
        Step::Create { device } => create(world, device),
        Step::Accept { device } => user(world, device, CallAction::Accept),
        Step::Decline { device } => user(world, device, CallAction::Decline),
        Step::HangUp { device } => user(world, device, CallAction::HangUp),
        Step::Camera { device } => user(world, device, CallAction::ToggleCamera),
        Step::Browser { device } => {
            world.browser(device);
        }
        Step::Up { device } => {
            world.deliver_up(device, false);
        }
        Step::Down { device } => {
            world.deliver_down(device);
        }
        Step::Pump { device } => world.pump(device),
        Step::Turn { most } => world.turn(most),
        Step::Pass { ms } => world.pass(ms),
        Step::Wait => world.settle(),
        Step::Break { device } => world.devices[device].browser.break_connection(),
        Step::Cut { device, tell_device, tell_server } => world.cut(device, tell_device, tell_server),
        Step::Blink { device } => {
            world.cut(device, true, true);
            world.deliver_down(device);
            world.pass(6_500);
            world.connect(device);
        }
        Step::Reload { device } => world.reload(device),
        Step::Leave { device } => world.leave(device),
        Step::Trouble(ref trouble) => world.trouble(trouble),
        Step::LimitRate { requests } => world.refusing = requests,
        Step::Restart => world.restart(),
    }
}

/// Pages whose `create` had failed are loaded anew.
fn come_to_rest(world: &mut World) {
    for _ in 0..5 {
        for device in 0..DEVICES.len() {
            if world.devices[device].unmounted {
                world.reload(device);
            }
        }
        world.settle();
        if world.devices.iter().all(|device| !device.unmounted) {
            return;
        }
    }
}

fn run(steps: &[Step], rough: bool) {
    let mut world = world();
    for step in steps {
        take(&mut world, step);
    }
    come_to_rest(&mut world);
    world.check();
    world.check_calls();
    for device in 0..DEVICES.len() {
        world.user(device, CallAction::HangUp);
    }
    world.settle();
    world.check();
    world.check_calls();
    assert!((0..DEVICES.len()).all(|device| !is_talking(&world, device)));
    if !rough {
        world.check_reasons();
    }
}

/// Found by a random schedule: the caller's line breaks again and again between the ring and the accept.
#[test]
fn a_callers_line_that_keeps_breaking_while_it_rings_costs_the_call_nothing() {
    let steps = [
        Step::Create { device: 0 },
        Step::Pump { device: 0 },
        Step::Down { device: 3 },
        Step::Accept { device: 3 },
        Step::Blink { device: 0 },
        Step::Blink { device: 0 },
        Step::Blink { device: 0 },
    ];
    run(&steps, true);
}

/// Found by a random schedule: the server is busy when the caller comes back, who then gives up.
#[test]
fn a_call_given_up_before_its_caller_is_back_in_it_ends() {
    let steps = [
        Step::Create { device: 1 },
        Step::Pump { device: 1 },
        Step::LimitRate { requests: 2 },
        Step::Pass { ms: LONG_MS },
        Step::Pump { device: 1 },
        Step::HangUp { device: 1 },
    ];
    run(&steps, true);
}

/// Found by a random schedule: the line breaks on who accepts and hangs up at once.
#[test]
fn a_call_accepted_and_given_up_while_the_line_breaks_ends() {
    let steps = [
        Step::Create { device: 3 },
        Step::Pump { device: 3 },
        Step::Pump { device: 1 },
        Step::Accept { device: 1 },
        Step::Up { device: 1 },
        Step::HangUp { device: 1 },
        Step::Blink { device: 1 },
    ];
    run(&steps, true);
}

/// Found by a random schedule: the server is so late with its answer that the caller has tried again meanwhile.
#[test]
fn a_call_whose_name_comes_too_late_ends() {
    let steps = [
        Step::Create { device: 0 },
        Step::Create { device: 3 },
        Step::Up { device: 3 },
        Step::Pump { device: 0 },
        Step::Pass { ms: 11_000 },
        Step::Accept { device: 0 },
        Step::Create { device: 3 },
    ];
    run(&steps, true);
}

/// A few seconds' worth; more on request, by proptest's own variable.
fn cases() -> u32 {
    std::env::var("PROPTEST_CASES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(128)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: cases(), failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn in_any_order_both_sides_agree_on_one_reason(steps in prop::collection::vec(step(false), 1..120)) {
        run(&steps, false);
    }

    #[test]
    fn whatever_breaks_nobody_is_left_in_a_call_alone(steps in prop::collection::vec(step(true), 1..140)) {
        run(&steps, true);
    }
}
