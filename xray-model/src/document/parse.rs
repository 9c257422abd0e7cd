//! From JSON to the tree of a document.

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde_json::{Number, Value};

use super::reader::{Keys, Reader, repair_surrogates};
use super::{
    AnnotationValue, Aws, Cause, Document, Exception, ForestBuilder, Http, HttpRequest, HttpResponse, Link, ParseError, Problem, Recorded,
    Segment, Sql, StackFrame, Timestamp,
};
use crate::{SegmentId, TraceId};

type Read<T> = Result<T, ParseError>;

const SEGMENT_ID: &str = "an id of 16 hex digits, not all zero";
const TRACE_ID: &str = "a trace id, 1-<8 hex digits>-<24 hex digits>";

/// Reads a document, and lists what a sender should not have written if `with_oddities`.
pub(super) fn document(body: &[u8], with_oddities: bool) -> Read<(Document, Vec<Problem>)> {
    let text = std::str::from_utf8(body).map_err(|error| {
        let bytes: String = body[error.valid_up_to()..].iter().take(4).map(|byte| format!("{byte:02x} ")).collect();
        ParseError::new(String::new(), error.valid_up_to(), "UTF-8", bytes.trim_end())
    })?;
    let text = repair_surrogates(text);
    let mut reader = Reader::new(&text, with_oddities);
    let mut tree = ForestBuilder::new();
    let mut open = vec![Open::begin(&mut reader, &mut tree)?];
    while let Some(current) = open.last_mut() {
        match current.step(&mut reader, &mut tree)? {
            Step::Goes => {}
            Step::Child => open.push(Open::begin(&mut reader, &mut tree)?),
            Step::Ends => {
                tree.close();
                open.pop();
                if let Some(parent) = open.last_mut() {
                    reader.leave();
                    parent.index_of_child += 1;
                }
            }
        }
    }
    reader.end()?;
    let document = Document::from_tree(tree.finish()).ok_or_else(|| reader.error("one document"))?;
    Ok((document, reader.oddities.unwrap_or_default()))
}

/// A segment that is being read.
struct Open {
    index: usize,
    keys: Keys,
    seen: Seen,
    in_children: bool,
    index_of_child: usize,
}

#[derive(Default)]
struct Seen {
    name: bool,
    id: bool,
    start: bool,
}

enum Step {
    /// A field was read.
    Goes,
    /// The reader stands before a subsegment.
    Child,
    /// The segment was read.
    Ends,
}

impl Open {
    fn begin(reader: &mut Reader<'_>, tree: &mut ForestBuilder<Segment>) -> Read<Self> {
        let keys = reader.open_object()?;
        // Never seen: a document without these fields is refused at its end.
        let placeholder = SegmentId::from_bits(u64::MAX).ok_or_else(|| reader.error(SEGMENT_ID))?;
        let index = tree.open(Segment::new(String::new(), placeholder, Timestamp::default()));
        Ok(Self { index, keys, seen: Seen::default(), in_children: false, index_of_child: 0 })
    }

    fn step(&mut self, reader: &mut Reader<'_>, tree: &mut ForestBuilder<Segment>) -> Read<Step> {
        if self.in_children {
            if reader.next_element(self.index_of_child)? {
                reader.enter_index(self.index_of_child);
                return Ok(Step::Child);
            }
            self.in_children = false;
            reader.leave();
            return Ok(Step::Goes);
        }
        let Some(key) = reader.next_key(&mut self.keys)? else {
            self.complete(reader, tree.value_mut(self.index))?;
            return Ok(Step::Ends);
        };
        if key == "subsegments" {
            if reader.null() {
                reader.leave();
            } else {
                reader.open_array()?;
                (self.in_children, self.index_of_child) = (true, 0);
            }
            return Ok(Step::Goes);
        }
        field(reader, key, tree.value_mut(self.index), &mut self.seen)?;
        reader.leave();
        Ok(Step::Goes)
    }

    fn complete(&self, reader: &Reader<'_>, segment: &Segment) -> Read<()> {
        let missing = [("name", self.seen.name), ("id", self.seen.id), ("start_time", self.seen.start)]
            .into_iter()
            .chain([("trace_id", self.index > 0 || segment.trace_id.is_some())])
            .find_map(|(field, there)| (!there).then_some(field));
        missing.map_or(Ok(()), |field| Err(reader.error(format!("field `{field}` before this"))))
    }
}

