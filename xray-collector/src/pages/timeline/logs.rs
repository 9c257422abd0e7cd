//! Lines of log files that carry the id of a trace.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::{Path as FilePath, PathBuf};

use axum::extract::{Path, State};
use axum::response::Response;
use maud::{Markup, html};
use xray_model::TraceId;

use super::{View, colours, find, head, missing, page as page_of};
use crate::pages::layout::Asked;
use crate::pages::{parts, text};
use crate::serve::App;
use crate::settings::{LOG_BYTES_MAX, LOG_LINE_CHARS_MAX, LOG_LINES_MAX};
use crate::view::number;

pub(super) async fn page(State(app): State<App>, Path(id): Path<String>, asked: Asked) -> Response {
    let trace = match find(&app, &id) {
        Ok(trace) => trace,
        Err(why) => return missing(&app, &asked, &why),
    };
    let (paths, id) = (app.settings.logs.clone(), trace.id());
    // Files may be on slow disks.
    let found = tokio::task::spawn_blocking(move || paths.into_iter().map(|path| (search(&path, id), path)).collect::<Vec<_>>()).await;
    let look = super::Look::of(&asked.query);
    let view = View { trace: &trace, look: &look, asked: &asked, colours: colours(&trace) };
    let body = html! {
        (head::head(&app, &view, head::Tab::Logs))
        @if app.settings.logs.is_empty() { div.card { (no_files()) } }
        @for (found, path) in found.iter().flatten() { (file(path, found, id)) }
    };
    let title = head::title(&trace);
    asked.page(&app, page_of(&title, body))
}

fn no_files() -> Markup {
    let advice = html! {
        p { "Name the files that your programs write, and their lines about this trace show up here:" }
        pre.command { code { "cargo xray view --log orders.log" } }
        p.faint { "A line belongs to the trace if it holds its id, in X-Ray's form or in W3C's." }
    };
    parts::empty("No log file is known", &advice)
}

fn file(path: &FilePath, found: &io::Result<Lines>, id: TraceId) -> Markup {
    let name = text::line(&path.to_string_lossy(), 300);
    html! {
        section.card {
            header { h2 { (name) } @if let Ok(lines) = found { div.aside { (number::counted(lines.lines.len(), "line")) } } }
            div.body {
                @match found {
                    Err(error) => p.note { "It cannot be read: " (error) },
                    Ok(lines) => {
                        @if lines.lines.is_empty() { p.faint { "No line of it holds " code { (id) } " or " code { (id.to_w3c()) } "." } }
                        @else { pre.code.log tabindex="0" { @for line in &lines.lines { (text::line(line, LOG_LINE_CHARS_MAX)) "\n" } } }
                        @if lines.more > 0 { p.faint { "and " (number::counted(lines.more, "earlier line")) } }
                        @if lines.is_cut { p.faint { "Only the last " (LOG_BYTES_MAX >> 20) " MB of the file were read." } }
                    }
                }
            }
        }
    }
}

#[derive(Debug, Default, PartialEq)]
struct Lines {
    lines: Vec<String>,
    /// Earlier ones that are not shown.
    more: usize,
    /// The file is longer than what was read.
    is_cut: bool,
}

/// The last lines of a file that hold the id of a trace.
fn search(path: &PathBuf, id: TraceId) -> io::Result<Lines> {
    let mut file = File::open(path)?;
    let metadata = file.metadata()?;
    // A pipe would never end.
    if !metadata.is_file() {
        return Err(io::Error::other("it is no regular file"));
    }
    let skipped = metadata.len().saturating_sub(LOG_BYTES_MAX);
    file.seek(SeekFrom::Start(skipped))?;
    let mut bytes = Vec::new();
    file.take(LOG_BYTES_MAX).read_to_end(&mut bytes)?;
    Ok(pick(&bytes, id, skipped > 0))
}

fn pick(bytes: &[u8], id: TraceId, is_cut: bool) -> Lines {
    let (xray, w3c) = (id.to_ascii(), id.to_w3c());
    let mut lines: Vec<&[u8]> =
        bytes.split(|byte| *byte == b'\n').filter(|line| holds(line, &xray) || holds(line, w3c.as_bytes())).collect();
    let more = lines.len().saturating_sub(LOG_LINES_MAX);
    let lines = lines.split_off(more).into_iter().map(|line| {
        // Cut before it is decoded: a line may be as long as the file.
        let begin = &line[..line.len().min(4 * LOG_LINE_CHARS_MAX)];
        String::from_utf8_lossy(begin).trim_end_matches('\r').to_owned()
    });
    Lines { lines: lines.collect(), more, is_cut }
}

/// Whether a line holds an id, in digits of either case.
fn holds(line: &[u8], id: &[u8]) -> bool {
    let Some(first) = id.first() else { return false };
    let mut at = 0;
    while let Some(found) = line.get(at..).and_then(|rest| rest.iter().position(|byte| byte.eq_ignore_ascii_case(first))) {
        let begin = at + found;
        match line.get(begin..begin + id.len()) {
            Some(window) if window.eq_ignore_ascii_case(id) => return true,
            Some(_) => at = begin + 1,
            None => return false,
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_with_the_id_are_found_and_bounded() {
        let id: TraceId = "1-5759e988-bd862e3fe1be46a994272793".parse().unwrap();
        let text = format!("a {id} b\nother\n{{\"trace\":\"{}\"}}\r\n1-5759e988\n{} \u{ff}", id.to_w3c().to_uppercase(), id);
        let lines = pick(text.as_bytes(), id, false);
        assert_eq!(lines.lines.len(), 3);
        assert!(lines.lines[1].ends_with('}'));
        let many = format!("{id}\n").repeat(LOG_LINES_MAX + 7);
        let lines = pick(many.as_bytes(), id, true);
        assert_eq!((lines.lines.len(), lines.more, lines.is_cut), (LOG_LINES_MAX, 7, true));
    }

    #[test]
    fn what_is_no_file_is_told() {
        let id = TraceId::from_bits(1);
        assert!(search(&"/no/such/file".into(), id).is_err());
        assert!(search(&".".into(), id).is_err());
    }
}
