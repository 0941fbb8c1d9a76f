//! A widget's socket without a widget.

use crate::world::alias;
use bandyer_protocol::secret::Secret;
use bandyer_protocol::{
    Authenticate, ChatId, ChatNews, ChatRequest, ChatSummary, ClientEnvelope, ClientMessage, ClientMessageId,
    Cursor, CursorStep, Epoch, ErrorCode, Failure, Features, Message as Stored, MessageBody,
    PROTOCOL_VERSION, PageDirection, RequestId, SOCKET_PATH, Seq, ServerEnvelope, ServerMessage, SessionNews,
    SessionRequest, Sync, UserNews, UserRequest, Welcome,
};
use futures_util::{SinkExt, StreamExt};
use std::collections::VecDeque;
use std::net::SocketAddr;
use std::time::Duration;
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::{Message, protocol::CloseFrame};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

const PATIENCE: Duration = Duration::from_secs(10);

pub struct Client {
    pub socket: WebSocketStream<MaybeTlsStream<TcpStream>>,
    next_id: u32,
    /// Events read while a reply was waited for.
    events: VecDeque<ServerEnvelope>,
    pub welcome: Option<Welcome>,
}

/// What the line said.
#[derive(Debug)]
pub enum Heard {
    Envelope(Box<ServerEnvelope>),
    Closed(Option<CloseFrame>),
}

impl Client {
    pub async fn open(address: SocketAddr) -> Self {
        let (socket, _) = connect_async(format!("ws://{address}{SOCKET_PATH}")).await.unwrap();
        Self { socket, next_id: 0, events: VecDeque::new(), welcome: None }
    }

    /// `since` is where the device stands, and in which life of the database.
    pub async fn sign_in(&mut self, token: &str, since: Option<(Cursor, Epoch)>) -> Welcome {
        match self.authenticate(token, since).await.msg {
            ServerMessage::Session(SessionNews::Welcome(welcome)) => {
                self.welcome = Some((*welcome).clone());
                *welcome
            }
            other => panic!("no welcome but {other:?}"),
        }
    }

    pub async fn authenticate(&mut self, token: &str, since: Option<(Cursor, Epoch)>) -> ServerEnvelope {
        let (cursor, epoch) = since.unzip();
        let token = Secret(token.to_owned());
        self.ask(SessionRequest::Authenticate(Authenticate {
            token,
            cursor,
            epoch,
            client: "test".to_owned(),
            features: Features::own(),
        }))
        .await
    }

    /// Which life of the database the welcome was of.
    pub fn epoch(&self) -> Epoch {
        self.welcome.as_ref().unwrap().epoch.clone()
    }

    pub fn synced(&self) -> &Sync {
        &self.welcome.as_ref().unwrap().sync
    }

    /// Sends without waiting for the reply.
    pub async fn post(&mut self, msg: impl Into<ClientMessage>) -> RequestId {
        self.next_id += 1;
        let id = RequestId(self.next_id);
        let envelope = ClientEnvelope { v: PROTOCOL_VERSION, id, msg: msg.into() };
        self.post_text(&serde_json::to_string(&envelope).unwrap()).await;
        id
    }

    pub async fn post_text(&mut self, text: &str) {
        self.socket.send(Message::Text(text.into())).await.unwrap();
    }

    /// The reply to a request; events before it are kept.
    pub async fn ask(&mut self, msg: impl Into<ClientMessage>) -> ServerEnvelope {
        let id = self.post(msg).await;
        self.reply_to(id).await
    }

    pub async fn reply_to(&mut self, id: RequestId) -> ServerEnvelope {
        loop {
            let envelope = self.hear_envelope().await;
            match envelope.re {
                Some(re) if re == id => return envelope,
                Some(re) => panic!("a reply to {re:?} instead of {id:?}: {:?}", envelope.msg),
                None => self.events.push_back(envelope),
            }
        }
    }

    pub async fn refused(&mut self, msg: impl Into<ClientMessage>) -> ErrorCode {
        failure(self.ask(msg).await).code
    }

    pub async fn hear(&mut self) -> Heard {
        loop {
            let frame = timeout(PATIENCE, self.socket.next()).await.expect("the server says nothing");
            match frame {
                Some(Ok(Message::Text(text))) => {
                    return Heard::Envelope(Box::new(serde_json::from_str(&text).unwrap()));
                }
                Some(Ok(Message::Close(frame))) => return Heard::Closed(frame),
                Some(Ok(_)) => {}
                None | Some(Err(_)) => return Heard::Closed(None),
            }
        }
    }

