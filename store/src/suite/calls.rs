//! What every store must do with rooms, sessions, the journal and hooks.

use super::{alias, apply, chat, message, text, upload};
use crate::Store;
use bandyer_protocol::{
    Attachment, Call, CallAlias, CallType, ClientMessageId, MessageBody, RecordingType, Seq, SessionId,
    Timestamp, Tool, Tools, UploadId, UserAlias,
};
use bandyer_records::{
    CallFiles, HookKey, HookRecord, HookVersion, JournalFilter, JournalKind, JournalRecord, LiveCall, Mark,
    Period, RoomParticipant, RoomRecord, SessionFilter, SessionRecord, Slice, UploadPlace, UploadRecord,
    Write,
};

const ALL: &Slice = &Slice { after: None, skip: 0, limit: 100 };

pub fn run<S: Store, G>(open: &impl Fn() -> (S, G)) {
    missed_calls(&mut open().0);
    rooms(&mut open().0);
    links(&mut open().0);
    sessions(&mut open().0);
    live_calls(&mut open().0);
    journal_filters(&mut open().0);
    journal_numbers(&mut open().0);
    rooms_nobody_was_in(&mut open().0);
    hooks(&mut open().0);
    files_of_calls(&mut open().0);
    rolling_back(&mut open().0);
}

fn name(text: &str) -> CallAlias {
    CallAlias::parse(text).unwrap()
}

fn mark(at: i64, id: &str) -> Mark {
    Mark { at: Timestamp(at), id: id.to_owned() }
}

fn room(text: &str, users: [&str; 2], at: i64) -> RoomRecord {
    let participant = |user: &str, is_admin| RoomParticipant {
        user: alias(user),
        is_admin,
        tools: is_admin.then(|| Tools::NONE.with(Tool::Chat, true).with_board(true).with(Tool::WbPen, false)),
        link: Some(format!("{text}-{user}")),
    };
    RoomRecord {
        room: name(text),
        initiator: Some(alias(users[0])),
        participants: vec![participant(users[0], true), participant(users[1], false)],
        call_type: CallType::AudioUpgradable,
        record: true,
        recording_type: RecordingType::Manual,
        direct: true,
        live: true,
        dialed: false,
        description: Some("Ärger, 'quoted'".to_owned()),
        duration_s: Some(60),
        used_ms: 1_500,
        created_at: Timestamp(at),
        expires_at: Some(Timestamp(at + 1000)),
        disabled: false,
        deleted: false,
    }
}

pub(super) fn bare_room(text: &str, users: [&str; 2], at: i64) -> RoomRecord {
    let mut room = RoomRecord {
        initiator: None,
        dialed: true,
        direct: false,
        live: false,
        record: false,
        description: None,
        duration_s: None,
        expires_at: None,
        ..room(text, users, at)
    };
    for one in &mut room.participants {
        (one.link, one.tools) = (None, None);
    }
    room
}

fn row(at: i64, kind: JournalKind, user: &str, room: &str, session: &str) -> JournalRecord {
    JournalRecord {
        id: 0,
        at: Timestamp(at),
        kind,
        user: Some(alias(user)),
        room: Some(name(room)),
        session: Some(session.to_owned()),
        data: r#"{"connected":1}"#.to_owned(),
    }
}

fn numbered(id: u64, row: &JournalRecord) -> JournalRecord {
    JournalRecord { id, ..row.clone() }
}

fn missed_calls(store: &mut impl Store) {
    let ab = chat("anna", "bob", 1);
    let missed = message(&ab, 1, "anna", MessageBody::MissedCall(CallType::AudioOnly));
    apply(store, [Write::AddMessage(missed.clone()), Write::AddMessage(text(&ab, 2, "bob"))]);
    assert_eq!(store.message(&ab.id, Seq(1)).unwrap(), Some(missed));
    let declined = message(&ab, 3, "bob", MessageBody::DeclinedCall(CallType::AudioUpgradable));
    apply(store, [Write::AddMessage(declined.clone())]);
    assert_eq!(store.message(&ab.id, Seq(3)).unwrap(), Some(declined));
}

