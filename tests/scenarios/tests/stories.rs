//! Whole stories, told step by step.
#![expect(clippy::unwrap_used, reason = "a failing test may panic")]

use bandyer_core::action::ChatAction;
use bandyer_core::api::{ApiCall, ApiReply, ClientEvent};
use bandyer_core::panel::View;
use bandyer_core::{chats::OutgoingState, select};
use bandyer_protocol::{ChatId, Seq, UserAlias};
use bandyer_scenarios::World;
use bandyer_scenarios::trouble::down;

fn alias(text: &str) -> UserAlias {
    UserAlias::parse(text).unwrap()
}

fn chat() -> ChatId {
    ChatId::parse("anna#bob").unwrap()
}

/// Anna on two devices, bob on one, and their chat.
fn two_users() -> World {
    let mut world = World::new(&["anna", "bob"], &[("a1", "anna"), ("a2", "anna"), ("b", "bob")]);
    world.settle();
    world.call(0, ApiCall::AddChat { user: "bob".into() });
    world.settle();
    world.check();
    world
}

fn events(world: &World, device: usize) -> Vec<String> {
    let name = |event: &ClientEvent| match event {
        ClientEvent::ChatLoaded(chat) => format!("loaded {}", chat.chat),
        ClientEvent::TypingStarted { user, .. } => format!("typing {user}"),
        ClientEvent::MessageSent(message) => format!("sent {}", message.body.as_text()),
        ClientEvent::MessageReceived(message) => format!("received {}", message.body.as_text()),
        ClientEvent::MessageRead(message) => format!("read {}", message.body.as_text()),
        other => panic!("{other:?}"),
    };
    let presence = |event: &&ClientEvent| {
        !matches!(event, ClientEvent::UserConnected { .. } | ClientEvent::UserDisconnected { .. })
    };
    world.devices[device].page.events.iter().filter(presence).map(name).collect()
}

#[test]
fn a_message_is_typed_sent_received_read_and_ticked() {
    let mut world = two_users();
    world.call(2, ApiCall::OpenWidget);
    world.user(2, ChatAction::Open(chat()));
    world.write(0, &chat(), "ciao");
    world.settle();
    world.check();
    assert_eq!(events(&world, 0), ["loaded anna#bob", "sent ciao", "read ciao"]);
    assert_eq!(events(&world, 1), ["loaded anna#bob", "sent ciao", "read ciao"]);
    assert_eq!(events(&world, 2), ["loaded anna#bob", "typing anna", "received ciao"]);
    world.same_on(0, 1);
}

#[test]
fn reading_on_one_device_clears_the_other() {
    let mut world = two_users();
    for text in ["one", "two", "three"] {
        world.write(2, &chat(), text);
    }
    world.settle();
    assert_eq!(select::unread_messages(&world.devices[0].state), vec![(chat(), 3)]);
    assert_eq!(select::unread_messages(&world.devices[1].state), vec![(chat(), 3)]);
    world.call(1, ApiCall::OpenWidget);
    world.user(1, ChatAction::Open(chat()));
    world.settle();
    world.check();
    assert_eq!(select::unread_chats(&world.devices[0].state), 0);
    assert_eq!(events(&world, 2).last().unwrap(), "read three");
}

#[test]
fn the_other_sides_new_chat_shows_a_hidden_widget() {
    let mut world = World::new(&["anna", "bob"], &[("a", "anna"), ("b", "bob")]);
    world.settle();
    world.call(1, ApiCall::HideWidget);
    world.call(0, ApiCall::AddChat { user: "bob".into() });
    world.settle();
    world.check();
    assert!(world.devices[1].state.panel.shown && !world.devices[1].state.panel.expanded);
    assert!(world.devices[0].state.panel.expanded);
    assert_eq!(world.devices[0].page.replies.last().unwrap().1, Ok(ApiReply::Done));
}

#[test]
fn what_is_written_offline_goes_out_once_and_in_order_after_a_reload() {
    let mut world = two_users();
    world.write(0, &chat(), "online");
    world.cut(0, true, true);
    while world.deliver_down(0) {}
    for text in ["one", "two"] {
        world.write(0, &chat(), text);
    }
    world.reload(0);
    world.settle();
    world.check();
    assert_eq!(world.texts(&chat(), &alias("anna")), ["online", "one", "two"]);
    assert_eq!(events(&world, 2), ["loaded anna#bob", "received online", "received one", "received two"]);
}

#[test]
fn a_server_killed_before_the_commit_loses_nothing_that_was_acknowledged() {
    let mut world = two_users();
    for number in 0..20 {
        world.write(0, &chat(), &number.to_string());
        world.deliver_up(0, false);
        if number % 3 == 0 {
            world.turn(1);
        }
        if number % 5 == 4 {
            world.kill(1);
        }
        world.deliver_down(0);
        world.pass(700);
        world.deliver_down(0);
    }
    world.settle();
    world.check();
    let expected: Vec<String> = (0..20).map(|number| number.to_string()).collect();
    assert_eq!(world.texts(&chat(), &alias("anna")), expected);
}

