//! Opening, watching and re-opening the socket.

use super::{Line, Phase, Session};
use crate::api::{ApiCallId, ApiError, ApiErrorCode};
use crate::effect::{Effect, SocketCommand};
use crate::questions::Question;
use crate::step::{Step, Transition, reply, start_timer, stop_timer};
use crate::timers::{SessionTimer, TimerId};
use bandyer_protocol::{Authenticate, Features, SessionRequest, Timestamp};

/// `create` gives up after this long.
pub const CONNECT_MS: u32 = 10_000;
/// A socket must open, and a token be answered, within this time.
const OPEN_MS: u32 = 10_000;
/// A line that said nothing for so long is asked for a sign of life …
const IDLE_MS: u32 = 20_000;
/// … and given up when none comes.
const PONG_MS: u32 = 10_000;
/// After waking up, silence of this length is reason enough to ask.
const AWAKE_IDLE_MS: i64 = 3_000;
const FIRST_DELAY_MS: u32 = 1_000;
const LAST_DELAY_MS: u32 = 5_000;

impl Session {
    /// The host page called `create`.
    pub(crate) fn create(&mut self, call: ApiCallId) -> Vec<Step> {
        if self.phase != Phase::Starting || self.create.is_some() {
            let error = ApiError::new(ApiErrorCode::NotPermitted, "This widget was created before");
            return vec![reply(call, Err(error))];
        }
        self.create = Some(call);
        let mut steps = vec![start_timer(TimerId::Session(SessionTimer::Connect), CONNECT_MS)];
        steps.extend(self.open());
        steps
    }

    fn open(&mut self) -> Vec<Step> {
        self.line = Line::Opening;
        vec![
            stop_timer(TimerId::Session(SessionTimer::Reconnect)),
            Step::Do(Effect::Socket(SocketCommand::Open)),
            start_timer(TimerId::Session(SessionTimer::Heartbeat), OPEN_MS),
        ]
    }

    /// The socket is open: the token goes first.
    pub(crate) fn opened(&mut self) -> Vec<Step> {
        if self.line != Line::Opening {
            return Vec::new();
        }
        self.line = Line::Authenticating;
        let since = self.recount.unwrap_or(self.cursor);
        let message = SessionRequest::Authenticate(Authenticate {
            token: self.credential(),
            cursor: (since.0 > 0).then_some(since),
            epoch: self.epoch.clone().filter(|_| since.0 > 0),
            client: env!("CARGO_PKG_VERSION").to_owned(),
            features: Features::own(),
        });
        let mut steps = vec![start_timer(TimerId::Session(SessionTimer::Heartbeat), OPEN_MS)];
        steps.extend(self.ask(Question::Authenticate, message));
        steps
    }

    /// The socket is gone.
    pub(crate) fn closed(&mut self) -> Vec<Step> {
        if self.line == Line::Down {
            return Vec::new();
        }
        let was_ready = self.line == Line::Ready;
        self.line = Line::Down;
        self.pinged = None;
        self.resyncing = false;
        let mut steps = vec![stop_timer(TimerId::Session(SessionTimer::Heartbeat))];
        steps.extend(self.forget_unanswered());
        if self.phase == Phase::Connected {
            self.phase = Phase::Reconnecting;
            self.quiet = self.restart_after.is_some();
        }
        if was_ready {
            steps.push(Step::Told(Transition::LineLost));
        } else {
            self.quiet = false;
        }
        let delay = self.next_delay();
        steps.push(start_timer(TimerId::Session(SessionTimer::Reconnect), delay));
        steps
    }

    /// Gives a line up that is not closed yet.
    pub(crate) fn drop_line(&mut self) -> Vec<Step> {
        let mut steps = vec![Step::Do(Effect::Socket(SocketCommand::Close))];
        steps.extend(self.closed());
        steps
    }

    /// The same, coming back after a time the server chose.
    pub(super) fn drop_line_for(&mut self, ms: Option<u32>) -> Vec<Step> {
        let mut steps = self.drop_line();
        if let Some(ms) = ms {
            steps.push(start_timer(TimerId::Session(SessionTimer::Reconnect), ms.max(FIRST_DELAY_MS)));
        }
        steps
    }

    pub(crate) fn reconnect_due(&mut self) -> Vec<Step> {
        match (self.phase, self.line) {
            (Phase::Starting | Phase::Reconnecting, Line::Down) => self.open(),
            (Phase::Starting | Phase::Reconnecting | Phase::Connected | Phase::Over, _) => Vec::new(),
        }
    }

    /// The network is back or the page visible again.
    pub(crate) fn awake(&mut self, now: Timestamp) -> Vec<Step> {
        match self.line {
            Line::Down => self.reconnect_due(),
            Line::Opening | Line::Authenticating => Vec::new(),
            Line::Ready if self.pinged.is_none() && now.since(self.last_heard) > AWAKE_IDLE_MS => {
                self.ping(now)
            }
            Line::Ready => Vec::new(),
        }
    }

    /// The line was silent too long, or was asked for a sign of life, or did not open in time.
    pub(crate) fn heartbeat_due(&mut self, now: Timestamp) -> Vec<Step> {
        match self.line {
            Line::Down => Vec::new(),
            Line::Opening | Line::Authenticating => self.drop_line(),
            Line::Ready => match self.pinged {
                Some(at) if self.last_heard < at => self.drop_line(),
                Some(_) | None => {
                    self.pinged = None;
                    let idle = now.since(self.last_heard).clamp(0, i64::from(IDLE_MS)).unsigned_abs() as u32;
                    if idle >= IDLE_MS {
                        self.ping(now)
                    } else {
                        vec![start_timer(TimerId::Session(SessionTimer::Heartbeat), IDLE_MS - idle)]
                    }
                }
            },
        }
    }

    pub(super) fn watch(&self) -> Step {
        start_timer(TimerId::Session(SessionTimer::Heartbeat), IDLE_MS)
    }

    fn ping(&mut self, now: Timestamp) -> Vec<Step> {
        self.pinged = Some(now);
        let mut steps = self.ask(Question::Ping, SessionRequest::Ping);
        steps.push(start_timer(TimerId::Session(SessionTimer::Heartbeat), PONG_MS));
        steps
    }

    /// Back-off from one to five seconds, spread by the seed so that a thousand widgets do not come back at once.
    fn next_delay(&mut self) -> u32 {
        let base = match self.restart_after.take() {
            Some(ms) => ms.clamp(100, 60_000),
            None => FIRST_DELAY_MS.saturating_mul(1 << self.attempts.min(3)).min(LAST_DELAY_MS),
        };
        self.attempts = self.attempts.saturating_add(1);
        let spread = base / 4;
        base - spread + self.dice() % (2 * spread + 1)
    }

    fn dice(&self) -> u32 {
        let bytes = self.seed.bytes().chain(self.attempts.to_le_bytes());
        bytes.fold(0x811c_9dc5_u32, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193)) >> 8
    }
}
