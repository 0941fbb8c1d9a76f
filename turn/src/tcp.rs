//! Clients that come over TCP: a task for each, for networks that let nothing else out.

use super::Shared;
use super::client::{Client, Reply};
use super::frame;
use socket2::{Domain, Protocol, Socket, Type};
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use tokio::time::interval;
use tokio_util::sync::CancellationToken;

/// At once, with a relay or without.
const MOST_CONNECTIONS: usize = 4096;

/// Messages that may wait for a client that reads too slowly. Later ones are lost: for media that beats being late.
const MOST_WAITING: usize = 128;

/// A client that takes nothing at all for so long is gone.
const STUCK: Duration = Duration::from_secs(20);

pub fn bind(address: SocketAddr) -> io::Result<TcpListener> {
    let socket = Socket::new(Domain::for_address(address), Type::STREAM, Some(Protocol::TCP))?;
    if address.is_ipv6() {
        socket.set_only_v6(true)?;
    }
    #[cfg(unix)]
    socket.set_reuse_address(true)?;
    socket.set_nonblocking(true)?;
    socket.bind(&address.into())?;
    socket.listen(1024)?;
    TcpListener::from_std(socket.into())
}

/// Serves until told to stop.
pub async fn run(listener: TcpListener, own: SocketAddr, shared: Arc<Shared>, stopping: CancellationToken) {
    let open = Arc::new(AtomicUsize::new(0));
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            () = stopping.cancelled() => return,
        };
        match accepted {
            Ok((stream, address)) if open.load(Ordering::Relaxed) < MOST_CONNECTIONS => {
                let place = Place::new(open.clone());
                let (shared, stopping) = (shared.clone(), stopping.clone());
                tokio::spawn(async move {
                    let _place = place;
                    tokio::select! {
                        () = serve(stream, address, own, shared) => {}
                        () = stopping.cancelled() => {}
                    }
                });
            }
            Ok(_) => {}
            Err(error) => {
                tracing::warn!(%error, "a TURN connection was not accepted");
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
        }
    }
}

/// Counts a connection while it is open.
struct Place(Arc<AtomicUsize>);

impl Place {
    fn new(open: Arc<AtomicUsize>) -> Self {
        open.fetch_add(1, Ordering::Relaxed);
        Self(open)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

/// The relay ends with the connection, however that ends.
struct Ending(Arc<Client>);

impl Drop for Ending {
    fn drop(&mut self) {
        self.0.close();
    }
}

async fn serve(stream: TcpStream, address: SocketAddr, own: SocketAddr, shared: Arc<Shared>) {
    // Voice is many small packets.
    let _ = stream.set_nodelay(true);
    let (reader, writer) = stream.into_split();
    let (queue, waiting) = mpsc::channel(MOST_WAITING);
    let client = Client::new(address, own, Reply::Tcp(queue), shared);
    let ending = Ending(client);
    tokio::select! {
        () = read(reader, &ending.0) => {}
        () = write(writer, waiting) => {}
        () = watch(&ending.0) => {}
    }
}

async fn read(mut stream: OwnedReadHalf, client: &Arc<Client>) {
    let mut buffer = Vec::with_capacity(2 * frame::LONGEST);
    loop {
        match stream.read_buf(&mut buffer).await {
            Ok(0) | Err(_) => return,
            Ok(_) => {}
        }
        loop {
            match frame::take(&mut buffer) {
                Ok(Some(message)) => client.receive(&message),
                Ok(None) => break,
                Err(frame::NotOurs) => return,
            }
        }
    }
}

async fn write(mut stream: OwnedWriteHalf, mut waiting: mpsc::Receiver<Vec<u8>>) {
    while let Some(mut message) = waiting.recv().await {
        frame::pad(&mut message);
        match tokio::time::timeout(STUCK, stream.write_all(&message)).await {
            Ok(Ok(())) => {}
            Ok(Err(_)) | Err(_) => return,
        }
    }
}

/// Returns when there is no relay and no hope for one.
async fn watch(client: &Arc<Client>) {
    let mut second = interval(Duration::from_secs(1));
    loop {
        second.tick().await;
        if !client.tick() {
            return;
        }
    }
}
