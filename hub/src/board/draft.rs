//! A board with one request applied to it, before it is stored: each operation sees those before it, and one that is refused
//! takes all of them with it.

use crate::Refusal;
use bandyer_protocol::board::{
    BoardKey, BoardOp, Change, MAX_BOARD_BYTES, MAX_PAGES, MAX_SHAPE_BYTES, MAX_SHAPES, Page, Shape,
    ShapeKind,
};
use bandyer_protocol::{ErrorCode, Failure, PageId, ShapeId, Tool, Tools, UploadId, UserAlias};
use bandyer_records::{
    BoardDeviceRecord, BoardRecord, Reader, ShapeRecord, StoreResult, Tally, UploadPlace, Write,
};
use std::collections::BTreeMap;

/// Who draws, and with what.
#[derive(Clone, Copy)]
pub struct Painter<'a> {
    pub user: &'a UserAlias,
    pub tools: Tools,
}

pub struct Draft<'a> {
    board: BoardRecord,
    painter: Painter<'a>,
    reader: &'a dyn Reader,
    /// Shapes as they are now that were looked at, and whether they changed.
    shapes: BTreeMap<ShapeId, (ShapeRecord, bool)>,
    ops: Vec<BoardOp>,
    writes: Vec<Write>,
    /// Something that was erased before is another now: what is forgotten of the erased ones is counted another time.
    stirred: bool,
}

/// What a request comes to.
pub struct Changed {
    pub number: u64,
    /// With what the server fills in.
    pub ops: Vec<BoardOp>,
    pub writes: Vec<Write>,
}

impl<'a> Draft<'a> {
    pub fn new(mut board: BoardRecord, painter: Painter<'a>, reader: &'a dyn Reader) -> Self {
        board.number += 1;
        let (shapes, ops, writes) = (BTreeMap::new(), Vec::new(), Vec::new());
        Self { board, painter, reader, shapes, ops, writes, stirred: false }
    }

    pub fn apply_all(&mut self, ops: &[BoardOp]) -> Result<(), Refusal> {
        // What it changes is not looked at shape by shape, so nothing else may look at them either.
        if ops.len() > 1 && ops.iter().any(|op| matches!(op, BoardOp::Clear { .. })) {
            return Err(Failure::new(ErrorCode::InvalidRequest, "clear stands alone in its request").into());
        }
        ops.iter().try_for_each(|op| self.apply(op))
    }

    fn apply(&mut self, op: &BoardOp) -> Result<(), Refusal> {
        match op {
            BoardOp::Put(shape) => return self.put(shape),
            BoardOp::Set { shape, change } => self.set(shape, change)?,
            BoardOp::Erase { shape } => self.turn(shape, true)?,
            BoardOp::Restore { shape } => self.turn(shape, false)?,
            BoardOp::Clear { page } => self.clear(page)?,
            BoardOp::PutPage(page) => self.put_page(page)?,
            BoardOp::SetPage { page, title, order, erased } => {
                self.set_page(page, title.as_ref(), order.as_ref(), *erased)?;
            }
        }
        self.ops.push(op.clone());
        Ok(())
    }

    fn put(&mut self, shape: &Shape) -> Result<(), Refusal> {
        self.painter.tools.need(tool_of(&shape.kind))?;
        shape.check().map_err(invalid)?;
        // The other side may have erased the page meanwhile: what is drawn there is kept with it, and lost to nobody.
        self.page(&shape.page)?;
        if self.shapes.contains_key(&shape.id) || self.reader.shape(&self.board.room, &shape.id)?.is_some() {
            return Err(exists());
        }
        if let ShapeKind::Picture { upload, .. } = &shape.kind {
            self.take_picture(upload)?;
        }
        let shape = Shape { maker: self.painter.user.clone(), ..shape.clone() };
        self.ops.push(BoardOp::Put(Box::new(shape.clone())));
        let record =
            ShapeRecord { room: self.board.room.clone(), shape, changed: self.board.number, erased: false };
        self.change(None, record)
    }

