//! One trace.

use std::time::Duration;

use super::wanted::{Beginning, Wanted};
use super::{Session, api};
use crate::{Error, clock};

/// How far around the time in an id a trace is looked for that is known by its beginning, and how far back where it is not there: an id may
/// have been made long before its trace began, and those of OpenTelemetry need not have a time at all.
const AROUND: Duration = Duration::from_secs(3600);
/// Ids that are listed where several are meant.
const LISTED_MAX: usize = 10;

pub(super) fn run(wanted: &Wanted, session: &Session) -> Result<String, Error> {
    let id = match wanted {
        Wanted::Id(id) => id.to_string(),
        Wanted::Beginning(beginning) => find(beginning, session)?,
    };
    let found = api::traces(&session.client, &[&id])?;
    found.first().map_or_else(|| Err(missing(session, &id)), |fetched| session.print(fetched))
}

fn missing(session: &Session, id: &str) -> Error {
    let at = session.client.at();
    Error::new(format!(
        "the collector at {at} has no trace {id}: it may be too old, not sampled (XRAY_SAMPLING_RATE=1 samples all), under way, or sent \
         elsewhere; `cargo xray query` lists those that are there, and `cargo xray doctor` says where programs send to"
    ))
}

/// The id that begins like this.
fn find(beginning: &Beginning, session: &Session) -> Result<String, Error> {
    let (time, now) = (beginning.time(), clock::today());
    let mut found = Vec::new();
    for (from, to) in [(time.saturating_sub(AROUND), time + AROUND), (now.saturating_sub(AROUND), now)] {
        let summaries = api::summaries(&session.client, from, to, None)?;
        found.extend(summaries.iter().map(|summary| summary.id().to_owned()).filter(|id| beginning.begins(id)));
        if !found.is_empty() {
            break;
        }
    }
    found.sort();
    found.dedup();
    match &found[..] {
        [] => Err(missing(session, &format!("whose id begins with {beginning}"))),
        [id] => Ok(id.clone()),
        ids => {
            let listed: String = ids.iter().take(LISTED_MAX).map(|id| format!("\n  {id}")).collect();
            let more = ids.len().saturating_sub(LISTED_MAX);
            let more = if more > 0 { format!("\n  and {more} more") } else { String::new() };
            Err(Error::new(format!("{} traces have an id that begins with {beginning}; say which:{listed}{more}", ids.len())))
        }
    }
}
