//! moto, which answers as AWS's services do.
//!
//! The server of the environment variable `MOTO_ADDRESS` is shared by all that find it there; it has to be one that
//! `tests/clients/start_moto.py` started. Otherwise each process starts its own. Tests run side by side, so that what they make there needs a
//! name of its own: [`unique`].

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};

use aws_config::SdkConfig;

/// The folder of the workspace.
const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../..");

struct Server {
    address: String,
    /// It ends when its standard input does, which is closed at the end of this process, whatever that is.
    _process: Option<Child>,
}

static SERVER: OnceLock<Server> = OnceLock::new();

/// Where the server listens: `http://127.0.0.1:34567`.
///
/// # Panics
///
/// If it cannot be started.
pub fn address() -> &'static str {
    &SERVER.get_or_init(server).address
}

/// Configuration of clients that talk to it.
#[must_use]
pub fn config() -> SdkConfig {
    let http = aws_smithy_http_client::Builder::new().build_http();
    crate::config().http_client(http).endpoint_url(address()).build()
}

/// A name that nothing else has on this server.
#[must_use]
pub fn unique(name: &str) -> String {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    format!("{name}-{}-{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed))
}

/// The Python that `scripts/test` has set up, or else that of the machine, to run a script below `tests/clients`.
#[must_use]
pub fn python(script: &str) -> Command {
    let ours = format!("{ROOT}/target/python/bin/python");
    command(if Path::new(&ours).exists() { &ours } else { "python3" }, script)
}

/// Node, to run a script below `tests/clients` with the packages that `scripts/test` has set up.
#[must_use]
pub fn node(script: &str) -> Command {
    let mut command = command("node", script);
    command.env("NODE_PATH", format!("{ROOT}/target/node/node_modules"));
    command
}

/// Nothing that the user has set for AWS, for tracing or for a proxy reaches the script.
fn command(program: &str, script: &str) -> Command {
    let mut command = Command::new(program);
    command.arg(format!("{ROOT}/tests/clients/{script}")).env_clear().envs(std::env::var_os("PATH").map(|path| ("PATH", path)));
    command.env("AWS_CONFIG_FILE", "/dev/null").env("AWS_SHARED_CREDENTIALS_FILE", "/dev/null");
    command
}

fn server() -> Server {
    if let Ok(address) = std::env::var("MOTO_ADDRESS") {
        return Server { address, _process: None };
    }
    let mut address = String::new();
    let process = python("start_moto.py").stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().and_then(|mut process| {
        if let Some(output) = process.stdout.take() {
            BufReader::new(output).read_line(&mut address)?;
        }
        Ok(process)
    });
    let remedy = "`scripts/test tests` sets it up; by hand: `python3 -m venv target/python`, and then `target/python/bin/pip install \
                  --requirement tests/clients/requirements.txt`";
    let process = process.unwrap_or_else(|error| panic!("moto could not be started: {error}. {remedy}."));
    // Without a line it has ended, and said why on standard error.
    assert!(address.starts_with("http://"), "moto could not be started; what it said stands above. {remedy}.");
    Server { address: address.trim_end().to_owned(), _process: Some(process) }
}
