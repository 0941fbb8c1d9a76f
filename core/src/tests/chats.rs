//! Messages coming in, read markers, typing, paging.

use super::rig::*;
use crate::action::{ChatAction, PanelAction, SocketEvent};
use crate::questions::{ChatQuestion, Question};
use crate::timers::{ChatTimer, SessionTimer, TimerId};
use crate::{Action, ApiCall, ClientEvent, Effect, select};
use bandyer_protocol::*;

mod went_back;

fn added(other: &str, seq: u64, sender: &str) -> ServerMessage {
    ServerMessage::Chat(ChatNews::MessageAdded { message: message(other, seq, sender, "x") })
}

fn read(user: &str, seq: u64) -> ServerMessage {
    ServerMessage::Chat(ChatNews::ReadMoved { chat: chat_with("bob"), user: alias(user), seq: Seq(seq) })
}

fn open(rig: &mut Rig) -> Vec<Effect> {
    rig.api(ApiCall::OpenWidget);
    rig.user(ChatAction::Open(chat_with("bob")))
}

fn page(rig: &mut Rig, from: u64, to: u64, has_more: bool) -> Vec<Effect> {
    let messages = (from..=to).map(|seq| message("bob", seq, "bob", "x")).collect();
    let page = ServerMessage::Chat(ChatNews::Messages { chat: chat_with("bob"), messages, has_more });
    rig.answer(|request| matches!(request, Question::Chat(ChatQuestion::Older(_))), page)
}

/// The server has moved the marker.
fn marked(rig: &mut Rig) -> Vec<Effect> {
    rig.answer(
        |request| matches!(request, Question::Chat(ChatQuestion::MarkRead { .. })),
        ServerMessage::Done,
    )
}

fn fetch(from: u64, direction: PageDirection, limit: u32) -> ClientMessage {
    ClientMessage::Chat(ChatRequest::FetchMessages {
        chat: chat_with("bob"),
        from: Seq(from),
        direction,
        limit,
    })
}

fn seqs(rig: &Rig) -> Vec<u64> {
    rig.chat("bob").thread.stored.iter().map(|message| message.seq.0).collect()
}

#[test]
fn a_message_of_the_other_side_is_unread_and_announced() {
    let mut rig = Rig::connected(vec![summary("bob", 1, 0)]);
    let effects = rig.event(added("bob", 2, "bob"));
    let expected = message("bob", 2, "bob", "x");
    assert_eq!(emitted(&effects), vec![&ClientEvent::MessageReceived(expected.clone())]);
    assert_eq!(rig.chat("bob").unread, 1);
    assert_eq!(select::last_received(&rig.state), Some(&expected));
    assert_eq!(select::last_sent(&rig.state), None);
}

#[test]
fn a_message_of_an_own_other_device_counts_as_sent() {
    let mut rig = Rig::connected(vec![summary("bob", 1, 0)]);
    let effects = rig.event(added("bob", 2, "anna"));
    let expected = message("bob", 2, "anna", "x");
    assert_eq!(emitted(&effects), vec![&ClientEvent::MessageSent(expected.clone())]);
    assert_eq!(rig.chat("bob").unread, 0);
    assert_eq!(select::last_sent(&rig.state), Some(&expected));
}

#[test]
fn opening_loads_a_page_marks_it_read_and_draws_the_divider() {
    let mut rig = Rig::connected(vec![summary("bob", 100, 3)]);
    let effects = open(&mut rig);
    assert_eq!(sent(&effects), vec![&fetch(101, PageDirection::Before, 30)]);
    assert_eq!(rig.chat("bob").unread, 3, "nothing is read before it is there");
    assert!(sent(&page(&mut rig, 71, 100, true)).is_empty(), "nor before it stands on the screen");
    let effects = rig.look("bob", 100);
    assert_eq!(
        sent(&effects),
        vec![&ClientMessage::Chat(ChatRequest::MarkRead { chat: chat_with("bob"), seq: Seq(100) })]
    );
    assert_eq!(rig.chat("bob").unread, 0);
    assert_eq!(rig.chat("bob").thread.divider_after, Some(Seq(97)));
    marked(&mut rig);
    assert_eq!(rig.chat("bob").marking, None);
    rig.event(added("bob", 101, "bob"));
    let effects = rig.look("bob", 101);
    assert_eq!(
        sent(&effects),
        vec![&ClientMessage::Chat(ChatRequest::MarkRead { chat: chat_with("bob"), seq: Seq(101) })]
    );
    marked(&mut rig);
    rig.api(ApiCall::CloseWidget);
    rig.event(added("bob", 102, "bob"));
    assert!(sent(&rig.look("bob", 102)).is_empty(), "closed: not read");
    assert_eq!(rig.chat("bob").unread, 1);
    let effects = rig.api(ApiCall::OpenWidget);
    assert_eq!(sent(&effects).len(), 1);
    assert_eq!(rig.chat("bob").thread.divider_after, Some(Seq(101)));
}

