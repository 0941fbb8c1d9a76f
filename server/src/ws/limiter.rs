//! How much one user may ask for, over all their sockets.

use crate::config::Config;
use bandyer_protocol::{CallRequest, ChatRequest, ClientMessage, ErrorCode, Failure, UserAlias};
use governor::clock::{Clock, DefaultClock};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};
use std::num::NonZeroU32;

pub struct Limiter {
    messages: DefaultKeyedRateLimiter<UserAlias>,
    requests: DefaultKeyedRateLimiter<UserAlias>,
    /// A flood of candidates must not keep a user from writing.
    signals: DefaultKeyedRateLimiter<UserAlias>,
    clock: DefaultClock,
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
        }
    }

    /// # Errors
    /// `rate_limited`, with the time after which it may be tried again.
    pub fn check(&self, user: &UserAlias, message: Option<&ClientMessage>) -> Result<(), Failure> {
        let limiter = match message {
            Some(ClientMessage::Chat(ChatRequest::SendMessage { .. })) => &self.messages,
            Some(ClientMessage::Call(CallRequest::Signal { .. })) => &self.signals,
            // A frame nobody understands costs as much as any request.
            Some(_) | None => &self.requests,
        };
        limiter.check_key(user).map_err(|refused| {
            let wait = refused.wait_time_from(self.clock.now());
            let mut failure = Failure::new(ErrorCode::RateLimited, "too many requests");
            failure.retry_after_ms =
                Some(u32::try_from(wait.as_millis()).unwrap_or(u32::MAX).saturating_add(1));
            failure
        })
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
