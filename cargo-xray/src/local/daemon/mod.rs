//! `cargo xray daemon`: what the X-Ray daemon does, with its flags and its file of settings. Nothing is kept, and there is no viewer.

mod config;
mod log;

use std::net::{SocketAddr, ToSocketAddrs};
use std::path::PathBuf;
use std::time::Duration;

use clap::Args;
use xray_collector::{Forward, ForwardStats, Forwarder, Local, ServeSettings, Settings};

use self::config::Config;
use self::log::{Level, Log};
use super::signals::Signals;
use super::{forward, trouble};
use crate::Error;
use crate::environment::Environment;

/// Where the daemon listens if nobody says.
const ADDRESS: &str = "127.0.0.1:2000";
/// Where its settings are if nobody says: the first that is there.
const CONFIGS: [&str; 2] = ["/etc/amazon/xray/cfg.yaml", "cfg.yaml"];
/// Megabytes of documents that must be able to wait: the daemon's limit.
const MEMORY_MIN: u32 = 3;
/// How often it is looked whether anything failed.
const LOOK_EACH: Duration = Duration::from_secs(5);
/// Of these looks, one tells how much was sent.
const TELL_EACH: u32 = 12;

/// Arguments of `daemon`: those of the X-Ray daemon.
#[derive(Debug, Default, Args)]
pub(crate) struct DaemonArgs {
    /// ARN of the AWS resource that this runs on
    #[arg(short = 'a', long, value_name = "ARN")]
    resource_arn: Option<String>,
    /// UDP address, for documents [default: 127.0.0.1:2000]
    #[arg(short = 'b', long, value_name = "HOST:PORT")]
    bind: Option<String>,
    /// TCP address, for sampling rules [default: 127.0.0.1:2000]
    #[arg(short = 't', long, value_name = "HOST:PORT")]
    bind_tcp: Option<String>,
    /// The daemon's cfg.yaml [default: /etc/amazon/xray/cfg.yaml or cfg.yaml, if one is there]
    #[arg(short = 'c', long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Write what there is to say to this file instead of standard error
    #[arg(short = 'f', long, value_name = "FILE")]
    log_file: Option<PathBuf>,
    /// What to say: dev, debug, info, warn, error or prod [default: prod, which is info]
    #[arg(short = 'l', long, value_name = "LEVEL")]
    log_level: Option<Level>,
    /// Megabytes of documents that may wait to be sent, 3 at least [default: 64]
    #[arg(short = 'm', long, value_name = "MB")]
    buffer_memory: Option<u32>,
    /// Region to send to [default: what AWS's SDKs would take]
    #[arg(short = 'n', long, value_name = "REGION")]
    region: Option<String>,
    /// Do not ask the EC2 instance for its region
    #[arg(short = 'o', long, num_args = 0..=1, require_equals = true, default_missing_value = "true", value_name = "BOOL")]
    local_mode: Option<bool>,
    /// Send through this HTTP proxy
    #[arg(short = 'p', long, value_name = "URL")]
    proxy_address: Option<String>,
    /// Role to send as, for example that of another account
    #[arg(short = 'r', short_alias = 'R', long, value_name = "ARN")]
    role_arn: Option<String>,
    /// Send somewhere else than to X-Ray: otlp:URL
    #[arg(long, value_name = "TARGET")]
    forward: Option<Forward>,
    /// Print the version
    #[arg(short = 'v', long)]
    version: bool,
}

/// Everything that flags and file decide.
#[derive(Debug)]
struct Plan {
    udp: SocketAddr,
    tcp: SocketAddr,
    forward: Forward,
    log_file: Option<PathBuf>,
    log_level: Level,
    log_rotation: bool,
}

/// Runs until a signal comes, and then sends what waits.
pub(crate) fn run(args: &DaemonArgs, environment: &Environment) -> Result<(), Error> {
    if args.version {
        return super::say(&format!("cargo-xray {}, in place of the X-Ray daemon\n", env!("CARGO_PKG_VERSION")));
    }
    let config = match (&args.config, CONFIGS.iter().map(PathBuf::from).find(|path| path.exists())) {
        (Some(path), _) => Config::read(path)?,
        (None, Some(path)) => Config::read(&path)?,
        (None, None) => Config::default(),
    };
    let plan = plan(args, config)?;
    let mut log = Log::open(plan.log_file.as_deref(), plan.log_level, plan.log_rotation)?;
    let result = serve(&plan, environment, &mut log);
    if let Err(error) = &result
        && plan.log_file.is_some()
    {
        log.write(Level::Error, &error.to_string());
    }
    result
}

