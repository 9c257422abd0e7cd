//! Workspaces to be read, and the program.

// Each test takes what it needs.
#![allow(dead_code)]

use std::fs;
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};

/// What the program has said.
#[derive(Debug)]
pub(crate) struct Said {
    pub(crate) code: Option<i32>,
    pub(crate) out: String,
    pub(crate) err: String,
}

/// `cargo-xray xray …`, without what is set for whoever runs the tests.
pub(crate) fn command(args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_cargo-xray"));
    command.arg("xray").args(args).current_dir(env!("CARGO_TARGET_TMPDIR"));
    for (name, _) in std::env::vars_os().filter(|(name, _)| name.to_string_lossy().contains("XRAY")) {
        command.env_remove(name);
    }
    command
}

/// What `cargo-xray xray …` says.
pub(crate) fn xray(args: &[&str]) -> Said {
    run(&mut command(args))
}

/// Runs `cargo-xray xray …` in a folder.
pub(crate) fn xray_in(folder: &Path, args: &[&str]) -> Said {
    run(Command::new(env!("CARGO_BIN_EXE_cargo-xray")).arg("xray").args(args).current_dir(folder))
}

/// Runs a command.
pub(crate) fn run(command: &mut Command) -> Said {
    let output = command.output().unwrap_or_else(|error| panic!("{command:?}: {error}"));
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    Said { code: output.status.code(), out: text(&output.stdout), err: text(&output.stderr) }
}

/// A fresh folder with these files, which no other test has.
pub(crate) fn workspace(name: &str, files: &[(&str, &str)]) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = fs::remove_dir_all(&folder);
    for (path, text) in files {
        let path = folder.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    folder
}

/// The manifest of a package that is a workspace by itself.
pub(crate) const SHOP: (&str, &str) = ("Cargo.toml", "[package]\nname = \"shop\"\nversion = \"0.1.0\"\nedition = \"2024\"\n[workspace]\n");

/// A local X-Ray on a port of its own.
pub(crate) struct View {
    child: Child,
    out: BufReader<ChildStdout>,
    /// Host and port.
    pub(crate) at: String,
}

impl View {
    pub(crate) fn start(args: &[&str]) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_cargo-xray"));
        command.args(["xray", "view"]).args(args).stdout(Stdio::piped());
        if !args.contains(&"--address") {
            command.args(["--address", "127.0.0.1:0"]);
        }
        let mut child = command.spawn().unwrap();
        let mut out = BufReader::new(child.stdout.take().unwrap());
        let mut line = String::new();
        out.read_line(&mut line).unwrap();
        let at = line.strip_prefix("http://").and_then(|line| line.split('/').next()).unwrap_or_else(|| panic!("no address in {line:?}"));
        assert!(line.contains(&format!("AWS_XRAY_DAEMON_ADDRESS={at} ")), "{line}");
        Self { at: at.to_owned(), child, out }
    }

    /// Ends it as Ctrl-C (2) or `kill` (15) does: exit code, and what else it has said.
    #[cfg(unix)]
    pub(crate) fn end(mut self, signal: i32) -> (Option<i32>, String) {
        let kill = Command::new("kill").args([format!("-{signal}"), self.child.id().to_string()]).status().unwrap();
        assert!(kill.success());
        let mut rest = String::new();
        self.out.read_to_string(&mut rest).unwrap();
        (self.child.wait().unwrap().code(), rest)
    }
}

impl Drop for View {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
