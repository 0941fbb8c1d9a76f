//! Which web pages may talk to the server from a browser: the configured origins and the server's own.

use axum::http::{HeaderMap, header};
use std::fmt;
use url::Url;

/// Where a page comes from, written as browsers write it: small letters, punycode, no default port.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin {
    scheme: Scheme,
    host: String,
    port: u16,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scheme {
    Http,
    Https,
}

impl Scheme {
    pub fn as_str(self) -> &'static str {
        match self {
            Scheme::Http => "http",
            Scheme::Https => "https",
        }
    }

    fn default_port(self) -> u16 {
        match self {
            Scheme::Http => 80,
            Scheme::Https => 443,
        }
    }
}

impl Origin {
    /// Reads what an operator or a browser writes, as browsers read it.
    ///
    /// # Errors
    /// Why it is no origin.
    pub fn parse(text: &str) -> Result<Self, &'static str> {
        // The parser would drop some of these, and browsers never write them.
        if text.contains(|c: char| c.is_whitespace() || c.is_control() || c == '\\') {
            return Err("it contains blanks");
        }
        let incomplete = "it is not an address with a scheme and a host";
        // The parser makes up for slashes that are missing, or too many.
        text.split_once("://").filter(|(_, rest)| !rest.starts_with('/')).ok_or(incomplete)?;
        let url = Url::parse(text).map_err(|_| incomplete)?;
        let scheme = match url.scheme() {
            "http" => Scheme::Http,
            "https" => Scheme::Https,
            _ => return Err("only http and https have origins"),
        };
        if !url.username().is_empty() || url.password().is_some() {
            return Err("it names a user");
        }
        if url.path() != "/" || url.query().is_some() || url.fragment().is_some() {
            return Err("an origin ends with its host or port: there is no path");
        }
        let host = url.host_str().unwrap_or_default();
        if host.contains('*') {
            return Err("there are no wildcards: name each origin");
        }
        // A policy of the page is made of it.
        if !host.bytes().all(|b| b.is_ascii_alphanumeric() || b"-._[]:".contains(&b)) {
            return Err("its host has characters that no host has");
        }
        let port = url.port().unwrap_or_else(|| scheme.default_port());
        Ok(Self { scheme, host: host.to_owned(), port })
    }

    pub fn is_secure(&self) -> bool {
        self.scheme == Scheme::Https
    }

    /// Host and port, as they stand in a URL: the port is left out where it is the default one.
    pub fn authority(&self) -> String {
        if self.port == self.scheme.default_port() {
            self.host.clone()
        } else {
            format!("{}:{}", self.host, self.port)
        }
    }

    fn is_loopback(&self) -> bool {
        matches!(self.host.as_str(), "localhost" | "127.0.0.1" | "[::1]")
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}://{}", self.scheme.as_str(), self.authority())
    }
}

/// A list of origins (`https://shop.example`), or everybody's loopback pages for the demo.
#[derive(Debug, Clone, Default)]
pub struct OriginPolicy {
    allowed: Vec<Origin>,
    /// Where browsers reach this server, when that was said.
    public: Option<Origin>,
    loopback: bool,
}

impl OriginPolicy {
    /// # Errors
    /// Which of them is no origin, and why.
    pub fn new(allowed: &[String], public: Option<&str>, loopback: bool) -> Result<Self, String> {
        let read = |text: &str| Origin::parse(text).map_err(|why| format!("{text}: {why}"));
        let allowed: Result<_, String> =
            allowed.iter().map(|text| read(text).map_err(|why| format!("origins: {why}"))).collect();
        let public = public.map(|text| read(text).map_err(|why| format!("public_url: {why}"))).transpose()?;
        Ok(Self { allowed: allowed?, public, loopback })
    }

    /// The configured origins, for `frame-ancestors` and CORS.
    pub fn configured(&self) -> impl Iterator<Item = String> {
        self.allowed.iter().map(Origin::to_string)
    }

    /// True when pages of this machine may talk to the server whatever their port.
    pub fn allows_loopback(&self) -> bool {
        self.loopback
    }

    /// Whether pages of this origin may use the server that was asked with these headers.
    pub fn allows(&self, origin: &str, request: &HeaderMap) -> bool {
        let Ok(origin) = Origin::parse(origin) else { return false };
        self.lists(&origin) || self.own(request).contains(&origin)
    }

