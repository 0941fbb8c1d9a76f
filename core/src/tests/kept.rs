//! What a device keeps of chats: nothing of it is given up that may still be wanted, here or on another page.

use super::rig::*;
use crate::action::{ChatAction, Saved, SavedMessage, SocketEvent};
use crate::effect::StoreCommand;
use crate::options::Options;
use crate::timers::{ChatTimer, SessionTimer, TimerId};
use crate::{Action, ApiCall, Effect};
use bandyer_protocol::*;

fn stored(effects: &[Effect]) -> Vec<&StoreCommand> {
    effects
        .iter()
        .filter_map(|effect| match effect {
            Effect::Store(command) => Some(command),
            _ => None,
        })
        .collect()
}

/// A draft and an unsent message for that user's chat.
fn saved(other: &str) -> Saved {
    let chat = chat_with(other);
    let client_id = ClientMessageId::parse("old-1").unwrap();
    let message = SavedMessage { chat: chat.clone(), client_id, text: "unsent".into(), at: Timestamp(5) };
    Saved { outbox: vec![message], drafts: vec![(chat, "half a".to_owned())] }
}

/// Connected, and the storage not read yet.
fn started(options: Options, chats: Vec<ChatSummary>) -> (Rig, Vec<Effect>) {
    let mut rig = Rig::with(options, "5eed");
    rig.api(ApiCall::Create);
    rig.act(Action::Socket(SocketEvent::Opened));
    let effects = rig.welcome(sync(10, chats));
    (rig, effects)
}

fn with_chat() -> Options {
    Options { chat: true, ..Options::default() }
}

#[test]
fn a_page_without_chats_leaves_what_other_pages_keep_alone() {
    let (mut rig, effects) = started(Options::default(), vec![summary("bob", 0, 0)]);
    assert!(stored(&effects).is_empty(), "it does not even read");
    assert!(rig.act(Action::Restored(saved("bob"))).iter().all(|effect| !matches!(effect, Effect::Store(_))));
    assert!(stored(&rig.timer(TimerId::Chat(ChatTimer::ForgetStrays))).is_empty());
    assert!(stored(&rig.api(ApiCall::Logout)).is_empty());
}

#[test]
fn texts_of_a_chat_that_is_still_to_come_wait_for_it() {
    let (mut rig, _) = started(with_chat(), Vec::new());
    let effects = rig.act(Action::Restored(saved("bob")));
    assert!(stored(&effects).is_empty() && sent_texts(&effects).is_empty());
    let added = ServerMessage::Chat(ChatNews::Added {
        summary: Box::new(summary("bob", 0, 0)),
        profile: Box::new(profile("bob")),
    });
    assert_eq!(sent_texts(&rig.event(added)), ["unsent"]);
    assert_eq!(rig.chat("bob").draft, "half a");
    assert!(stored(&rig.timer(TimerId::Chat(ChatTimer::ForgetStrays))).is_empty());
}

#[test]
fn texts_of_a_chat_that_is_gone_are_forgotten_but_not_while_nobody_can_say_so() {
    let (mut rig, _) = started(with_chat(), Vec::new());
    rig.act(Action::Restored(saved("bob")));
    rig.act(Action::Socket(SocketEvent::Closed));
    let effects = rig.timer(TimerId::Chat(ChatTimer::ForgetStrays));
    assert!(stored(&effects).is_empty());
    rig.timer(TimerId::Session(SessionTimer::Reconnect));
    rig.act(Action::Socket(SocketEvent::Opened));
    rig.welcome(sync(10, Vec::new()));
    let effects = rig.timer(TimerId::Chat(ChatTimer::ForgetStrays));
    let client_id = ClientMessageId::parse("old-1").unwrap();
    let draft = StoreCommand::SaveDraft { chat: chat_with("bob"), text: String::new() };
    assert_eq!(stored(&effects), [&draft, &StoreCommand::ForgetMessage { client_id }]);
}

#[test]
fn texts_of_other_people_are_not_ours_to_forget() {
    let (mut rig, _) = started(with_chat(), Vec::new());
    let drafts = vec![(ChatId::parse("carl#dora").unwrap(), "theirs".to_owned())];
    rig.act(Action::Restored(Saved { drafts, ..Saved::default() }));
    assert!(stored(&rig.timer(TimerId::Chat(ChatTimer::ForgetStrays))).is_empty());
}

#[test]
fn a_draft_changed_on_another_page_is_taken_over_and_where_both_wrote_both_stay() {
    let mut rig = Rig::connected(vec![summary("bob", 0, 0)]);
    let elsewhere = |rig: &mut Rig, before: &str, text: &str| {
        let change =
            Action::DraftElsewhere { chat: chat_with("bob"), before: before.into(), text: text.into() };
        rig.act(change);
        rig.chat("bob").draft.clone()
    };
    let typed =
        |rig: &mut Rig, text: &str| rig.user(ChatAction::Draft { chat: chat_with("bob"), text: text.into() });
    assert_eq!(elsewhere(&mut rig, "", "one"), "one");
    assert_eq!(elsewhere(&mut rig, "one", ""), "", "sent there");
    typed(&mut rig, "mine");
    assert_eq!(elsewhere(&mut rig, "", "theirs"), "theirs\nmine");
    let effects = rig.timer(TimerId::Chat(ChatTimer::SaveDrafts));
    let both = StoreCommand::SaveDraft { chat: chat_with("bob"), text: "theirs\nmine".into() };
    assert_eq!(stored(&effects), [&both]);
    typed(&mut rig, "theirs\nmine, and more");
    assert_eq!(elsewhere(&mut rig, "x", "theirs"), "theirs\nmine, and more");
    assert_eq!(
        elsewhere(&mut rig, "x", ""),
        "theirs\nmine, and more",
        "what was taken away there goes on here"
    );
    assert!(!rig.timer(TimerId::Chat(ChatTimer::SaveDrafts)).is_empty());
}
