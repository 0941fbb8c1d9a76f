//! How much one user may ask for, over all their sockets.

use crate::auth::token::AccessToken;
use crate::config::Config;
use bandyer_protocol::board::BoardRequest;
use bandyer_protocol::{
    CallRequest, ChatRequest, ClientMessage, ErrorCode, Failure, SessionRequest, UserAlias, UserRequest,
};
use governor::clock::{Clock, DefaultClock};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};
use std::num::NonZeroU32;

/// What a request costs, in plain requests, where much is read for it: a part of the list of chats, or of a board …
pub const CATCHING_UP: u32 = 10;
/// … or everybody who is there.
const EVERYBODY: u32 = 5;

/// Operations on a board that cost as much as a request more.
const OPS_A_REQUEST: usize = 50;

/// In plain requests. A frame nobody understands costs as much as any.
fn cost(message: Option<&ClientMessage>) -> u32 {
    match message {
        Some(ClientMessage::Session(SessionRequest::Resync { .. })) => CATCHING_UP,
        Some(ClientMessage::User(UserRequest::ListOnline)) => EVERYBODY,
        Some(ClientMessage::Board(request)) => match &**request {
            BoardRequest::Open { .. } => CATCHING_UP,
            BoardRequest::Apply { ops, .. } => {
                u32::try_from(ops.len() / OPS_A_REQUEST).unwrap_or(u32::MAX).saturating_add(1)
            }
            BoardRequest::Close { .. } => 1,
        },
        Some(_) | None => 1,
    }
}

/// A user, and apart from them whoever was given a link of theirs.
type Asker = (UserAlias, bool);

pub struct Limiter {
    messages: DefaultKeyedRateLimiter<Asker>,
    requests: DefaultKeyedRateLimiter<Asker>,
    /// A flood of candidates must not keep a user from writing.
    signals: DefaultKeyedRateLimiter<Asker>,
    clock: DefaultClock,
    /// Nothing costs more than a user may ever ask for.
    request_burst: u32,
}

impl Limiter {
    pub fn new(config: &Config) -> Self {
        let quota = |per_second, burst| {
            let at_least_one = |n| NonZeroU32::new(n).unwrap_or(NonZeroU32::MIN);
            Quota::per_second(at_least_one(per_second)).allow_burst(at_least_one(burst))
        };
        Self {
            messages: RateLimiter::keyed(quota(config.messages_per_second, config.message_burst)),
            requests: RateLimiter::keyed(quota(config.requests_per_second, config.request_burst)),
            signals: RateLimiter::keyed(quota(config.signals_per_second, config.signal_burst)),
            clock: DefaultClock::default(),
            request_burst: config.request_burst.max(1),
        }
    }

    /// # Errors
    /// `rate_limited`, with the time after which it may be tried again.
    pub fn check(&self, token: &AccessToken, message: Option<&ClientMessage>) -> Result<(), Failure> {
        match message {
            Some(ClientMessage::Chat(ChatRequest::SendMessage { .. })) => {
                self.spend(&self.messages, token, 1)
            }
            Some(ClientMessage::Call(CallRequest::Signal { .. })) => self.spend(&self.signals, token, 1),
            other => self.check_cost(token, cost(other)),
        }
    }

    /// Something that costs as much as so many plain requests.
    ///
    /// # Errors
    /// `rate_limited`, with the time after which it may be tried again.
    pub fn check_cost(&self, token: &AccessToken, cost: u32) -> Result<(), Failure> {
        self.spend(&self.requests, token, cost.min(self.request_burst))
    }

    fn spend(
        &self,
        limiter: &DefaultKeyedRateLimiter<Asker>,
        token: &AccessToken,
        cost: u32,
    ) -> Result<(), Failure> {
        let asker = (token.user.clone(), token.scope.is_some());
        let cost = NonZeroU32::new(cost).unwrap_or(NonZeroU32::MIN);
        // More than fits at all is cut down to what fits above.
        let Ok(Err(refused)) = limiter.check_key_n(&asker, cost) else { return Ok(()) };
        let wait = refused.wait_time_from(self.clock.now());
        let mut failure = Failure::new(ErrorCode::RateLimited, "too many requests");
        failure.retry_after_ms = Some(u32::try_from(wait.as_millis()).unwrap_or(u32::MAX).saturating_add(1));
        Err(failure)
    }

    /// Forgets users who have asked for nothing lately.
    pub fn forget_idle(&self) {
        self.messages.retain_recent();
        self.requests.retain_recent();
        self.signals.retain_recent();
        self.messages.shrink_to_fit();
        self.requests.shrink_to_fit();
        self.signals.shrink_to_fit();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use bandyer_protocol::board::{BoardKey, BoardOp, MAX_OPS};
    use bandyer_protocol::{BoardDevice, CallAlias, ShapeId};

    #[test]
    fn a_board_costs_what_is_read_and_written_for_it() {
        let room = CallAlias::parse("room_1").unwrap();
        let apply = |ops: usize| {
            let key = BoardKey { device: BoardDevice::parse("d1").unwrap(), count: 1 };
            let ops = vec![BoardOp::Erase { shape: ShapeId::parse("s").unwrap() }; ops];
            ClientMessage::from(BoardRequest::Apply { room: room.clone(), key, ops })
        };
        let open = BoardRequest::Open { room: room.clone(), after: 0, epoch: None, from: None };
        let costs = [open.into(), apply(1), apply(49), apply(50), apply(MAX_OPS)]
            .map(|message: ClientMessage| cost(Some(&message)));
        assert_eq!(costs, [CATCHING_UP, 1, 1, 2, 11]);
        assert_eq!(cost(Some(&BoardRequest::Close { room: room.clone() }.into())), 1);
    }
}
