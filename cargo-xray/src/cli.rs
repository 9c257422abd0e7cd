//! The command line.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::{fs, io};

use clap::{Args, Parser, Subcommand, ValueEnum};

use crate::ask::{self, QueryArgs, TailArgs, TraceArgs};
use crate::config::{self, Config};
use crate::doctor::{self, DoctorArgs};
use crate::environment::Environment;
use crate::local::{self, DaemonArgs, ViewArgs};
use crate::manifest::{self, Options, Read};
use crate::{Error, template};

const AFTER_HELP: &str = "\
No AWS account is needed for any of it.

Exit code: 0 if all went well, 1 if something failed or was not found, 2 if arguments cannot be understood.";
/// Exit code where arguments cannot be understood, as clap has it.
const USAGE: u8 = 2;

// Cargo puts the name of the subcommand in front of its arguments. A doc comment would be shown by `--help`.
#[derive(Parser)]
#[command(name = "cargo", bin_name = "cargo", subcommand_required = true, arg_required_else_help = true)]
enum Cargo {
    Xray(Xray),
}

/// A local X-Ray; what a program tells X-Ray and CloudWatch, and the dashboards and alarms for it
#[derive(Args)]
#[command(version, arg_required_else_help = true, after_help = AFTER_HELP)]
struct Xray {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Run a local X-Ray: it takes what programs send to the X-Ray daemon, and shows it in the browser
    View(ViewArgs),
    /// Send what arrives on to AWS X-Ray, in place of the X-Ray daemon and with its flags
    Daemon(DaemonArgs),
    /// Print traces as they complete, from a local X-Ray that runs
    Tail(TailArgs),
    /// Print one trace
    Trace(TraceArgs),
    /// List traces that a filter expression finds
    Query(QueryArgs),
    /// Look at what has to be right for traces to arrive, and say what to do
    #[command(after_help = "Exit code: 0 if nothing failed, warnings or not; 1 if something did; 2 if arguments cannot be understood.")]
    Doctor(DoctorArgs),
    /// List traced names, annotations, metadata, metrics and dimensions, as the source says them
    Manifest(ManifestArgs),
    /// Print a CloudFormation template: dashboard, groups of traces, sampling rules
    Dashboard(TemplateArgs),
    /// Print a CloudFormation template: alarms on faults, latency and dependencies
    Alarms(TemplateArgs),
    /// Print an xray.toml with the defaults and a comment for each key
    Config,
}

#[derive(Args)]
struct Source {
    /// Cargo.toml of the workspace or of one of its packages
    #[arg(long, value_name = "PATH")]
    manifest_path: Option<PathBuf>,
    /// Only this package of the workspace; may be given several times
    #[arg(short, long = "package", value_name = "NAME")]
    packages: Vec<String>,
    /// Also look into tests, benches and examples
    #[arg(long)]
    all_targets: bool,
}

#[derive(Args)]
struct ManifestArgs {
    #[command(flatten)]
    source: Source,
    /// How to print it
    #[arg(long, value_enum, default_value_t = Format::Json)]
    format: Format,
    /// Say lines in JSON, too, and not only files: they change often, which is noise in a file that is committed
    #[arg(long)]
    locations: bool,
    /// Print nothing, but fail if this file, which an earlier run has printed, says something else
    #[arg(long, value_name = "FILE")]
    check: Option<PathBuf>,
}

#[derive(Clone, Copy, ValueEnum)]
enum Format {
    /// Sorted, to be committed and compared
    Json,
    /// For people
    Table,
}

#[derive(Args)]
struct TemplateArgs {
    #[command(flatten)]
    source: Source,
    /// Settings [default: xray.toml in the workspace's folder, if there is one]
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Name of the service, instead of that in the settings
    #[arg(long, value_name = "NAME")]
    service: Option<String>,
    /// Namespace of the metrics, instead of that in the settings
    #[arg(long, value_name = "NAME")]
    namespace: Option<String>,
    /// Region of the dashboard's widgets, instead of the stack's
    #[arg(long, value_name = "REGION")]
    region: Option<String>,
}

/// Runs the program: arguments in, text on standard output, notes and errors on standard error.
#[must_use]
pub fn main() -> ExitCode {
    let Cargo::Xray(Xray { command }) = Cargo::parse();
    match run(&command) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("error: {error}");
            if error.is_usage() { ExitCode::from(USAGE) } else { ExitCode::FAILURE }
        }
    }
}

