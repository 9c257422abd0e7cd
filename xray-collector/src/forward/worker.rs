//! The thread that sends: batches, attempts, and the end.

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::pin::pin;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError, mpsc};
use std::thread::JoinHandle;

use tokio::runtime::Handle;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;
use tokio::time::sleep;

use super::failure::Failure;
use super::otlp::Otlp;
use super::queue::{Queue, Standing};
use super::xray::Xray;
use super::{Forward, ForwardOtlp, ForwardXray};
use crate::relay::{Answer, ForwardStats, Loss, Sink};
use crate::settings::{FORWARD_AT_ONCE, FORWARD_ATTEMPTS, FORWARD_PAUSE, FORWARD_PAUSE_MAX, FORWARD_STOP, FORWARD_WAIT, TELEMETRY_EACH};

/// Text of unsampled traces.
const UNSAMPLED: &[u8] = b"T1U";

/// What became of a batch that was answered.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Taken {
    pub(super) rejected: u64,
    pub(super) untranslated: u64,
    pub(super) why: Option<String>,
}

#[derive(Debug)]
enum Backend {
    Xray(Xray),
    Otlp(Otlp),
}

impl Backend {
    async fn new(forward: &Forward) -> Result<Self, String> {
        match forward {
            Forward::Xray(settings) => Xray::new(settings).await.map(Self::Xray),
            Forward::Otlp(settings) => Otlp::new(settings).map(Self::Otlp),
        }
    }

    fn target(&self) -> String {
        match self {
            Self::Xray(xray) => xray.target(),
            Self::Otlp(otlp) => otlp.target(),
        }
    }

    fn url(&self) -> &str {
        match self {
            Self::Xray(xray) => xray.url(),
            Self::Otlp(otlp) => otlp.url(),
        }
    }

    async fn send(&self, batch: &[Vec<u8>]) -> Result<Taken, Failure> {
        match self {
            Self::Xray(xray) => xray.send(batch).await,
            Self::Otlp(otlp) => otlp.send(batch).await,
        }
    }
}

/// What those who bring documents and the thread share.
#[derive(Debug)]
pub(super) struct Shared {
    queue: Queue,
    stats: Mutex<ForwardStats>,
    /// Set before anybody brings anything.
    backend: OnceLock<(Arc<Backend>, Handle)>,
}

