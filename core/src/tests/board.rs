//! The board of one device, against a server that is written here: what is shown, what is sent, what is taken back.

use crate::board::{Board, BoardEffect};
use bandyer_protocol::board::{
    BoardAnswer, BoardNews, BoardOp, BoardPart, BoardQuestion, BoardReply, BoardRequest, Change, Colour,
    Looks, Page, Shape, ShapeKind, Vector, first_page,
};
use bandyer_protocol::{
    BoardDevice, CallAlias, Epoch, ErrorCode, Failure, PageId, RequestId, ShapeId, UserAlias,
};

fn user(name: &str) -> UserAlias {
    UserAlias::parse(name).unwrap()
}

fn room() -> CallAlias {
    CallAlias::parse("room_1").unwrap()
}

fn board() -> Board {
    Board::new(room(), user("anna"), BoardDevice::parse("d1").unwrap())
}

fn rectangle(id: &str, x: i32) -> Shape {
    let looks = Looks { at: Vector::new(x * 16, 0), size: Vector::new(160, 160), ..Looks::default() };
    let id = ShapeId::parse(id).unwrap();
    Shape { id, page: PageId::first(), maker: user("anna"), kind: ShapeKind::Rectangle, looks }
}

fn put(id: &str) -> BoardOp {
    BoardOp::Put(Box::new(rectangle(id, 0)))
}

fn coloured(id: &str, stroke: Colour) -> BoardOp {
    let change = Change { stroke: Some(stroke), ..Change::default() };
    BoardOp::Set { shape: ShapeId::parse(id).unwrap(), change }
}

fn sent(effects: &[BoardEffect]) -> Vec<&BoardQuestion> {
    let questions = effects.iter().filter_map(|effect| match effect {
        BoardEffect::Send(question) => Some(question),
        _ => None,
    });
    questions.collect()
}

fn only(effects: &[BoardEffect]) -> (RequestId, BoardRequest) {
    let sent = sent(effects);
    assert_eq!(sent.len(), 1, "{effects:?}");
    (sent[0].id, sent[0].msg.board.clone())
}

fn answer(re: RequestId, news: BoardNews) -> BoardAnswer {
    BoardAnswer { re: Some(re), msg: BoardReply::Board(news) }
}

fn part(number: u64, shapes: Vec<Shape>) -> BoardPart {
    BoardPart {
        room: room(),
        complete: false,
        number,
        epoch: Epoch::parse("e").unwrap(),
        pages: vec![first_page()],
        shapes,
        erased: Vec::new(),
        more: None,
    }
}

/// With the board of a server that has these shapes.
fn open(board: &mut Board, number: u64, shapes: Vec<Shape>) {
    let (re, _) = only(&board.line(true));
    let opened = BoardPart { complete: true, ..part(number, shapes) };
    assert!(sent(&board.heard(answer(re, BoardNews::Opened(Box::new(opened))))).is_empty());
}

fn changed(number: u64, ops: Vec<BoardOp>) -> BoardAnswer {
    let news = BoardNews::Changed { room: room(), number, by: user("bob"), ops };
    BoardAnswer { re: None, msg: BoardReply::Board(news) }
}

fn stored(re: RequestId, number: u64, repeated: bool) -> BoardAnswer {
    answer(re, BoardNews::Applied { room: room(), number, repeated })
}

fn ids(board: &Board) -> Vec<String> {
    board.shapes(&PageId::first()).iter().map(|shape| shape.id.to_string()).collect()
}

fn stroke(board: &Board, id: &str) -> Colour {
    board.shape(&ShapeId::parse(id).unwrap()).unwrap().looks.stroke
}

