//! What the server does by itself, beside what it is asked for: clearing away, and telling webhooks.

use crate::avatar_folder::RETIRED_FOR_MS;
use crate::engine::Command;
use crate::state::App;
use crate::{metrics, uploads, webhooks};
use bandyer_protocol::{Timestamp, UploadId};
use bandyer_records::Write;
use std::time::Duration;
use tokio::sync::mpsc::UnboundedReceiver;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

const TIDY_EVERY: Duration = Duration::from_secs(60);
/// How often rows of the journal that are too old are dropped: often, so that each time it is few.
const FORGET_EVERY: Duration = Duration::from_secs(600);
/// Rows dropped in one write: in between others have their turn.
const MOST_FORGOTTEN: u32 = 1000;
const DAY_MS: i64 = 24 * 3600 * 1000;

/// They go on until they are aborted. `lost` are the uploads nobody refers to any more.
pub fn begin(app: &App, lost: UnboundedReceiver<UploadId>) -> [JoinHandle<()>; 5] {
    [
        tokio::spawn(uploads::forget(app.clone(), lost)),
        tokio::spawn(tidy(app.clone())),
        tokio::spawn(webhooks::run(app.webhooks.clone())),
        tokio::spawn(forget_journal(app.clone())),
        tokio::spawn(tell_the_time(app.clone())),
    ]
}

async fn tidy(app: App) {
    loop {
        let now = app.clock.now();
        app.sockets.tidy();
        app.relay_rights.tidy(now);
        app.avatars.forget_retired(now.plus_ms(-RETIRED_FOR_MS)).await;
        metrics::upkeep();
        // A log that a reader kept after a removal is emptied with the next commit, be it of nothing.
        let _ = app.hub.keep(Vec::new()).await;
        app.clock.pass(TIDY_EVERY).await;
    }
}

async fn forget_journal(app: App) {
    let days = i64::from(app.config.journal_days);
    if days == 0 {
        return;
    }
    loop {
        let before = app.clock.now().plus_ms(-days * DAY_MS);
        while is_older(&app, before).await {
            if app.hub.keep(vec![Write::DropJournal { before, most: MOST_FORGOTTEN }]).await.is_err() {
                tracing::warn!("old rows of the journal were not dropped");
                break;
            }
        }
        app.clock.pass(FORGET_EVERY).await;
    }
}

/// Whether something in the journal is older than that.
async fn is_older(app: &App, before: Timestamp) -> bool {
    let oldest = app.reads.read(|store| store.journal_after(0, 1)).await;
    oldest.is_ok_and(|rows| rows.first().is_some_and(|row| row.at < before))
}

/// The hub's thread waits for what is due without looking at a clock that is turned meanwhile.
async fn tell_the_time(app: App) {
    let mut turns = app.clock.turns();
    loop {
        turns.next().await;
        let (answer, _) = oneshot::channel();
        let _ = app.hub.send(Command::Probe { answer });
    }
}
