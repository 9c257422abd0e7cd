//! Traces as they complete.

use std::collections::HashMap;
use std::io::{self, ErrorKind, IsTerminal, Write};
use std::time::Duration;

use super::api::{self, Fetched, Summary};
use super::{Session, TailArgs};
use crate::{Error, clock};

/// How often the collector is asked. Parts of a trace come one after the other: it is printed when it has not changed in the meantime.
const PAUSE: Duration = Duration::from_millis(300);
/// How often one is looked for that has gone.
const PAUSE_WITHOUT: Duration = Duration::from_secs(1);
/// How long after its beginning a trace may complete to be printed.
const LONG: Duration = Duration::from_secs(15 * 60);
/// Most traces take less than this; those that began before are looked for only now and then, as there may be many thousands of them.
const SHORT: Duration = Duration::from_secs(10);
/// Looks after which those are looked for that took long.
const LOOKS_UNTIL_LONG: u32 = 10;

/// What is known of a trace that was seen.
#[derive(Debug, Default)]
struct Seen {
    /// When it was last looked at.
    revision: String,
    /// When it was printed; empty if it was not.
    printed: String,
    start: f64,
}

/// Which traces there are to print.
#[derive(Debug, Default)]
struct Follow {
    seen: HashMap<String, Seen>,
    /// The last look has found one that is to be printed if it does not change until the next.
    has_waiting: bool,
}

impl Follow {
    /// Those that are complete and have not changed since the last look, in the order in which they began. Forgets what began before `oldest`.
    fn ready(&mut self, summaries: &[Summary], oldest: f64) -> Vec<String> {
        self.seen.retain(|_, seen| seen.start >= oldest);
        self.has_waiting = false;
        let mut ready = Vec::new();
        for summary in summaries {
            let seen = self.seen.entry(summary.id().to_owned()).or_default();
            let revision = summary.revision();
            let is_quiet = seen.revision == revision;
            (seen.start, seen.revision) = (summary.start(), revision);
            self.has_waiting |= !is_quiet && !summary.is_partial();
            if is_quiet && !summary.is_partial() && seen.printed != seen.revision {
                seen.printed.clone_from(&seen.revision);
                ready.push((seen.start, summary.id().to_owned()));
            }
        }
        ready.sort_by(|one, other| one.0.total_cmp(&other.0));
        ready.into_iter().map(|(_, id)| id).collect()
    }
}

pub(super) fn run(args: &TailArgs, session: &Session) -> Result<(), Error> {
    let filter = super::filter(&args.filter)?;
    let begun = clock::today();
    let mut follow = Follow::default();
    let mut left = args.limit.unwrap_or(usize::MAX);
    // One that has never been there is an error; one that is started anew is waited for.
    let mut is_there = None;
    for number in (0..LOOKS_UNTIL_LONG).cycle() {
        let now = clock::today();
        let oldest = begun.max(now.saturating_sub(LONG));
        // What was found by a long look needs another one.
        let is_long = number <= u32::from(follow.has_waiting);
        let from = if is_long { oldest } else { oldest.max(now.saturating_sub(SHORT)) };
        match look(filter.as_deref(), session, &mut follow, [oldest, from, now]) {
            Ok(traces) => {
                if is_there.replace(true).is_none() && io::stderr().is_terminal() {
                    eprintln!("Traces that come to {} from now on are printed as they complete; Ctrl-C ends it.", session.client.at());
                }
                for fetched in traces.iter().take(left) {
                    if !print(&session.print(fetched)?)? {
                        return Ok(());
                    }
                }
                left = left.saturating_sub(traces.len());
                if left == 0 {
                    return Ok(());
                }
                std::thread::sleep(PAUSE);
            }
            Err(error) if is_there.is_none() || !error.is_unreachable() => return Err(error),
            Err(error) => {
                if is_there.replace(false) == Some(true) {
                    eprintln!("warning: {error}. Waiting for it");
                }
                std::thread::sleep(PAUSE_WITHOUT);
            }
        }
    }
    Ok(())
}

fn look(filter: Option<&str>, session: &Session, follow: &mut Follow, [oldest, from, to]: [Duration; 3]) -> Result<Vec<Fetched>, Error> {
    let summaries = api::summaries(&session.client, from, to, filter)?;
    let ready = follow.ready(&summaries, oldest.as_secs_f64());
    api::traces(&session.client, &ready.iter().map(String::as_str).collect::<Vec<_>>())
}

/// Whether somebody still reads.
fn print(text: &str) -> Result<bool, Error> {
    let mut out = io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(false),
        Err(error) => Err(Error::new(format!("standard output cannot be written: {error}"))),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn summary(id: &str, start: f64, revision: u32, is_partial: bool) -> Summary {
        Summary(json!({"Id": id, "StartTime": start, "Revision": revision, "IsPartial": is_partial}))
    }

    #[test]
    fn a_trace_is_printed_once_it_is_complete_and_quiet_and_again_when_it_has_grown() {
        let mut follow = Follow::default();
        let mut looks = |summaries: &[Summary]| follow.ready(summaries, 0.0);
        assert!(looks(&[summary("a", 1.0, 1, true)]).is_empty(), "incomplete");
        assert!(looks(&[summary("a", 1.0, 1, true)]).is_empty(), "quiet, but incomplete");
        assert!(looks(&[summary("a", 1.0, 2, false)]).is_empty(), "complete, but it has just changed");
        assert_eq!(looks(&[summary("a", 1.0, 2, false)]), ["a"]);
        assert!(looks(&[summary("a", 1.0, 2, false)]).is_empty(), "printed already");
        assert!(looks(&[summary("a", 1.0, 3, false)]).is_empty());
        assert_eq!(looks(&[summary("a", 1.0, 3, false)]), ["a"], "a late part");
    }

    #[test]
    fn traces_come_in_the_order_of_their_beginnings_and_old_ones_are_forgotten() {
        let mut follow = Follow::default();
        let both = [summary("late", 9.0, 1, false), summary("early", 1.0, 1, false)];
        assert!(follow.ready(&both, 0.0).is_empty());
        assert_eq!(follow.ready(&both, 0.0), ["early", "late"]);
        assert!(follow.ready(&[], 5.0).is_empty());
        assert_eq!(follow.seen.keys().collect::<Vec<_>>(), ["late"]);
    }
}
