//! What a board becomes; who may make it so is in `rights`.

mod rights;

use super::{PART_BYTES, PART_SHAPES};
use crate::{AdminReply, AdminRequest, Connect, Delivery, Hub, HubSettings, Input, Scope, SessionKey, sync};
use bandyer_protocol::board::*;
use bandyer_protocol::*;
use bandyer_records::{
    BoardRecord, Boards, Reader, Role, RoomParticipant, RoomRecord, ShapeRange, Tally, UploadPlace,
    UploadRecord, UserRecord, Write,
};
use bandyer_store::{MemoryStore, Store};

const NOW: Timestamp = Timestamp(1_000_000);
const ANNA: SessionKey = SessionKey(1);
const BOB: SessionKey = SessionKey(2);
const TABLET: SessionKey = SessionKey(3);
const EVE: SessionKey = SessionKey(4);

fn alias(text: &str) -> UserAlias {
    UserAlias::parse(text).unwrap()
}

fn room() -> CallAlias {
    CallAlias::parse("room_1").unwrap()
}

/// Of the same two.
fn other_room() -> CallAlias {
    CallAlias::parse("room_2").unwrap()
}

fn id(text: &str) -> ShapeId {
    ShapeId::parse(text).unwrap()
}

struct World {
    hub: Hub,
    store: MemoryStore,
    counts: u64,
    /// What each socket was told, oldest first.
    heard: Vec<(SessionKey, ServerMessage)>,
}

impl World {
    fn new() -> Self {
        Self::with_tools(None)
    }

    /// anna, bob (twice) and eve are there; bob has these tools in the room of anna and bob.
    fn with_tools(tools: Option<Tools>) -> Self {
        let (hub, store) = (Hub::new(HubSettings::default()), MemoryStore::default());
        let mut world = Self { hub, store, counts: 0, heard: Vec::new() };
        let users = ["anna", "bob", "eve"]
            .map(|name| UserRecord { role: Role::Plus, ..UserRecord::new(alias(name), Timestamp(0)) });
        let participant =
            |user: &str, tools| RoomParticipant { user: alias(user), is_admin: false, tools, link: None };
        let record = RoomRecord {
            room: room(),
            initiator: None,
            participants: vec![participant("anna", None), participant("bob", tools)],
            call_type: CallType::AudioVideo,
            record: false,
            recording_type: RecordingType::Automatic,
            direct: false,
            live: false,
            dialed: false,
            description: None,
            duration_s: None,
            used_ms: 0,
            created_at: NOW,
            expires_at: None,
            disabled: false,
            deleted: false,
        };
        users
            .map(Write::PutUser)
            .into_iter()
            .chain([
                Write::PutRoom(RoomRecord { room: other_room(), ..record.clone() }),
                Write::PutRoom(record),
            ])
            .for_each(|write| world.write(write));
        for (session, user) in [(ANNA, "anna"), (BOB, "bob"), (TABLET, "bob"), (EVE, "eve")] {
            world.connect(session, user, None);
        }
        world
    }

    fn write(&mut self, write: Write) {
        self.store.apply(&write).and_then(|()| self.store.commit()).unwrap();
    }

    fn connect(&mut self, session: SessionKey, user: &str, scope: Option<Scope>) {
        let user = alias(user);
        self.input(&Input::Connect(Connect {
            session,
            session_id: SessionId::parse(&format!("s{}", session.0)).unwrap(),
            re: RequestId(1),
            missed: Box::new(sync::part(&self.store, &user, None, None, 100).unwrap()),
            user,
            scope,
            issued_at: NOW,
            expires_at: Timestamp(i64::MAX / 4),
            features: Features::own(),
        }));
        self.heard.clear();
    }

