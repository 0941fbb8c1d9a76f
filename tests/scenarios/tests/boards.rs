//! Boards: whatever their users, the lines, the disk and the server do, and in whatever order, all end equal.
#![expect(clippy::unwrap_used, reason = "a failing test may panic")]

use bandyer_protocol::board::*;
use bandyer_protocol::{ErrorCode, PageId, ShapeId, UserAlias};
use bandyer_scenarios::Boards;
use bandyer_scenarios::trouble::{Trouble, down, trouble};
use proptest::prelude::*;
use proptest::sample::Index;

const DESKS: [&str; 3] = ["anna", "bob", "bob"];

/// What somebody does; on which shape or page is chosen among those that are seen.
#[derive(Debug, Clone)]
enum Deed {
    Put { kind: u8, x: i32 },
    PutMany { count: u8 },
    Move { which: Index, x: i32 },
    Paint { which: Index, colour: u8 },
    Write { which: Index, text: String },
    Erase { which: Index },
    Clear { which: Index },
    NewPage,
    NamePage { which: Index, title: String },
    ErasePage { which: Index },
    Undo,
    Redo,
}

#[derive(Debug, Clone)]
enum Step {
    Do { desk: usize, deed: Deed },
    Connect { desk: usize },
    Cut { desk: usize },
    Reload { desk: usize },
    Up { desk: usize },
    Down { desk: usize },
    GoOn { desk: usize },
    Turn { most: usize },
    Refuse { requests: u32 },
    Trouble(Trouble),
}

fn deed() -> impl Strategy<Value = Deed> {
    let which = any::<Index>;
    prop_oneof![
        4 => (0u8..7, -500i32..500).prop_map(|(kind, x)| Deed::Put { kind, x }),
        1 => (2u8..9).prop_map(|count| Deed::PutMany { count }),
        4 => (which(), -500i32..500).prop_map(|(which, x)| Deed::Move { which, x }),
        3 => (which(), 0u8..12).prop_map(|(which, colour)| Deed::Paint { which, colour }),
        1 => (which(), "[a-z ]{0,12}").prop_map(|(which, text)| Deed::Write { which, text }),
        3 => which().prop_map(|which| Deed::Erase { which }),
        1 => which().prop_map(|which| Deed::Clear { which }),
        1 => Just(Deed::NewPage),
        1 => (which(), "[a-z]{0,5}").prop_map(|(which, title)| Deed::NamePage { which, title }),
        1 => which().prop_map(|which| Deed::ErasePage { which }),
        4 => Just(Deed::Undo),
        2 => Just(Deed::Redo),
    ]
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let desk = || 0..DESKS.len();
    let step = prop_oneof![
        8 => (desk(), deed()).prop_map(|(desk, deed)| Step::Do { desk, deed }),
        2 => desk().prop_map(|desk| Step::Connect { desk }),
        1 => desk().prop_map(|desk| Step::Cut { desk }),
        1 => desk().prop_map(|desk| Step::Reload { desk }),
        8 => desk().prop_map(|desk| Step::Up { desk }),
        10 => desk().prop_map(|desk| Step::Down { desk }),
        2 => desk().prop_map(|desk| Step::GoOn { desk }),
        8 => (1usize..5).prop_map(|most| Step::Turn { most }),
        1 => (1u32..3).prop_map(|requests| Step::Refuse { requests }),
        1 => trouble().prop_map(Step::Trouble),
    ];
    prop::collection::vec(step, 1..140)
}

fn carry_out(world: &mut Boards, desk: usize, deed: &Deed) {
    let seen = world.desks[desk].sees();
    let page = |which: &Index| which.get(&seen.pages).id.clone();
    let shape = |which: &Index| {
        let ids: Vec<&ShapeId> = seen.shapes.keys().collect();
        (!ids.is_empty()).then(|| (*which.get(&ids)).clone())
    };
    let set = |which: &Index, change: Change| {
        shape(which).map(|shape| BoardOp::Set { shape, change }).into_iter().collect()
    };
    let ops = match deed {
        Deed::Put { kind, x } => vec![put(world, desk, *kind, *x)],
        Deed::PutMany { count } => (0..*count).map(|at| put(world, desk, at % 6, i32::from(at))).collect(),
        Deed::Move { which, x } => {
            set(which, Change { at: Some(Vector::new(*x, 7)), turn: Some(0), ..Change::default() })
        }
        Deed::Paint { which, colour } => {
            let colour = Colour::WORDS[usize::from(*colour) % Colour::WORDS.len()];
            set(which, Change { stroke: Some(colour), ..Change::default() })
        }
        Deed::Write { which, text } => set(which, Change { text: Some(text.clone()), ..Change::default() }),
        Deed::Erase { which } => shape(which).map(|shape| BoardOp::Erase { shape }).into_iter().collect(),
        Deed::Clear { which } => vec![BoardOp::Clear { page: page(which) }],
        Deed::NewPage => {
            let id = world.desks[desk].board.new_page_id();
            let last = seen.pages.last().map(|page| page.order.as_str());
            let order = order_between(last, None).unwrap();
            vec![BoardOp::PutPage(Page { id, title: String::new(), order, erased: false })]
        }
        Deed::NamePage { which, title } => vec![BoardOp::SetPage {
            page: page(which),
            title: Some(title.clone()),
            order: None,
            erased: None,
        }],
        Deed::ErasePage { which } if seen.pages.len() > 1 => {
            vec![BoardOp::SetPage { page: page(which), title: None, order: None, erased: Some(true) }]
        }
        Deed::ErasePage { .. } => Vec::new(),
        Deed::Undo => return world.undo(desk),
        Deed::Redo => return world.redo(desk),
    };
    if !ops.is_empty() {
        world.perform(desk, ops);
    }
}

