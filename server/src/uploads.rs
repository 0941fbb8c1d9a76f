//! Files of chats, over HTTP: received, handed out, cleared away.

mod deliver;
mod file_name;
mod range;
mod receive;

use crate::state::App;
use axum::extract::DefaultBodyLimit;
use bandyer_protocol::{ErrorCode, Timestamp, UploadId};
use serde::Serialize;
use std::io;
use tokio::sync::mpsc::UnboundedReceiver;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// A file nobody sent is cleared after this.
const UNSENT_LIFETIME_MS: i64 = 24 * 3600 * 1000;

/// Bytes without a record are cleared after this; an upload needs far less between the two.
const UNRECORDED_LIFETIME_MS: i64 = 3_600_000;

/// Files compared with the database in one read.
const COMPARED_AT_ONCE: usize = 500;

const DAY_MS: i64 = 24 * 3600 * 1000;

const CLEANING_INTERVAL_MS: i64 = 600_000;

/// The routes and their description. The size of a body is watched while it streams.
pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(receive::upload))
        .routes(routes!(deliver::download))
        .routes(routes!(deliver::make_link))
        .layer(DefaultBodyLimit::disable())
}

/// Deletes the bytes of uploads whose chat was removed, and whatever else nobody refers to, until the server stops.
pub async fn forget(app: App, mut lost: UnboundedReceiver<UploadId>) {
    let mut next_cleaning = app.clock.now();
    loop {
        tokio::select! {
            id = lost.recv() => match id {
                Some(id) => app.uploads.folder.remove(&id).await,
                None => return,
            },
            () = app.clock.until(next_cleaning) => {
                let now = app.clock.now();
                clean(&app, now).await;
                next_cleaning = now.plus_ms(CLEANING_INTERVAL_MS);
            }
        }
    }
}

/// What a crash between two steps left behind, and what was uploaded and never sent.
pub async fn clean(app: &App, now: Timestamp) {
    let before = now.plus_ms(-UNSENT_LIFETIME_MS);
    if let Err(failure) = app.hub.drop_unsent_uploads(before).await {
        tracing::warn!(
            code = failure.code().map(ErrorCode::as_str),
            "unsent uploads could not be cleared; they will be tried again"
        );
    }
    let days = i64::from(app.config.call_file_days);
    if days > 0 && app.hub.drop_call_files(now.plus_ms(-days * DAY_MS)).await.is_err() {
        tracing::warn!("old files of calls could not be cleared; they will be tried again");
    }
    if let Err(error) = clear_unrecorded(app, now.plus_ms(-UNRECORDED_LIFETIME_MS)).await {
        tracing::warn!(%error, "files without a record could not be cleared; they will be tried again");
    }
}

/// Deletes bytes without a record. The folder may be very large: nobody waits while it is read.
async fn clear_unrecorded(app: &App, before: Timestamp) -> io::Result<()> {
    let folder = app.uploads.folder.clone();
    let files = tokio::task::spawn_blocking(move || folder.made_before(before));
    for some in files.await.map_err(io::Error::other)??.chunks(COMPARED_AT_ONCE) {
        let asked = some.to_vec();
        let unknown = app.reads.read(move |store| {
            let known = |id: &UploadId| Ok(store.upload(id)?.is_some());
            let mut unknown = Vec::new();
            for id in asked {
                if !known(&id)? {
                    unknown.push(id);
                }
            }
            Ok(unknown)
        });
        for id in unknown.await.map_err(io::Error::other)? {
            app.uploads.folder.remove(&id).await;
        }
    }
    Ok(())
}

/// [`bandyer_protocol::UploadReceipt`], described.
#[derive(Serialize, ToSchema)]
#[schema(as = UploadReceipt)]
struct ReceiptObject {
    attachment: AttachmentObject,
}

/// [`bandyer_protocol::Attachment`], described.
#[derive(Serialize, ToSchema)]
#[schema(as = Attachment)]
struct AttachmentObject {
    /// Id of the file.
    upload: String,
    /// As cleaned by the server.
    #[schema(example = "holiday.jpg")]
    name: String,
    /// In bytes.
    size: u64,
    /// Told by the content, never by the sender.
    #[schema(example = "image/jpeg")]
    media_type: String,
    /// Whether it may be shown as a picture.
    picture: bool,
}

/// [`bandyer_protocol::upload::DownloadLink`], described.
#[derive(Serialize, ToSchema)]
#[schema(as = DownloadLink)]
struct LinkObject {
    /// Path and query, relative to the server's origin.
    path: String,
    /// Milliseconds since 1970.
    expires_at: i64,
}

#[cfg(test)]
mod tests {
    use super::*;
    use bandyer_protocol::upload::DownloadLink;
    use bandyer_protocol::{Attachment, UploadReceipt};

    #[test]
    fn the_described_shapes_are_the_ones_that_travel() {
        let attachment = Attachment {
            upload: UploadId::parse("u").unwrap(),
            name: "n".into(),
            size: 1,
            media_type: "m".into(),
            picture: true,
        };
        let described = ReceiptObject {
            attachment: AttachmentObject {
                upload: "u".into(),
                name: "n".into(),
                size: 1,
                media_type: "m".into(),
                picture: true,
            },
        };
        let json = |value: serde_json::Result<serde_json::Value>| value.unwrap();
        assert_eq!(
            json(serde_json::to_value(UploadReceipt { attachment })),
            json(serde_json::to_value(described))
        );
        assert_eq!(
            json(serde_json::to_value(DownloadLink { path: "p".into(), expires_at: Timestamp(1) })),
            json(serde_json::to_value(LinkObject { path: "p".into(), expires_at: 1 }))
        );
    }
}
