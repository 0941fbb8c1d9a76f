//! Carries one request to a receiver: resolve, check, connect to what was checked, send, look at the answer. No
//! redirect is followed, no proxy asked, nothing kept open.

use crate::addresses::is_public;
use bytes::Bytes;
use http::{HeaderName, HeaderValue, Request, Uri, header};
use http_body_util::{BodyExt, Full, Limited};
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use std::fmt;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpStream, lookup_host};
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::ServerName;
use tokio_rustls::rustls::{ClientConfig, RootCertStore};

/// From the first look at the name to the last byte of the answer.
const PATIENCE: Duration = Duration::from_secs(5);
/// An answer is not read any further; the status is all that counts.
const MAX_ANSWER_BYTES: usize = 64 * 1024;

/// Why something was not delivered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Undelivered {
    /// The name has no address.
    NotResolved,
    /// The address is one of this machine, of a private network, or special in another way.
    NotPublic,
    NotConnected,
    /// No agreement on TLS, or a certificate nobody vouches for.
    NotSecure,
    TimedOut,
    /// No answer in HTTP.
    NoAnswer,
    /// Something else than 200.
    Status(u16),
}

impl Undelivered {
    /// For metrics.
    pub fn as_str(self) -> &'static str {
        match self {
            Undelivered::NotResolved => "not_resolved",
            Undelivered::NotPublic => "not_public",
            Undelivered::NotConnected => "not_connected",
            Undelivered::NotSecure => "not_secure",
            Undelivered::TimedOut => "timed_out",
            Undelivered::NoAnswer => "no_answer",
            Undelivered::Status(_) => "refused",
        }
    }
}

impl fmt::Display for Undelivered {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Undelivered::Status(status) => write!(f, "answered {status}"),
            other => f.write_str(other.as_str()),
        }
    }
}

/// Cheap to clone.
#[derive(Clone)]
pub struct Courier {
    tls: TlsConnector,
    allow_private: bool,
}

impl Courier {
    /// Believes the certificates that browsers believe.
    ///
    /// # Errors
    /// When TLS cannot be set up, which it has no reason for.
    pub fn new(allow_private: bool) -> Result<Self, String> {
        let roots = RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() };
        Self::trusting(roots, allow_private)
    }

    fn trusting(roots: RootCertStore, allow_private: bool) -> Result<Self, String> {
        let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .map_err(|error| error.to_string())?
            .with_root_certificates(roots)
            .with_no_client_auth();
        Ok(Self { tls: TlsConnector::from(Arc::new(config)), allow_private })
    }

    /// Posts a JSON body. The address must be absolute.
    ///
    /// # Errors
    /// When the receiver did not answer 200 in time.
    pub async fn post(
        &self,
        url: &Uri,
        headers: &[(HeaderName, String)],
        body: Bytes,
    ) -> Result<(), Undelivered> {
        let sent = async {
            let secure = url.scheme_str() == Some("https");
            let host = url.host().ok_or(Undelivered::NotResolved)?;
            let port = url.port_u16().unwrap_or(if secure { 443 } else { 80 });
            let stream = self.connect(host, port).await?;
            let request = request(url, headers, body).ok_or(Undelivered::NoAnswer)?;
            if secure {
                let name = ServerName::try_from(bare(host).to_owned()).map_err(|_| Undelivered::NotSecure)?;
                let stream = self.tls.connect(name, stream).await.map_err(|_| Undelivered::NotSecure)?;
                exchange(stream, request).await
            } else {
                exchange(stream, request).await
            }
        };
        tokio::time::timeout(PATIENCE, sent).await.unwrap_or(Err(Undelivered::TimedOut))
    }

    /// Connects to an address that was looked at, never to a name: it may mean another one by then.
    async fn connect(&self, host: &str, port: u16) -> Result<TcpStream, Undelivered> {
        let found = lookup_host((bare(host), port)).await.map_err(|_| Undelivered::NotResolved)?;
        let addresses: Vec<SocketAddr> = found.collect();
        if !self.allow_private && !addresses.iter().all(|address| is_public(address.ip())) {
            return Err(Undelivered::NotPublic);
        }
        TcpStream::connect(&addresses[..]).await.map_err(|_| Undelivered::NotConnected)
    }
}

