//! What the person can take back: own gestures only, each as one, newest first. Of a property that somebody else has set since,
//! nothing is taken back.

use super::facts::{Entry, step};
use super::sheet::Sheet;
use bandyer_protocol::board::{BoardOp, Change};
use bandyer_protocol::{ShapeId, UserAlias};
use std::collections::HashMap;

/// How many gestures can be taken back.
const DEPTH: usize = 500;

/// How to take one operation back.
#[derive(Debug, Clone, PartialEq)]
pub struct Inverse {
    op: BoardOp,
    /// The values it set: where another one stands now, it is not taken back.
    set: Option<Change>,
}

#[derive(Debug, Default)]
pub struct Undo {
    done: Vec<Vec<Inverse>>,
    undone: Vec<Vec<Inverse>>,
}

impl Undo {
    /// Something new was done: what was taken back before cannot be done again.
    pub fn did(&mut self, inverse: Vec<Inverse>) {
        self.undone.clear();
        self.done.push(inverse);
        if self.done.len() > DEPTH {
            self.done.remove(0);
        }
    }

    pub fn undid(&mut self, inverse: Vec<Inverse>) {
        self.undone.push(inverse);
    }

    pub fn redid(&mut self, inverse: Vec<Inverse>) {
        self.done.push(inverse);
    }

    pub fn take_undo(&mut self) -> Option<Vec<Inverse>> {
        self.done.pop()
    }

    pub fn take_redo(&mut self) -> Option<Vec<Inverse>> {
        self.undone.pop()
    }

    pub fn can_undo(&self) -> bool {
        !self.done.is_empty()
    }

    pub fn can_redo(&self) -> bool {
        !self.undone.is_empty()
    }
}

/// How to take these operations back from how things stand before them, last one first.
pub fn inverse(sheet: &Sheet, ops: &[BoardOp]) -> Vec<Inverse> {
    let mut now: HashMap<ShapeId, Option<Entry>> = HashMap::new();
    let mut inverse = Vec::new();
    for op in ops {
        for id in sheet.touched(op) {
            let before = now.remove(&id).unwrap_or_else(|| sheet.entry(&id).cloned());
            inverse.extend(back(before.as_ref(), &id, op));
            now.insert(id.clone(), step(before, &id, op));
        }
        inverse.extend(page_back(sheet, op));
    }
    inverse.reverse();
    inverse
}

fn back(before: Option<&Entry>, id: &ShapeId, op: &BoardOp) -> Option<Inverse> {
    let plain = |op| Some(Inverse { op, set: None });
    let shape = id.clone();
    match (op, before) {
        (BoardOp::Put(_), None) => plain(BoardOp::Erase { shape }),
        (BoardOp::Set { change, .. }, Some(entry)) => {
            let old = entry.shape.looks.undoing(change);
            let op = BoardOp::Set { shape, change: old };
            Some(Inverse { op, set: Some(change.clone()) })
        }
        (BoardOp::Erase { .. } | BoardOp::Clear { .. }, Some(entry)) if !entry.erased => {
            plain(BoardOp::Restore { shape })
        }
        (BoardOp::Restore { .. }, Some(entry)) if entry.erased => plain(BoardOp::Erase { shape }),
        _ => None,
    }
}

fn page_back(sheet: &Sheet, op: &BoardOp) -> Option<Inverse> {
    let op = match op {
        BoardOp::PutPage(page) if sheet.page(&page.id).is_none() => {
            BoardOp::SetPage { page: page.id.clone(), title: None, order: None, erased: Some(true) }
        }
        BoardOp::SetPage { page, title, order, erased } => {
            let before = sheet.page(page)?;
            BoardOp::SetPage {
                page: page.clone(),
                title: title.as_ref().map(|_| before.title.clone()),
                order: order.as_ref().map(|_| before.order.clone()),
                erased: erased.map(|_| before.erased),
            }
        }
        _ => return None,
    };
    Some(Inverse { op, set: None })
}

/// What taking back does as things stand now, for that user.
pub fn operations(sheet: &Sheet, me: &UserAlias, inverse: &[Inverse]) -> Vec<BoardOp> {
    inverse.iter().filter_map(|inverse| operation(sheet, me, inverse)).collect()
}

fn operation(sheet: &Sheet, me: &UserAlias, Inverse { op, set }: &Inverse) -> Option<BoardOp> {
    match (op, set) {
        (BoardOp::Set { shape, change }, Some(set)) => {
            let looks = &sheet.entry(shape)?.shape.looks;
            let still = set.clone().also_in(&looks.undoing(set));
            let mut old = looks.clone();
            old.apply(change);
            let change = old.undoing(&still);
            (!change.is_empty()).then(|| BoardOp::Set { shape: shape.clone(), change })
        }
        // A page does not go from under what somebody else has drawn on it.
        (BoardOp::SetPage { page, erased: Some(true), .. }, _) => {
            let own = sheet.shapes(page).iter().all(|shape| &shape.maker == me);
            own.then(|| op.clone())
        }
        _ => Some(op.clone()),
    }
}
