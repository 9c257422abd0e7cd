//! What a Lambda event says of where it comes from.
//!
//! Members of a whitelist (`wanted`) are picked out of the event, be it text (`text`) or a value (`walk`). What was picked is shown to one
//! function per source. Each recognises the shape that AWS documents, and nothing less: a program's own event may have a member `source`
//! or `Records`, too. Of what the event carries nothing is said: no body, path, query, header, key, token, address or name of a user.

mod arn;
mod batch;
mod http;
mod other;
mod picked;
mod text;
mod walk;
mod wanted;

#[cfg(test)]
mod samples;
#[cfg(test)]
mod tests;

use serde::Serialize;
use xray_model::TraceHeader;
use xray_runtime::{Annotation, ToAnnotation};

use picked::Picked;

/// Bytes of a text that are looked at. It bounds the work to two milliseconds, which only events of this size cost that say late or never
/// what they are. Lambda takes 6 MB from callers who wait, and 1 MB from all others.
const LOOK_BYTES_MAX: usize = 1024 * 1024;

/// Members of one object that are looked at; those of AWS have some dozens.
const MEMBERS_MAX: usize = 1_000;

/// Elements of a list that are counted, and failed records that are told. Source: "Event source mapping batching", the largest batch.
const ELEMENTS_MAX: usize = 10_000;

/// The source of what is not known.
const DIRECT: &str = "direct";

/// What an event says of itself.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Event {
    /// Where it comes from; `direct` if that is not known.
    pub(crate) source: &'static str,
    /// What happened, or where, in the source's own words.
    pub(crate) name: Option<String>,
    /// What was called, where the source has routes: method and template of the path, or the kind of a GraphQL operation.
    pub(crate) operation: Option<String>,
    /// More that is worth a search.
    pub(crate) annotations: Vec<(&'static str, Annotation)>,
}

/// What a record of a batch says of itself.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Record {
    /// Where it comes from; `direct` if that is not known.
    pub(crate) source: &'static str,
    /// By what a handler names it if it failed, where there is such a thing, or else what the source calls it.
    pub(crate) id: Option<String>,
    /// What is worth a search and differs between the records of a batch.
    pub(crate) annotations: Vec<(&'static str, Annotation)>,
    /// The trace of whoever sent it.
    pub(crate) link: Option<TraceHeader>,
}

/// What an event says of itself, from its JSON. Reading stops where the rest cannot add anything.
pub(crate) fn of_json(text: &str) -> Event {
    recognised(&text::pick(text, wanted::EVENT))
}

/// What an event says of itself, from the value that was made of it. A panic in the value's `Serialize` is passed on.
pub(crate) fn of_value<T: Serialize + ?Sized>(event: &T) -> Event {
    recognised(&walk::pick(event, wanted::EVENT))
}

/// What one of an event's `Records` says of itself. A panic in the value's `Serialize` is passed on.
pub(crate) fn record<T: Serialize + ?Sized>(record: &T) -> Record {
    batch::record(&walk::pick(record, wanted::RECORD))
}

/// The records that failed, if this is the response to a batch that says so. A panic in the value's `Serialize` is passed on.
pub(crate) fn failed_items<T: Serialize + ?Sized>(response: &T) -> Vec<String> {
    let picked = walk::pick(response, wanted::RESPONSE);
    let failed = picked.elements("batchItemFailures");
    failed.iter().filter_map(|item| item.text("itemIdentifier")).map(String::from).collect()
}

/// The sources, each with the shape of its events. The first that fits counts: shapes that others could have, too, come last.
const SOURCES: &[fn(&Picked) -> Option<Event>] = &[
    batch::records,
    http::authorizer,
    http::function_url,
    http::http_api,
    http::websocket,
    http::load_balancer,
    http::lattice,
    http::lattice_v1,
    http::rest_api,
    http::appsync,
    http::appsync_authorizer,
    http::appsync_channel,
    other::schedule,
    other::event_bus,
    other::alarm,
    other::logs,
    other::cognito_user_pool,
    other::cognito_sync,
    batch::kafka,
    batch::broker,
    batch::documentdb,
    batch::firehose,
    batch::s3_test,
    other::s3_object_lambda,
    other::cloudformation,
    other::codepipeline,
    other::config,
    other::lex,
    other::connect,
    other::bedrock_agent,
    other::iot_authorizer,
    other::step_functions,
];

fn recognised(event: &Picked) -> Event {
    if event.is_empty() {
        // What most payloads of a user's own are: nothing in it is called as anything of AWS's.
        return Event::of(DIRECT);
    }
    SOURCES.iter().find_map(|source| source(event)).unwrap_or_else(|| Event::of(DIRECT))
}

impl Event {
    fn of(source: &'static str) -> Self {
        Self { source, name: None, operation: None, annotations: Vec::new() }
    }

    fn name(mut self, name: Option<&str>) -> Self {
        self.name = name.map(String::from);
        self
    }

    fn operation(mut self, operation: Option<String>) -> Self {
        self.operation = operation;
        self
    }

    /// Adds an annotation, if there is a value.
    fn annotate(mut self, key: &'static str, value: impl ToAnnotation) -> Self {
        add(&mut self.annotations, key, value);
        self
    }
}

fn add(annotations: &mut Vec<(&'static str, Annotation)>, key: &'static str, value: impl ToAnnotation) {
    annotations.extend(value.to_annotation().map(|value| (key, value)));
}
