//! For the machine that watches the server: alive, ready, metrics.

use crate::app::App;
use crate::metrics;
use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::get;

pub fn router() -> Router<App> {
    Router::new()
        .route("/healthz", get(async || "ok\n"))
        .route("/readyz", get(ready))
        .route("/metrics", get(async || metrics::render()))
}

async fn ready(State(app): State<App>) -> (StatusCode, &'static str) {
    if app.hub.can_commit().await {
        (StatusCode::OK, "ready\n")
    } else {
        (StatusCode::SERVICE_UNAVAILABLE, "the database does not commit\n")
    }
}