    fn input(&mut self, input: &Input) -> Option<AdminReply> {
        let outcome = self.hub.handle(input, NOW, &self.store);
        outcome.writes.iter().for_each(|write| self.store.apply(write).unwrap());
        self.store.commit().unwrap();
        self.hub.committed();
        for delivery in outcome.deliveries {
            if let Delivery::To { sessions, envelope } = delivery {
                self.heard.extend(sessions.into_iter().map(|session| (session, envelope.msg.clone())));
            }
        }
        outcome.answer.and_then(Result::ok)
    }

    /// The answer, which is the first thing said.
    fn ask(&mut self, session: SessionKey, request: BoardRequest) -> Result<BoardNews, Failure> {
        self.heard.clear();
        self.input(&Input::Request { session, re: RequestId(7), message: request.into() });
        match self.heard.remove(0) {
            (to, ServerMessage::Board(news)) if to == session => Ok(*news),
            (to, ServerMessage::Error(failure)) if to == session => Err(failure),
            other => panic!("{other:?}"),
        }
    }

    fn open(&mut self, session: SessionKey, after: u64, from: Option<Mark>) -> BoardPart {
        match self.ask(session, BoardRequest::Open { room: room(), after, epoch: None, from }) {
            Ok(BoardNews::Opened(part)) => *part,
            other => panic!("{other:?}"),
        }
    }

    fn key(&mut self) -> BoardKey {
        self.counts += 1;
        BoardKey { device: BoardDevice::parse("d1").unwrap(), count: self.counts }
    }

    fn apply(&mut self, session: SessionKey, ops: Vec<BoardOp>) -> Result<BoardNews, Failure> {
        let key = self.key();
        self.ask(session, BoardRequest::Apply { room: room(), key, ops })
    }

    fn number(&mut self, session: SessionKey, ops: Vec<BoardOp>) -> u64 {
        match self.apply(session, ops) {
            Ok(BoardNews::Applied { number, repeated: false, .. }) => number,
            other => panic!("{other:?}"),
        }
    }

    fn refused(&mut self, session: SessionKey, ops: Vec<BoardOp>) -> ErrorCode {
        self.apply(session, ops).expect_err("it was to be refused").code
    }

    fn shape(&self, shape: &str) -> Option<(Shape, bool)> {
        self.store.shape(&room(), &id(shape)).unwrap().map(|record| (record.shape, record.erased))
    }

    fn board(&self) -> BoardRecord {
        self.store.board(&room()).unwrap().unwrap()
    }

    /// What is counted is what is there.
    fn check_tally(&self) {
        let range = ShapeRange { after: 0, from: None, erased_after: 0, limit: u32::MAX, bytes: u64::MAX };
        let mut tallies = [Tally::default(); 2];
        for record in self.store.shapes(&room(), &range).unwrap() {
            let tally = &mut tallies[usize::from(record.erased)];
            tally.shapes += 1;
            tally.bytes += record.shape.weight() as u64;
        }
        assert_eq!(tallies, [self.board().there, self.board().erased]);
    }
}

fn shape(text: &str, kind: ShapeKind) -> Shape {
    Shape { id: id(text), page: PageId::first(), maker: alias("eve"), kind, looks: Looks::default() }
}

fn put(text: &str) -> BoardOp {
    put_kind(text, ShapeKind::Rectangle)
}

fn put_kind(text: &str, kind: ShapeKind) -> BoardOp {
    BoardOp::Put(Box::new(shape(text, kind)))
}

fn set(text: &str, change: Change) -> BoardOp {
    BoardOp::Set { shape: id(text), change }
}

fn erase(text: &str) -> BoardOp {
    BoardOp::Erase { shape: id(text) }
}

fn restore(text: &str) -> BoardOp {
    BoardOp::Restore { shape: id(text) }
}

fn turned(turn: u16) -> Change {
    Change { turn: Some(turn), ..Change::default() }
}

fn coloured(colour: Colour) -> Change {
    Change { stroke: Some(colour), ..Change::default() }
}

