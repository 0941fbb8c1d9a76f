//! Files of chats, over HTTP.

use crate::app::App;
use axum::Router;
use bandyer_protocol::UploadId;
use tokio::sync::mpsc::UnboundedReceiver;

pub fn router(_app: &App) -> Router<App> {
    Router::new()
}

/// Deletes the bytes of uploads whose chat was removed, until the server stops.
pub async fn forget(_app: App, mut lost: UnboundedReceiver<UploadId>) {
    while lost.recv().await.is_some() {}
}