fn rooms(store: &mut impl Store) {
    let (one, two, three) = (
        room("r1", ["anna", "bob"], 1),
        bare_room("r2", ["bob", "carl"], 2),
        bare_room("r3", ["anna", "carl"], 2),
    );
    apply(store, [&one, &three, &two].map(|room| Write::PutRoom(room.clone())));
    assert_eq!(store.room(&one.room).unwrap(), Some(one.clone()));
    assert_eq!(store.room(&two.room).unwrap(), Some(two.clone()));
    assert_eq!(store.room(&name("r9")).unwrap(), None);
    assert_eq!(store.rooms(ALL).unwrap(), [three.clone(), two.clone(), one.clone()]);
    assert_eq!(store.rooms(&Slice { skip: 1, ..Slice::newest(1) }).unwrap(), std::slice::from_ref(&two));
    // The first two are of one moment; what comes in front does not shift what follows.
    apply(store, [Write::PutRoom(bare_room("r4", ["anna", "carl"], 9))]);
    let behind = |at, id: &str| Slice { after: Some(mark(at, id)), ..Slice::newest(9) };
    assert_eq!(store.rooms(&behind(2, "r3")).unwrap(), [two.clone(), one.clone()]);
    assert_eq!(store.rooms(&behind(2, "r2")).unwrap(), std::slice::from_ref(&one));
    assert_eq!(store.rooms(&behind(1, "r1")).unwrap(), []);
    assert_eq!(store.rooms_of(&alias("anna"), &behind(2, "r3")).unwrap(), std::slice::from_ref(&one));
    apply(store, [Write::PutRoom(RoomRecord { deleted: true, ..bare_room("r4", ["anna", "carl"], 9) })]);
    assert_eq!(store.rooms_of(&alias("anna"), ALL).unwrap(), [three.clone(), one.clone()]);
    assert_eq!(
        store.rooms_of(&alias("anna"), &Slice { skip: 1, ..Slice::newest(5) }).unwrap(),
        std::slice::from_ref(&one)
    );
    assert_eq!(store.rooms_of(&alias("eve"), ALL).unwrap(), []);

    let deleted = RoomRecord { deleted: true, disabled: true, used_ms: 7, ..three };
    apply(store, [Write::PutRoom(deleted.clone())]);
    assert_eq!(store.room(&deleted.room).unwrap(), Some(deleted), "also a deleted room is found by its name");
    assert_eq!(store.rooms(ALL).unwrap(), [two, one.clone()]);
    assert_eq!(store.rooms_of(&alias("anna"), ALL).unwrap(), [one]);
}

fn links(store: &mut impl Store) {
    let mut one = room("r1", ["anna", "bob"], 1);
    apply(store, [Write::PutRoom(one.clone()), Write::PutRoom(room("r2", ["anna", "bob"], 2))]);
    assert_eq!(store.room_by_link("r1-bob").unwrap(), Some((one.clone(), alias("bob"))));
    assert_eq!(store.room_by_link("r1-carl").unwrap(), None);
    assert_eq!(store.room_by_link("").unwrap(), None);

    one.participants[1].link = None;
    one.disabled = true;
    apply(store, [Write::PutRoom(one.clone())]);
    assert_eq!(store.room_by_link("r1-bob").unwrap(), None, "revoked");
    assert_eq!(store.room_by_link("r1-anna").unwrap(), Some((one.clone(), alias("anna"))));

    one.participants[1].link = Some("r2-bob".to_owned());
    assert!(store.apply(&Write::PutRoom(one)).is_err(), "one link, two rooms");
    store.roll_back();
}