#[test]
fn each_property_has_the_last_value_that_the_server_took() {
    let mut world = World::new();
    world.open(BOB, 0, None);
    world.open(TABLET, 0, None);
    assert_eq!(world.number(ANNA, vec![put("a"), set("a", turned(5))]), 1);
    let told: Vec<_> = world.heard.iter().map(|(session, _)| *session).collect();
    assert_eq!(told, [BOB, TABLET], "who has it open");
    let ServerMessage::Board(news) = &world.heard[0].1 else { panic!("{:?}", world.heard) };
    let BoardNews::Changed { number: 1, by, ops, .. } = &**news else { panic!("{news:?}") };
    assert_eq!((by, ops.len()), (&alias("anna"), 2));
    assert!(matches!(&ops[0], BoardOp::Put(shape) if shape.maker == alias("anna")), "{ops:?}");
    world.number(BOB, vec![set("a", coloured(Colour::Red))]);
    assert_eq!(world.number(ANNA, vec![set("a", turned(9))]), 3);
    let (shape, erased) = world.shape("a").unwrap();
    assert_eq!((shape.looks.turn, shape.looks.stroke, erased), (9, Colour::Red, false));
    assert_eq!(shape.maker, alias("anna"), "whatever was claimed");
    world.check_tally();
}

#[test]
fn an_erased_shape_comes_back_as_it_would_be_now() {
    let mut world = World::new();
    world.number(ANNA, vec![put("a"), put("b")]);
    world.number(BOB, vec![erase("a"), erase("a")]);
    world.number(ANNA, vec![set("a", turned(7))]);
    assert_eq!(world.open(BOB, 2, None).erased, [id("a")]);
    world.check_tally();
    world.number(BOB, vec![restore("a"), restore("b")]);
    let part = world.open(BOB, 3, None);
    assert_eq!((part.number, part.complete, part.shapes.len()), (4, false, 1), "b was there all the time");
    assert_eq!(part.shapes[0].looks.turn, 7);
    world.check_tally();
}

#[test]
fn a_request_counts_once_and_one_bad_operation_takes_all_with_it() {
    let mut world = World::new();
    let key = world.key();
    let request = BoardRequest::Apply { room: room(), key, ops: vec![put("a")] };
    let first = world.ask(ANNA, request.clone()).unwrap();
    let other = world.ask(BOB, request.clone()).unwrap_err().code;
    assert_eq!(other, ErrorCode::ShapeExists, "another user's device of that name is another one");
    world.number(BOB, vec![erase("a")]);
    let again = world.ask(ANNA, request.clone()).unwrap();
    assert!(matches!(first, BoardNews::Applied { number: 1, repeated: false, .. }));
    assert!(matches!(again, BoardNews::Applied { number: 2, repeated: true, .. }));
    assert!(world.shape("a").unwrap().1, "it stays erased");
    assert_eq!(world.refused(ANNA, vec![put("c"), set("none", turned(1))]), ErrorCode::ShapeNotFound);
    assert_eq!((world.shape("c"), world.board().number), (None, 2));
    world.check_tally();
}

#[test]
fn a_count_that_cannot_be_stored_is_refused_and_stops_nobody() {
    let mut world = World::new();
    for count in [0, MAX_COUNT + 1, u64::MAX] {
        let key = BoardKey { count, ..world.key() };
        let request = BoardRequest::Apply { room: room(), key, ops: vec![put("a")] };
        assert_eq!(world.ask(ANNA, request).unwrap_err().code, ErrorCode::InvalidRequest, "{count}");
    }
    let key = BoardKey { count: MAX_COUNT, ..world.key() };
    world.ask(ANNA, BoardRequest::Apply { room: room(), key, ops: vec![put("a")] }).unwrap();
    let far = Mark { number: u64::MAX, shape: id("z"), began: u64::MAX };
    world.open(BOB, u64::MAX, Some(far));
}

