//! Event streams passing by: the answers of Amazon Bedrock, read for what they say at their end.
//!
//! Sources: "Amazon event stream encoding" (`application/vnd.amazon.eventstream`), `ConverseStream` and `InvokeModelWithResponseStream` in
//! the API reference of Amazon Bedrock.

use super::error::{self, ServiceError};
use super::parameters::Field;
use super::parameters::table::{CHUNK, STOP_REASON, USAGE};
use super::{Fields, json};

/// Largest frame that is looked at; others are skipped.
const FRAME_BYTES_MAX: usize = 64 * 1024;

/// Largest frame there is: 16 MB of payload, 128 KB of headers. More is no event stream.
const FRAME_BYTES_LIMIT: usize = 17 * 1024 * 1024;

/// Lengths of frame and headers, and their checksum.
const PRELUDE_BYTES: usize = 12;

/// The checksum at the end of a frame. It is not verified: the client does that, and here nothing depends on it.
const CHECKSUM_BYTES: usize = 4;

/// How the names of exceptions end, and those of events do not.
const EXCEPTION: &str = "Exception";

/// Reads frames from chunks of any size. It keeps at most one frame, and of a frame that is not wanted only the headers.
#[derive(Debug, Default)]
struct Frames {
    /// What has come of the current frame.
    frame: Vec<u8>,
    /// Bytes to come that are skipped.
    skip: usize,
    /// What came is no event stream; nothing more is read.
    broken: bool,
}

/// Where a frame's parts end, from its beginning.
struct Ends {
    headers: usize,
    payload: usize,
    frame: usize,
}

impl Frames {
    /// Takes the next chunk. `wants` is asked with an event's type, `take` is handed its type and payload.
    fn push(&mut self, mut chunk: &[u8], wants: impl Fn(&str) -> bool, mut take: impl FnMut(&str, &[u8])) {
        while !self.broken && !chunk.is_empty() {
            let skipped = self.skip.min(chunk.len());
            self.skip -= skipped;
            chunk = &chunk[skipped..];
            let Some(missing) = self.missing(&wants, &mut take) else { continue };
            let (now, later) = chunk.split_at(missing.min(chunk.len()));
            self.frame.extend_from_slice(now);
            chunk = later;
        }
        // Also what has just become complete.
        while self.skip == 0 && !self.broken && self.missing(&wants, &mut take).is_none() {}
    }

    /// How many bytes are needed to go on; `None` if a frame was done with, or nothing is to be read.
    fn missing(&mut self, wants: impl Fn(&str) -> bool, take: &mut impl FnMut(&str, &[u8])) -> Option<usize> {
        let have = self.frame.len();
        if self.skip > 0 || self.broken {
            return None;
        }
        if have < PRELUDE_BYTES {
            return Some(PRELUDE_BYTES - have);
        }
        let Some(ends) = ends(&self.frame) else {
            *self = Self { broken: true, ..Self::default() };
            return None;
        };
        let mut skip = ends.frame > FRAME_BYTES_MAX;
        if !skip {
            if have < ends.headers {
                return Some(ends.headers - have);
            }
            let event = event_type(&self.frame[PRELUDE_BYTES..ends.headers]).filter(|event| wants(event));
            match event {
                Some(_) if have < ends.frame => return Some(ends.frame - have),
                Some(event) => take(event, &self.frame[ends.headers..ends.payload]),
                None => skip = true,
            }
        }
        self.skip = if skip { ends.frame - have } else { 0 };
        self.frame.clear();
        None
    }
}

/// Reads and verifies the prelude.
fn ends(frame: &[u8]) -> Option<Ends> {
    let (prelude, _) = frame.split_first_chunk::<PRELUDE_BYTES>()?;
    let number = |at: usize| Some(u32::from_be_bytes(prelude[at..].first_chunk().copied()?));
    let (frame, headers, checksum) = (usize::try_from(number(0)?).ok()?, usize::try_from(number(4)?).ok()?, number(8)?);
    let payload = frame.checked_sub(CHECKSUM_BYTES)?;
    let headers = headers.checked_add(PRELUDE_BYTES)?;
    (headers <= payload && frame <= FRAME_BYTES_LIMIT && checksum == crc32(&prelude[..8])).then_some(Ends { headers, payload, frame })
}

