//! Devices, server and the lines between them; every step of the schedule is a method.

use crate::device::{Device, Wish};
use crate::server::{Out, Server};
use bandyer_core::action::{CallAction, ChatAction, PickedFile, SocketEvent, UserAction};
use bandyer_core::api::ApiCall;
use bandyer_core::calls::{Link, Stage};
use bandyer_core::timers::{SessionTimer, TimerId};
use bandyer_hub::SessionKey;
use bandyer_protocol::{
    Attachment, CallAlias, ChatId, ChatRequest, ClientEnvelope, ClientMessage, ServerEnvelope,
    SessionRequest, Timestamp,
};
use bandyer_store::memory::Troubles;
use std::collections::VecDeque;

/// News of presence are out after this long.
const PRESENCE_MS: i64 = 5_000;

/// One socket. Each side finds out for itself that it is broken.
#[derive(Debug)]
struct Line {
    key: SessionKey,
    device: usize,
    opened: bool,
    device_knows: bool,
    server_knows: bool,
    broken: bool,
    up: VecDeque<ClientEnvelope>,
    down: VecDeque<Down>,
}

#[derive(Debug)]
enum Down {
    Frame(Box<ServerEnvelope>),
    Closed,
}

pub struct World {
    pub now: Timestamp,
    pub server: Server,
    pub devices: Vec<Device>,
    lines: Vec<Line>,
    sockets: u64,
    /// How many requests the edge refuses from now on.
    pub refusing: u32,
    /// An event was lost on an intact line.
    lost: bool,
}

impl World {
    /// Everybody has loaded the page and called `create`.
    pub fn new(users: &[&str], devices: &[(&str, &str)]) -> Self {
        let devices = devices.iter().map(|(name, user)| Device::new(name, user)).collect();
        let mut world = Self {
            now: Timestamp(1_700_000_000_000),
            server: Server::new(users),
            devices,
            lines: Vec::new(),
            sockets: 0,
            refusing: 0,
            lost: false,
        };
        for device in 0..world.devices.len() {
            world.call(device, ApiCall::Create);
        }
        world
    }

    pub fn call(&mut self, device: usize, call: ApiCall) {
        let wishes = self.devices[device].call(call, self.now);
        self.grant(device, wishes);
    }

    pub fn user(&mut self, device: usize, action: impl Into<UserAction>) {
        let wishes = self.devices[device].user(action, self.now);
        self.grant(device, wishes);
    }

    /// Types a text and presses Enter.
    pub fn write(&mut self, device: usize, chat: &ChatId, text: &str) {
        self.user(device, ChatAction::Draft { chat: chat.clone(), text: text.to_owned() });
        self.user(device, ChatAction::SendDraft { chat: chat.clone() });
    }

    /// The page is loaded anew. The old one's socket is gone without a word.
    pub fn reload(&mut self, device: usize) {
        self.hang_up(device);
        let wishes = self.devices[device].reload(self.now);
        self.grant(device, wishes);
    }

    /// The page is left, which it can still say, and loaded anew.
    pub fn leave(&mut self, device: usize) {
        let wishes = self.devices[device].leave(self.now);
        self.grant(device, wishes);
        // What was said last still goes out.
        while self.deliver_up(device, false) {}
        self.reload(device);
    }

    /// The browser of a device reports one thing. False when it has none.
    pub fn browser(&mut self, device: usize) -> bool {
        let Some(wishes) = self.devices[device].browser_news(self.now) else { return false };
        self.grant(device, wishes);
        true
    }

    /// A file for the other side of a call is picked, and has reached the server.
    pub fn give_file(&mut self, device: usize, call: &CallAlias, attachment: &Attachment) {
        let (name, size) = (attachment.name.clone(), attachment.size);
        self.user(device, CallAction::ShareFiles(vec![PickedFile { file: 1, name, size, picture: false }]));
        let given = &mut self.devices[device];
        let Some(file) = given.state.calls.files.last().map(|file| file.id.clone()) else { return };
        self.server.upload(&given.user, call, attachment);
        let wishes = given.uploaded(&file, attachment.clone(), self.now);
        self.grant(device, wishes);
    }

    /// The storage of a device answers.
    pub fn restore(&mut self, device: usize) {
        let wishes = self.devices[device].restore(self.now);
        self.grant(device, wishes);
    }

    /// One frame, or the end of the line, reaches a device. False when there is none.
    pub fn deliver_down(&mut self, device: usize) -> bool {
        let Some(line) = self.line_of(device) else { return false };
        if !line.opened {
            line.opened = true;
            let event = if line.broken { SocketEvent::Closed } else { SocketEvent::Opened };
            line.device_knows = line.broken;
            return self.socket(device, event);
        }
        match line.down.pop_front() {
            Some(Down::Frame(envelope)) => {
                let wishes = self.devices[device].hear(*envelope, self.now);
                self.grant(device, wishes);
                true
            }
            Some(Down::Closed) => {
                line.device_knows = true;
                self.socket(device, SocketEvent::Closed)
            }
            None => false,
        }
    }

