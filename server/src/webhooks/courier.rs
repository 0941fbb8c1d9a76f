//! Carries a request to a receiver: resolve, check, connect to what was checked, send, look at the answer. No redirect
//! is followed, no proxy asked.

use bandyer_turn::addresses::is_public;
use bytes::Bytes;
use http::{HeaderName, HeaderValue, Request, Uri, header};
use http_body_util::{BodyExt, Full, Limited};
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use std::fmt;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpStream, lookup_host};
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::ServerName;
use tokio_rustls::rustls::{ClientConfig, RootCertStore};
use tokio_util::task::AbortOnDropHandle;

/// From the first look at the name to the last byte of the answer.
const PATIENCE: Duration = Duration::from_secs(5);
/// For the rest of an answer whose status is known.
const REST_PATIENCE: Duration = Duration::from_secs(1);
/// A name is looked up again after this, also while its connection would still do.
const LONGEST_LINE: Duration = Duration::from_secs(60);
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

    /// Posts a JSON body. The address must be absolute. `line` is a connection left open by the last time, and
    /// afterwards the one for the next time.
    ///
    /// # Errors
    /// When the receiver did not answer 200 in time.
    pub async fn post(
        &self,
        line: &mut Option<Line>,
        url: &Uri,
        headers: &[(HeaderName, String)],
        body: Bytes,
    ) -> Result<(), Undelivered> {
        let open = line.take().filter(Line::is_good);
        let sent = async {
            let request = || request(url, headers, body.clone()).ok_or(Undelivered::NoAnswer);
            if let Some(open) = open {
                // The receiver may have hung up meanwhile, which is no failure of this attempt.
                match open.exchange(request()?).await {
                    Err(Undelivered::NoAnswer) => {}
                    done => return done,
                }
            }
            self.open(url).await?.exchange(request()?).await
        };
        let (status, open) =
            tokio::time::timeout(PATIENCE, sent).await.unwrap_or(Err(Undelivered::TimedOut))?;
        *line = open;
        if status == 200 { Ok(()) } else { Err(Undelivered::Status(status)) }
    }

    async fn open(&self, url: &Uri) -> Result<Line, Undelivered> {
        let secure = url.scheme_str() == Some("https");
        let host = url.host().ok_or(Undelivered::NotResolved)?;
        let port = url.port_u16().unwrap_or(if secure { 443 } else { 80 });
        let stream = self.connect(host, port).await?;
        if !secure {
            return Line::start(stream).await;
        }
        let name = ServerName::try_from(bare(host).to_owned()).map_err(|_| Undelivered::NotSecure)?;
        Line::start(self.tls.connect(name, stream).await.map_err(|_| Undelivered::NotSecure)?).await
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

/// An open connection. It ends when it is dropped.
pub struct Line {
    sender: http1::SendRequest<Full<Bytes>>,
    since: Instant,
    _driver: AbortOnDropHandle<()>,
}

impl Line {
    async fn start<S>(stream: S) -> Result<Self, Undelivered>
    where
        S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    {
        let (sender, connection) =
            http1::handshake(TokioIo::new(stream)).await.map_err(|_| Undelivered::NoAnswer)?;
        let driver = tokio::spawn(async move {
            if let Err(error) = connection.await {
                tracing::debug!(%error, "a connection to a receiver broke");
            }
        });
        Ok(Self { sender, since: Instant::now(), _driver: AbortOnDropHandle::new(driver) })
    }

    fn is_good(&self) -> bool {
        !self.sender.is_closed() && self.since.elapsed() < LONGEST_LINE
    }

    /// The status of the answer, and the connection if it can be used again.
    async fn exchange(mut self, request: Request<Full<Bytes>>) -> Result<(u16, Option<Self>), Undelivered> {
        let no_answer = |_| Undelivered::NoAnswer;
        self.sender.ready().await.map_err(no_answer)?;
        let response = self.sender.send_request(request).await.map_err(no_answer)?;
        let status = response.status().as_u16();
        // What the receiver says does not matter, but has to be read before the connection is used again.
        let rest = Limited::new(response.into_body(), MAX_ANSWER_BYTES).collect();
        let read = tokio::time::timeout(REST_PATIENCE, rest).await;
        let again = matches!(read, Ok(Ok(_)));
        Ok((status, again.then_some(self)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicUsize, Ordering};
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
        courier.post(&mut None, &url.parse().unwrap(), &[], Bytes::from_static(b"{}")).await
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

    /// Counts connections; each answers as often as `answers` says, and then hangs up without a word.
    async fn counting(answers: usize) -> (String, Arc<AtomicUsize>) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/", listener.local_addr().unwrap());
        let connections = Arc::new(AtomicUsize::new(0));
        let count = connections.clone();
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                count.fetch_add(1, Ordering::Relaxed);
                for _ in 0..answers {
                    let mut head = [0; 1024];
                    if stream.read(&mut head).await.unwrap_or(0) == 0 {
                        break;
                    }
                    let _ = stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok").await;
                }
            }
        });
        (url, connections)
    }

    #[tokio::test]
    async fn a_connection_is_used_again_until_the_receiver_hangs_up() {
        let courier = Courier::new(true).unwrap();
        for (answers, expected) in [(6, 1), (2, 3), (1, 6)] {
            let (url, connections) = counting(answers).await;
            let (url, mut line) = (url.parse().unwrap(), None);
            for _ in 0..6 {
                let sent = courier.post(&mut line, &url, &[], Bytes::from_static(b"{}")).await;
                assert_eq!(sent, Ok(()), "{answers} answers");
            }
            assert_eq!(connections.load(Ordering::Relaxed), expected, "{answers} answers");
        }
    }
}
