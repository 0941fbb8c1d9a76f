//! Files and pages served to browsers.

use crate::app::App;
use axum::Router;

pub fn router(_app: &App) -> Router<App> {
    Router::new()
}
