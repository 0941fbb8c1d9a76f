//! From an HTTP request to a WebSocket (RFC 6455, section 4.2).

use super::socket::Socket;
use axum::extract::Request;
use axum::http::{HeaderMap, HeaderName, StatusCode, header};
use axum::response::{IntoResponse, Response};
use hyper::upgrade::OnUpgrade;
use hyper_util::rt::TokioIo;
use tungstenite::handshake::derive_accept_key;

/// A request that asks for a WebSocket properly.
pub struct Handshake {
    accept: String,
    upgrade: OnUpgrade,
}

impl Handshake {
    /// # Errors
    /// The answer to a request that does not.
    pub fn of(mut request: Request) -> Result<Self, Box<Response>> {
        let headers = request.headers();
        let asks = has_token(headers, header::CONNECTION, "upgrade")
            && has_token(headers, header::UPGRADE, "websocket");
        if !asks {
            let ask = [(header::CONNECTION, "upgrade"), (header::UPGRADE, "websocket")];
            return refuse((StatusCode::UPGRADE_REQUIRED, ask, "only WebSockets are served here\n"));
        }
        if !has_token(headers, header::SEC_WEBSOCKET_VERSION, "13") {
            let version = [(header::SEC_WEBSOCKET_VERSION, "13")];
            return refuse((StatusCode::UPGRADE_REQUIRED, version, "WebSocket version 13 is spoken here\n"));
        }
        let Some(key) = headers.get(header::SEC_WEBSOCKET_KEY) else {
            return refuse((StatusCode::BAD_REQUEST, "Sec-WebSocket-Key is missing\n"));
        };
        let accept = derive_accept_key(key.as_bytes());
        Ok(Self { accept, upgrade: hyper::upgrade::on(&mut request) })
    }

    /// What the client gets now, and the socket it has afterwards; `None` when the client is gone by then.
    pub fn accept(self, most_bytes: usize) -> (Response, impl Future<Output = Option<Box<Socket>>> + Send) {
        let headers = [
            (header::CONNECTION, "upgrade".to_owned()),
            (header::UPGRADE, "websocket".to_owned()),
            (header::SEC_WEBSOCKET_ACCEPT, self.accept),
        ];
        let socket = async move {
            let upgraded = self.upgrade.await.ok()?;
            Some(Box::new(Socket::new(TokioIo::new(upgraded), most_bytes).await))
        };
        ((StatusCode::SWITCHING_PROTOCOLS, headers).into_response(), socket)
    }
}

fn refuse(answer: impl IntoResponse) -> Result<Handshake, Box<Response>> {
    Err(Box::new(answer.into_response()))
}

/// Whether a header that is a list of words has this one.
fn has_token(headers: &HeaderMap, name: HeaderName, token: &str) -> bool {
    let lines = headers.get_all(name).into_iter().filter_map(|line| line.to_str().ok());
    lines.flat_map(|line| line.split(',')).any(|word| word.trim().eq_ignore_ascii_case(token))
}
