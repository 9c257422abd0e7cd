//! Where the daemon listens.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::str::FromStr;

/// The address of the X-Ray daemon, as `AWS_XRAY_DAEMON_ADDRESS` has it.
///
/// `host:port` for both protocols, or `udp:host:port tcp:host:port` in either order. Hosts are names, IPv4 addresses, or IPv6 addresses in
/// brackets. Documents go by UDP; TCP serves sampling rules. Source: "X-Ray daemon", configuration; IPv6 is an addition of ours.
///
/// ```
/// use xray_model::DaemonAddress;
///
/// let address: DaemonAddress = "tcp:10.0.0.5:3000 udp:xray.internal:2000".parse()?;
/// assert_eq!(address.udp().to_string(), "xray.internal:2000");
/// assert_eq!(address.tcp().to_string(), "10.0.0.5:3000");
/// assert_eq!("[::1]:2000".parse::<DaemonAddress>()?.udp().to_string(), "[::1]:2000");
/// # Ok::<(), xray_model::ParseAddressError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DaemonAddress {
    udp: Endpoint,
    tcp: Endpoint,
}

/// A host and a port.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Endpoint {
    host: String,
    port: u16,
}

impl Default for DaemonAddress {
    /// `127.0.0.1:2000`, where the daemon listens unless told otherwise.
    fn default() -> Self {
        let endpoint = Endpoint { host: Ipv4Addr::LOCALHOST.to_string(), port: 2000 };
        Self { udp: endpoint.clone(), tcp: endpoint }
    }
}

impl DaemonAddress {
    /// Where documents are sent.
    #[must_use]
    pub fn udp(&self) -> &Endpoint {
        &self.udp
    }

    /// Where sampling rules are asked for.
    #[must_use]
    pub fn tcp(&self) -> &Endpoint {
        &self.tcp
    }
}

impl From<SocketAddr> for DaemonAddress {
    fn from(address: SocketAddr) -> Self {
        let endpoint = Endpoint::from(address);
        Self { udp: endpoint.clone(), tcp: endpoint }
    }
}

impl From<SocketAddr> for Endpoint {
    fn from(address: SocketAddr) -> Self {
        Self { host: address.ip().to_string(), port: address.port() }
    }
}

impl Endpoint {
    /// The host's name or address, without brackets.
    #[must_use]
    pub fn host(&self) -> &str {
        &self.host
    }

    /// The port.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.port
    }

    /// The address, if no name has to be looked up for it. `localhost` is always this machine (RFC 6761), and the daemon listens on IPv4.
    #[must_use]
    pub fn literal(&self) -> Option<SocketAddr> {
        let ip = if self.host.eq_ignore_ascii_case("localhost") { Some(IpAddr::V4(Ipv4Addr::LOCALHOST)) } else { self.host.parse().ok() };
        ip.map(|ip| SocketAddr::new(ip, self.port))
    }
}

impl fmt::Display for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.host.contains(':') { write!(f, "[{}]:{}", self.host, self.port) } else { write!(f, "{}:{}", self.host, self.port) }
    }
}

impl FromStr for Endpoint {
    type Err = ParseAddressError;

    fn from_str(text: &str) -> Result<Self, ParseAddressError> {
        let error = |problem| ParseAddressError::new(text, problem);
        let (host, port) = text.rsplit_once(':').ok_or_else(|| error("there is no port"))?;
        let port = port.parse().ok().filter(|port| *port != 0).ok_or_else(|| error("the port is not a number from 1 to 65535"))?;
        let bracketed = host.strip_prefix('[').and_then(|host| host.strip_suffix(']'));
        let host = match bracketed {
            Some(host) if host.parse::<std::net::Ipv6Addr>().is_ok() => host,
            Some(_) => return Err(error("what stands in brackets is not an IPv6 address")),
            None if host.contains(':') => return Err(error("an IPv6 address stands in brackets, as in [::1]:2000")),
            None if host.is_empty() => return Err(error("there is no host")),
            None => host,
        };
        if bracketed.is_none() && !host.bytes().all(|byte| byte.is_ascii_alphanumeric() || b".-_".contains(&byte)) {
            return Err(error("the host is neither a name nor an address"));
        }
        Ok(Self { host: host.to_owned(), port })
    }
}

impl FromStr for DaemonAddress {
    type Err = ParseAddressError;

