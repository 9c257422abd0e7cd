//! What a datagram holds: a segment document, spans in OpenTelemetry's protocol, or metrics.

use xray_model::datagram::{self, HEADER};
use xray_model::document::Document;

use crate::metrics::{self, Measured};
use crate::otlp::{self, Text};
use crate::rejects::Reason;
use crate::store::{Packed, Packer};

/// A document that can be stored.
pub(crate) struct Readable {
    pub(crate) document: Document,
    pub(crate) packed: Packed,
}

/// What a datagram holds that can be used, and why not all of it can.
#[derive(Default)]
pub(crate) struct Arrival {
    pub(crate) documents: Vec<Readable>,
    pub(crate) metrics: Vec<Measured>,
    pub(crate) rejected: Option<(Reason, String)>,
}

impl Arrival {
    fn rejected(reason: Reason, detail: impl ToString) -> Self {
        Self { rejected: Some((reason, detail.to_string())), ..Self::default() }
    }
}

/// Reads a datagram. Whatever the bytes are, it ends with what they hold, or why that cannot be used.
pub(crate) fn read(bytes: &[u8], packer: &mut Packer) -> Arrival {
    // The metrics of a program are sent without the daemon's header; their text may have line breaks.
    if !bytes.starts_with(HEADER.as_bytes()) && metrics::is_emf(bytes) {
        return match metrics::read(bytes) {
            Ok(metrics) => Arrival { metrics, ..Arrival::default() },
            Err(why) => Arrival::rejected(Reason::Emf, why),
        };
    }
    match datagram::split(bytes) {
        Ok(body) => of_body(body, packer),
        Err(reason) => Arrival::rejected(Reason::Datagram(reason), ""),
    }
}

/// Reads what stands behind the header, or in a list of PutTraceSegments: a document, or text that stands for some.
pub(crate) fn of_body(body: &[u8], packer: &mut Packer) -> Arrival {
    match body.first() {
        Some(b'T' | b'M') => {}
        _ => return of_document(body, packer),
    }
    match otlp::read_text(body) {
        Some(Text::Traces(Ok(translated))) => {
            let mut arrival = of_documents(&translated.documents, packer);
            if translated.rejected > 0 {
                arrival.rejected = Some((Reason::Otlp, format!("{} spans: {}", translated.rejected, translated.why)));
            }
            arrival
        }
        Some(Text::Traces(Err(malformed))) => Arrival::rejected(Reason::Otlp, malformed),
        Some(Text::Metrics) => Arrival::rejected(Reason::OtlpMetrics, ""),
        None => of_document(body, packer),
    }
}

fn of_document(json: &[u8], packer: &mut Packer) -> Arrival {
    match Document::parse(json) {
        Ok(document) => {
            let packed = packer.pack(&document, json);
            Arrival { documents: vec![Readable { document, packed }], ..Arrival::default() }
        }
        Err(error) => Arrival::rejected(Reason::Document, error),
    }
}

/// Reads several documents; if one of them is none, says why the first is not.
pub(crate) fn of_documents(documents: &[String], packer: &mut Packer) -> Arrival {
    let mut all = Arrival::default();
    for json in documents {
        let mut one = of_document(json.as_bytes(), packer);
        all.documents.append(&mut one.documents);
        all.rejected = all.rejected.or(one.rejected);
    }
    all
}
