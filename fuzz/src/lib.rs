//! What must hold for any bytes that come from outside. The fuzz targets feed these functions; CONTRIBUTING.md says how.

use serde_json::Value;
use xray_collector::filter::Filter;
use xray_model::document::{self, Document};
use xray_model::limits::{DOCUMENT_BYTES_MAX, HEADER_EXTRAS_BYTES_MAX};
use xray_model::{Sampled, TRACE_ID_LEN, TraceHeader, datagram as daemon};
use xray_sdk_patch::lambda::Payload;

/// Any `X-Amzn-Trace-Id` or `traceparent` is read; what is passed on is short, clean, and reads the same again.
pub fn header(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let header = TraceHeader::parse(&text);
    assert_passed_on(&header);
    if header.root.is_none() {
        assert_eq!(header, TraceHeader::default(), "without a trace nothing is known");
    }
    assert_passed_on(&TraceHeader::default().with_extras(&text));

    if let Some(header) = TraceHeader::from_traceparent(&text) {
        assert!(header.root.is_some() && header.parent.is_some());
        assert!(matches!(header.sampled, Sampled::Yes | Sampled::No));
        let again = header.to_traceparent().and_then(|text| TraceHeader::from_traceparent(&text));
        assert_eq!(again.as_ref(), Some(&header));
        assert_passed_on(&header);
    }
}

fn assert_passed_on(header: &TraceHeader) {
    let text = header.to_string();
    assert!(text.bytes().all(|byte| matches!(byte, b' '..=b'~')), "only what may stand in a header: {text:?}");
    assert!(text.len() <= "Root=;Parent=;Sampled=1;".len() + TRACE_ID_LEN + 16 + HEADER_EXTRAS_BYTES_MAX, "short: {text:?}");
    assert!(header.extras().len() <= HEADER_EXTRAS_BYTES_MAX);
    let again = TraceHeader::parse(&text);
    if header.root.is_some() {
        assert_eq!(again, *header, "{text:?}");
    }
    assert_eq!(TraceHeader::default().with_extras(header.extras()).extras(), header.extras());
}

/// Any document is read or refused; what is read is the same when it is written and read again, and can be checked.
pub fn document(bytes: &[u8]) {
    let _ = document::check(bytes);
    let Ok(read) = Document::parse(bytes) else { return };
    let json = read.to_json();
    let again = Document::parse(json.as_bytes()).unwrap_or_else(|error| panic!("{error}\n{json}"));
    assert_eq!(again, read, "{json}");
    assert_eq!(again.to_json(), json);
    assert_eq!(again.check(), read.check());
    assert_eq!(read.clone().into_segments().len(), read.tree().len());
}

/// Any datagram is split or refused; whatever stands behind a good header line comes out unchanged.
pub fn datagram(bytes: &[u8]) {
    if let Ok(body) = daemon::split(bytes) {
        assert!(!body.is_empty() && bytes.ends_with(body) && bytes[..bytes.len() - body.len()].ends_with(b"\n"));
        document(body);
    }
    let mut behind_header = daemon::HEADER.as_bytes().to_vec();
    behind_header.extend_from_slice(bytes);
    assert_eq!(daemon::split(&behind_header).ok(), (!bytes.is_empty()).then_some(bytes));
    if bytes.len() <= DOCUMENT_BYTES_MAX {
        document(bytes);
    }
}

/// Any datagram is taken or counted by the collector: documents, OpenTelemetry's protocol as text and by itself, metrics.
pub fn ingest(bytes: &[u8]) {
    xray_collector::fuzzing::ingest(bytes);
    // As what the daemon's header, and base64 behind it, would hide from a fuzzer.
    xray_collector::fuzzing::ingest(&[daemon::HEADER.as_bytes(), bytes].concat());
    xray_collector::fuzzing::otlp(bytes);
}

/// Any event that is looked at becomes what it would have become, or is refused as it would have been.
pub fn event(bytes: &[u8]) {
    let unseen = serde_json::from_slice::<Value>(bytes);
    let seen = serde_json::from_slice::<Payload<Value>>(bytes);
    match (unseen, seen) {
        (Ok(unseen), Ok(seen)) => assert_eq!(unseen, seen.into_inner()),
        (Err(_), Err(_)) => {}
        (unseen, seen) => panic!("{unseen:?}\n{seen:?}"),
    }
}

/// Any text is a filter or refused at a place in it; what is read is the same when it is written and read again.
pub fn filter(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    match Filter::parse(&text) {
        Ok(filter) => {
            let written = filter.to_string();
            if written.len() <= Filter::BYTES_MAX {
                assert_eq!(Filter::parse(&written).as_ref(), Ok(&filter), "{written:?}");
            }
        }
        Err(error) => {
            assert!((1..=text.chars().count() + 1).contains(&error.column()), "{error:?}");
            assert_eq!(error.to_string().lines().count(), 3, "{error}");
        }
    }
}

/// Any body of any operation of X-Ray's API gets an answer, or an error in the service's shape. The first line is the path.
pub fn api(bytes: &[u8]) {
    xray_collector::fuzzing::api(bytes);
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::Path;

    /// Each seed whole, cut at each place, and with each of its bytes changed.
    fn run(target: &str, check: fn(&[u8])) {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("seeds").join(target);
        let mut seeds = 0;
        for entry in fs::read_dir(folder).expect("a folder of seeds") {
            let seed = fs::read(entry.expect("an entry").path()).expect("a seed");
            (0..=seed.len()).for_each(|end| check(&seed[..end]));
            for at in 0..seed.len() {
                for byte in [b'0', b'"', b'}', b'\\', b'\n', 0xff] {
                    let mut changed = seed.clone();
                    changed[at] = byte;
                    check(&changed);
                }
            }
            seeds += 1;
        }
        assert!(seeds >= 5, "{seeds} seeds for {target}");
    }

    #[test]
    fn headers() {
        run("header", super::header);
    }

    #[test]
    fn documents() {
        run("document", super::document);
    }

    #[test]
    fn datagrams() {
        run("datagram", super::datagram);
    }

    #[test]
    fn ingests() {
        run("ingest", super::ingest);
    }

    #[test]
    fn apis() {
        run("api", super::api);
    }

    #[test]
    fn events() {
        run("event", super::event);
    }
    #[test]
    fn filters() {
        run("filter", super::filter);
    }
}
