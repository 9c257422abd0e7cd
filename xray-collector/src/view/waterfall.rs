//! A trace as a tree with bars on a common scale of time.

use xray_model::document::{Forest, Node};

use super::bar::Scale;
use super::details::{Causes, details};
use super::paint::{Canvas, Style};
use super::rows::{Folded, Row, rows};
use super::{View, mark_of, number, style_of, text, word_of};
use crate::query::{Status, TraceSummary};
use crate::trace::{Placed, Trace};

/// Columns of the marks at the left.
const GUTTER: usize = 2;
/// Columns of the durations at the right.
const DURATION: usize = 9;
/// Fewest columns of names.
const LABEL_MIN: usize = 14;

/// Shows a trace: a headline, then one line for each segment and subsegment with its place in time, and below it what was recorded about it.
///
/// The result ends with a line break and is never empty.
#[must_use]
pub fn waterfall(trace: &Trace, view: &View) -> String {
    let mut canvas = Canvas::new(view.colour);
    headline(&mut canvas, &trace.summary(), view.columns());
    let rows = rows(trace, view.fold);
    let layout = Layout::of(trace, &rows, view.columns());
    canvas.skip(layout.bars);
    canvas.put(Style::Faint, &layout.scale.ruler());
    canvas.end_line();
    let causes = Causes::of_trace(trace);
    for row in rows.iter() {
        match row.value() {
            Row::Segment(node) => {
                segment(&mut canvas, &layout, row, *node, trace);
                let indent = layout.indent_of_details(row);
                for line in details(*node, &causes, layout.width.saturating_sub(GUTTER + text::width(&indent))) {
                    canvas.skip(GUTTER);
                    canvas.put(Style::Faint, &indent);
                    line.iter().for_each(|(style, piece)| canvas.put(*style, piece));
                    canvas.end_line();
                }
            }
            Row::Folded(folded) => fold(&mut canvas, &layout, row, folded),
        }
    }
    canvas.finish()
}

fn headline(canvas: &mut Canvas, summary: &TraceSummary, width: usize) {
    canvas.put(Style::Plain, "Trace ");
    canvas.put(Style::Strong, &summary.id.to_string());
    let moment = number::moment(summary.start);
    if canvas.column() + 2 + moment.len() <= width {
        canvas.put_right(Style::Faint, &moment, width);
    }
    canvas.end_line();
    let (style, mark, word) = match (summary.status, summary.is_complete) {
        (Status::Ok, false) => (Style::Faint, "…", "incomplete"),
        (status, _) => (style_of(status), mark_of(status), word_of(status)),
    };
    canvas.put(style, &format!("{mark} {word}"));
    let mut facts = vec![text::fit(&text::clean(&summary.name), width / 2)];
    match summary.response_time {
        Some(response) if response < summary.duration => {
            facts.push(format!("{}, all done after {}", number::duration(response), number::duration(summary.duration)));
        }
        _ => facts.push(number::duration(summary.duration)),
    }
    if summary.segments > 1 {
        facts.push(number::counted(summary.segments, "segment"));
    }
    facts.push(number::counted(summary.subsegments, "subsegment"));
    if !summary.is_complete && summary.status != Status::Ok {
        facts.push("incomplete".to_owned());
    }
    let below = summary.faults - usize::from(summary.has_fault());
    if below > 0 {
        facts.push(format!("{} below", number::counted(below, "fault")));
    }
    for fact in facts {
        let room = width.saturating_sub(canvas.column() + 3);
        if text::width(&fact) <= room {
            canvas.put(Style::Faint, " · ");
            canvas.put(Style::Plain, &fact);
        }
    }
    canvas.end_line();
}

/// Where things stand in a line.
struct Layout {
    width: usize,
    /// Column where bars begin.
    bars: usize,
    /// Columns of guides for each level of the tree.
    step: usize,
    /// Levels whose guides are shown; of deeper ones, only the innermost.
    levels: usize,
    scale: Scale,
}

impl Layout {
    fn of(trace: &Trace, rows: &Forest<Row<'_>>, width: usize) -> Self {
        let room = width - GUTTER - DURATION - 1;
        let label_max = room * 54 / 100;
        let depth = rows.iter().map(Node::depth).max().unwrap_or_default();
        let step = match depth {
            ..=6 => 3,
            7..=10 => 2,
            _ => 1,
        };
        let levels = (label_max * 6 / 10 / step).max(1);
        let label = |row: Node<'_, Row<'_>>| {
            let name: usize = label(row.value()).iter().map(|(_, piece)| text::width(piece)).sum();
            // The guides of what is deeper begin with a sign that some are missing.
            row.depth().min(levels) * step + usize::from(row.depth() > levels) + name
        };
        let longest = rows.iter().map(label).max().unwrap_or_default();
        let bars = GUTTER + longest.clamp(LABEL_MIN, label_max) + 1;
        let scale = Scale::new(trace.start(), trace.duration(), width - bars - DURATION);
        Self { width, bars, step, levels, scale }
    }