pub(super) fn lost(stats: &ForwardStats, loss: Loss) -> u64 {
    stats.lost.get(&loss).copied().unwrap_or_default()
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, ForwardStats> {
        self.stats.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn counts(&self) -> ForwardStats {
        let mut stats = self.lock().clone();
        stats.waiting = stats.received.saturating_sub(stats.sent + stats.lost());
        stats
    }

    /// Whether what is sent goes to this address of this machine.
    pub(super) fn is_at(&self, address: SocketAddr) -> bool {
        let Some(uri) = self.backend.get().and_then(|(backend, _)| backend.url().parse::<http::Uri>().ok()) else { return false };
        let host = uri.host().unwrap_or_default().trim_matches(['[', ']']);
        let is_this_machine =
            || host.parse::<IpAddr>().map_or(host == "localhost", |ip| ip.is_loopback() || ip.is_unspecified() || ip == address.ip());
        uri.port_u16() == Some(address.port()) && is_this_machine()
    }

    pub(super) fn stop(&self) {
        self.queue.close();
    }

    fn lose(&self, loss: Loss, count: u64) {
        if count > 0 {
            *self.lock().lost.entry(loss).or_default() += count;
        }
    }

    fn failed(&self, failure: &Failure) {
        let mut stats = self.lock();
        *stats.failed_requests.entry(failure.loss).or_default() += 1;
        stats.last_failure = Some(failure.text.clone());
    }

    fn taken(&self, batch: usize, taken: Taken) {
        let Taken { rejected, untranslated, why } = taken;
        let (rejected, untranslated) = (rejected.min(batch as u64), untranslated.min(batch as u64));
        let mut stats = self.lock();
        stats.sent += (batch as u64).saturating_sub(rejected + untranslated);
        for (loss, count) in [(Loss::Rejected, rejected), (Loss::Untranslated, untranslated)] {
            if count > 0 {
                *stats.lost.entry(loss).or_default() += count;
            }
        }
        if why.is_some() {
            stats.last_failure = why;
        }
    }
}

impl Sink for Shared {
    fn take(&self, body: &[u8]) {
        if body.starts_with(UNSAMPLED) {
            self.lock().unsampled += 1;
            return;
        }
        self.lock().received += 1;
        match self.queue.push(body) {
            Some(spilled) => self.lose(Loss::Spilled, spilled),
            None => self.lose(Loss::Stopped, 1),
        }
    }

    fn stats(&self) -> ForwardStats {
        self.counts()
    }

    fn has_rules(&self) -> bool {
        self.backend.get().is_some_and(|(backend, _)| matches!(**backend, Backend::Xray(_)))
    }

    fn ask(&self, path: &str, body: &[u8]) -> Option<Answer> {
        let (backend, handle) = self.backend.get().filter(|_| self.has_rules() && Xray::is_asked(path))?;
        let (backend, path, body) = (Arc::clone(backend), path.to_owned(), body.to_vec());
        // On the runtime that has the connections, which may end while somebody waits.
        let asked = handle.spawn(async move {
            match &*backend {
                Backend::Xray(xray) => xray.ask(&path, body).await,
                Backend::Otlp(_) => Err(Failure::new(Loss::Other, "there is nobody to ask")),
            }
        });
        Some(Box::pin(async move {
            match asked.await {
                Ok(Ok(answered)) => Ok(answered),
                Ok(Err(failure)) => Err(failure.text),
                Err(_) => Err("forwarding has ended".to_owned()),
            }
        }))
    }
}

/// Starts the thread, once it is known that it can send.
pub(super) fn start(forward: Forward) -> io::Result<(Arc<Shared>, JoinHandle<()>)> {
    let (queue, at_once) = match &forward {
        Forward::Xray(ForwardXray { queue, at_once, .. }) => (*queue, (*at_once).max(1)),
        Forward::Otlp(ForwardOtlp { queue, .. }) => (*queue, FORWARD_AT_ONCE),
    };
    let shared = Arc::new(Shared { queue: Queue::new(queue), stats: Mutex::default(), backend: OnceLock::new() });
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let (ready, started) = mpsc::channel();
    let own = Arc::clone(&shared);
    let thread = std::thread::Builder::new().name("xray-forward".into()).spawn(move || {
        runtime.block_on(async {
            match Backend::new(&forward).await {
                Ok(backend) => {
                    let backend = Arc::new(backend);
                    own.lock().target = backend.target();
                    let _ = own.backend.set((Arc::clone(&backend), Handle::current()));
                    let _ = ready.send(Ok(()));
                    run(&own, &backend, at_once).await;
                }
                Err(error) => _ = ready.send(Err(error)),
            }
        });
        // What is on its way is given up; nothing may hold the end of the program.
        runtime.shutdown_background();
    })?;
    match started.recv() {
        Ok(Ok(())) => Ok((shared, thread)),
        Ok(Err(error)) => Err(io::Error::other(error)),
        Err(_) => Err(io::Error::other("the thread that forwards has ended")),
    }
}

/// Sends until the queue is closed and empty, or there is no more time.
async fn run(shared: &Arc<Shared>, backend: &Arc<Backend>, at_once: usize) {
    let telling = tokio::spawn(tell(Arc::clone(shared), Arc::clone(backend)));
    let mut sending = JoinSet::new();
    let deadline = async {
        shared.queue.closed.notified().await;
        sleep(FORWARD_STOP).await;
    };
    tokio::select! {
        () = send_all(shared, backend, at_once, &mut sending) => {}
        () = deadline => {}
    }
    telling.abort();
    sending.shutdown().await;
    let left = shared.counts().waiting;
    shared.lose(Loss::Stopped, left);
}

async fn send_all(shared: &Arc<Shared>, backend: &Arc<Backend>, at_once: usize, sending: &mut JoinSet<()>) {
    let places = Arc::new(Semaphore::new(at_once));
    while ready(&shared.queue).await {
        // Documents wait in the queue and not in batches, so that the oldest can make room.
        let Ok(place) = Arc::clone(&places).acquire_owned().await else { break };
        while sending.try_join_next().is_some() {}
        let batch = shared.queue.take();
        let (shared, backend) = (Arc::clone(shared), Arc::clone(backend));
        sending.spawn(async move {
            send(&shared, &backend, batch).await;
            drop(place);
        });
    }
    while sending.join_next().await.is_some() {}
}

/// Waits for a batch: a full one, or what came within a second of the first. Tells whether there is one.
async fn ready(queue: &Queue) -> bool {
    while queue.standing() == Standing::Empty {
        queue.changed.notified().await;
    }
    let mut wait = pin!(sleep(FORWARD_WAIT));
    loop {
        match queue.standing() {
            Standing::Finished => return false,
            Standing::Ready => return true,
            // They may have made room for nothing that is left.
            Standing::Empty | Standing::Some => {}
        }
        tokio::select! {
            () = &mut wait => return true,
            () = queue.changed.notified() => {}
        }
    }
}

async fn send(shared: &Shared, backend: &Backend, batch: Vec<Vec<u8>>) {
    let mut pause = FORWARD_PAUSE;
    for attempt in 1..=FORWARD_ATTEMPTS {
        let failure = match backend.send(&batch).await {
            Ok(taken) => return shared.taken(batch.len(), taken),
            Err(failure) => failure,
        };
        shared.failed(&failure);
        if !failure.may_try_again || attempt == FORWARD_ATTEMPTS {
            return shared.lose(failure.loss, batch.len() as u64);
        }
        // Not all at the same time.
        let own = pause.mul_f64(0.5 + fastrand::f64());
        sleep(failure.retry_after.map_or(own, |asked| asked.min(FORWARD_PAUSE_MAX).max(own))).await;
        pause *= 2;
    }
}

/// Tells AWS each minute what happened in it.
async fn tell(shared: Arc<Shared>, backend: Arc<Backend>) {
    let Backend::Xray(xray) = &*backend else { return };
    let mut before = ForwardStats::default();
    loop {
        sleep(TELEMETRY_EACH).await;
        let now = shared.counts();
        if now.received == before.received && now.failed_requests == before.failed_requests {
            continue;
        }
        // If it cannot be told, it is with the next minute's.
        if xray.tell(&before, &now).await.is_ok() {
            before = now;
        }
    }
}
