//! How far this device has followed the board, and what it has asked the server.

use bandyer_protocol::board::{BoardPart, BoardQuestion, BoardRequest, Mark};
use bandyer_protocol::{CallAlias, Epoch, FIRST_DESK_REQUEST, RequestId};

#[derive(Debug, Default)]
pub struct Line {
    up: bool,
    last_request: u32,
    opening: Option<Opening>,
    applying: Option<RequestId>,
    /// The board's number that is followed up to, and the epoch it is of; `None` before it was ever open.
    at: Option<(u64, Epoch)>,
    /// The server tells what changes, on this line.
    followed: bool,
    /// The parts that come, or came last, begin the board afresh.
    afresh: bool,
}

/// The board comes in parts.
#[derive(Debug)]
struct Opening {
    request: RequestId,
    after: u64,
    /// The first part is still to come.
    first: bool,
    asked: BoardRequest,
    /// The server wants to be asked again later.
    put_off: bool,
}

impl Line {
    pub fn is_up(&self) -> bool {
        self.up
    }

    /// What was on its way is lost, or will be told again.
    pub fn set_up(&mut self, up: bool) {
        (self.up, self.opening, self.applying, self.followed) = (up, None, None, false);
    }

    /// The board has been here in whole.
    pub fn was_open(&self) -> bool {
        self.at.is_some()
    }

    fn number(&mut self) -> RequestId {
        let id = RequestId(FIRST_DESK_REQUEST | self.last_request);
        self.last_request = (self.last_request + 1) % FIRST_DESK_REQUEST;
        id
    }

    /// Asks for what changed since.
    pub fn open(&mut self, room: &CallAlias) -> BoardQuestion {
        let (after, epoch) = self.at.clone().map_or((0, None), |(number, epoch)| (number, Some(epoch)));
        let asked = BoardRequest::Open { room: room.clone(), after, epoch, from: None };
        self.ask(after, true, asked)
    }

    fn go_on(&mut self, room: &CallAlias, after: u64, epoch: Option<Epoch>, from: Mark) -> BoardQuestion {
        let asked = BoardRequest::Open { room: room.clone(), after, epoch, from: Some(from) };
        self.ask(after, false, asked)
    }

    fn ask(&mut self, after: u64, first: bool, asked: BoardRequest) -> BoardQuestion {
        let request = self.number();
        self.opening = Some(Opening { request, after, first, asked: asked.clone(), put_off: false });
        BoardQuestion::new(request, asked)
    }

    /// The server wants to be asked for that part again later. What has come of the board stays.
    pub fn put_off(&mut self) {
        if let Some(opening) = &mut self.opening {
            opening.put_off = true;
        }
    }

    /// Asks again for the part that was put off.
    pub fn ask_again(&mut self) -> Option<BoardQuestion> {
        let Opening { after, first, asked, .. } = self.opening.take_if(|opening| opening.put_off)?;
        Some(self.ask(after, first, asked))
    }

    /// These requests, of which the first may be on its way already, and no more news.
    pub fn close(&mut self, requests: Vec<BoardRequest>, room: &CallAlias) -> Vec<BoardQuestion> {
        let on_its_way = usize::from(self.applying.is_some());
        let last = BoardRequest::Close { room: room.clone() };
        let requests = requests.into_iter().skip(on_its_way).chain([last]);
        requests.map(|request| BoardQuestion::new(self.number(), request)).collect()
    }

    /// One gesture at a time, and none while the board comes: it may be in there already.
    pub fn apply(&mut self, request: BoardRequest) -> Option<BoardQuestion> {
        if !self.followed || self.opening.is_some() || self.applying.is_some() {
            return None;
        }
        let id = self.number();
        self.applying = Some(id);
        Some(BoardQuestion::new(id, request))
    }

    /// True when that is the answer to what was asked last about the board as a whole.
    pub fn takes_opening(&self, re: RequestId) -> bool {
        self.opening.as_ref().is_some_and(|opening| opening.request == re)
    }

    /// The board could not be had.
    pub fn gave_up(&mut self) {
        (self.opening, self.followed) = (None, false);
    }

    /// True when that is the answer to the gesture on its way, of which there is none any more.
    pub fn takes_applying(&mut self, re: RequestId) -> bool {
        let is = self.applying == Some(re);
        if is {
            self.applying = None;
        }
        is
    }

    /// A complete board begins with the part that comes next.
    pub fn begins(&self) -> bool {
        self.opening.as_ref().is_some_and(|opening| opening.first)
    }

    /// A part is here; asks for the next one.
    pub fn took_part(&mut self, room: &CallAlias, part: &BoardPart) -> Option<BoardQuestion> {
        let opening = self.opening.take()?;
        if opening.first {
            self.afresh = part.complete;
        }
        match &part.more {
            Some(mark) => {
                let after = if self.afresh { 0 } else { opening.after };
                Some(self.go_on(room, after, Some(part.epoch.clone()), mark.clone()))
            }
            None => {
                self.at = Some((part.number, part.epoch.clone()));
                self.followed = true;
                None
            }
        }
    }

    /// The board that came last was a whole one.
    pub fn was_afresh(&self) -> bool {
        self.afresh
    }

    pub fn is_opening(&self) -> bool {
        self.opening.is_some()
    }

    /// It is here and kept up, or on its way.
    pub fn is_followed(&self) -> bool {
        self.followed || self.opening.is_some()
    }

    /// That change is in here already.
    pub fn knows(&self, number: u64) -> bool {
        self.at.as_ref().is_some_and(|(at, _)| number <= *at)
    }

    /// A change with that number joins on; then the board stands there.
    pub fn joins(&mut self, number: u64) -> bool {
        let Some((at, _)) = &mut self.at else { return false };
        let joins = number == *at + 1;
        if joins {
            *at = number;
        }
        joins
    }
}
