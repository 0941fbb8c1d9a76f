//! For the machine that watches the server: alive, ready, metrics.

use crate::metrics;
use crate::state::App;
use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::get;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Mutex;
use tokio::time::Instant;

/// Proving that the database commits costs a commit: everybody who asks within this time gets one answer.
const PROBE_LIFETIME: Duration = Duration::from_secs(1);

/// The last answer, and when it was given.
type Last = Arc<Mutex<Option<(Instant, bool)>>>;

pub fn router() -> Router<App> {
    let last = Last::default();
    Router::new()
        .route("/healthz", get(async || "ok\n"))
        .route("/readyz", get(async move |state: State<App>| ready(state, &last).await))
        .route("/metrics", get(async || metrics::render()))
}

async fn ready(State(app): State<App>, last: &Last) -> (StatusCode, &'static str) {
    if !commits(&app, last).await {
        (StatusCode::SERVICE_UNAVAILABLE, "the database does not commit\n")
    } else if !app.uploads.disk.has_room_for(0) {
        (StatusCode::SERVICE_UNAVAILABLE, "the disk is nearly full: files are refused\n")
    } else {
        (StatusCode::OK, "ready\n")
    }
}

/// Held while the database is asked, so that a crowd asks it once.
async fn commits(app: &App, last: &Last) -> bool {
    let mut last = last.lock().await;
    if let Some((at, answer)) = *last
        && at.elapsed() < PROBE_LIFETIME
    {
        return answer;
    }
    let answer = app.hub.can_commit().await;
    *last = Some((Instant::now(), answer));
    answer
}
