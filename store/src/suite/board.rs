//! What every store must do with boards.

use super::calls::bare_room;
use super::{alias, apply};
use crate::Store;
use bandyer_protocol::board::{BoardKey, Looks, Mark, Points, Shape, ShapeKind, StrokePoint};
use bandyer_protocol::{BoardDevice, CallAlias, PageId, ShapeId, Timestamp};
use bandyer_records::{
    BoardDeviceRecord, BoardRecord, BoardsOf, MAX_BOARD_DEVICES, RoomRecord, ShapeRange, ShapeRecord, Tally,
    Write,
};

pub fn run<S: Store, G>(open: &impl Fn() -> (S, G)) {
    boards(&mut open().0);
    parts(&mut open().0);
    clearing(&mut open().0);
    forgetting(&mut open().0);
    devices(&mut open().0);
    dropping(&mut open().0);
}

fn name(text: &str) -> CallAlias {
    CallAlias::parse(text).unwrap()
}

fn id(text: &str) -> ShapeId {
    ShapeId::parse(text).unwrap()
}

fn shape(room: &str, text: &str, changed: u64, erased: bool) -> ShapeRecord {
    let point = StrokePoint { x: 3, y: -4, pressure: Some(9) };
    let looks = Looks { text: format!("'{text}' \u{1f600}"), ..Looks::default() };
    let shape = Shape {
        id: id(text),
        page: PageId::first(),
        maker: alias("anna"),
        kind: ShapeKind::Pen { points: Points::pack(&[point]) },
        looks,
    };
    ShapeRecord { room: name(room), shape, changed, erased }
}

/// A text on the board of a room.
pub fn note(room: &str, text_id: &str, text: &str) -> ShapeRecord {
    let mut record = shape(room, text_id, 1, false);
    record.shape.kind = ShapeKind::Text;
    record.shape.looks.text = text.to_owned();
    record
}

fn put(record: &ShapeRecord) -> Write {
    Write::PutShape(Box::new(record.clone()))
}

fn tally(records: &[&ShapeRecord]) -> Tally {
    let bytes = records.iter().map(|record| record.shape.weight() as u64).sum();
    Tally { shapes: records.len() as u32, bytes }
}

fn boards(store: &mut impl Store) {
    assert_eq!(store.board(&name("r1")).unwrap(), None);
    let first = BoardRecord::new(name("r1"));
    let later = BoardRecord {
        number: 7,
        there: Tally { shapes: 2, bytes: 500 },
        erased: Tally { shapes: 1, bytes: 200 },
        forgotten: 3,
        ..first.clone()
    };
    let (a, b) = (shape("r1", "a", 1, false), shape("r1", "b", 2, false));
    apply(store, [Write::PutBoard(first), put(&a), put(&b), Write::PutBoard(later.clone())]);
    assert_eq!(store.board(&name("r1")).unwrap(), Some(later));
    assert_eq!(store.shape(&name("r1"), &id("a")).unwrap(), Some(a.clone()));
    let again = ShapeRecord { changed: 3, erased: true, ..a };
    apply(store, [put(&again)]);
    assert_eq!(store.shape(&name("r1"), &id("a")).unwrap(), Some(again));
    assert_eq!(store.shape(&name("r2"), &id("a")).unwrap(), None);
    store.apply(&put(&ShapeRecord { changed: 4, ..b.clone() })).unwrap();
    store.roll_back();
    assert_eq!(store.shape(&name("r1"), &id("b")).unwrap(), Some(b));
}

fn parts(store: &mut impl Store) {
    let (a, b) = (shape("r1", "a", 4, false), shape("r1", "b", 2, true));
    let (c, d, other) = (shape("r1", "c", 2, false), shape("r1", "d", 2, false), shape("r2", "e", 3, false));
    apply(store, [&a, &b, &c, &d, &other].map(put));
    let all = ShapeRange { after: 0, from: None, erased_after: 0, limit: 9, bytes: 9_000 };
    let found = |range: &ShapeRange| {
        let found = store.shapes(&name("r1"), range).unwrap();
        found.iter().map(|record| record.shape.id.to_string()).collect::<String>()
    };
    assert_eq!(found(&all), "bcda");
    assert_eq!(store.shapes(&name("r1"), &all).unwrap()[0], b);
    assert_eq!(found(&ShapeRange { erased_after: 1, ..all.clone() }), "bcda");
    assert_eq!(found(&ShapeRange { erased_after: 2, ..all.clone() }), "cda");
    assert_eq!(found(&ShapeRange { after: 2, ..all.clone() }), "a");
    assert_eq!(found(&ShapeRange { after: u64::MAX, ..all.clone() }), "");
    let mark = Mark { number: 2, shape: id("c"), began: 0 };
    assert_eq!(found(&ShapeRange { from: Some(mark), ..all.clone() }), "da");
    assert_eq!(found(&ShapeRange { limit: 2, ..all.clone() }), "bc");
    let one = b.shape.weight() as u64;
    for (bytes, ids) in [(1, "b"), (one, "b"), (one + 1, "bc"), (3 * one, "bcd")] {
        assert_eq!(found(&ShapeRange { bytes, ..all.clone() }), ids);
    }
}

