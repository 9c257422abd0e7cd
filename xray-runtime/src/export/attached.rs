//! What was attached to a record, as members of its document.

use xray_model::TraceHeader;
use xray_model::document::Http;

use super::json;
use crate::record::Details;
use crate::value::{Annotation, Exception};

#[cold]
pub(super) fn attached(out: &mut Vec<u8>, details: &Details, cancelled: bool) {
    if let Some(user) = &details.user {
        out.extend_from_slice(b",\"user\":");
        json::string(out, user);
    }
    if let Some(block) = &details.http {
        http(out, block);
    }
    if !details.aws.is_empty() {
        out.extend_from_slice(b",\"aws\":");
        let members = details.aws.iter().map(|(key, value)| (&**key, value));
        object(out, members, |out, value| out.extend_from_slice(value));
    }
    if cancelled || !details.annotations.is_empty() {
        annotations(out, details, cancelled);
    }
    if !details.metadata.is_empty() {
        metadata(out, details);
    }
    if !details.links.is_empty() {
        links(out, &details.links);
    }
    if !details.exceptions.is_empty() {
        out.extend_from_slice(b",\"cause\":{\"exceptions\":[");
        for (index, exception) in details.exceptions.iter().enumerate() {
            if index > 0 {
                out.push(b',');
            }
            cause(out, exception);
        }
        out.extend_from_slice(b"]}");
    }
}

/// Source: the OpenTelemetry collector's exporter for X-Ray, where links of OpenTelemetry come out like this.
fn links(out: &mut Vec<u8>, links: &[TraceHeader]) {
    out.extend_from_slice(b",\"links\":");
    let mut separator = b'[';
    for (root, parent) in links.iter().filter_map(|link| Some((link.root?, link.parent))) {
        out.push(std::mem::replace(&mut separator, b','));
        out.extend_from_slice(b"{\"trace_id\":\"");
        out.extend_from_slice(&root.to_ascii());
        if let Some(parent) = parent {
            out.extend_from_slice(b"\",\"id\":\"");
            out.extend_from_slice(&parent.to_ascii());
        }
        out.extend_from_slice(b"\"}");
    }
    if separator == b'[' {
        out.push(b'[');
    }
    out.push(b']');
}

/// Writes `{"key":value,…}`.
fn object<'a, V>(out: &mut Vec<u8>, members: impl Iterator<Item = (&'a str, V)>, write: impl Fn(&mut Vec<u8>, V)) {
    let mut separator = b'{';
    for (key, value) in members {
        out.push(std::mem::replace(&mut separator, b','));
        json::string(out, key);
        out.push(b':');
        write(out, value);
    }
    if separator == b'{' {
        out.push(b'{');
    }
    out.push(b'}');
}

/// Source: "X-Ray segment documents", HTTP request data.
fn http(out: &mut Vec<u8>, http: &Http) {
    enum Member<'a> {
        Text(&'a str),
        Flag(bool),
        Number(i64),
    }
    fn text<'a>(key: &'static str, value: &'a Option<String>) -> Option<(&'static str, Member<'a>)> {
        value.as_deref().map(|value| (key, Member::Text(value)))
    }
    let write = |out: &mut Vec<u8>, member: Member<'_>| match member {
        Member::Text(text) => json::string(out, text),
        Member::Flag(flag) => out.extend_from_slice(if flag { b"true" } else { b"false" }),
        Member::Number(number) => json::integer(out, number.into()),
    };
    let request = http.request.as_ref().map(|request| {
        [
            text("method", &request.method),
            text("url", &request.url),
            text("user_agent", &request.user_agent),
            text("client_ip", &request.client_ip),
            request.x_forwarded_for.map(|flag| ("x_forwarded_for", Member::Flag(flag))),
            request.traced.map(|flag| ("traced", Member::Flag(flag))),
        ]
    });
    let response = http.response.as_ref().map(|response| {
        [
            response.status.map(|status| ("status", Member::Number(status))),
            response.content_length.map(|length| ("content_length", Member::Number(length))),
        ]
    });
    out.extend_from_slice(b",\"http\":");
    let blocks = [("request", request.map(Vec::from)), ("response", response.map(Vec::from))];
    let blocks = blocks.into_iter().filter_map(|(key, members)| Some((key, members?)));
    object(out, blocks, |out, members| object(out, members.into_iter().flatten(), write));
}

fn annotations(out: &mut Vec<u8>, details: &Details, cancelled: bool) {
    out.extend_from_slice(b",\"annotations\":");
    // Ours takes the place of one that the program calls so.
    let own = details.annotations.iter().filter(|(key, _)| !(cancelled && key == "cancelled")).map(|(key, value)| (&**key, value));
    let members = own.chain(cancelled.then_some(("cancelled", &Annotation::Bool(true))));
    object(out, members, |out, value| match value {
        Annotation::Bool(true) => out.extend_from_slice(b"true"),
        Annotation::Bool(false) => out.extend_from_slice(b"false"),
        Annotation::Int(value) => json::integer(out, *value),
        Annotation::Float(value) => json::float(out, *value),
        Annotation::Text(text) => json::string(out, text),
    });
}

/// `{namespace: {key: value}}`; entries of one namespace need not stand together.
fn metadata(out: &mut Vec<u8>, details: &Details) {
    out.extend_from_slice(b",\"metadata\":");
    let all = &details.metadata;
    let is_first = |index: usize| all[..index].iter().all(|earlier| earlier.namespace != all[index].namespace);
    let namespaces = (0..all.len()).filter(|index| is_first(*index)).map(|index| (&*all[index].namespace, index));
    object(out, namespaces, |out, first| {
        let same = all[first..].iter().filter(|other| other.namespace == all[first].namespace);
        object(out, same.map(|member| (&*member.key, &member.json)), |out, json| out.extend_from_slice(json));
    });
}

fn cause(out: &mut Vec<u8>, exception: &Exception) {
    out.extend_from_slice(b"{\"id\":\"");
    out.extend_from_slice(&exception.id.to_ascii());
    out.extend_from_slice(b"\",\"type\":");
    json::string(out, &exception.link.kind);
    if let Some(message) = &exception.link.message {
        out.extend_from_slice(b",\"message\":");
        json::string(out, message);
    }
    if exception.remote {
        out.extend_from_slice(b",\"remote\":true");
    }
    if let Some(cause) = exception.cause {
        out.extend_from_slice(b",\"cause\":\"");
        out.extend_from_slice(&cause.to_ascii());
        out.push(b'"');
    }
    if let Some(frame) = &exception.frame {
        out.extend_from_slice(b",\"stack\":[{\"path\":");
        json::string(out, frame.path);
        out.extend_from_slice(b",\"line\":");
        json::integer(out, frame.line.into());
        out.extend_from_slice(b",\"label\":");
        json::string(out, &frame.label);
        out.extend_from_slice(b"}]");
    }
    out.push(b'}');
}
