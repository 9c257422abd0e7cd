//! For the fuzz targets: what must hold for any bytes that arrive.

use std::net::{Ipv4Addr, SocketAddr};

use xray_model::document::{Document, Timestamp};

#[cfg(feature = "serve")]
pub use crate::api::fuzzed as api;
use crate::ingest::Batch;
use crate::otlp;
use crate::settings::Settings;
use crate::traces::Traces;
use crate::view::{self, View};

/// A datagram is taken or counted, and what it left can be looked at. A second time it changes nothing but counts.
pub fn ingest(datagram: &[u8]) {
    let traces = Traces::new(&Settings::default());
    let mut batch = Batch::default();
    batch.push(datagram, SocketAddr::from((Ipv4Addr::LOCALHOST, 1)));
    let receive = || traces.receive(&batch);
    let look = || {
        let all = traces.all();
        let facts = traces.facts_between(Timestamp::from_nanos(0)..=Timestamp::from_nanos(u64::MAX));
        assert_eq!(all.len(), facts.len());
        all.iter().map(|trace| view::waterfall(trace, &View::default())).collect::<Vec<_>>()
    };
    receive();
    let (first, (progress, _)) = (look(), traces.counts());
    let (rejected, series) = (traces.rejected().total(), traces.metrics().series.len());
    assert!(view::rejected(&traces.rejected(), &View::default()).len() < 1_000);
    receive();
    let (again, after) = (look(), traces.counts().0);
    assert_eq!(first, again, "a document that comes twice is one");
    assert_eq!((after.documents, traces.rejected().total()), (2 * progress.documents, 2 * rejected));
    assert_eq!(traces.metrics().series.len(), series);
}

/// A request in OpenTelemetry's protocol, as either of its encodings, is translated or refused; each document that it becomes is one.
pub fn otlp(request: &[u8]) {
    for document in otlp::fuzzed(request) {
        let read = Document::parse(document.as_bytes()).unwrap_or_else(|error| panic!("{error}\n{document}"));
        assert_eq!(read.to_json(), document);
    }
}
