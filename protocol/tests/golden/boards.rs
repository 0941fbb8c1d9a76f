//! One of each that is said about boards.

use super::*;

fn shape_id(text: &str) -> ShapeId {
    ShapeId::parse(text).unwrap()
}

fn page_id() -> PageId {
    PageId::parse("k3x9-2").unwrap()
}

fn pressed(x: i32, y: i32, pressure: u8) -> StrokePoint {
    StrokePoint { x, y, pressure: Some(pressure) }
}

fn shape(id: &str, kind: ShapeKind, looks: Looks) -> Shape {
    Shape { id: shape_id(id), page: PageId::first(), maker: alias("anna"), kind, looks }
}

fn stroke() -> Shape {
    let points = Points::pack(&[pressed(0, 12, 100), pressed(40, 0, 120), pressed(96, 31, 130)]);
    let (at, size) = (Vector::new(1_600, -320), Vector::new(96, 31));
    shape("k3x9-7", ShapeKind::Pen { points }, Looks { at, size, ..Looks::default() })
}

fn note() -> Shape {
    let looks = Looks {
        at: Vector::new(160, 160),
        size: Vector::new(3_200, 480),
        turn: 4_500,
        order: "a1V".into(),
        stroke: Colour::Blue,
        fill: Colour::Rgb([255, 240, 0]),
        width: 32,
        opacity: 80,
        text: "Valve \"3\"\n\u{1f600}".into(),
        text_size: 384,
        name: "Label of the valve".into(),
        locked: true,
    };
    shape("k3x9-8", ShapeKind::Text, looks)
}

fn picture() -> Shape {
    let kind = ShapeKind::Picture { upload: attachment().upload, natural: Vector::new(4_032, 3_024) };
    shape("k3x9-9", kind, Looks { size: Vector::new(6_400, 4_800), ..Looks::default() })
}

fn page() -> Page {
    Page { id: page_id(), title: "Cellar".into(), order: "a1".into(), erased: false }
}

fn ops() -> Vec<BoardOp> {
    let change = Change { at: Some(Vector::new(0, 16)), text: Some(String::new()), ..Change::default() };
    let kinds = [ShapeKind::Rectangle, ShapeKind::Ellipse, ShapeKind::Line, ShapeKind::Arrow];
    let plain = kinds.into_iter().map(|kind| shape("k3x9-6", kind, Looks::default()));
    let shapes = [stroke(), note(), picture()].into_iter().chain(plain);
    let puts = shapes.map(|shape| BoardOp::Put(Box::new(shape)));
    let others = [
        BoardOp::Set { shape: shape_id("k3x9-8"), change },
        BoardOp::Erase { shape: shape_id("k3x9-7") },
        BoardOp::Restore { shape: shape_id("k3x9-7") },
        BoardOp::Clear { page: PageId::first() },
        BoardOp::PutPage(page()),
        BoardOp::SetPage { page: page_id(), title: Some("Roof".into()), order: None, erased: None },
        BoardOp::SetPage { page: page_id(), title: None, order: Some("Zz".into()), erased: Some(true) },
    ];
    puts.chain(others).collect()
}

pub fn board_questions() -> Vec<(&'static str, BoardQuestion)> {
    let room = call_alias;
    let mark = Mark { number: 12, shape: shape_id("k3x9-7"), began: 12 };
    let key = BoardKey { device: BoardDevice::parse("k3x9").unwrap(), count: 4 };
    let requests = vec![
        ("open_board", BoardRequest::Open { room: room(), after: 0, epoch: None, from: None }),
        (
            "open_board_again",
            BoardRequest::Open { room: room(), after: 9, epoch: Some(epoch()), from: Some(mark) },
        ),
        ("apply_to_board", BoardRequest::Apply { room: room(), key, ops: ops() }),
        ("close_board", BoardRequest::Close { room: room() }),
    ];
    requests.into_iter().map(|(name, request)| (name, BoardQuestion::new(RequestId(7), request))).collect()
}

pub fn board_news() -> Vec<(&'static str, Kind, BoardNews)> {
    let room = call_alias;
    let part = BoardPart {
        room: room(),
        complete: true,
        number: 12,
        epoch: epoch(),
        pages: vec![first_page(), Page { erased: true, ..page() }],
        shapes: vec![stroke(), note()],
        erased: vec![shape_id("k3x9-1")],
        more: Some(Mark { number: 9, shape: shape_id("k3x9-8"), began: 12 }),
    };
    let rest = BoardPart {
        complete: false,
        pages: Vec::new(),
        shapes: vec![picture()],
        erased: Vec::new(),
        more: None,
        ..part.clone()
    };
    let applied = |repeated| BoardNews::Applied { room: room(), number: 13, repeated };
    vec![
        ("board_opened", Kind::Reply, BoardNews::Opened(Box::new(part))),
        ("board_opened_rest", Kind::Reply, BoardNews::Opened(Box::new(rest))),
        ("board_applied", Kind::Reply, applied(false)),
        ("board_applied_before", Kind::Reply, applied(true)),
        (
            "board_changed",
            Kind::Passing,
            BoardNews::Changed { room: room(), number: 13, by: alias("anna"), ops: ops() },
        ),
    ]
}
