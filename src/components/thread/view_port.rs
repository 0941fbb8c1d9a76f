//! Which rows of a thread are in the document, and where it is scrolled to. Two promises: who is at the bottom stays
//! there, and who is not keeps looking at the same message, whatever is added, loaded or measured around it.

use super::heights::Heights;
use bandyer_core::chats::{Row, Rows};
use bandyer_protocol::{MessageBody, Seq};
use std::ops::Range;
use web_sys::{Element, HtmlElement};

/// Rows kept in the document beyond the visible ones, on either side.
const SPARE: usize = 12;
/// With fewer spare rows than this left, the next ones are rendered.
const LOW: usize = 4;
/// This near to the bottom counts as being there, in pixels.
const BOTTOM: i32 = 24;
/// This near to the top, older messages are fetched.
const TOP: i32 = 400;
/// Where the first unread message comes to lie below the upper edge on opening.
const UNREAD_AT: i32 = 56;
/// Space above the first row; the sheet of the thread has the same number.
const EDGE: f64 = 12.0;

/// What the scroll position hangs on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Anchor {
    Bottom,
    /// A stored message, and where its upper edge lies below the viewport's.
    Message {
        seq: Seq,
        offset: i32,
    },
}

pub struct ViewPort {
    heights: Heights,
    anchor: Anchor,
    /// A message known to be in `heights`, and its row: tells how rows moved when more came in front.
    landmark: Option<(Seq, usize)>,
    /// The first messages have been placed.
    placed: bool,
    unsent: usize,
    /// Where the scroller stood when the anchor was last set or honoured.
    top: i32,
    height: i32,
    rendered: Range<usize>,
}

/// What the thread learns from a look at the scroll position.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Seen {
    pub at_bottom: bool,
    /// The lowest stored message in view; `None` before the first messages have their place.
    pub lowest: Option<Seq>,
    pub near_top: bool,
    /// Other rows must be rendered than are.
    pub stale: bool,
}

impl Default for ViewPort {
    fn default() -> Self {
        Self {
            heights: Heights::default(),
            anchor: Anchor::Bottom,
            landmark: None,
            placed: false,
            unsent: 0,
            top: -1,
            height: 600,
            rendered: 0..0,
        }
    }
}

impl ViewPort {
    /// Takes over the rows as they are now, and says which of them to render.
    pub fn adapt(&mut self, rows: &Rows) -> Range<usize> {
        self.shift(rows);
        self.heights.truncate(rows.len());
        for position in self.heights.len()..rows.len() {
            self.heights.push(estimate(rows.get(position).as_ref()));
        }
        self.landmark = rows.thread().stored.last_seq().and_then(|seq| Some((seq, rows.position_of(seq)?)));
        let unsent = rows.thread().outgoing.len();
        // Whoever writes wants to see what they wrote.
        if unsent > self.unsent {
            self.anchor = Anchor::Bottom;
        }
        self.unsent = unsent;
        self.place(rows);
        self.rendered = widen(&self.visible(rows), SPARE, rows.len());
        self.rendered.clone()
    }

    /// Space that stands for the rows above and below the rendered ones.
    pub fn spaces(&self) -> (f64, f64) {
        let above = self.heights.above(self.rendered.start);
        (above, self.heights.total() - self.heights.above(self.rendered.end))
    }

    pub fn stick_to_bottom(&mut self) {
        self.anchor = Anchor::Bottom;
    }

    /// Rows that came in front, or went, move all others.
    fn shift(&mut self, rows: &Rows) {
        let Some((seq, before)) = self.landmark else { return };
        match rows.position_of(seq) {
            Some(now) if now > before => {
                self.heights.prepend((0..now - before).map(|position| estimate(rows.get(position).as_ref())));
            }
            Some(now) => self.heights.drop_front(before - now),
            // Another incarnation of the chat, or a list begun anew.
            None => *self = Self { height: self.height, ..Self::default() },
        }
    }

