//! Accepts connections and speaks HTTP/1.1 on them, with the limits on slow and silent clients that axum's own loop
//! does not set.

use crate::config::Config;
use axum::Router;
use hyper::server::conn::http1::{self, UpgradeableConnection};
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use std::pin::pin;
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

type Connection = UpgradeableConnection<TokioIo<TcpStream>, TowerToHyperService<Router>>;

/// A head that is not complete after this much, or a little more, is refused. Tokens and cookies fit several times over.
const MOST_HEAD_BYTES: usize = 64 * 1024;

/// When no connection can be accepted, as without free file descriptors, some have to end first.
const PAUSE: Duration = Duration::from_millis(100);

/// Serves until told to stop; requests that are under way are finished.
pub async fn serve(listener: TcpListener, router: Router, config: &Config, stopping: CancellationToken) {
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new())
        .header_read_timeout(Duration::from_millis(config.request_ms.into()))
        .max_buf_size(MOST_HEAD_BYTES);
    let open = TaskTracker::new();
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            () = stopping.cancelled() => break,
        };
        let stream = match accepted {
            Ok((stream, _)) => stream,
            Err(error) => {
                tracing::warn!(%error, "a connection was not accepted");
                tokio::time::sleep(PAUSE).await;
                continue;
            }
        };
        at_once(&stream);
        let service = TowerToHyperService::new(router.clone());
        let connection = http.serve_connection(TokioIo::new(stream), service).with_upgrades();
        open.spawn(hold(connection, stopping.clone()));
    }
    drop(listener);
    open.close();
    open.wait().await;
}

/// Runs a connection to its end, or to the end of its request once the server stops.
async fn hold(connection: Connection, stopping: CancellationToken) {
    let mut connection = pin!(connection);
    let ended = tokio::select! {
        ended = connection.as_mut() => ended,
        () = stopping.cancelled() => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    };
    if let Err(error) = ended {
        tracing::debug!(%error, "a connection broke");
    }
}

/// Chat is many small frames: waiting to fill a packet would be felt.
fn at_once(stream: &TcpStream) {
    if let Err(error) = stream.set_nodelay(true) {
        tracing::debug!(%error, "no TCP_NODELAY");
    }
}
