//! The board of a room as this device has it: what the server confirmed, what the person did since, and what is shown of both.
//! Pure, and used by the part of the widget that is loaded for boards alone: nothing of the rest of the core knows it.

mod cut;
mod effect;
mod facts;
pub mod geometry;
mod grid;
mod hit;
pub mod ink;
mod line;
mod reading;
mod sheet;
pub mod svg;
mod undo;

use bandyer_protocol::board::{
    BoardAnswer, BoardKey, BoardNews, BoardOp, BoardPart, BoardQuestion, BoardReply, BoardRequest,
    FIRST_ORDER, MAX_OPS, Page, Shape, order_between,
};
use bandyer_protocol::{BoardDevice, CallAlias, Failure, PageId, ShapeId, UserAlias};
pub use effect::{BoardEffect, Dirty};
use facts::{Facts, step};
use geometry::{Bounds, Point};
use line::Line;
use sheet::Sheet;
use std::collections::{BTreeSet, VecDeque};
use std::rc::Rc;
use undo::{Inverse, Undo};

/// A gesture of this device that the server may not have stored.
#[derive(Debug)]
struct Pending {
    count: u64,
    ops: Vec<BoardOp>,
    /// It is stored as that change, or an earlier one if 0; whether the confirmed board has it, the next part will say.
    stored: Option<u64>,
}

/// A change that came while the board was being asked for.
#[derive(Debug)]
struct Waiting {
    number: u64,
    by: UserAlias,
    ops: Vec<BoardOp>,
}

/// Bytes of operations in one request; a frame may have 65,536.
const REQUEST_BYTES: usize = 40 * 1024;

/// A gesture in as many requests as it takes. What clears a page stands alone.
fn requests(ops: Vec<BoardOp>) -> Vec<Vec<BoardOp>> {
    let mut requests: Vec<Vec<BoardOp>> = Vec::new();
    let (mut bytes, mut alone) = (0, true);
    for op in ops {
        let size = serde_json::to_string(&op).map_or(0, |text| text.len());
        let clears = matches!(op, BoardOp::Clear { .. });
        match requests.last_mut() {
            Some(last) if !alone && !clears && last.len() < MAX_OPS && bytes + size <= REQUEST_BYTES => {
                bytes += size;
                last.push(op);
            }
            Some(_) | None => {
                bytes = size;
                requests.push(vec![op]);
            }
        }
        alone = clears;
    }
    requests
}

/// One board, with everything that this device knows of it.
#[derive(Debug)]
pub struct Board {
    room: CallAlias,
    me: UserAlias,
    device: BoardDevice,
    line: Line,
    /// As the server has it, up to the number that the line knows.
    confirmed: Facts,
    /// With what was done here since: what is shown.
    shown: Sheet,
    /// Oldest first. The first one may be on its way.
    pending: VecDeque<Pending>,
    waiting: Vec<Waiting>,
    undo: Undo,
    last_count: u64,
    last_id: u64,
}

impl Board {
    /// An empty one, until the server has said how it is. `device` is a random name that no other device has.
    pub fn new(room: CallAlias, me: UserAlias, device: BoardDevice) -> Self {
        Self {
            room,
            me,
            device,
            line: Line::default(),
            confirmed: Facts::default(),
            shown: Sheet::default(),
            pending: VecDeque::new(),
            waiting: Vec::new(),
            undo: Undo::default(),
            last_count: 0,
            last_id: 0,
        }
    }

    /// Who this device belongs to.
    pub fn me(&self) -> &UserAlias {
        &self.me
    }

    /// The server has said how it is, at least once.
    pub fn is_open(&self) -> bool {
        self.line.was_open()
    }

    /// Something done here is not known to be stored.
    pub fn is_unsaved(&self) -> bool {
        !self.pending.is_empty()
    }

    /// A name for a new shape, which nobody else gives.
    pub fn new_id(&mut self) -> ShapeId {
        ShapeId::parse(&self.new_name())
            .unwrap_or_else(|_| unreachable!("a device's name leaves room for a number"))
    }

    /// A name for a new page.
    pub fn new_page_id(&mut self) -> PageId {
        PageId::parse(&self.new_name())
            .unwrap_or_else(|_| unreachable!("a device's name leaves room for a number"))
    }

    fn new_name(&mut self) -> String {
        self.last_id += 1;
        let device: String = self.device.as_str().chars().take(40).collect();
        [&device, ".", &self.last_id.to_string()].concat()
    }

