//! Carries a request to a receiver: resolve, check, connect to what was checked, send, look at the answer. No redirect
//! is followed, no proxy asked.

use bandyer_turn::addresses::is_public;
use bytes::Bytes;
use http::{HeaderName, header};
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use reqwest::redirect::Policy;
use reqwest::{Client, Response};
use std::error::Error;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::{Duration, Instant};
use std::{fmt, io};
use tokio::net::lookup_host;
use tokio::time::timeout;
use tokio_rustls::rustls;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::{ClientConfig, RootCertStore};
use url::{Host, Url};

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
    /// Something else than 2xx.
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

impl Error for Undelivered {}

/// Cheap to clone.
#[derive(Clone)]
pub struct Courier {
    tls: Arc<ClientConfig>,
    allow_private: bool,
}

/// Connections to one receiver, left open for the next time.
pub struct Line {
    client: Client,
    since: Instant,
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
        Ok(Self { tls: Arc::new(config), allow_private })
    }

    /// Posts a JSON body. `line` is what the last time left open, and afterwards what the next time may use.
    ///
    /// # Errors
    /// When the receiver did not answer 2xx in time.
    pub async fn post(
        &self,
        line: &mut Option<Line>,
        url: &Url,
        headers: &[(HeaderName, String)],
        body: Bytes,
    ) -> Result<(), Undelivered> {
        self.check(url)?;
        let known = line.take().filter(|line| line.since.elapsed() < LONGEST_LINE);
        let sent = async {
            if let Some(known) = known {
                // The receiver may have hung up meanwhile, which is no failure of this attempt.
                match known.exchange(url, headers, body.clone()).await {
                    Err(Undelivered::NoAnswer) => {}
                    done => return (Some(known), done),
                }
            }
            match self.line() {
                Ok(fresh) => {
                    let done = fresh.exchange(url, headers, body).await;
                    (Some(fresh), done)
                }
                Err(cause) => (None, Err(cause)),
            }
        };
        let (open, status) = timeout(PATIENCE, sent).await.map_err(|_| Undelivered::TimedOut)?;
        *line = open;
        match status? {
            200..=299 => Ok(()),
            status => Err(Undelivered::Status(status)),
        }
    }

    /// An address that is written out is never resolved, so it is looked at here.
    fn check(&self, url: &Url) -> Result<(), Undelivered> {
        let address: IpAddr = match url.host() {
            Some(Host::Ipv4(address)) => address.into(),
            Some(Host::Ipv6(address)) => address.into(),
            Some(Host::Domain(_)) => return Ok(()),
            None => return Err(Undelivered::NotResolved),
        };
        if self.allow_private || is_public(address) { Ok(()) } else { Err(Undelivered::NotPublic) }
    }

    fn line(&self) -> Result<Line, Undelivered> {
        let client = Client::builder()
            .tls_backend_preconfigured(ClientConfig::clone(&self.tls))
            .dns_resolver(Arc::new(Checked { allow_private: self.allow_private }))
            .redirect(Policy::none())
            .no_proxy()
            .http1_only()
            .referer(false)
            .pool_max_idle_per_host(1)
            .user_agent(concat!("bandyer-server/", env!("CARGO_PKG_VERSION")))
            .build();
        let client = client.map_err(|error| {
            tracing::error!(%error, "no client for webhooks");
            Undelivered::NoAnswer
        })?;
        Ok(Line { client, since: Instant::now() })
    }
}

impl Line {
    /// The status of the answer.
    async fn exchange(
        &self,
        url: &Url,
        headers: &[(HeaderName, String)],
        body: Bytes,
    ) -> Result<u16, Undelivered> {
        let mut request = self.client.post(url.clone()).header(header::CONTENT_TYPE, "application/json");
        for (name, value) in headers {
            request = request.header(name, value);
        }
        let response = request.body(body).send().await.map_err(|error| cause(&error))?;
        let status = response.status().as_u16();
        // What the receiver says does not matter, but has to be read before the connection is used again.
        let _ = timeout(REST_PATIENCE, read_away(response)).await;
        Ok(status)
    }
}

