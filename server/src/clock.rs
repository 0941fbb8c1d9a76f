//! The time of day, as the protocol writes it: the system's, or in tests one that they turn.

use bandyer_protocol::Timestamp;
use std::future::pending;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use tokio::sync::watch;
use tokio::time::sleep;

/// What the server goes by wherever a time of day counts: when tokens and links end, how long something is kept, when
/// something is tried again. How long a peer may be silent is none of its business. Cheap to clone.
#[derive(Debug, Clone, Default)]
pub struct Clock {
    /// Milliseconds it was turned on by; `None` for a clock that nobody turns.
    turned: Option<Arc<watch::Sender<i64>>>,
}

impl Clock {
    pub fn system() -> Self {
        Self::default()
    }

    /// Goes like the system's, and can be turned.
    pub fn settable() -> Self {
        Self { turned: Some(Arc::new(watch::Sender::new(0))) }
    }

    pub fn now(&self) -> Timestamp {
        now().plus_ms(self.turned.as_ref().map_or(0, |turned| *turned.borrow()))
    }

    /// Turns a settable clock on, or back, by so many milliseconds. Whoever waits for a time of day hears of it.
    pub fn turn(&self, ms: i64) {
        if let Some(turned) = &self.turned {
            turned.send_modify(|ahead| *ahead += ms);
        }
    }

    /// For hearing of each time it is turned from now on.
    pub fn turns(&self) -> Turns {
        Turns(self.turned.as_ref().map(|turned| turned.subscribe()))
    }

    /// Waits for a time of day.
    pub async fn until(&self, at: Timestamp) {
        let mut turns = self.turns();
        loop {
            let left = at.since(self.now());
            if left <= 0 {
                return;
            }
            tokio::select! {
                () = sleep(Duration::from_millis(left.unsigned_abs())) => {}
                () = turns.next() => {}
            }
        }
    }

    /// Waits for so long.
    pub async fn pass(&self, time: Duration) {
        let ms = i64::try_from(time.as_millis()).unwrap_or(i64::MAX);
        self.until(self.now().plus_ms(ms)).await;
    }
}

/// Tells when a clock was turned.
#[derive(Debug)]
pub struct Turns(Option<watch::Receiver<i64>>);

impl Turns {
    /// Never comes for a clock that nobody turns.
    pub async fn next(&mut self) {
        let heard = match &mut self.0 {
            Some(turned) => turned.changed().await.is_ok(),
            None => false,
        };
        if !heard {
            pending().await
        }
    }
}

/// The system's time, for what runs beside the server.
pub fn now() -> Timestamp {
    since_epoch(SystemTime::now())
}

/// A time of the system, such as that of a file.
pub fn since_epoch(at: SystemTime) -> Timestamp {
    let since = at.duration_since(UNIX_EPOCH).unwrap_or_default();
    Timestamp(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::time::timeout;

    const HOUR: i64 = 3_600_000;

    #[tokio::test]
    async fn whoever_waits_hears_that_the_clock_was_turned() {
        let clock = Clock::settable();
        let before = clock.now();
        let waiting = tokio::spawn({
            let clock = clock.clone();
            async move { clock.pass(Duration::from_secs(2 * 3600)).await }
        });
        tokio::task::yield_now().await;
        clock.turn(HOUR);
        assert!((HOUR..2 * HOUR).contains(&clock.now().since(before)));
        assert!(!waiting.is_finished());
        clock.turn(HOUR);
        timeout(Duration::from_secs(20), waiting).await.unwrap().unwrap();
    }

    #[tokio::test]
    async fn nobody_turns_the_clock_of_the_system() {
        let clock = Clock::system();
        clock.turn(HOUR);
        assert!(clock.now().since(now()) < HOUR);
        assert!(timeout(Duration::from_millis(1), clock.turns().next()).await.is_err());
    }
}
