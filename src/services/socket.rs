//! The WebSocket: frames out, frames in, opened, closed. When to connect again is for the core to decide.

use crate::desk::link::DeskLink;
use crate::store::Store;
use bandyer_core::Action;
use bandyer_core::action::SocketEvent;
use bandyer_protocol::{ClientEnvelope, SOCKET_PATH, ServerEnvelope};
use futures::channel::mpsc::{UnboundedReceiver, UnboundedSender, unbounded};
use futures::future::poll_fn;
use futures::{SinkExt, StreamExt};
use gloo_net::websocket::futures::WebSocket;
use gloo_net::websocket::{Message, State, WebSocketError};
use std::cell::RefCell;
use std::rc::Rc;
use std::task::{Context, Poll};
use wasm_bindgen_futures::spawn_local;

pub struct Socket {
    store: Store,
    url: String,
    /// The way to the running connection's task; dropping it closes the connection without another word.
    frames: Frames,
    desk: DeskLink,
}

type Frames = Rc<RefCell<Option<UnboundedSender<String>>>>;

impl Socket {
    pub fn new(store: Store, server: &str, desk: DeskLink) -> Self {
        // http → ws, https → wss
        let url = format!("{}{SOCKET_PATH}", server.replacen("http", "ws", 1));
        let frames = Frames::default();
        let out = Rc::downgrade(&frames);
        desk.send_by(move |frame| {
            if let Some(frames) = out.upgrade() {
                write(&frames, frame.to_owned());
            }
        });
        Self { store, url, frames, desk }
    }

    /// Connects; a connection that still exists is closed first.
    pub fn open(&self) {
        self.close();
        match WebSocket::open(&self.url) {
            Ok(socket) => {
                let (frames, outgoing) = unbounded();
                *self.frames.borrow_mut() = Some(frames);
                let (store, desk) = (self.store.clone(), self.desk.clone());
                spawn_local(Line { store, desk, socket, outgoing, open: false }.run());
            }
            // Refused by the page's security policy, for example.
            Err(_) => self.lost(),
        }
    }

    /// Told in a later turn, as a failure on the way would be.
    fn lost(&self) {
        let store = self.store.clone();
        spawn_local(async move { store.dispatch(Action::Socket(SocketEvent::Closed)) });
    }

    pub fn close(&self) {
        self.frames.borrow_mut().take();
    }

    pub fn send(&self, envelope: &ClientEnvelope) {
        let Ok(text) = serde_json::to_string(envelope) else { return self.lost() };
        write(&self.frames, text);
    }
}

fn write(frames: &Frames, text: String) {
    if let Some(frames) = &*frames.borrow() {
        // The task is gone only after it reported `Closed`; whoever asked asks again after reconnecting.
        let _ = frames.unbounded_send(text);
    }
}

/// One connection, from its first attempt to its end.
struct Line {
    store: Store,
    desk: DeskLink,
    socket: WebSocket,
    outgoing: UnboundedReceiver<String>,
    open: bool,
}

enum Turn {
    Opened,
    Write(String),
    Read(String),
    /// The connection failed or ended.
    Lost,
    /// The service let go of it.
    Dropped,
}

impl Line {
    async fn run(mut self) {
        loop {
            match poll_fn(|context| self.poll(context)).await {
                Turn::Opened => self.store.dispatch(Action::Socket(SocketEvent::Opened)),
                Turn::Write(text) => {
                    if self.socket.start_send_unpin(Message::Text(text)).is_err() {
                        break;
                    }
                }
                Turn::Read(text) => match ServerEnvelope::read(&text) {
                    Ok(envelope) => {
                        self.desk.heard(&text);
                        self.store.dispatch(Action::Server(Box::new(envelope)));
                    }
                    // Never guess at what was missed: start over and let the cursor find out.
                    Err(_) => break,
                },
                Turn::Lost => break,
                Turn::Dropped => return,
            }
        }
        self.store.dispatch(Action::Socket(SocketEvent::Closed));
    }

    fn poll(&mut self, context: &mut Context<'_>) -> Poll<Turn> {
        match self.outgoing.poll_next_unpin(context) {
            Poll::Ready(Some(text)) => return Poll::Ready(Turn::Write(text)),
            Poll::Ready(None) => return Poll::Ready(Turn::Dropped),
            Poll::Pending => {}
        }
        if !self.open {
            return self.socket.poll_ready_unpin(context).map(|ready| self.opened(&ready));
        }
        self.socket.poll_next_unpin(context).map(|frame| match frame {
            Some(Ok(Message::Text(text))) => Turn::Read(text),
            Some(Ok(Message::Bytes(_)) | Err(_)) | None => Turn::Lost,
        })
    }

    fn opened(&mut self, ready: &Result<(), WebSocketError>) -> Turn {
        self.open = ready.is_ok() && matches!(self.socket.state(), State::Open);
        if self.open { Turn::Opened } else { Turn::Lost }
    }
}