    /// The guides in front of a name.
    fn guides(&self, row: Node<'_, Row<'_>>) -> String {
        let connector = match (self.step, is_last(row)) {
            _ if row.depth() == 0 => "",
            (1, false) => "├",
            (1, true) => "└",
            (2, false) => "├ ",
            (2, true) => "└ ",
            (_, false) => "├─ ",
            (_, true) => "└─ ",
        };
        let around = row.parent().map(|parent| self.lines(parent, self.levels - 1)).unwrap_or_default();
        let missing = if row.depth() > self.levels { "⋯" } else { "" };
        format!("{missing}{around}{connector}")
    }

    /// The guides of a row's own level and of those around it, as they go on below the row; the innermost `levels` of them.
    fn lines(&self, row: Node<'_, Row<'_>>, levels: usize) -> String {
        let above = std::iter::successors(Some(row), |row| row.parent()).take_while(|row| row.depth() > 0).take(levels);
        let mut lines: Vec<_> = above.map(|row| format!("{:1$}", if is_last(row) { ' ' } else { '│' }, self.step)).collect();
        lines.reverse();
        lines.concat()
    }

    /// The guides in front of what is said about a row: as far as its name, and on to its children.
    fn indent_of_details(&self, row: Node<'_, Row<'_>>) -> String {
        let missing = if row.depth() > self.levels { " " } else { "" };
        let to_children = if row.children().next().is_some() { '│' } else { ' ' };
        format!("{missing}{}{to_children} ", self.lines(row, self.levels))
    }
}

fn is_last(row: Node<'_, Row<'_>>) -> bool {
    let end = |row: Node<'_, Row<'_>>| row.index() + row.descendants().len();
    row.parent().is_none_or(|parent| end(parent) == end(row))
}

/// What a row is called.
fn label(row: &Row<'_>) -> Vec<(Style, String)> {
    match row {
        Row::Segment(node) if node.is_subsegment => {
            let operation = node.aws.as_ref().and_then(|aws| aws.operation()).filter(|operation| *operation != node.name);
            let mut pieces = vec![(Style::Plain, text::clean(&node.name))];
            pieces.extend(operation.map(|operation| (Style::Faint, format!(" {}", text::clean(operation)))));
            pieces
        }
        Row::Segment(node) => vec![(Style::Service, "● ".to_owned()), (Style::Strong, text::clean(&node.name))],
        Row::Folded(folded) => {
            vec![(Style::Faint, format!("… {} more {}", number::count(folded.count as u64), text::clean(folded.name)))]
        }
    }
}

fn put_label(canvas: &mut Canvas, layout: &Layout, row: Node<'_, Row<'_>>) {
    canvas.put(Style::Faint, &layout.guides(row));
    for (style, piece) in label(row.value()) {
        let room = (layout.bars - 1).saturating_sub(canvas.column());
        canvas.put(style, &text::fit(&piece, room));
    }
}

fn segment(canvas: &mut Canvas, layout: &Layout, row: Node<'_, Row<'_>>, node: Node<'_, Placed>, trace: &Trace) {
    let status = node.status();
    let (mark, mark_style) = match status {
        Status::Ok if node.is_cancelled() => ("⊘", Style::Faint),
        Status::Ok if node.is_in_progress() => ("…", Style::Faint),
        Status::Ok => ("", Style::Plain),
        _ => (mark_of(status), style_of(status)),
    };
    canvas.put(mark_style, mark);
    canvas.skip_to(GUTTER);
    put_label(canvas, layout, row);
    let bar_style = match status {
        Status::Ok if node.is_cancelled() || node.is_in_progress() => Style::Faint,
        Status::Ok if !node.is_subsegment => Style::Service,
        Status::Ok if node.namespace.is_some() => Style::Call,
        Status::Ok => Style::Work,
        _ => style_of(status),
    };
    let (column, bar) = match node.end_time {
        Some(end) => layout.scale.bar(node.start_time, end),
        None => layout.scale.shade(node.start_time, trace.end(), '░'),
    };
    canvas.skip_to(layout.bars + column);
    canvas.put(bar_style, &bar);
    let (style, duration) = match node.duration() {
        Some(duration) => (Style::Plain, number::duration(duration)),
        None => (Style::Faint, "open".to_owned()),
    };
    canvas.put_right(style, &duration, layout.width);
    canvas.end_line();
}

fn fold(canvas: &mut Canvas, layout: &Layout, row: Node<'_, Row<'_>>, folded: &Folded<'_>) {
    if folded.worst > Status::Ok {
        canvas.put(style_of(folded.worst), mark_of(folded.worst));
    }
    canvas.skip_to(GUTTER);
    put_label(canvas, layout, row);
    let (column, bar) = layout.scale.shade(folded.start, folded.end, '▒');
    canvas.skip_to(layout.bars + column);
    canvas.put(Style::Faint, &bar);
    canvas.put_right(Style::Faint, &format!("Σ{}", number::duration(folded.total)), layout.width);
    canvas.end_line();
}
