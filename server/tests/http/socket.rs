//! A widget's socket, as far as these tests need one.

use crate::client::Api;
use bandyer_protocol::PROTOCOL_VERSION;
use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use std::time::Duration;
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

pub struct Socket {
    stream: WebSocketStream<MaybeTlsStream<TcpStream>>,
    last_id: u32,
    /// News that came while an answer was waited for.
    unasked: Vec<Value>,
}

impl Socket {
    /// Connects and authenticates; the answer to that comes along.
    pub async fn open(api: &Api, token: &str) -> (Self, Value) {
        Self::open_knowing(api, token, &[]).await
    }

    /// The same, as a client that knows these features.
    pub async fn open_knowing(api: &Api, token: &str, features: &[&str]) -> (Self, Value) {
        let (stream, _) =
            connect_async(format!("ws://{}/client/socket", api.server.address())).await.unwrap();
        let mut socket = Self { stream, last_id: 0, unasked: Vec::new() };
        let welcome =
            socket.ask(json!({"session": {"authenticate": {"token": token, "client": "test", "features": features}}})).await;
        let news = welcome.get("session").cloned();
        (socket, news.unwrap_or(welcome))
    }

    /// The reply to a message.
    pub async fn ask(&mut self, msg: Value) -> Value {
        self.ask_frame(json!({"v": PROTOCOL_VERSION, "id": 0, "msg": msg})).await
    }

    /// Sends a text, and answers what came of it.
    pub async fn say(&mut self, chat: &str, id: &str, text: &str) -> Value {
        let sent = json!({"send_message": {"chat": chat, "client_id": id, "body": {"text": text}}});
        self.ask(json!({"chat": sent})).await
    }

    /// The reply to a whole frame, sent under an id of its own.
    pub async fn ask_frame(&mut self, mut frame: Value) -> Value {
        self.last_id += 1;
        let id = self.last_id;
        frame["id"] = id.into();
        self.stream.send(Message::text(frame.to_string())).await.unwrap();
        loop {
            let frame = self.next().await.expect("an answer");
            if frame["re"] == id {
                return frame["msg"].clone();
            }
            self.unasked.push(frame);
        }
    }

    /// The next news of users of that name.
    pub async fn news(&mut self, name: &str) -> Value {
        loop {
            let frame = if self.unasked.is_empty() {
                self.next().await.expect("news")
            } else {
                self.unasked.remove(0)
            };
            if !frame["msg"]["user"][name].is_null() {
                return frame["msg"]["user"][name].clone();
            }
        }
    }

    /// How many such news came while an answer was waited for.
    pub fn heard(&self, name: &str) -> usize {
        self.unasked.iter().filter(|frame| !frame["msg"]["user"][name].is_null()).count()
    }

    /// The next frame; `None` when the socket is closed.
    pub async fn next(&mut self) -> Option<Value> {
        let wait = Duration::from_secs(10);
        loop {
            match tokio::time::timeout(wait, self.stream.next()).await.expect("a frame within ten seconds") {
                Some(Ok(Message::Text(text))) => return Some(serde_json::from_str(&text).unwrap()),
                Some(Ok(Message::Close(_)) | Err(_)) | None => return None,
                Some(Ok(_)) => {}
            }
        }
    }
}