    /// Whether these origins are allowed whatever the request says.
    pub fn lists(&self, origin: &Origin) -> bool {
        self.allowed.contains(origin)
            || self.public.as_ref() == Some(origin)
            || (self.loopback && origin.is_loopback())
    }

    /// A request without `Origin` does not come from a browser's page, and passes: it needs a token as well.
    pub fn allows_request(&self, headers: &HeaderMap) -> bool {
        let origin = headers.get(header::ORIGIN).map(|value| value.to_str().unwrap_or(""));
        origin.is_none_or(|origin| self.allows(origin, headers))
    }

    /// What the server itself is to the browser that asks. Where nobody says whether that was over TLS, it may be either.
    pub fn own(&self, request: &HeaderMap) -> Vec<Origin> {
        let Some(host) = request_host(request) else { return self.public.iter().cloned().collect() };
        let either = [Scheme::Http, Scheme::Https].map(|scheme| at_host(scheme, host));
        let mut own: Vec<Origin> =
            either.into_iter().flatten().filter(|one| self.may_be(one, request)).collect();
        own.extend(self.public.clone().filter(|public| !own.contains(public)));
        own
    }

    /// Whether the scheme is the one that a proxy tells, or the one of `public_url` for the same host.
    fn may_be(&self, own: &Origin, request: &HeaderMap) -> bool {
        let public = self.public.as_ref().filter(|public| public.host == own.host);
        let known = forwarded_scheme(request).or_else(|| public.map(|public| public.scheme));
        known.is_none_or(|known| known == own.scheme)
    }
}

/// As browsers see a `Host` header: the default port may be written or not.
pub fn at_host(scheme: Scheme, host: &str) -> Option<Origin> {
    Origin::parse(&format!("{}://{host}", scheme.as_str())).ok()
}

/// What a trusted proxy says; see [`crate::door`], which lets nobody else say it.
pub fn forwarded_scheme(request: &HeaderMap) -> Option<Scheme> {
    let told = request.get("x-forwarded-proto")?.to_str().ok()?;
    // Behind several, the first one is the browser's.
    match told.split(',').next().unwrap_or_default().trim() {
        scheme if scheme.eq_ignore_ascii_case("https") => Some(Scheme::Https),
        scheme if scheme.eq_ignore_ascii_case("http") => Some(Scheme::Http),
        _ => None,
    }
}

