//! Accepts connections and speaks HTTP/1.1 on them, with the limits on slow, silent and greedy clients that axum's own
//! loop does not set.

use crate::config::Config;
use crate::door::{Door, Held, Peer, admit};
use crate::refusal::{ErrorEnvelope, Refusal, RestCode};
use axum::Router;
use axum::body::Body;
use axum::middleware::from_fn_with_state;
use hyper::Request;
use hyper::body::Incoming;
use hyper::rt::{Read, Write};
use hyper::server::conn::http1::{self, UpgradeableConnection};
use hyper::service::HttpService;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio::time::timeout;
use tokio_io_timeout::TimeoutWriter;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tower::ServiceExt;

/// A head that is not complete after this much, or a little more, is refused. Tokens and cookies fit several times over.
const MOST_HEAD_BYTES: usize = 64 * 1024;

/// When no connection can be accepted, as without free file descriptors, some have to end first.
const PAUSE: Duration = Duration::from_millis(100);

/// So many at once are told why they are turned away; beyond that connections just close.
const TOLD_AT_ONCE: usize = 64;
/// For being told.
const FAREWELL: Duration = Duration::from_secs(1);

/// Serves until told to stop; requests that are under way are finished.
pub async fn serve(listener: TcpListener, router: Router, config: &Config, stopping: CancellationToken) {
    let door = Door::new(&config.trusted_proxies, config.connections_per_address);
    let reception = Reception::new(router, door, config, stopping.clone());
    while let Some(accepted) = stopping.run_until_cancelled(listener.accept()).await {
        match accepted {
            Ok((stream, peer)) => reception.receive(stream, peer),
            Err(error) => {
                tracing::warn!(%error, "a connection was not accepted");
                tokio::time::sleep(PAUSE).await;
            }
        }
    }
    drop(listener);
    reception.open.close();
    reception.open.wait().await;
}

struct Reception {
    router: Router,
    door: Door,
    http: http1::Builder,
    /// For an answer whose reader makes no progress.
    patience: Duration,
    open: TaskTracker,
    stopping: CancellationToken,
    told: Arc<Semaphore>,
}

impl Reception {
    fn new(router: Router, door: Door, config: &Config, stopping: CancellationToken) -> Self {
        let mut http = http1::Builder::new();
        http.timer(TokioTimer::new())
            .header_read_timeout(Duration::from_millis(config.request_ms.into()))
            .max_buf_size(MOST_HEAD_BYTES);
        Self {
            router: router.layer(from_fn_with_state(door.clone(), admit)),
            door,
            http,
            patience: Duration::from_millis(config.answer_ms.into()),
            open: TaskTracker::new(),
            stopping,
            told: Arc::new(Semaphore::new(TOLD_AT_ONCE)),
        }
    }

    fn receive(&self, stream: TcpStream, peer: SocketAddr) {
        at_once(&stream);
        give_up_after(&stream, self.patience * 2);
        // A proxy's connections carry many people's requests, which are counted one by one.
        if self.door.trusts(peer.ip()) {
            self.talk(stream, peer, None);
        } else if let Some(held) = self.door.take(peer.ip()) {
            self.talk(stream, peer, Some(held));
        } else {
            tokio::spawn(turn_away(stream, self.told.clone()));
        }
    }

    fn talk(&self, stream: TcpStream, peer: SocketAddr, held: Option<Held>) {
        let place = held.clone();
        let service = self.router.clone().map_request(move |mut request: Request<Incoming>| {
            request.extensions_mut().insert(Peer(peer));
            // A socket outlives the connection it began as, and takes its place along.
            if let Some(held) = &place {
                request.extensions_mut().insert(held.clone());
            }
            request
        });
        let mut stream = TimeoutWriter::new(stream);
        stream.set_timeout(Some(self.patience));
        let io = TokioIo::new(Box::pin(stream));
        let connection = self.http.serve_connection(io, TowerToHyperService::new(service));
        self.open.spawn(hold(connection.with_upgrades(), self.stopping.clone(), held));
    }
}

/// Runs a connection to its end, or to the end of its request once the server stops.
async fn hold<I, S>(connection: UpgradeableConnection<I, S>, stopping: CancellationToken, held: Option<Held>)
where
    S: HttpService<Incoming, ResBody = Body>,
    S::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
    I: Read + Write + Unpin + Send + 'static,
{
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
    drop(held);
}

/// Says why, whatever was asked, and hangs up.
async fn turn_away(mut stream: TcpStream, told: Arc<Semaphore>) {
    let Ok(_permit) = told.try_acquire() else { return };
    let body = serde_json::to_string(&ErrorEnvelope::from(Refusal::from(RestCode::TooManyConnections)));
    let body = body.unwrap_or_default();
    let answer = format!(
        "HTTP/1.1 {}\r\ncontent-type: application/json\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}",
        RestCode::TooManyConnections.status(),
        body.len(),
    );
    let farewell = async {
        let mut question = [0; 1024];
        // Closed with something unread, a connection is reset, and the answer lost.
        let _ = stream.read(&mut question).await;
        let _ = stream.write_all(answer.as_bytes()).await;
        let _ = stream.shutdown().await;
        while stream.read(&mut question).await.is_ok_and(|read| read > 0) {}
    };
    let _ = timeout(FAREWELL, farewell).await;
}

/// Chat is many small frames: waiting to fill a packet would be felt.
fn at_once(stream: &TcpStream) {
    if let Err(error) = stream.set_nodelay(true) {
        tracing::debug!(%error, "no TCP_NODELAY");
    }
}

/// What the system still holds for a reader that takes nothing goes as well, some time after we gave up ourselves.
#[cfg(target_os = "linux")]
fn give_up_after(stream: &TcpStream, patience: Duration) {
    if let Err(error) = socket2::SockRef::from(stream).set_tcp_user_timeout(Some(patience)) {
        tracing::debug!(%error, "no TCP_USER_TIMEOUT");
    }
}

#[cfg(not(target_os = "linux"))]
fn give_up_after(_: &TcpStream, _: Duration) {}