    /// Once the first pages are there, the unread ones come into view.
    fn place(&mut self, rows: &Rows) {
        if self.placed || !rows.thread().can_be_placed() {
            return;
        }
        self.placed = true;
        let first = rows.unread_position().and_then(|divider| rows.get(divider + 1));
        if let Some(Row::Stored(message)) = first {
            self.anchor = Anchor::Message { seq: message.seq, offset: UNREAD_AT };
        }
    }

    /// The rows in view, as far as heights are known.
    fn visible(&self, rows: &Rows) -> Range<usize> {
        let height = f64::from(self.height);
        let anchored = match self.anchor {
            Anchor::Bottom => None,
            Anchor::Message { seq, offset } => rows.position_of(seq).map(|row| (row, offset)),
        };
        let lowest = (self.heights.total() - height).max(0.0);
        let top = anchored
            .map_or(lowest, |(row, offset)| (self.heights.above(row) - f64::from(offset)).clamp(0.0, lowest));
        let end = if rows.is_empty() { 0 } else { self.heights.at(top + height) + 1 };
        self.heights.at(top)..end
    }

    /// After rendering, or when something changed its size: learns the heights and puts the anchor back in place.
    pub fn settle(&mut self, scroller: &HtmlElement, list: &Element, rows: &Rows) -> Seen {
        let height = scroller.client_height();
        if height == 0 {
            // Not displayed: there is nothing to measure.
            return self.unseen();
        }
        self.height = height;
        self.measure(list);
        let wanted = match self.anchor {
            Anchor::Bottom => scroller.scroll_height() - height,
            Anchor::Message { seq, offset } => rows
                .position_of(seq)
                .and_then(|row| self.top_of(row, list))
                .map_or(scroller.scroll_top(), |top| top - offset),
        };
        if scroller.scroll_top() != wanted {
            scroller.set_scroll_top(wanted);
        }
        self.top = scroller.scroll_top();
        // The first unread message is among the last ones: who sees the end stays there.
        if gap(scroller) <= BOTTOM && self.rendered.end == rows.len() {
            self.anchor = Anchor::Bottom;
        }
        self.look(scroller, list, rows)
    }

    fn unseen(&self) -> Seen {
        Seen { at_bottom: self.anchor == Anchor::Bottom, lowest: None, near_top: false, stale: false }
    }

    fn measure(&mut self, list: &Element) {
        let children = list.children();
        for (index, row) in self.rendered.clone().enumerate() {
            let child = u32::try_from(index).ok().and_then(|index| children.item(index));
            if let Some(child) = child.as_ref().and_then(as_html) {
                self.heights.set(row, f64::from(child.offset_height()));
            }
        }
    }

    /// Upper edge of a rendered row inside the scrolled content.
    fn top_of(&self, row: usize, list: &Element) -> Option<i32> {
        let index = u32::try_from(row.checked_sub(self.rendered.start)?).ok()?;
        Some(as_html(&list.children().item(index)?)?.offset_top())
    }

    /// The person scrolled: from here on the scroll position hangs on what they see now.
    pub fn scrolled(&mut self, scroller: &HtmlElement, list: &Element, rows: &Rows) -> Seen {
        let height = scroller.client_height();
        if height == 0 {
            return self.unseen();
        }
        let top = scroller.scroll_top();
        if top == self.top || height != self.height {
            // Our own doing told late, or the browser's because the room changed: the anchor does not follow that.
            return self.settle(scroller, list, rows);
        }
        self.top = top;
        self.anchor = if gap(scroller) <= BOTTOM {
            Anchor::Bottom
        } else {
            self.first_message(f64::from(top), list, rows).unwrap_or(self.anchor)
        };
        self.look(scroller, list, rows)
    }

