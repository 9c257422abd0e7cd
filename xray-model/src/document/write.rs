//! From the tree of a document to JSON.
//!
//! For tests and for giving documents out again; what a program records is encoded by `xray-runtime`, much faster.

use std::collections::BTreeMap;
use std::fmt::Display;

use serde::Serialize;

use super::{AnnotationValue, Cause, Exception, Forest, Http, HttpRequest, HttpResponse, Link, Recorded, Segment, Sql, StackFrame};

/// Writes the first tree of the forest.
pub(super) fn json(tree: &Forest<Segment>) -> String {
    let mut out = Out { json: String::new() };
    let mut depth = 0;
    for node in tree.iter() {
        if node.index() > 0 {
            if node.depth() > depth {
                out.json.push_str(",\"subsegments\":[");
            } else {
                out.json.push('}');
                (node.depth()..depth).for_each(|_| out.json.push_str("]}"));
                out.json.push(',');
            }
        }
        depth = node.depth();
        out.json.push('{');
        segment(&mut out, &node);
    }
    if !tree.is_empty() {
        out.json.push('}');
        (0..depth).for_each(|_| out.json.push_str("]}"));
    }
    out.json
}

struct Out {
    json: String,
}

impl Out {
    fn key(&mut self, key: &str) {
        if !self.json.ends_with(['{', '[']) {
            self.json.push(',');
        }
        self.value(key);
        self.json.push(':');
    }

    fn value(&mut self, value: &(impl Serialize + ?Sized)) {
        // Strings, numbers and values with string keys cannot fail to be JSON.
        self.json.push_str(&serde_json::to_string(value).unwrap_or_else(|_| "null".to_owned()));
    }

    fn field(&mut self, key: &str, value: &(impl Serialize + ?Sized)) {
        self.key(key);
        self.value(value);
    }

    fn optional(&mut self, key: &str, value: Option<&(impl Serialize + ?Sized)>) {
        if let Some(value) = value {
            self.field(key, value);
        }
    }

    fn text(&mut self, key: &str, value: &Option<String>) {
        self.optional(key, value.as_ref());
    }

    fn id(&mut self, key: &str, value: Option<impl Display>) {
        if let Some(value) = value {
            self.field(key, &value.to_string());
        }
    }

    fn flag(&mut self, key: &str, value: bool) {
        if value {
            self.field(key, &true);
        }
    }

    fn map(&mut self, key: &str, value: &BTreeMap<String, impl Serialize>) {
        if !value.is_empty() {
            self.field(key, value);
        }
    }

    fn object(&mut self, fields: impl FnOnce(&mut Self)) {
        self.json.push('{');
        fields(self);
        self.json.push('}');
    }

    fn array<T>(&mut self, key: &str, elements: &[T], mut element: impl FnMut(&mut Self, &T)) {
        if elements.is_empty() {
            return;
        }
        self.key(key);
        self.json.push('[');
        for (index, each) in elements.iter().enumerate() {
            if index > 0 {
                self.json.push(',');
            }
            element(self, each);
        }
        self.json.push(']');
    }

    fn nested<T>(&mut self, key: &str, value: Option<&T>, fields: impl FnOnce(&mut Self, &T)) {
        if let Some(value) = value {
            self.key(key);
            self.object(|out| fields(out, value));
        }
    }
}

fn segment(out: &mut Out, segment: &Segment) {
    out.field("name", &segment.name);
    out.id("id", Some(segment.id));
    out.id("trace_id", segment.trace_id);
    out.id("parent_id", segment.parent_id);
    out.text("type", &segment.kind);
    out.key("start_time");
    out.json.push_str(&segment.start_time.to_string());
    if let Some(end) = segment.end_time {
        out.key("end_time");
        out.json.push_str(&end.to_string());
    }
    out.flag("in_progress", segment.in_progress);
    out.map("service", &segment.service);
    out.text("user", &segment.user);
    out.text("origin", &segment.origin);
    out.text("resource_arn", &segment.resource_arn);
    out.text("namespace", &segment.namespace);
    out.nested("http", segment.http.as_ref(), http);
    out.optional("aws", segment.aws.as_ref().map(|aws| &aws.fields));
    out.nested("sql", segment.sql.as_ref(), sql);
    out.flag("error", segment.error);
    out.flag("throttle", segment.throttle);
    out.flag("fault", segment.fault);
    match &segment.cause {
        Some(Cause::Reference(id)) => out.field("cause", id),
        Some(Cause::Recorded(recorded)) => out.nested("cause", Some(recorded), cause),
        None => {}
    }
    out.map("annotations", &segment.annotations);
    out.map("metadata", &segment.metadata);
    out.array("precursor_ids", &segment.precursor_ids, |out, id| out.value(&id.to_string()));
    out.optional("traced", segment.traced.as_ref());
    out.array("links", &segment.links, |out, each| out.object(|out| link(out, each)));
    out.flag("inferred", segment.inferred);
    for (key, value) in &segment.other {
        out.field(key, value);
    }
}

fn http(out: &mut Out, http: &Http) {
    out.nested("request", http.request.as_ref(), |out, request: &HttpRequest| {
        out.text("method", &request.method);
        out.text("url", &request.url);
        out.text("user_agent", &request.user_agent);
        out.text("client_ip", &request.client_ip);
        out.optional("x_forwarded_for", request.x_forwarded_for.as_ref());
        out.optional("traced", request.traced.as_ref());
    });
    out.nested("response", http.response.as_ref(), |out, response: &HttpResponse| {
        out.optional("status", response.status.as_ref());
        out.optional("content_length", response.content_length.as_ref());
    });
}

fn sql(out: &mut Out, sql: &Sql) {
    out.text("url", &sql.url);
    out.text("connection_string", &sql.connection_string);
    out.text("sanitized_query", &sql.sanitized_query);
    out.text("database_type", &sql.database_type);
    out.text("database_version", &sql.database_version);
    out.text("driver_version", &sql.driver_version);
    out.text("user", &sql.user);
    out.text("preparation", &sql.preparation);
}

fn cause(out: &mut Out, recorded: &Recorded) {
    out.text("working_directory", &recorded.working_directory);
    out.text("id", &recorded.id);
    out.text("message", &recorded.message);
    out.array("paths", &recorded.paths, |out, path| out.value(path));
    out.array("exceptions", &recorded.exceptions, |out, each| out.object(|out| exception(out, each)));
}

fn exception(out: &mut Out, exception: &Exception) {
    out.text("id", &exception.id);
    out.text("message", &exception.message);
    out.text("type", &exception.kind);
    out.flag("remote", exception.remote);
    out.optional("truncated", exception.truncated.as_ref());
    out.optional("skipped", exception.skipped.as_ref());
    out.text("cause", &exception.cause);
    out.array("stack", &exception.stack, |out, frame: &StackFrame| {
        out.object(|out| {
            out.text("path", &frame.path);
            out.optional("line", frame.line.as_ref());
            out.text("label", &frame.label);
        });
    });
}

fn link(out: &mut Out, link: &Link) {
    out.id("trace_id", Some(link.trace_id));
    out.id("id", link.id);
    out.map("attributes", &link.attributes);
}

impl Serialize for AnnotationValue {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::String(text) => text.serialize(serializer),
            Self::Number(number) => number.serialize(serializer),
            Self::Bool(yes) => yes.serialize(serializer),
            Self::Invalid(value) => value.serialize(serializer),
        }
    }
}
