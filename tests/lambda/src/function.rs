//! A function in a process of its own, run as Lambda would run it.

use std::fs::File;
use std::io::Read as _;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use crate::api::Api;
use crate::{Daemon, Event, Posted};

/// Longer than anything takes.
const PATIENCE: Duration = Duration::from_secs(60);

/// A function that is to be started.
#[derive(Debug)]
#[must_use]
pub struct Start {
    command: Command,
    daemon: Arc<Daemon>,
    api: Api,
    /// Its standard output is a file, which can be read at any moment.
    printed: PathBuf,
}

/// A function under way. It is killed when this is dropped.
#[derive(Debug)]
pub struct Function {
    child: Child,
    api: Api,
    daemon: Arc<Daemon>,
    printed: PathBuf,
    said: Arc<Mutex<String>>,
    pushed: Mutex<usize>,
}

impl Start {
    /// A program with the environment that Lambda sets, and nothing else.
    pub fn new(program: &str) -> Self {
        let daemon = Arc::new(Daemon::new());
        static STARTED: AtomicUsize = AtomicUsize::new(0);
        let name = format!("autoxray-function-{}-{}", std::process::id(), STARTED.fetch_add(1, Relaxed));
        let printed = std::env::temp_dir().join(name);
        let api = Api::new(Arc::clone(&daemon), printed.clone());
        let mut command = Command::new(program);
        command.env_clear().envs([
            ("AWS_EXECUTION_ENV", "AWS_Lambda_provided.al2023"),
            ("AWS_LAMBDA_FUNCTION_NAME", "orders"),
            ("AWS_LAMBDA_FUNCTION_VERSION", "$LATEST"),
            ("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "512"),
            ("AWS_LAMBDA_INITIALIZATION_TYPE", "on-demand"),
            ("AWS_REGION", "eu-west-1"),
            ("AWS_XRAY_CONTEXT_MISSING", "LOG_ERROR"),
            ("LAMBDA_RUNTIME_DIR", "/var/runtime"),
            ("LAMBDA_TASK_ROOT", "/var/task"),
            ("PATH", "/usr/local/bin:/usr/bin:/bin"),
            ("TZ", ":UTC"),
            ("_HANDLER", "bootstrap"),
        ]);
        command.env("AWS_LAMBDA_RUNTIME_API", api.address.to_string());
        Self { command, daemon, api, printed }.daemon(None)
    }

    /// Sends documents elsewhere.
    pub fn daemon(mut self, address: Option<SocketAddr>) -> Self {
        let address = address.unwrap_or_else(|| self.daemon.address());
        self.command.env("AWS_XRAY_DAEMON_ADDRESS", address.to_string());
        self
    }

    /// With this variable in the environment.
    pub fn env(mut self, name: &str, value: &str) -> Self {
        self.command.env(name, value);
        self
    }

    /// Without this one.
    pub fn without(mut self, name: &str) -> Self {
        self.command.env_remove(name);
        self
    }

    /// Starts it.
    ///
    /// # Panics
    ///
    /// If it cannot be started.
    #[must_use]
    pub fn start(mut self) -> Function {
        let printed = File::create(&self.printed).expect("a file in the folder for temporary ones");
        self.command.stdin(Stdio::null()).stdout(printed).stderr(Stdio::piped());
        let mut child = self.command.spawn().unwrap_or_else(|error| panic!("{:?}: {error}", self.command));
        let said = Arc::new(Mutex::new(String::new()));
        let (mut stderr, heard) = (child.stderr.take().expect("a pipe"), Arc::clone(&said));
        thread::spawn(move || {
            let mut buffer = [0; 4096];
            while let Ok(length @ 1..) = stderr.read(&mut buffer) {
                heard.lock().unwrap_or_else(PoisonError::into_inner).push_str(&String::from_utf8_lossy(&buffer[..length]));
            }
        });
        Function { child, api: self.api, daemon: self.daemon, printed: self.printed, said, pushed: Mutex::new(0) }
    }
}

impl Function {
    /// Starts a program with the environment that Lambda sets.
    #[must_use]
    pub fn start(program: &str) -> Self {
        Start::new(program).start()
    }

    /// Hands it an event, and says which one it is. The function takes it when it is done with those before.
    pub fn push(&self, mut event: Event) -> String {
        if event.id.is_empty() {
            let mut pushed = self.pushed.lock().unwrap_or_else(PoisonError::into_inner);
            *pushed += 1;
            event.id = format!("8476a536-e9f4-11e8-9739-{:012x}", *pushed);
        }
        let id = event.id.clone();
        self.api.push(event);
        id
    }

    /// Hands it an event, and waits for the answer.
    #[track_caller]
    pub fn invoke(&self, event: Event) -> Posted {
        let id = self.push(event);
        self.posted(&id)
    }

    /// Waits for the answer to an event.
    #[track_caller]
    pub fn posted(&self, id: &str) -> Posted {
        self.wait(|posted, _| posted.iter().find(|posted| posted.id == id).cloned())
    }

    /// Looks at what it has given, and how often it has asked for events, until something is there.
    ///
    /// # Panics
    ///
    /// If it never is.
    #[track_caller]
    pub fn wait<T>(&self, look: impl FnMut(&[Posted], usize) -> Option<T>) -> T {
        self.api.wait(PATIENCE, look).unwrap_or_else(|| panic!("the function does nothing; it said: {}", self.said()))
    }

    /// The daemon that it sends to.
    #[must_use]
    pub fn daemon(&self) -> &Daemon {
        &self.daemon
    }

    /// Waits until this many documents are at the daemon.
    ///
    /// # Panics
    ///
    /// If they never are.
    #[track_caller]
    pub fn wait_for_documents(&self, count: usize) -> Vec<String> {
        for _ in 0..PATIENCE.as_millis() / 5 {
            let documents = self.daemon.documents();
            if documents.len() >= count {
                return documents;
            }
            thread::sleep(Duration::from_millis(5));
        }
        panic!("{} of {count} documents came; the function said: {}", self.daemon.count(), self.said());
    }

    /// What it has written to its standard error until now.
    #[must_use]
    pub fn said(&self) -> String {
        self.said.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// What it has written to its standard output until now.
    #[must_use]
    pub fn printed(&self) -> String {
        std::fs::read_to_string(&self.printed).unwrap_or_default()
    }

    /// What it had printed when this answer came.
    #[must_use]
    pub fn printed_before(&self, posted: &Posted) -> String {
        self.printed()[..usize::try_from(posted.printed_before).unwrap_or(usize::MAX)].to_owned()
    }

    /// The id of its process.
    #[must_use]
    pub fn process(&self) -> u32 {
        self.child.id()
    }
}

impl Drop for Function {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        let _ = std::fs::remove_file(&self.printed);
    }
}
