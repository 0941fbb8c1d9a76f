//! TLS where this program asks others: with ring, whoever brings the client.

use tokio_rustls::rustls::crypto::ring;

/// To be called before a client is made that brings no cryptography of its own; any number of times.
pub fn ready() {
    // Somebody in this process was first: then it is ready as well.
    drop(ring::default_provider().install_default());
}
