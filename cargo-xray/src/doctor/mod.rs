//! `cargo xray doctor`: looks at everything that has to be right for traces to arrive, and says what to do about what is not.
//!
//! Each check is a pure function of what [`probe`] has seen.

mod aws;
mod check;
mod daemon;
mod machine;
mod probe;
mod project;
mod sampling;
mod show;
#[cfg(test)]
mod tests;
mod value;
mod variables;

use std::path::PathBuf;

use clap::Args;
use xray_model::DaemonAddress;

use crate::ask::{Peer, rules};
use crate::clock;
use crate::environment::Environment;
use crate::terminal::{Colour, Output};
use aws::Platform;
use check::{Check, Verdict};
use daemon::Sent;

/// Arguments of `doctor`.
#[derive(Debug, Args)]
pub(crate) struct DoctorArgs {
    /// Where documents are to go, instead of where AWS_XRAY_DAEMON_ADDRESS says
    #[arg(long, value_name = "HOST:PORT")]
    address: Option<DaemonAddress>,
    /// Cargo.toml of the workspace whose features are looked at
    #[arg(long, value_name = "PATH")]
    manifest_path: Option<PathBuf>,
    /// A file of sampling rules to be checked, as `cargo xray view --rules` takes it
    #[arg(long, value_name = "FILE")]
    rules: Option<PathBuf>,
    /// Name of the service whose request is held against sampling rules
    #[arg(long, value_name = "NAME")]
    service: Option<String>,
    /// Also say what holds where variables are not set
    #[arg(long)]
    all: bool,
    /// Print JSON: all checks, and the policy
    #[arg(long)]
    json: bool,
    /// Print the IAM policy that a daemon's role needs, and look at nothing
    #[arg(long, conflicts_with = "json")]
    policy: bool,
    /// When to write colours
    #[arg(long, value_enum, value_name = "WHEN", default_value_t)]
    color: Colour,
}

/// Looks, and tells what was found. The second is whether nothing has failed.
pub(crate) fn run(args: &DoctorArgs, environment: &Environment) -> (String, bool) {
    if args.policy {
        return (aws::POLICY.to_owned(), true);
    }
    let checks = checks(args, environment);
    let is_well = checks.iter().all(|check| check.status < Verdict::Fail);
    let text = match args.json {
        true => show::json(&checks, aws::POLICY),
        false => {
            let checks = if args.all { checks } else { show::shown(checks) };
            show::text(&checks, &Output::read().view(args.color, environment))
        }
    };
    (text, is_well)
}

fn checks(args: &DoctorArgs, environment: &Environment) -> Vec<Check> {
    let address = args.address.clone().or_else(|| environment.daemon()).unwrap_or_default();
    let platform = Platform::of(environment);
    let answer = probe::ask(&address);
    let peer = Peer::of(&answer);
    let sent = match peer {
        Peer::Collector(_) => probe::send(&address),
        _ => Sent::Not,
    };
    let answer = answer.ok();
    let (limit, sockets) = probe::sockets();
    let files = probe::files(environment);
    let mut checks = variables::check(environment);
    checks.extend([
        platform.check(),
        daemon::reached(&peer, &address, platform.hint()),
        daemon::documents(&sent, &peer, &address),
        daemon::clock(answer.as_ref().and_then(|answer| answer.date.as_deref()), clock::today()),
        sampling::check(answer.as_ref().and_then(rules).as_deref(), &sample(args, environment)),
        sampling::file(args.rules.as_deref(), xray_collector::check_rules),
        machine::receive_buffer(limit.as_deref(), &sockets, address.udp().port()),
        aws::region(environment, &files),
        aws::credentials(environment, &files),
        aws::permissions(),
        project::check(&probe::project(environment, args.manifest_path.as_deref())),
    ]);
    checks
}

/// The request that is held against sampling rules.
fn sample(args: &DoctorArgs, environment: &Environment) -> sampling::Sample {
    let service = args.service.as_deref().or_else(|| environment.text("AWS_XRAY_TRACING_NAME")).unwrap_or("orders");
    sampling::Sample { service: service.to_owned(), method: "GET".to_owned(), path: "/".to_owned() }
}