#[test]
fn a_conversation_opened_again_draws_the_divider_at_its_new_messages() {
    let mut rig = Rig::connected(vec![summary("bob", 1, 0)]);
    open(&mut rig);
    page(&mut rig, 1, 1, false);
    rig.user(PanelAction::BackToList);
    rig.event(added("bob", 2, "bob"));
    rig.event(added("bob", 3, "bob"));
    open(&mut rig);
    assert_eq!(rig.chat("bob").thread.divider_after, Some(Seq(1)));
    rig.look("bob", 3);
    assert_eq!(rig.chat("bob").unread, 0, "and they are read");
}

#[test]
fn a_hidden_widget_reads_nothing() {
    let mut rig = Rig::connected(vec![summary("bob", 1, 0)]);
    open(&mut rig);
    page(&mut rig, 1, 1, false);
    rig.api(ApiCall::HideWidget);
    rig.event(added("bob", 2, "bob"));
    assert!(sent(&rig.look("bob", 2)).is_empty());
    assert_eq!(sent(&rig.api(ApiCall::ShowWidget)).len(), 1);
}

#[test]
fn a_tab_that_nobody_sees_reads_nothing() {
    let mut rig = Rig::connected(vec![summary("bob", 1, 0)]);
    open(&mut rig);
    page(&mut rig, 1, 1, false);
    rig.act(Action::Visible(false));
    rig.event(added("bob", 2, "bob"));
    assert!(sent(&rig.look("bob", 2)).is_empty());
    assert_eq!(select::unread_messages(&rig.state), vec![(chat_with("bob"), 1)]);
    let effects = rig.act(Action::Visible(true));
    assert_eq!(
        sent(&effects),
        vec![&ClientMessage::Chat(ChatRequest::MarkRead { chat: chat_with("bob"), seq: Seq(2) })]
    );
    assert_eq!(rig.chat("bob").unread, 0);
}

#[test]
fn scrolled_up_a_message_is_unread_until_it_stands_on_the_screen() {
    let mut rig = Rig::connected(vec![summary("bob", 30, 0)]);
    open(&mut rig);
    page(&mut rig, 1, 30, false);
    let look = |rig: &mut Rig, lowest| {
        let lowest = Some(Seq(lowest));
        let looked = ChatAction::Looked { chat: chat_with("bob"), at_bottom: false, lowest };
        let effects = rig.user(looked);
        (sent(&effects).len(), rig.chat("bob").unread)
    };
    look(&mut rig, 8);
    for seq in 31..=34 {
        rig.event(added("bob", seq, if seq == 33 { "anna" } else { "bob" }));
    }
    assert_eq!(look(&mut rig, 30), (0, 3));
    assert_eq!(look(&mut rig, 32), (1, 1), "what is left is below");
    assert_eq!(look(&mut rig, 9), (0, 1), "what was seen stays read");
    marked(&mut rig);
    rig.user(ChatAction::Looked { chat: chat_with("bob"), at_bottom: true, lowest: None });
    assert_eq!(rig.chat("bob").unread, 1, "the end of a thread that nobody sees");
    assert_eq!(look(&mut rig, 34), (1, 0));
}

#[test]
fn who_scrolls_through_many_messages_tells_the_server_of_one_place_at_a_time() {
    let mut rig = Rig::connected(vec![summary("bob", 30, 20)]);
    open(&mut rig);
    page(&mut rig, 1, 30, false);
    assert_eq!(sent(&rig.look("bob", 11)).len(), 1);
    assert!((12..=29).all(|seq| sent(&rig.look("bob", seq)).is_empty()));
    assert_eq!(rig.chat("bob").unread, 1, "here it is known at once");
    let last = ClientMessage::Chat(ChatRequest::MarkRead { chat: chat_with("bob"), seq: Seq(29) });
    assert_eq!(sent(&marked(&mut rig)), vec![&last]);
    assert!(sent(&marked(&mut rig)).is_empty());
    assert_eq!(rig.chat("bob").marking, None);
}

