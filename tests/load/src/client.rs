//! One connected user: a bare socket that speaks the protocol, with as little work per message as possible.

use bandyer_protocol::{
    Authenticate, ChatId, ChatRequest, ClientEnvelope, ClientMessage, ClientMessageId, Features, MessageBody,
    PROTOCOL_VERSION, RequestId, SOCKET_PATH, ServerEnvelope, ServerMessage, SessionNews, SessionRequest,
    secret::Secret,
};
use futures_util::{SinkExt, StreamExt};
use std::{error::Error, net::SocketAddr};
use tokio::net::TcpStream;
use tokio_tungstenite::{
    WebSocketStream, client_async_with_config,
    tungstenite::{Message, protocol::WebSocketConfig},
};

pub type Fault = Box<dyn Error + Send + Sync>;

pub struct Client {
    socket: WebSocketStream<TcpStream>,
    next: u32,
    /// Frames of presence news read so far.
    pub news: u64,
}

fn is_presence(frame: &str) -> bool {
    frame.get(..64).unwrap_or(frame).contains("\"presence_changed\"")
}

impl Client {
    /// # Errors
    /// When the server cannot be reached or refuses the token.
    pub async fn connect(server: SocketAddr, token: String) -> Result<Self, Fault> {
        let stream = TcpStream::connect(server).await?;
        stream.set_nodelay(true)?;
        let config = WebSocketConfig::default().read_buffer_size(2048).write_buffer_size(0);
        let url = format!("ws://{server}{SOCKET_PATH}");
        let (socket, _) = client_async_with_config(url, stream, Some(config)).await?;
        let mut client = Self { socket, next: 1, news: 0 };
        client
            .send(ClientMessage::Session(SessionRequest::Authenticate(Authenticate {
                token: Secret(token),
                cursor: None,
                epoch: None,
                client: "load".to_owned(),
                features: Features::default(),
            })))
            .await?;
        match client.next().await?.msg {
            ServerMessage::Session(SessionNews::Welcome(_)) => Ok(client),
            ServerMessage::Error(failure) => Err(failure.reason.into()),
            other => Err(format!("expected a welcome, got {other:?}").into()),
        }
    }

    /// Sends one message; the server's answer is read by [`Self::next`].
    pub async fn say(&mut self, chat: &ChatId, client_id: ClientMessageId, text: &str) -> Result<(), Fault> {
        let body = MessageBody::Text(text.to_owned());
        self.send(ClientMessage::Chat(ChatRequest::SendMessage { chat: chat.clone(), client_id, body })).await
    }

    /// The next frame with something in it. News of who came and went is counted, not parsed: each of thousands of
    /// arrivals is told to thousands, and this process has one core for all of them.
    pub async fn next(&mut self) -> Result<ServerEnvelope, Fault> {
        loop {
            match self.socket.next().await.ok_or("the server closed the socket")?? {
                Message::Text(text) if is_presence(&text) => self.news += 1,
                Message::Text(text) => return Ok(serde_json::from_str(&text)?),
                Message::Close(frame) => return Err(format!("closed: {frame:?}").into()),
                Message::Binary(_) | Message::Ping(_) | Message::Pong(_) | Message::Frame(_) => {}
            }
        }
    }

    async fn send(&mut self, msg: ClientMessage) -> Result<(), Fault> {
        let envelope = ClientEnvelope { v: PROTOCOL_VERSION, id: RequestId(self.next), msg };
        self.next += 1;
        self.socket.send(Message::text(serde_json::to_string(&envelope)?)).await?;
        Ok(())
    }
}
