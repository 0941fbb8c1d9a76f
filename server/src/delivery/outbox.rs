//! Frames on their way to one socket: filled by the hub's thread, emptied by the socket's task.

use axum::extract::ws::Utf8Bytes;
use bandyer_hub::CloseReason;
use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};
use tokio::sync::Notify;

/// Small frames count as this much, so that their number is limited too.
const LEAST_BYTES: usize = 256;

pub struct Outbox {
    state: Mutex<State>,
    wake: Notify,
    most_bytes: usize,
}

#[derive(Default)]
struct State {
    frames: VecDeque<Utf8Bytes>,
    bytes: usize,
    close: Option<CloseReason>,
}

impl Outbox {
    pub fn new(most_bytes: usize) -> Self {
        Self { state: Mutex::default(), wake: Notify::new(), most_bytes }
    }

    /// Adds a frame. When too much waits already, everything waiting is dropped and the socket closed instead: the
    /// client comes back and resynchronizes. The first frame always fits, however large, and what follows it does not
    /// push it out: only what comes behind it is counted.
    pub fn push(&self, frame: Utf8Bytes) {
        let mut state = self.lock();
        if state.close.is_some() {
            return;
        }
        let size = if state.frames.is_empty() { 0 } else { frame.len().max(LEAST_BYTES) };
        if state.bytes + size > self.most_bytes {
            *state = State { close: Some(CloseReason::TooSlow), ..State::default() };
        } else {
            state.bytes += size;
            state.frames.push_back(frame);
        }
        drop(state);
        self.wake.notify_one();
    }

    /// Nothing is accepted any more; what waits still goes out.
    pub fn close(&self, reason: CloseReason) {
        self.lock().close.get_or_insert(reason);
        self.wake.notify_one();
    }

    /// Returns once there is something to take.
    pub async fn ready(&self) {
        self.wake.notified().await;
    }

    /// Everything that waits, and whether the socket is to be closed after it.
    pub fn take(&self) -> (VecDeque<Utf8Bytes>, Option<CloseReason>) {
        let mut state = self.lock();
        state.bytes = 0;
        (std::mem::take(&mut state.frames), state.close)
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_large_frame_fits_and_too_many_close() {
        let outbox = Outbox::new(1000);
        outbox.push("x".repeat(5000).into());
        let (frames, close) = outbox.take();
        assert_eq!((frames.len(), close), (1, None));
        for _ in 0..5 {
            outbox.push("y".into());
        }
        let (frames, close) = outbox.take();
        assert_eq!((frames.len(), close), (0, Some(CloseReason::TooSlow)));
    }

    #[test]
    fn a_large_first_frame_is_not_pushed_out_by_what_follows() {
        let outbox = Outbox::new(1000);
        outbox.push("welcome ".repeat(5000).into());
        for _ in 0..3 {
            outbox.push("y".into());
        }
        let (frames, close) = outbox.take();
        assert_eq!((frames.len(), close), (4, None));
    }

    #[test]
    fn what_came_before_the_close_still_goes_out() {
        let outbox = Outbox::new(1000);
        outbox.push("last words".into());
        outbox.close(CloseReason::Restarting);
        outbox.push("too late".into());
        let (frames, close) = outbox.take();
        assert_eq!((frames.len(), close), (1, Some(CloseReason::Restarting)));
    }
}
