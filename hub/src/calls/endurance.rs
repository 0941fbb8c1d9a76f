//! What outlasts a restart of the server, and what is counted.

use super::exploration::{Deed, World};
use bandyer_protocol::*;
use bandyer_records::{History, JournalKind, Reader, SessionFilter, SessionRecord, Slice};

/// anna calls bob, and he accepts.
fn talking() -> World {
    let mut world = World::new();
    world.carry_out(Deed::Create(1));
    world.carry_out(Deed::Accept(3));
    assert!(world.beliefs[&1].talking && world.beliefs[&3].talking);
    world
}

fn report(world: &mut World, device: u64, connected: bool) {
    let call = world.call.clone().unwrap();
    world.ask(device, CallRequest::ReportMedia { call, connected });
}

fn session(world: &World) -> SessionRecord {
    let all = &Slice::newest(9);
    world.store.sessions(&SessionFilter::default(), all).unwrap().pop().unwrap()
}

fn used_ms(world: &World) -> u64 {
    world.store.room(&world.call.clone().unwrap()).unwrap().unwrap().used_ms
}

#[test]
fn a_ring_goes_on_over_a_restart_and_can_be_answered() {
    let mut world = World::new();
    world.carry_out(Deed::Create(1));
    world.carry_out(Deed::Restart);
    assert!(world.beliefs[&1].calling && world.beliefs[&3].ringing && world.beliefs[&4].ringing);
    world.carry_out(Deed::Accept(4));
    assert!(world.beliefs[&1].talking && world.beliefs[&4].talking && !world.beliefs[&3].ringing);
}

#[test]
fn a_ring_that_would_be_over_ends_after_the_restart_for_both_and_is_noted() {
    let mut world = World::new();
    world.carry_out(Deed::Create(1));
    world.now = world.now.plus_ms(600_000);
    world.carry_out(Deed::Restart);
    // A widget pauses up to 5 s before it tries again, and a busy machine takes its time.
    world.wait(9_000);
    assert!(world.beliefs[&1].calling && world.beliefs[&3].ringing, "so that both hear of its end");
    world.wait(2_000);
    assert_eq!([1, 3, 4].map(|device| world.beliefs[&device].ends), [1, 1, 1]);
    let rows = world.store.journal_after(0, 99).unwrap();
    assert!(rows.iter().any(|row| row.kind == JournalKind::DialTimeout));
    assert!(world.store.live_calls().unwrap().is_empty(), "nothing is left to be restored");
}

#[test]
fn a_ring_whose_caller_does_not_come_back_after_the_restart_ends() {
    let mut world = World::new();
    world.carry_out(Deed::Create(1));
    world.restart();
    world.carry_out(Deed::Return(3));
    assert!(world.beliefs[&3].ringing);
    world.wait(31_000);
    assert_eq!(world.beliefs[&3].ends, 1);
}

#[test]
fn a_clock_that_is_set_back_makes_no_ring_longer_and_no_talk_shorter() {
    let mut world = World::new();
    world.carry_out(Deed::Create(1));
    world.wait(40_000);
    world.now = world.now.plus_ms(-7_200_000);
    world.wait(0);
    world.wait(4_000);
    assert!(world.beliefs[&3].ringing);
    world.wait(2_000);
    assert_eq!([1, 3].map(|device| world.beliefs[&device].ends), [1, 1]);
    // Somebody whose line is down has his while, and no more; and what was talked stays talked.
    let mut world = talking();
    report(&mut world, 1, true);
    world.wait(10_000);
    world.carry_out(Deed::Vanish(3));
    world.now = world.now.plus_ms(-7_200_000);
    world.wait(0);
    world.wait(29_000);
    assert!(world.beliefs[&1].talking);
    world.wait(2_000);
    assert!(!world.beliefs[&1].talking);
    assert_eq!(used_ms(&world), 41_000);
}