    /// The pages that are there, in their order.
    pub fn pages(&self) -> Vec<Page> {
        self.shown.pages()
    }

    pub fn shape(&self, id: &ShapeId) -> Option<Rc<Shape>> {
        self.shown.shape(id)
    }

    /// The shapes of a page, from the back to the front.
    pub fn shapes(&self, page: &PageId) -> Vec<Rc<Shape>> {
        self.shown.shapes(page)
    }

    /// The shapes of a page row by row, as one reads.
    pub fn reading_order(&self, page: &PageId) -> Vec<Rc<Shape>> {
        reading::reading_order(self.shapes(page))
    }

    /// Those shapes of a page of which something may be seen in these bounds, from the back to the front.
    pub fn within(&self, page: &PageId, bounds: &Bounds) -> Vec<Rc<Shape>> {
        self.shown.within(page, bounds)
    }

    /// The frontmost shape that is at most so far, in units, from a place.
    pub fn top_at(&self, page: &PageId, at: Point, reach: f64) -> Option<Rc<Shape>> {
        let near = Bounds { min: at, max: at }.grown(reach);
        self.within(page, &near).into_iter().rev().find(|shape| hit::is_on(shape, at, reach))
    }

    /// Around everything on a page; `None` when there is nothing.
    pub fn bounds(&self, page: &PageId) -> Option<Bounds> {
        self.shapes(page).iter().map(|shape| geometry::bounds(shape)).reduce(Bounds::and)
    }

    /// What the eraser that cuts does along a way, with that radius, in units: one gesture, to be performed.
    pub fn cutting(&mut self, page: &PageId, way: &[Point], radius: f64) -> Vec<BoardOp> {
        let Some(reach) = Bounds::around(way.iter().copied()) else { return Vec::new() };
        let near = self.within(page, &reach.grown(radius));
        near.iter().flat_map(|shape| cut::cut(shape, way, radius, || self.new_id())).collect()
    }

    /// A place in front of every shape of a page.
    pub fn front_order(&self, page: &PageId) -> String {
        let front = self.shown.front(page);
        order_between(front.as_deref(), None).unwrap_or_else(|| FIRST_ORDER.to_owned())
    }

    /// One gesture of the person, which is taken back as one. What changes nothing is none.
    pub fn perform(&mut self, ops: Vec<BoardOp>) -> Vec<BoardEffect> {
        let inverse = undo::inverse(&self.shown, &ops);
        let effects = self.apply(ops);
        if !effects.is_empty() {
            self.undo.did(inverse);
        }
        effects
    }

    pub fn can_undo(&self) -> bool {
        self.undo.can_undo()
    }

    pub fn can_redo(&self) -> bool {
        self.undo.can_redo()
    }

    /// Takes the last own gesture back of which something is still to be seen. What the other side did stays.
    pub fn undo(&mut self) -> Vec<BoardEffect> {
        while let Some(step) = self.undo.take_undo() {
            if let Some((effects, inverse)) = self.take_back(&step) {
                self.undo.undid(inverse);
                return effects;
            }
        }
        Vec::new()
    }

    /// Does again what was taken back last.
    pub fn redo(&mut self) -> Vec<BoardEffect> {
        while let Some(step) = self.undo.take_redo() {
            if let Some((effects, inverse)) = self.take_back(&step) {
                self.undo.redid(inverse);
                return effects;
            }
        }
        Vec::new()
    }

    /// What that does, and how it is taken back in turn; `None` when it would change nothing.
    fn take_back(&mut self, step: &[Inverse]) -> Option<(Vec<BoardEffect>, Vec<Inverse>)> {
        let ops = undo::operations(&self.shown, &self.me, step);
        let inverse = undo::inverse(&self.shown, &ops);
        let effects = self.apply(ops);
        (!effects.is_empty()).then_some((effects, inverse))
    }

    fn apply(&mut self, ops: Vec<BoardOp>) -> Vec<BoardEffect> {
        let mut effects = Vec::new();
        let mut done = Vec::new();
        for op in ops {
            let dirty = self.shown.apply(&op);
            if !dirty.is_empty() {
                effects.extend(dirty.into_iter().map(BoardEffect::Changed));
                done.push(op);
            }
        }
        for ops in requests(done) {
            self.last_count += 1;
            self.pending.push_back(Pending { count: self.last_count, ops, stored: None });
        }
        effects.extend(self.send_next());
        effects
    }

