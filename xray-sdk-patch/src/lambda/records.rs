//! Batches: what becomes of each record.

use std::fmt;

use serde::Serialize;
use xray_runtime::{Context, CurrentSubsegment, OpenSubsegment, subsegment};

use crate::facts::event::{self, Record};

/// Goes through the records of a batch, and records what is done for each as a subsegment `record`: until the next one is asked for, or the loop
/// is left.
///
/// The subsegment says which record it is, and is linked to the trace of whoever sent it (`AWSTraceHeader` of SQS). If the answer of
/// a `#[traced_lambda]` function gives the record back as failed (`batchItemFailures`), it is marked.
///
/// ```
/// # use xray_sdk_patch as autoxray;
/// # async fn ship(body: &str) -> Result<(), std::fmt::Error> { Ok(()) }
/// use autoxray::lambda::traced_records;
///
/// async fn handle(event: serde_json::Value) {
///     for record in traced_records(event["Records"].as_array().into_iter().flatten()) {
///         if let Err(error) = ship(record["body"].as_str().unwrap_or_default()).await {
///             xray_runtime::record_error(&error);
///         }
///     }
/// }
/// ```
///
/// For loops in an annotated function, one record after the other, with nothing beside them: what else runs in the same `join!` or `select!` would be
/// taken for part of the record. Where several are worked on at a time, [`trace_record`] goes around the future of each.
///
/// Of a batch of more than about 300 records, those that were sent before the answer was there cannot be marked; the annotation
/// `batch_item_failures` of the handler counts them all.
pub fn traced_records<I: IntoIterator<Item: Serialize>>(records: I) -> TracedRecords<I::IntoIter> {
    TracedRecords { records: records.into_iter(), around: Context::current(), current: None }
}

/// The records of a batch. Made by [`traced_records`].
#[must_use = "iterators do nothing unless they are asked"]
pub struct TracedRecords<I> {
    records: I,
    /// Where the loop is: each record is below this, and not below whichever is current when it is asked for.
    around: Context,
    /// The subsegment of the record that was given last.
    current: Option<CurrentSubsegment>,
}

impl<I: Iterator<Item: Serialize>> Iterator for TracedRecords<I> {
    type Item = I::Item;

    fn next(&mut self) -> Option<I::Item> {
        self.current = None;
        let record = self.records.next()?;
        self.current = Some(self.around.run(|| open(&record)).make_current());
        Some(record)
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.records.size_hint()
    }
}

impl<I> fmt::Debug for TracedRecords<I> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TracedRecords").field("current", &self.current).finish_non_exhaustive()
    }
}

/// Makes `future`, which does what is to be done for `record`, run in a subsegment as [`traced_records`] makes them. It is opened now.
///
/// ```
/// # use xray_sdk_patch as autoxray;
/// # async fn ship(record: &serde_json::Value) {}
/// use autoxray::lambda::trace_record;
///
/// # async fn handle(records: &[serde_json::Value]) {
/// let (one, other) = (&records[0], &records[1]);
/// tokio::join!(trace_record(one, ship(one)), trace_record(other, ship(other)));
/// # }
/// ```
pub fn trace_record<R: Serialize + ?Sized, F: Future>(record: &R, future: F) -> impl Future<Output = F::Output> + use<R, F> {
    let opened = open(record);
    async move {
        let output = opened.run(Context::current).wrap(future).await;
        opened.close();
        output
    }
}

fn open<R: Serialize + ?Sized>(record: &R) -> OpenSubsegment {
    let opened = subsegment("record").open();
    let mut stands_for = None;
    opened.attach(|values| {
        let Record { source, id, annotations, link } = event::record(record);
        values.annotate("event_source", source);
        values.annotate("record_id", id.as_deref());
        annotations.into_iter().for_each(|(key, value)| values.annotate(key, value));
        if let Some(producer) = &link {
            values.link(producer);
        }
        stands_for = id;
    });
    if let Some(id) = stands_for {
        opened.stands_for(id);
    }
    opened
}