    /// One frame of a device reaches the server's edge; `twice` when the network repeats it.
    pub fn deliver_up(&mut self, device: usize, twice: bool) -> bool {
        let Some(line) = self.line_of(device).filter(|line| !line.broken && line.opened) else {
            return false;
        };
        let Some(frame) = line.up.pop_front() else { return false };
        let key = line.key;
        let limited = self.refusing > 0
            && !matches!(frame.msg, ClientMessage::Session(SessionRequest::Authenticate(_)));
        let out = if limited {
            self.refusing -= 1;
            vec![self.server.limit_rate(key, &frame)]
        } else {
            let mut out = Vec::new();
            if twice && matches!(frame.msg, ClientMessage::Chat(ChatRequest::SendMessage { .. })) {
                out.extend(self.server.receive(key, frame.clone()));
            }
            out.extend(self.server.receive(key, frame));
            out
        };
        self.post(out);
        true
    }

    /// The socket opens, the token goes up, the welcome comes down; whatever else is under way stays there.
    pub fn connect(&mut self, device: usize) {
        self.deliver_down(device);
        self.deliver_up(device, false);
        self.turn(usize::MAX);
        self.deliver_down(device);
    }

    /// Everything under way between a device and the server arrives, and what follows from it.
    pub fn pump(&mut self, device: usize) {
        for _ in 0..6 {
            while self.deliver_up(device, false) {}
            self.turn(usize::MAX);
            while self.deliver_down(device) {}
        }
    }

    /// The next durable event for a device disappears. The device has to notice, at the latest when the line is
    /// renewed.
    pub fn lose_event(&mut self, device: usize) {
        let Some(line) = self.line_of(device) else { return };
        let durable =
            |down: &Down| matches!(down, Down::Frame(frame) if frame.step.is_some() && frame.re.is_none());
        if let Some(place) = line.down.iter().position(durable) {
            line.down.remove(place);
            self.lost = true;
        }
    }

    /// The server decides and commits at most so many inputs.
    pub fn turn(&mut self, most: usize) {
        let out = self.server.turn(most, self.now);
        self.post(out);
    }

    /// Cuts the line of a device; frames under way are lost. Whoever is not told finds out later.
    pub fn cut(&mut self, device: usize, tell_device: bool, tell_server: bool) {
        let Some(line) = self.line_of(device) else { return };
        line.broken = true;
        line.up.clear();
        line.down.clear();
        if tell_device {
            line.down.push_back(Down::Closed);
        }
        if tell_server && !line.server_knows {
            line.server_knows = true;
            let key = line.key;
            self.server.disconnect(key);
        }
    }

    /// The server is killed in the middle of a batch and starts again at once.
    pub fn kill(&mut self, in_batch: usize) {
        self.server.die(in_batch, false, self.now);
        self.break_all();
    }

    /// The server is killed when a batch is committed, and nobody was told of it.
    pub fn kill_after_commit(&mut self, in_batch: usize) {
        self.server.die(in_batch, true, self.now);
        self.break_all();
    }

    /// The server finishes what it has, says that it restarts, and does.
    pub fn restart(&mut self) {
        let out = self.server.stop(self.now);
        self.post(out);
        self.server.die(0, false, self.now);
        self.break_all();
    }

    fn break_all(&mut self) {
        for line in self.lines.iter_mut().filter(|line| !line.server_knows) {
            line.server_knows = true;
            if !line.broken {
                line.broken = true;
                line.up.clear();
                line.down.push_back(Down::Closed);
            }
        }
    }

    /// Time goes by; whatever is due meanwhile happens, in its order.
    pub fn pass(&mut self, ms: i64) {
        let until = self.now.plus_ms(ms);
        loop {
            let due = self
                .devices
                .iter()
                .enumerate()
                .flat_map(|(device, d)| d.timers.values().map(move |at| (*at, device)));
            match due.min().filter(|(at, _)| *at <= until) {
                Some((at, device)) => {
                    self.now = self.now.max(at);
                    if let Some(wishes) = self.devices[device].next_timer(self.now) {
                        self.grant(device, wishes);
                    }
                }
                None => break,
            }
        }
        self.now = until;
    }