#[test]
fn only_the_time_the_browsers_are_connected_is_used() {
    let mut world = talking();
    world.wait(60_000);
    report(&mut world, 1, true);
    world.wait(5_000);
    report(&mut world, 3, true);
    world.wait(5_000);
    report(&mut world, 1, false);
    report(&mut world, 3, false);
    world.wait(60_000);
    world.carry_out(Deed::HangUp(1));
    assert_eq!((used_ms(&world), session(&world).talked_ms(world.now)), (10_000, 10_000));
}

#[test]
fn a_call_that_never_connects_uses_nothing() {
    let mut world = talking();
    world.wait(25_000);
    let call = world.call.clone().unwrap();
    world.ask(1, CallRequest::HangUp { call, reason: HangUpReason::NoWay });
    assert_eq!([1, 3].map(|device| world.beliefs[&device].ends), [1, 1]);
    assert_eq!((used_ms(&world), session(&world).talked_ms), (0, 0));
}

#[test]
fn the_time_a_server_was_away_is_not_talk_time() {
    let mut world = talking();
    report(&mut world, 1, true);
    world.wait(40_000);
    let noted = session(&world).talked_ms(world.now);
    assert_eq!(noted, 40_000);
    // Killed: of what was not written down since, at most a quarter of a minute is forgotten.
    world.now = world.now.plus_ms(7_200_000);
    world.carry_out(Deed::Restart);
    world.wait(0);
    let after = session(&world).talked_ms(world.now);
    assert!((25_000..=40_000).contains(&after), "{after} ms");
    report(&mut world, 1, true);
    world.wait(10_000);
    world.carry_out(Deed::HangUp(3));
    assert_eq!(session(&world).talked_ms, after + 10_000);
    assert_eq!(used_ms(&world), after + 10_000);
}

#[test]
fn whoever_does_not_know_whether_his_call_came_to_be_can_give_it_up() {
    let mut world = World::new();
    let key = |text: &str| ClientMessageId::parse(text).unwrap();
    let cancel = |world: &mut World, text: &str| {
        world.ask(1, CallRequest::Cancel { key: key(text) });
    };
    let callee = UserAlias::parse("bob").unwrap();
    let terms = CallTerms::default();
    world.ask(1, CallRequest::Create { key: key("mine"), callee: callee.clone(), terms });
    cancel(&mut world, "other");
    assert!(world.beliefs[&3].ringing, "it has another name");
    // On another line, as after a cut.
    world.carry_out(Deed::Vanish(1));
    world.carry_out(Deed::Return(1));
    cancel(&mut world, "mine");
    assert!(!world.beliefs[&3].ringing);
    world.ask(1, CallRequest::Create { key: key("again"), callee, terms });
    assert!(world.beliefs[&3].ringing, "and call again");
    // One that was accepted meanwhile ends for both.
    world.carry_out(Deed::Accept(3));
    cancel(&mut world, "again");
    assert!(!world.beliefs[&3].talking && !world.beliefs[&1].talking);
}

#[test]
fn who_calls_again_and_again_is_refused_and_leaves_one_note() {
    let mut world = World::new();
    world.hub = crate::Hub::new(crate::HubSettings::default());
    for device in [1, 2, 3, 4] {
        world.carry_out(Deed::Vanish(device));
        world.carry_out(Deed::Return(device));
    }
    let user = UserAlias::parse("bob").unwrap();
    world.ask(1, ChatRequest::Add { user });
    let mut rang = 0;
    for _ in 0..50 {
        world.carry_out(Deed::Create(1));
        rang += u32::from(world.beliefs[&3].ringing);
        world.carry_out(Deed::HangUp(1));
        world.now = world.now.plus_ms(100);
    }
    assert_eq!(rang, 10);
    let chat =
        ChatId::between(&UserAlias::parse("anna").unwrap(), &UserAlias::parse("bob").unwrap()).unwrap();
    let messages = world.store.messages(&chat, Seq(0), PageDirection::After, 99).unwrap();
    assert_eq!(messages.len(), 1, "{messages:?}");
    world.now = world.now.plus_ms(60_000);
    world.carry_out(Deed::Create(1));
    assert!(world.beliefs[&3].ringing, "a minute later it may ring again");
}