fn field<'a>(r: &mut Reader<'a>, key: Cow<'a, str>, segment: &mut Segment, seen: &mut Seen) -> Read<()> {
    match &*key {
        "name" => (segment.name, seen.name) = (r.text()?, true),
        "id" => (segment.id, seen.id) = (r.parsed(SEGMENT_ID)?, true),
        "start_time" => (segment.start_time, seen.start) = (r.number()?, true),
        "end_time" => segment.end_time = r.optional(Reader::number)?,
        "in_progress" => segment.in_progress = r.or_default(Reader::boolean)?,
        "trace_id" => segment.trace_id = r.optional(|r| r.parsed::<TraceId>(TRACE_ID))?,
        "parent_id" => segment.parent_id = r.optional(|r| r.parsed::<SegmentId>(SEGMENT_ID))?,
        "type" => segment.kind = r.optional(Reader::text)?,
        "service" => segment.service = r.or_default(values)?,
        "user" => segment.user = r.optional(Reader::text)?,
        "origin" => segment.origin = r.optional(Reader::text)?,
        "resource_arn" => segment.resource_arn = r.optional(Reader::text)?,
        "namespace" => segment.namespace = r.optional(Reader::text)?,
        "http" => segment.http = r.optional(http)?,
        "aws" => segment.aws = r.optional(|r| values(r).map(|fields| Aws { fields }))?,
        "sql" => segment.sql = r.optional(sql)?,
        "error" => segment.error = r.or_default(Reader::boolean)?,
        "throttle" => segment.throttle = r.or_default(Reader::boolean)?,
        "fault" => segment.fault = r.or_default(Reader::boolean)?,
        "cause" => segment.cause = r.optional(cause)?,
        "annotations" => segment.annotations = r.or_default(annotations)?,
        "metadata" => segment.metadata = r.or_default(metadata)?,
        "precursor_ids" => segment.precursor_ids = r.or_default(|r| r.array(|r| r.parsed(SEGMENT_ID)))?,
        "traced" => segment.traced = r.optional(Reader::boolean)?,
        "links" => segment.links = r.or_default(|r| r.array(link))?,
        "inferred" => segment.inferred = r.or_default(Reader::boolean)?,
        _ => _ = segment.other.insert(key.into_owned(), r.value()?),
    }
    Ok(())
}

fn http(r: &mut Reader<'_>) -> Read<Http> {
    let mut http = Http::default();
    r.object(|r, key| {
        match &*key {
            "request" => http.request = r.optional(http_request)?,
            "response" => http.response = r.optional(http_response)?,
            _ => _ = r.value()?,
        }
        Ok(())
    })?;
    Ok(http)
}

fn http_request(r: &mut Reader<'_>) -> Read<HttpRequest> {
    let mut request = HttpRequest::default();
    r.object(|r, key| {
        match &*key {
            "method" => request.method = r.optional(Reader::text)?,
            "url" => request.url = r.optional(Reader::text)?,
            "user_agent" => request.user_agent = r.optional(Reader::text)?,
            "client_ip" => request.client_ip = r.optional(Reader::text)?,
            "x_forwarded_for" => request.x_forwarded_for = r.optional(Reader::boolean)?,
            "traced" => request.traced = r.optional(Reader::boolean)?,
            _ => _ = r.value()?,
        }
        Ok(())
    })?;
    Ok(request)
}

fn http_response(r: &mut Reader<'_>) -> Read<HttpResponse> {
    let mut response = HttpResponse::default();
    r.object(|r, key| {
        match &*key {
            "status" => response.status = r.optional(Reader::integer)?,
            "content_length" => response.content_length = r.optional(Reader::integer)?,
            _ => _ = r.value()?,
        }
        Ok(())
    })?;
    Ok(response)
}

fn sql(r: &mut Reader<'_>) -> Read<Sql> {
    let mut sql = Sql::default();
    r.object(|r, key| {
        let field = match &*key {
            "url" => &mut sql.url,
            "connection_string" => &mut sql.connection_string,
            "sanitized_query" => &mut sql.sanitized_query,
            "database_type" => &mut sql.database_type,
            "database_version" => &mut sql.database_version,
            "driver_version" => &mut sql.driver_version,
            "user" => &mut sql.user,
            "preparation" => &mut sql.preparation,
            _ => return r.value().map(drop),
        };
        *field = r.optional(Reader::text)?;
        Ok(())
    })?;
    Ok(sql)
}

