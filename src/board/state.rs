//! What the desk knows: the board, and how this person looks at it and works on it.

use super::camera::Camera;
use super::gesture::Gesture;
use super::paint::room;
use super::words::{Word, Words};
use crate::desk::scene::Scene;
use bandyer_core::board::Board;
use bandyer_core::board::BoardEffect;
use bandyer_core::board::geometry::{Bounds, Point, bounds, units};
use bandyer_protocol::board::{BoardOp, Change, Colour, Looks, Shape, ShapeKind};
use bandyer_protocol::tools::{BOARD_TOOLS, Tool as Right};
use bandyer_protocol::{ErrorCode, PageId, ShapeId, Tools, UserAlias};
use std::rc::Rc;

/// What the pointer does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tool {
    Select,
    Hand,
    Pen,
    Rectangle,
    Ellipse,
    Line,
    Arrow,
    Text,
    Eraser,
    /// An eraser that cuts pieces out of lines.
    Cutter,
}

impl Tool {
    pub const ALL: [Self; 10] = [
        Tool::Select,
        Tool::Hand,
        Tool::Pen,
        Tool::Rectangle,
        Tool::Ellipse,
        Tool::Line,
        Tool::Arrow,
        Tool::Text,
        Tool::Eraser,
        Tool::Cutter,
    ];

    /// Whether the host page lets this person have it.
    pub fn is_allowed(self, tools: Tools) -> bool {
        match self {
            Tool::Hand => true,
            Tool::Select => BOARD_TOOLS.iter().any(|right| *right != Right::WbCursor && tools.has(*right)),
            Tool::Pen => tools.has(Right::WbPen),
            Tool::Rectangle | Tool::Ellipse | Tool::Line | Tool::Arrow => tools.has(Right::WbShape),
            Tool::Text => tools.has(Right::WbText),
            Tool::Eraser => tools.has(Right::WbEraser),
            // What is left of a line is a new one.
            Tool::Cutter => {
                [Right::WbEraser, Right::WbPen, Right::WbShape].iter().all(|right| tools.has(*right))
            }
        }
    }

    /// Its key.
    pub fn key(self) -> char {
        match self {
            Tool::Select => 'v',
            Tool::Hand => 'h',
            Tool::Pen => 'p',
            Tool::Rectangle => 'r',
            Tool::Ellipse => 'o',
            Tool::Line => 'l',
            Tool::Arrow => 'a',
            Tool::Text => 't',
            Tool::Eraser => 'e',
            Tool::Cutter => 'x',
        }
    }
}

/// How new shapes look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pen {
    pub colour: Colour,
    pub fill: Colour,
    pub size: Size,
}

/// Of lines, and of letters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Size {
    Small,
    Medium,
    Large,
}

impl Size {
    pub const ALL: [Self; 3] = [Size::Small, Size::Medium, Size::Large];

    /// Width of a line, in sixteenths of a unit.
    pub fn width(self) -> u16 {
        match self {
            Size::Small => 32,
            Size::Medium => 64,
            Size::Large => 128,
        }
    }

    /// Height of letters, in sixteenths of a unit.
    pub fn letters(self) -> u16 {
        match self {
            Size::Small => 256,
            Size::Medium => 384,
            Size::Large => 640,
        }
    }
}

/// A text that is being written.
#[derive(Debug, Clone, PartialEq)]
pub struct Editing {
    /// Another one for each text that is begun.
    pub number: u32,
    /// One that is there already, or a new one.
    pub shape: Option<ShapeId>,
    /// Its first corner.
    pub at: Point,
    pub text: String,
    /// As it was when it was begun.
    pub before: String,
    pub colour: Colour,
    /// Height of letters, in sixteenths of a unit.
    pub letters: u16,
}

/// What stands over the board until something else happens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asking {
    Nothing,
    /// Whether the page is to be cleared.
    Clear,
}

