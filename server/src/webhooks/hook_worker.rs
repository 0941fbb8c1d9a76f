//! Tells one hook what it waits for, row after row of the journal, as long as the hook exists.

use super::Webhooks;
use super::courier::{Line, Undelivered};
use super::event::HookEvent;
use super::payload::{Payload, payloads};
use crate::metrics as names;
use bandyer_protocol::Timestamp;
use bandyer_records::{HookKey, HookRecord, HookVersion, JournalRecord, StoreResult, Write};
use bytes::Bytes;
use http::HeaderName;
use metrics::counter;
use std::time::Duration;
use url::Url;

/// Rows read at once.
const BATCH: u32 = 100;
/// How long after the first failure the second attempt follows; each further one waits twice as long.
const FIRST_PAUSE: Duration = Duration::from_secs(1);
const LONGEST_PAUSE: Duration = Duration::from_secs(3600);
/// A receiver that has failed for this long without a break is not told any more of what is older than that.
const GIVE_UP_MS: i64 = 24 * 3600 * 1000;
/// Rows that are none of a hook's business are passed over; where it stands is written down now and then.
const SKIPPED_WITHOUT_A_WRITE: u64 = 1000;
/// When the database cannot be read or written, it is tried again after this.
const STORAGE_PAUSE: Duration = Duration::from_secs(1);

pub struct HookWorker {
    webhooks: Webhooks,
    key: HookKey,
    url: Url,
    /// Left open by the last delivery.
    line: Option<Line>,
    /// Ahead of what is stored until the end of a batch.
    position: u64,
    failing_since: Option<Timestamp>,
    /// Attempts that failed since one succeeded.
    failures: u32,
    /// Of the row after `position`, the events that were told already.
    told_of_row: Vec<HookEvent>,
    /// The position that is stored.
    stored: u64,
    /// What is stored should be what the fields above say.
    moved: bool,
}

/// One batch, looked up.
struct Batch {
    hook: HookRecord,
    rows: Vec<(JournalRecord, Vec<Payload>)>,
}

/// How a batch went.
enum Turn {
    Told,
    /// The receiver failed; the next attempt waits.
    Failed,
}

impl HookWorker {
    /// `None` for an address that is none, which was not let in.
    pub fn new(webhooks: Webhooks, hook: &HookRecord) -> Option<Self> {
        Some(Self {
            webhooks,
            url: Url::parse(&hook.key.url).ok()?,
            line: None,
            key: hook.key.clone(),
            position: hook.position,
            failing_since: hook.failing_since,
            failures: u32::from(hook.failing_since.is_some()),
            told_of_row: Vec::new(),
            stored: hook.position,
            moved: false,
        })
    }

    /// Ends when the hook is gone.
    pub async fn run(mut self) {
        let (mut written, mut changed) = (self.webhooks.tap.written(), self.webhooks.changed.subscribe());
        loop {
            written.mark_unchanged();
            let batch = match self.look_up().await {
                Ok(Some(batch)) => batch,
                Ok(None) => return,
                Err(error) => {
                    tracing::warn!(%error, "webhooks wait for the database");
                    tokio::time::sleep(STORAGE_PAUSE).await;
                    continue;
                }
            };
            let full = batch.rows.len() == BATCH as usize;
            let turn = self.tell(batch).await;
            self.remember().await;
            match turn {
                // Whoever configures a hook again has repaired something: no need to wait any longer.
                Turn::Failed => tokio::select! {
                    () = self.webhooks.clock.pass(pause(self.failures)) => {}
                    _ = changed.changed() => {}
                },
                Turn::Told if full => {}
                Turn::Told => tokio::select! {
                    _ = written.changed() => {}
                    _ = changed.changed() => {}
                },
            }
        }
    }

    async fn look_up(&self) -> StoreResult<Option<Batch>> {
        let (key, position) = (self.key.clone(), self.position);
        let read = move |store: &dyn bandyer_records::Reader| {
            let Some(hook) = store.hooks()?.into_iter().find(|hook| hook.key == key) else { return Ok(None) };
            let mut rows = Vec::new();
            for row in store.journal_after(position.max(hook.position), BATCH)? {
                let payloads = payloads(store, &row, &hook)?;
                rows.push((row, payloads));
            }
            Ok(Some(Batch { hook, rows }))
        };
        self.webhooks.reads.read(read).await
    }

