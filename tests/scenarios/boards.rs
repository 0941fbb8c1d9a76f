//! A room whose two users draw, each on devices of their own, and lines to the real engine that break wherever they like.

use crate::server::{Out, Server};
use bandyer_core::board::{Board, BoardEffect};
use bandyer_hub::SessionKey;
use bandyer_protocol::board::{BoardAnswer, BoardOp, BoardQuestion, Page, Shape};
use bandyer_protocol::{
    Authenticate, BoardDevice, CallAlias, CallType, ClientEnvelope, ClientMessage, ErrorCode, Features,
    PROTOCOL_VERSION, RecordingType, RequestId, ServerEnvelope, ServerMessage, SessionNews, SessionRequest,
    ShapeId, Timestamp, UserAlias, secret::Secret,
};
use bandyer_records::{RoomParticipant, RoomRecord};
use std::collections::{BTreeMap, BTreeSet, VecDeque};

/// A page with the board open. What it has not sent is lost when it is loaded anew.
pub struct Desk {
    pub board: Board,
    user: UserAlias,
    loads: u32,
    line: Option<SessionKey>,
    up: VecDeque<ClientEnvelope>,
    down: VecDeque<ServerEnvelope>,
    /// It does not come back before it is told to.
    pub away: bool,
    /// It is to go on when it is asked to.
    pausing: bool,
    pub refused: Vec<ErrorCode>,
    /// The shapes it has put there, and has not lost by being loaded anew.
    pub put: BTreeSet<ShapeId>,
}

pub struct Boards {
    pub server: Server,
    pub desks: Vec<Desk>,
    now: Timestamp,
    sockets: u64,
    /// How many requests the edge refuses from now on, for a while.
    pub refusing: u32,
}

/// The longest frame that the server takes, in bytes.
const LONGEST_FRAME: usize = 65_536;

/// A board as somebody sees it.
#[derive(Debug, PartialEq)]
pub struct Seen {
    pub pages: Vec<Page>,
    pub shapes: BTreeMap<ShapeId, Shape>,
}

fn room() -> CallAlias {
    CallAlias::parse("room_1").unwrap_or_else(|_| unreachable!("a valid name"))
}

fn alias(user: &str) -> UserAlias {
    UserAlias::parse(user).unwrap_or_else(|_| unreachable!("a valid name"))
}

fn board(user: &UserAlias, desk: usize, loads: u32) -> Board {
    let device = BoardDevice::parse(&format!("d{desk}l{loads}"));
    Board::new(room(), user.clone(), device.unwrap_or_else(|_| unreachable!("a valid name")))
}

fn record(users: &[UserAlias; 2]) -> RoomRecord {
    let participant =
        |user: &UserAlias| RoomParticipant { user: user.clone(), is_admin: false, tools: None, link: None };
    RoomRecord {
        room: room(),
        initiator: None,
        participants: users.iter().map(participant).collect(),
        call_type: CallType::AudioVideo,
        record: false,
        recording_type: RecordingType::Automatic,
        direct: false,
        live: false,
        dialed: false,
        description: None,
        duration_s: None,
        used_ms: 0,
        created_at: Timestamp(0),
        expires_at: None,
        disabled: false,
        deleted: false,
    }
}

impl Boards {
    /// A room of anna and bob, who look at its board on these devices.
    pub fn new(users: &[&str]) -> Self {
        let mut server = Server::new(&["anna", "bob"]);
        server.add_room(record(&[alias("anna"), alias("bob")]));
        let desk = |(at, user): (usize, &&str)| Desk {
            board: board(&alias(user), at, 0),
            user: alias(user),
            loads: 0,
            line: None,
            up: VecDeque::new(),
            down: VecDeque::new(),
            away: false,
            pausing: false,
            refused: Vec::new(),
            put: BTreeSet::new(),
        };
        let desks = users.iter().enumerate().map(desk).collect();
        Self { server, desks, now: Timestamp(1_700_000_000_000), sockets: 0, refusing: 0 }
    }

    /// A line is opened, where there is none.
    pub fn connect(&mut self, desk: usize) {
        self.sockets += 1;
        let desk = &mut self.desks[desk];
        if desk.line.is_some() {
            return;
        }
        desk.line = Some(SessionKey(self.sockets));
        let request = SessionRequest::Authenticate(Authenticate {
            token: Secret(desk.user.to_string()),
            cursor: None,
            epoch: None,
            client: "test".to_owned(),
            features: Features::own(),
        });
        let msg = ClientMessage::Session(request);
        desk.up.push_back(ClientEnvelope { v: PROTOCOL_VERSION, id: RequestId(1), msg });
    }

    /// The line breaks, with all that was under way.
    pub fn cut(&mut self, desk: usize) {
        let desk = &mut self.desks[desk];
        if let Some(line) = desk.line.take() {
            self.server.disconnect(line);
            desk.up.clear();
            desk.down.clear();
            let effects = desk.board.line(false);
            desk.obey(effects);
        }
    }

    /// The page is loaded anew: nothing that was not sent is left.
    pub fn reload(&mut self, at: usize) {
        self.cut(at);
        let desk = &mut self.desks[at];
        desk.loads += 1;
        desk.board = board(&desk.user, at, desk.loads);
        desk.put.clear();
        self.connect(at);
    }

    pub fn perform(&mut self, desk: usize, ops: Vec<BoardOp>) {
        let desk = &mut self.desks[desk];
        desk.put.extend(ops.iter().filter_map(|op| match op {
            BoardOp::Put(shape) => Some(shape.id.clone()),
            _ => None,
        }));
        let effects = desk.board.perform(ops);
        desk.obey(effects);
    }