/// The header `:event-type`, or `:exception-type` in its place.
fn event_type(mut headers: &[u8]) -> Option<&str> {
    loop {
        let (&length, rest) = headers.split_first()?;
        let (name, rest) = rest.split_at_checked(length.into())?;
        let (&kind, rest) = rest.split_first()?;
        let (length, rest) = match kind {
            0 | 1 => (0, rest),
            2 => (1, rest),
            3 => (2, rest),
            4 => (4, rest),
            5 | 8 => (8, rest),
            9 => (16, rest),
            6 | 7 => {
                let (length, rest) = rest.split_first_chunk()?;
                (u16::from_be_bytes(*length).into(), rest)
            }
            _ => return None,
        };
        let (value, rest) = rest.split_at_checked(length)?;
        if kind == 7 && matches!(name, b":event-type" | b":exception-type") {
            return std::str::from_utf8(value).ok();
        }
        headers = rest;
    }
}

/// The CRC-32 of zlib; bit by bit, since it is for eight bytes per frame.
fn crc32(bytes: &[u8]) -> u32 {
    let step = |sum: u32| if sum & 1 == 1 { sum >> 1 ^ 0xedb8_8320 } else { sum >> 1 };
    !bytes.iter().fold(!0, |sum, byte| (0..8).fold(sum ^ u32::from(*byte), |sum, _| step(sum)))
}

/// The bytes of a base64 text; `None` if it is none.
fn base64(text: &str) -> Option<Vec<u8>> {
    let text = text.trim_end_matches('=').as_bytes();
    let mut bytes = Vec::with_capacity(text.len() / 4 * 3 + 3);
    for group in text.chunks(4) {
        let mut bits = 0_u32;
        for &letter in group {
            let value = match letter {
                b'A'..=b'Z' => letter - b'A',
                b'a'..=b'z' => letter - b'a' + 26,
                b'0'..=b'9' => letter - b'0' + 52,
                b'+' => 62,
                b'/' => 63,
                _ => return None,
            };
            bits = bits << 6 | u32::from(value);
        }
        // The first bits are on top, and each byte needs eight of the six that a letter has.
        let bits = bits << (6 * (4 - group.len()));
        bytes.extend_from_slice(&bits.to_be_bytes()[1..group.len().max(1)]);
    }
    Some(bytes)
}

/// The answer of a model as an event stream. Push what passes by, then ask what was said.
#[derive(Debug)]
pub(crate) struct ModelStream {
    frames: Frames,
    is_conversation: bool,
    fields: Fields,
    error: Option<ServiceError>,
}

impl ModelStream {
    /// For the operations that answer so.
    pub(crate) fn of(service: &str, operation: &str) -> Option<Self> {
        let is_conversation = match (service, operation) {
            ("Bedrock Runtime", "ConverseStream") => true,
            ("Bedrock Runtime", "InvokeModelWithResponseStream") => false,
            _ => return None,
        };
        Some(Self { frames: Frames::default(), is_conversation, fields: Fields::new(), error: None })
    }

    /// Takes the next chunk of the body, as it comes.
    pub(crate) fn push(&mut self, chunk: &[u8]) {
        let (is_conversation, fields, error) = (self.is_conversation, &mut self.fields, &mut self.error);
        let wants = |event: &str| match event {
            "metadata" | "messageStop" => is_conversation,
            "chunk" => !is_conversation,
            _ => event.ends_with(EXCEPTION),
        };
        self.frames.push(chunk, wants, |event, payload| {
            let said = match event {
                "metadata" => json::fields(payload, [&USAGE]),
                "messageStop" => json::fields(payload, [&STOP_REASON]),
                exception if exception.ends_with(EXCEPTION) => {
                    *error = Some(error::read(Some(&capitalised(exception)), payload));
                    Fields::new()
                }
                _ => chunk_fields(payload).unwrap_or_default(),
            };
            // What is said last is true.
            for (name, value) in said {
                fields.retain(|(known, _)| *known != name);
                fields.push((name, value));
            }
        });
    }

    /// What was said: `input_tokens`, `output_tokens`, `stop_reason`; and the error that ended the stream, whose status was 200.
    pub(crate) fn finish(self) -> (Fields, Option<ServiceError>) {
        (self.fields, self.error)
    }
}

/// Streams name an exception by its member: `throttlingException` is `ThrottlingException` elsewhere.
fn capitalised(member: &str) -> String {
    let mut letters = member.chars();
    letters.next().into_iter().flat_map(char::to_uppercase).chain(letters).collect()
}