fn sessions(store: &mut impl Store) {
    let session = |id: &str, room: &str, at| SessionRecord {
        session: id.to_owned(),
        room: name(room),
        created_at: Timestamp(at),
        ended_at: None,
        talked_ms: 0,
        talking_since: None,
    };
    let (one, two, three) = (session("s1", "r1", 10), session("s2", "r2", 20), session("s3", "r1", 30));
    apply(store, [&one, &two, &three].map(|session| Write::PutSession(session.clone())));
    let joined = JournalKind::Joined;
    apply(
        store,
        [
            row(10, joined, "anna", "r1", "s1"),
            row(20, joined, "bob", "r2", "s2"),
            row(30, joined, "anna", "r1", "s3"),
            row(31, JournalKind::Left, "bob", "r1", "s3"),
        ]
        .map(Write::AddJournal),
    );
    let two = SessionRecord {
        ended_at: Some(Timestamp(25)),
        talked_ms: 3,
        talking_since: Some(Timestamp(24)),
        ..two
    };
    apply(store, [Write::PutSession(two.clone())]);
    assert_eq!(store.session("s2").unwrap(), Some(two.clone()));
    assert_eq!(store.session("s9").unwrap(), None);

    let found = |filter: SessionFilter| -> Vec<String> {
        store.sessions(&filter, ALL).unwrap().into_iter().map(|session| session.session).collect()
    };
    let period =
        |from: Option<i64>, to: Option<i64>| Period { from: from.map(Timestamp), to: to.map(Timestamp) };
    let (anna, r1) = (Some(alias("anna")), Some(name("r1")));
    assert_eq!(found(SessionFilter::default()), ["s3", "s2", "s1"]);
    assert_eq!(found(SessionFilter { room: r1.clone(), ..Default::default() }), ["s3", "s1"]);
    assert_eq!(found(SessionFilter { user: anna.clone(), ..Default::default() }), ["s3", "s1"]);
    assert_eq!(found(SessionFilter { user: Some(alias("bob")), ..Default::default() }), ["s2"]);
    assert_eq!(found(SessionFilter { period: period(Some(20), None), ..Default::default() }), ["s3", "s2"]);
    assert_eq!(found(SessionFilter { period: period(None, Some(20)), ..Default::default() }), ["s2", "s1"]);
    assert_eq!(found(SessionFilter { room: r1, user: anna, period: period(Some(11), Some(30)) }), ["s3"]);
    let middle = store.sessions(&SessionFilter::default(), &Slice { skip: 1, ..Slice::newest(1) }).unwrap();
    assert_eq!(middle, [two]);
    let behind = Slice { after: Some(mark(middle[0].created_at.0, "s2")), ..Slice::newest(9) };
    let last = store.sessions(&SessionFilter::default(), &behind).unwrap();
    assert_eq!(last.into_iter().map(|session| session.session).collect::<Vec<_>>(), ["s1"]);
}

/// A call that goes on.
fn live(id: &str) -> LiveCall {
    LiveCall {
        call: Call {
            call: name(id),
            initiator: Some(alias("anna")),
            participants: [alias("anna"), alias("bob")],
            call_type: CallType::AudioVideo,
            record: false,
            recording_type: RecordingType::Automatic,
            live: true,
            created_at: Timestamp(3),
        },
        session: format!("s-{id}"),
        seats: [Some(SessionId::parse("seat").unwrap()), None],
        started_at: Some(Timestamp(4)),
        rings_until: None,
        key: None,
        upgraded: false,
        tools: [None, Some(Tools::NONE)],
    }
}

fn live_calls(store: &mut impl Store) {
    assert_eq!(store.live_calls().unwrap(), []);
    let upgraded = LiveCall { upgraded: true, ..live("c1") };
    let key = ClientMessageId::parse("k1").ok();
    let ring = LiveCall { started_at: None, rings_until: Some(Timestamp(9)), key, ..live("c2") };
    apply(store, [live("c1"), ring.clone(), upgraded.clone()].map(Write::PutLiveCall));
    assert_eq!(store.live_calls().unwrap(), [upgraded.clone(), ring]);
    apply(store, [Write::DropLiveCall(name("c2")), Write::DropLiveCall(name("c9"))]);
    assert_eq!(store.live_calls().unwrap(), [upgraded]);
}

