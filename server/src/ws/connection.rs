//! The first half of a socket's life: the upgrade, and finding out whose it is.

use super::handshake::Handshake;
use super::session::Session;
use super::socket::Socket;
use super::sockets::Place;
use super::wire::{self, Misread};
use crate::app::App;
use crate::clock;
use crate::token::AccessToken;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use bandyer_protocol::{
    Authenticate, ClientEnvelope, ClientMessage, ErrorCode, Failure, RequestId, ServerMessage,
};
use std::time::Duration;
use tokio::time::{Instant, timeout_at};
use tungstenite::Message;
use tungstenite::protocol::frame::coding::CloseCode;

/// Frames that are not understood before authentication, until patience ends.
const MOST_BROKEN_FRAMES: u32 = 8;

pub async fn upgrade(State(app): State<App>, request: Request) -> Response {
    if !app.origins.allows_request(request.headers()) {
        return (StatusCode::FORBIDDEN, "this origin may not use the server\n").into_response();
    }
    let Some(place) = app.sockets.place() else {
        return (StatusCode::SERVICE_UNAVAILABLE, "too many sockets\n").into_response();
    };
    let handshake = match Handshake::of(request) {
        Ok(handshake) => handshake,
        Err(refusal) => return *refusal,
    };
    let (response, socket) = handshake.accept(app.config.frame_bytes as usize);
    let tasks = app.sockets.tasks.clone();
    // Boxed, because a future is as large as its largest state as long as it lives.
    tasks.spawn(serve(Box::pin(begin(app, socket)), place));
    response
}

async fn serve(beginning: impl Future<Output = Option<Session>>, place: Place) {
    if let Some(session) = beginning.await {
        session.run().await;
    }
    drop(place);
}

async fn begin(app: App, socket: impl Future<Output = Option<Box<Socket>>>) -> Option<Session> {
    let stopping = app.sockets.stopping.clone();
    let authenticated = async { authenticate(app, socket.await?).await };
    tokio::select! {
        session = authenticated => session,
        () = stopping.cancelled() => None,
    }
}

/// Waits for the token. `None` when there is nobody to serve; the client was told why.
async fn authenticate(app: App, mut socket: Box<Socket>) -> Option<Session> {
    let deadline = Instant::now() + Duration::from_millis(app.config.authenticate_ms.into());
    for _ in 0..MOST_BROKEN_FRAMES {
        let (re, failure) = match timeout_at(deadline, socket.recv()).await {
            Err(_) => (None, Failure::new(ErrorCode::NotAuthenticated, "no token came in time")),
            Ok(None | Some(Ok(Message::Close(_)))) => return None,
            Ok(Some(Err(error))) => {
                wire::unreadable(socket, error).await;
                return None;
            }
            Ok(Some(Ok(Message::Ping(_) | Message::Pong(_) | Message::Frame(_)))) => continue,
            Ok(Some(Ok(Message::Binary(_)))) => (None, wire::binary()),
            Ok(Some(Ok(Message::Text(text)))) => match first_request(&text) {
                Err(Misread { re, failure }) => (re, failure),
                Ok((re, request)) => match app.tokens.verify(&request.token.0, clock::now()) {
                    Ok(token) => {
                        match may_open(&app, &token).and_then(|()| Session::open(&app, re, token, &request)) {
                            Ok(opened) => return Some(opened.with(app, socket)),
                            Err(failure) => (Some(re), failure),
                        }
                    }
                    Err(failure) => (Some(re), failure),
                },
            },
        };
        let code = failure.code;
        wire::send(&mut socket, re, ServerMessage::Error(failure)).await.ok()?;
        if code != ErrorCode::MalformedFrame {
            wire::close(socket, CloseCode::Policy, code.as_str()).await;
            return None;
        }
    }
    wire::close(socket, CloseCode::Policy, ErrorCode::NotAuthenticated.as_str()).await;
    None
}

/// Catching up is the dearest request of all, so it counts as one.
fn may_open(app: &App, token: &AccessToken) -> Result<(), Failure> {
    app.sockets.limiter.check(&token.user, None)
}

fn first_request(text: &str) -> Result<(RequestId, Authenticate), Misread> {
    match wire::parse(text)? {
        ClientEnvelope { id, msg: ClientMessage::Authenticate(request), .. } => Ok((id, request)),
        other => Err(Misread {
            re: Some(other.id),
            failure: Failure::new(ErrorCode::NotAuthenticated, "the first frame must be authenticate"),
        }),
    }
}