#[test]
fn a_full_disk_shows_not_sent_and_a_retry_succeeds() {
    let mut world = two_users();
    world.write(0, &chat(), "hello");
    for _ in 0..2 {
        while world.deliver_up(0, false) {}
        world.server.troubles().down = Some(down(false));
        world.turn(10);
        world.server.troubles().down = None;
        while world.deliver_down(0) {}
        world.pass(1_500);
    }
    let outgoing = world.devices[0].state.chats.by_id[&chat()].thread.outgoing.clone();
    assert_eq!(outgoing[0].state, OutgoingState::Failed);
    world.user(0, ChatAction::Retry { chat: chat(), client_id: outgoing[0].client_id.clone() });
    world.settle();
    world.check();
    assert_eq!(world.texts(&chat(), &alias("anna")), ["hello"]);
}

#[test]
fn a_line_that_died_without_a_word_is_noticed() {
    let mut world = two_users();
    world.cut(2, false, false);
    world.write(0, &chat(), "are you there?");
    for _ in 0..400 {
        world.deliver_up(0, false);
        world.turn(10);
        world.deliver_down(0);
        world.pass(100);
    }
    assert!(!world.devices[2].state.session.is_online(), "thirty seconds of silence are enough");
    world.settle();
    world.check();
    assert_eq!(events(&world, 2), ["loaded anna#bob", "received are you there?"]);
}

#[test]
fn an_announced_restart_shows_nothing_and_loses_nothing() {
    let mut world = two_users();
    world.write(0, &chat(), "before");
    world.deliver_up(0, false);
    world.restart();
    for device in 0..3 {
        while world.deliver_down(device) {}
        assert!(!select::network_down(&world.devices[device].state));
    }
    world.write(0, &chat(), "after");
    world.settle();
    world.check();
    assert_eq!(world.texts(&chat(), &alias("anna")), ["before", "after"]);
}

#[test]
fn a_chat_removed_and_created_anew_while_away_starts_empty() {
    let mut world = two_users();
    world.user(2, ChatAction::Open(chat()));
    world.write(0, &chat(), "old");
    world.settle();
    world.cut(2, true, true);
    while world.deliver_down(2) {}
    world.write(2, &chat(), "into the void");
    world.call(0, ApiCall::RemoveChat { user: "bob".into() });
    for _ in 0..4 {
        world.deliver_up(0, false);
        world.turn(10);
        world.deliver_down(0);
    }
    world.call(0, ApiCall::AddChat { user: "bob".into() });
    world.write(0, &chat(), "x");
    world.settle();
    world.check();
    let bob = &world.devices[2].state;
    assert_eq!(bob.panel.view, View::List);
    assert_eq!(
        bob.chats.by_id[&chat()].last_seq,
        world.server.messages(&chat()).last().map_or(Seq(0), |m| m.seq)
    );
    assert!(world.texts(&chat(), &alias("bob")).is_empty());
}

#[test]
fn a_long_absence_is_caught_up_page_by_page() {
    let mut world = two_users();
    world.cut(2, true, true);
    while world.deliver_down(2) {}
    for number in 0..450 {
        world.write(0, &chat(), &number.to_string());
        while world.deliver_up(0, false) {}
        world.turn(10);
        while world.deliver_down(0) {}
    }
    world.settle();
    world.check();
    let received = events(&world, 2).iter().filter(|event| event.starts_with("received")).count();
    assert_eq!(received, 450);
    assert_eq!(world.devices[2].state.chats.by_id[&chat()].unread, 450);
}

/// A schedule that once went wrong: the count was asked for on a line that was broken already.
#[test]
fn a_marker_that_arrives_with_the_last_breath_of_a_line_still_counts() {
    let mut world = two_users();
    world.call(0, ApiCall::OpenWidget);
    world.user(0, ChatAction::Open(chat()));
    world.write(2, &chat(), "question");
    world.pump(2);
    world.write(0, &chat(), "answer");
    world.pump(0);
    world.kill(0);
    world.settle();
    world.check();
    assert_eq!(select::unread_chats(&world.devices[1].state), 0);
}

/// One message runs into a defect, in the same batch as somebody else's message and a socket that closes.
#[test]
fn a_failed_write_costs_nobody_but_its_sender() {
    for after in 0..6 {
        let mut world = two_users();
        world.write(0, &chat(), "before");
        world.settle();
        world.write(0, &chat(), "one");
        world.write(2, &chat(), "two");
        while world.deliver_up(0, false) {}
        while world.deliver_up(2, false) {}
        world.cut(1, true, true);
        world.server.troubles().writes = Some(after);
        world.turn(usize::MAX);
        assert_eq!(world.server.sockets(), 2, "the closed one is gone at once");
        assert_eq!(world.server.messages(&chat()).len(), 3, "alone, each of them is stored");
        world.settle();
        world.check();
    }
}

#[test]
fn nobody_stays_who_left_while_nothing_could_be_written() {
    for locked in [true, false] {
        let mut world = two_users();
        world.write(0, &chat(), "hello");
        world.settle();
        world.server.troubles().down = Some(down(locked));
        world.write(0, &chat(), "refused");
        while world.deliver_up(0, false) {}
        world.cut(2, true, true);
        world.turn(usize::MAX);
        assert_eq!(world.server.sockets(), 2);
        world.pass(2_500);
        world.turn(usize::MAX);
        assert!(
            !world.server.present().contains_key(&alias("bob")),
            "bob is seen to have left, locked or not"
        );
        world.settle();
        world.check();
    }
}
