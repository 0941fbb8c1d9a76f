//! The running server: here, and as browsers reach it.

use super::report::Report;
use crate::config::Config;
use http::Uri;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::ServerName;
use tokio_rustls::rustls::{ClientConfig, RootCertStore};

const SERVER: &str = "server";
const PUBLIC: &str = "public address";
const PATIENCE: Duration = Duration::from_secs(5);

pub async fn examine(config: &Config, report: &mut Report) {
    let address = here(config.listen);
    let answered = within(async {
        let stream = TcpStream::connect(address).await.map_err(|error| error.to_string())?;
        status(stream, &address.to_string(), "/readyz").await
    });
    match answered.await {
        Ok(200) => report.ok(SERVER, format!("answers at {address}, and its database commits")),
        Ok(503) => report.fail(
            SERVER,
            format!("answers at {address}, but its database does not commit"),
            "Look for a full disk, or another program that holds the database.",
        ),
        Ok(status) => report.fail(
            SERVER,
            format!("something at {address} answers {status} to /readyz"),
            "Another program has the port: change `listen`.",
        ),
        Err(cause) => report.fail(
            SERVER,
            format!("does not answer at {address}: {cause}"),
            "Start it, with the same settings as doctor, or look into its log.",
        ),
    }
    match &config.public_url {
        Some(url) => outside(url, report).await,
        None => report.warn(
            PUBLIC,
            "public_url is not set",
            "Set it to where browsers reach the server, e.g. https://chat.example.com: call links start with it.",
        ),
    }
}

/// An address that listens everywhere is reached on the loopback one.
pub fn here(listen: SocketAddr) -> SocketAddr {
    let ip = match listen.ip() {
        IpAddr::V4(v4) if v4.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(v6) if v6.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        other => other,
    };
    SocketAddr::new(ip, listen.port())
}

/// True for a name that means this machine, where browsers ask for no https.
pub fn is_local(url: &str) -> bool {
    let host = url.parse::<Uri>().ok().and_then(|uri| uri.host().map(str::to_owned)).unwrap_or_default();
    let ip = host.trim_matches(['[', ']']).parse::<IpAddr>();
    host == "localhost" || ip.is_ok_and(|ip| ip.is_loopback())
}

async fn outside(url: &str, report: &mut Report) {
    if url.starts_with("http:") && !is_local(url) {
        report.fail(
            PUBLIC,
            format!("{url} is not https"),
            "Browsers give no camera and no microphone to it: put a proxy with TLS in front.",
        );
    }
    match within(fetch(url)).await {
        Ok(200) => report.ok(PUBLIC, format!("{url} leads to a server that is alive")),
        Ok(status) => report.fail(
            PUBLIC,
            format!("{url}/healthz answers {status}"),
            "Let the proxy pass every path to the server, with the Host header as it came.",
        ),
        Err(cause) => report.fail(
            PUBLIC,
            format!("{url} cannot be reached from here: {cause}"),
            "Check the name, the certificate and the proxy. (From inside some networks a public name leads nowhere.)",
        ),
    }
}

async fn fetch(url: &str) -> Result<u16, String> {
    let uri: Uri = url.parse().map_err(|_| "it is no address".to_owned())?;
    let host = uri.host().unwrap_or_default();
    let secure = uri.scheme_str() == Some("https");
    let port = uri.port_u16().unwrap_or(if secure { 443 } else { 80 });
    let bare = host.trim_matches(['[', ']']);
    let stream = TcpStream::connect((bare, port)).await.map_err(|error| error.to_string())?;
    let authority = uri.authority().map_or(host, |authority| authority.as_str());
    if !secure {
        return status(stream, authority, "/healthz").await;
    }
    let name = ServerName::try_from(bare.to_owned()).map_err(|error| error.to_string())?;
    let stream = tls()?.connect(name, stream).await.map_err(|error| error.to_string())?;
    status(stream, authority, "/healthz").await
}

/// Believes what browsers believe.
fn tls() -> Result<TlsConnector, String> {
    let roots = RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() };
    let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(|error| error.to_string())?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(TlsConnector::from(Arc::new(config)))
}

/// Asks for a path and reads no further than the status.
async fn status(
    mut stream: impl AsyncRead + AsyncWrite + Unpin,
    authority: &str,
    path: &str,
) -> Result<u16, String> {
    let request = format!("GET {path} HTTP/1.1\r\nHost: {authority}\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await.map_err(|error| error.to_string())?;
    // "HTTP/1.1 200"
    let mut start = [0; 12];
    stream.read_exact(&mut start).await.map_err(|error| error.to_string())?;
    let text = std::str::from_utf8(&start).ok().filter(|text| text.starts_with("HTTP/1."));
    let status = text.and_then(|text| text.get(9..)?.parse().ok());
    status.ok_or_else(|| "it does not speak HTTP".to_owned())
}

async fn within(work: impl Future<Output = Result<u16, String>>) -> Result<u16, String> {
    tokio::time::timeout(PATIENCE, work).await.unwrap_or_else(|_| Err("no answer in time".to_owned()))
}
