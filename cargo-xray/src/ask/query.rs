//! Traces that a filter finds.

use std::collections::HashMap;

use xray_collector::{TraceSummary, view};

use super::{QueryArgs, Session, api};
use crate::{Error, clock};

pub(super) fn run(args: &QueryArgs, session: &Session) -> Result<String, Error> {
    let filter = super::filter(&args.filter)?;
    let now = clock::today();
    let mut found = api::summaries(&session.client, now.saturating_sub(args.last.0), now, filter.as_deref())?;
    found.sort_by(|one, other| other.start().total_cmp(&one.start()));
    // One that began just where two requests meet comes in both.
    found.dedup_by(|one, other| one.id() == other.id());
    let all = found.len();
    found.truncate(args.limit);
    if session.json {
        return Ok(found.iter().map(|summary| format!("{}\n", summary.0)).collect());
    }
    let ids: Vec<&str> = found.iter().map(api::Summary::id).collect();
    let traces: HashMap<String, TraceSummary> =
        api::traces(&session.client, &ids)?.into_iter().filter_map(|fetched| Some((fetched.id, fetched.trace?.summary()))).collect();
    let lines: Vec<TraceSummary> = ids.iter().filter_map(|id| traces.get(*id).cloned()).collect();
    let table = if lines.is_empty() { String::new() } else { view::traces(&lines, &session.view) };
    Ok(table
        + &match all {
            0 => "No trace was found.\n".to_owned(),
            1 => "1 trace was found.\n".to_owned(),
            all if all > args.limit => format!("{all} traces were found, of which these are the newest; `--limit` shows more.\n"),
            all => format!("{all} traces were found.\n"),
        })
}
