//! One socket: authenticates, hands requests to the hub, writes what the hub has for it, and notices when the other
//! side is gone.

use super::Outbox;
use super::sockets::Place;
use super::wire::{self, Gone, Misread};
use crate::app::App;
use crate::clock;
use crate::engine::Command;
use crate::hub::{CloseReason, Connect, Input, SessionKey, pages};
use crate::metrics::SLOW_CONSUMERS;
use crate::token::AccessToken;
use axum::extract::State;
use axum::extract::ws::{Message, Utf8Bytes, WebSocket, WebSocketUpgrade, close_code};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use bandyer_protocol::{
    Authenticate, ClientEnvelope, ClientMessage, ErrorCode, Failure, RequestId, ServerMessage, SessionId,
    Timestamp,
};
use metrics::counter;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::{Instant, sleep_until, timeout_at};

/// Frames that are not understood before authentication, until patience ends.
const MOST_BROKEN_FRAMES: u32 = 8;

pub async fn upgrade(State(app): State<App>, headers: HeaderMap, upgrade: WebSocketUpgrade) -> Response {
    if !app.origins.allows_request(&headers) {
        return (StatusCode::FORBIDDEN, "this origin may not use the server\n").into_response();
    }
    let Some(place) = app.sockets.place() else {
        return (StatusCode::SERVICE_UNAVAILABLE, "too many sockets\n").into_response();
    };
    let most = app.config.frame_bytes as usize;
    upgrade
        .read_buffer_size(512)
        .write_buffer_size(8 * 1024)
        .max_frame_size(most)
        .max_message_size(most)
        .on_upgrade(move |socket| {
            let sockets = app.sockets.clone();
            sockets.tasks.track_future(serve(app, socket, place))
        })
}

async fn serve(app: App, socket: WebSocket, place: Place) {
    let stopping = app.sockets.stopping.clone();
    let authenticated = tokio::select! {
        authenticated = authenticate(&app, socket) => authenticated,
        () = stopping.cancelled() => None,
    };
    if let Some((socket, session)) = authenticated {
        session.run(&app, socket).await;
    }
    drop(place);
}

/// Waits for the token. `None` when there is nobody to serve; the client was told why.
async fn authenticate(app: &App, mut socket: WebSocket) -> Option<(WebSocket, Session)> {
    let deadline = Instant::now() + Duration::from_millis(app.config.authenticate_ms.into());
    for _ in 0..MOST_BROKEN_FRAMES {
        let (re, failure) = match timeout_at(deadline, socket.recv()).await {
            Err(_) => (None, Failure::new(ErrorCode::NotAuthenticated, "no token came in time")),
            Ok(None) => return None,
            Ok(Some(Err(error))) => {
                unreadable(socket, error).await;
                return None;
            }
            Ok(Some(Ok(Message::Ping(_) | Message::Pong(_)))) => continue,
            Ok(Some(Ok(Message::Close(_)))) => return None,
            Ok(Some(Ok(Message::Binary(_)))) => (None, binary()),
            Ok(Some(Ok(Message::Text(text)))) => match wire::parse(&text) {
                Err(Misread { re, failure }) => (re, failure),
                Ok(ClientEnvelope { id, msg: ClientMessage::Authenticate(request), .. }) => {
                    match Session::begin(app, id, &request) {
                        Ok(session) => return Some((socket, session)),
                        Err(failure) => (Some(id), failure),
                    }
                }
                Ok(envelope) => (
                    Some(envelope.id),
                    Failure::new(ErrorCode::NotAuthenticated, "the first frame must be authenticate"),
                ),
            },
        };
        let (code, stays) = (failure.code, failure.code == ErrorCode::MalformedFrame);
        if wire::send(&mut socket, re, ServerMessage::Error(failure)).await.is_err() {
            return None;
        }
        if !stays {
            wire::close(socket, close_code::POLICY, code.as_str()).await;
            return None;
        }
    }
    wire::close(socket, close_code::POLICY, ErrorCode::NotAuthenticated.as_str()).await;
    None
}

/// An authenticated socket.
struct Session {
    key: SessionKey,
    token: AccessToken,
    outbox: Arc<Outbox>,
    _presence: Presence,
}

