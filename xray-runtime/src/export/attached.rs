//! What was attached to a record, as members of its document.

use xray_model::TraceHeader;
use xray_model::document::Http;

use super::json;
use crate::record::{Details, Flags};
use crate::value::{Annotation, Exception};

#[cold]
pub(super) fn attached(out: &mut Vec<u8>, details: &Details, flags: Flags) {
    if let Some(user) = &details.user {
        put(out, ",\"user\":");
        json::string(out, user);
    }
    if let Some(block) = &details.http {
        http(out, block);
    }
    if !details.aws.is_empty() {
        put(out, ",\"aws\":");
        let mut members = details.aws.iter().map(|(key, value)| (&**key, value));
        object(out, &mut members, &|out, value: &Vec<u8>| out.extend_from_slice(value));
    }
    if flags.cancelled || flags.timeout || !details.annotations.is_empty() {
        annotations(out, details, flags);
    }
    if !details.metadata.is_empty() {
        metadata(out, details);
    }
    if !details.links.is_empty() {
        links(out, &details.links);
    }
    if !details.exceptions.is_empty() {
        put(out, ",\"cause\":{\"exceptions\":[");
        for (index, exception) in details.exceptions.iter().enumerate() {
            if index > 0 {
                out.push(b',');
            }
            cause(out, exception);
        }
        put(out, "]}");
    }
}

/// Source: the OpenTelemetry collector's exporter for X-Ray, where links of OpenTelemetry come out like this.
fn links(out: &mut Vec<u8>, links: &[TraceHeader]) {
    put(out, ",\"links\":");
    let mut separator = b'[';
    for (root, parent) in links.iter().filter_map(|link| Some((link.root?, link.parent))) {
        out.push(std::mem::replace(&mut separator, b','));
        put(out, "{\"trace_id\":\"");
        out.extend_from_slice(&root.to_ascii());
        if let Some(parent) = parent {
            put(out, "\",\"id\":\"");
            out.extend_from_slice(&parent.to_ascii());
        }
        put(out, "\"}");
    }
    if separator == b'[' {
        out.push(b'[');
    }
    out.push(b']');
}

/// Not compiled into each place: all of this is rare, and small matters more.
#[inline(never)]
fn put(out: &mut Vec<u8>, text: &str) {
    out.extend_from_slice(text.as_bytes());
}

/// Writes `{"key":value,…}`.
fn object<'a, V>(out: &mut Vec<u8>, members: &mut dyn Iterator<Item = (&'a str, V)>, write: &dyn Fn(&mut Vec<u8>, V)) {
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
        Member::Flag(flag) => put(out, if flag { "true" } else { "false" }),
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
    put(out, ",\"http\":");
    let blocks = [("request", request.map(Vec::from)), ("response", response.map(Vec::from))];
    let mut blocks = blocks.into_iter().filter_map(|(key, members)| Some((key, members?)));
    object(out, &mut blocks, &|out, members| object(out, &mut members.into_iter().flatten(), &write));
}

fn annotations(out: &mut Vec<u8>, details: &Details, flags: Flags) {
    put(out, ",\"annotations\":");
    let marks = [("cancelled", flags.cancelled), ("timeout", flags.timeout)];
    // Ours take the places of those that the program calls so.
    let is_ours = |key: &str| marks.contains(&(key, true));
    let own = details.annotations.iter().filter(|(key, _)| !is_ours(key)).map(|(key, value)| (&**key, value));
    let marks = marks.iter().filter(|(_, is_set)| *is_set).map(|(key, _)| (*key, &Annotation::Bool(true)));
    object(out, &mut own.chain(marks), &json::annotation);
}

/// `{namespace: {key: value}}`; entries of one namespace need not stand together.
fn metadata(out: &mut Vec<u8>, details: &Details) {
    put(out, ",\"metadata\":");
    let all = &details.metadata;
    let is_first = |index: usize| all[..index].iter().all(|earlier| earlier.namespace != all[index].namespace);
    let mut namespaces = (0..all.len()).filter(|index| is_first(*index)).map(|index| (&*all[index].namespace, index));
    object(out, &mut namespaces, &|out, first| {
        let same = all[first..].iter().filter(|other| other.namespace == all[first].namespace);
        object(out, &mut same.map(|member| (&*member.key, &member.json)), &|out, json: &Vec<u8>| out.extend_from_slice(json));
    });
}

fn cause(out: &mut Vec<u8>, exception: &Exception) {
    put(out, "{\"id\":\"");
    out.extend_from_slice(&exception.id.to_ascii());
    put(out, "\",\"type\":");
    json::string(out, &exception.link.kind);
    if let Some(message) = &exception.link.message {
        put(out, ",\"message\":");
        json::string(out, message);
    }
    if exception.remote {
        put(out, ",\"remote\":true");
    }
    if let Some(cause) = exception.cause {
        put(out, ",\"cause\":\"");
        out.extend_from_slice(&cause.to_ascii());
        out.push(b'"');
    }
    if let Some(frame) = &exception.frame {
        put(out, ",\"stack\":[{\"path\":");
        json::string(out, frame.path);
        put(out, ",\"line\":");
        json::integer(out, frame.line.into());
        put(out, ",\"label\":");
        json::string(out, &frame.label);
        put(out, "}]");
    }
    out.push(b'}');
}
