//! What SDKs say they lost.

use maud::{Markup, html};
use xray_model::document::Timestamp;

use super::{parts, text, time};
use crate::losses::LossesSnapshot;
use crate::settings::{LOSS_BYTES_MAX, ROWS_MAX};
use crate::view::number;

/// By the reason that autoxray gives.
fn remedy(reason: &str) -> &'static str {
    match reason {
        "context missing" => "Begin a segment there, or keep the context with autoxray::spawn.",
        "trace ended" => "Let the segment end after what it waits for, or begin one for work that goes on.",
        "over the limit" => "Record less of it: look for a loop.",
        "too large" => "Record a part of the value.",
        "unusable" => "The program's log names the first.",
        "panicked" => "Code that makes the value panics; the program's log names the first.",
        "no daemon listening" => "The program was started first, or sends somewhere else, too.",
        "socket buffer full" => "Sample less, or send less at a time.",
        "daemon address not resolved" => "Look at the host's name in AWS_XRAY_DAEMON_ADDRESS.",
        "not sent" => "The operating system refused to send.",
        _ => "–",
    }
}

pub(super) fn lost(losses: &LossesSnapshot, now: Timestamp) -> Markup {
    let body = html! {
        @if losses.rows.is_empty() { p.body.faint { "No program has told of losses. Those with autoxray do, with the next segment; other SDKs do not." } }
        @else {
            div.scroll tabindex="0" {
                table.lost {
                    thead { tr {
                        th scope="col" { "Service" }
                        th scope="col" { "What" }
                        th scope="col" { "Why" }
                        th.right scope="col" { "How many" }
                        th.right scope="col" title="Running programs, or rather their recorders, that say so" { "Programs" }
                        th scope="col" title="When the first of them began to count" { "Since" }
                        th scope="col" title="When a document last told" { "Last told" }
                        th scope="col" { "What to do" }
                    } }
                    tbody { @for row in losses.rows.iter().take(ROWS_MAX) {
                        tr {
                            td.clip.wide { (parts::name(&row.service)) }
                            td { (text::line(&row.kind, LOSS_BYTES_MAX)) }
                            td { (text::line(&row.reason, LOSS_BYTES_MAX)) }
                            td.right.num { (number::count(row.count)) }
                            td.right.num { (number::count(row.programs as u64)) }
                            td.nowrap { @match row.since { Some(since) => (time::short(since, now)), None => span.faint { "unknown" } } }
                            td.nowrap { (time::relative(row.told, now)) }
                            td.muted { (remedy(&row.reason)) }
                        }
                    } }
                }
            }
        }
        @if losses.rows.len() > ROWS_MAX { p.body.muted { (number::count((losses.rows.len() - ROWS_MAX) as u64)) " more rows are not shown." } }
        @if losses.forgotten > 0 { p.body.muted { "Forgotten to make room: what " (number::counted(usize::try_from(losses.forgotten).unwrap_or(usize::MAX), "program")) " told." } }
        @if losses.unusable > 0 { p.body.muted { "Told, but no counts of losses: " (number::count(losses.unusable)) "." } }
    };
    parts::card("What SDKs lost", None, &body)
}