#[test]
fn what_one_has_answered_is_not_new() {
    let mut rig = Rig::connected(vec![ChatSummary { read_seq: Seq(2), ..summary("bob", 9, 5) }]);
    open(&mut rig);
    let messages = |rig: &mut Rig, from: u64, own: u64| {
        let messages =
            (from..=9).map(|seq| message("bob", seq, if seq == own { "anna" } else { "bob" }, "x"));
        let page = ServerMessage::Chat(ChatNews::Messages {
            chat: chat_with("bob"),
            messages: messages.collect(),
            has_more: false,
        });
        rig.answer(|request| matches!(request, Question::Chat(ChatQuestion::Older(_))), page);
    };
    messages(&mut rig, 1, 6);
    assert_eq!(rig.chat("bob").thread.divider_after, Some(Seq(6)), "it was written on another device");
    rig.look("bob", 9);
    rig.user(PanelAction::BackToList);
    rig.event(added("bob", 10, "bob"));
    rig.event(added("bob", 11, "anna"));
    open(&mut rig);
    assert_eq!(rig.chat("bob").thread.divider_after, None, "nothing came after the answer");
    rig.event(added("bob", 12, "bob"));
    assert_eq!(rig.chat("bob").thread.divider_after, None);
}

#[test]
fn the_first_page_is_large_enough_for_the_divider() {
    let mut rig = Rig::connected(vec![summary("bob", 100, 60)]);
    assert_eq!(sent(&open(&mut rig)), vec![&fetch(101, PageDirection::Before, 75)]);
    let own_in_between = ChatSummary { read_seq: Seq(20), ..summary("bob", 100, 40) };
    let mut rig = Rig::connected(vec![own_in_between]);
    assert_eq!(sent(&open(&mut rig)), vec![&fetch(101, PageDirection::Before, 95)]);
}

#[test]
fn more_unread_than_a_page_holds_are_fetched_page_by_page_up_to_the_divider() {
    let mut rig = Rig::connected(vec![summary("bob", 1_000, 450)]);
    assert_eq!(sent(&open(&mut rig)), vec![&fetch(1_001, PageDirection::Before, 200)]);
    assert_eq!(sent(&page(&mut rig, 801, 1_000, true)), vec![&fetch(801, PageDirection::Before, 200)]);
    assert!(!rig.chat("bob").thread.paged, "where to begin reading is not known yet");
    page(&mut rig, 601, 800, true);
    assert!(sent(&page(&mut rig, 401, 600, true)).is_empty());
    assert!(rig.chat("bob").thread.paged);
    let mut rig = Rig::connected(vec![summary("bob", 90_000, 89_000)]);
    open(&mut rig);
    let pages = (0..90).take_while(|page_number| {
        let last = 90_000 - page_number * 200;
        page(&mut rig, last - 199, last, true);
        !rig.chat("bob").thread.paged
    });
    assert_eq!(pages.count(), 9, "but not for ever");
}

#[test]
fn older_pages_double_up_to_the_servers_limit_and_end_at_the_first_message() {
    let mut rig = Rig::connected(vec![summary("bob", 600, 0)]);
    open(&mut rig);
    let mut first = 571;
    page(&mut rig, first, 600, true);
    for limit in [60, 120, 200, 200] {
        let effects = rig.user(ChatAction::NeedOlder { chat: chat_with("bob") });
        assert_eq!(sent(&effects), vec![&fetch(first, PageDirection::Before, limit)]);
        assert!(
            sent(&rig.user(ChatAction::NeedOlder { chat: chat_with("bob") })).is_empty(),
            "one at a time"
        );
        let from = first.saturating_sub(u64::from(limit)).max(1);
        page(&mut rig, from, first - 1, from > 1);
        first = from;
        if first == 1 {
            break;
        }
    }
    assert_eq!(seqs(&rig), (1..=600).collect::<Vec<_>>());
    assert!(rig.chat("bob").thread.reached_start);
    assert!(sent(&rig.user(ChatAction::NeedOlder { chat: chat_with("bob") })).is_empty());
}

#[test]
fn what_arrives_while_the_first_page_is_on_its_way_joins_it() {
    let mut rig = Rig::connected(vec![summary("bob", 40, 0)]);
    open(&mut rig);
    rig.event(added("bob", 41, "bob"));
    page(&mut rig, 11, 40, true);
    assert_eq!(seqs(&rig), (11..=41).collect::<Vec<_>>());
}

#[test]
fn a_page_lost_with_the_line_is_asked_for_again() {
    let mut rig = Rig::connected(vec![summary("bob", 40, 0)]);
    open(&mut rig);
    let effects = rig.reconnect(sync(10, vec![summary("bob", 40, 0)]));
    assert!(
        sent(&effects)
            .iter()
            .any(|message| matches!(message, ClientMessage::Chat(ChatRequest::FetchMessages { .. })))
    );
    page(&mut rig, 1, 40, false);
    assert_eq!(seqs(&rig).len(), 40);
}

