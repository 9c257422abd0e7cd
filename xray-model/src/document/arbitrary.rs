//! Documents of any content, for property tests.

use std::collections::BTreeMap;

use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::SegmentId;

fn any_text() -> BoxedStrategy<String> {
    prop_oneof!["[a-z]{0,6}", ".{0,6}", Just("\u{0}\"\\\u{7f}\u{2028}😀".to_owned())].boxed()
}

fn any_value() -> BoxedStrategy<Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<i32>().prop_map(|eighths| json!(f64::from(eighths) / 8.0)),
        any_text().prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 8, 3, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..3).prop_map(Value::from),
            proptest::collection::btree_map(any_text(), inner, 0..3).prop_map(|map| Value::Object(map.into_iter().collect())),
        ]
    })
    .boxed()
}

fn any_values() -> BoxedStrategy<BTreeMap<String, Value>> {
    proptest::collection::btree_map(any_text(), any_value(), 0..3).boxed()
}

fn maybe_text() -> BoxedStrategy<Option<String>> {
    proptest::option::of(any_text()).boxed()
}

fn any_http() -> BoxedStrategy<Http> {
    let request = ([maybe_text(), maybe_text(), maybe_text(), maybe_text()], any::<[Option<bool>; 2]>()).prop_map(|(texts, flags)| {
        let [method, url, user_agent, client_ip] = texts;
        HttpRequest { method, url, user_agent, client_ip, x_forwarded_for: flags[0], traced: flags[1] }
    });
    let response = any::<[Option<i64>; 2]>().prop_map(|[status, content_length]| HttpResponse { status, content_length });
    (proptest::option::of(request), proptest::option::of(response)).prop_map(|(request, response)| Http { request, response }).boxed()
}

fn any_cause() -> BoxedStrategy<Cause> {
    let frame = (maybe_text(), any::<Option<i64>>(), maybe_text()).prop_map(|(path, line, label)| StackFrame { path, line, label });
    let exception = (
        [maybe_text(), maybe_text(), maybe_text(), maybe_text()],
        any::<(bool, Option<i64>, Option<i64>)>(),
        proptest::collection::vec(frame, 0..3),
    )
        .prop_map(|(texts, (remote, truncated, skipped), stack)| {
            let [id, message, kind, cause] = texts;
            Exception { id, message, kind, remote, truncated, skipped, cause, stack }
        });
    let recorded = (
        [maybe_text(), maybe_text(), maybe_text()],
        proptest::collection::vec(any_text(), 0..3),
        proptest::collection::vec(exception, 0..3),
    )
        .prop_map(|(texts, paths, exceptions)| {
            let [working_directory, id, message] = texts;
            Cause::Recorded(Recorded { working_directory, paths, exceptions, id, message })
        });
    prop_oneof![any_text().prop_map(Cause::Reference), recorded].boxed()
}

fn any_sql() -> BoxedStrategy<Sql> {
    [maybe_text(), maybe_text(), maybe_text(), maybe_text(), maybe_text(), maybe_text(), maybe_text(), maybe_text()]
        .prop_map(|texts| {
            let [url, connection_string, sanitized_query, database_type, database_version, driver_version, user, preparation] = texts;
            Sql { url, connection_string, sanitized_query, database_type, database_version, driver_version, user, preparation }
        })
        .boxed()
}

fn any_annotation() -> BoxedStrategy<AnnotationValue> {
    prop_oneof![
        any_text().prop_map(AnnotationValue::String),
        any::<f64>().prop_map(AnnotationValue::from),
        any::<u64>().prop_map(|number| AnnotationValue::Number(number.into())),
        any::<bool>().prop_map(AnnotationValue::Bool),
        Just(AnnotationValue::Invalid(Value::Null)),
    ]
    .boxed()
}

fn any_id() -> BoxedStrategy<SegmentId> {
    (1u64..).prop_map(|bits| SegmentId::from_bits(bits).unwrap()).boxed()
}

fn any_segment() -> BoxedStrategy<Segment> {
    any_fields().boxed()
}

prop_compose! {
    fn any_fields()(
        name in any_text(), id in any_id(), times in any::<(u64, Option<u64>)>(), flags in any::<[bool; 5]>(),
        trace in any::<Option<u128>>(), parent_id in proptest::option::of(any_id()),
        texts in [maybe_text(), maybe_text(), maybe_text(), maybe_text(), maybe_text()],
        blocks in (proptest::option::of(any_http()), proptest::option::of(any_values()), proptest::option::of(any_sql()), proptest::option::of(any_cause())),
        annotations in proptest::collection::btree_map(any_text(), any_annotation(), 0..3),
        maps in (any_values(), any_values(), any_values(), any_values()),
        precursor_ids in proptest::collection::vec(any_id(), 0..3), traced in any::<Option<bool>>(),
    ) -> Segment {
        let [kind, user, origin, resource_arn, namespace] = texts;
        let (http, aws, sql, cause) = blocks;
        let (service, metadata, attributes, more) = maps;
        let links = trace.map(|bits| Link { trace_id: TraceId::from_bits(bits), id: parent_id, attributes });
        // A name of our own making cannot be one that has a place of its own.
        let other = more.into_iter().map(|(key, value)| (format!("x-{key}"), value)).collect();
        let end_time = times.1.map(Timestamp::from_nanos);
        let trace_id = trace.map(TraceId::from_bits);
        Segment {
            trace_id, parent_id, kind, end_time, service, user, origin, resource_arn, namespace, http, aws: aws.map(|fields| Aws { fields }),
            sql, cause, annotations, metadata, precursor_ids, traced, links: links.into_iter().collect(), other,
            in_progress: flags[0], error: flags[1], throttle: flags[2], fault: flags[3], inferred: flags[4],
            ..Segment::new(name, id, Timestamp::from_nanos(times.0))
        }
    }
}

prop_compose! {
    pub(super) fn any_document()(mut root in any_segment(), trace: u128, below in proptest::collection::vec((any_segment(), 0usize..4), 0..6)) -> Document {
        root.trace_id = Some(TraceId::from_bits(trace));
        let mut tree = ForestBuilder::new();
        tree.open(root);
        for (segment, closings) in below {
            tree.open(segment);
            for _ in 0..closings {
                if tree.depth() > 1 {
                    tree.close();
                }
            }
        }
        Document::from_tree(tree.finish()).unwrap()
    }
}