#[test]
fn what_is_out_of_range_is_refused_by_name() {
    let mut world = World::new();
    world.number(ANNA, vec![put("a")]);
    let far = Looks { at: Vector::new(MAX_COORDINATE + 1, 0), ..Looks::default() };
    let strange = Shape { page: PageId::parse("nowhere").unwrap(), ..shape("b", ShapeKind::Line) };
    let broken: Points = serde_json::from_str("\"AAA=\"").unwrap();
    let picture = ShapeKind::Picture { upload: UploadId::parse("u").unwrap(), natural: Vector::new(1, 1) };
    let (long, thick) =
        ("x".repeat(MAX_TEXT_CHARS + 1), Change { width: Some(MAX_WIDTH + 1), ..Change::default() });
    use ErrorCode::*;
    for (ops, code) in [
        (vec![], InvalidRequest),
        (vec![erase("a"); MAX_OPS + 1], InvalidRequest),
        (vec![put("a")], ShapeExists),
        (vec![put("b"), put("b")], ShapeExists),
        (vec![BoardOp::Put(Box::new(Shape { looks: far, ..shape("b", ShapeKind::Line) }))], InvalidShape),
        (vec![BoardOp::Put(Box::new(strange))], ShapeNotFound),
        (vec![put_kind("b", ShapeKind::Pen { points: broken })], InvalidShape),
        (vec![put_kind("b", picture)], UploadNotFound),
        (vec![set("a", Change { text: Some(long), ..Change::default() })], InvalidShape),
        (vec![set("a", thick)], InvalidShape),
        (vec![set("a", turned(36_000))], InvalidShape),
        (vec![set("a", Change { order: Some("a00".into()), ..Change::default() })], InvalidShape),
        (vec![erase("none")], ShapeNotFound),
        (vec![restore("none")], ShapeNotFound),
        (vec![BoardOp::Clear { page: PageId::parse("2").unwrap() }], ShapeNotFound),
        (vec![BoardOp::Clear { page: PageId::first() }, put("b")], InvalidRequest),
        (vec![BoardOp::PutPage(first_page())], ShapeExists),
        (vec![page_set(None, Some("a00"), None)], InvalidShape),
        (vec![page_set(Some(&"x".repeat(MAX_NAME_CHARS + 1)), None, None)], InvalidShape),
        (vec![page_set(None, None, Some(true))], InvalidRequest),
    ] {
        assert_eq!(world.refused(ANNA, ops.clone()), code, "{ops:?}");
    }
    assert_eq!(world.board().number, 1);
}

fn page_set(title: Option<&str>, order: Option<&str>, erased: Option<bool>) -> BoardOp {
    let (title, order) = (title.map(str::to_owned), order.map(str::to_owned));
    BoardOp::SetPage { page: PageId::first(), title, order, erased }
}

#[test]
fn a_board_takes_no_more_than_it_may_have() {
    let mut world = World::new();
    world.number(ANNA, vec![put("a")]);
    let full = Tally { shapes: MAX_SHAPES, bytes: 10_000 };
    world.write(Write::PutBoard(BoardRecord { there: full, ..world.board() }));
    assert_eq!(world.refused(ANNA, vec![put("b")]), ErrorCode::BoardFull);
    world.number(ANNA, vec![set("a", turned(3)), erase("a"), put("b")]);
    let heavy = Tally { shapes: 2, bytes: MAX_BOARD_BYTES };
    world.write(Write::PutBoard(BoardRecord { there: heavy, ..world.board() }));
    let text = Change { text: Some("longer".into()), ..Change::default() };
    assert_eq!(world.refused(ANNA, vec![set("b", text)]), ErrorCode::BoardFull);
    world.number(ANNA, vec![set("b", turned(4))]);
    let page = |at: usize| Page { id: PageId::parse(&format!("p{at}")).unwrap(), ..first_page() };
    let pages = (1..MAX_PAGES).map(|at| BoardOp::PutPage(page(at))).collect();
    world.number(ANNA, pages);
    assert_eq!(world.refused(ANNA, vec![BoardOp::PutPage(page(0))]), ErrorCode::BoardFull);
}