fn cause(r: &mut Reader<'_>) -> Read<Cause> {
    if r.is_string() {
        return r.text().map(Cause::Reference);
    }
    let mut recorded = Recorded::default();
    r.object(|r, key| {
        match &*key {
            "working_directory" => recorded.working_directory = r.optional(Reader::text)?,
            "paths" => recorded.paths = r.or_default(|r| r.array(Reader::text))?,
            "exceptions" => recorded.exceptions = r.or_default(|r| r.array(exception))?,
            "id" => recorded.id = r.optional(Reader::text)?,
            "message" => recorded.message = r.optional(Reader::text)?,
            _ => _ = r.value()?,
        }
        Ok(())
    })?;
    Ok(Cause::Recorded(recorded))
}

fn exception(r: &mut Reader<'_>) -> Read<Exception> {
    let mut exception = Exception::default();
    r.object(|r, key| {
        match &*key {
            "id" => exception.id = r.optional(Reader::text)?,
            "message" => exception.message = r.optional(Reader::text)?,
            "type" => exception.kind = r.optional(Reader::text)?,
            "remote" => exception.remote = r.or_default(Reader::boolean)?,
            "truncated" => exception.truncated = r.optional(Reader::integer)?,
            "skipped" => exception.skipped = r.optional(Reader::integer)?,
            "cause" => exception.cause = r.optional(Reader::text)?,
            "stack" => exception.stack = r.or_default(|r| r.array(stack_frame))?,
            _ => _ = r.value()?,
        }
        Ok(())
    })?;
    Ok(exception)
}

fn stack_frame(r: &mut Reader<'_>) -> Read<StackFrame> {
    let mut frame = StackFrame::default();
    r.object(|r, key| {
        match &*key {
            "path" => frame.path = r.optional(Reader::text)?,
            "line" => frame.line = r.optional(Reader::integer)?,
            "label" => frame.label = r.optional(Reader::text)?,
            _ => _ = r.value()?,
        }
        Ok(())
    })?;
    Ok(frame)
}

fn link(r: &mut Reader<'_>) -> Read<Link> {
    let (mut trace_id, mut id, mut attributes) = (None, None, BTreeMap::new());
    r.object(|r, key| {
        match &*key {
            "trace_id" => trace_id = Some(r.parsed(TRACE_ID)?),
            "id" => id = r.optional(|r| r.parsed(SEGMENT_ID))?,
            "attributes" => attributes = r.or_default(values)?,
            _ => _ = r.value()?,
        }
        Ok(())
    })?;
    let trace_id = trace_id.ok_or_else(|| r.error("field `trace_id` before this"))?;
    Ok(Link { trace_id, id, attributes })
}

fn values(r: &mut Reader<'_>) -> Read<BTreeMap<String, Value>> {
    let mut values = BTreeMap::new();
    r.object(|r, key| {
        values.insert(key.into_owned(), r.value()?);
        Ok(())
    })?;
    Ok(values)
}

fn metadata(r: &mut Reader<'_>) -> Read<BTreeMap<String, Value>> {
    let mut namespaces = BTreeMap::new();
    r.object(|r, key| {
        let value = if r.is_object() { Value::Object(values(r)?.into_iter().collect()) } else { r.value()? };
        namespaces.insert(key.into_owned(), value);
        Ok(())
    })?;
    Ok(namespaces)
}

fn annotations(r: &mut Reader<'_>) -> Read<BTreeMap<String, AnnotationValue>> {
    let mut annotations = BTreeMap::new();
    r.object(|r, key| {
        let value = match r.value()? {
            Value::String(text) => AnnotationValue::String(text),
            Value::Number(number) => AnnotationValue::Number(number),
            Value::Bool(yes) => AnnotationValue::Bool(yes),
            other => AnnotationValue::Invalid(other),
        };
        annotations.insert(key.into_owned(), value);
        Ok(())
    })?;
    Ok(annotations)
}

impl From<f64> for AnnotationValue {
    /// NaN and infinity become text: JSON has no numbers for them.
    fn from(value: f64) -> Self {
        Number::from_f64(value).map_or_else(|| Self::String(value.to_string()), Self::Number)
    }
}
