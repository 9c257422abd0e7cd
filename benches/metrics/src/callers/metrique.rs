//! metrique, with its writer of EMF. A unit of work for each measurement goes through the background queue, and measurements that are added up
//! go through the aggregator below a lock, which writes them when it is flushed.

use metrique::emf::Emf;
use metrique::unit::{Count, Millisecond};
use metrique::unit_of_work::metrics;
use metrique::writer::sink::{BackgroundQueue, BackgroundQueueJoinHandle, FlushImmediately};
use metrique::writer::{Entry, EntryIoStream, EntrySink, FormatExt};
use metrique::{CloseValue, RootMetric};
use metrique_aggregation::aggregate;
use metrique_aggregation::aggregator::KeyedAggregator;
use metrique_aggregation::histogram::{Histogram, SortAndMerge};
use metrique_aggregation::sink::MutexSink;
use metrique_aggregation::traits::{FlushableSink, RootSink};
use metrique_aggregation::value::Sum;
use tokio::runtime::{Builder, Runtime};

use super::{NAMESPACE, PACE, Subject, VALUES_MAX, many_series, one_series};
use crate::lines::Whole;

/// With its defaults for release builds: nothing is validated. The dimension is named here, as entries that are added up by key and name it
/// themselves are refused ("entry dimensions cannot be set twice").
fn stream() -> impl EntryIoStream + Send + 'static {
    Emf::builder(NAMESPACE.to_owned(), vec![vec!["Route".to_owned()]]).build().output_to(Whole)
}

#[metrics(rename_all = "PascalCase")]
struct Ordered {
    route: &'static str,
    #[metrics(unit = Count)]
    orders: u64,
}

#[metrics(rename_all = "PascalCase")]
struct Answered {
    route: &'static str,
    #[metrics(unit = Millisecond)]
    latency: f64,
}

/// A queue for one type of entry, which its documentation says is the faster one.
struct UnitsOfWork<E> {
    queue: BackgroundQueue<E>,
    take: fn(&BackgroundQueue<E>, u32),
    runtime: Runtime,
    _handle: BackgroundQueueJoinHandle,
}

pub fn counter_of_work() -> Box<dyn Subject> {
    units_of_work::<RootMetric<Ordered>>(|queue, times| {
        one_series(times, |route, _| queue.append(RootMetric::<Ordered>::new(Ordered { route, orders: 1 }.close())));
    })
}

pub fn value_of_work() -> Box<dyn Subject> {
    units_of_work::<RootMetric<Answered>>(|queue, times| {
        one_series(times, |route, latency| queue.append(RootMetric::<Answered>::new(Answered { route, latency }.close())));
    })
}

fn units_of_work<E: Entry + Send + 'static>(take: fn(&BackgroundQueue<E>, u32)) -> Box<dyn Subject> {
    let (queue, handle) = BackgroundQueue::new(stream());
    let runtime = Builder::new_current_thread().build().expect("a runtime");
    Box::new(UnitsOfWork { queue, take, runtime, _handle: handle })
}

impl<E: Entry + Send + 'static> Subject for UnitsOfWork<E> {
    fn measure(&self, times: u32) {
        (self.take)(&self.queue, times);
    }

    fn flush(&self) {
        self.runtime.block_on(self.queue.flush_async());
    }

    /// What all threads have between two flushes finds room in the queue, which would drop the oldest.
    fn pace(&self, _: u32) -> u32 {
        PACE
    }
}

#[aggregate]
#[metrics(rename_all = "PascalCase")]
struct SumOrdered {
    #[aggregate(key)]
    route: &'static str,
    #[aggregate(strategy = Sum)]
    #[metrics(unit = Count)]
    orders: u64,
}

#[aggregate]
#[metrics(rename_all = "PascalCase")]
struct AllAnswered {
    #[aggregate(key)]
    route: &'static str,
    /// The strategy that keeps each value.
    #[aggregate(strategy = Histogram<f64, SortAndMerge<{ VALUES_MAX as usize }>>)]
    #[metrics(unit = Millisecond)]
    latency: f64,
}

struct Aggregated<A> {
    sink: MutexSink<A>,
    take: fn(&MutexSink<A>, u32),
    /// Measurements of the whole program between two flushes.
    pace: u32,
}

pub fn aggregated_counter() -> Box<dyn Subject> {
    behind_lock(PACE, KeyedAggregator::<SumOrdered, _>::new(at_once()), |sink, times| {
        one_series(times, |route, _| sink.merge(SumOrdered { route, orders: 1 }.close()));
    })
}

pub fn aggregated_value() -> Box<dyn Subject> {
    behind_lock(VALUES_MAX, KeyedAggregator::<AllAnswered, _>::new(at_once()), |sink, times| {
        one_series(times, |route, latency| sink.merge(AllAnswered { route, latency }.close()));
    })
}

pub fn aggregated_series() -> Box<dyn Subject> {
    behind_lock(VALUES_MAX, KeyedAggregator::<AllAnswered, _>::new(at_once()), |sink, times| {
        many_series(times, |route, latency| sink.merge(AllAnswered { route, latency }.close()));
    })
}

fn at_once<E: Entry>() -> FlushImmediately<E, impl EntryIoStream + Send> {
    FlushImmediately::new(stream())
}

fn behind_lock<A: FlushableSink + Send + 'static>(pace: u32, aggregator: A, take: fn(&MutexSink<A>, u32)) -> Box<dyn Subject> {
    Box::new(Aggregated { sink: MutexSink::new(aggregator), take, pace })
}

impl<A: FlushableSink + Send> Subject for Aggregated<A> {
    fn measure(&self, times: u32) {
        (self.take)(&self.sink, times);
    }

    fn flush(&self) {
        self.sink.clone().flush();
    }

    /// Values are flushed when they fill a document, as it does not split what is too much for one.
    fn pace(&self, threads: u32) -> u32 {
        self.pace * threads
    }
}
