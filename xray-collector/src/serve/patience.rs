//! A connection that gives up on a client that does not read its answers.
//!
//! Heads and bodies of requests have their times; without one for answers, a client could ask for large ones, read nothing, and keep its
//! connection and the answer for ever.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Sleep, sleep};

use crate::settings::ANSWER_READ_TIME_MAX;

/// A stream whose writer is given up on if it takes too long until all is written.
pub(super) struct Patient<S> {
    stream: S,
    /// Runs from when something could not be written at once until everything is: a client that reads a little now and then wins no time.
    waiting: Option<Pin<Box<Sleep>>>,
}

impl<S> Patient<S> {
    pub(super) fn new(stream: S) -> Self {
        Self { stream, waiting: None }
    }

    /// What a write came to, or that it has come to nothing for too long.
    fn wait<T>(&mut self, written: Poll<io::Result<T>>, context: &mut Context<'_>) -> Poll<io::Result<T>> {
        if written.is_pending() {
            self.waiting.get_or_insert_with(|| Box::pin(sleep(ANSWER_READ_TIME_MAX)));
        }
        let is_late = self.waiting.as_mut().is_some_and(|waiting| waiting.as_mut().poll(context).is_ready());
        if is_late { Poll::Ready(Err(io::ErrorKind::TimedOut.into())) } else { written }
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Patient<S> {
    fn poll_read(mut self: Pin<&mut Self>, context: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(context, buffer)
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Patient<S> {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write(context, bytes);
        self.wait(written, context)
    }

    fn poll_write_vectored(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[io::IoSlice<'_>]) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write_vectored(context, bytes);
        self.wait(written, context)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    /// Called once all was written.
    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let flushed = Pin::new(&mut self.stream).poll_flush(context);
        if matches!(flushed, Poll::Ready(Ok(()))) {
            self.waiting = None;
        }
        self.wait(flushed, context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt, AsyncWriteExt, duplex};
    use tokio::time::{Instant, advance};

    use super::*;

    fn patient(room: usize) -> (Patient<tokio::io::DuplexStream>, tokio::io::DuplexStream) {
        let (own, other) = duplex(room);
        (Patient::new(own), other)
    }

    #[tokio::test(start_paused = true)]
    async fn who_reads_nothing_is_given_up_on() {
        let (mut own, _other) = patient(10);
        let begun = Instant::now();
        let error = own.write_all(&[7; 100]).await.unwrap_err();
        assert_eq!((error.kind(), begun.elapsed()), (io::ErrorKind::TimedOut, ANSWER_READ_TIME_MAX));
    }

    #[tokio::test(start_paused = true)]
    async fn who_reads_a_little_now_and_then_is_given_up_on() {
        let (mut own, mut other) = patient(10);
        let reading = tokio::spawn(async move {
            let mut byte = [0];
            while other.read_exact(&mut byte).await.is_ok() {
                tokio::time::sleep(ANSWER_READ_TIME_MAX / 10).await;
            }
        });
        assert_eq!(own.write_all(&[7; 100]).await.unwrap_err().kind(), io::ErrorKind::TimedOut);
        drop(own);
        reading.await.unwrap();
    }

    #[tokio::test(start_paused = true)]
    async fn who_reads_all_may_take_that_time_for_each_answer() {
        let (mut own, mut other) = patient(10);
        let reading = tokio::spawn(async move {
            let mut all = Vec::new();
            for _ in 0..5 {
                advance(ANSWER_READ_TIME_MAX / 2).await;
                let mut answer = [0; 30];
                other.read_exact(&mut answer).await.unwrap();
                all.extend(answer);
            }
            all
        });
        for answer in 0..5 {
            own.write_all(&[answer; 30]).await.unwrap();
            own.flush().await.unwrap();
        }
        assert_eq!(reading.await.unwrap().len(), 150);
    }
}