fn put(world: &mut Boards, desk: usize, kind: u8, x: i32) -> BoardOp {
    let pages = world.desks[desk].board.pages();
    let page = pages[x.unsigned_abs() as usize % pages.len()].id.clone();
    let point = |x| StrokePoint { x, y: x / 2, pressure: None };
    let kind = match kind {
        0 | 1 => ShapeKind::Pen { points: Points::pack(&[point(0), point(40), point(90)]) },
        2 => ShapeKind::Rectangle,
        3 => ShapeKind::Ellipse,
        4 => ShapeKind::Arrow,
        _ => ShapeKind::Text,
    };
    let order = world.desks[desk].board.front_order(&page);
    let looks = Looks { at: Vector::new(x, 0), size: Vector::new(90, 45), order, ..Looks::default() };
    let maker = world.desks[desk].user().clone();
    let id = world.desks[desk].board.new_id();
    BoardOp::Put(Box::new(Shape { id, page, maker, kind, looks }))
}

fn step(world: &mut Boards, step: &Step) {
    match step {
        Step::Do { desk, deed } => carry_out(world, *desk, deed),
        Step::Connect { desk } => world.connect(*desk),
        Step::Cut { desk } => world.cut(*desk),
        Step::Reload { desk } => world.reload(*desk),
        Step::Up { desk } => drop(world.deliver_up(*desk)),
        Step::Down { desk } => drop(world.deliver_down(*desk)),
        Step::GoOn { desk } => world.go_on(*desk),
        Step::Turn { most } => world.turn(*most),
        Step::Refuse { requests } => world.refusing = *requests,
        Step::Trouble(Trouble::Kill { in_batch, committed }) => world.kill(*in_batch, *committed),
        Step::Trouble(trouble) => bother(world, trouble),
    }
}

fn bother(world: &mut Boards, trouble: &Trouble) {
    let troubles = world.server.troubles();
    match *trouble {
        Trouble::Commit => troubles.commit = true,
        Trouble::Write { after } => troubles.writes = Some(after),
        Trouble::Read { after } => troubles.reads.set(Some(after)),
        Trouble::Down { locked } => troubles.down = Some(down(locked)),
        Trouble::Over => troubles.down = None,
        Trouble::Kill { .. } => {}
    }
}

