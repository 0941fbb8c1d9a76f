//! Requests with a wrong API key, or none: slowed down, counted, and told in the log now and then.

use crate::config::Config;
use crate::refusal::{Refusal, RestCode};
use governor::clock::{Clock, DefaultClock};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};
use std::net::{IpAddr, Ipv4Addr};
use std::num::NonZeroU32;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// A line in the log at most this often.
const LOG_EVERY: Duration = Duration::from_secs(60);

/// The right key is never limited: whoever shares an address with a stranger, as behind one proxy, goes on working.
pub struct WrongKeys {
    limiter: DefaultKeyedRateLimiter<IpAddr>,
    clock: DefaultClock,
    untold: Mutex<Untold>,
}

#[derive(Default)]
struct Untold {
    count: u64,
    told: Option<Instant>,
}

impl WrongKeys {
    pub fn new(config: &Config) -> Self {
        let most = NonZeroU32::new(config.wrong_keys_per_minute).unwrap_or(NonZeroU32::MIN);
        Self {
            limiter: RateLimiter::keyed(Quota::per_minute(most)),
            clock: DefaultClock::default(),
            untold: Mutex::default(),
        }
    }

    /// What such a request gets: that the key is wrong, or that there were too many.
    pub fn refuse(&self, from: Option<IpAddr>) -> Refusal {
        let from = from.unwrap_or(Ipv4Addr::UNSPECIFIED.into());
        self.tell(from, Instant::now());
        match self.limiter.check_key(&from) {
            Ok(()) => RestCode::InvalidApiKey.into(),
            Err(early) => {
                let wait = early.wait_time_from(self.clock.now()).as_millis();
                let wait = u32::try_from(wait).unwrap_or(u32::MAX).saturating_add(1);
                let refusal = RestCode::RateLimited.because("Too many requests with a wrong apikey");
                Refusal { retry_after_ms: Some(wait), ..refusal }
            }
        }
    }

    fn tell(&self, from: IpAddr, now: Instant) {
        let Some(count) = self.count(now) else { return };
        tracing::warn!(count, %from, "requests with a wrong API key; the address is that of the last one");
        self.limiter.retain_recent();
    }

    /// How many there were since the last line, when it is time for one.
    fn count(&self, now: Instant) -> Option<u64> {
        let mut untold = self.untold.lock().unwrap_or_else(PoisonError::into_inner);
        untold.count += 1;
        if untold.told.is_some_and(|told| now.duration_since(told) < LOG_EVERY) {
            return None;
        }
        untold.told = Some(now);
        Some(std::mem::take(&mut untold.count))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_a_minute_tells_of_all_since_the_last() {
        let keys = WrongKeys::new(&Config::default());
        let start = Instant::now();
        let after = |s| start + Duration::from_secs(s);
        assert_eq!(keys.count(start), Some(1));
        assert_eq!([keys.count(after(1)), keys.count(after(59))], [None, None]);
        assert_eq!(keys.count(after(60)), Some(3));
        assert_eq!(keys.count(after(61)), None);
    }
}
