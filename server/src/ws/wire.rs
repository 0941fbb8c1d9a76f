//! Frames: what a client's text means, and how the server's envelopes are written on the socket.

use crate::delivery;
use crate::metrics::REFUSALS;
use axum::extract::ws::{CloseFrame, Message, WebSocket, close_code};
use bandyer_hub::CloseReason;
use bandyer_protocol::{
    ClientEnvelope, ErrorCode, Failure, OLDEST_PROTOCOL, PROTOCOL_VERSION, RequestId, ServerEnvelope,
    ServerMessage,
};
use futures_util::SinkExt;
use metrics::counter;
use serde::Deserialize;
use std::time::Duration;
use tokio::time::timeout;

/// A client that takes longer than this for one write is gone or hopeless. Long: as long as it is not over, a client that
/// begins to read again hears why it is cut off. One that reads nothing at all is given up earlier, see `answer_ms`.
const WRITE_PATIENCE: Duration = Duration::from_secs(60);

/// How long the client may take to answer a close.
const CLOSE_PATIENCE: Duration = Duration::from_secs(1);

/// How serde begins when a name is not among those of an enum.
const UNKNOWN_WORD: &str = "unknown variant";

/// The socket cannot be written any more.
pub struct Gone;

/// A frame that is no request.
pub struct Misread {
    pub re: Option<RequestId>,
    pub failure: Failure,
}

/// What can be told of a frame that is not understood.
#[derive(Deserialize)]
struct Head {
    #[serde(default)]
    v: Option<u16>,
    #[serde(default)]
    id: Option<RequestId>,
}

/// # Errors
/// `unsupported_protocol`, `unknown_message` or `malformed_frame`, with the request's id if it has one.
pub fn parse(text: &str) -> Result<ClientEnvelope, Misread> {
    // Serde would take an array of the fields for the object.
    if !text.trim_start().starts_with('{') {
        let failure = Failure::new(ErrorCode::MalformedFrame, "a frame is a JSON object");
        return Err(Misread { re: None, failure });
    }
    let (version, re, problem) = match serde_json::from_str::<ClientEnvelope>(text) {
        Ok(envelope) if is_spoken(envelope.v) => return Ok(envelope),
        Ok(envelope) => (Some(envelope.v), Some(envelope.id), String::new()),
        Err(error) => {
            let head = serde_json::from_str(text).unwrap_or(Head { v: None, id: None });
            (head.v, head.id, error.to_string())
        }
    };
    let failure = match version {
        Some(other) if !is_spoken(other) => Failure::new(
            ErrorCode::UnsupportedProtocol,
            format!("protocol {other} is not spoken here, only {OLDEST_PROTOCOL} to {PROTOCOL_VERSION}"),
        ),
        Some(_) if problem.starts_with(UNKNOWN_WORD) => Failure::new(ErrorCode::UnknownMessage, problem),
        Some(_) | None => Failure::new(ErrorCode::MalformedFrame, problem),
    };
    Err(Misread { re, failure })
}

fn is_spoken(version: u16) -> bool {
    (OLDEST_PROTOCOL..=PROTOCOL_VERSION).contains(&version)
}

pub async fn send(socket: &mut WebSocket, re: Option<RequestId>, msg: ServerMessage) -> Result<(), Gone> {
    if let ServerMessage::Error(failure) = &msg {
        counter!(REFUSALS, "code" => failure.code.as_str()).increment(1);
    }
    let envelope = ServerEnvelope { v: PROTOCOL_VERSION, re, step: None, msg };
    match delivery::frame(&envelope) {
        Some(frame) => write(socket, [Message::Text(frame)]).await,
        None => Ok(()),
    }
}

/// Writes everything with one flush.
pub async fn write(socket: &mut WebSocket, frames: impl IntoIterator<Item = Message>) -> Result<(), Gone> {
    let writing = async {
        for frame in frames {
            socket.feed(frame).await?;
        }
        socket.flush().await
    };
    match timeout(WRITE_PATIENCE, writing).await {
        Ok(Ok(())) => Ok(()),
        Ok(Err(_)) | Err(_) => Err(Gone),
    }
}

/// Says why the socket closes, and waits a moment for the client, so that what was sent last arrives.
pub async fn close(mut socket: Box<WebSocket>, code: u16, reason: &'static str) {
    let frame = CloseFrame { code, reason: reason.into() };
    let farewell = async {
        if socket.send(Message::Close(Some(frame))).await.is_err() {
            return;
        }
        while let Some(Ok(_)) = socket.recv().await {}
    };
    let _ = timeout(CLOSE_PATIENCE, farewell).await;
}

/// After a frame that cannot be read past: says why, and keeps the line open until that has arrived.
async fn close_unread(mut socket: Box<WebSocket>, code: u16, reason: &'static str) {
    let frame = CloseFrame { code, reason: reason.into() };
    if timeout(CLOSE_PATIENCE, socket.send(Message::Close(Some(frame)))).await.is_ok() {
        tokio::time::sleep(CLOSE_PATIENCE).await;
    }
}

pub fn close_code(reason: CloseReason) -> (u16, &'static str) {
    match reason {
        CloseReason::Refused => (close_code::POLICY, "refused"),
        CloseReason::Disconnected => (close_code::POLICY, "disconnected"),
        CloseReason::TooSlow => (close_code::AGAIN, "too_slow"),
        CloseReason::Restarting => (close_code::RESTART, "restarting"),
    }
}

pub fn binary() -> Failure {
    Failure::new(ErrorCode::MalformedFrame, "frames are text")
}

/// The line cannot be read any further: says why, if the client can still hear it.
pub async fn unreadable(mut socket: Box<WebSocket>, error: axum::Error) {
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
    if send(&mut socket, None, ServerMessage::Error(failure)).await.is_ok() {
        close_unread(socket, code, reason).await;
    }
}
