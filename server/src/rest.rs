//! The REST API for the host site's own server.

use crate::app::App;
use axum::Router;

pub fn router(_app: &App) -> Router<App> {
    Router::new()
}
