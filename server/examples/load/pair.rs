//! Two users with a chat: one writes, the other one's clock says how long it took.

use crate::process::{TOKEN_SECRET, aliases};
use bandyer_protocol::client_message::Secret;
use bandyer_protocol::{
    Authenticate, ChatId, ClientEnvelope, ClientMessage, ClientMessageId, MessageBody, PROTOCOL_VERSION,
    RequestId, SOCKET_PATH,
};
use bandyer_server::clock;
use bandyer_server::token::TokenKeys;
use futures_util::{SinkExt, StreamExt};
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};
use tokio::net::TcpStream;
use tokio::sync::{oneshot, watch};
use tokio::task::JoinSet;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async_with_config};

type Socket = WebSocketStream<MaybeTlsStream<TcpStream>>;

#[derive(Debug, Clone, Copy)]
pub enum Pace {
    AsAcknowledged,
    Every(Duration),
}

struct Pair {
    writer: Socket,
    reader: Socket,
}

/// Microseconds from send to delivery.
#[derive(Default)]
pub struct Tally(Mutex<Vec<u32>>);

pub struct Running(JoinSet<()>);

impl Tally {
    pub fn start_over(&self) {
        self.0.lock().unwrap().clear();
    }

    pub fn sorted(&self) -> Vec<u32> {
        let mut all = self.0.lock().unwrap().clone();
        all.sort_unstable();
        all
    }

    fn add(&self, latency: Duration) {
        self.0.lock().unwrap().push(u32::try_from(latency.as_micros()).unwrap());
    }
}

impl Pair {
    async fn connect(address: SocketAddr, number: u32) -> Self {
        let keys = TokenKeys::new(TOKEN_SECRET.as_bytes()).unwrap();
        let [first, second] = aliases(number).map(|user| keys.issue(&user, clock::now(), 3600).unwrap().0);
        Self { writer: open(address, first).await, reader: open(address, second).await }
    }
}

async fn open(address: SocketAddr, token: String) -> Socket {
    let config = WebSocketConfig::default().read_buffer_size(2048);
    let url = format!("ws://{address}{SOCKET_PATH}");
    let (mut socket, _) = connect_async_with_config(url, Some(config), true).await.unwrap();
    let token = Secret(token);
    let hello = ClientMessage::Authenticate(Authenticate { token, cursor: None, client: "load".to_owned() });
    socket.send(frame(0, hello)).await.unwrap();
    loop {
        if let Message::Text(text) = socket.next().await.unwrap().unwrap() {
            assert!(!text.contains("\"error\""), "{text}");
            if text.contains("\"welcome\"") {
                return socket;
            }
        }
    }
}

fn frame(id: u32, msg: ClientMessage) -> Message {
    let envelope = ClientEnvelope { v: PROTOCOL_VERSION, id: RequestId(id), msg };
    Message::Text(serde_json::to_string(&envelope).unwrap().into())
}

impl Running {
    /// Connects everybody, a few at a time, and lets them read; writing starts when `start` says so.
    pub async fn connect(
        address: SocketAddr,
        pairs: u32,
        pace: Pace,
        tally: Arc<Tally>,
        start: &watch::Receiver<bool>,
    ) -> Self {
        let clock = Instant::now();
        let mut tasks = JoinSet::new();
        let mut connecting = JoinSet::new();
        for number in 0..pairs {
            if connecting.len() >= 32 {
                connecting.join_next().await.unwrap().unwrap();
            }
            let (tally, start) = (tally.clone(), start.clone());
            let (writing, reading) = (oneshot::channel(), oneshot::channel());
            connecting.spawn(async move {
                let pair = Pair::connect(address, number).await;
                let _ = writing.0.send(pair.writer);
                let _ = reading.0.send(pair.reader);
            });
            tasks.spawn(async move { receive(reading.1.await.unwrap(), clock, &tally).await });
            tasks.spawn(async move {
                let mut socket = writing.1.await.unwrap();
                wait(&mut socket, start).await;
                match pace {
                    Pace::AsAcknowledged => send_on_reply(socket, number, clock).await,
                    Pace::Every(period) => {
                        send_in_time(socket, number, clock, period, period * number / pairs).await;
                    }
                }
            });
        }
        while let Some(connected) = connecting.join_next().await {
            connected.unwrap();
        }
        Self(tasks)
    }

    pub fn abort(mut self) {
        self.0.abort_all();
    }
}

/// Reads, so that pings are answered, until it starts.
async fn wait(socket: &mut Socket, mut start: watch::Receiver<bool>) {
    loop {
        tokio::select! {
            _ = start.wait_for(|started| *started) => return,
            frame = socket.next() => {
                frame.unwrap().unwrap();
            }
        }
    }
}

async fn receive(mut socket: Socket, clock: Instant, tally: &Tally) {
    while let Some(Ok(frame)) = socket.next().await {
        // Parsing all of it would cost more than the server spends.
        if let Message::Text(text) = frame
            && let Some((_, after)) = text.split_once("\"text\":\"t")
            && let Some((sent, _)) = after.split_once(' ')
        {
            let sent = Duration::from_nanos(sent.parse().unwrap());
            tally.add(clock.elapsed().saturating_sub(sent));
        }
    }
}

fn message(number: u32, id: u32, clock: Instant) -> Message {
    let [first, second] = aliases(number);
    let text = format!("t{} is when this text of some length was sent", clock.elapsed().as_nanos());
    frame(
        id,
        ClientMessage::SendMessage {
            chat: ChatId::between(&first, &second).unwrap(),
            client_id: ClientMessageId::parse(&uuid::Uuid::new_v4().to_string()).unwrap(),
            body: MessageBody::Text(text),
        },
    )
}

async fn send_on_reply(mut socket: Socket, number: u32, clock: Instant) {
    for id in 1.. {
        socket.send(message(number, id, clock)).await.unwrap();
        loop {
            if let Message::Text(text) = socket.next().await.unwrap().unwrap()
                && text.contains("\"re\":")
            {
                assert!(!text.contains("\"error\""), "{text}");
                break;
            }
        }
    }
}

async fn send_in_time(socket: Socket, number: u32, clock: Instant, period: Duration, start: Duration) {
    let (mut sender, mut receiver) = socket.split();
    let drain = tokio::spawn(async move { while let Some(Ok(_)) = receiver.next().await {} });
    tokio::time::sleep(start).await;
    let mut turn = tokio::time::interval(period);
    for id in 1.. {
        turn.tick().await;
        if sender.send(message(number, id, clock)).await.is_err() {
            break;
        }
    }
    drain.abort();
}