    /// The first gesture that waits goes out, when nothing else is on its way.
    fn send_next(&mut self) -> Option<BoardEffect> {
        let Pending { count, ops, .. } = self.pending.iter().find(|pending| pending.stored.is_none())?;
        let key = BoardKey { device: self.device.clone(), count: *count };
        let request = BoardRequest::Apply { room: self.room.clone(), key, ops: ops.clone() };
        self.line.apply(request).map(BoardEffect::Send)
    }

    /// The line to the server stands, or is gone.
    pub fn line(&mut self, up: bool) -> Vec<BoardEffect> {
        if up == self.line.is_up() {
            return Vec::new();
        }
        self.line.set_up(up);
        if up { vec![self.open()] } else { Vec::new() }
    }

    fn open(&mut self) -> BoardEffect {
        BoardEffect::Send(self.line.open(&self.room))
    }

    /// A pause that the server asked for is over.
    pub fn go_on(&mut self) -> Vec<BoardEffect> {
        if let Some(question) = self.line.ask_again() {
            return vec![BoardEffect::Send(question)];
        }
        if self.line.is_up() && !self.line.is_followed() {
            return vec![self.open()];
        }
        self.send_next().into_iter().collect()
    }

    /// The board is not looked at any more. What was not sent yet goes out first, as long as there is a line.
    pub fn close(&mut self) -> Vec<BoardQuestion> {
        if !self.line.is_up() || !self.line.was_open() {
            return Vec::new();
        }
        let waiting = self.pending.iter().filter(|pending| pending.stored.is_none());
        let requests: Vec<_> = waiting.map(|pending| self.request(pending)).collect();
        self.line.close(requests, &self.room)
    }

    fn request(&self, pending: &Pending) -> BoardRequest {
        let key = BoardKey { device: self.device.clone(), count: pending.count };
        BoardRequest::Apply { room: self.room.clone(), key, ops: pending.ops.clone() }
    }

    /// Something of the server, which may be about this board.
    pub fn heard(&mut self, answer: BoardAnswer) -> Vec<BoardEffect> {
        match (answer.re, answer.msg) {
            (Some(re), reply) if self.line.takes_opening(re) => self.opening(reply),
            (Some(re), reply) if self.line.takes_applying(re) => self.applied(reply),
            (None, BoardReply::Board(BoardNews::Changed { room, number, by, ops })) if room == self.room => {
                self.arrived(Waiting { number, by, ops })
            }
            _ => Vec::new(),
        }
    }

    fn opening(&mut self, reply: BoardReply) -> Vec<BoardEffect> {
        match reply {
            BoardReply::Board(BoardNews::Opened(part)) => self.opened(&part),
            BoardReply::Error(failure) => {
                if failure.retry_after_ms.is_some() {
                    self.line.put_off();
                } else {
                    self.line.gave_up();
                }
                vec![Self::refused(&failure)]
            }
            BoardReply::Done | BoardReply::Board(_) => Vec::new(),
        }
    }

    fn refused(failure: &Failure) -> BoardEffect {
        failure.retry_after_ms.map_or(BoardEffect::Refused(failure.code), BoardEffect::Pause)
    }

    fn opened(&mut self, part: &BoardPart) -> Vec<BoardEffect> {
        let afresh = part.complete && self.line.begins();
        if afresh {
            self.confirmed = Facts::default();
        }
        let mut changed: BTreeSet<ShapeId> = self.confirmed.take(part).into_iter().collect();
        let more = self.line.took_part(&self.room, part);
        if more.is_none() && self.line.was_afresh() {
            // What no part has named is gone.
            changed.extend(self.shown.ids().cloned());
        }
        let mut effects = Vec::new();
        match more {
            Some(question) => effects.push(BoardEffect::Send(question)),
            None => effects.extend(self.caught_up(&mut changed)),
        }
        effects.extend(self.reconcile(changed));
        effects.extend(self.send_next());
        effects
    }

    /// The board is here in whole. What came meanwhile follows, as far as it is not in there.
    fn caught_up(&mut self, changed: &mut BTreeSet<ShapeId>) -> Vec<BoardEffect> {
        let (stored, left) =
            self.pending.drain(..).partition::<Vec<_>, _>(|pending| pending.stored.is_some());
        self.pending = left.into();
        for pending in stored {
            changed.extend(self.concerned(&pending.ops));
            let number = pending.stored.unwrap_or_default();
            self.waiting.push(Waiting { number, by: self.me.clone(), ops: pending.ops });
        }
        let mut waiting = std::mem::take(&mut self.waiting);
        waiting.sort_by_key(|change| change.number);
        let mut effects = Vec::new();
        for change in waiting {
            effects.extend(self.arrived(change));
        }
        effects
    }