#[test]
fn what_is_drawn_shows_at_once_and_goes_out_one_gesture_at_a_time() {
    let mut board = board();
    assert!(sent(&board.perform(vec![put("a")])).is_empty(), "nothing goes out before the board is here");
    assert_eq!(ids(&board), ["a"]);
    let (re, request) = only(&board.line(true));
    assert!(matches!(request, BoardRequest::Open { after: 0, .. }));
    let effects = board.heard(answer(re, BoardNews::Opened(Box::new(part(4, vec![rectangle("z", 50)])))));
    let (first, request) = only(&effects);
    assert!(matches!(request, BoardRequest::Apply { key, .. } if key.count == 1));
    assert_eq!(ids(&board), ["a", "z"]);
    assert!(sent(&board.perform(vec![put("b")])).is_empty(), "one at a time");
    let (second, request) = only(&board.heard(stored(first, 5, false)));
    assert!(matches!(request, BoardRequest::Apply { key, .. } if key.count == 2));
    assert!(board.is_unsaved());
    board.heard(stored(second, 6, false));
    assert!(!board.is_unsaved());
    assert_eq!(ids(&board), ["a", "b", "z"]);
}

#[test]
fn what_was_not_answered_is_sent_again_under_its_key_and_counts_once() {
    let mut board = board();
    open(&mut board, 0, vec![]);
    only(&board.perform(vec![put("a")]));
    board.line(false);
    let (re, _) = only(&board.line(true));
    let (again, request) =
        only(&board.heard(answer(re, BoardNews::Opened(Box::new(part(1, vec![rectangle("a", 0)]))))));
    assert!(matches!(request, BoardRequest::Apply { key, .. } if key.count == 1));
    let (re, _) = only(&board.heard(stored(again, 1, true)));
    assert_eq!(ids(&board), ["a"], "it does not vanish while the board is asked for");
    board.heard(answer(re, BoardNews::Opened(Box::new(part(1, vec![])))));
    assert_eq!(ids(&board), ["a"]);
    assert!(!board.is_unsaved());
}

#[test]
fn a_gap_is_mended_by_asking_and_nothing_counts_twice() {
    let mut board = board();
    open(&mut board, 3, vec![]);
    board.heard(changed(4, vec![put("a")]));
    board.heard(changed(4, vec![coloured("a", Colour::Red)]));
    assert_eq!(stroke(&board, "a"), Colour::Ink, "that number was here already");
    let (re, request) = only(&board.heard(changed(6, vec![put("c")])));
    assert!(matches!(request, BoardRequest::Open { after: 4, .. }));
    assert!(sent(&board.heard(changed(7, vec![put("d")]))).is_empty(), "asked once");
    board.heard(answer(re, BoardNews::Opened(Box::new(part(6, vec![rectangle("b", 0), rectangle("c", 0)])))));
    assert_eq!(ids(&board), ["a", "b", "c", "d"]);
}

#[test]
fn a_whole_board_comes_in_parts_and_what_no_part_names_is_gone() {
    let mut board = board();
    open(&mut board, 3, vec![rectangle("old", 0)]);
    board.line(false);
    let (re, _) = only(&board.line(true));
    let mark = bandyer_protocol::board::Mark { number: 1, shape: ShapeId::parse("a").unwrap(), began: 2 };
    let first = BoardPart { complete: true, more: Some(mark), ..part(2, vec![rectangle("a", 0)]) };
    let (re, request) = only(&board.heard(answer(re, BoardNews::Opened(Box::new(first)))));
    assert!(matches!(request, BoardRequest::Open { after: 0, from: Some(_), .. }));
    board.heard(answer(re, BoardNews::Opened(Box::new(part(2, vec![rectangle("b", 0)])))));
    assert_eq!(ids(&board), ["a", "b"]);
}

#[test]
fn what_the_server_refuses_is_taken_back_and_the_rest_goes_on() {
    let mut board = board();
    open(&mut board, 0, vec![]);
    let (first, _) = only(&board.perform(vec![put("a")]));
    board.perform(vec![put("b")]);
    let full = Failure::new(ErrorCode::BoardFull, "full");
    let effects = board.heard(BoardAnswer { re: Some(first), msg: BoardReply::Error(full) });
    assert!(effects.contains(&BoardEffect::Refused(ErrorCode::BoardFull)));
    assert_eq!(ids(&board), ["b"]);
    let (_, request) = only(&effects);
    assert!(matches!(request, BoardRequest::Apply { key, .. } if key.count == 2));
}