#[test]
fn messages_missed_while_away_come_in_order_and_all() {
    let mut rig = Rig::connected(vec![summary("bob", 10, 0)]);
    open(&mut rig);
    page(&mut rig, 1, 10, false);
    rig.user(PanelAction::BackToList);
    let effects = rig.reconnect(sync(99, vec![summary("bob", 300, 290)]));
    assert_eq!(sent(&effects), vec![&fetch(10, PageDirection::After, 200)]);
    let gap = |request: &Question| matches!(request, Question::Chat(ChatQuestion::Gap(_)));
    let messages = |from: u64, to: u64| {
        ServerMessage::Chat(ChatNews::Messages {
            chat: chat_with("bob"),
            messages: (from..=to).map(|seq| message("bob", seq, "bob", "x")).collect(),
            has_more: to < 300,
        })
    };
    let effects = rig.answer(gap, messages(11, 210));
    assert_eq!(emitted(&effects).len(), 200);
    assert_eq!(sent(&effects), vec![&fetch(210, PageDirection::After, 200)]);
    let effects = rig.answer(gap, messages(211, 300));
    assert_eq!(emitted(&effects).len(), 90);
    assert!(sent(&effects).is_empty());
    assert_eq!(seqs(&rig), (1..=300).collect::<Vec<_>>());
    assert_eq!(rig.chat("bob").unread, 290);
}

#[test]
fn an_empty_answer_to_a_gap_does_not_spin() {
    let mut rig = Rig::connected(vec![summary("bob", 1, 0)]);
    rig.reconnect(sync(20, vec![summary("bob", 3, 2)]));
    let none =
        ServerMessage::Chat(ChatNews::Messages { chat: chat_with("bob"), messages: vec![], has_more: false });
    let effects = rig.answer(|request| matches!(request, Question::Chat(ChatQuestion::Gap(_))), none);
    assert!(sent(&effects).is_empty());
    assert_eq!(started(&effects, &TimerId::Chat(ChatTimer::Resend)), Some(1_000));
    assert_eq!(
        sent(&rig.timer(TimerId::Chat(ChatTimer::Resend))),
        vec![&fetch(1, PageDirection::After, 200)]
    );
}

#[test]
fn reading_on_another_device_lowers_the_unread_count() {
    let mut rig = Rig::connected(vec![summary("bob", 5, 3)]);
    assert!(sent(&rig.event(read("anna", 5))).is_empty());
    assert_eq!(rig.chat("bob").unread, 0);
    rig.event(added("bob", 6, "bob"));
    rig.event(added("bob", 7, "bob"));
    let effects = rig.event(read("anna", 6));
    let before = Cursor(rig.cursor - 1);
    assert_eq!(
        sent(&effects),
        vec![&ClientMessage::Session(SessionRequest::Resync { cursor: before })],
        "6 and 7 are not loaded here"
    );
    let counted = ChatSummary { read_seq: Seq(6), ..summary("bob", 7, 1) };
    let counted = Sync { complete: false, ..sync(rig.cursor, vec![counted]) };
    rig.answer(
        |request| *request == Question::Resync,
        ServerMessage::Session(SessionNews::Synced(Box::new(counted))),
    );
    assert_eq!(rig.chat("bob").unread, 1);
}

#[test]
fn reading_elsewhere_is_counted_here_when_the_thread_is_loaded() {
    let mut rig = Rig::connected(vec![summary("bob", 5, 0)]);
    open(&mut rig);
    page(&mut rig, 1, 5, false);
    rig.user(PanelAction::BackToList);
    for seq in 6..=8 {
        rig.event(added("bob", seq, if seq == 7 { "anna" } else { "bob" }));
    }
    assert_eq!(rig.chat("bob").unread, 2);
    assert!(sent(&rig.event(read("anna", 6))).is_empty());
    assert_eq!(rig.chat("bob").unread, 1);
}