    /// A change that the server has stored.
    fn arrived(&mut self, change: Waiting) -> Vec<BoardEffect> {
        if self.line.is_opening() {
            self.waiting.push(change);
            return Vec::new();
        }
        if !self.line.was_open() || self.line.knows(change.number) {
            return Vec::new();
        }
        if self.confirmed.lack(&change.ops) || !self.line.joins(change.number) {
            // Something was missed: the board says how it stands.
            return vec![self.open()];
        }
        let mut effects = self.confirm(&change.ops);
        if change.by != self.me || !self.is_own(&change.ops) {
            effects.push(BoardEffect::Told { by: change.by, ops: change.ops });
        }
        effects
    }

    /// Whether this device has made every shape that these put there.
    fn is_own(&self, ops: &[BoardOp]) -> bool {
        ops.iter().all(
            |op| !matches!(op, BoardOp::Put(shape) if !shape.id.as_str().starts_with(self.device.as_str())),
        )
    }

    fn applied(&mut self, reply: BoardReply) -> Vec<BoardEffect> {
        match reply {
            BoardReply::Board(BoardNews::Applied { number, repeated, .. }) => self.stored(number, repeated),
            BoardReply::Error(failure) => {
                let mut effects = vec![Self::refused(&failure)];
                if failure.retry_after_ms.is_none() {
                    effects.extend(self.given_up());
                }
                effects
            }
            BoardReply::Done | BoardReply::Board(_) => Vec::new(),
        }
    }

    fn stored(&mut self, number: u64, repeated: bool) -> Vec<BoardEffect> {
        let Some(at) = self.pending.iter().position(|pending| pending.stored.is_none()) else {
            return Vec::new();
        };
        let lacks = self.pending.get(at).is_some_and(|pending| self.confirmed.lack(&pending.ops));
        let joins = !repeated && !lacks && !self.line.is_opening() && self.line.joins(number);
        if !joins {
            if let Some(pending) = self.pending.get_mut(at) {
                pending.stored = Some(if repeated { 0 } else { number });
            }
            return if self.line.is_opening() { Vec::new() } else { vec![self.open()] };
        }
        let Some(done) = self.pending.remove(at) else { return Vec::new() };
        let mut effects = self.confirm(&done.ops);
        effects.extend(self.send_next());
        effects
    }

    /// The server refuses the gesture that was on its way: it is taken back.
    fn given_up(&mut self) -> Vec<BoardEffect> {
        let Some(at) = self.pending.iter().position(|pending| pending.stored.is_none()) else {
            return Vec::new();
        };
        let Some(refused) = self.pending.remove(at) else { return Vec::new() };
        let changed = self.concerned(&refused.ops).into_iter().collect();
        let mut effects = self.reconcile(changed);
        effects.extend(self.send_next());
        effects
    }

    /// The shapes that these may change, here or in the server.
    fn concerned(&self, ops: &[BoardOp]) -> Vec<ShapeId> {
        ops.iter()
            .flat_map(|op| self.confirmed.touched(op).into_iter().chain(self.shown.touched(op)))
            .collect()
    }

    fn confirm(&mut self, ops: &[BoardOp]) -> Vec<BoardEffect> {
        let changed = self.concerned(ops).into_iter().collect();
        for op in ops {
            self.confirmed.apply(op);
        }
        self.reconcile(changed)
    }

    /// Shows these shapes as they are confirmed, with what is pending on top; and the pages.
    fn reconcile(&mut self, changed: BTreeSet<ShapeId>) -> Vec<BoardEffect> {
        let mut dirty = Vec::new();
        let mut pages = self.confirmed.pages.clone();
        for op in self.pending.iter().flat_map(|pending| &pending.ops) {
            facts::turn_pages(&mut pages, op);
        }
        dirty.extend(self.shown.set_pages(pages));
        for id in changed {
            let mut entry = self.confirmed.entries.get(&id).cloned();
            for op in self.pending.iter().flat_map(|pending| &pending.ops) {
                entry = step(entry, &id, op);
            }
            dirty.extend(self.shown.set(&id, entry));
        }
        dirty.into_iter().map(BoardEffect::Changed).collect()
    }
}