    /// A picture on a board is one that was uploaded for this call, by whichever of its users, and stays with it.
    fn take_picture(&mut self, upload: &UploadId) -> Result<(), Refusal> {
        let stored = self.reader.upload(upload)?.filter(|stored| {
            stored.attachment.picture
                && matches!(&stored.place, UploadPlace::Call(call) if call == &self.board.room)
        });
        let missing = || Failure::new(ErrorCode::UploadNotFound, "no such picture in this call");
        stored.ok_or_else(missing)?;
        self.writes.push(Write::KeepUpload(upload.clone()));
        Ok(())
    }

    fn set(&mut self, shape: &ShapeId, change: &Change) -> Result<(), Refusal> {
        let before = self.shape(shape)?;
        self.painter.tools.need(tool_of(&before.shape.kind))?;
        change.check().map_err(invalid)?;
        let mut after = before.clone();
        after.shape.looks.apply(change);
        if after.shape.weight() > MAX_SHAPE_BYTES {
            return Err(invalid("the shape is too large"));
        }
        self.change(Some(&before), after)
    }

    /// Erases, or restores.
    fn turn(&mut self, shape: &ShapeId, erased: bool) -> Result<(), Refusal> {
        let before = self.shape(shape)?;
        self.may_erase(&before.shape)?;
        let after = ShapeRecord { erased, ..before.clone() };
        self.change(Some(&before), after)
    }

    /// What one has drawn oneself one may take back without the eraser.
    fn may_erase(&self, shape: &Shape) -> Result<(), Failure> {
        let tools = self.painter.tools;
        let own = &shape.maker == self.painter.user && tools.has(tool_of(&shape.kind));
        if own { Ok(()) } else { tools.need(Tool::WbEraser) }
    }

    fn clear(&mut self, page: &PageId) -> Result<(), Refusal> {
        self.painter.tools.need(Tool::WbEraser)?;
        self.page(page)?;
        let Tally { shapes, bytes } = self.reader.page_tally(&self.board.room, page)?;
        let (there, erased) = (&mut self.board.there, &mut self.board.erased);
        *there =
            Tally { shapes: there.shapes.saturating_sub(shapes), bytes: there.bytes.saturating_sub(bytes) };
        *erased = Tally { shapes: erased.shapes + shapes, bytes: erased.bytes + bytes };
        let (room, number) = (self.board.room.clone(), self.board.number);
        self.writes.push(Write::ClearPage { room, page: page.clone(), number });
        Ok(())
    }

    /// Pages are for whoever can put something on them: who only looks leaves them as they are.
    fn may_arrange(&self) -> Result<(), Failure> {
        let tools = self.painter.tools;
        let draws = MAKING.into_iter().any(|tool| tools.has(tool));
        if draws { Ok(()) } else { tools.need(Tool::WbPen) }
    }

    fn put_page(&mut self, page: &Page) -> Result<(), Refusal> {
        self.may_arrange()?;
        page.check().map_err(invalid)?;
        if self.board.pages.iter().any(|one| one.id == page.id) {
            return Err(exists());
        }
        if self.board.pages.len() >= MAX_PAGES {
            return Err(full("pages"));
        }
        self.board.pages.push(page.clone());
        Ok(())
    }

    fn set_page(
        &mut self,
        page: &PageId,
        title: Option<&String>,
        order: Option<&String>,
        erased: Option<bool>,
    ) -> Result<(), Refusal> {
        if erased == Some(true) {
            self.painter.tools.need(Tool::WbEraser)?;
        }
        if erased != Some(true) || title.is_some() || order.is_some() {
            self.may_arrange()?;
        }
        let before = self.page(page)?.clone();
        let after = Page {
            id: before.id,
            title: title.cloned().unwrap_or(before.title),
            order: order.cloned().unwrap_or(before.order),
            erased: erased.unwrap_or(before.erased),
        };
        after.check().map_err(invalid)?;
        for one in self.board.pages.iter_mut().filter(|one| one.id == after.id) {
            one.clone_from(&after);
        }
        if self.board.pages.iter().all(|page| page.erased) {
            return Err(Failure::new(ErrorCode::InvalidRequest, "a board has a page").into());
        }
        Ok(())
    }

    fn page(&self, page: &PageId) -> Result<&Page, Refusal> {
        let found = self.board.pages.iter().find(|one| &one.id == page);
        found.ok_or_else(|| Failure::new(ErrorCode::ShapeNotFound, "there is no such page").into())
    }

