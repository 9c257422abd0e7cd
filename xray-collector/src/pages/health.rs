//! How the collector does, and what was lost on the way to it: `/health`.

use axum::Router;
use axum::extract::State;
use axum::response::Response;
use axum::routing::get;
use maud::{Markup, html};
use xray_model::document::Timestamp;

use super::lacking::lacking;
use super::layout::{Asked, Page, Section};
use super::{parts, text, time};
use crate::api::Telemetry;
use crate::collector::{DiskStats, Stats};
use crate::rejects::Rejections;
use crate::relay::ForwardStats;
use crate::sampling::Sampling;
use crate::serve::App;
use crate::view::number;

pub(crate) fn router() -> Router<App> {
    Router::new().route("/health", get(health))
}

async fn health(State(app): State<App>, asked: Asked) -> Response {
    let stats = app.collector.stats();
    let body = html! {
        div.head { h1 { "Health" } span.muted { "What arrived, what is held, and what was lost" } }
        div id="health" data-live {
            (held(&app, &stats))
            @if let Some(disk) = app.collector.disk() { (on_disk(&disk)) }
            (losses(&stats))
            @if let Some(sink) = app.traces.sink() { (forwarding(&sink.stats())) }
            (lacking(&app, &asked))
            (rejected(&app.collector.rejected(), asked.now))
            (sampling(&app.api.sampling, asked.now))
            (telemetry(&app.api.telemetry, asked.now))
        }
    };
    asked.page(&app, Page::new(Section::Health, "Health", body))
}

fn held(app: &App, stats: &Stats) -> Markup {
    let progress = stats.progress;
    let figures = [
        ("Documents received", number::count(progress.documents)),
        ("Traces held", number::count(progress.traces as u64)),
        ("Segments and subsegments", number::count(progress.segments as u64)),
        ("Memory, estimated", size(stats.bytes)),
        ("Forgotten with age", number::count(stats.traces_expired)),
    ];
    html! {
        section.card {
            header { h2 { "Held" } div.aside { "UDP and HTTP at " code { (app.collector.local_addr()) } } }
            dl.figures { @for (label, value) in figures { (parts::figure(label, &html! { (value) }, None)) } }
        }
    }
}

fn on_disk(disk: &DiskStats) -> Markup {
    let read_back = number::count(disk.read_back);
    let figures = [
        ("Documents written", number::count(disk.written)),
        ("Waiting to be written", number::count(disk.waiting)),
        ("Read back at the start", if disk.is_reading { format!("{read_back} so far") } else { read_back }),
        ("Deleted, old or for want of room", number::count(disk.deleted)),
        ("Bytes", size(usize::try_from(disk.bytes).unwrap_or(usize::MAX))),
    ];
    let lost = disk.lost_in_queue + disk.lost_in_writing;
    let aside = html! { code { (text::line(&disk.file.to_string_lossy(), 300)) } @if lost > 0 { " " span.badge.error { "! " (number::count(lost)) " are in memory only" } } };
    let body = html! {
        @if let Some(problem) = &disk.problem { p.problems role="alert" { (text::line(problem, 1_000)) } }
        @if disk.lost_in_queue > 0 { p.body { (number::counted(usize::try_from(disk.lost_in_queue).unwrap_or(usize::MAX), "document")) " came faster than the disk takes them." } }
        @if disk.lost_in_writing > 0 { p.body { (number::counted(usize::try_from(disk.lost_in_writing).unwrap_or(usize::MAX), "document")) " could not be written." } }
        dl.figures { @for (label, value) in figures { (parts::figure(label, &html! { (value) }, None)) } }
    };
    parts::card("On disk", Some(aside), &body)
}

/// Bytes in the unit that fits.
fn size(bytes: usize) -> String {
    match bytes {
        0..10_000 => format!("{} bytes", number::count(bytes as u64)),
        10_000..10_000_000 => format!("{} KB", number::count(bytes as u64 / 1_000)),
        _ => format!("{} MB", number::count(bytes as u64 / 1_000_000)),
    }
}

/// Each way in which something can get lost, and what to do about it.
fn losses(stats: &Stats) -> Markup {
    let rows = [
        ("Dropped by the kernel", stats.lost_in_kernel, "The receive buffer was full. Raise net.core.rmem_max, or send less at a time."),
        (
            "Dropped from the queue",
            Some(stats.lost_in_queue),
            "More arrived than could be read. Sample less, or give the collector more of the processor.",
        ),
        ("Datagrams rejected", Some(stats.progress.rejected), "Below is why."),
        (
            "Documents refused",
            Some(stats.documents_refused),
            "Their trace is as large as one may be, or alone fills the memory: look for a loop that adds to one trace for ever.",
        ),
        ("Traces evicted", Some(stats.traces_evicted), "Older traces made room for newer ones. Allow more memory, or sample less."),
        ("Socket errors", Some(stats.socket_errors), "The operating system did not let the collector read. Its log says more."),
    ];
    let total: u64 = rows.iter().filter_map(|(_, count, _)| *count).sum();
    let aside = html! { @if total == 0 { span.badge.ok { "✓ nothing was lost" } } @else { span.badge.error { "! " (number::count(total)) " lost" } } };
    let body = html! {
        div.scroll tabindex="0" {
            table {
                thead { tr { th scope="col" { "What" } th.right scope="col" { "How many" } th scope="col" { "What to do" } } }
                tbody {
                    @for (what, count, remedy) in rows {
                        tr {
                            td.what { (what) }
                            td.right.num { @match count { Some(count) => (number::count(count)), None => span.faint title="This system does not tell" { "unknown" } } }
                            td.muted { @if count.is_some_and(|count| count > 0) { (remedy) } @else { "–" } }
                        }
                    }
                }
            }
        }
    };
    parts::card("What the collector lost", Some(aside), &body)
}