/// All see what the server keeps, nobody waits, and nothing that was drawn is lost.
fn check(world: &mut Boards) {
    assert!(world.settle(), "it never comes to rest");
    let (kept, known) = (world.kept(), world.known());
    for (at, desk) in world.desks.iter().enumerate() {
        assert_eq!(desk.sees(), kept, "desk {at}");
        assert!(desk.board.is_open() && !desk.board.is_unsaved(), "desk {at}");
        let lost: Vec<_> = desk.put.difference(&known).collect();
        assert!(lost.is_empty(), "desk {at} drew {lost:?}");
        // Two who erase the last pages at the same time cannot both have their way.
        let bad: Vec<_> = desk.refused.iter().filter(|code| **code != ErrorCode::InvalidRequest).collect();
        assert!(bad.is_empty(), "desk {at} was refused {bad:?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 192, max_shrink_iters: 4_000, ..ProptestConfig::default() })]

    #[test]
    fn all_boards_end_equal(steps in steps()) {
        let mut world = Boards::new(&DESKS);
        (0..DESKS.len()).for_each(|desk| world.connect(desk));
        steps.iter().for_each(|one| step(&mut world, one));
        check(&mut world);
    }

    /// What one person takes back, all of it, leaves what the other one drew.
    #[test]
    fn undo_is_ones_own(steps in prop::collection::vec((0..2usize, deed()), 1..40)) {
        let mut world = Boards::new(&["anna", "bob"]);
        assert!(world.settle());
        let others = |desk: usize, deed: &Deed| desk == 1 && matches!(deed, Deed::Put { .. } | Deed::PutMany { .. });
        for (desk, deed) in &steps {
            // bob only draws; anna does anything to it but erase.
            if *desk == 0 || others(*desk, deed) {
                carry_out(&mut world, *desk, deed);
                assert!(world.settle());
            }
        }
        while world.desks[0].board.can_undo() {
            world.undo(0);
        }
        check(&mut world);
        let bob = UserAlias::parse("bob").unwrap();
        let there = world.kept();
        assert!(there.shapes.values().all(|shape| shape.maker == bob), "what anna drew is gone");
        let drawn = &world.desks[1].put;
        assert!(drawn.iter().all(|id| there.shapes.contains_key(id)), "what bob drew is there again");
        let used = |page: &Page| there.shapes.values().any(|shape| shape.page == page.id);
        assert!(there.pages.iter().all(|page| page.id == PageId::first() || used(page)), "and no page more");
    }
}

fn two() -> Boards {
    let mut world = Boards::new(&["anna", "bob"]);
    assert!(world.settle());
    world
}

fn rectangle(world: &mut Boards, desk: usize) -> ShapeId {
    let BoardOp::Put(shape) = put(world, desk, 2, 0) else { unreachable!("a new shape") };
    let id = shape.id.clone();
    world.perform(desk, vec![BoardOp::Put(shape)]);
    id
}

fn paint(shape: &ShapeId, colour: Colour) -> BoardOp {
    BoardOp::Set { shape: shape.clone(), change: Change { stroke: Some(colour), ..Change::default() } }
}

#[test]
fn both_draw_while_one_is_offline() {
    let mut world = two();
    let mine = rectangle(&mut world, 0);
    assert!(world.settle());
    world.cut(1);
    for _ in 0..40 {
        rectangle(&mut world, 1);
        rectangle(&mut world, 0);
    }
    world.perform(1, vec![paint(&mine, Colour::Red)]);
    world.perform(
        0,
        vec![BoardOp::Set { shape: mine.clone(), change: Change { turn: Some(9_000), ..Change::default() } }],
    );
    check(&mut world);
    let looks = &world.kept().shapes[&mine].looks;
    assert_eq!((looks.stroke, looks.turn, world.kept().shapes.len()), (Colour::Red, 9_000, 81));
}

#[test]
fn what_was_set_on_an_erased_shape_is_seen_by_who_was_away() {
    let mut world = Boards::new(&DESKS);
    let shape = rectangle(&mut world, 0);
    assert!(world.settle());
    world.cut(2);
    world.desks[2].away = true;
    world.perform(1, vec![paint(&shape, Colour::Red)]);
    assert!(world.settle());
    world.perform(0, vec![BoardOp::Erase { shape: shape.clone() }]);
    assert!(world.settle());
    world.desks[2].away = false;
    check(&mut world);
    world.undo(0);
    check(&mut world);
    assert_eq!(world.desks[2].sees().shapes[&shape].looks.stroke, Colour::Red);
}

#[test]
fn a_large_gesture_fits_into_frames() {
    let mut world = two();
    let many: Vec<_> = (0..1_200).map(|_| put(&mut world, 0, 0, 77)).collect();
    world.perform(0, many);
    check(&mut world);
    assert_eq!(world.desks[1].sees().shapes.len(), 1_200);
    world.perform(1, vec![BoardOp::Clear { page: PageId::first() }]);
    check(&mut world);
    world.undo(1);
    check(&mut world);
    assert_eq!(world.desks[0].sees().shapes.len(), 1_200);
    world.undo(0);
    check(&mut world);
    assert_eq!(world.desks[1].sees().shapes.len(), 0);
}

#[test]
fn a_board_that_could_not_be_opened_is_opened_later() {
    let mut world = two();
    rectangle(&mut world, 0);
    assert!(world.settle());
    world.cut(1);
    world.connect(1);
    while world.deliver_up(1) {}
    world.turn(9);
    while world.deliver_down(1) {}
    world.refusing = 1;
    while world.deliver_up(1) {}
    while world.deliver_down(1) {}
    assert_eq!(world.refusing, 0);
    check(&mut world);
    rectangle(&mut world, 0);
    check(&mut world);
    assert_eq!(world.desks[1].sees().shapes.len(), 2, "it hears of what comes");
}

#[test]
fn the_board_is_there_after_a_restart_of_the_server() {
    let mut world = two();
    rectangle(&mut world, 0);
    rectangle(&mut world, 1);
    assert!(world.settle());
    world.kill(0, false);
    check(&mut world);
    world.reload(0);
    check(&mut world);
    assert_eq!(world.desks[0].sees().shapes.len(), 2);
}