fn clearing(store: &mut impl Store) {
    let elsewhere = PageId::parse("2").unwrap();
    let (a, gone, mut c) =
        (shape("r1", "a", 1, false), shape("r1", "b", 2, true), shape("r1", "c", 3, false));
    c.shape.page = elsewhere.clone();
    apply(store, [&a, &gone, &c].map(put));
    let there = |store: &dyn Store| store.page_tally(&name("r1"), &PageId::first()).unwrap();
    assert_eq!(there(store), tally(&[&a]));
    apply(store, [Write::ClearPage { room: name("r1"), page: PageId::first(), number: 9 }]);
    assert_eq!(there(store), Tally::default());
    assert_eq!(store.page_tally(&name("r1"), &elsewhere).unwrap(), tally(&[&c]));
    let kept = |text| store.shape(&name("r1"), &id(text)).unwrap();
    assert_eq!(kept("a"), Some(ShapeRecord { changed: 9, erased: true, ..a }));
    assert_eq!((kept("b"), kept("c")), (Some(gone), Some(c)));
}

fn forgetting(store: &mut impl Store) {
    let kept = shape("r1", "a", 1, false);
    let [b, c, d, e] =
        [("b", 2), ("c", 3), ("d", 3), ("e", 4)].map(|(text, changed)| shape("r1", text, changed, true));
    assert_eq!(store.oldest_erased(&name("r1"), 2).unwrap(), (0, Tally::default()));
    apply(store, [&kept, &b, &c, &d, &e].map(put));
    assert_eq!(store.oldest_erased(&name("r1"), 2).unwrap(), (3, tally(&[&b, &c, &d])));
    assert_eq!(store.oldest_erased(&name("r1"), 9).unwrap(), (4, tally(&[&b, &c, &d, &e])));
    apply(store, [Write::ForgetErased { room: name("r1"), upto: 3 }]);
    assert_eq!(store.oldest_erased(&name("r1"), 9).unwrap(), (4, tally(&[&e])));
    assert_eq!(store.shape(&name("r1"), &id("c")).unwrap(), None);
    assert_eq!(store.shape(&name("r1"), &id("a")).unwrap(), Some(kept));
}

fn devices(store: &mut impl Store) {
    let device = |text: &str, user: &str, count, number| BoardDeviceRecord {
        room: name("r1"),
        user: alias(user),
        key: BoardKey { device: BoardDevice::parse(text).unwrap(), count },
        number,
    };
    let count = |store: &dyn Store, text: &str, user: &str| {
        store.board_count(&name("r1"), &alias(user), &BoardDevice::parse(text).unwrap()).unwrap()
    };
    assert_eq!(count(store, "d", "anna"), None);
    let writes = [device("d", "anna", 1, 1), device("d", "bob", 5, 2), device("d", "anna", 3, 3)];
    apply(store, writes.map(Write::PutBoardDevice));
    assert_eq!((count(store, "d", "anna"), count(store, "d", "bob")), (Some(3), Some(5)));
    let others = (1..MAX_BOARD_DEVICES).map(|at| device(&format!("o{at}"), "bob", 1, u64::from(at) + 3));
    apply(store, others.map(Write::PutBoardDevice));
    assert_eq!((count(store, "d", "anna"), count(store, "d", "bob")), (Some(3), None));
    apply(store, [Write::PutBoardDevice(device("new", "bob", 1, 99))]);
    assert_eq!((count(store, "d", "anna"), count(store, "o1", "bob")), (None, Some(1)));
}

fn dropping(store: &mut impl Store) {
    for (room, users) in [("r1", ["anna", "bob"]), ("r2", ["bob", "carl"]), ("r3", ["bob", "anna"])] {
        let room = RoomRecord { dialed: false, ..bare_room(room, users, 5) };
        apply(store, [Write::PutRoom(room)]);
    }
    let device = BoardDeviceRecord {
        room: name("r1"),
        user: alias("anna"),
        key: BoardKey { device: BoardDevice::parse("d").unwrap(), count: 1 },
        number: 1,
    };
    apply(store, ["r1", "r2"].map(|room| Write::PutBoard(BoardRecord::new(name(room)))));
    apply(store, [put(&shape("r1", "a", 1, false)), put(&shape("r2", "b", 1, true))]);
    apply(store, [Write::PutBoardDevice(device.clone())]);
    let of = |store: &dyn Store, which: &BoardsOf| store.boards(which).unwrap();
    let both = BoardsOf::Both([alias("bob"), alias("anna")]);
    assert_eq!(of(store, &both), [name("r1")]);
    assert_eq!(of(store, &BoardsOf::User(alias("bob"))), [name("r1"), name("r2")]);
    assert_eq!(of(store, &BoardsOf::User(alias("eve"))), []);
    apply(store, [Write::DropBoard(name("r1"))]);
    assert_eq!(of(store, &both), []);
    assert_eq!(store.shape(&name("r1"), &id("a")).unwrap(), None);
    assert_eq!(store.board_count(&name("r1"), &alias("anna"), &device.key.device).unwrap(), None);
    assert!(store.shape(&name("r2"), &id("b")).unwrap().is_some());
    let ring = RoomRecord { dialed: true, ..bare_room("r4", ["anna", "bob"], 5) };
    let drawn = [
        Write::PutRoom(ring),
        Write::PutBoard(BoardRecord::new(name("r4"))),
        put(&shape("r4", "x", 1, false)),
    ];
    apply(store, drawn);
    apply(store, [Write::DropJournal { before: Timestamp(6), most: 100 }]);
    assert_eq!(store.board(&name("r4")).unwrap(), None, "a ring nobody answered leaves no board");
    assert_eq!(store.shape(&name("r4"), &id("x")).unwrap(), None);
    assert!(store.board(&name("r2")).unwrap().is_some());
}
