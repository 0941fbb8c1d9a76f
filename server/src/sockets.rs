//! All open sockets together: their number, their limits, and waiting for the last one to end.

pub mod limiter;

use crate::auth::token::AccessToken;
use crate::config::Config;
use crate::metrics::SOCKETS;
use bandyer_hub::SessionKey;
use bandyer_protocol::Failure;
use limiter::Limiter;
use metrics::gauge;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

pub struct Sockets {
    pub limiter: Limiter,
    pub tasks: TaskTracker,
    /// Set when the server goes down: sockets that are not authenticated have nobody else to tell them.
    pub stopping: CancellationToken,
    open: Arc<AtomicUsize>,
    most: usize,
    next_key: AtomicU64,
}

/// Counts one open socket as long as it lives.
pub struct Place {
    open: Arc<AtomicUsize>,
}

impl Sockets {
    pub fn new(config: &Config) -> Self {
        Self {
            limiter: Limiter::new(config),
            tasks: TaskTracker::new(),
            stopping: CancellationToken::new(),
            open: Arc::new(AtomicUsize::new(0)),
            most: config.sockets as usize,
            next_key: AtomicU64::new(1),
        }
    }

    /// `None` when there are too many already.
    pub fn place(&self) -> Option<Place> {
        let place = Place { open: self.open.clone() };
        let before = self.open.fetch_add(1, Ordering::Relaxed);
        gauge!(SOCKETS).increment(1);
        (before < self.most).then_some(place)
    }

    /// Counts a request over HTTP among those over sockets.
    ///
    /// # Errors
    /// `rate_limited`.
    pub fn admit(&self, token: &AccessToken) -> Result<(), Failure> {
        self.limiter.check(token, None)
    }

    pub fn next_key(&self) -> SessionKey {
        SessionKey(self.next_key.fetch_add(1, Ordering::Relaxed))
    }

    /// Forgets rate limits that are back at their start.
    pub fn tidy(&self) {
        self.limiter.forget_idle();
    }

    /// Ends sockets that have not authenticated, and returns when all are gone.
    pub async fn close(&self) {
        self.stopping.cancel();
        self.tasks.close();
        self.tasks.wait().await;
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.open.fetch_sub(1, Ordering::Relaxed);
        gauge!(SOCKETS).decrement(1);
    }
}