    pub fn undo(&mut self, desk: usize) {
        let effects = self.desks[desk].board.undo();
        self.desks[desk].obey(effects);
    }

    pub fn redo(&mut self, desk: usize) {
        let effects = self.desks[desk].board.redo();
        self.desks[desk].obey(effects);
    }

    /// The device's next frame reaches the server.
    pub fn deliver_up(&mut self, desk: usize) -> bool {
        let desk = &mut self.desks[desk];
        let (Some(line), Some(frame)) = (desk.line, desk.up.pop_front()) else { return false };
        let out = match self.refusing.checked_sub(1) {
            Some(left) if frame.id != RequestId(1) => {
                self.refusing = left;
                vec![self.server.limit_rate(line, &frame)]
            }
            Some(_) | None => self.server.receive(line, frame),
        };
        self.take(out);
        true
    }

    /// The server's next frame reaches the device.
    pub fn deliver_down(&mut self, at: usize) -> bool {
        let desk = &mut self.desks[at];
        let Some(frame) = desk.down.pop_front() else { return false };
        match frame.msg {
            ServerMessage::Session(SessionNews::Welcome(_)) => {
                let effects = desk.board.line(true);
                desk.obey(effects);
            }
            // It is not let in now: it comes back.
            ServerMessage::Error(_) if frame.re == Some(RequestId(1)) => self.cut(at),
            _ => desk.hear(&frame),
        }
        true
    }

    /// One turn of the engine with at most so many inputs.
    pub fn turn(&mut self, most: usize) {
        self.now = self.now.plus_ms(1);
        let out = self.server.turn(most, self.now);
        self.take(out);
    }

    /// The server dies, and comes back.
    pub fn kill(&mut self, in_batch: usize, committed: bool) {
        self.server.die(in_batch, committed, self.now);
        for desk in 0..self.desks.len() {
            self.cut(desk);
        }
    }

    /// What the server asked to wait for is over.
    pub fn go_on(&mut self, desk: usize) {
        let desk = &mut self.desks[desk];
        if std::mem::take(&mut desk.pausing) {
            let effects = desk.board.go_on();
            desk.obey(effects);
        }
    }

    fn take(&mut self, out: Vec<Out>) {
        for out in out {
            match out {
                Out::Frame(session, frame) => {
                    let desk = self.desks.iter_mut().find(|desk| desk.line == Some(session));
                    desk.into_iter().for_each(|desk| desk.down.push_back((*frame).clone()));
                }
                Out::Close(session) => {
                    if let Some(desk) = self.desks.iter().position(|desk| desk.line == Some(session)) {
                        self.cut(desk);
                    }
                }
            }
        }
    }

    /// Nothing goes wrong any more, and everything that is under way arrives. False when it never comes to rest.
    pub fn settle(&mut self) -> bool {
        *self.server.troubles() = Default::default();
        self.refusing = 0;
        for _ in 0..2_000 {
            let mut busy = false;
            for desk in (0..self.desks.len()).filter(|desk| !self.desks[*desk].away).collect::<Vec<_>>() {
                busy |= self.desks[desk].line.is_none() || self.desks[desk].pausing;
                self.connect(desk);
                self.go_on(desk);
                while self.deliver_up(desk) || self.deliver_down(desk) {
                    busy = true;
                }
            }
            busy |= !self.server.is_idle();
            self.turn(usize::MAX);
            busy |= self.desks.iter().any(|desk| !desk.up.is_empty() || !desk.down.is_empty());
            if !busy {
                return true;
            }
        }
        false
    }

    /// The board as the server keeps it.
    pub fn kept(&self) -> Seen {
        self.server.board(&room())
    }

    /// Every shape that the server still knows, erased or not.
    pub fn known(&self) -> BTreeSet<ShapeId> {
        self.server.shapes_ever(&room())
    }
}

impl Desk {
    fn obey(&mut self, effects: Vec<BoardEffect>) {
        for effect in effects {
            match effect {
                BoardEffect::Send(question) => self.send(&question),
                BoardEffect::Pause(_) => self.pausing = true,
                BoardEffect::Refused(code) => self.refused.push(code),
                BoardEffect::Changed(_) | BoardEffect::Told { .. } => {}
            }
        }
    }

    /// As text: what one side writes, the other one reads.
    fn send(&mut self, question: &BoardQuestion) {
        let text = serde_json::to_string(question).unwrap_or_default();
        assert!(text.len() <= LONGEST_FRAME, "a frame of {} bytes", text.len());
        let Ok(frame) = serde_json::from_str(&text) else { unreachable!("a frame that cannot be read") };
        if self.line.is_some() {
            self.up.push_back(frame);
        }
    }

    fn hear(&mut self, frame: &ServerEnvelope) {
        let answer = serde_json::to_string(frame).and_then(|text| BoardAnswer::read(&text));
        if let Ok(answer) = answer {
            let effects = self.board.heard(answer);
            self.obey(effects);
        }
    }

    /// The board as this device shows it.
    pub fn sees(&self) -> Seen {
        let pages = self.board.pages();
        let shapes = pages.iter().flat_map(|page| self.board.shapes(&page.id));
        let shapes = shapes.map(|shape| (shape.id.clone(), (*shape).clone())).collect();
        Seen { pages, shapes }
    }

    pub fn user(&self) -> &UserAlias {
        &self.user
    }
}