/// The fields of a part of a model's answer: JSON of its own kind, as base64 in JSON.
fn chunk_fields(payload: &[u8]) -> Option<Fields> {
    let text = json::string(json::pick(payload, &["bytes"])[0]?)?;
    let wanted: &[Field] = CHUNK;
    Some(json::fields(&base64(&text)?, wanted))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::facts::Value;

    fn frame(headers: &[u8], payload: &[u8]) -> Vec<u8> {
        let total = PRELUDE_BYTES + headers.len() + payload.len() + CHECKSUM_BYTES;
        let mut frame = [u32::try_from(total).unwrap().to_be_bytes(), u32::try_from(headers.len()).unwrap().to_be_bytes()].concat();
        frame.extend(crc32(&frame).to_be_bytes());
        [&frame[..], headers, payload, &[0; CHECKSUM_BYTES]].concat()
    }

    fn header(name: &str, kind: u8, value: &[u8]) -> Vec<u8> {
        let length = u16::try_from(value.len()).unwrap().to_be_bytes();
        let length: &[u8] = if matches!(kind, 6 | 7) { &length } else { &[] };
        [&[u8::try_from(name.len()).unwrap()][..], name.as_bytes(), &[kind], length, value].concat()
    }

    fn event(name: &str, payload: &str) -> Vec<u8> {
        let sizes: [(u8, usize); 9] = [(0, 0), (1, 0), (2, 1), (3, 2), (4, 4), (5, 8), (6, 3), (8, 8), (9, 16)];
        let others: Vec<u8> = sizes.iter().flat_map(|(kind, size)| header("x", *kind, &vec![b'v'; *size])).collect();
        frame(&[others, header(":event-type", 7, name.as_bytes()), header(":message-type", 7, b"event")].concat(), payload.as_bytes())
    }

    fn encoded(bytes: &str) -> String {
        const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
        let mut text = String::new();
        for group in bytes.as_bytes().chunks(3) {
            let bits = group.iter().fold(0_u32, |bits, byte| bits << 8 | u32::from(*byte)) << (8 * (3 - group.len()));
            text.extend((0..=group.len()).map(|at| LETTERS[(bits >> (18 - 6 * at) & 63) as usize] as char));
            text.extend(std::iter::repeat_n('=', 3 - group.len()));
        }
        text
    }

    fn chunk(json: &str) -> Vec<u8> {
        event("chunk", &format!(r#"{{"bytes":"{}","p":"abc"}}"#, encoded(json)))
    }

    fn conversation() -> Vec<u8> {
        [
            event("messageStart", r#"{"role":"assistant"}"#),
            event("contentBlockDelta", &"x".repeat(FRAME_BYTES_MAX)),
            event("contentBlockDelta", r#"{"delta":{"text":"secret"}}"#),
            event("messageStop", r#"{"stopReason":"end_turn"}"#),
            frame(b"", b""),
            event("metadata", r#"{"metrics":{},"usage":{"inputTokens":10,"outputTokens":20,"totalTokens":30}}"#),
        ]
        .concat()
    }

    fn said(operation: &str, chunks: &[&[u8]]) -> Fields {
        let mut stream = ModelStream::of("Bedrock Runtime", operation).unwrap();
        chunks.iter().for_each(|chunk| stream.push(chunk));
        assert!(stream.frames.frame.len() <= FRAME_BYTES_MAX);
        stream.finish().0
    }

    fn all(reason: &str, input: i64, output: i64) -> Fields {
        let tokens = [("input_tokens", Value::Int(input)), ("output_tokens", Value::Int(output))];
        [("stop_reason", Value::Text(reason.to_owned()))].into_iter().chain(tokens).collect()
    }

    #[test]
    fn conversations_are_read() {
        let bytes = conversation();
        assert_eq!(said("ConverseStream", &[&bytes]), all("end_turn", 10, 20));
        let single: Vec<&[u8]> = bytes.chunks(1).collect();
        assert_eq!(said("ConverseStream", &single), all("end_turn", 10, 20));
        assert!(ModelStream::of("Bedrock Runtime", "Converse").is_none());
        assert!(ModelStream::of("S3", "ConverseStream").is_none());
    }

    #[test]
    fn chunks_of_any_model_are_read() {
        let metrics = r#""amazon-bedrock-invocationMetrics":{"inputTokenCount":3,"outputTokenCount":4,"invocationLatency":5}"#;
        for chunks in [
            [r#"{"type":"message_delta","delta":{"stop_reason":"end"}}"#.to_owned(), format!(r#"{{"type":"message_stop",{metrics}}}"#)],
            [r#"{"messageStop":{"stopReason":"end"}}"#.to_owned(), format!("{{{metrics}}}")],
            [r#"{"outputText":"a"}"#.to_owned(), format!(r#"{{"completionReason":"end",{metrics}}}"#)],
            [r#"{"generation":"a","stop_reason":null}"#.to_owned(), format!(r#"{{"stop_reason":"end",{metrics}}}"#)],
        ] {
            let bytes: Vec<u8> = chunks.iter().flat_map(|json| chunk(json)).collect();
            let mut fields = said("InvokeModelWithResponseStream", &[&bytes]);
            fields.sort_by_key(|(name, _)| *name != "stop_reason");
            assert_eq!(fields, all("end", 3, 4), "{chunks:?}");
        }
    }

    #[test]
    fn exceptions_within_a_stream_are_found() {
        let headers = [header(":exception-type", 7, b"throttlingException"), header(":message-type", 7, b"exception")].concat();
        for operation in ["ConverseStream", "InvokeModelWithResponseStream"] {
            let mut stream = ModelStream::of("Bedrock Runtime", operation).unwrap();
            stream.push(&frame(&headers, br#"{"message":"slow down"}"#));
            let error = ServiceError { code: Some("ThrottlingException".to_owned()), message: Some("slow down".to_owned()) };
            assert_eq!(stream.finish(), (Fields::new(), Some(error)));
        }
    }

    #[test]
    fn garbage_stops_it_for_good() {
        let mut wrong_sum = event("messageStop", "{}");
        wrong_sum[8] ^= 1;
        let prelude = |total: u32, headers: u32| {
            let lengths = [total.to_be_bytes(), headers.to_be_bytes()].concat();
            [&lengths[..], &crc32(&lengths).to_be_bytes()].concat()
        };
        for garbage in [
            b"<html>not found</html>".to_vec(),
            wrong_sum,
            prelude(0, 0),
            prelude(15, 0),
            prelude(u32::MAX, 0),
            prelude(100, 85),
            prelude(100, u32::MAX),
        ] {
            assert_eq!(said("ConverseStream", &[&garbage, &conversation()]), [], "{garbage:?}");
        }
        // Whole frames whose headers or payloads say nothing are passed over.
        for headers in [&b"\xff"[..], b"\x01a\x63", b"\x01a\x07\xff\xff", b"\x00", &header(":event-type", 7, b"\xff")] {
            assert_eq!(said("ConverseStream", &[&frame(headers, b"{}"), &conversation()]), all("end_turn", 10, 20), "{headers:?}");
        }
        for payload in ["", "{", r#"{"bytes":1}"#, r#"{"bytes":"!"}"#, r#"{"bytes":"A"}"#, r#"{"bytes":""}"#, r#"{"bytes":"===="}"#] {
            assert_eq!(said("InvokeModelWithResponseStream", &[&event("chunk", payload)]), [], "{payload}");
        }
    }

    #[test]
    fn checksums_and_base64_are_those_of_the_standards() {
        assert_eq!(crc32(b"123456789"), 0xcbf4_3926);
        for (text, bytes) in
            [("", &b""[..]), ("Zg==", b"f"), ("Zm8=", b"fo"), ("Zm9v", b"foo"), ("Zm9vYg", b"foob"), ("+/+/", b"\xfb\xff\xbf")]
        {
            assert_eq!(base64(text).as_deref(), Some(bytes), "{text}");
        }
        assert_eq!(base64("Zm 9"), None);
    }

    proptest! {
        #[test]
        fn chunks_make_no_difference(cuts in proptest::collection::vec(0..200_usize, 0..40)) {
            let bytes = conversation();
            // The interesting places are the first and the last frames.
            let mut places: Vec<usize> = cuts.iter().map(|cut| if cut % 2 == 0 { *cut } else { bytes.len() - cut * 4 }).collect();
            places.sort_unstable();
            let (mut chunks, mut from) = (Vec::new(), 0);
            for place in places {
                chunks.push(&bytes[from..place]);
                from = place;
            }
            chunks.push(&bytes[from..]);
            prop_assert_eq!(said("ConverseStream", &chunks), all("end_turn", 10, 20));
        }

        #[test]
        fn no_bytes_panic(bytes in proptest::collection::vec(any::<u8>(), 0..100), text in ".*") {
            said("ConverseStream", &[&bytes]);
            said("InvokeModelWithResponseStream", &[&frame(&bytes, &bytes), &event("chunk", &text)]);
            base64(&text);
        }

        #[test]
        fn base64_is_read_back(text in ".*") {
            let encoded = encoded(&text);
            prop_assert_eq!(base64(&encoded), Some(text.into_bytes()));
        }
    }
}