fn run(command: &Command) -> Result<ExitCode, Error> {
    let environment = Environment::read();
    let text = match command {
        Command::View(args) => return local::run(args, &environment).map(|()| ExitCode::SUCCESS),
        Command::Daemon(args) => return local::run_daemon(args, &environment).map(|()| ExitCode::SUCCESS),
        Command::Tail(args) => return ask::tail(args, &environment).map(|()| ExitCode::SUCCESS),
        Command::Doctor(args) => {
            let (text, is_well) = doctor::run(args, &environment);
            print(&text)?;
            return Ok(if is_well { ExitCode::SUCCESS } else { ExitCode::FAILURE });
        }
        Command::Trace(args) => ask::trace(args, &environment),
        Command::Query(args) => ask::query(args, &environment),
        Command::Manifest(args) => print_manifest(args),
        Command::Dashboard(args) => print_template(args, template::dashboard),
        Command::Alarms(args) => print_template(args, template::alarms),
        Command::Config => Ok(config::SAMPLE.to_owned()),
    };
    text.and_then(|text| print(&text)).map(|()| ExitCode::SUCCESS)
}

fn print(text: &str) -> Result<(), Error> {
    match io::stdout().lock().write_all(text.as_bytes()) {
        // Whoever reads it has seen enough.
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        written => written.map_err(|error| Error::new(format!("standard output cannot be written: {error}"))),
    }
}

fn tell(notes: &[String]) {
    notes.iter().for_each(|note| eprintln!("warning: {note}"));
}

fn read(source: &Source, locations: bool) -> Result<Read, Error> {
    let Source { manifest_path, packages, all_targets } = source;
    let options = Options { manifest_path: manifest_path.clone(), packages: packages.clone(), all_targets: *all_targets, locations };
    let read = manifest::read(&options)?;
    tell(&read.notes);
    Ok(read)
}

fn print_manifest(args: &ManifestArgs) -> Result<String, Error> {
    let for_people = args.check.is_none() && matches!(args.format, Format::Table);
    let Read { manifest, .. } = read(&args.source, args.locations || for_people)?;
    if let Some(path) = &args.check {
        let update = update(args, path);
        let committed = text(path).map_err(|error| Error::new(format!("{error}; if it is to be there, write it by `{update}`")))?;
        manifest::check(&manifest, &path.display().to_string(), &committed, &update)?;
        return Ok(String::new());
    }
    match args.format {
        Format::Json => manifest::json(&manifest),
        Format::Table => Ok(manifest::table(&manifest)),
    }
}

/// The command that makes the file what it should be.
fn update(args: &ManifestArgs, path: &Path) -> String {
    let mut command = String::from("cargo xray manifest");
    if let Some(path) = &args.source.manifest_path {
        command += &format!(" --manifest-path {}", path.display());
    }
    for name in &args.source.packages {
        command += &format!(" --package {name}");
    }
    for (flag, is_set) in [(" --all-targets", args.source.all_targets), (" --locations", args.locations)] {
        command += if is_set { flag } else { "" };
    }
    format!("{command} > {}", path.display())
}

fn print_template(
    args: &TemplateArgs,
    make: fn(&Config, &manifest::Manifest) -> Result<template::Printed, Error>,
) -> Result<String, Error> {
    let read = read(&args.source, false)?;
    let mut config = settings(args, &read.root)?;
    if config.service.is_none() {
        tell(&[format!(
            "the service is taken to be called `{}`, as its package or workspace: give `--service`, or set `service` in xray.toml",
            read.name
        )]);
        config.service = Some(read.name);
    }
    let printed = make(&config, &read.manifest)?;
    tell(&printed.notes);
    Ok(printed.text)
}

/// The file's settings, and over them the flags.
fn settings(args: &TemplateArgs, root: &Path) -> Result<Config, Error> {
    let default = root.join("xray.toml");
    let mut config = match &args.config {
        Some(path) => Config::parse(&path.display().to_string(), &text(path)?)?,
        None if default.exists() => Config::parse("xray.toml", &text(&default)?)?,
        None => Config::default(),
    };
    let TemplateArgs { service, namespace, region, .. } = args;
    config.service = service.clone().or(config.service);
    config.region = region.clone().or(config.region);
    config.namespace = namespace.clone().unwrap_or(config.namespace);
    config.check("the flags")?;
    Ok(config)
}

fn text(path: &Path) -> Result<String, Error> {
    fs::read_to_string(path).map_err(|error| Error::new(format!("{} cannot be read: {error}", path.display())))
}