/// Flags are over the file.
fn plan(args: &DaemonArgs, config: Config) -> Result<Plan, Error> {
    let address = |flag: &Option<String>, file: Option<String>| address(flag.as_deref().or(file.as_deref()).unwrap_or(ADDRESS));
    let forward = match args.forward.clone().unwrap_or_else(|| Forward::Xray(Default::default())) {
        Forward::Xray(mut xray) => {
            xray.region = args.region.clone().or(config.region).or(xray.region);
            xray.role_arn = args.role_arn.clone().or(config.role_arn);
            xray.resource_arn = args.resource_arn.clone().or(config.resource_arn);
            xray.proxy = args.proxy_address.clone().or(config.proxy_address);
            (xray.endpoint, xray.profile) = (config.endpoint, config.profile);
            xray.is_local = args.local_mode.or(config.local_mode).unwrap_or(false);
            xray.at_once = config.concurrency.unwrap_or(xray.at_once);
            xray.queue = memory(args.buffer_memory.or(config.buffer_size_mb))?.unwrap_or(xray.queue);
            Forward::Xray(xray)
        }
        Forward::Otlp(mut otlp) => {
            otlp.proxy = args.proxy_address.clone().or(config.proxy_address);
            otlp.queue = memory(args.buffer_memory.or(config.buffer_size_mb))?.unwrap_or(otlp.queue);
            Forward::Otlp(otlp)
        }
    };
    Ok(Plan {
        udp: address(&args.bind, config.udp_address)?,
        tcp: address(&args.bind_tcp, config.tcp_address)?,
        forward,
        log_file: args.log_file.clone().or(config.log_path.map(PathBuf::from)),
        log_level: args.log_level.or(config.log_level).unwrap_or_default(),
        log_rotation: config.log_rotation.unwrap_or(true),
    })
}

/// As Go reads it: no host means all of this machine's addresses, and a name is looked up.
fn address(text: &str) -> Result<SocketAddr, Error> {
    let whole = if text.starts_with(':') { format!("0.0.0.0{text}") } else { text.to_owned() };
    let found = whole.to_socket_addrs().ok().and_then(|mut all| all.next());
    found.ok_or_else(|| {
        Error::new(format!("`{text}` is no address of this machine: write host and port, such as {ADDRESS} or 0.0.0.0:2000"))
    })
}

/// Bytes; none where the default is meant.
fn memory(megabytes: Option<u32>) -> Result<Option<usize>, Error> {
    match megabytes {
        None | Some(0) => Ok(None),
        Some(few) if few < MEMORY_MIN => {
            Err(Error::new(format!("{few} MB are too few for documents to wait in: allow {MEMORY_MIN} or more, or 0 for the default")))
        }
        Some(enough) => Ok(Some(usize::try_from(enough).unwrap_or(usize::MAX).saturating_mul(1 << 20))),
    }
}

fn serve(plan: &Plan, environment: &Environment, log: &mut Log) -> Result<(), Error> {
    let forwarder = forward::start(plan.forward.clone(), environment)?;
    let mut settings = Settings::default();
    settings.only_forward = true;
    let mut serve = ServeSettings::default();
    serve.tcp = Some(plan.tcp);
    let local = Local::start(plan.udp, settings, serve).map_err(|error| trouble::daemon_not_started(plan.udp, plan.tcp, &error))?;
    forwarder.attach(local.collector()).map_err(|error| Error::new(error.to_string()))?;
    let signals = Signals::new()?;
    let target = forwarder.stats().target;
    log.write(Level::Info, &format!("cargo-xray {} in place of the X-Ray daemon", env!("CARGO_PKG_VERSION")));
    log.write(Level::Info, &format!("documents at udp:{}, sampling at tcp:{}; to {target}", local.local_addr(), local.http_addr()));
    signals.wait(Some(LOOK_EACH), watch(&forwarder, &local, log))?;
    // No more can come, and what has come is sent.
    let rejected = local.collector().progress().rejected;
    drop(local);
    let stats = forwarder.end();
    log.write(Level::Info, &format!("ended: {}", summary(&stats, rejected)));
    if let Some(losses) = forward::losses(&stats) {
        log.write(Level::Warn, &losses);
    }
    Ok(())
}