#[test]
fn a_page_is_cleared_and_hidden_and_comes_back() {
    let mut world = World::new();
    let second = Page { id: PageId::parse("2").unwrap(), order: "a1".into(), ..first_page() };
    let there = Shape { page: second.id.clone(), ..shape("c", ShapeKind::Text) };
    world.number(ANNA, vec![BoardOp::PutPage(second), put("a"), put("b"), BoardOp::Put(Box::new(there))]);
    world.number(BOB, vec![BoardOp::Clear { page: PageId::first() }]);
    let part = world.open(BOB, 1, None);
    assert_eq!((part.erased.len(), part.shapes.len()), (2, 0));
    world.check_tally();
    world.number(BOB, vec![restore("a")]);
    assert!(!world.shape("a").unwrap().1 && world.shape("b").unwrap().1);
    world.number(ANNA, vec![page_set(Some("Cellar"), None, Some(true))]);
    let pages = world.open(BOB, 4, None).pages;
    assert_eq!((pages[0].title.as_str(), pages[0].erased, pages[1].erased), ("Cellar", true, false));
    world.number(ANNA, vec![put("d"), page_set(None, None, Some(false))]);
    world.check_tally();
}

#[test]
fn what_was_erased_long_ago_goes_and_who_knew_it_starts_afresh() {
    let mut world = World::new();
    let many: Vec<_> = (0..40).map(|at| put(&format!("s{at}"))).collect();
    world.number(ANNA, many);
    for at in 0..16 {
        world.number(ANNA, vec![erase(&format!("s{at}"))]);
    }
    world.write(Write::PutBoard(BoardRecord {
        erased: Tally { shapes: 16, bytes: MAX_BOARD_BYTES + 1 },
        ..world.board()
    }));
    world.number(ANNA, vec![put("x")]);
    let board = world.board();
    assert_eq!((board.forgotten, board.erased.shapes), (3, 14));
    assert_eq!(world.refused(ANNA, vec![restore("s0")]), ErrorCode::ShapeNotFound);
    assert!(world.open(BOB, 2, None).complete && !world.open(BOB, 3, None).complete);
}

#[test]
fn a_large_board_comes_in_parts_with_what_changes_meanwhile() {
    let mut world = World::new();
    let text = "x".repeat(3_000);
    let heavy = |at: usize| {
        let looks = Looks { text: text.clone(), ..Looks::default() };
        BoardOp::Put(Box::new(Shape { looks, ..shape(&format!("s{at:03}"), ShapeKind::Text) }))
    };
    for at in 0..200 {
        world.number(ANNA, vec![heavy(at)]);
    }
    let first = world.open(BOB, 0, None);
    let bytes: usize = first.shapes.iter().map(Shape::weight).sum();
    assert!(
        first.complete && bytes as u64 >= PART_BYTES && bytes as u64 <= PART_BYTES + MAX_SHAPE_BYTES as u64
    );
    world.number(ANNA, vec![set("s000", turned(8)), erase("s001"), erase("s199")]);
    assert_eq!(world.heard.len(), 1, "bob is told while he still opens");
    let (mut seen, mut more, mut erased) = (first.shapes, first.more, Vec::new());
    while let Some(mark) = more {
        let part = world.open(BOB, 0, Some(mark));
        assert!(!part.complete && part.pages.is_empty());
        seen.extend(part.shapes);
        erased.extend(part.erased);
        more = part.more;
    }
    let last = seen.iter().rev().find(|shape| shape.id == id("s000")).unwrap();
    assert_eq!(last.looks.turn, 8);
    let ids: std::collections::BTreeSet<_> = seen.iter().map(|shape| &shape.id).collect();
    assert_eq!(ids.len(), 199);
    assert_eq!(erased, [id("s001"), id("s199")], "one that was told of before, and one that was not");
    let many = (0..PART_SHAPES as usize).map(|at| put(&format!("t{at}"))).collect::<Vec<_>>();
    many.chunks(MAX_OPS).for_each(|ops| {
        world.number(ANNA, ops.to_vec());
    });
    assert!(world.open(BOB, 202, None).more.is_some());
}
