//! `cargo xray view`: a local X-Ray, until it is told to end. `cargo xray daemon` is the same without anything to see.

mod daemon;
mod forward;
mod signals;
mod trouble;

use std::io::{self, Write};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::path::PathBuf;

use clap::Args;
use xray_collector::{Forward, Local, ServeSettings, Settings};

use self::signals::Signals;
use crate::Error;
use crate::environment::Environment;
pub(crate) use daemon::{DaemonArgs, run as run_daemon};

/// Arguments of `view`.
#[derive(Debug, Args)]
pub(crate) struct ViewArgs {
    /// Where to listen, by UDP and TCP; port 0 takes one that is free
    #[arg(long, value_name = "IP:PORT", default_value = "127.0.0.1:2000", value_parser = address)]
    address: SocketAddr,
    /// Listen where other machines can reach it: whoever does sees all traces
    #[arg(long)]
    public: bool,
    /// Also answer under this name, without port; may be given several times
    #[arg(long = "host", value_name = "NAME")]
    hosts: Vec<String>,
    /// Sampling rules to serve, in a file that may be edited meanwhile: as GetSamplingRules prints them, or as AWS's SDKs read local ones
    #[arg(long, value_name = "FILE")]
    rules: Option<PathBuf>,
    /// Keep traces in this folder, too, so that a restart shows them again
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
    /// A log file, whose lines that have the id of a trace are shown with it; may be given several times
    #[arg(long = "log", value_name = "FILE")]
    logs: Vec<PathBuf>,
    /// Also send on what arrives: xray or xray:REGION, as the X-Ray daemon does, or otlp:URL
    #[arg(long, value_name = "TARGET")]
    forward: Option<Forward>,
    /// Open the viewer in the browser
    #[arg(long)]
    open: bool,
}

fn address(text: &str) -> Result<SocketAddr, String> {
    let text = text.trim();
    let (host, port) = text.rsplit_once(':').unwrap_or((text, ""));
    let is_this_machine = host.is_empty() || host.eq_ignore_ascii_case("localhost");
    let named = || is_this_machine.then(|| Some(SocketAddr::from((Ipv4Addr::LOCALHOST, port.parse().ok()?)))).flatten();
    text.parse().ok().or_else(named).ok_or_else(|| "write the IP and port of this machine, such as 127.0.0.1:2000 or [::1]:2000".to_owned())
}

/// Serves until a signal comes.
pub(crate) fn run(args: &ViewArgs, environment: &Environment) -> Result<(), Error> {
    if !args.address.ip().is_loopback() && !args.public {
        return Err(trouble::not_loopback(args.address));
    }
    let mut serve = ServeSettings::default();
    serve.hosts.clone_from(&args.hosts);
    serve.rules.clone_from(&args.rules);
    serve.logs.clone_from(&args.logs);
    for log in args.logs.iter().filter(|log| !log.is_file()) {
        eprintln!("warning: {} is not there, or is no file: its lines are shown once it is", log.display());
    }
    let settings = match &args.data {
        Some(folder) => Settings::default().with_data(folder.clone()),
        None => Settings::default(),
    };
    let forwarder = args.forward.clone().map(|forward| forward::start(forward, environment)).transpose()?;
    let local = Local::start(args.address, settings, serve).map_err(|error| trouble::not_started(args.address, &error))?;
    if let Some(forwarder) = &forwarder {
        forwarder.attach(local.collector()).map_err(|error| Error::new(error.to_string()))?;
        eprintln!("note: what arrives is sent on to {}", forward::printable(&forwarder.stats().target));
    }
    let signals = Signals::new()?;
    let at = reachable(local.local_addr());
    if args.public {
        eprintln!("warning: whoever reaches {} sees all traces; there is no password", local.local_addr());
    }
    let url = format!("http://{at}/");
    say(&format!(
        "{url} shows what programs send with AWS_XRAY_DAEMON_ADDRESS={at} (and XRAY_SAMPLING_RATE=1 to see all). Ctrl-C ends it.\n"
    ))?;
    if args.open
        && let Err(error) = open::that_detached(&url)
    {
        eprintln!("warning: no browser could be opened: {error}");
    }
    let result = signals.wait(None, || {});
    drop(local);
    if let Some(losses) = forwarder.and_then(|forwarder| forward::losses(&forwarder.end())) {
        eprintln!("warning: {losses}");
    }
    result
}

/// The address under which this machine reaches what listens on `address`.
fn reachable(address: SocketAddr) -> SocketAddr {
    let ip = match address.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        ip => ip,
    };
    SocketAddr::new(ip, address.port())
}

fn say(line: &str) -> Result<(), Error> {
    let mut out = io::stdout().lock();
    match out.write_all(line.as_bytes()).and_then(|()| out.flush()) {
        // Nobody reads it. The viewer may be wanted all the same.
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        written => written.map_err(|error| Error::new(format!("standard output cannot be written: {error}"))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_of_this_machine() {
        for (text, expected) in [
            ("127.0.0.1:2000", "127.0.0.1:2000"),
            ("localhost:0", "127.0.0.1:0"),
            (" :2001 ", "127.0.0.1:2001"),
            ("0.0.0.0:2000", "0.0.0.0:2000"),
            ("[::1]:2000", "[::1]:2000"),
        ] {
            assert_eq!(address(text).map(|address| address.to_string()).as_deref(), Ok(expected), "{text}");
        }
        for text in ["", "2000", "localhost", "::1:2000", "example.com:2000", "127.0.0.1:99999", "localhost:x"] {
            assert!(address(text).is_err_and(|error| error.contains("127.0.0.1:2000")), "{text}");
        }
        let shown = |text: &str| reachable(text.parse().unwrap()).to_string();
        assert_eq!(
            (shown("0.0.0.0:1"), shown("[::]:1"), shown("10.0.0.5:1")),
            ("127.0.0.1:1".into(), "[::1]:1".into(), "10.0.0.5:1".into())
        );
    }
}