pub struct DeskState {
    pub gesture: Gesture,
    pub scene: Scene,
    pub words: Words,
    pub board: Board,
    pub page: PageId,
    pub tool: Tool,
    pub pen: Pen,
    pub chosen: Rc<Vec<ShapeId>>,
    pub camera: Camera,
    /// Width and height of what is seen, in pixels.
    pub view: (f64, f64),
    pub editing: Option<Editing>,
    begun: u32,
    pub asking: Asking,
    pub dark: bool,
    /// Something went wrong, and this says what.
    pub trouble: Option<Word>,
    /// What a screen reader says next.
    pub said: Rc<str>,
}

impl DeskState {
    pub fn new(scene: Scene, board: Board) -> Self {
        let words = Words::of(&scene.language);
        let tool = Tool::ALL.into_iter().skip(2).chain([Tool::Select, Tool::Hand]);
        let tool = tool.into_iter().find(|tool| tool.is_allowed(scene.tools)).unwrap_or(Tool::Hand);
        Self {
            gesture: Gesture::None,
            scene,
            words,
            board,
            page: PageId::first(),
            tool,
            pen: Pen { colour: Colour::Ink, fill: Colour::None, size: Size::Medium },
            chosen: Rc::default(),
            camera: Camera::default(),
            view: (0.0, 0.0),
            editing: None,
            begun: 0,
            asking: Asking::Nothing,
            dark: false,
            trouble: None,
            said: "".into(),
        }
    }

    /// The page that is shown may have gone: then the first one is. True when it was.
    pub fn leave_lost_page(&mut self) -> bool {
        let pages = self.board.pages();
        let Some(first) = pages.first().filter(|_| pages.iter().all(|page| page.id != self.page)) else {
            return false;
        };
        self.page = first.id.clone();
        self.choose(Vec::new());
        self.editing = None;
        true
    }

    /// The call around it is another one in some way.
    pub fn set_scene(&mut self, scene: Scene) {
        if scene.language != self.scene.language {
            self.words = Words::of(&scene.language);
        }
        self.scene = scene;
        if !self.tool.is_allowed(self.scene.tools) {
            self.tool = Tool::Hand;
        }
    }

    /// The chosen shapes that are there.
    pub fn chosen_shapes(&self) -> Vec<Rc<Shape>> {
        self.chosen.iter().filter_map(|id| self.board.shape(id)).collect()
    }

    /// Around what is chosen.
    pub fn chosen_bounds(&self) -> Option<Bounds> {
        around(&self.chosen_shapes())
    }

    pub fn choose(&mut self, shapes: Vec<ShapeId>) {
        self.chosen = Rc::new(shapes);
    }

    /// A shape on this page, in front of all others.
    pub fn new_shape(&self, id: ShapeId, kind: ShapeKind, looks: Looks) -> Shape {
        let order = self.board.front_order(&self.page);
        let maker = self.board.me().clone();
        Shape { id, page: self.page.clone(), maker, kind, looks: Looks { order, ..looks } }
    }

    /// The shapes of the page that lie in a rectangle, from one corner to the other.
    pub fn swept(&self, from: Point, to: Point) -> Vec<ShapeId> {
        let swept = Bounds { min: from, max: from }.and(Bounds { min: to, max: to });
        let lies_in = |shape: &Rc<Shape>| {
            let bounds = bounds(shape);
            !shape.looks.locked && swept.holds(bounds.min) && swept.holds(bounds.max)
        };
        let shapes = self.board.within(&self.page, &swept);
        shapes.into_iter().filter(lies_in).map(|shape| shape.id.clone()).collect()
    }

    /// The shape that an eraser takes away there.
    pub fn erasable_at(&self, at: Point, reach: f64) -> Option<ShapeId> {
        let found = self.board.top_at(&self.page, at, reach)?;
        (!found.looks.locked).then(|| found.id.clone())
    }

