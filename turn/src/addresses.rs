//! Which addresses are somebody's public ones. Whoever connects or relays on behalf of others asks here, so that this
//! machine, its neighbours and the metadata service of a cloud cannot be reached through us.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// True for an address of the public internet. An IPv4 address inside an IPv6 one counts as what it is; other ways to
/// write IPv4 in IPv6 (6to4, NAT64, Teredo, ISATAP, IPv4-compatible) are refused whole.
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

/// The IPv4 addresses that a packet to this one may end at, where some gateway unwraps them.
pub fn ipv4_inside(address: Ipv6Addr) -> [Option<Ipv4Addr>; 2] {
    let [a, b, c, d, e, f, g, h] = address.segments();
    let v4 = |high: u16, low: u16| Ipv4Addr::from_bits(u32::from(high) << 16 | u32::from(low));
    match (a, b) {
        // Mapped, translated (SIIT) and compatible.
        (0, 0) if (c, d) == (0, 0) && matches!((e, f), (0, 0 | 0xffff) | (0xffff, 0)) => {
            [Some(v4(g, h)), None]
        }
        // NAT64, at a /96; a local prefix (RFC 8215) may also be a /48, with eight bits in the middle.
        (0x64, 0xff9b) => [Some(v4(g, h)), (c == 1).then(|| v4(d, e << 8 | f >> 8))],
        (0x2002, _) => [Some(v4(b, c)), None],
        // Teredo: the server, and the client with its bits turned.
        (0x2001, 0) => [Some(v4(c, d)), Some(v4(!g, !h))],
        _ if is_isatap(address) => [Some(v4(g, h)), None],
        _ => [None, None],
    }
}

/// The interface identifier 0:5efe or 200:5efe before an IPv4 address (RFC 5214).
fn is_isatap(address: Ipv6Addr) -> bool {
    let [.., e, f, _, _] = address.segments();
    matches!((e, f), (0 | 0x200, 0x5efe))
}

/// Global unicast is 2000::/3; what is special inside it goes too.
fn is_public_v6(address: Ipv6Addr) -> bool {
    let [a, b, c, ..] = address.segments();
    match (a, b) {
        _ if is_isatap(address) => false,
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
            "2600:1f00::5efe:10.0.0.1",
            "2600:1f00::200:5efe:8.8.8.8",
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

    #[test]
    fn ipv4_is_found_wherever_it_hides() {
        for (text, inside) in [
            ("::ffff:10.0.0.1", "10.0.0.1"),
            ("::10.0.0.1", "10.0.0.1"),
            ("::ffff:0:10.0.0.1", "10.0.0.1"),
            ("64:ff9b::10.0.0.1", "10.0.0.1"),
            ("64:ff9b:1:a00:0:100::", "10.0.0.1"),
            ("2002:a00:1::", "10.0.0.1"),
            ("2001:0:a00:1::", "10.0.0.1"),
            ("2001::f5ff:fffe", "10.0.0.1"),
            ("2a00::5efe:10.0.0.1", "10.0.0.1"),
        ] {
            let found = ipv4_inside(text.parse().unwrap());
            assert!(found.contains(&Some(inside.parse().unwrap())), "{text}: {found:?}");
        }
        assert_eq!(ipv4_inside("2a00:1450::1".parse().unwrap()), [None, None]);
    }
}
