//! Which addresses a relay may send to and hear from: public ones that are not this machine's, unless configured.

use crate::addresses::{ipv4_inside, is_public};
use ipnet::IpNet;
use std::net::IpAddr;

/// Denied wins over allowed, allowed over what is forbidden by nature. Other allocations of this very server are
/// no business of this list: they are let through one by one, by address and port.
#[derive(Debug, Clone, Default)]
pub struct PeerPolicy {
    pub allow: Vec<IpNet>,
    pub deny: Vec<IpNet>,
    /// Addresses of this machine. A service here may trust its own machine more than strangers.
    pub own: Vec<IpAddr>,
}

impl PeerPolicy {
    /// An address in disguise has to pass as what it says and as every IPv4 address it may stand for.
    pub fn permits(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        let inside = match address {
            IpAddr::V4(_) => [None; 2],
            IpAddr::V6(v6) => ipv4_inside(v6),
        };
        self.permits_face(address) && inside.into_iter().flatten().all(|v4| self.permits_face(v4.into()))
    }

    fn permits_face(&self, address: IpAddr) -> bool {
        let among = |list: &[IpNet]| list.iter().any(|network| network.contains(&address));
        !among(&self.deny) && (among(&self.allow) || is_public(address) && !self.own.contains(&address))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn policy(allow: &[&str], deny: &[&str]) -> PeerPolicy {
        let networks = |list: &[&str]| list.iter().map(|text| text.parse().unwrap()).collect();
        PeerPolicy { allow: networks(allow), deny: networks(deny), own: vec!["198.17.0.9".parse().unwrap()] }
    }

    fn permits(policy: &PeerPolicy, text: &str) -> bool {
        policy.permits(text.parse().unwrap())
    }

    /// Loopback, private, metadata, and every way to write them so that a careless look does not see it.
    const FORBIDDEN: [&str; 54] = [
        "0.0.0.0",
        "0.0.0.1",
        "10.0.0.1",
        "100.64.0.1",
        "100.100.100.200",
        "127.0.0.1",
        "127.8.8.8",
        "168.63.129.16",
        "169.254.169.254",
        "172.16.0.1",
        "172.31.255.254",
        "192.0.0.192",
        "192.0.2.1",
        "192.88.99.1",
        "192.168.0.1",
        "198.18.0.1",
        "198.51.100.1",
        "203.0.113.1",
        "224.0.0.251",
        "240.0.0.1",
        "255.255.255.255",
        "198.17.0.9",
        "::",
        "::1",
        "::ffff:127.0.0.1",
        "::ffff:0.0.0.0",
        "::ffff:10.1.2.3",
        "::ffff:169.254.169.254",
        "::ffff:198.17.0.9",
        "::127.0.0.1",
        "::10.0.0.1",
        "::ffff:0:127.0.0.1",
        "64:ff9b::127.0.0.1",
        "64:ff9b::a9fe:a9fe",
        "64:ff9b::10.0.0.1",
        "64:ff9b:1::127.0.0.1",
        "64:ff9b:1:a00:1::",
        "2002:7f00:1::1",
        "2002:a00:1::",
        "2002:a9fe:a9fe::1",
        "2002:c0a8:101::1",
        "2001:0:7f00:1::",
        "2001:0:808:808:0:0:80ff:fffe",
        "2001:0:4136:e378:8000:63bf:5601:5601",
        "2600:1f00::5efe:7f00:1",
        "2600:1f00::5efe:10.0.0.1",
        "2600:1f00::200:5efe:169.254.169.254",
        "fe80::5efe:192.168.0.1",
        "fe80::1",
        "fec0::1",
        "fc00::1",
        "fd00:ec2::254",
        "2001:db8::1",
        "ff02::1",
    ];

    #[test]
    fn no_disguise_leads_inside() {
        let policy = policy(&[], &[]);
        for text in FORBIDDEN {
            assert!(!permits(&policy, text), "{text}");
        }
    }

    #[test]
    fn the_public_internet_is_reached() {
        let policy = policy(&[], &[]);
        for text in [
            "1.1.1.1",
            "8.8.8.8",
            "172.32.0.1",
            "192.169.0.1",
            "100.128.0.1",
            "::ffff:8.8.8.8",
            "2606:4700:4700::1111",
            "2001:4860:4860::8888",
            "2a00:1450:4001::5e",
        ] {
            assert!(permits(&policy, text), "{text}");
        }
    }

    #[test]
    fn what_is_allowed_opens_exactly_that_and_denied_wins() {
        let policy = policy(&["10.0.0.0/8", "64:ff9b::/96", "2002::/16"], &["10.0.9.0/24", "8.8.8.8/32"]);
        for (text, expected) in [
            ("10.0.0.1", true),
            ("::ffff:10.0.0.1", true),
            ("64:ff9b::10.0.0.1", true),
            ("2002:a00:1::1", true),
            ("10.0.9.1", false),
            ("::ffff:10.0.9.1", false),
            ("64:ff9b::10.0.9.1", false),
            ("2002:a00:901::1", false),
            ("8.8.8.8", false),
            ("64:ff9b::808:808", false),
            ("11.0.0.1", true),
            ("192.168.0.1", false),
            ("64:ff9b::192.168.0.1", false),
            ("::10.0.0.1", false),
        ] {
            assert_eq!(permits(&policy, text), expected, "{text}");
        }
    }
}
