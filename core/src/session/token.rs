//! The welcome, and the life of the token.

use super::{Line, Phase, Session};
use crate::api::{ApiCallId, ClientEvent};
use crate::step::{Beginning, End, Step, Transition, emit, start_timer, stop_timer};
use crate::timers::{SessionTimer, TimerId};
use bandyer_protocol::{Timestamp, Welcome};

/// The host page is warned this long before the token ends, or a third of its life when that is less.
const WARNING_MS: i64 = 120_000;
/// Browsers keep no timer longer than 24.8 days; a longer one is started again.
const LONGEST_TIMER_MS: i64 = 2_000_000_000;

impl Session {
    pub(super) fn welcomed(&mut self, welcome: Box<Welcome>, now: Timestamp) -> Vec<Step> {
        if self.is_foreign(&welcome.user.alias) {
            return self.refuse_foreign(now);
        }
        let beginning = self.beginning(&welcome);
        self.phase = Phase::Connected;
        self.line = Line::Ready;
        self.attempts = 0;
        self.quiet = false;
        self.clock_offset_ms = welcome.now.since(now);
        self.issued_at = welcome.issued_at;
        self.expires_at = welcome.expires_at;
        self.user = Some(welcome.user.alias.clone());
        self.id = Some(welcome.session.clone());
        self.limits = welcome.limits;
        // The database of an earlier line may be gone, and its cursor with it.
        let (cursor, more) = (welcome.sync.cursor, welcome.sync.more);
        self.cursor = cursor;
        self.epoch = Some(welcome.epoch.clone());
        let mut steps = vec![stop_timer(TimerId::Session(SessionTimer::Connect)), self.watch()];
        steps.extend(self.opened_with(welcome.expires_at));
        steps.extend(self.token_timers(now));
        steps.push(Step::Told(Transition::Welcomed { welcome, beginning }));
        steps.extend(self.caught_up(cursor, more));
        steps
    }

    /// How this line stands to the one before. A server whose database went back may not know that it did; it cannot know a
    /// cursor of the time that was lost, then.
    fn beginning(&self, welcome: &Welcome) -> Beginning {
        let Some(epoch) = &self.epoch else { return Beginning::First };
        let went_back = welcome.sync.complete && welcome.sync.cursor < self.cursor;
        if *epoch != welcome.epoch || went_back { Beginning::Anew } else { Beginning::Again }
    }

    pub(super) fn refreshed(&mut self, call: ApiCallId, expires_at: Timestamp, now: Timestamp) -> Vec<Step> {
        self.issued_at = now.plus_ms(self.clock_offset_ms);
        self.expires_at = expires_at;
        let mut steps = self.taken(call, expires_at);
        steps.extend(self.token_timers(now));
        steps
    }

    /// Warns when the time is near.
    pub(crate) fn warning_due(&mut self, now: Timestamp) -> Vec<Step> {
        if !self.is_authenticated() || self.warned {
            return Vec::new();
        }
        if self.until(self.warn_at(), now) > 0 {
            return self.token_timers(now);
        }
        self.warned = true;
        vec![emit(ClientEvent::AccessTokenIsAboutToExpire { expires_at: self.expires_at })]
    }

    /// Ends the session when the token has run out.
    pub(crate) fn expiry_due(&mut self, now: Timestamp) -> Vec<Step> {
        if !self.is_authenticated() {
            return Vec::new();
        }
        if self.until(self.expires_at, now) > 0 {
            return self.token_timers(now);
        }
        // A newer one is on its way to the server, or waits for the line.
        if self.offered.is_empty() { self.end(End::TokenExpired) } else { Vec::new() }
    }

    pub(super) fn is_expired(&self, now: Timestamp) -> bool {
        self.until(self.expires_at, now) <= 0
    }

    fn token_timers(&self, now: Timestamp) -> Vec<Step> {
        let delay = |due| u32::try_from(self.until(due, now).clamp(0, LONGEST_TIMER_MS)).unwrap_or(0);
        let mut steps =
            vec![start_timer(TimerId::Session(SessionTimer::TokenExpiry), delay(self.expires_at))];
        if !self.warned {
            steps.push(start_timer(TimerId::Session(SessionTimer::TokenWarning), delay(self.warn_at())));
        }
        steps
    }

    fn warn_at(&self) -> Timestamp {
        let life = self.expires_at.since(self.issued_at).max(0);
        self.expires_at.plus_ms(-(life / 3).min(WARNING_MS))
    }

    /// Milliseconds until a time of the server's clock.
    fn until(&self, due: Timestamp, now: Timestamp) -> i64 {
        due.since(now.plus_ms(self.clock_offset_ms))
    }
}
