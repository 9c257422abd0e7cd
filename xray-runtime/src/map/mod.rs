//! What business and operations look for on a service map: annotations with agreed keys, for transactions, dependencies, service levels,
//! errors, caches, events, databases and AI models.
//!
//! ```
//! # use xray_runtime as autoxray;
//! use autoxray::map::{Cache, CacheOperation, Transaction};
//! use autoxray::{segment, subsegment};
//!
//! segment("orders").run(|| {
//!     Transaction::new("checkout").id(4711).user("u-17").record();
//!     subsegment("prices").run(|| Cache::new(CacheOperation::Get, "price:tea").hit(true).record());
//! });
//! ```
//!
//! Each `record` attaches to the current segment or subsegment: the annotations of the table, which filter expressions find
//! (`annotation[cache.hit] = false`; a key with dots stands in brackets), and the same as one metadata value in the namespace `map`, under
//! the part of the keys before the dot, for viewers. For a call that is recorded as a value, use
//! [`OpenSubsegment::run`](crate::OpenSubsegment::run). What is not known is left out. Of one kind, a segment or subsegment holds one:
//! recorded again, it replaces the values of before.
//!
//! | Annotation | Type | What it is |
//! |---|---|---|
//! | `transaction.name` | text | the [business transaction](Transaction) |
//! | `transaction.id` | text or number | which one |
//! | `transaction.user` | text or number | whose |
//! | `dependency.from` | text | the [service that calls](Dependency) |
//! | `dependency.to` | text | the one that is called |
//! | `dependency.async` | bool | nobody waits for it |
//! | `dependency.operation` | text | what it is asked for |
//! | `dependency.ok` | bool | whether it did that |
//! | `dependency.latency_ms` | number | how long it took, in milliseconds |
//! | `metric.*` | number | a [figure of the business](BusinessMetrics), under a name of its own |
//! | `sla.operation` | text | what has a [service level](Sla) |
//! | `sla.target_ms` | number | how long it may take, in milliseconds |
//! | `sla.actual_ms` | number | how long it took, in milliseconds |
//! | `sla.violated` | bool | whether that was longer |
//! | `error.class` | text | [what kind of error](ErrorClass) |
//! | `error.code` | text | the program's or the service's code for it |
//! | `error.retryable` | bool | whether to try again makes sense |
//! | `cache.operation` | text | the [operation of a cache](CacheOperation) |
//! | `cache.key_hash` | text | [hash](Cache::new) of the key |
//! | `cache.hit` | bool | whether the cache had it |
//! | `event.type` | text | the type of an [event that is published](Event) |
//! | `event.id` | text or number | which one |
//! | `event.partition_key` | text or number | what its place in a stream follows from |
//! | `database.system` | text | the [database](Database), such as `postgresql` |
//! | `database.operation` | text | what is done, such as `SELECT` |
//! | `database.table` | text | to what |
//! | `database.rows` | number | rows found or changed |
//! | `database.duration_ms` | number | how long it took, in milliseconds |
//! | `ai.model` | text | the [AI model](AiCall) |
//! | `ai.operation` | text | what it is asked for, such as `chat` |
//! | `ai.input_tokens` | number | tokens it read |
//! | `ai.output_tokens` | number | tokens it wrote |
//!
//! Texts are cut at 250 characters. X-Ray indexes 50 annotations of a trace; all kinds but figures are 31 together. Where nothing is recorded, `record`
//! looks at nothing; without a segment that counts as a loss, as for [`annotate`](crate::annotate()).

mod data;
mod error;
mod fields;
mod work;

pub use data::{AiCall, Cache, CacheOperation, Database, Event};
pub use error::{ErrorClass, ErrorReport};
pub use fields::Id;
pub use work::{BusinessMetrics, Dependency, Sla, Transaction};

#[cfg(test)]
mod tests;
