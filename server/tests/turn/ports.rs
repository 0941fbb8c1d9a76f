//! Ports for servers that are told where to listen.

use std::net::{TcpListener, UdpSocket};
use std::sync::atomic::{AtomicU16, Ordering};

/// Below those that the system gives to whoever asks for any: nothing else in this process takes one meanwhile.
const FIRST: u16 = 20_000;
const COUNT: u16 = 12_000;

/// A port nobody has, over UDP or TCP, and that is not given again by this process.
pub fn free_port() -> u16 {
    static NEXT: AtomicU16 = AtomicU16::new(0);
    // Test binaries that run at the same time start at places of their own.
    let start = u16::try_from(std::process::id() * 101 % u32::from(COUNT)).unwrap();
    loop {
        let step = NEXT.fetch_add(1, Ordering::Relaxed);
        assert!(step < COUNT, "every port is taken");
        let port = FIRST + (start + step) % COUNT;
        if UdpSocket::bind(("127.0.0.1", port)).is_ok() && TcpListener::bind(("127.0.0.1", port)).is_ok() {
            return port;
        }
    }
}