    pub async fn hear_envelope(&mut self) -> ServerEnvelope {
        match self.hear().await {
            Heard::Envelope(envelope) => *envelope,
            Heard::Closed(frame) => panic!("closed: {frame:?}"),
        }
    }

    /// The next event, presence left out.
    pub async fn event(&mut self) -> ServerEnvelope {
        loop {
            let envelope = match self.events.pop_front() {
                Some(envelope) => envelope,
                None => self.hear_envelope().await,
            };
            assert_eq!(envelope.re, None, "a reply nobody waited for: {:?}", envelope.msg);
            if !matches!(envelope.msg, ServerMessage::User(UserNews::PresenceChanged { .. })) {
                return envelope;
            }
        }
    }

    /// Waits until the server closes the line; answers the close code.
    pub async fn closed(&mut self) -> Option<u16> {
        loop {
            if let Heard::Closed(frame) = self.hear().await {
                return frame.map(|frame| frame.code.into());
            }
        }
    }

    /// True when the line still answers, and no event came before the answer.
    pub async fn is_quiet(&mut self) -> bool {
        self.events
            .retain(|event| !matches!(event.msg, ServerMessage::User(UserNews::PresenceChanged { .. })));
        let pong = self.ask(UserRequest::Get { user: alias("anna") }).await;
        assert!(matches!(pong.msg, ServerMessage::User(UserNews::Status { .. })));
        self.events
            .retain(|event| !matches!(event.msg, ServerMessage::User(UserNews::PresenceChanged { .. })));
        self.events.is_empty()
    }

    pub async fn add_chat(&mut self, with: &str) -> (ChatSummary, Option<CursorStep>) {
        let reply = self.ask(ChatRequest::Add { user: alias(with) }).await;
        match reply.msg {
            ServerMessage::Chat(ChatNews::Added { summary, profile }) => {
                assert_eq!(profile.alias, alias(with));
                (*summary, reply.step)
            }
            other => panic!("{other:?}"),
        }
    }

    pub async fn chat_added(&mut self) -> ChatSummary {
        match self.event().await.msg {
            ServerMessage::Chat(ChatNews::Added { summary, .. }) => *summary,
            other => panic!("{other:?}"),
        }
    }

    pub async fn send(&mut self, chat: &ChatId, id: &str, text: &str) -> (Stored, Option<CursorStep>) {
        let reply = self.ask(text_message(chat, id, text)).await;
        (message(&reply), reply.step)
    }

    pub async fn page(
        &mut self,
        chat: &ChatId,
        from: u64,
        direction: PageDirection,
        limit: u32,
    ) -> (Vec<u64>, bool) {
        let from = Seq(from);
        match self.ask(ChatRequest::FetchMessages { chat: chat.clone(), from, direction, limit }).await.msg {
            ServerMessage::Chat(ChatNews::Messages { messages, has_more, .. }) => {
                (messages.iter().map(|message| message.seq.0).collect(), has_more)
            }
            other => panic!("{other:?}"),
        }
    }

    /// Every message of a chat, page by page.
    pub async fn thread(&mut self, chat: &ChatId) -> Vec<Stored> {
        let mut all: Vec<Stored> = Vec::new();
        loop {
            let from = all.last().map_or(Seq(0), |message| message.seq);
            let direction = PageDirection::After;
            let ask = ClientMessage::Chat(ChatRequest::FetchMessages {
                chat: chat.clone(),
                from,
                direction,
                limit: 200,
            });
            match self.ask(ask).await.msg {
                ServerMessage::Chat(ChatNews::Messages { messages, has_more, .. }) => {
                    all.extend(messages);
                    if !has_more {
                        return all;
                    }
                }
                other => panic!("{other:?}"),
            }
        }
    }
}

pub fn text_message(chat: &ChatId, id: &str, text: &str) -> ClientMessage {
    ClientMessage::Chat(ChatRequest::SendMessage {
        chat: chat.clone(),
        client_id: ClientMessageId::parse(id).unwrap(),
        body: MessageBody::Text(text.to_owned()),
    })
}

pub fn message(envelope: &ServerEnvelope) -> Stored {
    match &envelope.msg {
        ServerMessage::Chat(ChatNews::MessageAdded { message }) => message.clone(),
        other => panic!("no message but {other:?}"),
    }
}

pub fn failure(envelope: ServerEnvelope) -> Failure {
    match envelope.msg {
        ServerMessage::Error(failure) => failure,
        other => panic!("no refusal but {other:?}"),
    }
}
