//! The second half: an authenticated socket. Hands requests to the hub, writes what the hub has for it, and notices
//! when the other side is gone or its token has run out.

use super::wire::{self, Gone, Misread};
use crate::auth::token::AccessToken;
use crate::delivery::{Outbox, Outboxes};
use crate::engine::Command;
use crate::metrics::SLOW_CONSUMERS;
use crate::state::App;
use axum::extract::ws::{Message, WebSocket, close_code};
use bandyer_hub::sync::{self, Part};
use bandyer_hub::{CloseReason, Connect, Input, Refusal, SessionKey, pages, scope, storage_failure};
use bandyer_protocol::{
    Authenticate, ChatRequest, ClientMessage, Cursor, ErrorCode, Failure, RequestId, ServerMessage,
    SessionId, SessionNews, SessionRequest, UserAlias,
};
use bandyer_records::{Reader, StoreResult};
use metrics::counter;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::{Instant, sleep_until};

pub struct Session {
    app: App,
    socket: Box<WebSocket>,
    opened: Opened,
    flood: Flood,
}

/// So many frames over the limit, with no pause between them, end a socket.
const MOST_REFUSED: u32 = 10_000;

/// A socket that keeps within its limits for so long has stopped flooding.
const PAUSE: Duration = Duration::from_secs(10);

/// Frames over the limit since the last pause.
#[derive(Default)]
struct Flood {
    refused: u32,
    last: Option<Instant>,
}

impl Flood {
    /// One more was refused; true when it is enough.
    fn goes_on(&mut self, now: Instant) -> bool {
        if self.last.is_none_or(|last| now.duration_since(last) > PAUSE) {
            self.refused = 0;
        }
        self.last = Some(now);
        self.refused += 1;
        self.refused > MOST_REFUSED
    }
}

/// A session the hub knows of. Dropped however the socket ends, and the hub hears of it.
pub struct Opened {
    hub: crate::engine::HubHandle,
    key: SessionKey,
    token: AccessToken,
    outbox: Arc<Outbox>,
    outboxes: Outboxes,
}

impl Drop for Opened {
    fn drop(&mut self) {
        self.outboxes.remove(self.key);
        // Fails only when the hub is gone, and nobody is present then.
        let _ = self.hub.send(Command::Input(Input::Disconnect { session: self.key }));
    }
}

/// What becomes of the socket after a frame.
enum Next {
    Go,
    Close(u16, &'static str),
}

/// What a frame asks of this side of the hub.
enum Todo {
    /// The hub has it, or there is nothing to do.
    Nothing,
    Reply(RequestId, ServerMessage),
    Refuse(Option<RequestId>, Failure),
    Fetch(RequestId, pages::Page),
    CatchUp(RequestId, Cursor),
    Close,
}

impl Session {
    /// # Errors
    /// When what the device missed cannot be read, or the hub takes nothing more.
    pub async fn open(
        app: &App,
        re: RequestId,
        token: AccessToken,
        request: &Authenticate,
    ) -> Result<Opened, Failure> {
        let session_id = SessionId::parse(&uuid::Uuid::new_v4().to_string())
            .map_err(|error| Failure::new(ErrorCode::Internal, error.to_string()))?;
        tracing::debug!(session = %session_id, user = %token.user, client = ?request.client, "authenticated");
        let (cursor, epoch) = (request.cursor, request.epoch.clone());
        let missed = missed(app, &token, move |reader| sync::known(reader, cursor, epoch.as_ref())).await?;
        let connect = Connect {
            session: app.sockets.next_key(),
            session_id,
            re,
            user: token.user.clone(),
            scope: token.scope.clone(),
            issued_at: token.issued_at,
            expires_at: token.expires_at,
            missed,
            features: request.features.clone().known(),
        };
        let outbox = Arc::new(Outbox::new(app.config.backlog_bytes as usize));
        app.outboxes.add(connect.session, outbox.clone());
        let (hub, outboxes) = (app.hub.clone(), app.outboxes.clone());
        let opened = Opened { hub, key: connect.session, token, outbox, outboxes };
        app.hub.send(Command::Input(Input::Connect(connect))).map_err(|refused| refused.1)?;
        Ok(opened)
    }

    /// When the token runs out.
    fn end(&self) -> Instant {
        let left = self.opened.token.expires_at.since(self.app.clock.now());
        Instant::now() + Duration::from_millis(u64::try_from(left).unwrap_or(0))
    }

