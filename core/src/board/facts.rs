//! How the shapes and pages of a board stand: what each operation makes of them. The same on every device, in any order that
//! the server gives.

use bandyer_protocol::board::{BoardOp, BoardPart, Page, Shape, first_page};
use bandyer_protocol::{PageId, ShapeId};
use std::collections::{BTreeMap, HashMap};
use std::rc::Rc;

/// A shape, there or erased.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    pub shape: Rc<Shape>,
    pub erased: bool,
    /// Erased, and what was set on it since is not known here: the server has to say how it is.
    pub stale: bool,
}

/// What an operation makes of the one shape it is about.
pub fn step(entry: Option<Entry>, id: &ShapeId, op: &BoardOp) -> Option<Entry> {
    match op {
        BoardOp::Put(shape) if &shape.id == id => {
            entry.or_else(|| Some(Entry { shape: Rc::new((**shape).clone()), erased: false, stale: false }))
        }
        BoardOp::Set { shape, change } if shape == id => entry.map(|entry| {
            let mut shape = (*entry.shape).clone();
            shape.looks.apply(change);
            Entry { shape: Rc::new(shape), ..entry }
        }),
        BoardOp::Erase { shape } if shape == id => entry.map(|entry| Entry { erased: true, ..entry }),
        BoardOp::Restore { shape } if shape == id => entry.map(|entry| Entry { erased: false, ..entry }),
        BoardOp::Clear { page } => entry.map(|entry| {
            let erased = entry.erased || &entry.shape.page == page;
            Entry { erased, ..entry }
        }),
        BoardOp::Put(_)
        | BoardOp::Set { .. }
        | BoardOp::Erase { .. }
        | BoardOp::Restore { .. }
        | BoardOp::PutPage(_)
        | BoardOp::SetPage { .. } => entry,
    }
}

/// The one shape an operation is about; `None` when it is about a page.
pub fn about(op: &BoardOp) -> Option<&ShapeId> {
    match op {
        BoardOp::Put(shape) => Some(&shape.id),
        BoardOp::Set { shape, .. } | BoardOp::Erase { shape } | BoardOp::Restore { shape } => Some(shape),
        BoardOp::Clear { .. } | BoardOp::PutPage(_) | BoardOp::SetPage { .. } => None,
    }
}

/// What an operation makes of the pages.
pub fn turn_pages(pages: &mut BTreeMap<PageId, Page>, op: &BoardOp) {
    match op {
        BoardOp::PutPage(page) => {
            pages.entry(page.id.clone()).or_insert_with(|| page.clone());
        }
        BoardOp::SetPage { page, title, order, erased } => {
            let Some(page) = pages.get_mut(page) else { return };
            if let Some(title) = title {
                page.title.clone_from(title);
            }
            if let Some(order) = order {
                page.order.clone_from(order);
            }
            page.erased = erased.unwrap_or(page.erased);
        }
        BoardOp::Put(_)
        | BoardOp::Set { .. }
        | BoardOp::Erase { .. }
        | BoardOp::Restore { .. }
        | BoardOp::Clear { .. } => {}
    }
}

/// All of a board.
#[derive(Debug, Clone)]
pub struct Facts {
    pub entries: HashMap<ShapeId, Entry>,
    pub pages: BTreeMap<PageId, Page>,
}

impl Default for Facts {
    fn default() -> Self {
        let first = first_page();
        Self { entries: HashMap::new(), pages: [(first.id.clone(), first)].into() }
    }
}

impl Facts {
    /// The shapes that an operation may change.
    pub fn touched(&self, op: &BoardOp) -> Vec<ShapeId> {
        match op {
            BoardOp::Clear { page } => self
                .entries
                .iter()
                .filter(|(_, entry)| &entry.shape.page == page)
                .map(|(id, _)| id.clone())
                .collect(),
            op => about(op).cloned().into_iter().collect(),
        }
    }

    /// True when these bring a shape back of which it is not known how it is.
    pub fn lack(&self, ops: &[BoardOp]) -> bool {
        let known = |shape| self.entries.get(shape).is_some_and(|entry| !entry.stale);
        ops.iter().any(|op| matches!(op, BoardOp::Restore { shape } if !known(shape)))
    }

    pub fn apply(&mut self, op: &BoardOp) {
        for id in self.touched(op) {
            if let Some(entry) = step(self.entries.remove(&id), &id, op) {
                self.entries.insert(id, entry);
            }
        }
        turn_pages(&mut self.pages, op);
    }

    /// A part of the board as the server has it. The shapes that are other ones now.
    pub fn take(&mut self, part: &BoardPart) -> Vec<ShapeId> {
        if !part.pages.is_empty() {
            self.pages = part.pages.iter().map(|page| (page.id.clone(), page.clone())).collect();
        }
        for shape in &part.shapes {
            // What is as it was stays the same: nothing is painted anew for it.
            let same = self.entries.get(&shape.id).filter(|entry| *entry.shape == *shape);
            let shape = same.map_or_else(|| Rc::new(shape.clone()), |entry| Rc::clone(&entry.shape));
            self.entries.insert(shape.id.clone(), Entry { shape, erased: false, stale: false });
        }
        for id in &part.erased {
            if let Some(entry) = self.entries.get_mut(id) {
                (entry.erased, entry.stale) = (true, true);
            }
        }
        part.shapes.iter().map(|shape| &shape.id).chain(&part.erased).cloned().collect()
    }
}
