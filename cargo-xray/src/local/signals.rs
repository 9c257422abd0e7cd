//! Signals that end the program: Ctrl-C, and being asked to end in another way.

use std::io;
use std::pin::Pin;
use std::time::Duration;

use tokio::runtime::Runtime;

use crate::Error;

/// Signals that come from now on. Made before anybody is told that the program runs, who may then end it at once.
pub(super) struct Signals {
    runtime: Runtime,
    ended: Pin<Box<dyn Future<Output = io::Result<()>>>>,
}

impl Signals {
    pub(super) fn new() -> Result<Self, Error> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(not_possible)?;
        let ended = {
            let _inside = runtime.enter();
            Box::pin(signal().map_err(not_possible)?)
        };
        Ok(Self { runtime, ended })
    }

    /// Waits for one, and looks each time after `period` meanwhile, if there is one.
    pub(super) fn wait(self, period: Option<Duration>, mut look: impl FnMut()) -> Result<(), Error> {
        let Self { runtime, ended } = self;
        let looks = async {
            let Some(period) = period else { return std::future::pending().await };
            loop {
                tokio::time::sleep(period).await;
                look();
            }
        };
        runtime
            .block_on(async {
                tokio::select! {
                    ended = ended => ended,
                    never = looks => never,
                }
            })
            .map_err(not_possible)
    }
}

fn not_possible(error: io::Error) -> Error {
    Error::new(format!("signals cannot be waited for: {error}"))
}

#[cfg(unix)]
fn signal() -> io::Result<impl Future<Output = io::Result<()>>> {
    use tokio::signal::unix::{SignalKind, signal};
    let (mut interrupt, mut terminate) = (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?);
    Ok(std::future::poll_fn(move |context| {
        let came = interrupt.poll_recv(context).is_ready() || terminate.poll_recv(context).is_ready();
        if came { std::task::Poll::Ready(Ok(())) } else { std::task::Poll::Pending }
    }))
}

#[cfg(not(unix))]
fn signal() -> io::Result<impl Future<Output = io::Result<()>>> {
    Ok(tokio::signal::ctrl_c())
}