#[test]
fn a_read_marker_lost_with_the_line_is_sent_again_and_not_forgotten() {
    let mut rig = Rig::connected(vec![summary("bob", 5, 2)]);
    open(&mut rig);
    page(&mut rig, 1, 5, false);
    rig.look("bob", 5);
    rig.user(PanelAction::BackToList);
    let effects = rig.reconnect(sync(12, vec![ChatSummary { unread: 3, ..summary("bob", 6, 3) }]));
    assert_eq!(rig.chat("bob").unread, 1, "two of the three were read here");
    assert!(
        sent(&effects)
            .contains(&&ClientMessage::Chat(ChatRequest::MarkRead { chat: chat_with("bob"), seq: Seq(5) }))
    );
    let marked = |request: &Question| matches!(request, Question::Chat(ChatQuestion::MarkRead { .. }));
    rig.refuse(marked, ErrorCode::StorageUnavailable);
    assert_eq!(sent(&rig.timer(TimerId::Chat(ChatTimer::Resend))).len(), 1);
    rig.answer(marked, ServerMessage::Done);
    assert!(sent(&rig.timer(TimerId::Chat(ChatTimer::Resend))).is_empty());
}

#[test]
fn the_other_sides_marker_announces_the_last_message_read() {
    let mut rig = Rig::connected(vec![summary("bob", 4, 0)]);
    rig.event(added("bob", 5, "anna"));
    let effects = rig.event(read("bob", 5));
    assert_eq!(emitted(&effects), vec![&ClientEvent::MessageRead(message("bob", 5, "anna", "x"))]);
    assert!(emitted(&rig.event(read("bob", 5))).is_empty());
    assert_eq!(rig.chat("bob").peer_read_seq, Seq(5));
}

#[test]
fn a_read_message_that_is_not_loaded_is_fetched_for_the_event() {
    let mut rig = Rig::connected(vec![summary("bob", 9, 0)]);
    let effects = rig.event(read("bob", 3));
    assert!(emitted(&effects).is_empty());
    assert_eq!(sent(&effects), vec![&fetch(2, PageDirection::After, 1)]);
    let found = ServerMessage::Chat(ChatNews::Messages {
        chat: chat_with("bob"),
        messages: vec![message("bob", 3, "anna", "old")],
        has_more: true,
    });
    let effects =
        rig.answer(|request| matches!(request, Question::Chat(ChatQuestion::Receipt { .. })), found);
    assert_eq!(emitted(&effects), vec![&ClientEvent::MessageRead(message("bob", 3, "anna", "old"))]);
}

#[test]
fn typing_shows_for_three_seconds_or_until_the_message() {
    let mut rig = Rig::connected(vec![summary("bob", 0, 0)]);
    let typing = || ServerMessage::Chat(ChatNews::Typing { chat: chat_with("bob"), user: alias("bob") });
    let effects = rig.told(typing());
    let event = ClientEvent::TypingStarted { user: alias("bob"), chat: chat_with("bob") };
    assert_eq!(emitted(&effects), vec![&event]);
    let timer = TimerId::Chat(ChatTimer::TypingEnds(chat_with("bob")));
    assert_eq!(started(&effects, &timer), Some(3_000));
    assert!(rig.chat("bob").typing);
    rig.timer(timer.clone());
    assert!(!rig.chat("bob").typing);
    rig.told(typing());
    let effects = rig.event(added("bob", 1, "bob"));
    assert!(effects.contains(&Effect::StopTimer(timer)));
    assert!(!rig.chat("bob").typing);
}

#[test]
fn a_chat_created_anew_starts_over() {
    let mut rig = Rig::connected(vec![summary("bob", 9, 2)]);
    open(&mut rig);
    page(&mut rig, 1, 9, false);
    let anew = ChatSummary { incarnation: 2, ..summary("bob", 1, 1) };
    let effects = rig.reconnect(sync(50, vec![anew]));
    assert!(emitted(&effects).iter().any(|event| matches!(event, ClientEvent::ChatLoaded(_))));
    assert_eq!(seqs(&rig), Vec::<u64>::new());
    assert_eq!((rig.chat("bob").unread, rig.chat("bob").last_seq), (1, Seq(1)));
}

#[test]
fn a_count_that_was_lost_is_asked_for_again_on_the_next_line() {
    let mut rig = Rig::connected(vec![summary("bob", 5, 3)]);
    rig.event(added("bob", 6, "anna"));
    rig.event(read("anna", 5));
    let before = Cursor(rig.cursor - 1);
    rig.act(Action::Socket(SocketEvent::Closed));
    rig.timer(TimerId::Session(SessionTimer::Reconnect));
    let effects = rig.act(Action::Socket(SocketEvent::Opened));
    assert!(
        matches!(sent(&effects)[..], [ClientMessage::Session(SessionRequest::Authenticate(a))] if a.cursor == Some(before))
    );
    let counted = ChatSummary { read_seq: Seq(5), ..summary("bob", 6, 0) };
    rig.welcome(Sync { complete: false, ..sync(rig.cursor, vec![counted]) });
    assert_eq!(rig.chat("bob").unread, 0);
    assert_eq!(rig.state.session.recount, None);
}