    /// Begins to write on the text at that place, or a new one.
    pub fn edit_at(&mut self, at: Point, reach: f64) {
        if !self.scene.tools.has(Right::WbText) {
            return;
        }
        let found =
            self.board.top_at(&self.page, at, reach).filter(|shape| matches!(shape.kind, ShapeKind::Text));
        self.begun += 1;
        let number = self.begun;
        self.editing = Some(match found {
            Some(shape) => Editing {
                number,
                at: shape.looks.at.into(),
                text: shape.looks.text.clone(),
                before: shape.looks.text.clone(),
                colour: shape.looks.stroke,
                letters: shape.looks.text_size,
                shape: Some(shape.id.clone()),
            },
            None => {
                let letters = self.pen.size.letters();
                // The pointer stands in the middle of the first line.
                let at = Point::new(at.x, at.y - units(letters.into()) * 0.6);
                Editing {
                    number,
                    shape: None,
                    at,
                    text: String::new(),
                    before: String::new(),
                    colour: self.pen.colour,
                    letters,
                }
            }
        });
        self.choose(Vec::new());
    }

    /// What stands in the field now.
    pub fn write(&mut self, text: String) {
        if let Some(editing) = &mut self.editing {
            editing.text = text;
        }
    }

    /// The text is written.
    pub fn finish_text(&mut self) -> Vec<BoardEffect> {
        let Some(editing) = self.editing.take() else { return Vec::new() };
        // What nobody wrote on is not written over what the other side may have made of it.
        if editing.text == editing.before {
            return Vec::new();
        }
        let text = editing.text.trim_end();
        let size = room(text, units(editing.letters.into())).written();
        let op = match (editing.shape, text.is_empty()) {
            (Some(shape), true) => BoardOp::Erase { shape },
            (Some(shape), false) => {
                let change = Change { text: Some(text.to_owned()), size: Some(size), ..Change::default() };
                BoardOp::Set { shape, change }
            }
            (None, true) => return Vec::new(),
            (None, false) => {
                let looks = Looks {
                    at: editing.at.written(),
                    size,
                    stroke: editing.colour,
                    text: text.to_owned(),
                    text_size: editing.letters,
                    ..Looks::default()
                };
                let id = self.board.new_id();
                BoardOp::Put(Box::new(self.new_shape(id, ShapeKind::Text, looks)))
            }
        };
        self.board.perform(vec![op])
    }

    /// What the server would not have.
    pub fn refused(&mut self, code: ErrorCode) {
        self.trouble = Some(match code {
            ErrorCode::BoardFull => Word::Full,
            ErrorCode::ToolNotAllowed => Word::NotAllowed,
            _ => Word::Refused,
        });
    }

    /// What the other side did is said, gathered.
    pub fn told(&mut self, by: &UserAlias, ops: &[BoardOp]) {
        if by.as_str() != self.scene.peer.alias {
            return;
        }
        let (word, hole) = match ops.iter().rev().find_map(what) {
            Some(Ok(kind)) => (Word::AnnounceAdded, kind),
            Some(Err(())) => (Word::AnnounceRemoved, Word::Stroke),
            None => return,
        };
        let said = self.words.with(word, "name", &self.scene.peer.name);
        let mut said = crate::i18n::fill(&said, "what", &self.words.text(hole));
        if *self.said == *said {
            // The same words again are read again only when they are other ones.
            said.push('\u{200b}');
        }
        self.said = said.into();
    }
}

/// A shape that is put, or that one is taken away.
fn what(op: &BoardOp) -> Option<Result<Word, ()>> {
    match op {
        BoardOp::Put(shape) => Some(Ok(kind_word(&shape.kind))),
        BoardOp::Erase { .. } | BoardOp::Clear { .. } => Some(Err(())),
        BoardOp::Set { .. } | BoardOp::Restore { .. } | BoardOp::PutPage(_) | BoardOp::SetPage { .. } => None,
    }
}

/// What a shape is, in a word.
pub fn kind_word(kind: &ShapeKind) -> Word {
    match kind {
        ShapeKind::Pen { .. } => Word::Stroke,
        ShapeKind::Rectangle => Word::Rectangle,
        ShapeKind::Ellipse => Word::Ellipse,
        ShapeKind::Line => Word::Line,
        ShapeKind::Arrow => Word::Arrow,
        ShapeKind::Text => Word::Text,
        ShapeKind::Picture { .. } => Word::Picture,
    }
}

/// Around these shapes, as they are seen.
pub fn around(shapes: &[Rc<Shape>]) -> Option<Bounds> {
    shapes.iter().map(|shape| bounds(shape)).reduce(Bounds::and)
}