fn journal_filters(store: &mut impl Store) {
    use JournalKind::{DialAnswered, Joined, Left, UserOnline};
    let online = JournalRecord { room: None, session: None, ..row(1, UserOnline, "anna", "r1", "s1") };
    let system = JournalRecord { user: None, ..row(5, JournalKind::SessionEnded, "anna", "r1", "s1") };
    let rows = [
        online,
        row(2, DialAnswered, "bob", "r1", "s1"),
        row(3, Joined, "anna", "r1", "s1"),
        row(4, Joined, "bob", "r2", "s2"),
        system,
        row(6, Left, "bob", "r2", "s2"),
    ];
    apply(store, rows.iter().cloned().map(Write::AddJournal));
    let rows: Vec<_> = (1..).zip(&rows).map(|(id, row)| numbered(id, row)).collect();

    let ids = |filter: &JournalFilter, slice: &Slice| -> Vec<u64> {
        store.journal(filter, slice).unwrap().into_iter().map(|row| row.id).collect()
    };
    let every = JournalFilter {
        kinds: vec![UserOnline, DialAnswered, Joined, Left, JournalKind::SessionEnded],
        ..Default::default()
    };
    assert_eq!(ids(&every, ALL), [6, 5, 4, 3, 2, 1]);
    assert_eq!(ids(&every, &Slice { skip: 1, ..Slice::newest(2) }), [5, 4]);
    assert_eq!(ids(&every, &Slice { after: Some(mark(0, "5")), ..Slice::newest(2) }), [4, 3]);
    assert_eq!(ids(&every, &Slice { after: Some(mark(0, "1")), ..Slice::newest(2) }), [0; 0]);
    assert_eq!(ids(&JournalFilter { kinds: vec![], ..every.clone() }, ALL), [0; 0]);
    assert_eq!(ids(&JournalFilter { kinds: vec![Joined], ..every.clone() }, ALL), [4, 3]);
    assert_eq!(ids(&JournalFilter { user: Some(alias("bob")), ..every.clone() }, ALL), [6, 4, 2]);
    assert_eq!(ids(&JournalFilter { room: Some(name("r1")), ..every.clone() }, ALL), [5, 3, 2]);
    let period = Period { from: Some(Timestamp(2)), to: Some(Timestamp(4)) };
    assert_eq!(ids(&JournalFilter { period, ..every.clone() }, ALL), [4, 3, 2]);
    let narrow =
        JournalFilter { kinds: vec![Joined, Left], user: Some(alias("bob")), room: Some(name("r2")), period };
    assert_eq!(ids(&narrow, ALL), [4]);

    assert_eq!(store.journal_of_session("s1").unwrap(), [&rows[1], &rows[2], &rows[4]].map(Clone::clone));
    assert_eq!(store.journal_of_session("s9").unwrap(), []);
    assert_eq!(store.journal_after(0, 2).unwrap(), rows[..2]);
    assert_eq!(store.journal_after(4, 9).unwrap(), rows[4..]);
    assert_eq!(store.journal_after(6, 9).unwrap(), []);
}

fn journal_numbers(store: &mut impl Store) {
    assert_eq!(store.journal_end().unwrap(), 0);
    let rows = [1, 2, 3].map(|at| row(at, JournalKind::Joined, "anna", "r1", "s1"));
    apply(store, rows.clone().map(Write::AddJournal));
    assert_eq!(store.journal_end().unwrap(), 3);
    apply(store, [Write::DropJournal { before: Timestamp(1), most: 100 }]);
    assert_eq!(store.journal_after(0, 9).unwrap().len(), 3);
    apply(store, [Write::DropJournal { before: Timestamp(9), most: 1 }]);
    assert_eq!(store.journal_after(0, 9).unwrap(), [numbered(2, &rows[1]), numbered(3, &rows[2])]);
    apply(store, [Write::DropJournal { before: Timestamp(3), most: 100 }]);
    assert_eq!(store.journal_after(0, 9).unwrap(), [numbered(3, &rows[2])]);
    apply(store, [Write::DropJournal { before: Timestamp(9), most: 100 }]);
    assert_eq!(store.journal_after(0, 9).unwrap(), []);
    assert_eq!(store.journal_end().unwrap(), 3);
    apply(store, [Write::AddJournal(rows[0].clone())]);
    assert_eq!(store.journal_after(0, 9).unwrap(), [numbered(4, &rows[0])], "no number is given twice");
}

fn rooms_nobody_was_in(store: &mut impl Store) {
    let users = ["anna", "bob"];
    let dialed = ["old", "met", "rings", "young"].map(|text| {
        let at = if text == "young" { 9 } else { 1 };
        Write::PutRoom(bare_room(text, users, at))
    });
    apply(store, dialed);
    let session = SessionRecord {
        session: "s1".to_owned(),
        room: name("met"),
        created_at: Timestamp(2),
        ended_at: Some(Timestamp(3)),
        talked_ms: 0,
        talking_since: None,
    };
    let ring = LiveCall { rings_until: Some(Timestamp(99)), started_at: None, ..live("rings") };
    apply(
        store,
        [Write::PutRoom(room("link", users, 1)), Write::PutSession(session), Write::PutLiveCall(ring)],
    );
    apply(store, [Write::DropJournal { before: Timestamp(5), most: 100 }]);
    assert_eq!(store.room(&name("old")).unwrap(), None, "nobody was in it, and nothing refers to it");
    for kept in ["met", "rings", "young", "link"] {
        assert!(store.room(&name(kept)).unwrap().is_some(), "{kept}");
    }
}