/// What was sent on, and what became of it.
fn forwarding(stats: &ForwardStats) -> Markup {
    let figures = [("Received", stats.received), ("Sent", stats.sent), ("Waiting", stats.waiting), ("Lost", stats.lost())];
    let failed: u64 = stats.failed_requests.values().sum();
    let body = html! {
        div.body {
            p { "To " code { (text::line(&stats.target, 200)) } @if stats.unsampled > 0 { ", without " (number::count(stats.unsampled)) " texts of unsampled traces" } }
            dl.figures { @for (label, value) in figures { (parts::figure(label, &html! { (number::count(value)) }, None)) } }
            @if stats.lost() > 0 { p { "Documents lost: " span.chips { @for (why, count) in &stats.lost { span.chip { b.num { (number::count(*count)) } " " (why) } } } } }
            @if failed > 0 { p { "Requests that failed, some of which were tried again: " span.chips { @for (why, count) in &stats.failed_requests { span.chip { b.num { (number::count(*count)) } " " (why) } } } } }
            @if let Some(last) = &stats.last_failure { p { "The last failure: " span.muted { (text::line(last, 400)) } } }
        }
    };
    parts::card("Forwarding", None, &body)
}

fn rejected(rejections: &Rejections, now: Timestamp) -> Markup {
    let body = html! {
        @if rejections.counts.is_empty() { p.body.faint { "No datagram was rejected." } }
        @else {
            div.body { div.chips { @for (reason, count) in &rejections.counts { span.chip { b.num { (number::count(*count)) } " " (reason) } } } }
            div.scroll tabindex="0" {
                table {
                    caption.sr { "The last datagrams that were rejected" }
                    thead { tr { th scope="col" { "When" } th scope="col" { "From" } th scope="col" { "Why" } th.right scope="col" { "Bytes" } th scope="col" { "Begins with" } } }
                    tbody {
                        @for datagram in rejections.last.iter().rev() {
                            tr {
                                td.nowrap { (time::short(datagram.at, now)) }
                                td.nowrap.num { (datagram.from) }
                                td { (datagram.reason) @if !datagram.detail.is_empty() { ": " span.muted { (text::line(&datagram.detail, 300)) } } }
                                td.right.num { (number::count(datagram.size as u64)) }
                                td { code { (text::line(&datagram.beginning, 160)) } }
                            }
                        }
                    }
                }
            }
        }
    };
    parts::card("Rejected datagrams", None, &body)
}

fn sampling(sampling: &Sampling, now: Timestamp) -> Markup {
    let recent = sampling.recent();
    let rules = sampling.rules();
    let body = html! {
        @if let Some(problem) = sampling.problem() { p.problems role="alert" { (text::line(&problem, 1_000)) } }
        div.scroll tabindex="0" {
            table {
                thead { tr { th scope="col" { "Rule" } th.right scope="col" { "Priority" } th.right scope="col" { "Reservoir" } th.right scope="col" { "Rate" } th.right scope="col" { "Requests" } th.right scope="col" { "Sampled" } th scope="col" { "Reported" } } }
                tbody {
                    @for rule in rules.iter() {
                        @let report = recent.iter().find(|(name, ..)| *name == rule.name);
                        tr {
                            td { (parts::name(&rule.name)) }
                            td.right.num { (rule.priority) }
                            td.right.num { (rule.reservoir) "/s" }
                            td.right.num { (number::percent(rule.fixed_rate)) }
                            td.right.num { @if let Some((_, _, counts)) = report { (number::count(counts.requests.unsigned_abs())) } @else { "–" } }
                            td.right.num { @if let Some((_, _, counts)) = report { (number::count(counts.sampled.unsigned_abs())) } @else { "–" } }
                            td { @if let Some((_, at, _)) = report { (time::relative(Timestamp::from_nanos(at.saturating_mul(1_000_000_000)), now)) } @else { span.faint { "by no client lately" } } }
                        }
                    }
                }
            }
        }
    };
    parts::card("Sampling rules", None, &body)
}

fn telemetry(telemetry: &Telemetry, now: Timestamp) -> Markup {
    let records = telemetry.last();
    let body = html! {
        @if records.is_empty() { p.body.faint { "No daemon or agent has reported. They do when they are told to use this collector as their endpoint." } }
        @else {
            div.scroll tabindex="0" {
                table {
                    thead { tr { th scope="col" { "When" } th scope="col" { "Host" } th scope="col" { "Counts" } } }
                    tbody { @for record in records.iter().rev() { tr {
                        td.nowrap { (time::short(record.at, now)) }
                        td { (parts::name(&record.host)) }
                        td { @for (name, count) in &record.counts { span.tag { (name) " " b.num { (count) } } " " } }
                    } } }
                }
            }
        }
    };
    parts::card("What daemons and agents say", None, &body)
}