    fn shape(&mut self, shape: &ShapeId) -> Result<ShapeRecord, Refusal> {
        if let Some((record, _)) = self.shapes.get(shape) {
            return Ok(record.clone());
        }
        let missing = || Failure::new(ErrorCode::ShapeNotFound, "there is no such shape");
        let record = self.reader.shape(&self.board.room, shape)?.ok_or_else(missing)?;
        self.stirred |= record.erased;
        self.shapes.insert(shape.clone(), (record.clone(), false));
        Ok(record)
    }

    /// Takes a shape over as it is now, and counts it.
    fn change(&mut self, before: Option<&ShapeRecord>, mut after: ShapeRecord) -> Result<(), Refusal> {
        if before == Some(&after) {
            return Ok(());
        }
        after.changed = self.board.number;
        if let Some(before) = before {
            let tally = self.tally(before.erased);
            tally.shapes = tally.shapes.saturating_sub(1);
            tally.bytes = tally.bytes.saturating_sub(before.shape.weight() as u64);
        }
        let weight = after.shape.weight() as u64;
        let tally = self.tally(after.erased);
        (tally.shapes, tally.bytes) = (tally.shapes + 1, tally.bytes + weight);
        let grows = before.is_none_or(|before| before.erased || (before.shape.weight() as u64) < weight);
        let Tally { shapes, bytes } = self.board.there;
        if grows && !after.erased && (shapes > MAX_SHAPES || bytes > MAX_BOARD_BYTES) {
            return Err(full(if shapes > MAX_SHAPES { "shapes" } else { "bytes" }));
        }
        self.shapes.insert(after.shape.id.clone(), (after, true));
        Ok(())
    }

    fn tally(&mut self, erased: bool) -> &mut Tally {
        if erased { &mut self.board.erased } else { &mut self.board.there }
    }

    pub fn finish(mut self, key: &BoardKey) -> StoreResult<Changed> {
        let shapes = std::mem::take(&mut self.shapes).into_values().filter(|(_, changed)| *changed);
        self.writes.extend(shapes.map(|(record, _)| Write::PutShape(Box::new(record))));
        self.forget()?;
        let number = self.board.number;
        let (room, user) = (self.board.room.clone(), self.painter.user.clone());
        let device = BoardDeviceRecord { room, user, key: key.clone(), number };
        self.writes.extend([Write::PutBoard(self.board), Write::PutBoardDevice(device)]);
        Ok(Changed { number, ops: self.ops, writes: self.writes })
    }

    /// What was erased longest ago goes for good, an eighth of what is kept at a time.
    fn forget(&mut self) -> StoreResult<()> {
        let erased = self.board.erased;
        if self.stirred || (erased.shapes <= MAX_SHAPES && erased.bytes <= MAX_BOARD_BYTES) {
            return Ok(());
        }
        let (upto, gone) = self.reader.oldest_erased(&self.board.room, (erased.shapes / 8).max(1))?;
        if gone.shapes == 0 {
            return Ok(());
        }
        self.board.forgotten = self.board.forgotten.max(upto);
        self.board.erased = Tally {
            shapes: erased.shapes.saturating_sub(gone.shapes),
            bytes: erased.bytes.saturating_sub(gone.bytes),
        };
        self.writes.push(Write::ForgetErased { room: self.board.room.clone(), upto });
        Ok(())
    }
}

/// The tools that make shapes.
const MAKING: [Tool; 4] = [Tool::WbPen, Tool::WbShape, Tool::WbText, Tool::WbAddFile];

/// Which tool makes and changes a shape.
fn tool_of(kind: &ShapeKind) -> Tool {
    match kind {
        ShapeKind::Pen { .. } => Tool::WbPen,
        ShapeKind::Rectangle | ShapeKind::Ellipse | ShapeKind::Line | ShapeKind::Arrow => Tool::WbShape,
        ShapeKind::Text => Tool::WbText,
        ShapeKind::Picture { .. } => Tool::WbAddFile,
    }
}

fn invalid(reason: &'static str) -> Refusal {
    Failure::new(ErrorCode::InvalidShape, reason).into()
}

fn exists() -> Refusal {
    Failure::new(ErrorCode::ShapeExists, "the id is taken").into()
}

fn full(what: &str) -> Refusal {
    Failure::new(ErrorCode::BoardFull, format!("the board has as many {what} as it may have")).into()
}