async fn read_away(mut response: Response) {
    let mut left = MAX_ANSWER_BYTES;
    while let Ok(Some(chunk)) = response.chunk().await {
        match left.checked_sub(chunk.len()) {
            Some(less) => left = less,
            None => return,
        }
    }
}

/// Gives addresses that were looked at, and nothing but those is connected to: a name may mean another one by then.
struct Checked {
    allow_private: bool,
}

impl Resolve for Checked {
    fn resolve(&self, name: Name) -> Resolving {
        let allow_private = self.allow_private;
        Box::pin(async move {
            let found = lookup_host((name.as_str(), 0)).await.map_err(|_| Undelivered::NotResolved)?;
            let addresses: Vec<SocketAddr> = found.collect();
            if !allow_private && !addresses.iter().all(|address| is_public(address.ip())) {
                return Err(Undelivered::NotPublic.into());
            }
            Ok(Box::new(addresses.into_iter()) as Addrs)
        })
    }
}

/// The first cause that we have a name for.
fn cause(error: &reqwest::Error) -> Undelivered {
    let causes = std::iter::successors(error.source(), |&error| match error.downcast_ref::<io::Error>() {
        // Says nothing of what it holds, only of what that holds.
        Some(held) => held.get_ref().map(|inner| inner as &(dyn Error + 'static)),
        None => error.source(),
    });
    for error in causes {
        if let Some(known) = error.downcast_ref::<Undelivered>() {
            return *known;
        }
        if error.is::<rustls::Error>() {
            return Undelivered::NotSecure;
        }
    }
    if error.is_timeout() {
        Undelivered::TimedOut
    } else if error.is_connect() {
        Undelivered::NotConnected
    } else {
        Undelivered::NoAnswer
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
        for private in [
            "http://localhost:9/",
            "https://localhost:9/",
            "http://127.0.0.1:9/",
            "http://127.1:9/",
            "http://2130706433:9/",
            "http://[::1]:9/",
            "http://[::ffff:10.0.0.1]:9/",
            "http://169.254.169.254/latest",
        ] {
            assert_eq!(post(&courier, private.to_owned()).await, Err(Undelivered::NotPublic), "{private}");
        }
        assert_eq!(post(&courier, "http://name.invalid/".to_owned()).await, Err(Undelivered::NotResolved));
        let free = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap().port();
        let courier = Courier::new(true).unwrap();
        assert_eq!(post(&courier, format!("http://127.0.0.1:{free}/")).await, Err(Undelivered::NotConnected));
    }

    /// The address of a receiver that answers everybody so.
    async fn answering(answer: &'static str) -> String {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/", listener.local_addr().unwrap());
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                let mut head = [0; 1024];
                let _ = stream.read(&mut head).await;
                let _ = stream.write_all(answer.as_bytes()).await;
            }
        });
        url
    }

    #[tokio::test]
    async fn any_2xx_is_taken_and_nothing_else_nor_is_a_redirect_followed() {
        let courier = Courier::new(true).unwrap();
        for (answer, expected) in [
            ("HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n", Ok(())),
            ("HTTP/1.1 201 Created\r\ncontent-length: 0\r\n\r\n", Ok(())),
            ("HTTP/1.1 202 Accepted\r\ncontent-length: 2\r\n\r\nok", Ok(())),
            ("HTTP/1.1 204 No Content\r\n\r\n", Ok(())),
            ("HTTP/1.1 299 X\r\nconnection: close\r\n\r\n", Ok(())),
            ("HTTP/1.1 302 Found\r\nlocation: http://127.0.0.1:9/\r\n\r\n", Err(Undelivered::Status(302))),
            ("HTTP/1.1 304 Not Modified\r\n\r\n", Err(Undelivered::Status(304))),
            ("HTTP/1.1 400 Bad\r\ncontent-length: 0\r\n\r\n", Err(Undelivered::Status(400))),
            ("HTTP/1.1 500 Bad\r\ncontent-length: 0\r\n\r\n", Err(Undelivered::Status(500))),
            ("nonsense\r\n\r\n", Err(Undelivered::NoAnswer)),
        ] {
            assert_eq!(post(&courier, answering(answer).await).await, expected, "{answer}");
        }
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
