//! What is shown, what is in front, what the list shows.

use super::rig::*;
use crate::action::{ChatAction, PanelAction};
use crate::panel::{Notice, View};
use crate::select::ChatList;
use crate::timers::TimerId;
use crate::{ApiCall, select};
use bandyer_protocol::*;
use std::rc::Rc;

fn rows(rig: &Rig) -> Vec<String> {
    match select::chat_list(&rig.state) {
        ChatList::Rows(rows) => rows.iter().map(ToString::to_string).collect(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn show_hide_open_close_toggle_do_what_they_say_and_nothing_twice() {
    let mut rig = Rig::connected(vec![]);
    for (call, shown, expanded) in [
        (ApiCall::HideWidget, false, false),
        (ApiCall::HideWidget, false, false),
        (ApiCall::OpenWidget, false, true),
        (ApiCall::ShowWidget, true, true),
        (ApiCall::OpenWidget, true, true),
        (ApiCall::CloseWidget, true, false),
        (ApiCall::ToggleWidget, true, true),
        (ApiCall::ToggleWidget, true, false),
    ] {
        assert_eq!(replies(&rig.api(call)).len(), 1);
        assert_eq!((rig.state.panel.shown, rig.state.panel.expanded), (shown, expanded));
    }
}

#[test]
fn a_chat_created_by_the_other_side_shows_a_hidden_widget_and_one_of_ones_own_does_not() {
    let mut rig = Rig::connected(vec![]);
    rig.api(ApiCall::HideWidget);
    let added = |summary| {
        ServerMessage::Chat(ChatNews::Added { summary: Box::new(summary), profile: Box::new(profile("x")) })
    };
    rig.event(added(summary("bob", 0, 0)));
    assert!(!rig.state.panel.shown, "created by anna, on another device");
    rig.event(added(ChatSummary { created_by: alias("carl"), ..summary("carl", 0, 0) }));
    assert!(rig.state.panel.shown);
    assert!(!rig.state.panel.expanded);
}

#[test]
fn the_list_is_searched_by_name_without_regard_to_case_and_blanks_at_the_ends() {
    let mut rig = Rig::connected(vec![summary("bob", 1, 0), summary("Carla", 2, 0)]);
    assert_eq!(rows(&rig), vec!["Carla#anna", "anna#bob"]);
    rig.user(search("  ARL"));
    assert_eq!(rows(&rig), vec!["Carla#anna"]);
    rig.user(search("arl "));
    assert_eq!(rows(&rig), vec!["Carla#anna"]);
    rig.user(search("ar la"));
    assert_eq!(select::chat_list(&rig.state), ChatList::NoMatch);
    rig.user(search(""));
    rig.user(PanelAction::FilterOnline(true));
    assert_eq!(select::chat_list(&rig.state), ChatList::NoMatch);
    rig.told(UserNews::PresenceChanged { users: vec![(alias("bob"), Presence::Online)] });
    assert_eq!(rows(&rig), vec!["anna#bob"]);
    rig.told(UserNews::PresenceChanged { users: vec![(alias("bob"), Presence::Busy)] });
    assert_eq!(select::chat_list(&rig.state), ChatList::NoMatch);
}

#[test]
fn the_list_tells_loading_from_empty() {
    let mut rig = Rig::new();
    assert_eq!(select::chat_list(&rig.state), ChatList::Loading);
    rig.api(ApiCall::Create);
    rig.act(crate::Action::Socket(crate::action::SocketEvent::Opened));
    rig.welcome(sync(0, vec![]));
    assert_eq!(select::chat_list(&rig.state), ChatList::NoChats);
}

#[test]
fn the_chat_with_the_newest_message_comes_first() {
    let mut rig = Rig::connected(vec![
        ChatSummary { created_at: Timestamp(2_000_000), ..summary("empty", 0, 0) },
        summary("bob", 2, 0),
        summary("carl", 1, 0),
    ]);
    assert_eq!(rows(&rig), vec!["anna#empty", "anna#bob", "anna#carl"]);
    let newest = Message { at: Timestamp(3_000_000), ..message("carl", 2, "carl", "x") };
    rig.event(ChatNews::MessageAdded { message: newest });
    assert_eq!(rows(&rig), vec!["anna#carl", "anna#empty", "anna#bob"]);
    let older = Message { at: Timestamp(2_500_000), ..message("bob", 3, "bob", "x") };
    rig.event(ChatNews::MessageAdded { message: older });
    assert_eq!(rows(&rig), vec!["anna#carl", "anna#bob", "anna#empty"]);
}

#[test]
fn the_badge_counts_chats_and_the_getter_lists_them() {
    let rig = Rig::connected(vec![summary("bob", 5, 3), summary("carl", 1, 0), summary("dora", 9, 1)]);
    assert_eq!(select::unread_chats(&rig.state), 2);
    assert_eq!(select::unread_messages(&rig.state), vec![(chat_with("dora"), 1), (chat_with("bob"), 3)]);
    let chats = select::chats(&rig.state);
    assert_eq!(
        chats.iter().map(|chat| chat.participant.as_str()).collect::<Vec<_>>(),
        ["dora", "bob", "carl"]
    );
}

#[test]
fn a_notice_goes_by_itself_or_by_hand() {
    let mut rig = Rig::connected(vec![summary("bob", 0, 0)]);
    rig.user(ChatAction::Draft { chat: chat_with("bob"), text: "x".repeat(10_001) });
    let effects = rig.user(ChatAction::SendDraft { chat: chat_with("bob") });
    assert_eq!(rig.state.panel.notice, Some(Notice::MessageTooLong));
    assert_eq!(started(&effects, &TimerId::NoticeEnds), Some(5_000));
    rig.timer(TimerId::NoticeEnds);
    assert_eq!(rig.state.panel.notice, None);
    rig.user(ChatAction::SendDraft { chat: chat_with("bob") });
    rig.user(PanelAction::DismissNotice);
    assert_eq!(rig.state.panel.notice, None);
}

#[test]
fn an_unknown_chat_is_not_opened() {
    let mut rig = Rig::connected(vec![]);
    rig.user(ChatAction::Open(chat_with("bob")));
    assert_eq!(rig.state.panel.view, View::List);
}

#[test]
fn a_change_of_one_slice_leaves_the_others_alone() {
    let mut rig = Rig::connected(vec![summary("bob", 0, 0), summary("carl", 0, 0)]);
    let before = rig.state.clone();
    rig.user(search("b"));
    assert!(Rc::ptr_eq(&before.chats, &rig.state.chats) && Rc::ptr_eq(&before.users, &rig.state.users));
    rig.event(ChatNews::MessageAdded { message: message("bob", 1, "bob", "x") });
    let untouched = |other: &str| {
        Rc::ptr_eq(&before.chats.by_id[&chat_with(other)], &rig.state.chats.by_id[&chat_with(other)])
    };
    assert!(untouched("carl") && !untouched("bob"));
    assert!(Rc::ptr_eq(&before.users, &rig.state.users));
}