    /// Serves the socket until it ends.
    pub async fn run(mut self) {
        let heartbeat = Duration::from_millis(self.app.config.heartbeat_ms.into());
        let mut heard = Instant::now();
        let mut next_ping = heard + heartbeat;
        let mut turns = self.app.clock.turns();
        let mut timer = pin!(sleep_until(next_ping.min(self.end())));
        loop {
            let next = tokio::select! {
                frame = self.socket.recv() => match frame {
                    None => return,
                    Some(Err(error)) => return Box::pin(wire::unreadable(self.socket, error)).await,
                    Some(Ok(frame)) => {
                        heard = Instant::now();
                        let expires_at = self.opened.token.expires_at;
                        let todo = self.hear(frame);
                        if self.opened.token.expires_at != expires_at {
                            timer.as_mut().reset(next_ping.min(self.end()));
                        }
                        match todo {
                            Todo::Nothing => Ok(Next::Go),
                            todo => Box::pin(self.carry_out(todo)).await,
                        }
                    }
                },
                () = self.opened.outbox.ready() => self.write_out().await,
                () = turns.next() => {
                    timer.as_mut().reset(next_ping.min(self.end()));
                    Ok(Next::Go)
                }
                () = timer.as_mut() => {
                    let now = Instant::now();
                    let silent = heard.elapsed() > heartbeat * 2;
                    let ping = now >= next_ping;
                    if ping {
                        next_ping = now + heartbeat;
                    }
                    timer.as_mut().reset(next_ping.min(self.end()));
                    if silent {
                        tracing::debug!("a socket went silent");
                        return;
                    }
                    Box::pin(self.on_time(ping)).await
                }
            };
            match next {
                Ok(Next::Go) => {}
                Ok(Next::Close(code, reason)) => {
                    return Box::pin(wire::close(self.socket, code, reason)).await;
                }
                Err(Gone) => return,
            }
        }
    }

    async fn on_time(&mut self, ping: bool) -> Result<Next, Gone> {
        if self.opened.token.expires_at <= self.app.clock.now() {
            let failure = Failure::new(ErrorCode::TokenExpired, "the access token has expired");
            wire::send(&mut self.socket, None, ServerMessage::Error(failure)).await?;
            return Ok(Next::Close(close_code::POLICY, ErrorCode::TokenExpired.as_str()));
        }
        if ping {
            wire::write(&mut self.socket, [Message::Ping(bytes::Bytes::new())]).await?;
        }
        Ok(Next::Go)
    }

    async fn write_out(&mut self) -> Result<Next, Gone> {
        let (frames, close) = self.opened.outbox.take();
        wire::write(&mut self.socket, frames.into_iter().map(Message::Text)).await?;
        let Some(reason) = close else {
            return Ok(Next::Go);
        };
        if reason == CloseReason::TooSlow {
            counter!(SLOW_CONSUMERS).increment(1);
        }
        let (code, word) = wire::close_code(reason);
        Ok(Next::Close(code, word))
    }

    fn hear(&mut self, frame: Message) -> Todo {
        match frame {
            Message::Text(text) => self.hear_text(&text),
            Message::Binary(_) => {
                let limited = self.app.sockets.limiter.check(&self.opened.token, None);
                Todo::Refuse(None, limited.err().unwrap_or_else(wire::binary))
            }
            Message::Ping(_) | Message::Pong(_) => Todo::Nothing,
            Message::Close(_) => Todo::Close,
        }
    }

    fn hear_text(&mut self, text: &str) -> Todo {
        let parsed = wire::parse(text);
        let asked = parsed.as_ref().ok().map(|envelope| &envelope.msg);
        let limited = self.app.sockets.limiter.check(&self.opened.token, asked).err();
        match (parsed, limited) {
            (Ok(envelope), None) => {
                let re = envelope.id;
                self.obey(re, envelope.msg, text.len())
                    .unwrap_or_else(|failure| Todo::Refuse(Some(re), failure))
            }
            (Ok(envelope), Some(limited)) => Todo::Refuse(Some(envelope.id), limited),
            (Err(Misread { re, failure }), limited) => {
                // What another version means cannot be known: it ends the socket, however often it comes.
                let final_word = failure.code == ErrorCode::UnsupportedProtocol;
                Todo::Refuse(re, limited.filter(|_| !final_word).unwrap_or(failure))
            }
        }
    }

