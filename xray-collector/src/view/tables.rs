//! Tables: services, traces, rejected datagrams.

use std::time::Duration;

use super::paint::{Canvas, Style};
use super::{View, mark_of, number, style_of, text};
use crate::query::{ServiceSummary, Status, TraceSummary};
use crate::rejects::Rejections;

/// Columns of one figure.
const FIGURE: usize = 9;
/// Columns that names have at least, and twice as many before figures are left out for them.
const NAME_MIN: usize = 8;

/// Columns from which there is room for the time at which a trace began.
const TIMED_FROM: usize = 100;

/// A column of the table of services.
#[derive(Clone, Copy)]
enum Figure {
    Count,
    Rate(&'static str, Status, fn(&ServiceSummary) -> f64),
    Time(&'static str, f64),
}

/// Columns of the table; where they do not fit, those at `EXPENDABLE` go first.
const FIGURES: [Figure; 7] = [
    Figure::Count,
    Figure::Rate("fault", Status::Fault, ServiceSummary::fault_rate),
    Figure::Rate("error", Status::Error, ServiceSummary::error_rate),
    Figure::Rate("throttle", Status::Throttle, ServiceSummary::throttle_rate),
    Figure::Time("p50", 50.0),
    Figure::Time("p90", 90.0),
    Figure::Time("p99", 99.0),
];
const EXPENDABLE: [usize; 2] = [5, 3];

impl Figure {
    fn title(self) -> &'static str {
        match self {
            Self::Count => "count",
            Self::Rate(title, ..) | Self::Time(title, _) => title,
        }
    }

    fn of(self, service: &ServiceSummary) -> (Style, String) {
        match self {
            Self::Count => (Style::Plain, number::count(service.count as u64)),
            Self::Rate(_, status, rate) => {
                let share = rate(service);
                (if share > 0.0 { style_of(status) } else { Style::Faint }, number::percent(share))
            }
            Self::Time(_, percent) => (Style::Plain, service.percentile(percent).map_or("–".to_owned(), number::duration)),
        }
    }
}

/// One line for each service: count, rates, response times. See [`ServiceSummary`] for what is counted.
#[must_use]
pub fn services(services: &[ServiceSummary], view: &View) -> String {
    let mut canvas = Canvas::new(view.colour);
    let open = |service: &ServiceSummary| match service.in_progress {
        0 => String::new(),
        open => format!(" +{} open", number::count(open as u64)),
    };
    let width = |service: &ServiceSummary| text::width(&text::clean(&service.name)) + text::width(&open(service));
    let longest = services.iter().map(width).max().unwrap_or_default().max(NAME_MIN);
    let mut figures = FIGURES.to_vec();
    for index in EXPENDABLE {
        if figures.len() * FIGURE + longest.min(2 * NAME_MIN) > view.columns() {
            figures.remove(index);
        }
    }
    let names = longest.min(view.columns() - figures.len() * FIGURE);
    canvas.put(Style::Faint, "service");
    for (index, figure) in figures.iter().enumerate() {
        canvas.put_right(Style::Faint, figure.title(), names + (index + 1) * FIGURE);
    }
    canvas.end_line();
    for service in services {
        let open = open(service);
        canvas.put(Style::Strong, &text::fit(&text::clean(&service.name), names.saturating_sub(text::width(&open))));
        canvas.put(Style::Faint, &open);
        for (index, figure) in figures.iter().enumerate() {
            let (style, text) = figure.of(service);
            canvas.put_right(style, &text, names + (index + 1) * FIGURE);
        }
        canvas.end_line();
    }
    canvas.finish()
}

/// One line for each trace.
#[must_use]
pub fn traces(traces: &[TraceSummary], view: &View) -> String {
    let mut canvas = Canvas::new(view.colour);
    for trace in traces {
        let (style, mark) = match (trace.status, trace.is_complete) {
            (Status::Ok, false) => (Style::Faint, "…"),
            (status, _) => (style_of(status), mark_of(status)),
        };
        canvas.put(style, mark);
        canvas.put(Style::Plain, &format!(" {}  ", trace.id));
        if view.columns() >= TIMED_FROM {
            canvas.put(Style::Faint, &format!("{}  ", number::time_of_day(trace.start)));
        }
        let request: Vec<&str> = [&trace.http_method, &trace.http_url].into_iter().flatten().map(String::as_str).collect();
        let about = text::clean(&format!("{}  {}", trace.name, request.join(" ")));
        let duration = trace.response_time.map_or("open".to_owned(), |time: Duration| number::duration(time));
        let room = view.columns().saturating_sub(canvas.column() + FIGURE + 1);
        canvas.put(Style::Plain, &text::fit(&about, room));
        canvas.put_right(Style::Plain, &duration, view.columns());
        canvas.end_line();
    }
    canvas.finish()
}

/// What was rejected: a count for each reason, then the last datagrams. Empty if nothing was.
#[must_use]
pub fn rejected(rejections: &Rejections, view: &View) -> String {
    let mut canvas = Canvas::new(view.colour);
    for (reason, count) in &rejections.counts {
        canvas.put_right(Style::Error, &number::count(*count), FIGURE - 2);
        canvas.put(Style::Plain, &format!("  {reason}"));
        canvas.end_line();
    }
    for datagram in &rejections.last {
        let head = format!("{} from {}, {}", number::moment(datagram.at), datagram.from, number::counted(datagram.size, "byte"));
        canvas.put(Style::Faint, &text::fit(&text::clean(&head), view.columns()));
        canvas.end_line();
        let detail = if datagram.detail.is_empty() { datagram.reason.to_string() } else { datagram.detail.clone() };
        for (style, line) in [(Style::Error, detail), (Style::Faint, datagram.beginning.clone())] {
            canvas.skip(2);
            canvas.put(style, &text::fit(&text::clean(&line), view.columns() - 2));
            canvas.end_line();
        }
    }
    canvas.finish()
}
