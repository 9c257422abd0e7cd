//! One trace.

use xray_model::TraceId;

use super::{Session, api};
use crate::Error;

pub(super) fn run(id: TraceId, session: &Session) -> Result<String, Error> {
    let found = api::traces(&session.client, &[&id.to_string()])?;
    match found.first() {
        Some(fetched) => session.print(fetched),
        None => Err(Error::new(format!(
            "the collector at {} has no trace {id}: it may be too old, not sampled, or under way; `cargo xray query` lists those that are there",
            session.client.at()
        ))),
    }
}