    fn from_str(text: &str) -> Result<Self, ParseAddressError> {
        let error = |problem| ParseAddressError::new(text, problem);
        let parts: Vec<_> = text.split_whitespace().collect();
        let (mut udp, mut tcp) = (None, None);
        for part in &parts {
            let (place, endpoint) = match part.split_once(':') {
                Some(("udp", endpoint)) if endpoint.contains(':') => (&mut udp, endpoint),
                Some(("tcp", endpoint)) if endpoint.contains(':') => (&mut tcp, endpoint),
                _ if parts.len() == 1 => {
                    let endpoint: Endpoint = part.parse()?;
                    return Ok(Self { udp: endpoint.clone(), tcp: endpoint });
                }
                _ => return Err(error("of two addresses each begins with udp: or tcp:")),
            };
            if place.replace(endpoint.parse()?).is_some() {
                return Err(error("one protocol is named twice"));
            }
        }
        match (udp, tcp) {
            (Some(udp), Some(tcp)) => Ok(Self { udp, tcp }),
            // Documents need no more than this.
            (Some(udp), None) => Ok(Self { tcp: udp.clone(), udp }),
            (None, Some(_)) => Err(error("the address for udp is missing")),
            (None, None) => Err(error("it is empty")),
        }
    }
}

/// What is shown of a text that could not be read.
const SHOWN_CHARS_MAX: usize = 100;

/// An address that could not be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParseAddressError {
    text: String,
    problem: &'static str,
}

impl ParseAddressError {
    fn new(text: &str, problem: &'static str) -> Self {
        Self { text: shown(text), problem }
    }

    /// What is wrong, for a message that has the text itself already.
    #[must_use]
    pub fn problem(&self) -> &'static str {
        self.problem
    }
}

/// What an error shows of a text that came from outside: its beginning, without control characters.
#[must_use]
pub fn shown(text: &str) -> String {
    text.chars().take(SHOWN_CHARS_MAX).map(|letter| if letter.is_control() { '\u{fffd}' } else { letter }).collect()
}

impl fmt::Display for ParseAddressError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` is not a daemon address: {}; write host:port, or udp:host:port tcp:host:port", self.text, self.problem)
    }
}

impl std::error::Error for ParseAddressError {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_forms() {
        for (text, udp, tcp) in [
            ("127.0.0.1:2000", "127.0.0.1:2000", "127.0.0.1:2000"),
            (" xray-daemon:2000\n", "xray-daemon:2000", "xray-daemon:2000"),
            ("udp:a:1 tcp:b:2", "a:1", "b:2"),
            ("tcp:b:2\t udp:a:1", "a:1", "b:2"),
            ("udp:a:1", "a:1", "a:1"),
            ("[::1]:2000", "[::1]:2000", "[::1]:2000"),
            ("udp:[fe80::1]:1 tcp:b:2", "[fe80::1]:1", "b:2"),
            // A host may be called so.
            ("udp:2000", "udp:2000", "udp:2000"),
        ] {
            let address: DaemonAddress = text.parse().unwrap();
            assert_eq!((address.udp.to_string().as_str(), address.tcp.to_string().as_str()), (udp, tcp), "{text}");
        }
        assert_eq!("LocalHost:2000".parse::<Endpoint>().unwrap().literal(), Some(([127, 0, 0, 1], 2000).into()));
        assert_eq!("xray:2000".parse::<Endpoint>().unwrap().literal(), None);
    }

    #[test]
    fn bad_forms_say_what_is_wrong() {
        for (text, problem) in [
            ("", "it is empty"),
            ("127.0.0.1", "there is no port"),
            ("127.0.0.1:0", "not a number from 1 to 65535"),
            ("127.0.0.1:65536", "not a number from 1 to 65535"),
            ("127.0.0.1:x", "not a number from 1 to 65535"),
            (":2000", "there is no host"),
            ("::1:2000", "stands in brackets"),
            ("[x]:2000", "not an IPv6 address"),
            ("http://x:2000", "stands in brackets"),
            ("a/b:2000", "neither a name nor an address"),
            ("a:1 b:2", "begins with udp: or tcp:"),
            ("udp:a:1 udp:b:2", "named twice"),
            ("tcp:a:1", "the address for udp is missing"),
            ("udp:a:1 tcp:b:2 tcp:c:3", "named twice"),
        ] {
            let message = text.parse::<DaemonAddress>().unwrap_err().to_string();
            assert!(message.contains(problem) && message.contains("write host:port"), "{text}: {message}");
        }
    }
}
