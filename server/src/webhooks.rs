//! Webhooks: what happened, told to addresses of the host site. The journal is the outbox: a row is committed with
//! what it tells of, and a worker for each hook reads on from where it stopped. Each event is told at least once, in
//! the order of the journal.

mod courier;
pub mod event;
mod hook_worker;
mod payload;
mod sign;

use crate::clock::Clock;
use crate::engine::{HubHandle, JournalTap};
use crate::read_pool::ReadPool;
use bandyer_records::{HookKey, HookRecord, HookVersion, StoreResult};
use courier::Courier;
use event::HookEvent;
use hook_worker::HookWorker;
use sign::Signer;
use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio_util::task::AbortOnDropHandle;

/// When the database cannot be read, it is tried again after this.
const STORAGE_PAUSE: Duration = Duration::from_secs(1);

/// What telling takes. Cheap to clone.
#[derive(Clone)]
pub struct Webhooks {
    hub: HubHandle,
    reads: ReadPool,
    tap: Arc<JournalTap>,
    signer: Signer,
    courier: Courier,
    clock: Clock,
    changed: Arc<watch::Sender<()>>,
}

impl Webhooks {
    /// # Errors
    /// When the key cannot sign.
    pub fn new(
        hub: HubHandle,
        reads: ReadPool,
        tap: Arc<JournalTap>,
        clock: Clock,
        api_key: &str,
        allow_private: bool,
    ) -> Result<Self, String> {
        let (signer, courier) = (Signer::new(api_key)?, Courier::new(allow_private)?);
        Ok(Self { hub, reads, tap, signer, courier, clock, changed: Arc::new(watch::Sender::new(())) })
    }

    /// To be called at the start, and when hooks were added, changed or dropped.
    ///
    /// # Errors
    /// When the hooks cannot be read.
    pub async fn refresh(&self) -> StoreResult<()> {
        let hooks = self.reads.read(|store| store.hooks()).await?;
        self.tap.want_messages(hooks.iter().any(wants_messages));
        self.changed.send_replace(());
        Ok(())
    }
}

/// Keeps a worker for each hook. Ends with the server.
pub async fn run(webhooks: Webhooks) {
    let mut changed = webhooks.changed.subscribe();
    let mut workers: HashMap<HookKey, AbortOnDropHandle<()>> = HashMap::new();
    loop {
        changed.mark_unchanged();
        match webhooks.reads.read(|store| store.hooks()).await {
            Ok(hooks) => webhooks.employ(&hooks, &mut workers),
            Err(error) => {
                tracing::warn!(%error, "webhooks wait for the database");
                tokio::time::sleep(STORAGE_PAUSE).await;
                continue;
            }
        }
        if changed.changed().await.is_err() {
            return;
        }
    }
}

impl Webhooks {
    fn employ(&self, hooks: &[HookRecord], workers: &mut HashMap<HookKey, AbortOnDropHandle<()>>) {
        workers.retain(|key, worker| !worker.is_finished() && hooks.iter().any(|hook| hook.key == *key));
        for hook in hooks.iter().filter(|hook| !workers.contains_key(&hook.key)).collect::<Vec<_>>() {
            if let Some(worker) = HookWorker::new(self.clone(), hook) {
                let task: JoinHandle<()> = tokio::spawn(worker.run());
                workers.insert(hook.key.clone(), AbortOnDropHandle::new(task));
            }
        }
    }
}

fn wants_messages(hook: &HookRecord) -> bool {
    hook.key.version == HookVersion::V1 && hook.events.contains_key(HookEvent::MessageSent.as_str())
}