/// An IPv6 address stands in brackets in an address of the web, and nowhere else.
fn bare(host: &str) -> &str {
    host.trim_start_matches('[').trim_end_matches(']')
}

fn request(url: &Uri, headers: &[(HeaderName, String)], body: Bytes) -> Option<Request<Full<Bytes>>> {
    let path = url.path_and_query().map_or("/", |path| path.as_str());
    let authority = url.authority()?.as_str();
    let host = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
    let mut request = Request::post(path)
        .header(header::HOST, host)
        .header(header::CONTENT_TYPE, "application/json")
        .header(header::USER_AGENT, concat!("bandyer-server/", env!("CARGO_PKG_VERSION")));
    for (name, value) in headers {
        request = request.header(name, HeaderValue::from_str(value).ok()?);
    }
    request.body(Full::new(body)).ok()
}

async fn exchange<S>(stream: S, request: Request<Full<Bytes>>) -> Result<(), Undelivered>
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let no_answer = |_| Undelivered::NoAnswer;
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await.map_err(no_answer)?;
    let exchange = async {
        let response = sender.send_request(request).await.map_err(no_answer)?;
        let status = response.status().as_u16();
        if status != 200 {
            return Err(Undelivered::Status(status));
        }
        // A receiver that is still writing gets the chance to end properly; what it says does not matter.
        let _ = Limited::new(response.into_body(), MAX_ANSWER_BYTES).collect().await;
        Ok(())
    };
    let mut connection = std::pin::pin!(connection);
    let mut exchange = std::pin::pin!(exchange);
    tokio::select! {
        done = exchange.as_mut() => done,
        // The connection may end before the answer was looked at; the answer still counts.
        _ = connection.as_mut() => exchange.await,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::TcpListener;
    use tokio_rustls::TlsAcceptor;
    use tokio_rustls::rustls::ServerConfig;
    use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};

    /// A receiver that answers 200 in TLS, as `localhost`; and its certificate.
    async fn receiver() -> (u16, CertificateDer<'static>) {
        let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
        let certificate = made.cert.der().clone();
        let key = PrivateKeyDer::try_from(made.signing_key.serialize_der()).unwrap();
        let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![certificate.clone()], key)
            .unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let acceptor = TlsAcceptor::from(Arc::new(config));
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let Ok(mut stream) = acceptor.accept(stream).await else { continue };
                let mut head = [0; 1024];
                let _ = stream.read(&mut head).await;
                let _ = stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n").await;
            }
        });
        (port, certificate)
    }

    async fn post(courier: &Courier, url: String) -> Result<(), Undelivered> {
        courier.post(&url.parse().unwrap(), &[], Bytes::from_static(b"{}")).await
    }

    #[tokio::test]
    async fn a_receiver_has_to_prove_its_name() {
        let (port, certificate) = receiver().await;
        let mut roots = RootCertStore::empty();
        roots.add(certificate).unwrap();
        let knowing = Courier::trusting(roots, true).unwrap();
        assert_eq!(post(&knowing, format!("https://localhost:{port}/hook")).await, Ok(()));
        assert_eq!(post(&knowing, format!("https://127.0.0.1:{port}/")).await, Err(Undelivered::NotSecure));
        let like_browsers = Courier::new(true).unwrap();
        assert_eq!(
            post(&like_browsers, format!("https://localhost:{port}/")).await,
            Err(Undelivered::NotSecure)
        );
    }

    #[tokio::test]
    async fn what_cannot_be_reached_is_told_by_its_cause() {
        let courier = Courier::new(false).unwrap();
        assert_eq!(post(&courier, "http://localhost:9/".to_owned()).await, Err(Undelivered::NotPublic));
        assert_eq!(post(&courier, "http://name.invalid/".to_owned()).await, Err(Undelivered::NotResolved));
        let free = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap().port();
        let courier = Courier::new(true).unwrap();
        assert_eq!(post(&courier, format!("http://127.0.0.1:{free}/")).await, Err(Undelivered::NotConnected));
    }
}
