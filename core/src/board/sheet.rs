//! What is shown: the shapes that are there, in the order they are painted in, and where.

use super::Dirty;
use super::facts::{Entry, Facts, step, turn_pages};
use super::geometry::{Bounds, bounds};
use super::grid::Grid;
use bandyer_protocol::board::{BoardOp, Page, Shape};
use bandyer_protocol::{PageId, ShapeId};
use std::collections::{BTreeMap, HashMap};
use std::rc::Rc;

#[derive(Debug, Clone, Default)]
pub struct Sheet {
    facts: Facts,
    /// Those that are there, by page.
    there: HashMap<PageId, Layers>,
}

#[derive(Debug, Clone, Default)]
struct Layers {
    /// From the back to the front.
    stack: BTreeMap<(String, ShapeId), Placed>,
    grid: Grid,
}

#[derive(Debug, Clone)]
struct Placed {
    shape: Rc<Shape>,
    bounds: Bounds,
}

impl Sheet {
    pub fn entry(&self, id: &ShapeId) -> Option<&Entry> {
        self.facts.entries.get(id)
    }

    pub fn page(&self, id: &PageId) -> Option<&Page> {
        self.facts.pages.get(id)
    }

    /// Those that are not erased, in their order.
    pub fn pages(&self) -> Vec<Page> {
        let mut pages: Vec<Page> = self.facts.pages.values().filter(|page| !page.erased).cloned().collect();
        pages.sort_by(|a, b| (&a.order, &a.id).cmp(&(&b.order, &b.id)));
        pages
    }

    pub fn shape(&self, id: &ShapeId) -> Option<Rc<Shape>> {
        self.entry(id).filter(|entry| !entry.erased).map(|entry| Rc::clone(&entry.shape))
    }

    pub fn shapes(&self, page: &PageId) -> Vec<Rc<Shape>> {
        let layers = self.there.get(page).into_iter();
        layers.flat_map(|layers| layers.stack.values()).map(|placed| Rc::clone(&placed.shape)).collect()
    }

    pub fn within(&self, page: &PageId, seen: &Bounds) -> Vec<Rc<Shape>> {
        let Some(layers) = self.there.get(page) else { return Vec::new() };
        let Some(near) = layers.grid.near(seen) else {
            let seen = layers.stack.values().filter(|placed| placed.bounds.touches(seen));
            return seen.map(|placed| Rc::clone(&placed.shape)).collect();
        };
        let mut found: Vec<&Placed> = near
            .into_iter()
            .filter_map(|id| {
                let shape = &self.facts.entries.get(id)?.shape;
                layers.stack.get(&(shape.looks.order.clone(), id.clone()))
            })
            .filter(|placed| placed.bounds.touches(seen))
            .collect();
        found.sort_by(|a, b| (&a.shape.looks.order, &a.shape.id).cmp(&(&b.shape.looks.order, &b.shape.id)));
        found.into_iter().map(|placed| Rc::clone(&placed.shape)).collect()
    }

    /// The order of the frontmost shape of a page.
    pub fn front(&self, page: &PageId) -> Option<String> {
        self.there.get(page)?.stack.keys().next_back().map(|(order, _)| order.clone())
    }

    pub fn touched(&self, op: &BoardOp) -> Vec<ShapeId> {
        self.facts.touched(op)
    }

    /// Does it. What looks different then.
    pub fn apply(&mut self, op: &BoardOp) -> Vec<Dirty> {
        let mut dirty = Vec::new();
        for id in self.touched(op) {
            let entry = step(self.entry(&id).cloned(), &id, op);
            dirty.extend(self.set(&id, entry));
        }
        let before = self.facts.pages.clone();
        turn_pages(&mut self.facts.pages, op);
        if before != self.facts.pages {
            dirty.push(Dirty::All);
        }
        dirty
    }

    /// The pages are these.
    pub fn set_pages(&mut self, pages: BTreeMap<PageId, Page>) -> Option<Dirty> {
        (self.facts.pages != pages).then(|| {
            self.facts.pages = pages;
            Dirty::All
        })
    }

    /// Every shape that is known, erased ones included.
    pub fn ids(&self) -> impl Iterator<Item = &ShapeId> {
        self.facts.entries.keys()
    }

    /// A shape stands like that, or is not known any more. What looks different then.
    pub fn set(&mut self, id: &ShapeId, entry: Option<Entry>) -> Vec<Dirty> {
        if self.facts.entries.get(id) == entry.as_ref() {
            return Vec::new();
        }
        let gone = self.lift(id);
        let come = match entry {
            Some(entry) => {
                let come = (!entry.erased).then(|| self.lay(&entry.shape));
                self.facts.entries.insert(id.clone(), entry);
                come
            }
            None => None,
        };
        [gone, come].into_iter().flatten().collect()
    }

    fn lift(&mut self, id: &ShapeId) -> Option<Dirty> {
        let entry = self.facts.entries.remove(id)?;
        let page = entry.shape.page.clone();
        let layers = self.there.get_mut(&page)?;
        let placed = layers.stack.remove(&(entry.shape.looks.order.clone(), id.clone()))?;
        layers.grid.take(id, &placed.bounds);
        Some(Dirty::Region { page, bounds: placed.bounds })
    }

    fn lay(&mut self, shape: &Rc<Shape>) -> Dirty {
        let (page, bounds) = (shape.page.clone(), bounds(shape));
        let layers = self.there.entry(page.clone()).or_default();
        layers.grid.put(&shape.id, &bounds);
        let place = (shape.looks.order.clone(), shape.id.clone());
        layers.stack.insert(place, Placed { shape: Rc::clone(shape), bounds });
        Dirty::Region { page, bounds }
    }
}