/// Looks at the figures now and then: failures are told soon, the rest each minute in which anything happened.
fn watch<'a>(forwarder: &'a Forwarder, local: &'a Local, log: &'a mut Log) -> impl FnMut() + 'a {
    let (mut seen, mut told) = (forwarder.stats(), 0);
    let mut looks = 0u32;
    move || {
        looks = looks.wrapping_add(1);
        let stats = forwarder.stats();
        let failed = |stats: &ForwardStats| stats.failed_requests.values().sum::<u64>() + stats.lost();
        if failed(&stats) > failed(&seen) {
            let why = stats.last_failure.as_deref().unwrap_or("no reason was given");
            log.write(Level::Warn, &format!("{} not sent so far, {} wait: {}", stats.lost(), stats.waiting, forward::printable(why)));
        }
        seen = stats;
        if looks.is_multiple_of(TELL_EACH) && seen.received != told {
            told = seen.received;
            log.write(Level::Info, &summary(&seen, local.collector().progress().rejected));
        }
    }
}

fn summary(stats: &ForwardStats, rejected: u64) -> String {
    let ForwardStats { received, sent, waiting, .. } = stats;
    format!(
        "{received} documents received, {sent} sent, {waiting} wait, {} lost; {rejected} datagrams were none of the daemon's",
        stats.lost()
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn planned(args: &DaemonArgs, yaml: &str) -> Result<Plan, Error> {
        plan(args, Config::parse("cfg.yaml", yaml)?)
    }

    #[test]
    fn flags_are_over_the_file_and_that_over_defaults() {
        let none = planned(&DaemonArgs::default(), "Version: 2").unwrap();
        assert_eq!((none.udp.to_string().as_str(), none.tcp, none.log_level), (ADDRESS, none.udp, Level::Prod));
        let yaml = "Version: 2\nRegion: eu-west-1\nTotalBufferSizeMB: 16\nConcurrency: 3\nSocket:\n  UDPAddress: 127.0.0.1:3000\n  TCPAddress: \":4000\"\nLogging:\n  LogLevel: warn\n  LogRotation: false\n  LogPath: /tmp/x.log\nLocalMode: true\nRoleARN: arn:r\n";
        let file = planned(&DaemonArgs::default(), yaml).unwrap();
        assert_eq!((file.udp.port(), file.tcp.to_string().as_str(), file.log_rotation), (3000, "0.0.0.0:4000", false));
        let Forward::Xray(xray) = &file.forward else { panic!("{file:?}") };
        assert_eq!((xray.region.as_deref(), xray.at_once, xray.queue, xray.is_local), (Some("eu-west-1"), 3, 16 << 20, true));
        assert_eq!((file.log_level, file.log_file.as_deref()), (Level::Warn, Some("/tmp/x.log".as_ref())));
        let args = DaemonArgs {
            bind: Some("127.0.0.1:5000".into()),
            region: Some("us-east-1".into()),
            buffer_memory: Some(0),
            local_mode: Some(false),
            ..DaemonArgs::default()
        };
        let both = planned(&args, yaml).unwrap();
        let Forward::Xray(xray) = &both.forward else { panic!("{both:?}") };
        assert_eq!((both.udp.port(), xray.region.as_deref(), xray.is_local), (5000, Some("us-east-1"), false));
        assert_eq!((xray.role_arn.as_deref(), xray.queue), (Some("arn:r"), 64 << 20));
    }

    #[test]
    fn what_is_wrong_is_said() {
        let args = |bind: &str, memory| DaemonArgs { bind: Some(bind.to_owned()), buffer_memory: Some(memory), ..DaemonArgs::default() };
        for (args, remedy) in [(args("2000", 3), "such as 127.0.0.1:2000"), (args(ADDRESS, 2), "allow 3 or more")] {
            assert!(planned(&args, "Version: 1").is_err_and(|error| error.to_string().contains(remedy)));
        }
    }
}
