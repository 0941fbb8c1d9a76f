//! What the server is told: where to listen, what to give out, and of what how much.

use super::policy::PeerPolicy;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::net::{IpAddr, SocketAddr};
use std::str::FromStr;
use std::sync::Arc;

/// Ports of relays, written `49152-65535`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct PortRange {
    pub first: u16,
    pub last: u16,
}

impl PortRange {
    /// The ports the standard suggests.
    pub const DYNAMIC: PortRange = PortRange { first: 49152, last: 65535 };

    pub fn count(self) -> u32 {
        u32::from(self.last - self.first) + 1
    }
}

impl FromStr for PortRange {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let bad = || format!("{text} is not a range of ports like 49152-65535");
        let (first, last) = text.split_once('-').ok_or_else(bad)?;
        let port = |text: &str| text.trim().parse::<u16>().ok().filter(|port| *port > 0).ok_or_else(bad);
        let (first, last) = (port(first)?, port(last)?);
        if first <= last { Ok(Self { first, last }) } else { Err(bad()) }
    }
}

impl fmt::Display for PortRange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.first, self.last)
    }
}

impl TryFrom<String> for PortRange {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        text.parse()
    }
}

impl From<PortRange> for String {
    fn from(range: PortRange) -> Self {
        range.to_string()
    }
}

/// Who may have a relay, in the eyes of whoever hands names out. Given what follows the end in a name: the owner, and
/// behind a colon the purpose, if there is one. Asked whenever a relay is opened, prolonged or pointed at somebody, and once
/// a second for as long as it lasts: so it has to be quick, and a relay ends within a second after its right to be.
#[derive(Clone)]
pub struct Admission(Arc<dyn Fn(&str) -> bool + Send + Sync>);

impl Admission {
    pub fn new(admits: impl Fn(&str) -> bool + Send + Sync + 'static) -> Self {
        Self(Arc::new(admits))
    }

    /// Whoever has a name that has not ended.
    pub fn everybody() -> Self {
        Self::new(|_| true)
    }

    pub fn admits(&self, holder: &str) -> bool {
        (self.0)(holder)
    }
}

impl fmt::Debug for Admission {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Admission")
    }
}

/// Tells the time in seconds since 1970, as names count: that of whoever hands them out.
#[derive(Clone)]
pub struct TimeOfDay(Arc<dyn Fn() -> i64 + Send + Sync>);

impl TimeOfDay {
    pub fn new(now_s: impl Fn() -> i64 + Send + Sync + 'static) -> Self {
        Self(Arc::new(now_s))
    }

    pub fn now_s(&self) -> i64 {
        (self.0)()
    }
}

impl fmt::Debug for TimeOfDay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TimeOfDay")
    }
}

/// Everything it needs to know.
#[derive(Debug, Clone)]
pub struct TurnSettings {
    pub listen: Vec<SocketAddr>,
    /// How this machine is reached from outside, at most one of each family.
    pub external: Vec<IpAddr>,
    pub ports: PortRange,
    pub per_user: u32,
    pub total: u32,
    /// Bytes a second, of one allocation in one direction.
    pub bandwidth: u32,
    /// An allocation ends after this, however often it is refreshed.
    pub lifetime_s: u32,
    pub policy: PeerPolicy,
    pub secret: String,
    pub admission: Admission,
    pub time: TimeOfDay,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ports_are_a_range() {
        assert_eq!("1000-2000".parse::<PortRange>().unwrap().count(), 1001);
        for text in ["", "1", "2-1", "0-5", "1-70000", "a-b"] {
            assert!(text.parse::<PortRange>().is_err(), "{text}");
        }
    }
}