/// Tells the hub when the socket is gone, however it ended.
struct Presence {
    app: App,
    key: SessionKey,
}

impl Drop for Presence {
    fn drop(&mut self) {
        // Fails only when the hub is gone, and nobody is present then.
        let _ = self.app.hub.send(Command::Disconnect { session: self.key });
    }
}

/// What becomes of the socket after a frame.
enum Next {
    Go,
    Close(u16, &'static str),
}

impl Session {
    fn begin(app: &App, re: RequestId, request: &Authenticate) -> Result<Self, Failure> {
        let token = app.tokens.verify(&request.token.0, clock::now())?;
        let key = app.sockets.next_key();
        let outbox = Arc::new(Outbox::new(app.config.backlog_bytes as usize));
        let session_id = SessionId::parse(&uuid::Uuid::new_v4().to_string())
            .map_err(|error| Failure::new(ErrorCode::Internal, error.to_string()))?;
        tracing::debug!(session = %session_id, user = %token.user, client = %request.client, "socket authenticated");
        let connect = Connect {
            session: key,
            session_id,
            re,
            user: token.user.clone(),
            issued_at: token.issued_at,
            expires_at: token.expires_at,
            cursor: request.cursor,
        };
        app.hub.send(Command::Connect { connect, outbox: outbox.clone() }).map_err(|refused| refused.1)?;
        Ok(Self { key, token, outbox, _presence: Presence { app: app.clone(), key } })
    }

    async fn run(mut self, app: &App, mut socket: WebSocket) {
        let heartbeat = Duration::from_millis(app.config.heartbeat_ms.into());
        let mut heard = Instant::now();
        let mut next_ping = heard + heartbeat;
        loop {
            let expiry = from_now(self.token.expires_at);
            let next = tokio::select! {
                frame = socket.recv() => {
                    heard = Instant::now();
                    match frame {
                        None => return,
                        Some(Err(error)) => return unreadable(socket, error).await,
                        Some(Ok(frame)) => self.hear(app, &mut socket, frame).await,
                    }
                }
                () = self.outbox.ready() => self.write_out(&mut socket).await,
                () = sleep_until(next_ping.min(expiry)) => {
                    if self.token.expires_at <= clock::now() {
                        expire(&mut socket).await
                    } else if heard.elapsed() > heartbeat * 2 {
                        tracing::debug!("a socket went silent");
                        return;
                    } else if Instant::now() >= next_ping {
                        next_ping = Instant::now() + heartbeat;
                        wire::write(&mut socket, [Message::Ping(bytes::Bytes::new())]).await.map(|()| Next::Go)
                    } else {
                        Ok(Next::Go)
                    }
                }
            };
            match next {
                Ok(Next::Go) => {}
                Ok(Next::Close(code, reason)) => return wire::close(socket, code, reason).await,
                Err(Gone) => return,
            }
        }
    }

    async fn write_out(&self, socket: &mut WebSocket) -> Result<Next, Gone> {
        let (frames, close) = self.outbox.take();
        wire::write(socket, frames.into_iter().map(Message::Text)).await?;
        let Some(reason) = close else {
            return Ok(Next::Go);
        };
        if reason == CloseReason::TooSlow {
            counter!(SLOW_CONSUMERS).increment(1);
        }
        let (code, word) = wire::close_code(reason);
        Ok(Next::Close(code, word))
    }

    async fn hear(&mut self, app: &App, socket: &mut WebSocket, frame: Message) -> Result<Next, Gone> {
        match frame {
            Message::Text(text) => self.hear_text(app, socket, text).await,
            Message::Binary(_) => {
                let failure = app.sockets.limiter.check(&self.token.user, None).err().unwrap_or_else(binary);
                refuse(socket, None, failure).await
            }
            Message::Ping(_) | Message::Pong(_) => Ok(Next::Go),
            Message::Close(_) => Ok(Next::Close(close_code::NORMAL, "")),
        }
    }

