//! Which web pages may talk to the server from a browser: the configured origins and the server's own.

use axum::http::{HeaderMap, HeaderName, header};

/// A list of origins (`https://shop.example`), or everybody's loopback pages for the demo.
#[derive(Debug, Clone, Default)]
pub struct OriginPolicy {
    allowed: Vec<String>,
    loopback: bool,
}

impl OriginPolicy {
    pub fn new(allowed: &[String], loopback: bool) -> Self {
        let allowed =
            allowed.iter().map(|origin| origin.trim_end_matches('/').to_ascii_lowercase()).collect();
        Self { allowed, loopback }
    }

    /// The configured origins, for `frame-ancestors` and CORS.
    pub fn configured(&self) -> &[String] {
        &self.allowed
    }

    /// True when pages of this machine may talk to the server whatever their port.
    pub fn allows_loopback(&self) -> bool {
        self.loopback
    }

    /// `host` is the request's own `Host` header.
    pub fn allows(&self, origin: &str, host: Option<&str>) -> bool {
        let origin = origin.to_ascii_lowercase();
        let Some((_, authority)) = origin.split_once("://") else {
            return false;
        };
        self.allowed.contains(&origin)
            || host.is_some_and(|host| host.eq_ignore_ascii_case(authority))
            || (self.loopback && is_loopback(authority))
    }

    /// A request without `Origin` does not come from a browser's page, and passes: it needs a token as well.
    pub fn allows_request(&self, headers: &HeaderMap) -> bool {
        let text = |name: HeaderName| headers.get(name).map(|value| value.to_str().unwrap_or(""));
        match text(header::ORIGIN) {
            None => true,
            Some(origin) => self.allows(origin, text(header::HOST)),
        }
    }
}

/// The request's own host, if it is one: a made-up header must reach neither a page, a policy nor a link.
pub fn request_host(request: &HeaderMap) -> Option<&str> {
    let host = request.get(header::HOST)?.to_str().ok()?;
    let plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b':' | b'[' | b']');
    (!host.is_empty() && host.len() <= 255 && host.bytes().all(plain)).then_some(host)
}

fn is_loopback(authority: &str) -> bool {
    let host = match authority.strip_prefix('[') {
        Some(rest) => rest.split(']').next().unwrap_or(""),
        None => authority.split(':').next().unwrap_or(""),
    };
    matches!(host, "localhost" | "127.0.0.1" | "::1")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_listed_and_own_origins_pass() {
        let policy = OriginPolicy::new(&["https://Shop.example/".to_owned()], false);
        assert!(policy.allows("https://shop.example", None));
        assert!(!policy.allows("https://shop.example.evil.test", None));
        assert!(!policy.allows("http://shop.example", None));
        assert!(!policy.allows("null", Some("null")));
        assert!(policy.allows("https://chat.example:8443", Some("chat.example:8443")));
        assert!(!policy.allows("https://chat.example", Some("chat.example:8443")));
        assert!(!policy.allows("http://localhost:8080", None));
    }

    #[test]
    fn the_demo_lets_every_loopback_page_in() {
        let policy = OriginPolicy::new(&[], true);
        for origin in ["http://localhost:8080", "http://127.0.0.1:1", "https://[::1]:2"] {
            assert!(policy.allows(origin, None), "{origin}");
        }
        assert!(!policy.allows("http://localhost.evil.test", None));
    }
}