    /// The uppermost stored message in view, and where it lies.
    fn first_message(&self, top: f64, list: &Element, rows: &Rows) -> Option<Anchor> {
        let from = self.heights.at((top - EDGE).max(0.0));
        (from..rows.len()).take(SPARE).find_map(|position| {
            let Some(Row::Stored(message)) = rows.get(position) else { return None };
            // A jump over many screens lands outside of what is rendered; there the known heights must do.
            let edge =
                self.top_of(position, list).unwrap_or_else(|| whole(self.heights.above(position) + EDGE));
            Some(Anchor::Message { seq: message.seq, offset: edge - whole(top) })
        })
    }

    fn look(&mut self, scroller: &HtmlElement, list: &Element, rows: &Rows) -> Seen {
        // Whatever the anchor wanted: where nothing is rendered, what is there is what a person wants to see.
        if self.is_blank(scroller, list, rows)
            && let Some(anchor) = self.first_message(f64::from(self.top), list, rows)
        {
            self.anchor = anchor;
        }
        let needed = widen(&self.visible(rows), LOW, rows.len());
        Seen {
            at_bottom: gap(scroller) <= BOTTOM,
            lowest: self.lowest(scroller, list, rows),
            near_top: scroller.scroll_top() < TOP,
            stale: needed.start < self.rendered.start || needed.end > self.rendered.end,
        }
    }

    /// None of the rendered rows is in view, though there are rows.
    fn is_blank(&self, scroller: &HtmlElement, list: &Element, rows: &Rows) -> bool {
        let Some(list) = as_html(list).filter(|_| !rows.is_empty()) else { return false };
        let (top, bottom) = (list.offset_top(), list.offset_top() + list.offset_height());
        bottom <= self.top || top >= self.top + scroller.client_height()
    }

    /// The lowest stored message of which half, or half a screen, is in view.
    fn lowest(&self, scroller: &HtmlElement, list: &Element, rows: &Rows) -> Option<Seq> {
        let room = scroller.client_height();
        let (top, bottom) = (self.top, self.top + room);
        self.rendered.clone().rev().filter(|_| self.placed).find_map(|position| {
            let Some(Row::Stored(message)) = rows.get(position) else { return None };
            let index = u32::try_from(position.checked_sub(self.rendered.start)?).ok()?;
            let row = list.children().item(index)?;
            let row = as_html(&row)?;
            let (above, below) = (row.offset_top(), row.offset_top() + row.offset_height());
            let shown = bottom.min(below) - top.max(above);
            (shown > 0 && shown * 2 >= room.min(below - above)).then_some(message.seq)
        })
    }
}

fn widen(range: &Range<usize>, by: usize, len: usize) -> Range<usize> {
    range.start.saturating_sub(by)..(range.end + by).min(len)
}

/// Pixels between the lower edge of what is seen and the end.
fn gap(scroller: &HtmlElement) -> i32 {
    scroller.scroll_height() - scroller.scroll_top() - scroller.client_height()
}

fn as_html(element: &Element) -> Option<&HtmlElement> {
    wasm_bindgen::JsCast::dyn_ref(element)
}

#[expect(clippy::cast_possible_truncation, reason = "a scroll position in pixels")]
fn whole(pixels: f64) -> i32 {
    pixels.round() as i32
}

/// A guess until the row is measured: lines of about 34 characters for text, the fixed boxes for the rest.
fn estimate(row: Option<&Row>) -> f64 {
    match row {
        Some(Row::Day(_) | Row::Unread) => 40.0,
        Some(Row::Outgoing(_)) | None => 42.0,
        Some(Row::Stored(message)) => match &message.body {
            MessageBody::Text(text) => {
                22.0 + 20.0 * f64::from(u32::try_from(text.len() / 34 + 1).unwrap_or(1).min(400))
            }
            MessageBody::File(file) if file.picture => 210.0,
            MessageBody::File(_) => 76.0,
            MessageBody::MissedCall(_) | MessageBody::DeclinedCall(_) => 74.0,
            MessageBody::Unknown => 62.0,
        },
    }
}
