//! This program, run once more as the measured process, and what that one answers: one line of `key=value`.

use std::collections::HashMap;
use std::fmt::Display;
use std::process::{Command, Stdio};
use std::{env, process};

/// The command that runs this program; `through` is put before it (a tool such as valgrind). Variables whose names contain one of `without`
/// are taken off: whatever is set around the benchmark must not change what is measured.
pub fn command(through: &[&str], without: &[&str]) -> Command {
    let exe = env::current_exe().expect("this program");
    let mut command = match through {
        [] => Command::new(exe),
        [tool, args @ ..] => {
            let mut command = Command::new(tool);
            command.args(args).arg(exe);
            command
        }
    };
    for (key, _) in env::vars_os() {
        let name = key.to_string_lossy();
        if without.iter().any(|part| name.contains(part)) {
            command.env_remove(&key);
        }
    }
    command.stdout(Stdio::piped());
    command
}

/// The numbers it answered with.
pub struct Answer(HashMap<String, f64>);

impl Answer {
    /// Those of a process that has ended.
    pub fn of(output: &process::Output) -> Answer {
        let text = String::from_utf8_lossy(&output.stdout);
        let pairs = text.split_whitespace().filter_map(|pair| pair.split_once('='));
        Answer(pairs.map(|(key, value)| (key.to_owned(), value.parse().expect("a number"))).collect())
    }

    pub fn get(&self, key: &str) -> f64 {
        *self.0.get(key).unwrap_or_else(|| panic!("the child did not answer {key}"))
    }
}

/// Answers, in the measured process.
pub fn answer<const N: usize>(pairs: [(&str, &dyn Display); N]) {
    println!("{}", pairs.map(|(key, value)| format!("{key}={value}")).join(" "));
}
