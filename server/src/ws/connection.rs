//! The first half of a socket's life: the upgrade, and finding out whose it is.

use super::session::{Opened, Session};
use super::wire::{self, Misread};
use crate::auth::token::AccessToken;
use crate::door::Held;
use crate::refusal::{Refusal, RestCode};
use crate::sockets::limiter::CATCHING_UP;
use crate::state::App;
use axum::Extension;
use axum::extract::State;
use axum::extract::ws::rejection::WebSocketUpgradeRejection;
use axum::extract::ws::{Message, WebSocket, WebSocketUpgrade, close_code};
use axum::http::HeaderMap;
use axum::response::Response;
use bandyer_protocol::{
    Authenticate, ClientEnvelope, ClientMessage, ErrorCode, Failure, RequestId, ServerMessage, SessionRequest,
};
use std::time::Duration;
use tokio::time::{Instant, timeout_at};

/// Frames that are not understood before authentication, until patience ends.
const MOST_BROKEN_FRAMES: u32 = 8;

pub async fn upgrade(
    State(app): State<App>,
    held: Option<Extension<Held>>,
    headers: HeaderMap,
    upgrade: Result<WebSocketUpgrade, WebSocketUpgradeRejection>,
) -> Result<Response, Refusal> {
    if !app.origins.allows_request(&headers) {
        return Err(RestCode::OriginNotAllowed.into());
    }
    let upgrade = upgrade.map_err(|wrong| RestCode::WebSocketRequired.because(wrong.body_text()))?;
    let place = app.sockets.place().ok_or(RestCode::TooManySockets)?;
    let most = app.config.frame_bytes as usize;
    // Thousands of sockets are idle most of the time: what each one keeps counts.
    let answer = upgrade
        .read_buffer_size(512)
        .write_buffer_size(2048)
        .max_frame_size(most)
        .max_message_size(most)
        .on_upgrade(move |socket| {
            let tasks = app.sockets.tasks.clone();
            // Boxed, because a future is as large as its largest state as long as it lives.
            let beginning = Box::pin(begin(app, Box::new(socket)));
            tasks.track_future(serve(beginning, (place, held)))
        });
    Ok(answer)
}

async fn serve<P>(beginning: impl Future<Output = Option<Session>>, places: P) {
    if let Some(session) = beginning.await {
        session.run().await;
    }
    drop(places);
}

async fn begin(app: App, socket: Box<WebSocket>) -> Option<Session> {
    let stopping = app.sockets.stopping.clone();
    tokio::select! {
        session = authenticate(app, socket) => session,
        () = stopping.cancelled() => None,
    }
}

/// Waits for the token. `None` when there is nobody to serve; the client was told why.
async fn authenticate(app: App, mut socket: Box<WebSocket>) -> Option<Session> {
    let deadline = Instant::now() + Duration::from_millis(app.config.authenticate_ms.into());
    for _ in 0..MOST_BROKEN_FRAMES {
        let (re, failure) = match timeout_at(deadline, socket.recv()).await {
            Err(_) => (None, Failure::new(ErrorCode::NotAuthenticated, "no token came in time")),
            Ok(None | Some(Ok(Message::Close(_)))) => return None,
            Ok(Some(Err(error))) => {
                wire::unreadable(socket, error).await;
                return None;
            }
            Ok(Some(Ok(Message::Ping(_) | Message::Pong(_)))) => continue,
            Ok(Some(Ok(Message::Binary(_)))) => (None, wire::binary()),
            Ok(Some(Ok(Message::Text(text)))) => match first_request(&text) {
                Err(Misread { re, failure }) => (re, failure),
                Ok((re, request)) => match app.tokens.verify(&request.token.0, app.clock.now()) {
                    Ok(token) => match open(&app, re, token, &request).await {
                        Ok(opened) => return Some(opened.with(app, socket)),
                        Err(failure) => (Some(re), failure),
                    },
                    Err(failure) => (Some(re), failure),
                },
            },
        };
        let code = failure.code;
        wire::send(&mut socket, re, ServerMessage::Error(failure)).await.ok()?;
        if !matches!(code, ErrorCode::MalformedFrame | ErrorCode::UnknownMessage) {
            wire::close(socket, close_code::POLICY, code.as_str()).await;
            return None;
        }
    }
    wire::close(socket, close_code::POLICY, ErrorCode::NotAuthenticated.as_str()).await;
    None
}

async fn open(
    app: &App,
    re: RequestId,
    token: AccessToken,
    request: &Authenticate,
) -> Result<Opened, Failure> {
    app.sockets.limiter.check_cost(&token, CATCHING_UP)?;
    Session::open(app, re, token, request).await
}

fn first_request(text: &str) -> Result<(RequestId, Authenticate), Misread> {
    match wire::parse(text)? {
        ClientEnvelope { id, msg: ClientMessage::Session(SessionRequest::Authenticate(request)), .. } => {
            Ok((id, request))
        }
        other => Err(Misread {
            re: Some(other.id),
            failure: Failure::new(ErrorCode::NotAuthenticated, "the first frame must be authenticate"),
        }),
    }
}