    /// The network recovers and everything that is under way arrives, until nothing happens any more.
    pub fn settle(&mut self) {
        self.refusing = 0;
        *self.server.troubles() = Troubles::default();
        if std::mem::take(&mut self.lost) {
            (0..self.devices.len()).for_each(|device| self.cut(device, true, true));
        }
        for round in 0..2_000 {
            self.tell_everybody();
            let mut busy = false;
            for device in 0..self.devices.len() {
                self.restore(device);
                while self.browser(device) {
                    busy = true;
                }
                while self.deliver_up(device, false) {
                    busy = true;
                }
            }
            busy |= !self.server.is_idle();
            self.turn(usize::MAX);
            for device in 0..self.devices.len() {
                while self.deliver_down(device) {
                    busy = true;
                }
            }
            if busy {
                continue;
            }
            if !self.waiting() {
                return;
            }
            assert!(round < 1_900, "the world does not come to rest");
            self.pass(250);
        }
    }

    /// Broken lines are noticed on both sides.
    fn tell_everybody(&mut self) {
        for line in self.lines.iter_mut().filter(|line| line.broken) {
            if !line.server_knows {
                line.server_knows = true;
                self.server.disconnect(line.key);
            }
            if !line.device_knows && !line.down.iter().any(|down| matches!(down, Down::Closed)) {
                line.down.push_back(Down::Closed);
            }
        }
        self.lines.retain(|line| !(line.broken && line.device_knows && line.server_knows));
    }

    /// Something is still to come: a timer other than those that always run, or presence news.
    fn waiting(&self) -> bool {
        let always = |timer: &TimerId| {
            matches!(
                timer,
                TimerId::Session(SessionTimer::Heartbeat)
                    | TimerId::Session(SessionTimer::TokenExpiry)
                    | TimerId::Session(SessionTimer::TokenWarning)
            )
        };
        self.server_waits()
            || self.devices.iter().any(|device| device.timers.keys().any(|timer| !always(timer)))
    }

    /// While two talk, the server writes down every quarter of a minute for how long: that always runs, too. Presence
    /// news come sooner. Where nobody talks, whatever the server waits for is still to come: the end of a call whose
    /// pages are gone.
    fn server_waits(&self) -> bool {
        let rests = |device: &Device| match &device.state.calls.stage {
            Stage::Active(active) => active.link == Link::Connected && !active.peer_line_down,
            Stage::Idle => true,
            Stage::Requested(_) | Stage::Dial(_) | Stage::Closing(_) => false,
        };
        let resting = self.devices.iter().all(|device| device.unmounted || rests(device));
        let talking = self.devices.iter().any(|device| matches!(device.state.calls.stage, Stage::Active(_)));
        let soon = |at: Timestamp| !(resting && talking) || at.since(self.now) <= PRESENCE_MS;
        self.server.next_deadline().is_some_and(soon)
    }

    fn socket(&mut self, device: usize, event: SocketEvent) -> bool {
        let wishes = self.devices[device].socket(event, self.now);
        self.grant(device, wishes);
        true
    }

    fn grant(&mut self, device: usize, wishes: Vec<Wish>) {
        for wish in wishes {
            match wish {
                Wish::Open => {
                    self.sockets += 1;
                    self.lines.push(Line {
                        key: SessionKey(self.sockets),
                        device,
                        opened: false,
                        device_knows: false,
                        server_knows: false,
                        broken: false,
                        up: VecDeque::new(),
                        down: VecDeque::new(),
                    });
                }
                Wish::Close => self.hang_up(device),
                Wish::Send(envelope) => {
                    let line = self.line_of(device);
                    assert!(line.is_some(), "sent without a socket: {envelope:?}");
                    if let Some(line) = line.filter(|line| !line.broken) {
                        line.up.push_back(*envelope);
                    }
                }
            }
        }
    }

    /// The device closes its socket and hears no more of it.
    fn hang_up(&mut self, device: usize) {
        if let Some(line) = self.line_of(device) {
            line.broken = true;
            line.device_knows = true;
            line.up.clear();
            line.down.clear();
        }
    }

    /// How many sockets there are that nobody has given up.
    pub fn sockets(&self) -> usize {
        self.lines.iter().filter(|line| !line.broken).count()
    }

    /// The line the device believes to have.
    fn line_of(&mut self, device: usize) -> Option<&mut Line> {
        self.lines.iter_mut().find(|line| line.device == device && !line.device_knows)
    }

    fn post(&mut self, out: Vec<Out>) {
        for out in out {
            let key = match &out {
                Out::Frame(key, _) | Out::Close(key) => *key,
            };
            let Some(line) = self.lines.iter_mut().find(|line| line.key == key && !line.broken) else {
                continue;
            };
            match out {
                Out::Frame(_, envelope) => line.down.push_back(Down::Frame(envelope)),
                Out::Close(_) => {
                    line.broken = true;
                    line.up.clear();
                    line.down.push_back(Down::Closed);
                }
            }
        }
    }
}