#[test]
fn undo_takes_own_gestures_back_and_leaves_those_of_the_other_side() {
    let mut board = board();
    open(&mut board, 0, vec![]);
    board.perform(vec![put("a"), put("b")]);
    board.perform(vec![coloured("a", Colour::Red), coloured("b", Colour::Red)]);
    // The other side has another colour for one of them.
    let re = RequestId(bandyer_protocol::FIRST_DESK_REQUEST | 1);
    board.heard(stored(re, 1, false));
    board.heard(stored(RequestId(re.0 + 1), 2, false));
    board.heard(changed(3, vec![coloured("a", Colour::Blue), put("c")]));
    board.undo();
    assert_eq!((stroke(&board, "a"), stroke(&board, "b")), (Colour::Blue, Colour::Ink));
    board.undo();
    assert_eq!(ids(&board), ["c"]);
    assert!(!board.can_undo() && board.undo().is_empty());
    board.redo();
    assert_eq!(ids(&board), ["a", "b", "c"]);
    assert_eq!(stroke(&board, "a"), Colour::Blue, "as it would be now");
    board.redo();
    assert_eq!((stroke(&board, "a"), stroke(&board, "b")), (Colour::Blue, Colour::Red));
}

#[test]
fn clearing_and_pages_are_taken_back_too() {
    let mut board = board();
    open(&mut board, 0, vec![rectangle("a", 0), rectangle("b", 0)]);
    board.perform(vec![BoardOp::Clear { page: PageId::first() }]);
    assert!(ids(&board).is_empty());
    assert!(
        board.perform(vec![BoardOp::Clear { page: PageId::first() }]).is_empty(),
        "nothing is no gesture"
    );
    board.undo();
    assert_eq!(ids(&board), ["a", "b"]);
    let id = board.new_page_id();
    board.perform(vec![BoardOp::PutPage(Page {
        id,
        title: String::new(),
        order: "a1".into(),
        erased: false,
    })]);
    assert_eq!(board.pages().len(), 2);
    board.undo();
    assert_eq!(board.pages().len(), 1);
    board.redo();
    assert_eq!(board.pages().len(), 2);
}

#[test]
fn a_board_that_is_closed_sends_what_waits_and_then_takes_its_leave() {
    let mut board = board();
    assert!(board.close().is_empty(), "nothing was asked yet");
    open(&mut board, 0, vec![]);
    only(&board.perform(vec![put("a")]));
    board.perform(vec![put("b")]);
    board.perform(vec![put("c")]);
    let counts: Vec<_> = board
        .close()
        .into_iter()
        .map(|question| match question.msg.board {
            BoardRequest::Apply { key, .. } => Some(key.count),
            _ => None,
        })
        .collect();
    assert_eq!(counts, [Some(2), Some(3), None], "the first one is on its way");
}

#[test]
fn a_board_that_is_put_off_between_two_parts_goes_on_where_it_was() {
    let mut board = board();
    let (re, _) = only(&board.line(true));
    let mark = bandyer_protocol::board::Mark { number: 1, shape: ShapeId::parse("a").unwrap(), began: 2 };
    let first = BoardPart { complete: true, more: Some(mark.clone()), ..part(2, vec![rectangle("a", 0)]) };
    let (re, asked) = only(&board.heard(answer(re, BoardNews::Opened(Box::new(first)))));
    let mut later = Failure::new(ErrorCode::RateLimited, "too many");
    later.retry_after_ms = Some(500);
    let effects = board.heard(BoardAnswer { re: Some(re), msg: BoardReply::Error(later) });
    assert_eq!(effects, [BoardEffect::Pause(500)]);
    let (again, request) = only(&board.go_on());
    assert_eq!(request, asked, "not from its beginning: it would never end");
    assert!(sent(&board.go_on()).is_empty(), "asked once");
    board.heard(answer(again, BoardNews::Opened(Box::new(part(2, vec![rectangle("b", 0)])))));
    assert_eq!(ids(&board), ["a", "b"]);
}
