//! A receiver of webhooks: keeps what it is told, and answers as it is told to.

use serde_json::Value;
use std::collections::VecDeque;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

pub struct Told {
    pub at: Instant,
    pub request_line: String,
    pub headers: Vec<(String, String)>,
    pub raw: String,
}

impl Told {
    pub fn header(&self, name: &str) -> &str {
        let found = self.headers.iter().find(|(known, _)| known == name);
        found.map_or("", |(_, value)| value)
    }

    pub fn body(&self) -> Value {
        serde_json::from_str(&self.raw).unwrap()
    }

    pub fn event(&self) -> String {
        self.body()["event"].as_str().unwrap().to_owned()
    }
}

/// How the next request is answered.
#[derive(Clone)]
pub enum Reply {
    Status(u16),
    /// Sends to another path.
    Redirect(String),
    /// Says nothing for this long.
    Silence(Duration),
    /// Answers 200 and then never stops.
    Endless,
}

pub struct Receiver {
    pub address: SocketAddr,
    told: Arc<Mutex<Vec<Told>>>,
    replies: Arc<Mutex<VecDeque<Reply>>>,
    task: JoinHandle<()>,
}

impl Receiver {
    /// Answers as listed, and 200 after that.
    pub async fn start(replies: impl IntoIterator<Item = Reply>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let told: Arc<Mutex<Vec<Told>>> = Arc::default();
        let replies = Arc::new(Mutex::new(replies.into_iter().collect::<VecDeque<_>>()));
        let (kept, answers) = (told.clone(), replies.clone());
        let task = tokio::spawn(async move {
            loop {
                let (mut stream, _) = listener.accept().await.unwrap();
                let (kept, answers) = (kept.clone(), answers.clone());
                tokio::spawn(async move {
                    let Some(one) = read(&mut stream).await else { return };
                    kept.lock().unwrap().push(one);
                    let reply = answers.lock().unwrap().pop_front().unwrap_or(Reply::Status(200));
                    answer(&mut stream, reply).await;
                });
            }
        });
        Self { address, told, replies, task }
    }

    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    pub fn then(&self, reply: Reply) {
        self.replies.lock().unwrap().push_back(reply);
    }

    /// Everything so far, once it is `count`.
    pub async fn told(&self, count: usize) -> Vec<Told> {
        let deadline = Instant::now() + Duration::from_secs(15);
        while self.told.lock().unwrap().len() < count {
            let so_far = self.told.lock().unwrap().len();
            assert!(Instant::now() < deadline, "told {so_far} of {count}");
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        std::mem::take(&mut *self.told.lock().unwrap())
    }

    /// How much came that nobody has asked for yet. To be looked at when something has come that would come later.
    pub fn unasked(&self) -> usize {
        self.told.lock().unwrap().len()
    }
}

impl Drop for Receiver {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn read(stream: &mut tokio::net::TcpStream) -> Option<Told> {
    let mut bytes = Vec::new();
    let head = loop {
        if let Some(end) = bytes.windows(4).position(|four| four == b"\r\n\r\n") {
            break end;
        }
        if stream.read_buf(&mut bytes).await.ok()? == 0 {
            return None;
        }
    };
    let text = String::from_utf8(bytes[..head].to_vec()).unwrap();
    let mut lines = text.split("\r\n");
    let request_line = lines.next()?.to_owned();
    let headers: Vec<(String, String)> = lines
        .filter_map(|line| line.split_once(": "))
        .map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned()))
        .collect();
    let length = headers.iter().find(|(name, _)| name == "content-length")?.1.parse::<usize>().ok()?;
    while bytes.len() < head + 4 + length {
        if stream.read_buf(&mut bytes).await.ok()? == 0 {
            return None;
        }
    }
    let raw = String::from_utf8(bytes[head + 4..].to_vec()).unwrap();
    Some(Told { at: Instant::now(), request_line, headers, raw })
}

async fn answer(stream: &mut tokio::net::TcpStream, reply: Reply) {
    let text = match reply {
        Reply::Status(status) => format!("HTTP/1.1 {status} So\r\ncontent-length: 2\r\n\r\nok"),
        Reply::Redirect(to) => {
            format!("HTTP/1.1 307 Elsewhere\r\nlocation: {to}\r\ncontent-length: 0\r\n\r\n")
        }
        Reply::Silence(time) => {
            tokio::time::sleep(time).await;
            return;
        }
        Reply::Endless => {
            let _ = stream.write_all(b"HTTP/1.1 200 OK\r\n\r\n").await;
            while stream.write_all(&[b'x'; 4096]).await.is_ok() {}
            return;
        }
    };
    let _ = stream.write_all(text.as_bytes()).await;
}