/// The request's own host, if it is one: a made-up header must reach neither a page, a policy nor a link.
pub fn request_host(request: &HeaderMap) -> Option<&str> {
    let host = request.get(header::HOST)?.to_str().ok()?;
    let plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b':' | b'[' | b']');
    (!host.is_empty() && host.len() <= 255 && host.bytes().all(plain)).then_some(host)
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::{HeaderName, HeaderValue};

    fn asked(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        let header = |(name, value)| (HeaderName::from_static(name), HeaderValue::from_static(value));
        pairs.iter().copied().map(header).collect()
    }

    fn policy(allowed: &[&str], public: Option<&str>) -> OriginPolicy {
        let allowed: Vec<String> = allowed.iter().map(ToString::to_string).collect();
        OriginPolicy::new(&allowed, public, false).unwrap()
    }

    #[test]
    fn origins_are_written_as_browsers_write_them() {
        for (written, browser) in [
            ("https://Shop.example/", "https://shop.example"),
            ("HTTPS://shop.example", "https://shop.example"),
            ("https://bücher.example", "https://xn--bcher-kva.example"),
            ("https://BÜCHER.example", "https://xn--bcher-kva.example"),
            ("https://日本.example:8443", "https://xn--wgv71a.example:8443"),
            ("https://a.example:443", "https://a.example"),
            ("http://a.example:80", "http://a.example"),
            ("http://a.example:443", "http://a.example:443"),
            ("https://a.example:0443", "https://a.example"),
            ("https://[2001:DB8:0::1]:443", "https://[2001:db8::1]"),
            ("http://127.1:3000", "http://127.0.0.1:3000"),
            ("https://my_shop.example", "https://my_shop.example"),
        ] {
            assert_eq!(Origin::parse(written).unwrap().to_string(), browser, "{written}");
            assert!(policy(&[written], None).allows(browser, &HeaderMap::new()), "{written}");
        }
    }

    #[test]
    fn what_is_no_origin_is_refused_with_its_reason() {
        for (text, word) in [
            ("*", "scheme"),
            ("null", "scheme"),
            ("shop.example", "scheme"),
            ("", "scheme"),
            ("https://", "scheme"),
            ("https:shop.example", "scheme"),
            ("https:///shop.example", "scheme"),
            ("https://*", "wildcards"),
            ("https://*.shop.example", "wildcards"),
            ("http://*:*", "scheme"),
            ("https://shop.example:*", "scheme"),
            ("https://shop.example:99999", "scheme"),
            ("https://shop.example/path", "path"),
            ("https://shop.example?x", "path"),
            ("https://shop.example/#x", "path"),
            ("https://user@shop.example", "user"),
            ("ftp://shop.example", "http"),
            ("evil://shop.example", "http"),
            ("https://shop.example https://b.example", "blanks"),
            ("https://shop.example\t", "blanks"),
            ("https://a;script-src", "characters"),
            ("https://a'", "characters"),
            ("https://a,b", "characters"),
        ] {
            let why = Origin::parse(text).expect_err(text);
            assert!(why.contains(word), "{text}: {why}");
            let told = OriginPolicy::new(&[text.to_owned()], None, false).unwrap_err();
            assert!(told.contains(text) && told.contains(why), "{told}");
        }
    }

    #[test]
    fn only_listed_and_own_origins_pass() {
        let policy = policy(&["https://Shop.example/"], None);
        let none = HeaderMap::new();
        assert!(policy.allows("https://shop.example", &none));
        assert!(!policy.allows("https://shop.example.evil.test", &none));
        assert!(!policy.allows("http://shop.example", &none));
        assert!(!policy.allows("http://localhost:8080", &none));
        assert!(!policy.allows("null", &asked(&[("host", "null")])));
    }

    #[test]
    fn the_own_origin_is_what_the_browser_takes_it_for() {
        let any = policy(&[], None);
        for (host, origin, own) in [
            ("chat.example", "https://chat.example", true),
            ("chat.example", "http://chat.example", true),
            ("chat.example:443", "https://chat.example", true),
            ("chat.example:80", "http://chat.example", true),
            ("CHAT.example:8443", "https://chat.example:8443", true),
            ("[2001:db8::1]:443", "https://[2001:db8::1]", true),
            ("chat.example", "https://chat.example:8443", false),
            ("chat.example:8443", "https://chat.example", false),
            ("chat.example:443", "http://chat.example", false),
            ("chat.example", "evil://chat.example", false),
            ("chat.example", "javascript://chat.example", false),
            ("chat.example", "https://chat.example.evil.test", false),
        ] {
            assert_eq!(any.allows(origin, &asked(&[("host", host)])), own, "{origin} at {host}");
        }
    }

    #[test]
    fn where_the_scheme_is_known_it_has_to_be_the_same() {
        let host = ("host", "chat.example");
        let any = policy(&[], None);
        let over = |proto| asked(&[host, ("x-forwarded-proto", proto)]);
        assert!(any.allows("https://chat.example", &over("https")));
        assert!(!any.allows("http://chat.example", &over("https")));
        assert!(!any.allows("http://chat.example", &over("https, http")));
        assert!(!any.allows("https://chat.example", &over("http")));
        let said = policy(&[], Some("https://chat.example"));
        assert!(said.allows("https://chat.example", &asked(&[host])));
        assert!(!said.allows("http://chat.example", &asked(&[host])));
        // A proxy may pass on its own name for the server.
        assert!(said.allows("https://chat.example", &asked(&[("host", "backend:8080")])));
        // Asked under another name, as by an operator on the machine.
        assert!(said.allows("http://127.0.0.1:8080", &asked(&[("host", "127.0.0.1:8080")])));
        let on_a_port = policy(&[], Some("https://chat.example:8443"));
        assert!(on_a_port.allows("https://chat.example:8443", &asked(&[host])));
        assert!(!on_a_port.allows("https://evil.example:8443", &asked(&[host])));
    }

    #[test]
    fn the_demo_lets_every_loopback_page_in() {
        let policy = OriginPolicy::new(&[], None, true).unwrap();
        for origin in ["http://localhost:8080", "http://127.0.0.1:1", "https://[::1]:2"] {
            assert!(policy.allows(origin, &HeaderMap::new()), "{origin}");
        }
        assert!(!policy.allows("http://localhost.evil.test", &HeaderMap::new()));
    }
}
