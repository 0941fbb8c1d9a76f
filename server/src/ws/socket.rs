//! One WebSocket: tungstenite reads and keeps the protocol, texts are written past it. Its write buffer would stay as
//! large as the largest frame for as long as the socket lives, and every text would be copied into it.

use bytes::Bytes;
use futures_util::{SinkExt, StreamExt};
use hyper::upgrade::Upgraded;
use hyper_util::rt::TokioIo;
use std::io::Result;
use tokio::io::AsyncWriteExt;
use tokio_tungstenite::WebSocketStream;
use tungstenite::protocol::frame::coding::CloseCode;
use tungstenite::protocol::{CloseFrame, Role, WebSocketConfig};
use tungstenite::{Error, Message};

/// Frames are gathered up to this many bytes into one write; longer ones are written without a copy.
const GATHER_BYTES: usize = 16 * 1024;

/// First byte of a frame that is a whole text (RFC 6455, section 5.2).
const WHOLE_TEXT: u8 = 0x81;

pub struct Socket {
    stream: WebSocketStream<TokioIo<Upgraded>>,
}

impl Socket {
    pub async fn new(io: TokioIo<Upgraded>, most_bytes: usize) -> Self {
        // Thousands of sockets are idle most of the time: what each one keeps counts.
        let config = WebSocketConfig::default()
            .read_buffer_size(512)
            .write_buffer_size(0)
            .max_frame_size(Some(most_bytes))
            .max_message_size(Some(most_bytes));
        Self { stream: WebSocketStream::from_raw_socket(io, Role::Server, Some(config)).await }
    }

    /// `None` when the socket is closed. Can be dropped and called again without losing anything.
    pub async fn recv(&mut self) -> Option<std::result::Result<Message, Error>> {
        self.stream.next().await
    }

    /// Writes texts, one frame each. The socket is of no use after an error, nor after this was dropped unfinished.
    pub async fn write_texts(&mut self, texts: impl IntoIterator<Item = Bytes>) -> Result<()> {
        // A pong may be half on its way: what tungstenite has goes out first.
        self.stream.flush().await.map_err(std::io::Error::other)?;
        let io = self.stream.get_mut();
        let mut gathered = Vec::new();
        for text in texts {
            put_head(&mut gathered, text.len());
            if text.len() <= GATHER_BYTES {
                gathered.extend_from_slice(&text);
            }
            if gathered.len() >= GATHER_BYTES || text.len() > GATHER_BYTES {
                io.write_all(&gathered).await?;
                gathered.clear();
            }
            if text.len() > GATHER_BYTES {
                io.write_all(&text).await?;
            }
        }
        io.write_all(&gathered).await?;
        io.flush().await
    }

    pub async fn ping(&mut self) -> std::result::Result<(), Error> {
        self.stream.send(Message::Ping(Bytes::new())).await
    }

    pub async fn close(&mut self, code: CloseCode, reason: &'static str) -> std::result::Result<(), Error> {
        self.stream.send(Message::Close(Some(CloseFrame { code, reason: reason.into() }))).await
    }
}

/// The head of an unmasked text frame, as a server sends it.
fn put_head(buffer: &mut Vec<u8>, length: usize) {
    buffer.push(WHOLE_TEXT);
    match (u8::try_from(length), u16::try_from(length)) {
        (Ok(short), _) if short < 126 => buffer.push(short),
        (_, Ok(medium)) => {
            buffer.push(126);
            buffer.extend_from_slice(&medium.to_be_bytes());
        }
        (_, Err(_)) => {
            buffer.push(127);
            buffer.extend_from_slice(&(length as u64).to_be_bytes());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn heads_grow_with_the_length_as_the_standard_says() {
        let head = |length| {
            let mut buffer = Vec::new();
            put_head(&mut buffer, length);
            buffer
        };
        assert_eq!(head(0), [0x81, 0]);
        assert_eq!(head(125), [0x81, 125]);
        assert_eq!(head(126), [0x81, 126, 0, 126]);
        assert_eq!(head(65_535), [0x81, 126, 0xff, 0xff]);
        assert_eq!(head(65_536), [0x81, 127, 0, 0, 0, 0, 0, 1, 0, 0]);
    }
}
