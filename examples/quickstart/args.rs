//! The command line.

use std::env;
use std::ffi::OsString;
use std::io::{self, IsTerminal};
use std::path::PathBuf;

pub const USAGE: &str = "\
Runs a small order service, traced with autoxray, and shows its traces.

usage: cargo run --example quickstart -- [options]

  --orders FILE   orders, one JSON object on each line; the example's own if left out
  --view          keep a viewer open in the browser, and orders coming in, until Ctrl-C
  --color WHEN    always, never or auto; auto heeds NO_COLOR and looks for a terminal
  --help          this text
";

/// What was asked for.
#[derive(Debug)]
pub struct Args {
    pub orders: PathBuf,
    pub colour: bool,
    pub view: bool,
    pub help: bool,
}

impl Args {
    pub fn parse(mut given: impl Iterator<Item = OsString>) -> Result<Self, String> {
        // The folder this example was built in, which is where it is run.
        let orders = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("examples/quickstart/orders.jsonl");
        let mut args = Self { orders, colour: colour("auto")?, view: false, help: false };
        while let Some(option) = given.next() {
            let mut value = |what: &str| given.next().ok_or_else(|| format!("{} needs {what}", option.display()));
            match option.to_str() {
                Some("--orders") => args.orders = value("a file")?.into(),
                Some("--color" | "--colour") => args.colour = colour(&value("always, never or auto")?.to_string_lossy())?,
                Some("--view") => args.view = true,
                Some("--help" | "-h") => args.help = true,
                _ => return Err(format!("`{}` is not an option; there are --orders, --view, --color and --help", option.display())),
            }
        }
        Ok(args)
    }
}

fn colour(when: &str) -> Result<bool, String> {
    let set = |name| env::var_os(name).is_some_and(|value| !value.is_empty());
    match when {
        "always" => Ok(true),
        "never" => Ok(false),
        "auto" => Ok(io::stdout().is_terminal() && !set("NO_COLOR") && env::var_os("TERM").is_none_or(|term| term != "dumb")),
        _ => Err(format!("--color takes always, never or auto, not `{when}`")),
    }
}
