//! With recording compiled out, the API is all there and does nothing.

use std::cell::Cell;

use autoxray::{
    Context, Failure, InContext, MemoryExporter, Namespace, Recorder, Sampling, annotate, business_metric, metadata, record_error, segment,
    set_user, subsegment, traced,
};

#[traced(segment = "worker", annotate(n = count(n)), metadata(n))]
async fn asynchronous(n: u32) -> Result<u32, std::num::ParseIntError> {
    let parsed = synchronous("1")?;
    Ok(parsed + n)
}

#[traced(segment, name = "parse", namespace = "remote")]
fn synchronous(text: &str) -> Result<u32, std::num::ParseIntError> {
    assert!(!autoxray::is_recording());
    text.parse()
}

thread_local! {
    static COUNTED: Cell<u32> = const { Cell::new(0) };
}

/// Counts how often a value is made.
fn count(n: u32) -> u32 {
    COUNTED.set(COUNTED.get() + 1);
    n
}

#[business_metric(name = "Sold", value = count(1), dimensions(item = count(2)))]
#[business_metric(name = "Taken", value = count(*ret), when = always)]
#[traced(sla = "1s")]
fn sell(item: &str) -> u32 {
    item.len() as u32
}

#[tokio::test]
async fn programs_run_as_if_they_were_not_traced() {
    let exporter = MemoryExporter::new();
    let recorder = Recorder::builder().sampling(Sampling::Always).exporter(exporter.clone()).build();

    assert_eq!(recorder.wrap(asynchronous(1)).await, Ok(2));
    assert!(recorder.run(|| synchronous("x")).is_err());
    let by_hand = recorder.run(|| {
        let guard = segment("by hand").begin();
        guard.annotate("a", 1);
        annotate("b", "c");
        metadata("d", &[1, 2]);
        set_user("e");
        record_error(Failure::new("f", "g"));
        assert_eq!(guard.trace_header(), None);
        assert_eq!(autoxray::trace_id(), None);
        subsegment("h").namespace(Namespace::Remote).run(|| 7)
    });
    assert_eq!(by_hand, 7);
    assert_eq!(recorder.run(|| sell("tea")), 3);
    assert_eq!(autoxray::spawn(asynchronous(2).in_current_context()).await.unwrap(), Ok(3));
    assert_eq!(Context::current().run(|| 8), 8);

    assert!(!autoxray::is_enabled());
    assert_eq!(COUNTED.get(), 0, "values are made only if they are recorded");
    assert_eq!(exporter.documents(), Vec::<String>::new());
    assert_eq!(recorder.stats(), autoxray::Stats::default());
    assert_eq!(autoxray::stats(), autoxray::Stats::default(), "nothing was missing a context either");
}