fn hooks(store: &mut impl Store) {
    let hook = |version, url: &str, events: &[&str], position| HookRecord {
        key: HookKey { version, url: url.to_owned() },
        events: events.iter().map(|event| ((*event).to_owned(), Timestamp(4))).collect(),
        position,
        failing_since: None,
    };
    let one = hook(HookVersion::V1, "https://a.example/?x='", &["on_message_sent", "on_room_created"], 5);
    let two = hook(HookVersion::V0, "https://a.example/?x='", &["on_call_ended"], 6);
    assert_eq!(store.hooks().unwrap(), []);
    apply(store, [&one, &two].map(|hook| Write::PutHook(hook.clone())));
    assert_eq!(store.hooks().unwrap(), [two.clone(), one.clone()]);

    let moved =
        |key: &HookKey| Write::MoveHook { key: key.clone(), position: 9, failing_since: Some(Timestamp(8)) };
    let fewer = HookRecord { position: 1, ..hook(HookVersion::V1, &one.key.url, &["on_room_created"], 1) };
    apply(store, [moved(&one.key), Write::PutHook(fewer.clone())]);
    let kept = HookRecord { position: 9, failing_since: Some(Timestamp(8)), ..fewer };
    assert_eq!(store.hooks().unwrap(), [two.clone(), kept.clone()], "other events, the same place");

    apply(store, [Write::DropHook(two.key.clone()), moved(&two.key)]);
    assert_eq!(store.hooks().unwrap(), [kept]);
}

fn rolling_back(store: &mut impl Store) {
    let one = room("r1", ["anna", "bob"], 1);
    apply(store, [Write::PutRoom(one.clone())]);
    let user: UserAlias = alias("anna");
    store.apply(&Write::PutRoom(RoomRecord { disabled: true, ..one.clone() })).unwrap();
    store.apply(&Write::AddJournal(row(1, JournalKind::RoomDisabled, user.as_str(), "r1", "s1"))).unwrap();
    assert!(store.room(&one.room).unwrap().unwrap().disabled, "a transaction sees its own writes");
    store.roll_back();
    assert_eq!(store.room(&one.room).unwrap(), Some(one));
    assert_eq!(store.journal_after(0, 9).unwrap(), []);
}

fn files_of_calls(store: &mut impl Store) {
    let (ours, other) = (room("room_files", ["anna", "bob"], 1), room("room_other", ["anna", "carl"], 2));
    let call = ours.room.clone();
    let file = |id: &str, owner: &str, place: &CallAlias, at: i64| UploadRecord {
        place: UploadPlace::Call(place.clone()),
        owner: alias(owner),
        created_at: Timestamp(at),
        attachment: Attachment {
            upload: UploadId::parse(id).unwrap(),
            size: 10,
            ..upload(&chat("anna", "bob", 1)).attachment
        },
    };
    let in_chat = upload(&chat("anna", "bob", 1));
    apply(
        store,
        [
            Write::PutRoom(ours),
            Write::PutRoom(other.clone()),
            Write::AddUpload(in_chat.clone()),
            Write::AddUpload(file("f-1", "anna", &call, 5)),
            Write::AddUpload(file("f-2", "bob", &call, 6)),
            Write::AddUpload(file("f-3", "anna", &other.room, 7)),
        ],
    );
    let found = |which: CallFiles| -> Vec<String> {
        store.call_uploads(&which).unwrap().iter().map(ToString::to_string).collect()
    };
    assert_eq!(found(CallFiles::In(call)), ["f-1", "f-2"]);
    assert_eq!(found(CallFiles::Between([alias("bob"), alias("anna")])), ["f-1", "f-2"]);
    assert_eq!(found(CallFiles::By(alias("anna"))), ["f-1", "f-3"]);
    assert_eq!(found(CallFiles::Before(Timestamp(6))), ["f-1"]);
    let size = in_chat.attachment.size;
    assert_eq!(store.stored_bytes(&in_chat.owner).unwrap(), size + 20);
    assert_eq!(store.stored_bytes(&alias("eve")).unwrap(), 0);
    assert_eq!(store.all_stored_bytes().unwrap(), size + 30);
    assert_eq!(store.unsent_count(&alias("bob")).unwrap(), 1);
}
