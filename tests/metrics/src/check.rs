//! The check of documents, which is a script and a schema of their own.

use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

/// Largest event of CloudWatch Logs.
const EVENT_BYTES_MAX: usize = 1024 * 1024;
/// Largest event that older agents take, and so the largest of ours.
const OUR_BYTES_MAX: usize = 256 * 1024;

/// What the check has found.
#[derive(Debug, PartialEq, Eq)]
pub struct Checked {
    /// How many documents it has read.
    pub documents: usize,
    /// What is wrong: `line 3: …`.
    pub problems: Vec<String>,
}

/// Checks documents against what CloudWatch takes.
///
/// # Panics
///
/// If the check cannot be run.
#[must_use]
pub fn check<S: AsRef<str>>(documents: &[S]) -> Checked {
    run(documents, EVENT_BYTES_MAX)
}

/// Checks our own documents, which are to be smaller than what CloudWatch takes.
///
/// # Panics
///
/// If one of them is wrong, or the check cannot be run.
#[track_caller]
pub fn check_ours<S: AsRef<str>>(documents: &[S]) {
    assert!(!documents.is_empty(), "no documents");
    let Checked { documents: count, problems } = run(documents, OUR_BYTES_MAX);
    let shown = problems.iter().take(10).map(|problem| {
        let line = problem.trim_start_matches("line ").split(':').next().and_then(|line| line.parse::<usize>().ok());
        let document = line.and_then(|line| documents.get(line - 1)).map_or("", AsRef::as_ref);
        format!("{problem}\n  {}", document.chars().take(2000).collect::<String>())
    });
    assert!(problems.is_empty(), "{} problems:\n{}", problems.len(), shown.collect::<Vec<_>>().join("\n"));
    assert_eq!(count, documents.len());
}

/// Runs a script of `tests/metrics` with what goes to its standard input, and gives back whether it has succeeded and what it has written.
///
/// # Panics
///
/// If what the script needs has not been set up, or it says something on standard error.
#[must_use]
pub fn python(script: &str, arguments: &[&str], input: &[u8]) -> (bool, String) {
    const FOLDER: &str = env!("CARGO_MANIFEST_DIR");
    const REMEDY: &str = "run scripts/test, which sets it up; by hand: `python3 -m venv target/python`, and then `target/python/bin/pip \
                          install --requirement tests/metrics/requirements.txt`";
    let program = Path::new(FOLDER).join("../../target/python/bin/python");
    assert!(program.exists(), "there is no Python in target/python: {REMEDY}");
    let mut command = Command::new(program);
    command.arg(Path::new(FOLDER).join(script)).args(arguments);
    // Nothing that the user has set for AWS or for Python reaches it.
    command.env_clear().env("PYTHONDONTWRITEBYTECODE", "1").env("PYTHONUTF8", "1");
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap_or_else(|error| panic!("target/python cannot be run: {error}: {REMEDY}"));
    let stdin = child.stdin.take();
    let output = std::thread::scope(|scope| {
        scope.spawn(move || {
            // Where it has ended before its input did, it has said why.
            let _ = stdin.map(|mut stdin| stdin.write_all(input));
        });
        child.wait_with_output().expect("it was started")
    });
    let said = String::from_utf8_lossy(&output.stderr);
    let remedy = if said.contains("ModuleNotFoundError") { REMEDY } else { "" };
    assert!(said.is_empty(), "{script}:\n{said}\n{remedy}");
    (output.status.success(), String::from_utf8(output.stdout).expect("UTF-8"))
}

fn run<S: AsRef<str>>(documents: &[S], bytes_max: usize) -> Checked {
    let mut input = String::new();
    for document in documents {
        assert!(!document.as_ref().contains('\n'), "a line break in a document: {}", document.as_ref());
        input.push_str(document.as_ref());
        input.push('\n');
    }
    let (is_right, output) = python("check_emf.py", &["--bytes-max", &bytes_max.to_string(), "--shown", "1000"], input.as_bytes());
    let mut problems: Vec<String> = output.lines().map(String::from).collect();
    let last = problems.pop().unwrap_or_default();
    let numbers = last.strip_suffix(" problems").and_then(|last| last.split_once(" documents, "));
    let (count, found) = numbers.unwrap_or_else(|| panic!("not what the check ends with: {last}"));
    assert_eq!((is_right, found), (problems.is_empty(), problems.len().to_string().as_str()), "{output}");
    Checked { documents: count.parse().expect("a number"), problems }
}
