//! Which addresses are somebody's public ones. Whoever connects or relays on behalf of others asks here, so that this
//! machine, its neighbours and the metadata service of a cloud cannot be reached through us.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// True for an address of the public internet. An IPv4 address inside an IPv6 one counts as what it is; other ways to
/// write IPv4 in IPv6 (6to4, NAT64, Teredo, IPv4-compatible) are refused whole.
pub fn is_public(address: IpAddr) -> bool {
    match address.to_canonical() {
        IpAddr::V4(v4) => is_public_v4(v4),
        IpAddr::V6(v6) => is_public_v6(v6),
    }
}

/// Everything but the special-purpose registry of IANA (RFC 6890 and later).
fn is_public_v4(address: Ipv4Addr) -> bool {
    let [a, b, c, d] = address.octets();
    !matches!(
        (a, b, c, d),
        (0 | 10 | 127, ..)              // this network, private, loopback
            | (100, 64..=127, ..)       // shared by carriers
            | (169, 254, ..)            // link-local, and metadata of most clouds
            | (172, 16..=31, ..)        // private
            | (192, 0, 0 | 2, _)        // protocol assignments, documentation
            | (192, 88, 99, _)          // 6to4 relays
            | (192, 168, ..)            // private
            | (198, 18 | 19, ..)        // benchmarks
            | (198, 51, 100, _)         // documentation
            | (203, 0, 113, _)          // documentation
            | (168, 63, 129, 16)        // the host of a virtual machine at Azure
            | (224..=255, ..) // multicast, reserved, broadcast
    )
}

/// Global unicast is 2000::/3; what is special inside it goes too.
fn is_public_v6(address: Ipv6Addr) -> bool {
    let [a, b, c, ..] = address.segments();
    match (a, b) {
        // Protocol assignments, among them Teredo and benchmarks; of those nothing is anybody's host.
        (0x2001, 0..=0x1ff) => false,
        // Documentation.
        (0x2001, 0xdb8) => false,
        (0x3fff, _) => b >= 0x1000,
        // 6to4.
        (0x2002, _) => false,
        // AS112, answers nothing but reverse lookups of private addresses.
        (0x2620, 0x4f) => c != 0x8000,
        (0x2000..=0x3fff, _) => true,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_special_is_public() {
        for text in [
            "0.0.0.0",
            "0.1.2.3",
            "10.0.0.1",
            "100.64.0.1",
            "100.100.100.200",
            "127.0.0.1",
            "127.255.255.254",
            "169.254.169.254",
            "172.16.0.1",
            "172.31.255.255",
            "192.0.0.192",
            "192.0.2.1",
            "192.88.99.1",
            "192.168.1.1",
            "198.18.0.1",
            "198.19.255.255",
            "198.51.100.7",
            "203.0.113.7",
            "168.63.129.16",
            "224.0.0.1",
            "239.255.255.255",
            "240.0.0.1",
            "255.255.255.255",
            "::",
            "::1",
            "::ffff:127.0.0.1",
            "::ffff:10.0.0.1",
            "::ffff:169.254.169.254",
            "::127.0.0.1",
            "::ffff:0:127.0.0.1",
            "64:ff9b::a9fe:a9fe",
            "64:ff9b::808:808",
            "64:ff9b:1::a00:1",
            "100::1",
            "2001::1",
            "2001:0:4136:e378:8000:63bf:3fff:fdd2",
            "2001:2::1",
            "2001:10::1",
            "2001:20::1",
            "2001:db8::1",
            "2002:7f00:1::",
            "2002:a9fe:a9fe::1",
            "2620:4f:8000::1",
            "3fff::1",
            "3fff:fff::1",
            "4000::1",
            "5f00::1",
            "fc00::1",
            "fd00:ec2::254",
            "fe80::1",
            "fec0::1",
            "ff02::1",
        ] {
            assert!(!is_public(text.parse().unwrap()), "{text}");
        }
    }

    #[test]
    fn ordinary_addresses_are_public() {
        for text in [
            "1.1.1.1",
            "8.8.8.8",
            "9.255.255.255",
            "11.0.0.0",
            "100.63.255.255",
            "100.128.0.0",
            "172.15.255.255",
            "172.32.0.0",
            "192.0.1.1",
            "192.167.255.255",
            "198.17.255.255",
            "198.20.0.0",
            "223.255.255.255",
            "::ffff:8.8.8.8",
            "2001:4860:4860::8888",
            "2606:4700:4700::1111",
            "2a00:1450::1",
            "2620:4f:8001::1",
            "3fff:1000::1",
        ] {
            assert!(is_public(text.parse().unwrap()), "{text}");
        }
    }
}
