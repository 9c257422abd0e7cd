//! What several measures need: statistics, folders, commands.

use std::path::{Path, PathBuf};
use std::process::Command;

/// The median; `samples` must not be empty.
pub fn median(samples: &[f64]) -> f64 {
    let mut sorted = samples.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted[sorted.len() / 2]
}

pub fn best(samples: &[f64]) -> f64 {
    samples.iter().copied().fold(f64::INFINITY, f64::min)
}

/// A folder of this workspace.
pub fn workspace() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// A folder for other builds, beside this program's own in the target folder.
pub fn target(name: &str) -> PathBuf {
    let exe = std::env::current_exe().expect("this program");
    let target = exe.ancestors().nth(2).expect("target/release/benches");
    target.join("benches-tmp").join(name)
}

/// `cargo` in this workspace.
pub fn cargo() -> Command {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.current_dir(workspace());
    command
}

/// Runs a command to its end and returns what it printed; its messages are shown only if it fails.
pub fn output(command: &mut Command) -> String {
    let output = command.output().unwrap_or_else(|e| panic!("{command:?}: {e}"));
    let messages = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{command:?} failed:\n{messages}");
    String::from_utf8_lossy(&output.stdout).into_owned()
}