    fn obey(&mut self, re: RequestId, message: ClientMessage, bytes: usize) -> Result<Todo, Failure> {
        let session = self.opened.key;
        let token = &self.opened.token;
        scope::within(token.scope.as_ref(), &token.user, &message)?;
        let input = match message {
            ClientMessage::Session(SessionRequest::Ping) => {
                return Ok(Todo::Reply(re, ServerMessage::Session(SessionNews::Pong)));
            }
            ClientMessage::Chat(ChatRequest::FetchMessages { chat, from, direction, limit }) => {
                return Ok(Todo::Fetch(re, pages::Page { chat, from, direction, limit }));
            }
            ClientMessage::Session(SessionRequest::Resync { cursor }) => {
                return Ok(Todo::CatchUp(re, cursor));
            }
            ClientMessage::Session(SessionRequest::RefreshToken { token }) => {
                let token = self.app.tokens.verify(&token.0, self.app.clock.now())?;
                let own = &self.opened.token;
                if token.user != own.user || token.scope != own.scope {
                    let reason = "the token is another user's, or of another scope";
                    return Err(Failure::new(ErrorCode::WrongUser, reason));
                }
                let expires_at = token.expires_at;
                self.opened.token = token;
                Input::TokenRefreshed { session, re, expires_at }
            }
            message => Input::Request { session, re, message },
        };
        self.app.hub.send(Command::Frame { input, bytes }).map_err(|refused| refused.1)?;
        Ok(Todo::Nothing)
    }

    async fn carry_out(&mut self, todo: Todo) -> Result<Next, Gone> {
        let (re, msg) = match todo {
            Todo::Nothing => return Ok(Next::Go),
            Todo::Close => return Ok(Next::Close(close_code::NORMAL, "")),
            Todo::Reply(re, msg) => (Some(re), msg),
            Todo::Refuse(re, failure) => (re, ServerMessage::Error(failure)),
            Todo::Fetch(re, page) => {
                let user = self.opened.token.user.clone();
                (Some(re), fetch(&self.app, user, page).await)
            }
            Todo::CatchUp(re, cursor) => {
                let missed = missed(&self.app, &self.opened.token, move |_| Ok(Some(cursor))).await;
                match missed.and_then(|missed| self.catch_up(re, missed)) {
                    Ok(()) => return Ok(Next::Go),
                    Err(failure) => (Some(re), ServerMessage::Error(failure)),
                }
            }
        };
        let last_word = match &msg {
            ServerMessage::Error(failure) => match failure.code {
                ErrorCode::UnsupportedProtocol => true,
                ErrorCode::RateLimited => self.flood.goes_on(Instant::now()),
                _ => false,
            }
            .then_some(failure.code),
            _ => None,
        };
        wire::send(&mut self.socket, re, msg).await?;
        Ok(last_word.map_or(Next::Go, |code| Next::Close(close_code::POLICY, code.as_str())))
    }

    /// The hub hands it over, between the events it belongs between.
    fn catch_up(&self, re: RequestId, missed: Box<Part>) -> Result<(), Failure> {
        let input = Input::CatchUp { session: self.opened.key, re, missed };
        self.app.hub.send(Command::Input(input)).map_err(|refused| refused.1)
    }
}

/// A part of what the device does not know, read beside the hub.
fn missed(
    app: &App,
    token: &AccessToken,
    since: impl FnOnce(&dyn Reader) -> StoreResult<Option<Cursor>> + Send + 'static,
) -> impl Future<Output = Result<Box<Part>, Failure>> {
    let (reads, user, scope) = (app.reads.clone(), token.user.clone(), token.scope.clone());
    let read = move |reader: &dyn Reader| {
        let since = since(reader)?;
        sync::part(reader, &user, scope.as_ref(), since, sync::MOST_CHATS)
    };
    async move { reads.read(read).await.map(Box::new).map_err(|error| storage_failure(&error)) }
}

async fn fetch(app: &App, user: UserAlias, page: pages::Page) -> ServerMessage {
    let limits = app.config.limits();
    let read = app.reads.read(move |reader| Ok(pages::fetch(reader, &user, &page, limits))).await;
    match read {
        Ok(Ok(page)) => page,
        Ok(Err(Refusal::Store(error))) | Err(error) => {
            tracing::error!(%error, "a page was not read");
            ServerMessage::Error(storage_failure(&error))
        }
        Ok(Err(refusal)) => ServerMessage::Error(refusal.into_failure().into_failure()),
    }
}

impl Opened {
    pub fn with(self, app: App, socket: Box<WebSocket>) -> Session {
        Session { app, socket, opened: self, flood: Flood::default() }
    }
}