    async fn tell(&mut self, batch: Batch) -> Turn {
        self.position = self.position.max(batch.hook.position);
        for (row, payloads) in batch.rows {
            if !payloads.is_empty() && is_given_up(row.at, self.failing_since, self.webhooks.clock.now()) {
                counter!(names::WEBHOOKS, "result" => "given_up").increment(payloads.len() as u64);
                tracing::warn!(receiver = self.receiver(), row = row.id, "an event was given up");
            } else {
                for payload in payloads {
                    if self.told_of_row.contains(&payload.event) {
                        continue;
                    }
                    if let Err(cause) = self.send(&row, &payload).await {
                        self.failed(cause);
                        return Turn::Failed;
                    }
                    self.told_of_row.push(payload.event);
                    (self.failures, self.failing_since, self.moved) = (0, None, true);
                }
            }
            self.position = row.id;
            self.told_of_row.clear();
        }
        Turn::Told
    }

    async fn send(&mut self, row: &JournalRecord, payload: &Payload) -> Result<(), Undelivered> {
        let body = Bytes::from(payload.body.to_string());
        let signature = match self.key.version {
            HookVersion::V0 => {
                (HeaderName::from_static("room-id-hmac"), self.webhooks.signer.room(&payload.room_id))
            }
            HookVersion::V1 => (
                HeaderName::from_static("bandyer-signature"),
                self.webhooks.signer.body(self.webhooks.clock.now().0, &body),
            ),
        };
        let delivery =
            (HeaderName::from_static("bandyer-delivery"), format!("{}-{}", row.id, payload.event.as_str()));
        self.webhooks.courier.post(&mut self.line, &self.url, &[signature, delivery], body).await?;
        counter!(names::WEBHOOKS, "result" => "delivered").increment(1);
        tracing::debug!(receiver = self.receiver(), row = row.id, "told");
        Ok(())
    }

    fn failed(&mut self, cause: Undelivered) {
        counter!(names::WEBHOOKS, "result" => cause.as_str()).increment(1);
        self.failures = self.failures.saturating_add(1);
        let next_s = pause(self.failures).as_secs();
        tracing::warn!(receiver = self.receiver(), %cause, next_s, "a webhook was not delivered");
        if self.failing_since.is_none() {
            self.failing_since = Some(self.webhooks.clock.now());
            self.moved = true;
        }
    }

    /// Writes down how far the hook is. When that fails, a restart tells something twice, which receivers must expect.
    async fn remember(&mut self) {
        if !self.moved && self.position < self.stored + SKIPPED_WITHOUT_A_WRITE {
            return;
        }
        let write = Write::MoveHook {
            key: self.key.clone(),
            position: self.position,
            failing_since: self.failing_since,
        };
        match self.webhooks.hub.keep(vec![write]).await {
            Ok(()) => (self.stored, self.moved) = (self.position, false),
            Err(_) => tracing::warn!(receiver = self.receiver(), "how far a webhook is was not written down"),
        }
    }

    /// The address up to its path: the rest may be a secret.
    fn receiver(&self) -> String {
        let host = self.url.host_str().unwrap_or_default();
        self.url.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"))
    }
}

/// The receiver has failed for so long, and the row is as old.
fn is_given_up(at: Timestamp, failing_since: Option<Timestamp>, now: Timestamp) -> bool {
    let old = |moment: Timestamp| now.since(moment) >= GIVE_UP_MS;
    old(at) && failing_since.is_some_and(old)
}

/// How long to wait after so many failures in a row.
fn pause(failures: u32) -> Duration {
    let factor = 1u32.checked_shl(failures.saturating_sub(1)).unwrap_or(u32::MAX);
    FIRST_PAUSE.saturating_mul(factor).min(LONGEST_PAUSE)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_attempt_waits_twice_as_long_and_an_hour_at_most() {
        let waits: Vec<u64> = (1..=14).map(|failures| pause(failures).as_secs()).collect();
        assert_eq!(waits, [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048, 3600, 3600]);
        assert_eq!(pause(u32::MAX), LONGEST_PAUSE);
    }

    #[test]
    fn what_is_a_day_old_is_given_up_once_the_receiver_has_failed_for_a_day() {
        let hours_ago = |hours: i64| Timestamp(1_000_000_000_000 - hours * 3_600_000);
        let given_up =
            |at, since: Option<i64>| is_given_up(hours_ago(at), since.map(hours_ago), hours_ago(0));
        assert!(given_up(24, Some(24)) && given_up(30, Some(25)));
        assert!(!given_up(23, Some(48)), "young enough");
        assert!(!given_up(48, Some(23)), "the server was away, not the receiver");
        assert!(!given_up(48, None));
    }
}
