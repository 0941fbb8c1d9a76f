//! Files and pages served to browsers: the widget, the page of its frame, the demo, the description of the API.

mod api_page;
mod connect;
mod demo;
mod embed;
mod folder;
mod headers;
mod served_file;
mod widget_files;

pub use demo::prepare as prepare_demo;
pub use headers::secure;

use crate::state::App;
use axum::Router;
use folder::Folder;
use utoipa::openapi::OpenApi;

/// Everything that is no API. `api` is described on its own page.
pub fn router(app: &App, api: &OpenApi) -> Router<App> {
    let router = Router::new().merge(api_page::router(api)).merge(connect::router());
    let router = match widget_folder(app) {
        Some(folder) => router.merge(widget_files::router(folder.clone())).merge(embed::router(folder)),
        None => router,
    };
    if app.config.demo { router.merge(demo::router(app)) } else { router }
}

/// A configured folder wins over the widget that was built in.
fn widget_folder(app: &App) -> Option<Folder> {
    let configured = app.config.widget_folder.clone().map(Folder::on_disk);
    #[cfg(feature = "bundle")]
    let configured = configured.or(Some(Folder::Bundled));
    configured
}