    async fn hear_text(&mut self, app: &App, socket: &mut WebSocket, text: Utf8Bytes) -> Result<Next, Gone> {
        let parsed = wire::parse(&text);
        let asked = parsed.as_ref().ok().map(|envelope| &envelope.msg);
        let limited = app.sockets.limiter.check(&self.token.user, asked);
        let envelope = match parsed {
            Ok(envelope) => envelope,
            Err(Misread { re, failure }) => {
                if failure.code == ErrorCode::UnsupportedProtocol {
                    wire::send(socket, re, ServerMessage::Error(failure)).await?;
                    return Ok(Next::Close(close_code::POLICY, ErrorCode::UnsupportedProtocol.as_str()));
                }
                return refuse(socket, re, limited.err().unwrap_or(failure)).await;
            }
        };
        let re = envelope.id;
        if let Err(failure) = limited {
            return refuse(socket, Some(re), failure).await;
        }
        match self.obey(app, re, envelope.msg).await {
            Ok(None) => Ok(Next::Go),
            Ok(Some(reply)) => {
                // Events decided before the reply was read must not come after it.
                let next = self.write_out(socket).await?;
                wire::send(socket, Some(re), reply).await?;
                Ok(next)
            }
            Err(failure) => refuse(socket, Some(re), failure).await,
        }
    }

    /// Answers at once, or lets the hub answer.
    async fn obey(
        &mut self,
        app: &App,
        re: RequestId,
        message: ClientMessage,
    ) -> Result<Option<ServerMessage>, Failure> {
        let input = match message {
            ClientMessage::Ping => return Ok(Some(ServerMessage::Pong)),
            ClientMessage::FetchMessages { chat, from, direction, limit } => {
                let page = pages::Page { chat, from, direction, limit };
                return self.fetch(app, page).await.map(Some);
            }
            ClientMessage::RefreshToken { token } => {
                let token = app.tokens.verify(&token.0, clock::now())?;
                if token.user != self.token.user {
                    return Err(Failure::new(ErrorCode::WrongUser, "the token is another user's"));
                }
                self.token = token;
                Input::TokenRefreshed { session: self.key, re, expires_at: self.token.expires_at }
            }
            message => Input::Request { session: self.key, re, message },
        };
        app.hub.send(Command::Input(input)).map_err(|refused| refused.1)?;
        Ok(None)
    }

    async fn fetch(&self, app: &App, page: pages::Page) -> Result<ServerMessage, Failure> {
        let (user, limits) = (self.token.user.clone(), app.config.limits());
        let read = app.reads.read(move |reader| Ok(pages::fetch(reader, &user, &page, limits))).await;
        let page = read.unwrap_or_else(|error| Err(error.into()));
        page.map_err(|refusal| refusal.into_failure().into_failure())
    }
}

async fn refuse(socket: &mut WebSocket, re: Option<RequestId>, failure: Failure) -> Result<Next, Gone> {
    wire::send(socket, re, ServerMessage::Error(failure)).await.map(|()| Next::Go)
}

async fn expire(socket: &mut WebSocket) -> Result<Next, Gone> {
    let failure = Failure::new(ErrorCode::TokenExpired, "the access token has expired");
    wire::send(socket, None, ServerMessage::Error(failure)).await?;
    Ok(Next::Close(close_code::POLICY, ErrorCode::TokenExpired.as_str()))
}

fn binary() -> Failure {
    Failure::new(ErrorCode::MalformedFrame, "frames are text")
}

fn from_now(at: Timestamp) -> Instant {
    let wait = u64::try_from(at.since(clock::now())).unwrap_or(0);
    Instant::now() + Duration::from_millis(wait)
}

/// The line cannot be read any further: says why, if the client can still hear it.
async fn unreadable(mut socket: WebSocket, error: axum::Error) {
    let inner = error.into_inner();
    let (failure, code) = match inner.downcast_ref::<tungstenite::Error>() {
        Some(tungstenite::Error::Capacity(_)) => {
            (Failure::new(ErrorCode::FrameTooLarge, "the frame is over the limit"), close_code::SIZE)
        }
        Some(tungstenite::Error::Utf8(_)) => {
            (Failure::new(ErrorCode::MalformedFrame, "the frame is not UTF-8"), close_code::INVALID)
        }
        // The client vanished, or does not speak WebSocket.
        Some(_) | None => return,
    };
    let reason = failure.code.as_str();
    if wire::send(&mut socket, None, ServerMessage::Error(failure)).await.is_ok() {
        wire::close_unread(socket, code, reason).await;
    }
}
